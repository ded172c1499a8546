"""What is made once for every different value is what would be made of each cell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlab.intake.giving.each_value import of_each

DAY = pd.Timestamp("2026-04-01")


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["a", None, "b", "a"], dtype="str"),
        pd.Series([1.0, np.nan, -0.5, 1.0]),
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([DAY, None, DAY], dtype="datetime64[us]"),
        pd.Series([], dtype="float64"),
        pd.Series([1, 2, 1], index=[7, 7, 9]),
    ],
)
def test_each_cell_once(cells):
    made = of_each(cells, repr, "-")
    known = cells.notna().to_numpy()
    assert len(made) == len(cells)
    assert made[~known].tolist() == ["-"] * int((~known).sum())
    assert made[known].tolist() == [repr(cell) for cell in cells[known].tolist()]


def test_a_value_is_made_only_once():
    seen = []
    of_each(pd.Series([3.0, 4.0, 3.0, 3.0]), seen.append, None)
    assert seen == [3.0, 4.0]


@settings(deadline=None)
@given(st.lists(st.sampled_from([1, 1.0, True, "1", None, 0, False])))
def test_mixed_columns_keep_1_and_true_apart(values):
    made = of_each(pd.Series(values, dtype=object), repr, "-")
    assert made.tolist() == ["-" if value is None else repr(value) for value in values]
