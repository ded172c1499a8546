"""Read a company from a folder of CSV files or from an Excel workbook."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.records import Records, parse_records
from kamlab.accounts.sheets import CSV_SUFFIXES, UnreadableSheet, open_sheets
from kamlab.accounts.spec import fold
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.accounts.validate import find_problems, nearest_name, problem
from kamlab.foundation.errors import DataError, DataWarning, KamlabError, Problem
from kamlab.foundation.language import Text, join, same, say

DEFAULT_CURRENCY = "JPY"


def read_company(path: str | PathLike[str], *, currency: str | None = None) -> Company:
    """Read a company's tables, or say everything that is wrong with them.

    Parameters
    ----------
    path : str or path
        A folder of CSV files (UTF-8 with or without byte-order mark, or cp932 as a Japanese
        Excel writes; commas or tabs), one a table, or one workbook (.xlsx), a sheet a table.
        File, sheet and column names may be kamlab's names, their labels or their aliases, in
        English or Japanese; width, case, spaces and underscores do not count.
    currency : str, optional
        Code of the currency of all amounts. Without it, what `write_company` noted in the
        file, or else JPY. Nothing is converted.

    Returns
    -------
    Company
        `company.source` tells how many rows each table had. Columns that are not declared are
        kept under their own heading: as numbers, dates or TRUE/FALSE if all their cells are
        (digits with leading zeros are text), else as text.

    Raises
    ------
    DataError
        If anything in the tables does not fit; it names all problems, with rows as Excel
        counts them.
    KamlabError
        If the file cannot be read as a whole.

    Warns
    -----
    DataWarning
        About columns, files or sheets that are not declared, and empty rows between others.

    Examples
    --------
    >>> company = kl.read_company("private/crm.xlsx")  # doctest: +SKIP
    """
    path = Path(path)
    sheets = open_sheets(path)
    names = _by_table(sheets)
    problems = list(_about_tables(names, sheets))
    records: dict[str, Records] = {}
    for table_name, (sheet, *_) in names.items():
        try:
            records[table_name] = parse_records(table(table_name), sheet, sheets[sheet]())
        except UnreadableSheet as error:
            problems.append(_unreadable(table_name, error))
        else:
            problems += records[table_name].problems
    found, typed = find_problems(
        {name: each.frame for name, each in records.items()},
        {name: each.rows for name, each in records.items()},
    )
    problems += found
    if problems:
        raise DataError(_in_their_words(each, names, records) for each in problems)
    fields: dict[str, Any] = {**_settings(typed.pop(SETTINGS, None), currency), **typed}
    source = str(say("accounts.source", file=path.name, rows=_rows_read(records)))
    strangers = [name for name in sheets if name not in {each.sheet for each in records.values()}]
    notes = [*_notes(records.values()), *_about_strangers(strangers)]
    if notes:
        text = say("accounts.note_head", source=path.name)
        for note in notes:
            text += Text("\n- ", "\n- ") + note
        warnings.warn(str(text), DataWarning, stacklevel=2)
    return Company(**fields, source=source)


def _by_table(sheets: Iterable[str]) -> dict[str, list[str]]:
    known = {fold(word): name for name in (*TABLES, SETTINGS) for word in table(name).headings}
    found: dict[str, list[str]] = {name: [] for name in (*TABLES, SETTINGS)}
    for sheet in sheets:
        name = known.get(fold(_without_suffix(sheet)))
        if name is not None:
            found[name].append(sheet)
    return {name: candidates for name, candidates in found.items() if candidates}


def _without_suffix(sheet: str) -> str:
    file = Path(sheet)
    return file.stem if file.suffix.lower() in CSV_SUFFIXES else sheet


def _about_tables(names: Mapping[str, list[str]], sheets: Iterable[str]) -> Iterator[Problem]:
    allow = say("accounts.allowed_tables", names=_listed([*TABLES]))
    if "accounts" not in names:
        yield problem("accounts", "no_table", allow, table="accounts", found=_listed(sheets))
    for name, candidates in names.items():
        if len(candidates) > 1:
            yield problem(name, "table_twice", allow, table=name, names=_listed(candidates))


def _unreadable(table_name: str, error: UnreadableSheet) -> Problem:
    allow = say(f"accounts.allowed_{error.allowed}")
    return problem(table_name, error.kind, allow, column=error.column, row=error.row, **error.words)


def _in_their_words(
    found: Problem, names: Mapping[str, list[str]], records: Mapping[str, Records]
) -> Problem:
    """Name the place as the user's file does, with kamlab's name beside it where they differ."""
    if found.table not in names:
        return found
    sheet, heading = names[found.table][0], found.column
    if found.table in records:  # else the sheet could not be read
        heading = records[found.table].headings.get(heading, heading)
    if fold(_without_suffix(sheet)) != fold(found.table):
        found = replace(found, table=f"{sheet} ({found.table})")
    if fold(heading) != fold(found.column):
        found = replace(found, column=f"{heading} ({found.column})")
    return found


def _settings(frame: pd.DataFrame | None, currency: str | None) -> dict[str, Any]:
    """Return what the file says of the company, or what holds when it says nothing."""
    noted = {} if frame is None or frame.empty else frame.iloc[0].dropna().to_dict()
    if currency and noted.get("currency", currency) != currency:
        words = {"file": noted["currency"], "asked": currency}
        raise KamlabError(say("accounts.currencies_differ", **words))
    settled = {"currency": currency or DEFAULT_CURRENCY, **noted}
    return {name: settled[name] for name in ("name", "currency", "simulated") if name in settled}


def _rows_read(records: Mapping[str, Records]) -> Text:
    return join(
        [
            say(
                "accounts.rows_read_blank" if each.blank_rows else "accounts.rows_read",
                table=name,
                count=len(each.frame),
                blank=each.blank_rows,
            )
            for name, each in records.items()
            if name != SETTINGS
        ]
    )


def _notes(records: Iterable[Records]) -> Iterator[Text]:
    for each in records:
        if each.extra:
            names = join([_with_nearest(name, each) for name in each.extra])
            yield say("accounts.note_extra", table=each.spec.name, names=names)
        if each.blank_rows:
            yield say("accounts.note_blank_rows", table=each.spec.name, count=each.blank_rows)


def _with_nearest(name: str, records: Records) -> Text:
    absent = [c for c in records.spec.columns if c.name not in records.frame]
    nearest = nearest_name(name, [heading for column in absent for heading in column.headings])
    return say("accounts.close_to", name=name, nearest=nearest) if nearest else same(name)


def _about_strangers(names: list[str]) -> Iterator[Text]:
    if names:
        yield say("accounts.note_unknown_sheet", names=_listed(names))


def _listed(names: Iterable[str]) -> Text:
    return join([same(name) for name in names])
