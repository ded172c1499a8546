"""Days and periods as whole numbers, which is what keeps engines equal."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import paragraph, say

DAYS = {"D": 1, "W": 7}
ORIGIN = pd.Timestamp("1900-01-01")
"""A Monday, so that days counted from it make weeks by whole division."""
BEFORE_1970 = 25_567
"""Days from the origin to 1 January 1970, from which numpy and Polars count."""
N_DAYS = 1 << 17
"""Days that can be told apart: from 1900 to November 2258."""


def day_number(day: pd.Timestamp) -> int:
    """Return how many days after 1 January 1900 a day is.

    Examples
    --------
    >>> day_number(pd.Timestamp("1900-01-08 15:30"))
    7
    """
    return (day.normalize() - ORIGIN).days


def dates_of(days: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return the dates of day numbers, in microseconds as pandas has them."""
    return (days - BEFORE_1970).astype("datetime64[D]").astype("datetime64[us]")


def as_day(given: object) -> pd.Timestamp | None:
    """Return the day of a date or of a text that says one; None where it says none."""
    if not isinstance(given, str | datetime.date | np.datetime64):
        return None
    try:
        day = pd.Timestamp(given)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if pd.isna(day) or day.tzinfo is not None else day.normalize()


def check_days(period: object, **days: object) -> None:
    """Check the length of a period, and arguments that are to be days.

    Raises
    ------
    ArgumentError
        All that is wrong at once.
    """
    problems = []
    if period not in tuple(DAYS):
        problems.append(say("accounts.transactions_period", period=period))
    problems += [
        say("accounts.transactions_day", name=name, got=repr(given))
        for name, given in days.items()
        if as_day(given) is None
    ]
    if problems:
        raise ArgumentError(paragraph(problems))
