"""From a table as found to records under kamlab's names."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pandas as pd

from kamlab.accounts.cells.convert import convert, infer
from kamlab.accounts.findings import Place, Sheet, their_name
from kamlab.accounts.tables import table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import join, same, say
from kamlab.foundation.nearest import fold
from kamlab.intake.giving.escaping import unguard
from kamlab.intake.mapping.automatic import kept_name
from kamlab.intake.mapping.rules import ColumnRule, SheetRule
from kamlab.intake.mapping.units import UNITS, reading_of
from kamlab.intake.problems import problem
from kamlab.intake.sources.found import FoundTable


@dataclass(frozen=True, eq=False)
class Records:
    """A table as found, with kamlab's names for the columns that are known.

    Parameters
    ----------
    found : FoundTable
    rule : SheetRule
    frame : DataFrame
        Known columns under kamlab's names with the cells as given; others typed.
    headings : mapping of str to str
        For each column of `frame`, its heading in the sheet.
    extra : tuple of str
        The columns that are not known.
    problems : tuple of Problem
        What is wrong with the headings.
    """

    found: FoundTable
    rule: SheetRule
    frame: pd.DataFrame
    headings: dict[str, str]
    extra: tuple[str, ...]
    problems: tuple[Problem, ...] = field(default=())


def name_columns(found: FoundTable, rule: SheetRule) -> Records:
    """Give the columns of a found table their names."""
    spec = table(rule.table)
    ours = {fold(column.heading): column.column for column in rule.columns}
    frame: dict[str, pd.Series] = {}
    headings: dict[str, str] = {}
    extra: list[str] = []
    place = their_name(found.name, spec.name)
    problems = list(_unnamed(found, place))
    for at, heading in enumerate(found.headings):
        cells = found.cells.iloc[:, at].reset_index(drop=True)
        name = ours.get(fold(heading)) or kept_name(unguard(heading), spec)
        if name in headings and name not in ours.values():
            name = _numbered(name, headings)
        if name in headings:
            both = join([same(headings[name]), same(heading)])
            once = say("accounts.allowed_columns")
            problems.append(problem(place, "headings_twice", once, column=name, headings=both))
            continue
        if as_given := cells.dtype == object:
            cells = _unguarded(cells)
        if name not in ours.values():
            extra.append(name)
            cells = infer(cells) if as_given else cells
        frame[name], headings[name] = cells, heading
    problems += _divided(found, rule)
    columns = pd.DataFrame(frame, index=pd.RangeIndex(len(found.rows)))
    return Records(found, rule, columns, headings, tuple(extra), tuple(problems))


def joined(parts: Sequence[Records]) -> Sheet:
    """Join the records of one table, which may come from several sheets."""
    spec = table(parts[0].rule.table)
    frames = [part.frame for part in parts]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return Sheet(
        spec=spec,
        given=frame,
        typed=frame,
        rows=np.concatenate([part.found.rows for part in parts]),
        places=tuple(_place(part) for part in parts),
        origin=np.repeat(np.arange(len(parts)), [len(part.frame) for part in parts]),
    )


def epochs_differ(parts: Sequence[Records]) -> Iterator[Problem]:
    """Refuse days held as bare numbers where workbooks of one table count them from other years."""
    if len({part.found.epoch_1904 for part in parts}) == 1:
        return
    for part in parts:
        name = part.rule.table
        for rule in part.rule.columns:
            if rule.column in part.frame and _hangs_on_epoch(part, rule):
                yield problem(
                    their_name(part.found.name, name),
                    "epochs",
                    say("intake.allowed_epochs"),
                    column=part.headings[rule.column],
                    year=1904 if part.found.epoch_1904 else 1900,
                )


def _hangs_on_epoch(part: Records, rule: ColumnRule) -> bool:
    column, cells = table(part.rule.table)[rule.column], part.frame[rule.column]
    if column.type != "date":
        return False
    early, late = (
        convert(column, cells, reading_of(rule, column, "", epoch_1904)).values
        for epoch_1904 in (False, True)
    )
    return not early.equals(late)


def _numbered(name: str, taken: Container[str]) -> str:
    """Return a name of its own for an unknown column whose heading comes again: 備考 (2)."""
    return next(new for n in count(2) if (new := f"{name} ({n})") not in taken)


def _unguarded(cells: pd.Series) -> pd.Series:
    given = cells.tolist()
    guarded = [at for at, cell in enumerate(given) if isinstance(cell, str) and cell[:1] == "'"]
    for at in guarded:
        given[at] = unguard(given[at])
    return pd.Series(given, index=cells.index, dtype=object) if guarded else cells


def _divided(found: FoundTable, rule: SheetRule) -> Iterator[Problem]:
    """Refuse a unit for numbers that Excel shows divided: the cell holds another number."""
    units = {fold(column.heading): column.unit for column in rule.columns}
    for heading, divisor in zip(found.headings, found.divided, strict=False):
        unit = units.get(fold(heading), "")
        if divisor != 1 and unit and UNITS[unit].factor != 1:
            yield problem(
                their_name(found.name, rule.table),
                "divided",
                say("intake.allowed_divided"),
                column=heading,
                divisor=f"{divisor:,.0f}",
                unit=unit,
            )


def _place(part: Records) -> Place:
    return Place(part.found.name, part.headings, part.found.header_row)


def _unnamed(found: FoundTable, place: str) -> Iterator[Problem]:
    allow = say("intake.allowed_headings")
    for each in found.unnamed:
        yield problem(
            place, "no_heading", allow, row=each.row, value=each.value, letter=each.letter
        )
