"""From a proposal and a user's answers to a mapping, or everything that is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kamlab.accounts.tables import table
from kamlab.foundation.language import Text, listed, say
from kamlab.intake.mapping.answers import key_of, sort_answers, sort_tables
from kamlab.intake.mapping.automatic import kept_name
from kamlab.intake.mapping.mistakes import (
    Mistake,
    currency_mistakes,
    find_mistakes,
    in_a_call,
    possible_values,
    refuse,
)
from kamlab.intake.mapping.propose_sheets import propose_sheets, propose_tables
from kamlab.intake.mapping.proposed import ProposedColumn, ProposedSheet
from kamlab.intake.mapping.rules import ExportMapping, SheetRule
from kamlab.intake.mapping.units import YEN, currency_of
from kamlab.intake.sources.found import FoundTable


def confirmed(
    found: Sequence[FoundTable],
    tables: Mapping[str, str | None],
    answers: Mapping[str, str | Mapping[str, Any]],
    currency: str,
    unreadable: Mapping[str, Text],
) -> ExportMapping:
    """Return the mapping that a proposal and its answers make.

    Parameters
    ----------
    found : sequence of FoundTable
    tables : mapping of str to str or None
        Sheet to table.
    answers : mapping
        As in `sort_answers`.
    currency : str
        "" if not said.
    unreadable : mapping of str to Text
        Sheets that cannot be read, and why.

    Raises
    ------
    KamlabError
        If anything that matters is open or does not fit.
    """
    known, problems = sort_tables(tables, [each.name for each in found], unreadable)
    given = sort_answers(propose_tables(found, known), answers)
    sheets = propose_sheets(found, known, given.by_sheet)
    mapping = mapping_of(sheets, currency)
    mapping = replace(mapping, unread=(*mapping.unread, *unreadable))
    unused = list(_unused(sheets, answers))
    refuse([*problems, *given.problems, *unused, *open_questions(sheets, mapping)])
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


def _sheet_rule(sheet: ProposedSheet) -> SheetRule:
    return SheetRule(
        name=sheet.name,
        table=sheet.table,
        columns=tuple(column.rule for column in sheet.columns if column.column),
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
    if not money:
        return YEN
    stated = {column.currency for column in money} | {currency_of([c.unit]) for c in money}
    stated -= {""}
    return stated.pop() if len(stated) == 1 else ""


def _about_sheet(sheet: ProposedSheet, sheets: Sequence[ProposedSheet]) -> Iterator[Text]:
    if sheet.is_open:
        words = {"sheet": sheet.name, "why": sheet.why, "first": sheet.candidates[0]}
        yield say("intake.ask_table", **words, candidates=listed(sheet.candidates))
    for column in sheet.columns:
        place = {"sheet": sheet.name, "key_": key_of(sheet, column.heading, sheets)}
        if column.rivals:
            yield _which_of(column, sheet, sheets)
        for question in () if column.rivals else column.open:
            kind = _kind_of(question, sheet, column)
            if kind:
                yield say(f"intake.ask_{kind}", **place, **_asked(sheet, column))


def _which_of(
    column: ProposedColumn, sheet: ProposedSheet, sheets: Sequence[ProposedSheet]
) -> Text:
    """Ask which of several headings is a column; each of them asks in the same words."""
    rivals = [c for c in sheet.columns if c.heading in (column.heading, *column.rivals)]
    name = column.candidates[0]
    keys = [key_of(sheet, rival.heading, sheets) for rival in rivals]
    shown = (f"{c.heading} = {' / '.join(c.examples)}" for c in rivals)
    return say(
        "intake.ask_rivals",
        sheet=sheet.name,
        headings=listed(rival.heading for rival in rivals),
        column=name,
        answers=listed(f"columns={{{key!r}: {name!r}}}" for key in keys),
        nothing="columns={" + ", ".join(f"{key!r}: None" for key in keys) + "}",
        names=listed(kept_name(rival.heading, table(sheet.table)) for rival in rivals),
        examples=listed(shown),
    )


def _kind_of(question: str, sheet: ProposedSheet, column: ProposedColumn) -> str:
    """Return the words in which a question is asked; "" where the mistake `no_unit` asks it."""
    if question != "unit" or table(sheet.table)[column.column].type == "share":
        return question
    return "divided" if column.divisor > 1 else ""


def _asked(sheet: ProposedSheet, column: ProposedColumn) -> dict[str, Any]:
    codes = possible_values(table(sheet.table)[column.column]) if column.column else ""
    return {
        "why": column.why,
        "column": column.column,
        "whole": "円" if column.currency == YEN else "1",
        "candidates": listed(column.candidates),
        "first": column.candidates[0] if column.candidates else "",
        "word": column.unknown[0] if column.unknown else "",
        "codes": codes,
        "examples": " / ".join(column.examples),
    }


def _asked_already(mistake: Mistake, sheets: Iterable[ProposedSheet]) -> bool:
    """Return whether a column or table is missing only because it is open which one it is."""
    if mistake.kind == "no_accounts":
        return any("accounts" in sheet.candidates for sheet in sheets)
    columns = [c for sheet in sheets if sheet.name == mistake.sheet for c in sheet.columns]
    if mistake.kind == "no_unit":
        return any(c.heading == mistake.heading and c.divisor > 1 for c in columns)
    return mistake.kind == "missing" and any(
        mistake.words["name"] in column.candidates for column in columns
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
                yield say("intake.answer_unused", kind=kind, key_=key)
