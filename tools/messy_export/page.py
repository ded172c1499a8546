"""A sheet before it is written: lines of cells, and what was spoilt on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Cell = str | int | float | bool | date | datetime | None
Kind = Literal["record", "subtotal", "total", "headings", "note", "blank"]


@dataclass
class Line:
    """One line under the headings.

    Parameters
    ----------
    cells : list
    kind : str
        "record", or what it is instead.
    faults : dict of str to str
        By heading, what was spoilt so that the record cannot be taken as it is; the heading ""
        stands for the whole record.
    """

    cells: list[Cell]
    kind: Kind = "record"
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Where a record was spoilt on purpose: the row as Excel counts it."""

    sheet: str
    row: int
    heading: str
    what: str


@dataclass
class Page:
    """One sheet.

    Parameters
    ----------
    name : str
    above : list of str
        Lines over the headings.
    headings : list of str
    groups : list of (str, int), optional
        Headings over the headings, each over so many columns; "" where there is none.
    lines : list of Line
    key : str
        The heading by which a record is found when it is spoilt.
    merged : str
        The heading of a column whose equal neighbours are one merged cell; "" for none.
    """

    name: str
    above: list[str]
    headings: list[str]
    lines: list[Line]
    key: str
    groups: list[tuple[str, int]] = field(default_factory=list)
    merged: str = ""

    @property
    def header_row(self) -> int:
        """The row of the headings, as Excel counts."""
        return len(self.above) + bool(self.groups) + 1

    @property
    def records(self) -> list[Line]:
        """The lines that are records."""
        return [line for line in self.lines if line.kind == "record"]

    def at(self, heading: str) -> int:
        """Return the position of a heading."""
        return self.headings.index(heading)

    def find(self, key: Cell) -> Line:
        """Return the first record with this key."""
        return next(line for line in self.records if line.cells[self.at(self.key)] == key)

    def spoil(self, line: Line, heading: str, cell: Cell, what: str) -> None:
        """Put a cell that cannot be taken as it is into a record."""
        line.cells[self.at(heading)] = cell
        line.faults[heading] = what

    def rewrite(self, heading: str, write: Callable[[Cell], Cell]) -> None:
        """Write a column anew in every record."""
        at = self.at(heading)
        for line in self.records:
            line.cells[at] = write(line.cells[at])

    def again(self, line: Line, what: str = "", **changes: Cell) -> None:
        """Put a copy of a record right behind it, changed or not."""
        copy = Line(list(line.cells))
        for heading, cell in changes.items():
            copy.cells[self.at(heading)] = cell
        if what:
            copy.faults[""] = what
        place = next(at for at, each in enumerate(self.lines) if each is line)
        self.lines.insert(place + 1, copy)

    def faults(self) -> Iterator[Fault]:
        """Tell of all that was spoilt, with the row as Excel counts it."""
        for row, line in enumerate(self.lines, self.header_row + 1):
            for heading, what in line.faults.items():
                yield Fault(self.name, row, heading, what)
