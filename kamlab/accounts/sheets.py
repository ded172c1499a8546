"""The bare rows of a folder of CSV files or of an Excel workbook."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kamlab.accounts.escaping import from_workbook
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say

Rows = list[list[object]]

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
ENCODINGS = ("utf-8-sig", "cp932")
"""Tried in this order: what is not UTF-8 practically never passes for it."""

OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begins old .xls files, and new ones that a password protects."""

LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")


class UnreadableSheet(Exception):
    """A sheet that cannot be read; the fields are what `validate.problem` asks for."""

    def __init__(
        self, kind: str, *, allowed: str = "csv", row: int | None = None, reason: str = ""
    ) -> None:
        super().__init__(kind)
        self.kind, self.allowed, self.row, self.reason = kind, allowed, row, reason


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
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # UTF-16 passes for cp932, full of zeros
            return text
    raise UnreadableSheet("encoding")


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
    return [
        [from_workbook(cell) if isinstance(cell, str) else cell for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
