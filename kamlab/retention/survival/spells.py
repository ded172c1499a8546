"""From decided periods to times: how long accounts have been watched, and who left."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, say
from kamlab.panel.analysis_table import DAYS_A_YEAR
from kamlab.sem.caller import level_of_caller

Clock = Literal["observed", "tenure"]
CLOCKS: tuple[Clock, ...] = get_args(Clock)
ONE_DAY = pd.Timedelta(days=1)


def spells(rows: pd.DataFrame, clock: Clock = "observed") -> pd.DataFrame:
    """Return one row per account: how long it was watched, and whether it left.

    Parameters
    ----------
    rows : DataFrame
        An analysis table. Decided periods count, up to the first after which the account left.
    clock : {"observed", "tenure"}
        Time in years from the first day of the account's first decided period, or from the day
        on which it became a customer. By tenure, an account enters the risk set at its first
        decided period (left truncation).

    Returns
    -------
    DataFrame
        The row of the account's first decided period, with `entry` and `time` (years at the
        first day and at the end of the last decided period) and `left`; sorted by account.

    Raises
    ------
    ArgumentError
        If the clock is not known.
    NotApplicable
        If there is no account whose time is known.

    Warns
    -----
    RowsLeftOutWarning
        If accounts came back after they had left (only the first spell counts), or tenure is
        missing or negative.

    Notes
    -----
    Times are counted in whole days, so that equal times are equal numbers.
    """
    if clock not in CLOCKS:
        raise ArgumentError(say("retention.survival_clock", got=repr(clock)))
    decided = rows[rows["decided"]].sort_values(["account_id", "start"], ignore_index=True)
    gone = ~decided["stayed"].astype(bool)
    before = gone.astype(int).groupby(decided["account_id"]).cumsum() - gone
    _warn_left(before > 0, say("retention.survival_came_back"))
    kept = decided[before == 0].assign(left=gone)
    by_account = kept.groupby("account_id", sort=True)
    spell = by_account.head(1).set_index("account_id", drop=False).rename_axis(None)
    days = _days(by_account["start"].min(), by_account["end"].max())
    spell["left"] = by_account["left"].any()
    first = pd.Series(0.0, index=spell.index)
    if clock == "tenure":
        first = tenure_days(spell)
        _warn_left(first.isna(), say("retention.survival_no_tenure"))
    spell["entry"], spell["time"] = first / DAYS_A_YEAR, (first + days) / DAYS_A_YEAR
    known = spell[first.notna()].reset_index(drop=True)
    if known.empty:
        raise NotApplicable(say("retention.survival_nothing"))
    return known


def tenure_days(rows: pd.DataFrame) -> pd.Series:
    """Return days as a customer at the period's first day; missing where unknown or negative."""
    days = pd.Series(np.rint(rows["tenure"].astype(float) * DAYS_A_YEAR), index=rows.index)
    return days.where(days >= 0)


def risk_intervals(rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return days as a customer at the first and after the last day of every period.

    Parameters
    ----------
    rows : DataFrame
        With `tenure` known, `start` and `end`.

    Returns
    -------
    entry, leave : ndarray, shape (rows,)
        Whole days: a period's row is at risk after `entry`, up to and including `leave`.
    """
    entry = tenure_days(rows).to_numpy(dtype=float)
    return entry, entry + _days(rows["start"], rows["end"]).to_numpy()


def _days(first: pd.Series, last: pd.Series) -> pd.Series:
    """Return the days from one day to another, both counted."""
    return pd.Series((last - first).to_numpy() / ONE_DAY.to_numpy() + 1.0, index=first.index)


def _warn_left(where: pd.Series, reason: Text) -> None:
    if where.any():
        warn_left_out(int(where.sum()), len(where), reason, stacklevel=level_of_caller())
