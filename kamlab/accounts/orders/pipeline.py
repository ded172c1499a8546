"""The one code path: orders become purchases, purchases become accounts, accounts histories.

All of it is narwhals, and each step is a group-by: no join and no window, which cost most on large
data. Integers and whole floats only, so that every engine finds the same.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from kamlab.accounts.orders.amounts import counted, packed
from kamlab.accounts.orders.calendar import N_DAYS

Frame = nw.LazyFrame[Any]
ACCOUNT, DAY, VALUE = "account_id", "day", "value"


def accounts(orders: Frame, days: int, decimals: int, *, rounding: bool) -> Frame:
    """Return one row an account.

    Parameters
    ----------
    orders : LazyFrame
        `account_id`, `day` (after 1 January 1900) and `amount`.
    days : int
        Length of a period.
    decimals : int
        Amounts are counted in units of `10^-decimals`.
    rounding : bool
        Whether amounts may have further decimals.

    Returns
    -------
    LazyFrame
        `account_id`, `first_purchase` (its first day and amount, as `packed` makes it), `last`
        day (`N_DAYS` where an order's account or day is missing), `purchases` (periods with
        orders) and `total` in units (infinite where an amount will not do).
    """
    rows = orders.with_columns(_day(), counted(decimals, rounding=rounding).alias(VALUE))
    table = _purchases(rows, days, nw.col(VALUE).sum())
    return (
        table.with_columns(packed(nw.col("first"), nw.col(VALUE)).alias("packed"))
        .group_by(ACCOUNT)
        .agg(
            nw.col("packed").min().alias("first_purchase"),
            nw.col("last").max(),
            nw.len().alias("purchases"),
            nw.col(VALUE).sum().alias("total"),
        )
    )


def histories(orders: Frame, days: int) -> Frame:
    """Return one row a history, the accounts that share it counted.

    Parameters
    ----------
    orders : LazyFrame
        `account_id` and `day`.
    days : int
        Length of a period.

    Returns
    -------
    LazyFrame
        `frequency`, `recency`, `first_period` and `count`; `last`, the last day of them all.
    """
    table = (
        _purchases(orders.with_columns(_day()), days, nw.len().alias("orders"))
        .group_by(ACCOUNT)
        .agg(
            nw.len().alias("purchases"),
            nw.col("period").min().alias("first_period"),
            nw.col("period").max().alias("last_period"),
            nw.col("last").max(),
        )
    )
    return (
        table.with_columns(
            frequency=nw.col("purchases") - 1,
            recency=nw.col("last_period") - nw.col("first_period"),
        )
        .group_by("frequency", "recency", "first_period")
        .agg(nw.len().alias("count"), nw.col("last").max())
    )


def _day() -> nw.Expr:
    known = ~nw.col(ACCOUNT).is_null() & (nw.col(DAY) >= 0) & (nw.col(DAY) < N_DAYS)
    return nw.when(known).then(nw.col(DAY)).otherwise(nw.lit(N_DAYS)).alias(DAY)


def _purchases(orders: Frame, days: int, *sums: nw.Expr) -> Frame:
    """Return one row an account and period; a day is its own first and last one."""
    day = nw.col(DAY)
    if days == 1:
        same = {name: day for name in ("period", "first", "last")}
        return orders.group_by(ACCOUNT, DAY).agg(*sums).with_columns(**same)
    return (
        orders.with_columns(period=day // days)
        .group_by(ACCOUNT, "period")
        .agg(*sums, day.min().alias("first"), day.max().alias("last"))
    )
