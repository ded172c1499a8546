"""A form for a correlation matrix that stands in a book: written here, filled in by hand."""

from __future__ import annotations

import csv
from os import PathLike
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import ArgumentError, KamlabError
from kamlab.foundation.language import say
from kamlab.theory.kmv import NAMES

COMMENT = "#"
HEADING = "construct"
ASKED = ("source", "page", "nobs")
"""What is asked beside the numbers; all of it is compulsory."""
SPREAD = "std_dev"
FIRST = 2
"""Column of the first number, from 0: a key and words stand before it."""

TO_FILL = PatternFill("solid", fgColor="FFF4CC")
OPTIONAL = PatternFill("solid", fgColor="F2F2F2")

Grid = list[list[object]]


def write_matrix_template(path: str | PathLike[str], *, overwrite: bool = False) -> Path:
    """Write a form into which a correlation matrix of the twelve constructs is typed.

    Parameters
    ----------
    path : str or path
        A name that ends in .xlsx makes a workbook, with the cells to fill in colour; one that ends
        in .csv makes a text file that any spreadsheet opens.
    overwrite : bool, default False

    Returns
    -------
    Path
        Where it is. Words are in the current language; the file is read alike in both.

    Raises
    ------
    ArgumentError
        If the name ends otherwise.
    KamlabError
        If something is there already.

    Examples
    --------
    >>> kl.theory.write_matrix_template("private/matrix.xlsx")  # doctest: +SKIP
    >>> matrix = kl.theory.read_matrix("private/matrix.xlsx")  # doctest: +SKIP
    >>> kl.assess_theory(matrix)  # doctest: +SKIP
    """
    path = Path(path)
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise ArgumentError(say("theory.template_suffix", path=path))
    if path.exists() and not overwrite:
        raise KamlabError(say("theory.template_exists", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = _rows()
    if path.suffix.lower() == ".xlsx":
        _write_workbook(rows, path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return path


def _rows() -> Grid:
    labels = {construct.name: str(construct.label) for construct in constructs()}
    hints = ("where", "plain", "rest")
    rows: Grid = [[COMMENT, str(say(f"theory.template_{hint}"))] for hint in hints]
    rows += [[key, str(say(f"theory.template_{key}")), ""] for key in ASKED]
    rows += [[], [COMMENT, "", *(labels[name] for name in NAMES)], [HEADING, "", *NAMES]]
    for number, name in enumerate(NAMES):
        rows.append([name, labels[name], *[""] * number, 1])
    rows.append([SPREAD, str(say("theory.template_std_dev")), *[""] * len(NAMES)])
    return rows


def _write_workbook(rows: Grid, path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "matrix"
    for number, row in enumerate(rows, 1):
        sheet.append(row)
        key = row[0] if row else ""
        if key in (COMMENT, HEADING):
            for cell in sheet[number][FIRST:]:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for cell in sheet[number][FIRST : len(row)]:
            if key in (*ASKED, *NAMES) and cell.value in ("", None):
                cell.fill = TO_FILL
            if key == SPREAD:
                cell.fill = OPTIONAL
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 34
    for number in range(FIRST + 1, FIRST + 1 + len(NAMES)):
        sheet.column_dimensions[get_column_letter(number)].width = 14
    book.save(path)
