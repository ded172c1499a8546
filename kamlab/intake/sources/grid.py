"""The filled rows of a sheet, before it is known which of them are headings and which records."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kamlab.accounts.cells.convert import cell_text

Row = Sequence[object]


class Area(NamedTuple):
    """Merged cells: rows as Excel counts, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows in which something stands.

    Parameters
    ----------
    numbers : list of int
        Of each row as Excel counts, ascending.
    rows : list of sequence
        Cells from the first column on. What lies beyond a row's end is empty.
    merged : tuple of Area
    uncomputed : tuple of (int, int)
        Row (as Excel counts) and column (from 0) of formulas without a result.
    divided : mapping of int to int
        Columns (from 0) whose numbers Excel shows divided, and by what.
    shown : mapping of int to tuple of str
        What Excel shows beside the numbers of columns (from 0), such as 千円.
    hidden : frozenset of int
        Rows that Excel hides, as a filter does.
    complete : bool
        Whether every row should have as many cells as there are headings, as in a text file,
        where a shorter one has been cut off.
    """

    numbers: list[int]
    rows: list[Row]
    merged: tuple[Area, ...] = ()
    uncomputed: tuple[tuple[int, int], ...] = ()
    divided: Mapping[int, int] = field(default_factory=dict)
    shown: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    complete: bool = False

    def row(self, number: int) -> Row:
        """Return the row that Excel counts as `number`; an empty one if nothing stands in it."""
        position = bisect_left(self.numbers, number)
        found = position < len(self.numbers) and self.numbers[position] == number
        return self.rows[position] if found else ()


def is_filled(cell: object) -> bool:
    """Return whether anything but spaces stands in a cell."""
    return cell is not None and not (isinstance(cell, str) and (not cell or cell.isspace()))


def first_filled(row: Row) -> int:
    """Return the position of the first filled cell, -1 if there is none."""
    for position, cell in enumerate(row):
        if is_filled(cell):
            return position
    return -1


def texts(cells: Iterable[object]) -> tuple[str, ...]:
    """Return what stands in cells, spaces around taken off and empty cells left out."""
    return tuple((cell_text(cell) or "").strip() for cell in cells if is_filled(cell))


def cell_at(row: Row, column: int) -> object:
    """Return a cell, None beyond the row's end."""
    return row[column] if column < len(row) else None
