"""From orders to accounts: what each customer without a contract has bought so far."""

from __future__ import annotations

import pandas as pd

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say

DAYS = {"D": 1, "W": 7}
MONDAY = pd.Timestamp("1970-01-05")


def summarise_transactions(
    transactions: pd.DataFrame,
    *,
    account: str = "account_id",
    date: str = "ordered_on",
    amount: str = "amount",
    period: str = "W",
    end: pd.Timestamp | str | None = None,
) -> pd.DataFrame:
    """Return one row per account with the summary that purchase models need.

    Parameters
    ----------
    transactions : DataFrame
        One row an order.
    account, date, amount : str
        Its columns.
    period : {"W", "D"}
        Weeks (Monday to Sunday) or days; orders within one period count as one purchase.
    end : date, optional
        Last day of observation; the last order's day if left out. Later orders are an error.

    Returns
    -------
    DataFrame
        `account_id`, `first`, `last` (dates), `frequency` (periods with a purchase after the
        first), `recency` (periods from the first purchase to the last), `T` (periods from the
        first purchase to the end), `mean_order_value` (amount per purchase period), `total`.

    Raises
    ------
    NotApplicable
        If a column is missing.
    ArgumentError
        If the period is unknown, a cell is missing, or orders lie after `end`.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "account_id": ["A", "A"],
    ...         "ordered_on": pd.to_datetime(["2026-01-05", "2026-01-20"]),
    ...         "amount": [100.0, 300.0],
    ...     }
    ... )
    >>> summarise_transactions(orders)[["frequency", "recency", "T"]].iloc[0].tolist()
    [1, 2, 2]
    """
    need_columns(transactions, account, date, amount, of=say("accounts.transactions_purpose"))
    if period not in DAYS:
        raise ArgumentError(say("accounts.transactions_period", period=period))
    orders = transactions[[account, date, amount]].set_axis(["account_id", "day", "amount"], axis=1)
    days = orders["day"].dt.normalize()
    last_day = pd.Timestamp(end).normalize() if end is not None else days.max()
    gaps, late = int(orders.isna().any(axis=1).sum()), int((days > last_day).sum())
    if gaps or late:
        raise ArgumentError(say("accounts.transactions_dates", gaps=gaps, late=late))
    orders["index"] = (orders["day"] - MONDAY).dt.days // DAYS[period]
    end_index = (last_day - MONDAY).days // DAYS[period]
    table = orders.groupby("account_id").agg(
        first=("day", "min"),
        last=("day", "max"),
        purchases=("index", "nunique"),
        first_index=("index", "min"),
        last_index=("index", "max"),
        total=("amount", "sum"),
    )
    return pd.DataFrame(
        {
            "first": table["first"],
            "last": table["last"],
            "frequency": table["purchases"] - 1,
            "recency": table["last_index"] - table["first_index"],
            "T": end_index - table["first_index"],
            "mean_order_value": table["total"] / table["purchases"],
            "total": table["total"],
        }
    ).reset_index()
