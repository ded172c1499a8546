"""Find everything that is wrong with a company's tables, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.convert import cell_text, convert
from kamlab.accounts.spec import Column, Table, fold
from kamlab.accounts.tables import allowed, table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, join, same, say

FIRST_ROW = 2
"""The row, as Excel counts, of the first record: the headings are row 1."""

LISTED = 20
"""Cells listed one by one per column and check; further ones are counted."""

SHOWN_CHARACTERS = 60
"""Where the content of a cell is cut in a message."""

ALIKE = 0.7
"""Likeness (difflib's ratio) from which a name is suggested in place of another."""


def find_problems(
    tables: Mapping[str, pd.DataFrame],
    rows: Mapping[str, NDArray[np.int64]] | None = None,
) -> tuple[list[Problem], dict[str, pd.DataFrame]]:
    """Convert tables to their declared types and find all that does not fit.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Some of a company's tables, with the declared column names. They are not changed.
    rows : mapping of str to array of int, optional
        For each table, its rows as Excel counts them; without it, records begin in row 2.

    Returns
    -------
    problems : list of Problem
    typed : dict of str to DataFrame
        New tables with the dtypes of `convert`; undeclared columns are copied as they are.

    Raises
    ------
    ValueError
        If a name is not that of an input table.

    Examples
    --------
    >>> problems, _ = find_problems({"accounts": pd.DataFrame({"account_id": ["A", "A"]})})
    >>> problems[0].row
    3
    """
    problems: list[Problem] = []
    sheets: dict[str, _Sheet] = {}
    for name, frame in tables.items():
        numbers = (rows or {}).get(name, np.arange(FIRST_ROW, FIRST_ROW + len(frame)))
        given = _Sheet(table(name), _own_copy(frame), numbers)
        problems += _about_headings(given)
        sheets[name], found = _converted(given)
        problems += found
        problems += _about_rows(sheets[name])
    for sheet in sheets.values():
        problems += _orphans(sheet, sheets)
    return problems, {name: sheet.frame for name, sheet in sheets.items()}


def problem(
    table_name: str,
    kind: str,
    allow: Text,
    *,
    column: str = "",
    row: int | None = None,
    value: str = "",
    **words: object,
) -> Problem:
    """Make an error in the words `what_<kind>` and `remedy_<kind>`."""
    words = {"nearest": "", "column": column, "value": value, **words}
    return Problem(
        severity="error",
        table=table_name,
        column=column,
        row=row,
        value=value or None,
        what=say(f"accounts.what_{kind}", **words),
        allowed=allow + Text(".", "。"),
        remedy=say(f"accounts.remedy_{kind}", **words),
    )


def nearest_name(name: object, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a name was probably meant to be, or None."""
    folded = {fold(candidate): candidate for candidate in candidates}
    close = get_close_matches(fold(name), folded, n=1, cutoff=ALIKE)
    return folded[close[0]] if close else None


def nearest_hint(name: object, candidates: Iterable[str]) -> Text:
    """Return words that suggest the candidate that was probably meant; none where none is near."""
    return _suggestion(nearest_name(name, candidates))


@dataclass(frozen=True)
class _Sheet:
    spec: Table
    frame: pd.DataFrame
    rows: NDArray[np.int64]

    @property
    def columns(self) -> list[Column]:
        """The declared columns that it has."""
        return [column for column in self.spec.columns if column.name in self.frame]

    def at(
        self,
        column: str,
        positions: NDArray[np.intp],
        kind: Callable[[int], str],
        allow: Text,
        words: Callable[[int], Mapping[str, object]] = lambda _: {},
    ) -> Iterator[Problem]:
        """Tell of a column's cells: the first few one by one, the rest as a number."""
        for at in positions[:LISTED].tolist():
            yield problem(
                self.spec.name,
                kind(at),
                allow,
                column=column,
                row=int(self.rows[at]),
                value=_shown(self.frame[column].iloc[at]),
                **words(at),
            )
        if len(positions) > LISTED:
            more = len(positions) - LISTED
            yield problem(self.spec.name, "more", allow, column=column, count=more)


def _own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy so that neither side sees the other's changes; a named index becomes columns."""
    named = [name for name in frame.index.names if name is not None and name not in frame]
    copy = frame.reset_index(drop=not named).copy()
    return copy.set_axis([str(name) for name in copy.columns], axis=1)


def _about_headings(sheet: _Sheet) -> Iterator[Problem]:
    spec, names = sheet.spec, sheet.frame.columns
    once = say("accounts.allowed_columns")
    for name in names[names.duplicated()].unique():
        yield problem(spec.name, "twice", once, column=name)
    strangers = [name for name in names if all(name != column.name for column in spec.columns)]
    others = {name: spec.by_heading.get(fold(name)) for name in strangers}
    for name, column in others.items():
        if column is not None:
            yield problem(spec.name, "other_name", once, column=name, meant=column.name)
    needed = [column for column in spec.columns if column.required]
    for column in needed:
        if column.name not in names and column not in others.values():
            yield problem(
                spec.name,
                "missing_column",
                say("accounts.allowed_compulsory", columns=join([same(c.name) for c in needed])),
                column=column.name,
                label=column.label,
                nearest=nearest_hint(column.name, strangers),
            )
    if spec.name == "accounts" and len(names) and sheet.frame.empty:
        yield problem(spec.name, "no_rows", say("accounts.allowed_headings"))


def _converted(given: _Sheet) -> tuple[_Sheet, list[Problem]]:
    """Convert every declared column and tell of the cells that do not fit."""
    once = given.frame.loc[:, ~given.frame.columns.duplicated()]
    sheet = _Sheet(given.spec, once, given.rows)
    problems: list[Problem] = []
    typed = {}
    for column in sheet.columns:
        values, misfits = convert(column, once[column.name])
        problems += _misfits(sheet, column, misfits)
        problems += _out_of_range(sheet, column, values)
        if column.required:
            blank = np.setdiff1d(np.flatnonzero(values.isna()), list(misfits))
            filled = say("accounts.allowed_filled")
            problems += sheet.at(column.name, blank, lambda _: "blank", filled)
            if column.type == "integer" and not values.isna().any():
                values = values.astype("int64")
        typed[column.name] = values
    return _Sheet(sheet.spec, once.assign(**typed), sheet.rows), problems


def _misfits(sheet: _Sheet, column: Column, reasons: Mapping[int, str]) -> Iterator[Problem]:
    def words(at: int) -> Mapping[str, object]:
        if not column.values:
            return {}
        choices = [word for code, label in column.values.items() for word in (code, label.ja)]
        return {"nearest": nearest_hint(sheet.frame[column.name].iloc[at], choices)}

    positions = np.array(list(reasons), dtype=np.intp)
    return sheet.at(column.name, positions, lambda at: reasons[at], allowed(column), words)


def _out_of_range(sheet: _Sheet, column: Column, values: pd.Series) -> Iterator[Problem]:
    if column.minimum is None:
        return iter(())
    high = np.inf if column.maximum is None else column.maximum
    outside = np.flatnonzero((values < column.minimum) | (values > high))
    kind = "range_share" if column.type == "share" else "range"
    return sheet.at(column.name, outside, lambda _: kind, allowed(column))


def _about_rows(sheet: _Sheet) -> Iterator[Problem]:
    yield from _duplicates(sheet)
    for first, second in sheet.spec.ordered:
        if {first, second} <= set(sheet.frame.columns):
            yield from _out_of_order(sheet, first, second)


def _out_of_order(sheet: _Sheet, first: str, second: str) -> Iterator[Problem]:
    early, late = sheet.frame[first], sheet.frame[second]
    words = {"first": first, "second": second}
    return sheet.at(
        first,
        np.flatnonzero(early > late),
        lambda _: "order",
        say("accounts.allowed_order", **words),
        lambda at: {**words, "later": _shown(late.iloc[at])},
    )


def _duplicates(sheet: _Sheet) -> Iterator[Problem]:
    key = list(sheet.spec.key)
    if not key or not set(key) <= set(sheet.frame.columns):
        return
    keys = sheet.frame[key].dropna()
    repeated = keys[keys.duplicated()]
    if repeated.empty:
        return
    positions = pd.Series(keys.index, index=keys.index)
    first = positions.groupby([keys[name] for name in key]).transform("first")
    yield from sheet.at(
        key[-1],
        repeated.index.to_numpy(dtype=np.intp),
        lambda _: "duplicate",
        say("accounts.allowed_once", columns=" + ".join(key)),
        lambda at: {
            "record": ", ".join(f"{name} {_shown(keys.loc[at, name])}" for name in key),
            "first": int(sheet.rows[first[at]]),
        },
    )


def _orphans(sheet: _Sheet, sheets: Mapping[str, _Sheet]) -> Iterator[Problem]:
    for column in sheet.columns:
        there = sheets.get(column.refers_to or "")
        if there is not None and there.spec.key[0] in there.frame:
            yield from _unknown(sheet, column, there)


def _unknown(sheet: _Sheet, column: Column, there: _Sheet) -> Iterator[Problem]:
    cells, known = sheet.frame[column.name], there.frame[there.spec.key[0]].dropna()
    unknown = np.flatnonzero(cells.notna() & ~cells.isin(known))
    if not len(unknown):
        return iter(())
    # Lost zeros and changed case are the usual causes, and cheap to look for at any size.
    alike = {fold(value).lstrip("0"): value for value in known}
    return sheet.at(
        column.name,
        unknown,
        lambda _: "orphan",
        say("accounts.allowed_known", table=there.spec.name),
        lambda at: {
            "there": there.spec.name,
            "nearest": _suggestion(alike.get(fold(cells.iloc[at]).lstrip("0"))),
        },
    )


def _suggestion(name: str | None) -> Text:
    return say("accounts.nearest", name=name) if name else same("")


def _shown(cell: object) -> str:
    text = cell_text(cell) or ""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
