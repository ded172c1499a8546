"""What the cells of a column say for or against a proposal: support only, never its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.reading import AS_DECLARED, DateOrder, Reading
from kamlab.accounts.cells.text import as_text, is_blank
from kamlab.accounts.spec import Column
from kamlab.foundation.nearest import fold

FIT = 0.5
"""Share of cells that must fit a column's type for its name to be believed: exports are messy,
but a column of dates in which most cells are no dates is something else."""

EXAMPLES = 3
SHOWN = 40
"""Characters of an example; a note may be a page long."""

MOST_WORDS = 30
"""Different words from which a column is no category with a few codes of the user's own."""

UNIT_IN_CELLS = Reading(unit_declared=True)
"""Every unit of money that a cell may carry itself."""


@dataclass(frozen=True)
class Evidence:
    """What the cells say.

    Parameters
    ----------
    fits : float
        Share of the filled cells that fit the type; 1 where none is filled.
    unknown : tuple of str
        Words of a category, or of yes and no, that are not known.
    ambiguous : bool
        Whether there are dates whose day and month may be either.
    date_order : {"ymd", "mdy", "dmy"} or ""
        The only order in which no month is beyond 12; "" if both are such, or none.
    """

    fits: float
    unknown: tuple[str, ...] = ()
    ambiguous: bool = False
    date_order: DateOrder | str = ""


def examples(cells: pd.Series) -> tuple[str, ...]:
    """Return the first few values, cut off where they are long."""
    texts = pd.unique(as_text(cells.dropna().head(1000)))
    filled = [str(text).strip() for text in texts if not is_blank(text)]
    return tuple(t if len(t) <= SHOWN else t[:SHOWN] + "…" for t in filled[:EXAMPLES])


def examine(column: Column, cells: pd.Series, blank: tuple[str, ...] = ()) -> Evidence:
    """Hold the cells of a column against its declaration.

    Parameters
    ----------
    column : Column
    cells : Series
        As found.
    blank : tuple of str
        Words that the user takes for no value.
    """
    cells = cells.reset_index(drop=True)
    given = UNIT_IN_CELLS if column.type == "money" else AS_DECLARED
    reading = replace(given, blank=frozenset(blank))
    misfits = convert(column, cells, reading).misfits
    n_filled = sum(not is_blank(text) for text in as_text(cells))
    fits = 1 - len(misfits) / n_filled if n_filled else 1.0
    wrong = cells.iloc[list(misfits)]
    if column.type in ("category", "boolean"):
        return Evidence(fits, _words(wrong))
    if column.type == "date" and "date_ambiguous" in misfits.values():
        return _about_order(column, cells, n_filled)
    return Evidence(fits)


def bare_numbers(cells: pd.Series) -> NDArray[np.float64]:
    """Return the cells that are numbers without any sign behind them."""
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.asarray(numbers[np.isfinite(numbers)])


def _words(cells: pd.Series) -> tuple[str, ...]:
    known = {fold(text): str(text).strip() for text in as_text(cells)}
    return tuple(known.values())


def _about_order(column: Column, cells: pd.Series, n_filled: int) -> Evidence:
    orders: tuple[DateOrder, ...] = ("dmy", "mdy")
    misfits = {order: convert(column, cells, Reading(date_order=order)).misfits for order in orders}
    fewest = min(map(len, misfits.values()))
    possible = [o for o in orders if "date_order" not in misfits[o].values()]
    return Evidence(1 - fewest / n_filled, (), True, possible[0] if len(possible) == 1 else "")
