"""A doubt: rows that may stay, and that somebody should look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from kamlab.accounts.findings import Finding, Positions, Sheet
from kamlab.foundation.language import say

Sheets = Mapping[str, Sheet]
"""The tables of a company on its way in, by kamlab's name."""

Facts = Callable[[int], Mapping[str, object]]
"""For the position of a record: what its sentence has to name."""


def doubt(
    sheet: Sheet, column: str, kind: str, positions: object, facts: Facts = lambda _: {}
) -> Iterator[Finding]:
    """Yield a warning about some rows, if there are any.

    Parameters
    ----------
    sheet : Sheet
    column : str
        kamlab's name; "" where no single column is meant.
    kind : str
        The words are `doubt_<kind>`, `expected_<kind>` and `resolve_<kind>` of this room.
    positions : sequence of int
    facts : function of int, optional
        What goes into the words for a position.
    """
    at: Positions = np.sort(np.asarray(positions, dtype=np.intp))
    if len(at):
        yield _warning(sheet, column, kind, at, facts)


def doubt_of_the_table(sheet: Sheet, column: str, kind: str, **facts: object) -> Finding:
    """Return a warning that is about no single row."""
    return _warning(sheet, column, kind, np.array([], dtype=np.intp), lambda _: facts)


def day_of(cell: Any) -> str:
    """Return a date as it stands in a sentence."""
    return f"{cell:%Y-%m-%d}"


def days(dates: pd.Series) -> pd.Series:
    """Return dates without the time of day."""
    normalized: pd.Series = dates.dt.normalize()
    return normalized


def look_up(values: pd.Series, keys: pd.Series) -> pd.Series:
    """Return, for each key, its value; missing where it has none, also where there are no values.

    `Series.map` would turn a column of dates without rows into numbers.
    """
    return values.reindex(keys).set_axis(keys.index)


def _warning(sheet: Sheet, column: str, kind: str, at: Positions, facts: Facts) -> Finding:
    return Finding(
        table=sheet.spec.name,
        column=column,
        words=lambda row: (
            say(f"intake.doubt_{kind}", **facts(row)),
            say(f"intake.resolve_{kind}"),
        ),
        allowed=say(f"intake.expected_{kind}"),
        positions=at,
        severity="warning",
    )
