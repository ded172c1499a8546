"""Orders in a pandas table: every cell is looked at, so that errors can name its row."""

from __future__ import annotations

import datetime
import decimal
import math
import numbers
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import (
    is_bool_dtype,
    is_datetime64_dtype,
    is_integer_dtype,
    is_numeric_dtype,
)

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import DataError, Problem
from kamlab.foundation.language import say

Flags = Sequence[bool] | NDArray[np.bool_]
Kind = Callable[[pd.Series], Iterator[tuple[str, Flags]]]
Whole = int | np.integer


def read_orders(
    transactions: pd.DataFrame, account: str, date: str, amount: str | None
) -> pd.DataFrame:
    """Return `account_id` (text), `ordered_on` and `amount` of each order, checked.

    Parameters
    ----------
    transactions : DataFrame
        One row an order.
    account, date : str
        Columns.
    amount : str or None
        Column; None where amounts do not matter, and the result has none.

    Raises
    ------
    ArgumentError
        If it is no table.
    NotApplicable
        If a column is missing.
    DataError
        If cells are missing, or no account, date or finite amount: the first one of each column.
    """
    names = [account, date] if amount is None else [account, date, amount]
    need_columns(transactions, *names, of=say("accounts.transactions_purpose"))
    kinds = zip(names, (_no_accounts, _no_dates, _no_amounts), strict=False)
    problems = [one for name, kind in kinds for one in _problems(transactions[name], kind)]
    if problems:
        raise DataError(problems)
    days = pd.to_datetime(transactions[date])
    orders = {"account_id": transactions[account].astype(str), "ordered_on": days}
    if amount is not None:
        orders["amount"] = transactions[amount].astype(float)
    return pd.DataFrame(orders)


def _problems(cells: pd.Series, kind: Kind) -> Iterator[Problem]:
    yield from first_problem(cells, cells.isna().to_numpy(), "missing")
    known = cells.notna().to_numpy()
    for key, wrong in kind(cells):
        yield from first_problem(cells, np.asarray(wrong, dtype=bool) & known, key)


def _no_accounts(cells: pd.Series) -> Iterator[tuple[str, Flags]]:
    """Yield where the cells are neither text nor whole numbers."""
    if not (is_integer_dtype(cells.dtype) or isinstance(cells.dtype, pd.StringDtype)):
        yield "account", [isinstance(c, bool) or not isinstance(c, str | Whole) for c in cells]


def _no_dates(cells: pd.Series) -> Iterator[tuple[str, Flags]]:
    """Yield where the cells are no dates, and where they have a time zone."""
    if not is_datetime64_dtype(cells.dtype):
        yield "date", [not isinstance(cell, datetime.date) for cell in cells]
        yield "zone", [getattr(cell, "tzinfo", None) is not None for cell in cells]


def _no_amounts(cells: pd.Series) -> Iterator[tuple[str, Flags]]:
    """Yield where the cells are no finite numbers."""
    if is_numeric_dtype(cells.dtype) and not is_bool_dtype(cells.dtype):
        yield "amount", np.isinf(cells.to_numpy(dtype=float, na_value=np.nan))
    else:
        yield "amount", [_is_no_amount(cell) for cell in cells]


def _is_no_amount(cell: object) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, numbers.Real | decimal.Decimal):
        return True
    return not math.isfinite(cell)


def first_problem(cells: pd.Series, wrong: NDArray[np.bool_], key: str) -> Iterator[Problem]:
    """Yield the first of the cells that are wrong, with their number."""
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
