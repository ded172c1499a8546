"""Propose which of our tables a sheet is; what is in doubt stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.language import Text, listed, say
from kamlab.intake.mapping.answers import NO_ANSWERS, Known, SheetAnswers
from kamlab.intake.mapping.automatic import automatic_rules, plain_name, table_of_name
from kamlab.intake.mapping.candidates import named
from kamlab.intake.mapping.crm import crm_caution, crm_named
from kamlab.intake.mapping.propose_columns import propose_columns
from kamlab.intake.mapping.proposed import LIKELY, SURE, USUAL, ProposedColumn, ProposedSheet, also
from kamlab.intake.mapping.year_columns import say_wide, year_columns
from kamlab.intake.sources.found import FoundTable

FEWEST = 3
"""Columns of a table that headings must name before they alone tell the table: an ID and a name
stand in nearly every sheet."""


@dataclass(frozen=True)
class _Match:
    """The headings that name columns of a table, and whether all compulsory ones are there."""

    named: tuple[str, ...]
    whole: bool


def propose_sheets(
    found: Iterable[FoundTable],
    told: Mapping[str, str | None],
    answers: Mapping[str, SheetAnswers],
) -> tuple[ProposedSheet, ...]:
    """Propose all sheets of an export and their columns.

    Parameters
    ----------
    found : iterable of FoundTable
    told : mapping of str to str or None
        What the user has said: sheet to table, None to leave it out.
    answers : mapping of str to SheetAnswers
        What the user has said about columns, by sheet.
    """
    found = tuple(found)
    units = next((currency for each in found if (currency := _own_currency(each))), "")
    sheets = propose_tables(found, told)
    return tuple(
        replace(sheet, columns=propose_columns(Known(each, sheet.table, given, units)))
        if sheet.table
        else sheet
        for each, sheet in zip(found, sheets, strict=True)
        for given in [answers.get(sheet.name, NO_ANSWERS)]
    )


def propose_tables(
    found: Iterable[FoundTable], told: Mapping[str, str | None]
) -> tuple[ProposedSheet, ...]:
    """Propose which tables the sheets of an export are; nothing but headings of their columns."""
    sheets = []
    for each in found:
        if each.name in told:
            sheet = ProposedSheet(each.name, told[each.name] or "", SURE, say("intake.why_told"))
        else:
            sheet = _by_name_and_headings(each)
        headings = dict.fromkeys(heading for heading in each.headings if heading)
        bare = tuple(ProposedColumn("", heading) for heading in headings)
        sheets.append(replace(sheet, columns=bare if sheet.table else ()))
    return _settle_joins(sheets, told)


def _own_currency(found: FoundTable) -> str:
    """Return the currency that a company written by kamlab says it has; its units are whole."""
    rules = automatic_rules(found) if table_of_name(found.name) == SETTINGS else None
    columns = {rule.column: rule.heading for rule in rules.columns} if rules else {}
    if "currency" not in columns or found.cells.empty:
        return ""
    return str(found.cells.iloc[0, found.headings.index(columns["currency"])])


def _settle_joins(
    sheets: list[ProposedSheet], told: Mapping[str, str | None]
) -> tuple[ProposedSheet, ...]:
    """Leave open which of several sheets is a table, unless they are alike and can be joined.

    Files of single months have the same headings and are joined. Two lists of customers, or
    sheets with other headings, may be an old and a new state of the same thing.
    """
    settled = []
    for sheet in sheets:
        others = [s for s in sheets if s.table == sheet.table and s is not sheet]
        alike = all(_headings(other) == _headings(sheet) for other in others)
        joined = alike and sheet.table != "accounts"
        if not sheet.table or not others or joined or sheet.name in told:
            settled.append(sheet)
            continue
        words = {"table": sheet.table, "sheets": listed(other.name for other in others)}
        why = say("intake.why_table_twice", **words)
        settled.append(ProposedSheet(sheet.name, "", sheet.confidence, why, (sheet.table,)))
    return tuple(settled)


def _headings(sheet: ProposedSheet) -> list[str]:
    return [column.heading for column in sheet.columns]


def _by_name_and_headings(found: FoundTable) -> ProposedSheet:
    matches = {name: _match(found.headings, name) for name in TABLES}
    likely = _best(matches)
    exports = crm_named(plain_name(found.name))
    if name := table_of_name(found.name):
        confidence, why = SURE, say("intake.why_sheet_name")
    elif len({export.table for export in exports}) == 1:
        name, confidence = exports[0].table, USUAL
        why = say("intake.why_crm", systems=listed(dict.fromkeys(e.system for e in exports)))
        if caution := next((export.caution for export in exports if export.caution), None):
            return _open(found, (name,), caution)
    else:
        return _by_headings(found, matches, likely)
    if likely and name != SETTINGS and name not in likely and not matches[name].whole:
        words = {"name": name, "likely": listed(likely)}
        return _open(found, (name, *likely), say("intake.why_name_and_headings", **words))
    return ProposedSheet(found.name, name, confidence, why)


def _by_headings(
    found: FoundTable, matches: Mapping[str, _Match], likely: list[str]
) -> ProposedSheet:
    if not likely:
        return ProposedSheet(found.name, "", 0.0, _why_none(found))
    if len(likely) > 1:
        return _open(found, tuple(likely), say("intake.why_tables", tables=listed(likely)))
    if caution := crm_caution(found.headings, likely[0]):
        return _open(found, (likely[0],), caution)
    why = say("intake.why_headings", headings=listed(matches[likely[0]].named))
    return ProposedSheet(found.name, likely[0], LIKELY, why)


def _why_none(found: FoundTable) -> Text:
    why = say("intake.why_no_table")
    years = next(iter(year_columns(found.headings).values()), ())
    return also(why, say_wide(years)) if years else why


def _open(found: FoundTable, names: tuple[str, ...], why: Text) -> ProposedSheet:
    return ProposedSheet(found.name, "", 0.0, why, names)


def _match(headings: Iterable[str], name: str) -> _Match:
    spec = table(name)
    theirs: dict[str, str] = {}
    for heading in dict.fromkeys(headings):
        for candidate in named(heading, spec):
            theirs.setdefault(candidate.column.name, heading)
    needed = {column.name for column in spec.columns if column.required}
    return _Match(tuple(theirs.values()), needed <= set(theirs))


def _best(matches: Mapping[str, _Match]) -> list[str]:
    """Return the tables whose compulsory columns are all there and most others with them."""
    counts = {name: len(match.named) for name, match in matches.items() if match.whole}
    most = max([FEWEST, *counts.values()])
    return [name for name, count in counts.items() if count == most]
