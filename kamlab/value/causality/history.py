"""What was known of an account a period earlier, and whether it was there a period later."""

from __future__ import annotations

import pandas as pd

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say

KEYS = ["account_id", "start"]
BEFORE = "before_"
KEPT = ("wave", "n_respondents", "net_margin")


def with_past(used: pd.DataFrame, rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return rows with what the account's row before them held.

    Parameters
    ----------
    used : DataFrame
        Rows of a regression.
    rows : DataFrame
        The analysis table.
    names : list of str
        Columns whose earlier values are wanted.

    Returns
    -------
    DataFrame
        `used` with `before_<name>`, also of the wave, the respondents and the net margin where
        the table has them; `in_next_period`, 1 or 0, missing in the table's last period.

    Raises
    ------
    ModelError
        If an account has two rows of one date.
    """
    if rows.duplicated(KEYS).any():
        raise ModelError(say("value.probe_twice"))
    ordered = rows.sort_values(KEYS, ignore_index=True)
    columns = [*dict.fromkeys([*names, *(name for name in KEPT if name in rows)])]
    accounts = ordered.groupby("account_id")
    past = accounts[columns].shift(1).add_prefix(BEFORE)
    past["in_next_period"] = accounts["start"].shift(-1).notna().astype(float)
    past.loc[ordered["start"] == ordered["start"].max(), "in_next_period"] = float("nan")
    joined = pd.concat([ordered[KEYS], past], axis=1)
    return used.merge(joined, on=KEYS, how="left", validate="many_to_one")


def with_earlier_scores(table: pd.DataFrame, names: list[str]) -> pd.Series:
    """Return for which rows all names are known a wave earlier (a period, without waves)."""
    known = table[[BEFORE + name for name in names]].notna().all(axis=1)
    if f"{BEFORE}wave" in table:
        known &= table[f"{BEFORE}wave"] < table["wave"]
    return known


def lagged(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return rows in which earlier values stand in place of the present ones."""
    swapped = table.copy()
    for name in [*names, "n_respondents"]:
        if BEFORE + name in table:
            swapped[name] = table[BEFORE + name]
    return swapped
