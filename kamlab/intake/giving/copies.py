"""Copies of an export in which cells can be marked; the export itself is only read."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from kamlab.accounts.cells.convert import cell_text
from kamlab.foundation.language import say
from kamlab.intake.giving import look
from kamlab.intake.giving.escaping import guard, to_workbook
from kamlab.intake.giving.remarks import Remark, place_of
from kamlab.intake.records import Records
from kamlab.intake.taking_in import TakenIn

MOST_CELLS = 400_000
"""Cells of a file that is no workbook up to which all its rows are copied; of a larger one only
those with a problem, since Excel would take minutes to open it."""

WORKBOOKS = (".xlsx", ".xlsm")

LARGEST_WORKBOOK = 1_000_000
"""Cells up to which a workbook is copied with its formats: ten seconds and half a gigabyte."""

LONGEST_TITLE = 31
"""Characters of a sheet's name in Excel."""

_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Copy:
    """A workbook in which a remark has its cell.

    Parameters
    ----------
    book : Workbook
    cell_of : function of Remark
        The cell; None where the remark is about no sheet of the copy.
    """

    book: Workbook
    cell_of: Callable[[Remark], Cell | None]


def copy_workbook(taken: TakenIn) -> Copy | None:
    """Return a workbook as it is, formats kept, formulas still formulas; None if that cannot be."""
    cells = sum(each.found.cells.size for each in taken.records)
    if taken.path.suffix.lower() not in WORKBOOKS or cells > LARGEST_WORKBOOK:
        return None
    book = _load(taken.path)
    if book is None:
        return None
    records = {each.found.name: each for each in taken.records}

    def cell_of(remark: Remark) -> Cell | None:
        if remark.source not in book.sheetnames:
            return None
        sheet = book[remark.source]
        row, column = remark.row or 1, 1
        if remark.source in records:
            row, column = place_of(remark, records[remark.source])
        return _top_left(sheet, row, column)

    return Copy(book, cell_of)


def _load(path: Path) -> Workbook | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl leaves behind
            return load_workbook(path, keep_links=False)
    except Exception:  # of whatever kind: openpyxl is stricter than kamlab's own reading
        return None


def copy_tables(taken: TakenIn, remarks: Sequence[Remark]) -> Copy:
    """Return files that are no workbooks as one, with each record's row in the first column."""
    book = Workbook()
    del book["Sheet"]
    sheets: dict[str, tuple[Worksheet, Records, dict[int, int]]] = {}
    for each in taken.records:
        name = each.found.name
        noted = {remark.row for remark in remarks if remark.source == name}
        whole = each.found.cells.size <= MOST_CELLS
        kept = [at for at, row in enumerate(each.found.rows.tolist()) if whole or row in noted]
        sheet = book.create_sheet(title_for(name, book.sheetnames))
        rows = _write_records(sheet, each, kept)
        sheets[name] = (sheet, each, rows)

    def cell_of(remark: Remark) -> Cell | None:
        if remark.source not in sheets:
            return None
        sheet, records, rows = sheets[remark.source]
        headings = list(records.headings.values())
        column = headings.index(remark.heading) + 2 if remark.heading in headings else 1
        return _top_left(sheet, rows.get(remark.row or 0, 1), column)

    return Copy(book, cell_of)


def title_for(name: str, taken: Sequence[str]) -> str:
    """Return a name that Excel accepts for a sheet, and that no other sheet of the book has."""
    plain = _NOT_IN_TITLES.sub("_", name).strip("'")[:LONGEST_TITLE] or "_"
    title, number = plain, 2
    while title.casefold() in {other.casefold() for other in taken}:
        title = f"{plain[: LONGEST_TITLE - len(str(number)) - 1]}_{number}"
        number += 1
    return title


def write_cell(cell: Cell, value: object) -> None:
    """Write a value as it is; text never becomes a formula."""
    if isinstance(value, bool | int | date) or (isinstance(value, float) and isfinite(value)):
        cell.value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    elif (text := cell_text(value)) is not None:
        cell.value = to_workbook(guard(text))
        cell.data_type = "s"


def _write_records(sheet: Worksheet, records: Records, kept: Sequence[int]) -> dict[int, int]:
    """Write headings and records, and return in which row of the sheet each row now stands."""
    found = records.found
    place: Mapping[str, int] = {heading: at for at, heading in enumerate(found.headings)}
    columns = [place[heading] for heading in records.headings.values()]
    headings = [to_workbook(guard(found.headings[at])) for at in columns]
    look.write_headings(sheet, [str(say("intake.comments_row")), *headings])
    cells = found.cells.to_numpy(dtype=object)
    for row, at in enumerate(kept, 2):
        sheet.cell(row, 1, int(found.rows[at])).font = look.font(color="7F7F7F")
        for number, value in enumerate(cells[at, columns], 2):
            write_cell(_cell(sheet, row, number), value)
    return {int(found.rows[at]): row for row, at in enumerate(kept, 2)}


def _top_left(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell, or the one that holds the value of the merged cells that it belongs to."""
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        return cell
    area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    return _cell(sheet, area.min_row, area.min_col)


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell
