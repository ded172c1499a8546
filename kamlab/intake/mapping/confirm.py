"""From a proposal and a user's answers to a mapping, or everything that is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kamlab.accounts.tables import table
from kamlab.foundation.language import Text, join, same, say
from kamlab.intake.mapping.mistakes import (
    Mistake,
    currency_mistakes,
    find_mistakes,
    in_a_call,
    refuse_texts,
)
from kamlab.intake.mapping.propose_sheets import propose_sheets, propose_tables
from kamlab.intake.mapping.proposed import ProposedColumn, ProposedSheet
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.sort_answers import key_of, sort_answers, sort_tables
from kamlab.intake.mapping.units import UNITS, YEN, currency_of
from kamlab.intake.sources.found import FoundTable


def confirmed(
    found: Sequence[FoundTable],
    tables: Mapping[str, str | None],
    answers: Mapping[str, str | Mapping[str, Any]],
    currency: str,
    name: str,
    unreadable: Iterable[str] = (),
) -> ExportMapping:
    """Return the mapping that a proposal and its answers make.

    Parameters
    ----------
    found : sequence of FoundTable
    tables : mapping of str to str or None
        Sheet to table.
    answers : mapping
        As in `sort_answers`.
    currency, name : str
        "" if not said.
    unreadable : iterable of str
        Sheets that cannot be read.

    Raises
    ------
    KamlabError
        If anything that matters is open or does not fit.
    """
    known, problems = sort_tables(tables, [each.name for each in found])
    given = sort_answers(propose_tables(found, known), answers)
    sheets = propose_sheets(found, known, given.by_sheet)
    mapping = replace(mapping_of(sheets, currency), name=name)
    mapping = replace(mapping, unread=(*mapping.unread, *unreadable))
    unused = list(_unused(sheets, answers))
    refuse_texts([*problems, *given.problems, *unused, *open_questions(sheets, mapping)])
    return mapping


def mapping_of(sheets: Iterable[ProposedSheet], currency: str = "") -> ExportMapping:
    """Return the mapping that proposals make, whatever is open about them.

    Parameters
    ----------
    sheets : iterable of ProposedSheet
    currency : str
        What the user says; else it is what units and headings say, and "" if they do not.
    """
    sheets = tuple(sheets)
    return ExportMapping(
        sheets=tuple(_sheet_rule(sheet) for sheet in sheets if sheet.table),
        currency=currency or _stated_currency(sheets),
        unread=tuple(s.name for s in sheets if not s.table and not s.candidates),
    )


def open_questions(sheets: Sequence[ProposedSheet], mapping: ExportMapping) -> list[Text]:
    """Return everything that is open about proposals, each with how to answer it."""
    texts = [text for sheet in sheets for text in _about_sheet(sheet, sheets)]
    unit_open = any("unit" in column.open for sheet in sheets for column in sheet.columns)
    currency = [] if unit_open and not mapping.currency else currency_mistakes(mapping.currency)
    for mistake in (*currency, *find_mistakes(mapping)):
        if not _asked_already(mistake, sheets):
            texts.append(in_a_call(_with_key(mistake, sheets)))
    return list(dict.fromkeys(texts))


def rule_of(column: ProposedColumn) -> ColumnRule:
    """Return the rule that a proposed column makes."""
    return ColumnRule(
        column=column.column,
        heading=column.heading,
        unit=column.unit,
        blank=column.blank,
        values=column.values,
        date_order=column.date_order,
        timezone=column.timezone,
    )


def _sheet_rule(sheet: ProposedSheet) -> SheetRule:
    return SheetRule(
        name=sheet.name,
        table=sheet.table,
        columns=tuple(rule_of(column) for column in sheet.columns if column.column),
        headings=tuple(column.heading for column in sheet.columns),
    )


def _stated_currency(sheets: Iterable[ProposedSheet]) -> str:
    """Return the one currency that units and headings say; yen where there is no money."""
    money = [
        column
        for sheet in sheets
        for column in sheet.columns
        if column.column and table(sheet.table)[column.column].type == "money"
    ]
    units = [column.unit for column in money if column.unit in UNITS]
    stated = {column.currency for column in money} | {currency_of([unit]) for unit in units}
    stated -= {""}
    if not money:
        return YEN
    return stated.pop() if len(stated) == 1 else ""


def _about_sheet(sheet: ProposedSheet, sheets: Sequence[ProposedSheet]) -> Iterator[Text]:
    if sheet.is_open:
        first, listed = sheet.candidates[0], join([same(name) for name in sheet.candidates])
        words = {"sheet": sheet.name, "why": sheet.why, "candidates": listed, "first": first}
        yield say("intake.ask_table", **words)
    for column in sheet.columns:
        place = {"sheet": sheet.name, "key_": same(key_of(sheet, column.heading, sheets))}
        for question in column.open:
            if question != "unit" or table(sheet.table)[column.column].type == "share":
                yield say(f"intake.ask_{question}", **place, **_asked(sheet, column))


def _asked(sheet: ProposedSheet, column: ProposedColumn) -> dict[str, Any]:
    codes: tuple[str, ...] = ()
    if column.column:
        codes = tuple(table(sheet.table)[column.column].values) or ("TRUE", "FALSE")
    return {
        "why": column.why,
        "column": column.column,
        "candidates": join([same(name) for name in column.candidates]),
        "first": same(column.candidates[0] if column.candidates else ""),
        "word": same(column.unknown[0] if column.unknown else ""),
        "codes": join([same(code) for code in codes]),
        "examples": same(" / ".join(column.examples)),
    }


def _asked_already(mistake: Mistake, sheets: Iterable[ProposedSheet]) -> bool:
    """Return whether a column or table is missing only because it is open which one it is."""
    if mistake.kind == "no_accounts":
        return any("accounts" in sheet.candidates for sheet in sheets)
    return mistake.kind == "missing" and any(
        mistake.words["name"] in column.candidates
        for sheet in sheets
        if sheet.name == mistake.sheet
        for column in sheet.columns
    )


def _with_key(mistake: Mistake, sheets: Sequence[ProposedSheet]) -> Mistake:
    sheet = next((each for each in sheets if each.name == mistake.sheet), None)
    if sheet is None or not mistake.heading:
        return mistake
    key = key_of(sheet, mistake.heading, sheets)
    return replace(mistake, words={**mistake.words, "heading": key})


def _unused(sheets: Iterable[ProposedSheet], answers: Mapping[str, Any]) -> Iterator[Text]:
    """Tell of answers about cells of columns that are none of ours."""
    kept = {
        name
        for sheet in sheets
        for column in sheet.columns
        if not column.column and not column.open
        for name in (column.heading, f"{sheet.name}/{column.heading}")
    }
    for kind in ("units", "values"):
        for key in answers[kind]:
            if key in kept:
                yield say("intake.answer_unused", kind=kind, key_=same(key))
