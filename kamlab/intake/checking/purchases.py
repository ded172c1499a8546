"""Whether an account's purchase summary and its orders tell the same story."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.findings import Finding, Sheet
from kamlab.accounts.orders.calendar import DAYS
from kamlab.accounts.orders.summarise import summarise_transactions
from kamlab.intake.checking.doubt import Facts, Sheets, doubt, doubt_of_the_table

MOST = 0.5
"""Share of accounts whose frequency must be that of the orders before a unit of time is taken to
be the one that the summary counts in; the others are then held to it."""

WITHIN = 1.0
"""Periods by which a length may differ: some programs count from the first day of a period,
others from its last."""

LENGTHS = ("recency", "T")


def disagreeing_purchases(sheets: Sheets) -> Iterator[Finding]:
    """Yield warnings about `frequency`, `recency` and `T` that the orders contradict.

    Parameters
    ----------
    sheets : mapping of str to Sheet

    Notes
    -----
    Nobody says whether the summary counts days or weeks, nor when observation ended: the unit is
    that in which most accounts agree, and the end that which most accounts' `T` points to.
    """
    accounts, orders = sheets.get("accounts"), sheets.get("transactions")
    if accounts is None or not accounts.has("account_id", "frequency"):
        return
    if accounts.has("recency"):
        yield from _once_or_again(accounts)
    if orders is None or not orders.has("account_id", "ordered_on"):
        return
    given = accounts.typed[accounts.typed["frequency"].notna()]
    counted = {period: _summary(orders, given, period) for period in DAYS}
    both = given.index[counted["D"]["frequency"].notna()]
    if both.empty:
        return
    agree = {
        period: float((table["frequency"] == given["frequency"])[both].mean())
        for period, table in counted.items()
    }
    period = max(agree, key=lambda name: agree[name])
    if agree[period] < MOST:
        share = f"{agree[period]:.0%}"
        words = {"share": share, "count": len(both)}
        yield doubt_of_the_table(accounts, "frequency", "frequency_unit", **words)
    else:
        yield from _against_orders(accounts, given.loc[both], counted[period].loc[both], period)


def _once_or_again(accounts: Sheet) -> Iterator[Finding]:
    frequency, recency = accounts.typed["frequency"], accounts.typed["recency"]
    odd = ((frequency == 0) & (recency > 0)) | ((frequency > 0) & (recency == 0))
    yield from doubt(
        accounts,
        "frequency",
        "frequency_recency",
        np.flatnonzero(odd),
        lambda at: {"frequency": f"{frequency[at]:g}", "recency": f"{recency[at]:g}"},
    )


def _summary(orders: Sheet, given: pd.DataFrame, period: str) -> pd.DataFrame:
    """Return the summary of the orders for the accounts in `given`, row by row."""
    dated = orders.typed[["account_id", "ordered_on"]].dropna()
    amounts = orders.typed.get("amount", pd.Series(0.0, index=orders.typed.index))
    bought = dated.assign(amount=amounts.loc[dated.index].fillna(0.0))
    bought = bought[bought["amount"] >= 0]  # a return is no purchase
    if bought.empty:
        return pd.DataFrame(np.nan, index=given.index, columns=["frequency", *LENGTHS])
    table = summarise_transactions(bought, period=period).set_index("account_id")
    return table[["frequency", *LENGTHS]].reindex(given["account_id"]).set_axis(given.index)


def _against_orders(
    accounts: Sheet, given: pd.DataFrame, counted: pd.DataFrame, period: str
) -> Iterator[Finding]:
    off = {"frequency": given["frequency"] != counted["frequency"]}
    for name in LENGTHS:
        if name in given:
            apart = given[name] - counted[name]
            # The log may go on after observation ended: T may be shorter by the same for all.
            usual = float(apart.round().mode().iloc[0]) if name == "T" and apart.any() else 0.0
            off[name] = (apart - usual).abs() > WITHIN
            counted = counted.assign(**{name: counted[name] + usual})
    for name, wrong in off.items():
        kind = f"purchases_{period.lower()}"
        facts = _both_numbers(name, given[name], counted[name])
        yield from doubt(accounts, name, kind, wrong.index[wrong], facts)


def _both_numbers(name: str, given: pd.Series, counted: pd.Series) -> Facts:
    return lambda at: {
        "column": name,
        "value": f"{given[at]:g}",
        "counted": f"{counted[at]:g}",
    }
