"""The one way in for regressions and curves: a company, or an analysis table that is sound."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import DataError, DataWarning, ModelError, Problem
from kamlab.foundation.language import Text, say
from kamlab.panel.analysis_table import ROW, analysis_table
from kamlab.sem.caller import level_of_caller

DATES = ("start", "end", "customer_since")
YES_NO = ("stayed", "decided")
AMOUNTS = ("revenue", "margin", "cost_to_serve", "net_margin")


def period_rows(data: Company | pd.DataFrame, *names: str, of: Text) -> pd.DataFrame:
    """Return a company's analysis table, or the one given, checked.

    Parameters
    ----------
    data : Company or DataFrame
    *names : str
        Columns needed beside `account_id`, `period`, `start`, `stayed` and `decided`.
    of : Text
        What needs them, as the subject of a sentence.

    Returns
    -------
    DataFrame
        With `stayed` as nullable boolean and `decided` as boolean.

    Raises
    ------
    ArgumentError
        If it is neither a company nor a table.
    NotApplicable
        If columns are missing.
    DataError
        If rows lack an account, stand twice, or hold text where dates, amounts, or yes and no
        belong; all problems at once.

    Warns
    -----
    DataWarning
        If periods of one account overlap.
    """
    if isinstance(data, Company):
        rows = analysis_table(data)
        need_columns(rows, *names, of=of)
    else:
        need_columns(data, *ROW, "start", *YES_NO, *names, of=of)
        if problems := list(_problems(data)):
            raise DataError(problems)
        stayed = data["stayed"].astype("float64").astype("boolean")
        rows = data.assign(stayed=stayed, decided=data["decided"].astype("bool"))
    _warn_of_overlaps(rows)
    return rows


def need_outcome(formula: object, name: str) -> None:
    """Refuse a formula that explains anything but one column, as it stands.

    Raises
    ------
    ModelError
        Where it does; a formula that cannot be read is left to those who read it.
    """
    if not isinstance(formula, str) or "~" not in formula:
        return
    left = formula.split("~")[0].strip()
    if left and left not in (name, f'Q("{name}")', f"Q('{name}')"):
        raise ModelError(say("panel.outcome_is", formula=formula, name=name))


def _problems(rows: pd.DataFrame) -> Iterator[Problem]:
    for name in ("account_id", "start"):
        yield from _bad(rows, name, rows[name].isna(), say("panel.door_missing"))
    yield from _bad(rows, "period", rows.duplicated(ROW), say("panel.door_twice"))
    for name in (name for name in DATES if name in rows):
        if not pd.api.types.is_datetime64_any_dtype(rows[name]):
            yield from _bad(rows, name, rows[name].notna(), say("panel.door_dates"))
    for name in YES_NO:
        is_yes_no = rows[name].isin([True, False, 0, 1])
        allowed = is_yes_no if name == "decided" else is_yes_no | rows[name].isna()
        yield from _bad(rows, name, ~allowed, say("panel.door_yes_no"))
    for name in (name for name in AMOUNTS if name in rows):
        if not pd.api.types.is_numeric_dtype(rows[name]):
            yield from _bad(rows, name, rows[name].notna(), say("panel.door_amounts"))


def _bad(
    rows: pd.DataFrame, name: str, where: pd.Series | NDArray[np.bool_], what: Text
) -> Iterator[Problem]:
    """Yield one problem for all bad cells of a column, at the first of them."""
    bad = np.flatnonzero(np.asarray(where, dtype=bool))
    if bad.size:
        yield Problem(
            severity="error",
            table="analysis_table",
            column=name,
            row=int(bad[0]) + 2,
            value=rows[name].iloc[bad[0]],
            what=say("panel.door_count", what=what, count=bad.size),
            allowed=say("panel.door_allowed"),
            remedy=say("panel.door_remedy"),
        )


def _warn_of_overlaps(rows: pd.DataFrame) -> None:
    if "end" not in rows:
        return
    ordered = rows.sort_values(["account_id", "start"])
    before = ordered.groupby("account_id")["end"].shift()
    if overlaps := int((ordered["start"] <= before).sum()):
        message = say("panel.door_overlaps", count=overlaps)
        warnings.warn(str(message), DataWarning, stacklevel=level_of_caller())
