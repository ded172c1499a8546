"""From an account summary to purchase histories, refusing every mistake at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ArgumentError, DataError, Problem, warn_left_out
from kamlab.foundation.language import Text, join, same, say
from kamlab.sem.caller import level_of_caller
from kamlab.value.purchases.histories import Floats, Groups, Histories, grouped

HISTORY = ("frequency", "recency", "T")
COUNT = "count"
MOST_PURCHASES = 1_000_000
SHOWN = 5
"""Accounts named for each kind of mistake."""

AMOUNTS = ("mean_order_value", "total", "first_value")
OUTCOMES = (*HISTORY, COUNT, "account_id", "first", "last", *AMOUNTS)
"""Columns of a summary that are made of the purchases themselves."""

Names = tuple[str, ...]
Covariates = Sequence[str] | Mapping[str, Sequence[str]] | None


@dataclass(frozen=True, slots=True, eq=False)
class AccountTable:
    """A summary that was checked.

    Attributes
    ----------
    rows : DataFrame
        The rows that are used, as the user gave them.
    groups : Groups
    n_left_out : int
        Rows without a covariate.
    """

    rows: pd.DataFrame
    groups: Groups
    n_left_out: int


def covariate_names(covariates: Covariates) -> tuple[Names, Names]:
    """Return the covariates of buying and of leaving; a plain list serves both.

    Raises
    ------
    ArgumentError
        If it is neither names nor a mapping with the keys `purchase` and `dropout`, or a name
        is that of an outcome.
    """
    if covariates is None:
        return (), ()
    if isinstance(covariates, Mapping):
        sides = covariates
    else:
        sides = {"purchase": covariates, "dropout": covariates}
    listed = [sides.get(side, ()) for side in ("purchase", "dropout")]
    good = [not isinstance(one, str) and all(isinstance(n, str) for n in one) for one in listed]
    if not set(sides) <= {"purchase", "dropout"} or not all(good):
        raise ArgumentError(say("value.purchases_covariates", got=repr(covariates)))
    purchase, dropout = (tuple(dict.fromkeys(one)) for one in listed)
    if own := [name for name in dict.fromkeys((*purchase, *dropout)) if name in OUTCOMES]:
        names = join([same(name) for name in own])
        raise ArgumentError(say("value.purchases_own_outcome", names=names))
    return purchase, dropout


def read_summary(summary: pd.DataFrame, purchase: Names, dropout: Names) -> AccountTable:
    """Check a summary and group its equal histories.

    Parameters
    ----------
    summary : DataFrame
        With `frequency`, `recency`, `T` and the covariates; `account_id`, or `count` where each
        row stands for several accounts.
    purchase, dropout : tuple of str
        Covariates.

    Raises
    ------
    NotApplicable
        If columns are missing.
    DataError
        If cells cannot be; the message names the accounts.

    Warns
    -----
    RowsLeftOutWarning
        If covariates are missing.
    """
    named = dict.fromkeys((*purchase, *dropout))
    who = COUNT if isinstance(summary, pd.DataFrame) and COUNT in summary else "account_id"
    need_columns(summary, who, *HISTORY, *named, of=say("value.purchases_purpose"))
    if problems := [*_kinds(summary, (*HISTORY, *named)), *_mistakes(summary)]:
        raise DataError(problems)
    known = pd.Series(np.isfinite(_columns(summary, tuple(named))).all(axis=0), summary.index)
    left_out = int((~known).sum())
    if left_out:
        reason = say("value.purchases_no_covariate", names=join([same(name) for name in named]))
        warn_left_out(left_out, len(summary), reason, stacklevel=level_of_caller())
    rows = summary[known] if left_out else summary
    histories = Histories(
        rows["frequency"].to_numpy(dtype=np.int64),
        rows["recency"].to_numpy(dtype=float),
        rows["T"].to_numpy(dtype=float),
        _columns(rows, purchase),
        _columns(rows, dropout),
    )
    return AccountTable(rows, grouped(histories, counts_of(rows)), left_out)


def counts_of(rows: pd.DataFrame) -> Floats:
    """Return how many accounts each row stands for."""
    return rows[COUNT].to_numpy(dtype=float) if COUNT in rows else np.ones(len(rows))


def _columns(rows: pd.DataFrame, names: Names) -> Floats:
    values = [rows[name].to_numpy(dtype=float) for name in names]
    return np.array(values, dtype=float).reshape(len(names), len(rows))


def _kinds(summary: pd.DataFrame, names: Sequence[str]) -> Iterator[Problem]:
    """Yield the columns that hold no numbers."""
    for name in names:
        kind = summary[name].dtype
        if not is_numeric_dtype(kind) or (name in HISTORY and is_bool_dtype(kind)):
            yield _problem(name, None, str(kind), say("value.purchases_no_number"))


def _mistakes(summary: pd.DataFrame) -> Iterator[Problem]:
    """Yield the kinds of mistake in rows, each with the accounts that have it."""
    if not all(is_numeric_dtype(summary[name].dtype) for name in HISTORY):
        return
    names = [*HISTORY, *([COUNT] if COUNT in summary else [])]
    numbers = {
        name: pd.to_numeric(summary[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        for name in names
    }
    x, t_x, T = (numbers[name] for name in HISTORY)
    bad = {
        (name, "value.purchases_not_finite"): ~((column >= 0) & np.isfinite(column))
        for name, column in numbers.items()
    }
    fine = ~np.any([bad[name, "value.purchases_not_finite"] for name in HISTORY], axis=0)
    bad["frequency", "value.purchases_not_whole"] = fine & (x != np.floor(x))
    bad["frequency", "value.purchases_too_many"] = fine & (x > MOST_PURCHASES)
    bad["recency", "value.purchases_after_end"] = fine & (t_x > T)
    bad["recency", "value.purchases_one_timer"] = fine & (x == 0) & (t_x > 0)
    bad["recency", "value.purchases_no_time"] = fine & (x > 0) & (t_x == 0)
    if COUNT in numbers:
        count = numbers[COUNT]
        bad[COUNT, "value.purchases_no_count"] = (count < 1) | (count != np.floor(count))
    for (name, key), where in bad.items():
        if where.any():
            yield _in_rows(summary, str(name), key, np.flatnonzero(where))
    if COUNT not in numbers:
        yield from not_one_row_each(summary)


def not_one_row_each(summary: pd.DataFrame) -> Iterator[Problem]:
    """Yield the rows whose `account_id` is missing or stands in an earlier row already."""
    who = summary["account_id"]
    where = (who.isna() | who.duplicated()).to_numpy()
    if where.any():
        yield _in_rows(summary, "account_id", "value.purchases_twice", np.flatnonzero(where))


def _in_rows(summary: pd.DataFrame, name: str, key: str, where: NDArray[np.int64]) -> Problem:
    few = summary.iloc[where[:SHOWN]]
    ids = [same(one) for one in few["account_id"].dropna()] if "account_id" in few else []
    accounts = say("value.purchases_accounts", names=join(ids)) if ids else Text("", "")
    found = say("value.purchases_rows", what=say(key), count=len(where), accounts=accounts)
    return _problem(name, int(where[0]) + 2, few[name].iloc[0], found)


def _problem(column: str, row: int | None, value: object, what: Text) -> Problem:
    return Problem(
        severity="error",
        table="summary",
        column=column,
        row=row,
        value=value,
        what=what,
        allowed=say("value.purchases_allowed"),
        remedy=say("value.purchases_remedy"),
    )
