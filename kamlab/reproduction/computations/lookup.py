"""One number out of a result's table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import nearest_hint


def number_at(table: pd.DataFrame, column: str, **where: str) -> float:
    """Return the number of a column in the one row that has these values in other columns.

    Raises
    ------
    ModelError
        If no row has them, or several have.
    """
    rows = np.ones(len(table), dtype=bool)
    for name, value in where.items():
        rows &= (table[name] == value).to_numpy(dtype=bool)
    if rows.sum() != 1:
        raise ModelError(_not_one(table, where))
    return float(table.loc[rows, column].to_numpy(dtype=float).item())


def _not_one(table: pd.DataFrame, where: dict[str, str]) -> Text:
    """Return what was asked for, and what there is where a value does not occur."""
    asked = listed([f"{name} = {value!r}" for name, value in where.items()])
    found = say("reproduction.not_one_number", asked=asked)
    for name, value in where.items():
        known = sorted(table[name].astype(str).unique())
        if value not in known:
            hint = nearest_hint(value, known)
            possible = listed(known)
            found += say("reproduction.possible_values", name=name, possible=possible, hint=hint)
    return found
