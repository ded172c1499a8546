"""From a path and what is known of it to tables: opened, named, converted, checked, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.findings import Finding, their_name
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.accounts.validate import Checked, check_tables
from kamlab.foundation.errors import KamlabError, Problem
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.nearest import fold
from kamlab.intake.checking.find_doubts import find_doubts
from kamlab.intake.mapping.automatic import (
    automatic_rules,
    is_unread,
    known_headings,
    rule_for,
    table_of_name,
)
from kamlab.intake.mapping.drift import shape_changes
from kamlab.intake.mapping.rules import ExportMapping, SheetRule
from kamlab.intake.mapping.units import reading_of
from kamlab.intake.merged_amounts import merged_amounts
from kamlab.intake.problems import problem
from kamlab.intake.records import Records, epochs_differ, joined, name_columns
from kamlab.intake.set_aside import Sorted, sort_rows
from kamlab.intake.shown_units import contradictions
from kamlab.intake.sources.found import FoundTable, Source, UnreadableSheet
from kamlab.intake.sources.open_sources import open_sources

DEFAULT_CURRENCY = "JPY"


@dataclass(frozen=True, eq=False)
class TakenIn:
    """Everything that reading an export has brought to light.

    Parameters
    ----------
    path : Path
    records : tuple of Records
        One a sheet that was read.
    unread : tuple of str
        Sheets that are none of our tables.
    tables : mapping of str to Sorted
        By table.
    checked : Checked
    findings : tuple of Finding
        About rows: those of `checked`, and doubts about the rows accepted.
    followers : tuple of Finding
        About rows set aside because their customer is.
    problems : tuple of Problem
        All but the followers', those of the file first.
    refused : bool
        Whether something is wrong that setting rows aside does not mend.
    settings : mapping
        `name`, `currency`, `simulated`, as far as they are known.
    """

    path: Path
    records: tuple[Records, ...]
    unread: tuple[str, ...]
    tables: Mapping[str, Sorted]
    checked: Checked
    findings: tuple[Finding, ...]
    followers: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    refused: bool
    settings: Mapping[str, Any]

    def parts(self, table_name: str) -> list[Records]:
        """Return the sheets that one table came from."""
        return [each for each in self.records if each.rule.table == table_name]


def take_in(path: Path, mapping: ExportMapping | None, currency: str | None) -> TakenIn:
    """Read whatever a path holds; rows with errors are set aside, nothing is lost.

    Raises
    ------
    KamlabError
        If the path cannot be read as a whole, or two currencies are named.
    """
    _refuse_other_currency(currency, mapping)
    sources = open_sources(path)
    found = _by_mapping(sources, mapping) if mapping else _by_name(sources)
    records = [name_columns(each, rule) for rule, each in found.tables]
    money = currency or (mapping.currency if mapping else None)
    by_table = {
        name: [each for each in records if each.rule.table == name]
        for name in dict.fromkeys(each.rule.table for each in records)
    }
    problems = [*found.problems, *(p for each in records for p in each.problems)]
    problems += [p for parts in by_table.values() for p in epochs_differ(parts)]
    read_in = money or _noted_currency(records) or DEFAULT_CURRENCY
    problems += [p for rule, each in found.tables for p in contradictions(each, rule, read_in)]
    sheets = {name: joined(parts) for name, parts in by_table.items()}
    checked = check_tables(sheets, _readings(records, read_in))
    merged = merged_amounts(checked.sheets, by_table)
    checked = replace(checked, findings=(*checked.findings, *merged))
    tables, followers = sort_rows(checked)
    findings = (*checked.findings, *_doubts(tables))
    refused = any(p.severity == "error" for p in problems)
    return TakenIn(
        path=path,
        records=tuple(records),
        unread=tuple(n for n in found.unread if mapping is None or not is_unread(mapping, n)),
        tables={name: each for name, each in tables.items() if name != SETTINGS},
        checked=checked,
        findings=findings,
        followers=tuple(followers),
        problems=(*problems, *(p for f in findings for p in f.problems(sheets[f.table]))),
        refused=refused or any(each.of_the_table for each in checked.findings),
        settings=_settings(tables.get(SETTINGS), money, mapping),
    )


def _doubts(tables: Mapping[str, Sorted]) -> Iterator[Finding]:
    """Yield doubts about the rows accepted, with their positions among all rows."""
    for each in find_doubts({name: sorted_.accepted_sheet for name, sorted_ in tables.items()}):
        yield each.lifted(np.flatnonzero(tables[each.table].accepted))


@dataclass(frozen=True)
class _Found:
    tables: list[tuple[SheetRule, FoundTable]]
    unread: list[str]
    problems: list[Problem]


def _by_name(sources: Sequence[Source]) -> _Found:
    """Recognise sheets and columns by kamlab's names, their labels and aliases."""
    tables = {each.name: table_of_name(each.name) for each in sources}
    found = _Found([], [name for name, ours in tables.items() if ours is None], [])
    found.problems.extend(_about_tables(tables))
    for source in sources:
        name = tables[source.name]
        if name is not None and all(rule.table != name for rule, _ in found.tables):
            read = _read(source, name, known_headings(name), None, found)
            if read is not None and (rule := automatic_rules(read)) is not None:
                found.tables.append((rule, read))
    return found


