"""The bare rows of a folder of CSV files or of an Excel workbook."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from kamlab.accounts.convert import cell_text, is_blank
from kamlab.accounts.escaping import from_workbook
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say

Rows = list[list[object]]

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")

DAMAGED_UTF8 = 4
"""Good characters to a bad one from which a file is damaged UTF-8, not cp932.

Only characters of three bytes and more count as good, as Japanese has in UTF-8: in cp932 text
the bad ones far outnumber them. Characters of two bytes would not tell, as half-width katakana
of cp932 often pass for them.
"""

OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begins old .xls files, and new ones that a password protects."""

LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")


class UnreadableSheet(Exception):
    """A sheet that cannot be read; the fields are what `validate.problem` asks for."""

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


def open_sheets(path: Path) -> Mapping[str, Callable[[], Rows]]:
    """Find the sheets of a folder or workbook.

    Parameters
    ----------
    path : Path
        A folder of CSV files or an Excel workbook.

    Returns
    -------
    mapping of str to function
        By file name or sheet name, what reads the rows: headings first, cells as strings
        (CSV) or values (Excel). It raises `UnreadableSheet`.

    Raises
    ------
    KamlabError
        If the path does not exist, cannot be opened, or is neither of the two.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if not path.exists():
            raise KamlabError(say("accounts.no_such_path", path=path))
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KamlabError(say("accounts.unreadable", path=path, reason=reason)) from error
    if path.suffix.lower() in CSV_SUFFIXES:
        raise KamlabError(say("accounts.not_a_source", path=path))
    return _workbook(path, content)


def _folder(path: Path) -> Mapping[str, Callable[[], Rows]]:
    files = sorted(
        file
        for file in path.iterdir()
        if file.is_file()
        and file.suffix.lower() in (*CSV_SUFFIXES, *WORKBOOK_SUFFIXES, ".xls")
        and not file.name.startswith((".", "~$"))  # left by the system and by an open Excel
    )
    if not any(file.suffix.lower() in CSV_SUFFIXES for file in files):
        raise KamlabError(say("accounts.no_csv", path=path))
    return {file.name: partial(_csv_rows, file) for file in files}


def _csv_rows(file: Path) -> Rows:
    text = _decoded(file.read_bytes())
    records = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: Rows = []
    try:
        rows.extend(records)  # type: ignore[arg-type]
    except csv.Error as error:
        raise UnreadableSheet("quotes", row=len(rows) + 1, reason=str(error)) from error
    _refuse_short_rows(rows)
    return rows


def _refuse_short_rows(rows: Rows) -> None:
    """Refuse rows with fewer fields than headings: filled up, they would invent records.

    Exporters that drop empty fields at the end of a row are refused too, since nothing tells
    their rows from rows that were cut off.
    """
    blank = [all(map(_is_blank, row)) for row in rows]
    if not rows or blank[0]:
        return  # what follows an empty row 1 is told by `parse_records`
    width = max(number for number, cell in enumerate(rows[0], 1) if not _is_blank(cell))
    short = [at for at, row in enumerate(rows) if len(row) < width and not blank[at]]
    if short:
        words: dict[str, Any] = {"width": width, "got": len(rows[short[0]]), "count": len(short)}
        raise UnreadableSheet("short_row", allowed="fields", row=short[0] + 1, **words)


def _is_blank(cell: object) -> bool:
    return isinstance(cell, str) and is_blank(cell)


def _decoded(content: bytes) -> str:
    """Decode UTF-8 or else cp932: what is not UTF-8 practically never passes for it."""
    marked = content.startswith(codecs.BOM_UTF8)
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if marked or _is_damaged_utf8(content):
            line = content.count(b"\n", 0, error.start) + 1
            raise UnreadableSheet("damaged_utf8", line=line) from error
        text = _from_cp932(content)
    if "\0" in text:  # UTF-16 passes for cp932, full of zeros
        raise UnreadableSheet("encoding")
    return text


def _from_cp932(content: bytes) -> str:
    try:
        return content.decode("cp932")
    except UnicodeDecodeError as error:
        raise UnreadableSheet("encoding") from error


def _is_damaged_utf8(content: bytes) -> bool:
    text = content.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(character >= "\u0800" for character in text) - bad
    return good >= DAMAGED_UTF8 * bad


def _delimiter(text: str) -> str:
    first_line = text.partition("\n")[0]
    widths = {mark: len(next(csv.reader([first_line], delimiter=mark))) for mark in ",\t"}
    return max(widths, key=lambda mark: widths[mark])


def _workbook(path: Path, content: bytes) -> Mapping[str, Callable[[], Rows]]:
    if not content:
        raise KamlabError(say("accounts.empty_workbook", path=path))
    if content.startswith(OLE_SIGNATURE):
        kind = "locked_workbook" if LOCKED_STREAM in content else "old_workbook"
        raise KamlabError(say(f"accounts.{kind}", path=path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and drop-downs, which hold no data
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
            raise KamlabError(say("accounts.not_a_workbook", path=path)) from error
    return {sheet.title: partial(_sheet_rows, sheet) for sheet in book.worksheets}


def _sheet_rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()  # some programs write a sheet's size wrongly
    rows: Rows = [
        [from_workbook(cell) if isinstance(cell, str) else cell for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    uncomputed = list(_uncomputed_formulas(sheet))
    if uncomputed:
        row, column = uncomputed[0]
        heading = (cell_text(rows[0][column - 1]) or "") if column <= len(rows[0]) else ""
        raise UnreadableSheet(
            "uncomputed",
            allowed="computed",
            column=heading.strip() or get_column_letter(column),
            row=row,
            count=len(uncomputed),
        )
    return rows


def _uncomputed_formulas(sheet: Any) -> Iterator[tuple[int, int]]:
    """Find the row and column of formulas without a result, which openpyxl gives as empty.

    It reads the sheet's XML itself: openpyxl gives formulas or results, and neither tells a
    formula that was never computed from one whose result is empty text.
    """
    tag = f"{{{SHEET_MAIN_NS}}}"
    row_number = 0
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            if element.tag != f"{tag}row":
                continue
            row_number += 1
            for column, cell in enumerate(element, 1):
                if cell.find(f"{tag}f") is not None and not _has_result(cell.find(f"{tag}v"), cell):
                    place = cell.get("r")  # some programs leave it out and skip no cell
                    yield coordinate_to_tuple(place) if place else (row_number, column)
            element.clear()


def _has_result(value: Any, cell: Any) -> bool:
    return value is not None and (bool(value.text) or cell.get("t") == "str")
