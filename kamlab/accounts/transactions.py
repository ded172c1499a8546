"""From orders to accounts: what each customer without a contract has bought so far."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_dtype, is_numeric_dtype

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ArgumentError, DataError, Problem
from kamlab.foundation.language import paragraph, say

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
        If the period is unknown, `end` is no date, a cell is missing, or orders lie after `end`.
    DataError
        If dates or amounts are none; the message names column, row and value.

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
    check_days(period, **({} if end is None else {"end": end}))
    orders = read_orders(transactions, account, date, amount)
    days = orders["day"].dt.normalize()
    last_day = days.max() if end is None else pd.Timestamp(end).normalize()
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


def read_orders(transactions: pd.DataFrame, account: str, date: str, amount: str) -> pd.DataFrame:
    """Return `account_id`, `day` and `amount` of each order, with dates and amounts checked.

    Raises
    ------
    NotApplicable
        If a column is missing.
    DataError
        If a cell is no date or no finite amount: the first one of each column.
    """
    need_columns(transactions, account, date, amount, of=say("accounts.transactions_purpose"))
    if problems := [*_no_dates(transactions[date]), *_no_amounts(transactions[amount])]:
        raise DataError(problems)
    orders = transactions[[account, date, amount]].set_axis(["account_id", "day", "amount"], axis=1)
    orders["day"] = pd.to_datetime(orders["day"])
    if not is_numeric_dtype(orders["amount"].dtype):
        orders["amount"] = orders["amount"].astype(float)
    return orders


def as_day(given: object) -> pd.Timestamp | None:
    """Return the day of a date or of a text that says one; None where it says none."""
    if not isinstance(given, str | datetime.date | np.datetime64):
        return None
    try:
        day = pd.Timestamp(given)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if pd.isna(day) or day.tzinfo is not None else day.normalize()


def check_days(period: str, **days: object) -> None:
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


def _no_dates(cells: pd.Series) -> Iterator[Problem]:
    """Yield the first cell that is no date, or the first of dates with a time zone."""
    if is_datetime64_dtype(cells.dtype):
        return
    wrong = [not isinstance(cell, datetime.date) for cell in cells]
    zoned = [getattr(cell, "tzinfo", None) is not None for cell in cells]
    for key, where in (("date", wrong), ("zone", zoned)):
        yield from _first(cells, np.array(where, dtype=bool) & cells.notna().to_numpy(), key)


def _no_amounts(cells: pd.Series) -> Iterator[Problem]:
    """Yield the first cell that is no finite number."""
    if is_numeric_dtype(cells.dtype) and not is_bool_dtype(cells.dtype):
        numeric = cells.to_numpy(dtype=float, na_value=np.nan)
        yield from _first(cells, np.isinf(numeric), "amount")
    else:
        wrong = [isinstance(one, bool) or not isinstance(one, numbers.Number) for one in cells]
        yield from _first(cells, np.array(wrong, dtype=bool) & cells.notna().to_numpy(), "amount")


def _first(cells: pd.Series, wrong: np.ndarray, key: str) -> Iterator[Problem]:
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        words = {"value": cells.iloc[place], "column": cells.name, "count": int(wrong.sum())}
        yield Problem(
            severity="error",
            table="transactions",
            column=str(cells.name),
            row=place + 2,
            value=cells.iloc[place],
            what=say(f"accounts.transactions_no_{key}", **words),
            allowed=say(f"accounts.transactions_{key}_allowed"),
            remedy=say(f"accounts.transactions_{key}_remedy", **words),
        )
