"""What came in, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from kamlab.accounts.spec import Column
from kamlab.accounts.tables import table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.nearest import nearest_name
from kamlab.intake.accounting import by_table, rule_words, rules_applied
from kamlab.intake.giving.help_sheets import is_help
from kamlab.intake.problems import problem
from kamlab.intake.records import Records
from kamlab.intake.taking_in import TakenIn

WARNINGS_SAID = 3
"""Warnings that reading says in full; those about the file and its units come first."""

RULES_NAMED = 5
"""Rules of change that a report names, the most frequent first."""


def source(taken: TakenIn) -> Text:
    """Say where a company comes from and how many rows each table has."""
    rows = [_rows(row) for row in by_table(taken).to_dict("records")]
    if changed := len(rules_applied(taken)):
        rows.append(say("intake.cells_put_in_form", count=f"{changed:,}"))
    return say("intake.source", file=taken.path.name, rows=join(rows))


def notes(taken: TakenIn) -> Iterator[Text]:
    """Tell what is no problem and should be known all the same."""
    for each in taken.records:
        name = each.rule.table
        if each.extra:
            names = join([_with_nearest(extra, each) for extra in each.extra])
            yield say("intake.note_extra", table=name, names=names)
        if each.found.blank_rows:
            yield say("intake.note_blank_rows", table=name, count=each.found.blank_rows)
        if each.found.header_row > 1:
            yield say("intake.note_header", sheet=each.found.name, row=each.found.header_row)
        if each.found.hidden:
            yield say("intake.note_hidden", sheet=each.found.name)
        if hidden := each.found.hidden_rows:
            yield say("intake.note_hidden_rows", sheet=each.found.name, count=f"{hidden:,}")
    if unread := [name for name in taken.unread if not is_help(name)]:
        yield say("intake.note_unknown_sheet", names=join([same(name) for name in unread]))


def doubts(taken: TakenIn) -> Iterator[Text]:
    """Tell how many rows were set aside and warnings given."""
    for row in by_table(taken).to_dict("records"):
        if aside := row["rows_set_aside"]:
            counts = {"aside": f"{aside:,}", "read": f"{row['rows_read']:,}"}
            yield say("intake.note_set_aside", table=row["table"], **counts)
    told = [each for each in taken.problems if each.severity == "warning"]
    yield from (each.sentence for each in told[:WARNINGS_SAID])
    if told:
        yield say("intake.note_warnings", count=f"{len(told):,}")


def report(taken: TakenIn, tables: pd.DataFrame) -> Text:
    """Say what came in, table by table, and what was changed on the way."""
    lines = [say("intake.report_head", file=taken.path.name)]
    lines += [
        say(
            "intake.report_table",
            table=table(row["table"]).label,
            read=f"{row['rows_read']:,}",
            accepted=f"{row['rows_accepted']:,}",
            aside=f"{row['rows_set_aside']:,}",
        )
        for row in tables.to_dict("records")
    ]
    counts = rules_applied(taken).value_counts()
    if len(counts):
        named = [
            say("intake.report_rule", rule=rule_words(str(rule)), count=f"{count:,}")
            for rule, count in counts.iloc[:RULES_NAMED].items()
        ]
        total = f"{int(counts.sum()):,}"
        lines.append(say("intake.report_changes", count=total, rules=join(named)))
    lines.append(say("intake.report_refused" if taken.refused else "intake.report_conserved"))
    return paragraph(lines)


def nobody_left() -> Problem:
    """Return the problem of a company without customers."""
    return problem("accounts", "nobody_left", say("intake.allowed_headings"))


def _rows(row: Mapping[Hashable, Any]) -> Text:
    counts = {"count": row["rows_accepted"], "aside": row["rows_set_aside"]}
    blank = row["rows_blank"]
    kind = "aside" if counts["aside"] else "blank" if blank else "only"
    return say(f"intake.rows_read_{kind}", table=row["table"], blank=blank, **counts)


def _with_nearest(name: str, records: Records) -> Text:
    absent = [c for c in table(records.rule.table).columns if c.name not in records.frame]
    nearest = nearest_name(name, _headings(absent))
    return say("intake.close_to", name=name, nearest=nearest) if nearest else same(name)


def _headings(columns: Iterable[Column]) -> list[str]:
    return [heading for column in columns for heading in column.headings]
