"""From the bare rows of a sheet to columns with kamlab's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.convert import cell_text, infer, is_blank
from kamlab.accounts.escaping import unguard
from kamlab.accounts.sheets import Rows, UnreadableSheet
from kamlab.accounts.spec import Table, fold
from kamlab.accounts.validate import problem
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import join, same, say

LETTERS = 26


@dataclass(frozen=True)
class Records:
    """A sheet whose headings are recognised.

    Parameters
    ----------
    spec : Table
        The table that it holds.
    sheet : str
        The name of the file or sheet.
    frame : DataFrame
        Declared columns under kamlab's names with the cells as given, others typed.
    rows : array of int
        For each record, its row as Excel counts.
    headings : mapping of str to str
        For each column, the heading in the sheet.
    extra : tuple of str
        The columns that are not declared.
    blank_rows : int
        Empty rows that stood between others.
    problems : tuple of Problem
        What is wrong with the headings.
    """

    spec: Table
    sheet: str
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    headings: Mapping[str, str]
    extra: tuple[str, ...]
    blank_rows: int
    problems: tuple[Problem, ...]


def parse_records(spec: Table, sheet: str, rows: Rows) -> Records:
    """Recognise headings and drop empty rows.

    Parameters
    ----------
    spec : Table
    sheet : str
    rows : list of list
        Headings first.

    Raises
    ------
    UnreadableSheet
        If there is nothing in it, or row 1 is empty.
    """
    filled = [number for number, row in enumerate(rows) if not all(map(_empty, row))]
    if not filled:
        raise UnreadableSheet("empty_file", allowed="headings")
    if filled[0] != 0:
        raise UnreadableSheet("no_headings", row=1, allowed="headings")
    width = max(len(rows[number]) for number in filled)
    columns = zip(*(_padded(rows[number], width) for number in filled), strict=True)
    row_numbers = np.array(filled[1:], dtype=np.int64) + 1
    frame: dict[str, pd.Series] = {}
    headings: dict[str, str] = {}
    problems: list[Problem] = []
    for index, (top, *cells) in enumerate(columns):
        heading = (cell_text(top) or "").strip()
        if not heading:
            problems += _without_heading(spec, _letter(index), cells, row_numbers)
            continue
        column = spec.by_heading.get(fold(heading))
        name = column.name if column else unguard(heading)
        if name in headings:
            both = join([same(headings[name]), same(heading)])
            once = say("accounts.allowed_columns")
            problems.append(problem(spec.name, "headings_twice", once, column=name, headings=both))
            continue
        values = pd.Series([unguard(c) if isinstance(c, str) else c for c in cells], dtype=object)
        frame[name] = values if column else infer(values)
        headings[name] = heading
    return Records(
        spec=spec,
        sheet=sheet,
        frame=pd.DataFrame(frame),
        rows=row_numbers,
        headings=headings,
        extra=tuple(name for name in headings if fold(name) not in spec.by_heading),
        blank_rows=filled[-1] + 1 - len(filled),
        problems=tuple(problems),
    )


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and is_blank(cell))


def _padded(row: list[object], width: int) -> list[object]:
    return row if len(row) == width else row + [None] * (width - len(row))


def _without_heading(
    spec: Table, letter: str, cells: list[object], rows: NDArray[np.int64]
) -> Iterator[Problem]:
    """Tell of the first value in a column that has no heading."""
    for cell, row in zip(cells, rows.tolist(), strict=True):
        if not _empty(cell):
            allow = say("accounts.allowed_headings")
            yield problem(spec.name, "no_heading", allow, row=row, value=str(cell), letter=letter)
            return


def _letter(index: int) -> str:
    """Return a column's letters as Excel counts: A to Z, AA, AB and so on."""
    before, last = divmod(index, LETTERS)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)
