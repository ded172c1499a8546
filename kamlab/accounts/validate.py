"""Find everything that is wrong with a company's tables, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.points import may_be_groups
from kamlab.accounts.cells.reading import AS_DECLARED, Reading
from kamlab.accounts.findings import FIRST_ROW, Finding, Place, Positions, Sheet
from kamlab.accounts.keys import duplicates, orphans
from kamlab.accounts.spec import Column
from kamlab.accounts.tables import allowed, table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import fold, nearest_hint

Readings = Mapping[str, Mapping[str, Reading]]
"""For each table and column, how its cells are to be read."""


@dataclass(frozen=True, eq=False)
class Change:
    """Cells of one column that were changed in more than form.

    Parameters
    ----------
    table, column : str
    rules : Series
        By position of the record, the name of the rule.
    """

    table: str
    column: str
    rules: pd.Series


@dataclass(frozen=True, eq=False)
class Checked:
    """Tables after conversion and checks.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        By table.
    findings : tuple of Finding
    changes : tuple of Change
    """

    sheets: Mapping[str, Sheet]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]

    @property
    def problems(self) -> list[Problem]:
        """All findings in words, table by table."""
        return [
            problem for each in self.findings for problem in each.problems(self.sheets[each.table])
        ]

    @property
    def typed(self) -> dict[str, pd.DataFrame]:
        """The tables with the dtypes of `convert`; undeclared columns as they came."""
        return {name: sheet.typed for name, sheet in self.sheets.items()}


def check_tables(sheets: Mapping[str, Sheet], readings: Readings | None = None) -> Checked:
    """Convert tables to their declared types and find all that does not fit.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        By table; `typed` of each is made here.
    readings : mapping, optional
        What the user has declared about columns beyond their type.

    Returns
    -------
    Checked
        It has every table, also those with errors.
    """
    findings: list[Finding] = []
    changes: list[Change] = []
    done: dict[str, Sheet] = {}
    for name, sheet in sheets.items():
        findings += _about_headings(sheet)
        done[name], found, changed = _converted(sheet, (readings or {}).get(name, {}))
        findings += found
        changes += changed
        findings += duplicates(done[name])
        findings += _out_of_order(done[name])
    for sheet in done.values():
        findings += orphans(sheet, done)
    return Checked(done, tuple(findings), tuple(changes))


def sheet_of(name: str, frame: pd.DataFrame) -> Sheet:
    """Return a user's own DataFrame as a sheet; it is copied, and a named index becomes columns.

    Raises
    ------
    ValueError
        If the name is not that of an input table.
    """
    named = [each for each in frame.index.names if each is not None and each not in frame]
    copy = frame.reset_index(drop=not named).copy()
    copy = copy.set_axis([str(column) for column in copy.columns], axis=1)
    rows = np.arange(FIRST_ROW, FIRST_ROW + len(copy))
    return Sheet(table(name), copy, copy, rows, (Place(name),), np.zeros(len(copy), dtype=np.intp))


def about(
    table_name: str,
    kind: str,
    allow: Text,
    *,
    column: str = "",
    positions: Positions | None = None,
    words: Callable[[int], Mapping[str, object]] = lambda _: {},
) -> Finding:
    """Make an error in the words `what_<kind>` and `remedy_<kind>`."""

    def told(at: int) -> tuple[Text, Text]:
        given = {"nearest": "", "column": column, "value": "", **words(at)}
        return say(f"accounts.what_{kind}", **given), say(f"accounts.remedy_{kind}", **given)

    finding = Finding(table_name, column, told, allow)
    return finding if positions is None else replace(finding, positions=positions)


def _about_headings(sheet: Sheet) -> Iterator[Finding]:
    spec, names = sheet.spec, sheet.given.columns
    once = say("accounts.allowed_columns")
    for name in names[names.duplicated()].unique():
        yield about(spec.name, "twice", once, column=name)
    strangers = [name for name in names if all(name != column.name for column in spec.columns)]
    others = {name: spec.by_heading.get(fold(name)) for name in strangers}
    for name, column in others.items():
        if column is not None:
            meant = _always({"meant": column.name})
            yield about(spec.name, "other_name", once, column=name, words=meant)
    needed = [column for column in spec.columns if column.required]
    compulsory = say("accounts.allowed_compulsory", columns=join([same(c.name) for c in needed]))
    for column in needed:
        if column.name not in names and column not in others.values():
            hint = {
                "label": column.label,
                "nearest": nearest_hint(column.name, strangers),
                "found": _headings_found(sheet),
            }
            yield about(
                spec.name, "missing_column", compulsory, column=column.name, words=_always(hint)
            )
    if spec.name == "accounts" and len(names) and sheet.given.empty:
        yield about(spec.name, "no_rows", say("accounts.allowed_headings"))


def _headings_found(sheet: Sheet) -> Text:
    """Return which row was taken for the headings, where it may have been a wrong one."""
    place = sheet.places[0]
    if place.header_row is None:
        return same("")
    names = join([same(heading) for heading in place.headings.values()])
    return say("accounts.headings_found", row=place.header_row, names=names)


def _always(words: Mapping[str, object]) -> Callable[[int], Mapping[str, object]]:
    return lambda _: words


def _converted(
    given: Sheet, readings: Mapping[str, Reading]
) -> tuple[Sheet, list[Finding], list[Change]]:
    """Convert every declared column and tell of the cells that do not fit."""
    once = given.given.loc[:, ~given.given.columns.duplicated()]
    sheet = replace(given, given=once)
    findings: list[Finding] = []
    changes: list[Change] = []
    typed: dict[str, pd.Series] = {}
    for column in sheet.columns:
        reading = readings.get(column.name, AS_DECLARED)
        values, misfits, rules = convert(column, once[column.name], reading)
        findings += _misfits(sheet, column, misfits)
        findings += _out_of_range(sheet, column, values)
        findings += _percent_of_percent(sheet, column, values, reading)
        findings += _turned_into_days(sheet, column)
        findings += _points_for_thousands(sheet, column, values)
        if column.required:
            blank = np.setdiff1d(np.flatnonzero(values.isna()), list(misfits)).astype(np.intp)
            filled = say("accounts.allowed_filled")
            findings += _cells(sheet, column, blank, "blank", filled)
            if column.type == "integer" and not values.isna().any():
                values = values.astype("int64")
        if len(rules):
            changes.append(Change(sheet.spec.name, column.name, rules))
        typed[column.name] = values
    return replace(sheet, typed=once.assign(**typed)), findings, changes


def _misfits(sheet: Sheet, column: Column, reasons: Mapping[int, str]) -> Iterator[Finding]:
    choices = [word for code, label in column.values.items() for word in (code, label.ja)]

    def words(at: int) -> Mapping[str, object]:
        return {"nearest": nearest_hint(sheet.given[column.name].iloc[at], choices)}

    for kind in dict.fromkeys(reasons.values()):
        where = np.array([at for at, reason in reasons.items() if reason == kind], dtype=np.intp)
        yield from _cells(sheet, column, where, kind, allowed(column), words)


def _out_of_range(sheet: Sheet, column: Column, values: pd.Series) -> Iterator[Finding]:
    if column.minimum is None:
        return
    high = np.inf if column.maximum is None else column.maximum
    outside = np.flatnonzero(((values < column.minimum) | (values > high)).to_numpy(dtype=bool))
    kind = "range_share" if column.type == "share" else "range"
    yield from _cells(sheet, column, outside, kind, allowed(column))


def _turned_into_days(sheet: Sheet, column: Column) -> Iterator[Finding]:
    """Refuse identifiers that a spreadsheet has made dates or TRUE: 4-1 becomes 1 April."""
    cells = sheet.given[column.name]
    if column.type == "id" and cells.dtype == object:
        days = [at for at, cell in enumerate(cells.tolist()) if isinstance(cell, bool | date)]
        where = np.array(days, dtype=np.intp)
        yield from _cells(sheet, column, where, "id_day", allowed(column))


def _percent_of_percent(
    sheet: Sheet, column: Column, values: pd.Series, reading: Reading
) -> Iterator[Finding]:
    """Doubt percents of 1 or less: Excel stores what it shows as 35 % as 0.35."""
    if column.type != "share" or reading.scale == 1:
        return
    if values.max() <= reading.scale:
        finding = about(sheet.spec.name, "percent_twice", allowed(column), column=column.name)
        yield replace(finding, severity="warning")
        return
    signed = sheet.given[column.name].astype(str).str.contains("[%％]")
    small = (values > 0) & (values < reading.scale) & ~signed
    where = np.flatnonzero(small.to_numpy(dtype=bool))
    yield from _cells(sheet, column, where, "percent_or_share", allowed(column))


def _points_for_thousands(sheet: Sheet, column: Column, values: pd.Series) -> Iterator[Finding]:
    """Doubt 1.234 where every point in the column stands before three digits."""
    cells = sheet.given[column.name]
    if column.type not in ("money", "number") or cells.dtype != object:
        return
    texts = [text if isinstance(text, str) and "." in text else None for text in cells.tolist()]
    where = may_be_groups(texts)
    if not len(where) or len(where) < sum(text is not None for text in texts):
        return
    read = where[values.notna().to_numpy()[where]]
    for each in _cells(sheet, column, read, "points", allowed(column)):
        yield replace(each, severity="warning")


def _cells(
    sheet: Sheet,
    column: Column,
    positions: NDArray[np.intp],
    kind: str,
    allow: Text,
    words: Callable[[int], Mapping[str, object]] = lambda _: {},
) -> Iterator[Finding]:
    def told(at: int) -> Mapping[str, object]:
        return {"value": sheet.shown(column.name, at), **words(at)}

    if len(positions):
        name = column.name
        yield about(sheet.spec.name, kind, allow, column=name, positions=positions, words=told)


def _out_of_order(sheet: Sheet) -> Iterator[Finding]:
    for first, second in sheet.spec.ordered:
        if sheet.has(first, second):
            late = np.flatnonzero((sheet.typed[first] > sheet.typed[second]).to_numpy(dtype=bool))
            names = {"first": first, "second": second}

            def words(at: int, names: Mapping[str, str] = names) -> Mapping[str, object]:
                return {**names, "later": sheet.shown(names["second"], at)}

            allow = say("accounts.allowed_order", **names)
            yield from _cells(sheet, sheet.spec[first], late, "order", allow, words)
