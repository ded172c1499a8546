"""Write a company to a folder of CSV files or to an Excel workbook, and nothing is lost."""

from __future__ import annotations

import csv
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.company import Company
from kamlab.accounts.findings import FIRST_ROW
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.giving.each_value import of_each
from kamlab.intake.giving.escaping import guard, to_workbook
from kamlab.intake.giving.target import make_way, told
from kamlab.intake.giving.workbook_file import Sheets, write_sheets
from kamlab.intake.sources.open_sources import WORKBOOK_SUFFIXES

LONGEST_CELL = 32_767
"""Characters that an Excel cell holds."""

EXCEL_ROWS = 1_048_576
"""Rows of an Excel sheet, the headings among them."""

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
        If something is there already, the name is that of another kind of workbook, or a text
        or a table is too long for Excel.

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
    workbook = path.suffix.lower() == ".xlsx"
    if not workbook and path.suffix.lower() in WORKBOOK_SUFFIXES:
        raise KamlabError(say("intake.not_xlsx", path=path))
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


def _write_folder(sheets: Sheets, path: Path) -> None:
    with told(path):
        _write_files(sheets, path)


def _write_files(sheets: Sheets, path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if name not in sheets:  # it would be read as a table of this company
            path.joinpath(f"{name}.csv").unlink(missing_ok=True)
    for name, (headings, frame) in sheets.items():
        columns = [
            of_each(frame.iloc[:, at], _csv_cell, missing="") for at in range(frame.shape[1])
        ]
        with path.joinpath(f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(headings)
            writer.writerows(zip(*columns, strict=True))


def _csv_cell(cell: object) -> str:
    return guard(cell) if isinstance(cell, str) else cell_text(cell) or ""


def _write_workbook(sheets: Sheets, path: Path) -> None:
    for name, (_, frame) in sheets.items():
        _refuse_what_excel_cannot_hold(name, frame)
    make_way(path)
    write_sheets(sheets, path)


def _refuse_what_excel_cannot_hold(name: str, frame: pd.DataFrame) -> None:
    if len(frame) >= EXCEL_ROWS:
        raise KamlabError(say("intake.too_long_for_excel", table=name, limit=f"{EXCEL_ROWS:,}"))
    for column in frame.columns:
        long = np.flatnonzero(of_each(frame[column], _is_too_long, missing=False))
        if len(long):
            place = {"table": name, "column": column, "row": int(long[0]) + FIRST_ROW}
            raise KamlabError(say("intake.not_for_excel", **place, limit=LONGEST_CELL))


def _is_too_long(cell: object) -> bool:
    return isinstance(cell, str) and len(to_workbook(guard(cell))) > LONGEST_CELL
