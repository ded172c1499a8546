"""Read a text file of fields: commas, tabs or semicolons; UTF-8, UTF-16 or Shift_JIS."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Container
from itertools import islice
from pathlib import Path

from kamlab.intake.sources.encodings import decode
from kamlab.intake.sources.found import FoundTable, UnreadableSheet
from kamlab.intake.sources.grid import Grid, Row
from kamlab.intake.sources.layout import lay_out
from kamlab.intake.sources.limits import LARGEST_TEXT, check_cells, read_bytes

DELIMITERS = ",\t;"
"""In the order in which they are taken where nothing tells them apart."""

LOOKED_AT, LOOKED_AT_CHARACTERS = 200, 2**20
"""Records by which the delimiter is told, and characters in which they are sought."""


def read_text_file(path: Path, known: Container[str], header_row: int | None) -> FoundTable:
    """Read a text file of fields.

    Parameters
    ----------
    path : Path
    known, header_row
        As in `Source.read`.

    Raises
    ------
    UnreadableSheet
        If it is no such file, is damaged, or rows have been cut off.
    KamlabError, OSError
        If it is too large, or the system cannot read it.
    """
    content = read_bytes(path, LARGEST_TEXT)
    text, encoding = decode(content)
    delimiter = find_delimiter(text)
    grid = _grid(text, delimiter)
    about = {"encoding": encoding, "delimiter": delimiter}
    return lay_out(grid, known, header_row, name=path.name, file=path.name, **about)


def find_delimiter(text: str) -> str:
    r"""Tell the delimiter: that which splits most records into equally many fields.

    Examples
    --------
    >>> find_delimiter("name;price\nA, B;1,50\nC;2,00\n")
    ';'
    """
    return max(DELIMITERS, key=lambda mark: _consistency(text, mark))


def _consistency(text: str, mark: str) -> tuple[float, int]:
    """Return the share of records with the usual number of fields, and that number."""
    beginning = io.StringIO(text[:LOOKED_AT_CHARACTERS], newline="")
    records = csv.reader(beginning, delimiter=mark)
    widths: Counter[int] = Counter()
    try:
        widths.update(len(record) for record in islice(records, LOOKED_AT) if record)
    except csv.Error:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: item[::-1], default=(1, 0))
    return (count / widths.total(), width) if width > 1 else (0.0, 0)


def _grid(text: str, delimiter: str) -> Grid:
    """Split the text; rows are counted as Excel counts them, so a line break in a cell is none."""
    check_cells(text.count(delimiter) + text.count("\n"))
    rows: list[list[str]] = []
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows.extend(records)
    except csv.Error as error:
        row = len(rows) + 1
        if "field limit" in str(error):
            limit = f"{csv.field_size_limit():,}"
            raise UnreadableSheet("long_field", row=row, limit=limit) from error
        raise UnreadableSheet("quotes", row=row, reason=str(error)) from error
    filled = [position for position, row in enumerate(rows) if "".join(row).strip()]
    kept: list[Row] = [rows[position] for position in filled]
    return Grid([position + 1 for position in filled], kept, complete=True)