def _by_mapping(sources: Sequence[Source], mapping: ExportMapping) -> _Found:
    """Find the sheets and columns that the user has confirmed."""
    found = _Found([], [], [])
    for source in sources:
        rule = rule_for(mapping, source.name)
        if rule is None:
            found.unread.append(source.name)
            continue
        known = frozenset(fold(column.heading) for column in rule.columns)
        read = _read(source, rule.table, known, rule.header_row, found)
        if read is not None:
            found.tables.append((rule, read))
    tables = [each for _, each in found.tables]
    others = {each.name for each in sources} - {each.name for each in tables}
    found.problems.extend(shape_changes(mapping, tables, sorted(others)))
    return found


def _read(
    source: Source, name: str, known: frozenset[str], header_row: int | None, found: _Found
) -> FoundTable | None:
    try:
        return source.read(known, header_row)
    except UnreadableSheet as error:
        allow = say(f"intake.allowed_{error.allowed}")
        words = {"column": error.column, "row": error.row, **error.words}
        place = their_name(source.name, name)
        found.problems.append(problem(place, error.kind, allow, **words))
        return None


def _about_tables(tables: Mapping[str, str | None]) -> Iterator[Problem]:
    allow = say("intake.allowed_tables", names=_listed(TABLES))
    if "accounts" not in tables.values():
        yield problem("accounts", "no_table", allow, table_=same("accounts"), found=_listed(tables))
    for name in dict.fromkeys(ours for ours in tables.values() if ours is not None):
        candidates = [theirs for theirs, ours in tables.items() if ours == name]
        if len(candidates) > 1:
            yield problem(name, "table_twice", allow, table_=name, names=_listed(candidates))


def _readings(records: Iterable[Records], currency: str) -> dict[str, dict[str, Reading]]:
    readings: dict[str, dict[str, Reading]] = {}
    for each in records:
        of_table = readings.setdefault(each.rule.table, {})
        for rule in each.rule.columns:
            spec = table(each.rule.table)[rule.column]
            of_table[rule.column] = reading_of(rule, spec, currency, each.found.epoch_1904)
    return readings


def _refuse_other_currency(currency: str | None, mapping: ExportMapping | None) -> None:
    if currency and mapping and mapping.currency not in ("", currency):
        words = {"mapping": mapping.currency, "asked": currency}
        raise KamlabError(say("intake.currency_of_mapping", **words))


def _noted_currency(records: Iterable[Records]) -> str:
    """Return the currency that the file itself notes; "" if it notes none."""
    for each in records:
        if each.rule.table == SETTINGS and "currency" in each.frame and len(each.frame):
            return (cell_text(each.frame["currency"].iloc[0]) or "").strip().upper()
    return ""


def _settings(
    noted: Sorted | None, currency: str | None, mapping: ExportMapping | None
) -> dict[str, Any]:
    """Return what the file and the user say of the company."""
    said = {} if noted is None or noted.table.empty else noted.table.iloc[0].dropna().to_dict()
    if currency and said.get("currency", currency) != currency:
        words = {"file": said["currency"], "asked": currency}
        raise KamlabError(say("intake.currencies_differ", **words))
    known: dict[Any, Any] = {"simulated": mapping.simulated} if mapping else {}
    known |= {"currency": currency or DEFAULT_CURRENCY, **said}
    if mapping and mapping.name:
        known["name"] = mapping.name
    return {name: known[name] for name in ("name", "currency", "simulated") if name in known}


def _listed(names: Iterable[str]) -> Text:
    return join([same(name) for name in names])
