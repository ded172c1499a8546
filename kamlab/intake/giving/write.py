"""Write a company to a folder of CSV files or to an Excel workbook, and nothing is lost."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from kamlab.accounts.cells.convert import EXCEL_ERRORS, cell_text
from kamlab.accounts.company import Company
from kamlab.accounts.findings import FIRST_ROW
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.giving.escaping import guard, to_workbook
from kamlab.intake.sources.open_sources import WORKBOOK_SUFFIXES

LONGEST_CELL = 32_767
"""Characters that an Excel cell holds."""

FIRST_EXCEL_DAY = datetime(1900, 3, 1)
"""Before it, Excel's calendar is wrong by a day; such dates are written as text."""

Headings = Literal["name", "label"]


def write_company(
    company: Company,
    path: str | PathLike[str],
    *,
    headings: Headings = "name",
    overwrite: bool = False,
) -> Path:
    """Write a company so that `read_company` gives the same tables back.

    Parameters
    ----------
    company : Company
    path : str or path
        A name that ends in .xlsx makes a workbook, any other a folder of CSV files in UTF-8
        with byte-order mark, which Excel opens with Japanese intact.
    headings : {"name", "label"}
        kamlab's column names, or their labels in the current language.
    overwrite : bool
        Whether a workbook may be replaced, or the tables in a folder; those that the company
        does not have are then removed from it.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    KamlabError
        If something is there already, or a text is too long for an Excel cell.

    Notes
    -----
    Text that a spreadsheet would run as a formula (it begins with ``=``, ``+``, ``-`` or ``@``)
    gets an apostrophe in front, which `read_company` takes off. A file does not hold
    `company.truth` and `company.source`. Columns that are not declared come back typed as
    `read_company` says; an index is not written.

    Examples
    --------
    >>> kl.write_company(company, "private/company.xlsx", headings="label")  # doctest: +SKIP
    """
    if headings not in ("name", "label"):
        raise KamlabError(say("intake.bad_headings", headings=headings))
    path = Path(path)
    workbook = path.suffix.lower() in WORKBOOK_SUFFIXES
    taken = path.exists() and (workbook or not path.is_dir() or any(path.iterdir()))
    if taken and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    frames = {SETTINGS: _settings(company), **company.tables}
    sheets = {name: (_headings(name, frame, headings), frame) for name, frame in frames.items()}
    if workbook:
        _write_workbook(sheets, path)
    else:
        _write_folder(sheets, path)
    return path


Sheets = dict[str, tuple[list[str], pd.DataFrame]]


def _settings(company: Company) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [company.name or None],
            "currency": [company.currency],
            "simulated": [company.simulated],
        }
    )


def _headings(name: str, frame: pd.DataFrame, headings: Headings) -> list[str]:
    labels = {column.name: str(column.label) for column in table(name).columns}
    return [guard(labels.get(n, n) if headings == "label" else n) for n in frame.columns]


def _records(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[name].tolist() for name in frame.columns), strict=True)


def _write_folder(sheets: Sheets, path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if name not in sheets:  # it would be read as a table of this company
            path.joinpath(f"{name}.csv").unlink(missing_ok=True)
    for name, (headings, frame) in sheets.items():
        file = path / f"{name}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(headings)
            for record in _records(frame):
                writer.writerow([_csv_cell(cell) for cell in record])


def _csv_cell(cell: object) -> str:
    return guard(cell) if isinstance(cell, str) else cell_text(cell) or ""


def _write_workbook(sheets: Sheets, path: Path) -> None:
    for name, (_, frame) in sheets.items():
        _refuse_long_text(name, frame)
    book = Workbook(write_only=True)
    for name, (headings, frame) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([to_workbook(heading) for heading in headings])
        for record in _records(frame):
            sheet.append([_workbook_cell(sheet, cell) for cell in record])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _refuse_long_text(name: str, frame: pd.DataFrame) -> None:
    for column in frame.columns:
        for row, cell in enumerate(frame[column].tolist(), FIRST_ROW):
            if isinstance(cell, str) and len(to_workbook(guard(cell))) > LONGEST_CELL:
                words = {"table": name, "column": column, "row": row, "limit": LONGEST_CELL}
                raise KamlabError(say("intake.not_for_excel", **words))


def _workbook_cell(sheet: Any, cell: object) -> object:
    """Return what openpyxl writes without changing it."""
    if isinstance(cell, str):
        text = to_workbook(guard(cell))
        return _of_type("s", sheet, text) if text in EXCEL_ERRORS else text
    if isinstance(cell, float) and math.isfinite(cell):
        # openpyxl writes 16 digits, of which a few numbers need a 17th.
        return cell if float(f"{cell:.16g}") == cell else _of_type("n", sheet, repr(cell))
    if isinstance(cell, pd.Timestamp):
        day = cell.to_pydatetime(warn=False)
        if day < FIRST_EXCEL_DAY or cell != cell.floor("s"):
            return cell_text(cell)
        return day.date() if cell == cell.floor("D") else day
    return cell if isinstance(cell, bool | int) else cell_text(cell)


def _of_type(kind: str, sheet: Any, text: str) -> object:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = kind
    return cell
