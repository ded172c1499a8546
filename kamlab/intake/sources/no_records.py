"""Tell notes, totals and repeated headings from records; in doubt a row is a record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import groupby

from kamlab.accounts.cells.convert import cell_text
from kamlab.foundation.nearest import fold
from kamlab.intake.sources.found import NoRecordKind
from kamlab.intake.sources.grid import Area, Row, cell_at, first_filled, is_filled
from kamlab.intake.sources.headings import Headings

TOTALS = frozenset(
    {"合計", "総計", "小計", "計", "総合計", "total", "grandtotal", "subtotal", "sum"}
)
"""What a row of totals begins with, folded."""

NOTE_CELLS = 2
"""Filled cells that a note has at most: its mark and its text."""

RECORD_COLUMNS = 3
"""Columns from which a single filled cell is too little for a record."""

NOTE_OPENINGS = "※*([注備n"

_NOTE = re.compile(
    r"[※*]|[(\[]?注[)\]:0-9\s]|[(\[]?注$|注記|注意|注釈|備考:|備考$|notes?(\s*[:.)\d]|$)", re.I
)


def tell_no_records(
    rows: Sequence[Row], numbers: Sequence[int], headings: Headings, merged: Sequence[Area]
) -> dict[int, NoRecordKind]:
    """Find the rows that are no records.

    Parameters
    ----------
    rows : sequence of rows
        The filled rows under the headings.
    numbers : sequence of int
        Their numbers as Excel counts; a gap is an empty row.
    headings : Headings
    merged : sequence of Area

    Returns
    -------
    dict of int to kind
        By position in `rows`.
    """
    width = len(headings.names)
    openings = _openings(headings)
    banners = {a.top for a in merged if 2 * (a.right - a.left + 1) >= width >= RECORD_COLUMNS}
    kinds: dict[int, NoRecordKind] = {}
    for position, row in enumerate(rows):
        first = first_filled(row)
        cell = row[first]
        opening = _opening(cell.lstrip()[0]) if isinstance(cell, str) else None
        suspect = opening == "" or opening in openings  # "": a character that nobody sees
        kind = _kind(row, first, headings) if suspect else None
        if kind is None and numbers[position] in banners and _is_single(row):
            kind = "note"
        if kind is not None:
            kinds[position] = kind
    if width >= RECORD_COLUMNS:
        kinds |= dict.fromkeys(_remarks_at_the_end(rows, numbers, kinds, merged), "note")
    return kinds


def _openings(headings: Headings) -> frozenset[str]:
    """Return with what characters the first cell of a row that is no record can begin."""
    words = (*TOTALS, *(word for each in headings.repeats for word in each.values()))
    return frozenset({word[:1] for word in words} | set(map(_opening, NOTE_OPENINGS)))


@cache
def _opening(character: str) -> str:
    return fold(character)[:1]


def _kind(row: Row, first: int, headings: Headings) -> NoRecordKind | None:
    cell = str(row[first])
    word = _folded(cell)
    if word.rstrip(":") in TOTALS:
        return "total"
    if any(each.get(first) == word and _repeats(row, each) for each in headings.repeats):
        return "heading_again"
    if _NOTE.match(unicodedata.normalize("NFKC", cell).strip()):
        filled = sum(map(is_filled, row))
        if filled <= NOTE_CELLS and filled < len(headings.names):
            return "note"
    return None


@lru_cache(maxsize=2**16)  # the first cell is often an identifier that comes again and again
def _folded(cell: str) -> str:
    return fold(cell)


def _repeats(row: Row, heading: Mapping[int, str]) -> bool:
    filled = [column for column, cell in enumerate(row) if is_filled(cell)]
    same = all(heading.get(column) == fold(row[column]) for column in filled)
    return same and 2 * len(filled) >= len(heading)


def _is_single(row: Row) -> bool:
    return not any(map(is_filled, row[first_filled(row) + 1 :]))


def _remarks_at_the_end(
    rows: Sequence[Row],
    numbers: Sequence[int],
    kinds: Mapping[int, NoRecordKind],
    merged: Sequence[Area],
) -> list[int]:
    """Find single cells that stand apart under the table and look like nothing in it."""
    start = len(rows)
    while start and (start - 1 in kinds or _is_single(rows[start - 1])):
        start -= 1
    apart = next((p for p in range(max(start, 1), len(rows)) if numbers[p] > numbers[p - 1] + 1), 0)
    records = [row for position, row in enumerate(rows[:apart]) if position not in kinds]
    if not records or any(map(_is_single, records)):
        return []
    inside = [area for area in merged if area.bottom >= numbers[apart]]
    alone = {first_filled(rows[position]) for position in range(apart, len(rows))}
    patterns = {c: {_pattern(cell_at(record, c)) for record in records} for c in alone}
    return [
        position
        for position in range(apart, len(rows))
        if position not in kinds
        and not any(area.top < numbers[position] <= area.bottom for area in inside)
        and not _is_like_those(rows[position], patterns)
    ]


def _is_like_those(row: Row, patterns: Mapping[int, set[str]]) -> bool:
    column = first_filled(row)
    return _pattern(row[column]) in patterns[column]


def _pattern(cell: object) -> str:
    """Return what kinds of characters a cell has: A-017 is a-9."""
    return "".join(kind for kind, _ in groupby(map(_character_kind, cell_text(cell) or "")))


def _character_kind(character: str) -> str:
    if character.isdigit():
        return "9"
    if not character.isalpha():
        return character
    return "a" if character.isascii() else "字"
