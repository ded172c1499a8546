"""From the filled rows of a sheet to headings and records; every row is accounted for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from itertools import chain, islice, takewhile
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl.utils.cell import get_column_letter

from kamlab.accounts.cells.convert import cell_text
from kamlab.intake.sources.found import FoundTable, NoRecord, NoRecordKind, Unnamed, UnreadableSheet
from kamlab.intake.sources.grid import Grid, Row, cell_at, is_filled, texts
from kamlab.intake.sources.headings import Headings, find_headings
from kamlab.intake.sources.limits import check_cells
from kamlab.intake.sources.no_records import tell_no_records

Columns = list[NDArray[np.object_]]


def lay_out(grid: Grid, known: Container[str], header_row: int | None, **about: Any) -> FoundTable:
    """Find headings and records in the rows of a sheet.

    Parameters
    ----------
    grid : Grid
    known : container of str
        Folded headings that are expected.
    header_row : int or None
        The row of the headings, where the user has named it.
    **about
        Further fields of `FoundTable`: name, file and what is known of the file.

    Raises
    ------
    UnreadableSheet
        If there is nothing in it, no headings are found, rows are cut off, a formula has no
        result, or there are too many cells.

    Examples
    --------
    >>> grid = Grid([1, 3, 4], [["Customers"], ["ID", "Name"], ["A-1", "Yamada"]])
    >>> found = lay_out(grid, {"id", "name"}, None, name="accounts", file="crm.xlsx")
    >>> found.header_row, found.headings, found.above, found.rows.tolist()
    (3, ('ID', 'Name'), ('Customers',), [4])
    """
    if not grid.numbers:
        raise UnreadableSheet("empty_file", allowed="headings")
    headings = find_headings(grid, known, header_row)
    start = bisect_right(grid.numbers, headings.row)
    numbers, rows = grid.numbers[start:], grid.rows[start:]
    kinds = tell_no_records(rows, numbers, headings, grid.merged)
    if grid.complete:
        _refuse_short_rows(rows, numbers, headings, kinds)
    if kinds:
        kept = [position for position in range(len(rows)) if position not in kinds]
        records, places = [rows[p] for p in kept], [numbers[p] for p in kept]
    else:
        records, places = rows, numbers
    _refuse_uncomputed(grid, headings, {numbers[position] for position in kinds})
    columns = _columns(records, headings)
    filled = list(_fill_merged(columns, grid, headings, places))
    return FoundTable(
        headings=tuple(headings.names.values()),
        columns=tuple(headings.names),
        cells=_frame(columns, len(records)),
        rows=np.array(places, dtype=np.int64),
        header_row=headings.row,
        above=tuple(
            " ".join(texts(row))
            for row, number in zip(grid.rows, grid.numbers[:start], strict=False)
            if number < headings.row
        ),
        no_records=tuple(_no_record(rows[p], numbers[p], kind) for p, kind in kinds.items()),
        blank_rows=(numbers[-1] - headings.row - len(rows)) if rows else 0,
        filled_down=tuple(filled),
        divided=tuple(grid.divided.get(column, 1) for column in headings.names)
        if grid.divided
        else (),
        hidden_rows=sum(number in grid.hidden for number in places) if grid.hidden else 0,
        shown=tuple(grid.shown.get(column, ()) for column in headings.names) if grid.shown else (),
        unnamed=tuple(_unnamed(records, places, headings)),
        **about,
    )


def _no_record(row: Row, number: int, kind: NoRecordKind) -> NoRecord:
    columns = tuple(column for column, cell in enumerate(row) if is_filled(cell))
    return NoRecord(number, kind, texts(row), columns)


def _refuse_short_rows(
    rows: Sequence[Row], numbers: Sequence[int], headings: Headings, kinds: Container[int]
) -> None:
    """Refuse rows with fewer fields than headings: filled up, they would invent records.

    Exporters that drop empty fields at the end of a row are refused too, since nothing tells
    their rows from rows that were cut off.
    """
    width = max(headings.names) + 1
    if min(map(len, rows), default=width) >= width:
        return
    short = [p for p, row in enumerate(rows) if len(row) < width and p not in kinds]
    if short:
        words: dict[str, Any] = {"width": width, "got": len(rows[short[0]]), "count": len(short)}
        raise UnreadableSheet("short_row", allowed="fields", row=numbers[short[0]], **words)


def _refuse_uncomputed(grid: Grid, headings: Headings, no_records: Container[int]) -> None:
    """Refuse formulas without result where they matter: in a heading or a record."""
    cells = [
        (row, column)
        for row, column in grid.uncomputed
        if row >= headings.row and row not in no_records
    ]
    if cells:
        row, column = cells[0]
        heading = headings.names.get(column) or get_column_letter(column + 1)
        words: dict[str, Any] = {"column": heading, "row": row, "count": len(cells)}
        raise UnreadableSheet("uncomputed", allowed="computed", **words)


def _columns(records: Sequence[Row], headings: Headings) -> Columns:
    """Turn rows into one array a named column."""
    width = max(headings.names) + 1
    check_cells(len(records) * width)
    if not records:
        return [np.empty(0, dtype=object) for _ in headings.names]
    if min(map(len, records)) < width:
        records = [[*row, *[None] * (width - len(row))] for row in records]
    cells = islice(zip(*records, strict=False), width)
    return [
        np.fromiter(column, dtype=object, count=len(records))
        for number, column in enumerate(cells)
        if number in headings.names
    ]


def _frame(columns: Columns, length: int) -> pd.DataFrame:
    series = {n: pd.Series(column, dtype=object, copy=False) for n, column in enumerate(columns)}
    return pd.DataFrame(series, index=range(length), copy=False)


def _fill_merged(
    columns: Columns, grid: Grid, headings: Headings, places: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Give the cells of records the value of the merged cell they belong to."""
    positions = {column: position for position, column in enumerate(headings.names)}
    tried = 0
    for area in grid.merged:
        value = cell_at(grid.row(area.top), area.left)
        if area.top <= headings.row or not is_filled(value):
            continue
        inside = range(bisect_left(places, area.top), bisect_right(places, area.bottom))
        named = [positions[c] for c in positions if area.left <= c <= area.right]
        tried += len(inside) * len(named)
        check_cells(tried)  # areas that overlap could make this endless
        for record in inside:
            for position in named:
                if not is_filled(columns[position][record]):
                    columns[position][record] = value
                    yield record, position


def _unnamed(
    records: Sequence[Row], places: Sequence[int], headings: Headings
) -> Iterator[Unnamed]:
    """Find the first value of each column without heading."""
    width = max(headings.names) + 1
    gaps = [column for column in range(width) if column not in headings.names]
    first: dict[int, Unnamed] = {}
    if not gaps and max(map(len, records), default=0) <= width:
        return iter(())
    for row, number in zip(records, places, strict=True):
        for column in chain(takewhile(len(row).__gt__, gaps), range(width, len(row))):
            if column not in first and is_filled(row[column]):
                letter = get_column_letter(column + 1)
                first[column] = Unnamed(letter, number, cell_text(row[column]) or "")
    return (first[column] for column in sorted(first))
