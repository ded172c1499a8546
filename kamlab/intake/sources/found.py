"""What a file turns out to hold, before anybody says what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NoRecordKind = Literal["note", "total", "heading_again"]


@dataclass(frozen=True)
class NoRecord:
    """A filled row under the headings that is no record: a note, a total, headings once more.

    Parameters
    ----------
    row : int
        As Excel counts.
    kind : {"note", "total", "heading_again"}
    cells : tuple of str
        What stands in it, blank cells left out.
    columns : tuple of int
        The column of each cell in the sheet, from 0.
    """

    row: int
    kind: NoRecordKind
    cells: tuple[str, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Unnamed:
    """The first value of a column that has no heading."""

    letter: str
    row: int
    value: str


@dataclass(frozen=True, eq=False)
class FoundTable:
    """One sheet, file or database table: headings and records.

    Parameters
    ----------
    name : str
        Of the sheet, the file or the database table.
    file : str
        Name of the file that it is in.
    headings : tuple of str
        As they stand in the sheet, spaces around taken off; the same one may come twice.
    cells : DataFrame, shape (records, len(headings))
        Columns 0, 1, ... in the order of `headings`: cells as given (dtype object: text and
        what Excel typed) or typed columns (Parquet, DuckDB). Wholly empty rows are left out.
    rows : array of int, shape (records,)
        The row of each record as Excel counts (a CSV file counted as Excel would show it).
    header_row : int
        The row in which the headings stand (the last one, if they take several).
    above : tuple of str
        What stands above the headings, one text a row.
    no_records : tuple of NoRecord
        Filled rows under the headings that are no records.
    blank_rows : int
        Wholly empty rows between the headings and the last filled row.
    filled_down : tuple of (int, int)
        (position of the record, position of the column) of cells that took the value of the
        merged cell they belong to.
    unnamed : tuple of Unnamed
    encoding, delimiter : str
        Of a text file; "" for others.
    epoch_1904 : bool
        Whether serial numbers of days count from 1904.
    hidden : bool
        Whether Excel hides the sheet.
    hidden_rows : int
        Records that Excel hides, as a filter does.
    divided : tuple of int
        For each heading, by what Excel divides the numbers that it shows (1: not at all); the
        cells here are whole. Empty where no number is shown divided.
    shown : tuple of tuple of str
        For each heading, what Excel shows beside its numbers (千円, €); empty where nothing is.
    columns : tuple of int
        For each heading, its column in the sheet, from 0; empty where there is no sheet.
    """

    name: str
    file: str
    headings: tuple[str, ...]
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    header_row: int = 1
    above: tuple[str, ...] = ()
    no_records: tuple[NoRecord, ...] = ()
    blank_rows: int = 0
    filled_down: tuple[tuple[int, int], ...] = ()
    unnamed: tuple[Unnamed, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    epoch_1904: bool = False
    hidden: bool = False
    columns: tuple[int, ...] = ()
    divided: tuple[int, ...] = ()
    shown: tuple[tuple[str, ...], ...] = ()
    hidden_rows: int = 0


@dataclass(frozen=True)
class Source:
    """A sheet, file or database table that can be read.

    Parameters
    ----------
    name, file : str
        As in `FoundTable`.
    read : function of (known, header_row)
        `known` holds folded headings (`spec.fold`) by which the row of headings is recognised;
        `header_row` names that row where the user has said it (None: find it). Returns a
        `FoundTable` or raises `UnreadableSheet`.
    """

    name: str
    file: str
    read: Callable[[Container[str], int | None], FoundTable]


class UnreadableSheet(Exception):
    """A sheet that cannot be read; the fields are what `intake.problems.problem` asks for."""

    def __init__(
        self,
        kind: str,
        *,
        allowed: str = "csv",
        column: str = "",
        row: int | None = None,
        **words: Any,
    ) -> None:
        super().__init__(kind)
        self.kind, self.allowed, self.column, self.row = kind, allowed, column, row
        self.words = words
