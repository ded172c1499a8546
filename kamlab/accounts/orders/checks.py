"""What is wrong with orders, found on their own engine and all said at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from kamlab.accounts.orders.amounts import (
    LIMIT,
    MOST_DECIMALS,
    is_exact,
)
from kamlab.accounts.orders.calendar import N_DAYS, day_number
from kamlab.foundation.errors import DataError, NotApplicable, Problem
from kamlab.foundation.language import Text, join, same, say

if TYPE_CHECKING:
    from kamlab.accounts.orders.sources import Columns, Orders


def check_columns(names: Sequence[str], schema: nw.Schema) -> None:
    """Check that orders have the columns that are needed.

    Raises
    ------
    NotApplicable
        If some are missing; the message names them.
    """
    if missing := [name for name in names if name not in schema]:
        purpose, listed = say("accounts.transactions_purpose"), join([same(n) for n in missing])
        raise NotApplicable(say("accounts.need_columns_of", purpose=purpose, missing=listed))


def check_kinds(names: Sequence[str], schema: nw.Schema, *, zoned: bool) -> None:
    """Check that columns hold accounts, dates and amounts.

    Parameters
    ----------
    names : sequence of str
        The columns of accounts, dates and amounts, in this order.
    schema : Schema
    zoned : bool
        Whether dates may have a time zone.

    Raises
    ------
    DataError
        All columns that do not, with what they hold.
    """
    kinds = zip(names, ("account", "date", "amount"), strict=False)
    problems = []
    for name, kind in kinds:
        found = schema[name]
        if not _fits(found, kind, zoned=zoned):
            what = say("accounts.transactions_kind", got=str(found))
            problems.append(_problem(name, what, f"{kind}_allowed", "kind_remedy"))
    if problems:
        raise DataError(problems)


def _fits(found: nw.dtypes.DType, kind: str, *, zoned: bool) -> bool:
    if kind == "account":
        text = (nw.String, nw.Categorical, nw.Enum)
        return found.is_integer() or isinstance(found, text)
    if kind == "date":
        naive = isinstance(found, nw.Datetime) and (zoned or found.time_zone is None)
        return naive or isinstance(found, nw.Date)
    return found.is_numeric()


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over the orders tells of their cells.

    Attributes
    ----------
    problems : tuple of Problem
    decimals : int or None
        How many all amounts need; None where more than six.
    most : float
        The largest amount, without sign.
    """

    problems: tuple[Problem, ...]
    decimals: int | None
    most: float


def look(orders: Orders, columns: Columns, end: pd.Timestamp | None) -> Look:
    """Look at every cell: for what an order may lack, and for the decimals of amounts.

    Parameters
    ----------
    orders : Orders
    columns : Columns
    end : Timestamp or None
        The last day of observation, if there is one.
    """
    day, missing = nw.col("day"), _flag(nw.col("day").is_null())
    has_text = "date_text" in orders.frame.collect_schema()
    flags = {"account_missing": _flag(nw.col("account_id").is_null()), "date_missing": missing}
    flags["date_far"] = _flag((day < 0) | (day >= N_DAYS))
    flags["late"] = _flag(day > (N_DAYS if end is None else day_number(end)))
    values: dict[str, nw.Expr] = {}
    if has_text:
        flags["date_missing"] = _flag(nw.col("date_text").is_null())
        flags["no_date"] = missing - flags["date_missing"]
        unread = nw.when(day.is_null()).then(nw.col("date_text"))
        values["date_example"] = unread.otherwise(nw.lit(None, nw.String))
    if columns.amount is not None:
        _look_at_amounts(flags, values, has_text=has_text)
    counts = [nw.col(name).sum() for name in flags]
    extremes = [nw.col(name).max() for name in values]
    found = orders.collect(orders.frame.select(**flags, **values).select(*counts, *extremes))
    row = {str(name): value for name, value in found.iloc[0].items()}
    problems = tuple(_found(row, columns, end))
    places = [k for k in range(MOST_DECIMALS + 1) if row.get(f"inexact_{k}", 0) == 0]
    return Look(problems, min(places, default=None), float(row.get("most", 0) or 0))


def _look_at_amounts(flags: dict[str, nw.Expr], values: dict[str, nw.Expr], has_text: bool) -> None:
    amount = nw.col("amount")
    missing = _flag(amount.is_null())
    finite = amount.abs() < float("inf")
    flags["amount_missing"] = missing
    flags["infinite"] = _flag(~finite)
    if has_text:
        flags["amount_missing"] = _flag(nw.col("amount_text").is_null())
        flags["no_amount"] = missing - flags["amount_missing"]
        unread = nw.when(amount.is_null()).then(nw.col("amount_text"))
        values["amount_example"] = unread.otherwise(nw.lit(None, nw.String))
    for k in range(MOST_DECIMALS + 1):
        flags[f"inexact_{k}"] = _flag(finite & ~is_exact(k))
    values["most"] = nw.when(finite).then(amount.abs()).otherwise(nw.lit(0.0))


def _flag(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _found(row: dict[str, Any], columns: Columns, end: pd.Timestamp | None) -> Iterator[Problem]:
    """Yield what the counts of one look mean."""
    named = {"account": columns.account, "date": columns.date, "amount": columns.amount}
    for kind, name in named.items():
        if count := row.get(f"{kind}_missing"):
            what = say("accounts.transactions_no_missing", count=int(count))
            yield _problem(str(name), what, "missing_allowed", "missing_remedy")
    for kind in ("date", "amount"):
        if count := row.get(f"no_{kind}"):
            words = {"value": row[f"{kind}_example"], "count": int(count)}
            what = say(f"accounts.transactions_no_{kind}", **words)
            yield _problem(str(named[kind]), what, f"{kind}_allowed", f"file_{kind}_remedy")
    if count := row["date_far"]:
        what = say("accounts.transactions_far", count=int(count))
        yield _problem(columns.date, what, "far_allowed", "far_remedy")
    if (count := row["late"]) and end is not None:
        what = say("accounts.transactions_late", count=int(count), end=end.date())
        yield _problem(columns.date, what, "late_allowed", "late_remedy", end=end.date())
    if count := row.get("infinite"):
        what = say("accounts.transactions_infinite", count=int(count))
        yield _problem(str(columns.amount), what, "amount_allowed", "infinite_remedy")


def too_large(name: str) -> Problem:
    """Return the problem of amounts whose sums floats cannot hold exactly."""
    what = say("accounts.transactions_large")
    return _problem(name, what, "large_allowed", "large_remedy", limit=f"{LIMIT:.1e}")


def _problem(column: str, what: Text, allowed: str, remedy: str, **words: object) -> Problem:
    return Problem(
        severity="error",
        table="transactions",
        column=column,
        row=None,
        value=None,
        what=what,
        allowed=say(f"accounts.transactions_{allowed}", **words),
        remedy=say(f"accounts.transactions_{remedy}", column=column),
    )
