"""Problems with their place, down to the cell, so that they can be written beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kamlab.accounts.findings import Finding, Severity, Sheet, their_name
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, same, say
from kamlab.intake.records import Records
from kamlab.intake.taking_in import TakenIn


@dataclass(frozen=True)
class Remark:
    """One thing to say about a cell, a row, a column or a sheet of an export.

    Parameters
    ----------
    source : str
        Sheet or file as the export names it; "" where the whole export is meant.
    row : int or None
        As Excel counts; None where no single row is meant.
    heading : str
        Of the column; "" where no single column is meant.
    severity : {"error", "warning"}
    value : str
    what, allowed, remedy : Text
    """

    source: str
    row: int | None
    heading: str
    severity: Severity
    value: str
    what: Text
    allowed: Text
    remedy: Text


def gather_remarks(taken: TakenIn) -> list[Remark]:
    """Return every problem of an export; of findings about rows, each row, not only the first."""
    sheets = taken.checked.sheets
    told = sum(len(each.problems(sheets[each.table])) for each in taken.findings)
    of_the_file = taken.problems[: len(taken.problems) - told]
    names = {their_name(r.found.name, r.rule.table): r.found.name for r in taken.records}
    remarks = [_of_the_file(each, names.get(each.table, each.table)) for each in of_the_file]
    for each in (*taken.findings, *taken.followers):
        remarks += _of_rows(each, sheets[each.table])
    return remarks


def place_of(remark: Remark, records: Records) -> tuple[int, int]:
    """Return row and column, from 1, of a remark in the sheet that the records come from."""
    found = records.found
    columns = found.columns or range(len(found.headings))
    known = dict(zip(found.headings, columns, strict=True))
    column = known.get(remark.heading, min(columns, default=0))
    return remark.row or found.header_row, column + 1


def _of_the_file(problem: Problem, source: str) -> Remark:
    return Remark(
        source=source,
        row=problem.row,
        heading=problem.column,
        severity=problem.severity,
        value="" if problem.value is None else str(problem.value),
        what=problem.what,
        allowed=problem.allowed,
        remedy=problem.remedy,
    )


def _of_rows(finding: Finding, sheet: Sheet) -> Iterator[Remark]:
    if not len(finding.positions):
        yield _remark(finding, sheet, None, *finding.words(0))
    for at in finding.positions.tolist():
        yield _remark(finding, sheet, at, *finding.words(at))
    for at in sorted(set(finding.also.tolist()) - set(finding.positions.tolist())):
        yield _remark(finding, sheet, at, say("intake.reason_other_row"), same(""))


def _remark(finding: Finding, sheet: Sheet, at: int | None, what: Text, remedy: Text) -> Remark:
    place = sheet.places[0 if at is None else int(sheet.origin[at])]
    here = at is not None and finding.column in sheet.given
    return Remark(
        source=place.name,
        row=None if at is None else int(sheet.rows[at]),
        heading=place.headings.get(finding.column, ""),
        severity=finding.severity,
        value=sheet.shown(finding.column, at) if here and at is not None else "",
        what=what,
        allowed=finding.allowed + Text(".", "。"),
        remedy=remedy,
    )
