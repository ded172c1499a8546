"""The picture of the ledger."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.reproduction.picture import EDGE, draw_ledger, tolerance_used


@pytest.fixture(scope="module")
def table():
    return kl.ledger()


def broken(table, *shifts):
    """Some held rows with their differences moved."""
    rows = table[table["within"].notna()].head(len(shifts)).copy()
    rows["difference"] = rows["tolerance"] * list(shifts)
    rows["within"] = pd.array([shift <= 1 for shift in shifts], dtype="boolean")
    return rows


def marks(ax):
    lines = [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
    return np.concatenate([line.get_xdata() for line in lines])


def test_every_held_number_is_drawn_once_within_the_line(table, language):
    ax = draw_ledger(kl.ledger())
    assert len(marks(ax)) == table["within"].notna().sum()
    assert marks(ax).max() <= 1
    assert str(len(marks(ax))) in ax.figure.alt
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_numbers_out_of_tolerance_are_drawn_beyond_the_line_and_counted(table, language):
    ax = draw_ledger(broken(table, 0.5, 1.2, 40.0))
    assert sorted(marks(ax)) == pytest.approx([0.5, 1.2, EDGE])
    words = {"en": ["1 within", "2 outside"], "ja": ["許容差以内1個", "外2個"]}
    assert all(part in ax.figure.alt for part in words[language])
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {
        "en": "out of tolerance (at the edge: 1.6 or more)",
        "ja": "許容差の外（右端の印は1.6以上）",
    }[language] in labels


def test_counts_use_nothing_of_their_tolerance_or_all_of_it():
    rows = pd.DataFrame({"difference": [0.0, -1.0, 0.25, 0.0], "tolerance": [0.0, 0.0, 0.5, 0.5]})
    assert tolerance_used(rows).tolist() == [0.0, np.inf, 0.5, 0.0]


def test_the_readers_own_axes_are_used(table):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert draw_ledger(table, ax) is ax


def test_a_table_without_rows_to_draw_is_refused(table, language):
    with pytest.raises(kl.ArgumentError, match="tolerance"):
        draw_ledger(table.drop(columns="tolerance"))
    with pytest.raises(kl.ArgumentError):
        draw_ledger(table[table["within"].isna()])
