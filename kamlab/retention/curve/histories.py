"""How often each account of a company has renewed, and whether it left."""

from __future__ import annotations

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.identity import IDENTITY
from kamlab.foundation.errors import warn_left_out
from kamlab.foundation.language import say
from kamlab.panel.analysis_table import DAYS_A_YEAR, OF_THE_PERIOD, analysis_table
from kamlab.sem.caller import level_of_caller

DAYS_A_MONTH = DAYS_A_YEAR / 12
ANNIVERSARY = 0.01
"""By how many periods leap years may shorten a tenure that is a whole number of them."""

OWN = ("entry", "renewals", "left")


def renewal_histories(company: Company) -> pd.DataFrame:
    """Return one row per account: renewals made, whether it left, and what was known at first.

    Parameters
    ----------
    company : Company
        With `periods` that say who `stayed`.

    Returns
    -------
    DataFrame
        * `entry`: whole periods of tenure before the first period observed, where
          `customer_since` is known (missing for accounts without it); 0 for all, if the
          company's accounts have no such column: then the clock begins at the first period
          observed;
        * `renewals`: `entry`, and the decided periods after which the account stayed;
        * `left`: whether it did not renew at the next one;
        * the account's row of `kl.analysis_table` at its first period observed: quality as
          known before that period, columns of the account table, and so on.

    Warns
    -----
    RowsLeftOutWarning
        If there are periods after one at which the account had left; only the first life is used.

    Notes
    -----
    An open period, in which nothing was decided yet, is neither a renewal nor a loss: the account
    is there, with the renewals that it has made. Nor is a period in which no renewal was offered.
    One period is taken to be one renewal; its length is the median one of the table.

    Examples
    --------
    >>> histories = renewal_histories(kl.sample_company())
    >>> int(histories["left"].sum()), len(histories)
    (86, 201)
    """
    rows = analysis_table(company).sort_values(["account_id", "start"], ignore_index=True)
    gone = rows["decided"] & ~rows["stayed"].fillna(True).astype(bool)
    after = gone.groupby(rows["account_id"]).cumsum() > gone
    if after.any():
        why = say("retention.curve_after_leaving")
        warn_left_out(int(after.sum()), len(rows), why, stacklevel=level_of_caller())
    by_account = rows[~after].groupby("account_id", sort=False)
    first = rows.loc[by_account["start"].idxmin()].set_index("account_id")
    made = (rows["decided"] & ~gone)[~after].groupby(rows["account_id"]).sum()
    left = gone[~after].groupby(rows["account_id"]).any()
    entry = _periods_before(first, rows)
    histories = pd.DataFrame({"entry": entry, "renewals": entry + made, "left": left})
    hidden = {*OF_THE_PERIOD, *OWN, "count"} - {"account_id"}
    known = first.drop(columns=[name for name in first if name in hidden])
    names = [name for name in IDENTITY if name in known]
    known = pd.concat([known[names], histories, known.drop(columns=names)], axis=1)
    return known.reset_index()


def _periods_before(first: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    if "tenure" not in first:
        return pd.Series(0, index=first.index, dtype="Int64")
    days = ((rows["end"] - rows["start"]).dt.days + 1).median()
    months = max(1, round(days / DAYS_A_MONTH))
    whole = (first["tenure"] * 12 / months + ANNIVERSARY) // 1
    return whole.clip(lower=0).astype("Int64")
