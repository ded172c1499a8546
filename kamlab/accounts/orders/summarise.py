"""From orders to accounts: what each customer without a contract has bought so far."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from kamlab.accounts.orders.amounts import EXACT, LIMIT, MOST_DECIMALS, USUAL_DECIMALS, unpacked
from kamlab.accounts.orders.calendar import DAYS, N_DAYS, as_day, check_days, dates_of, day_number
from kamlab.accounts.orders.checks import look, too_large
from kamlab.accounts.orders.pipeline import accounts, histories
from kamlab.accounts.orders.sources import Columns, Orders, opened
from kamlab.foundation.errors import ArgumentError, DataError, DataWarning
from kamlab.foundation.language import say

if TYPE_CHECKING:
    import duckdb
    import polars

    Source = (
        pd.DataFrame
        | polars.DataFrame
        | polars.LazyFrame
        | duckdb.DuckDBPyRelation
        | str
        | os.PathLike[str]
        | Any
    )

Per = Literal["account", "history"]


def summarise_transactions(
    source: Source,
    *,
    account: str = "account_id",
    date: str = "ordered_on",
    amount: str = "amount",
    period: str = "W",
    end: pd.Timestamp | str | None = None,
    per: Per = "account",
) -> pd.DataFrame:
    """Return one row per account with the summary that purchase models need.

    Parameters
    ----------
    source : DataFrame of pandas, Polars or PySpark, LazyFrame, DuckDB relation, or path
        One row an order. A path is that of a Parquet or CSV file, of a folder of such files, or
        a pattern with `*`. Every engine gives the same result, to the last digit.
    account, date, amount : str
        Its columns: text or whole numbers, dates without time zone, numbers. In CSV files, dates
        have the year first (2026-03-31).
    period : {"W", "D"}
        Weeks (Monday to Sunday) or days; orders within one period count as one purchase.
    end : date, optional
        Last day of observation; the last order's day if left out. Later orders are an error.
    per : {"account", "history"}
        With "history", accounts that share `frequency`, `recency` and `T` are one row, so that
        the cost of `kl.fit_purchases` does not depend on how many accounts there are; `amount`
        is not used. Covariates, spend and values of single accounts need accounts.

    Returns
    -------
    DataFrame
        `account_id` (text, sorted), `first`, `last` (dates), `frequency` (periods with a
        purchase after the first), `recency` (periods from the first purchase to the last), `T`
        (periods from the first purchase to the end), `mean_order_value` (amount per purchase
        period), `total`, `first_value` (amount of the first purchase period). By history:
        `frequency`, `recency`, `T` and `count`.

    Raises
    ------
    ArgumentError
        If the source, `period`, `per` or `end` is none of these, or a file cannot be read.
    NotApplicable
        If a column is missing.
    DataError
        If cells are missing or are no accounts, dates or amounts, if orders lie after `end`, or
        if amounts are too large: all that is wrong at once, with its number.

    Warns
    -----
    DataWarning
        If amounts are so large that they had to be rounded to less than two decimals.

    Notes
    -----
    Amounts are summed as whole numbers of `10^-k`, with `k` the decimals that they have, up to
    six, so that a sum does not depend on the order of its terms. Further decimals are rounded;
    `attrs` of the result has `k` as `decimals`, and whether any amount was `rounded`. An account
    may not reach 1.7e13 of these units in a period.

    Files larger than memory are read in pieces, by DuckDB, within 4 GB.

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
    if per not in get_args(Per):
        raise ArgumentError(say("accounts.transactions_per", got=repr(per)))
    columns = Columns(account, date, None if per == "history" else amount)
    with opened(source, columns) as orders:
        summary = _by_history if per == "history" else _by_account
        table = summary(orders, columns, DAYS[period], as_day(end))
    if table.attrs.get("rounded") and table.attrs["decimals"] < USUAL_DECIMALS:
        words = say("accounts.transactions_rounded", decimals=table.attrs["decimals"])
        warnings.warn(str(words), DataWarning, stacklevel=2)
    return table


def _by_account(
    orders: Orders, columns: Columns, days: int, end: pd.Timestamp | None
) -> pd.DataFrame:
    table, units = _counted(orders, columns, days, end)
    scale = 10 ** units["decimals"]
    end_day = _end_day(table["last"], end)
    first, first_units = unpacked(table["first_purchase"].to_numpy("int64"))
    last, purchases = table["last"].to_numpy("int64"), table["purchases"].to_numpy("int64")
    total = table["total"].to_numpy(float) / scale
    summary = pd.DataFrame(
        {
            "account_id": table["account_id"].astype("str").array,
            "first": dates_of(first),
            "last": dates_of(last),
            "frequency": purchases - 1,
            "recency": last // days - first // days,
            "T": end_day // days - first // days,
            "mean_order_value": total / purchases,
            "total": total,
            "first_value": first_units / scale,
        },
        copy=False,
    )
    summary.attrs.update(units)
    return summary


def _counted(
    orders: Orders, columns: Columns, days: int, end: pd.Timestamp | None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return accounts with amounts in units of `10^-k`, and `k` with whether it lost decimals.

    Two decimals are tried first: most amounts have no more, and then one pass is enough.
    """

    def run(decimals: int, *, rounding: bool) -> pd.DataFrame | None:
        table = accounts(orders.frame, days, decimals, rounding=rounding).sort("account_id")
        found = orders.collect(table)
        return found if _is_sound(found, end) else None

    found = run(USUAL_DECIMALS, rounding=False)
    if found is not None:
        return found, {"decimals": USUAL_DECIMALS, "rounded": False}
    seen = look(orders, columns, end)
    if seen.problems:
        raise DataError(seen.problems)
    most = MOST_DECIMALS if seen.decimals is None else seen.decimals
    for decimals in range(most, -1, -1):
        rounding = decimals != seen.decimals
        found = run(decimals, rounding=rounding) if seen.most * 10**decimals < LIMIT else None
        if found is not None:
            return found, {"decimals": decimals, "rounded": rounding}
    raise DataError([too_large(str(columns.amount))])


def _is_sound(table: pd.DataFrame, end: pd.Timestamp | None) -> bool:
    """Return whether no order lacked anything, and sums are exact."""
    if len(table) == 0:
        return True
    _, first_units = unpacked(table["first_purchase"].to_numpy("int64"))
    return bool(
        _are_days_sound(table["last"], end)
        and (table["total"].abs() < EXACT).all()
        and (first_units > -LIMIT).all()
    )


def _are_days_sound(last: pd.Series, end: pd.Timestamp | None) -> bool:
    return len(last) == 0 or last.max() <= (N_DAYS - 1 if end is None else day_number(end))


def _end_day(last: pd.Series, end: pd.Timestamp | None) -> int:
    if end is not None:
        return day_number(end)
    return int(last.max()) if len(last) else 0


def _by_history(
    orders: Orders, columns: Columns, days: int, end: pd.Timestamp | None
) -> pd.DataFrame:
    table = orders.collect(histories(orders.frame, days))
    if not _are_days_sound(table["last"], end):
        raise DataError(look(orders, columns, end).problems)
    observed = _end_day(table["last"], end) // days - table["first_period"].astype("int64")
    names = ["frequency", "recency", "T", "count"]
    summary = table.assign(T=observed)[names].astype("int64")
    return summary.sort_values(names[:-1], ignore_index=True)
