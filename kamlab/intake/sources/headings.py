"""Find the headings: not always in the first row, and sometimes in several rows together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median

from kamlab.foundation.nearest import fold
from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.grid import Area, Grid, Row, cell_at, is_filled, texts

SEARCHED = 50
"""Filled rows among which the headings are sought: cover pages of exports take up to about 20."""

CHANCE = 1
"""Known headings that a title or a record may hold by chance."""

HEADING_ROWS = 4
"""Rows that headings take at most; cells merged over more are something else."""

_FIGURES = re.compile(r"[\W\d_]*\d[\W\d_]*")


@dataclass(frozen=True)
class Headings:
    """Where the headings stand and what they are.

    Parameters
    ----------
    row : int
        As Excel counts; the last one, if they take several.
    names : mapping of int to str
        By column, from 0; columns without heading are left out.
    repeats : tuple of mapping
        For each row of headings its folded texts by column, as printed pages repeat them.
    """

    row: int
    names: Mapping[int, str]
    repeats: tuple[Mapping[int, str], ...]


def find_headings(grid: Grid, known: Container[str], header_row: int | None) -> Headings:
    """Find the headings of a sheet.

    Parameters
    ----------
    grid : Grid
        With at least one row.
    known : container of str
        Folded headings that are expected. The row with most of them is taken; without any, the
        first row that holds only text, nothing twice, and is as wide as what lies under it.
    header_row : int or None
        The row, where the user has named it.

    Raises
    ------
    UnreadableSheet
        If no row looks like headings, or nothing stands in the row that was named.
    """
    last = header_row or grid.numbers[:SEARCHED][-1]
    merged = [a for a in grid.merged if a.top <= last and is_filled(_value(a, grid))]
    row = header_row or _most_likely(grid, merged, known)
    if not _leaves(row, grid, merged):
        raise UnreadableSheet("no_headings_there", row=row, allowed="headings")
    return _headings(row, grid, merged)


def _headings(row: int, grid: Grid, merged: Sequence[Area]) -> Headings:
    last = _last_row(row, grid, merged)
    rows = [last, *_group_rows(last, merged)]
    names = _names(rows, grid, merged)
    return Headings(last, names, tuple(_folded(grid.row(number)) for number in rows))


def _most_likely(grid: Grid, merged: Sequence[Area], known: Container[str]) -> int:
    """Return the row that is most likely to hold the headings."""
    rows = grid.numbers[:SEARCHED]
    leaves = [list(_leaves(row, grid, merged).values()) for row in rows]
    counts = [sum(word in known for word in set(map(fold, words))) for words in leaves]
    best = counts.index(max(counts))
    if counts[best] > CHANCE:
        return rows[best]
    wide = [position for position in range(len(rows)) if _is_wide(position, leaves)]
    shaped = (p for p in wide if _is_of_words(_headings(rows[p], grid, merged)))
    first = next(shaped, None)
    if first is not None and (not counts[best] or first < best or best not in wide):
        return rows[first]
    if counts[best] or rows[0] == 1:
        return rows[best]
    raise UnreadableSheet("no_headings", allowed="headings")


def _is_wide(position: int, leaves: Sequence[Sequence[str]]) -> bool:
    """Return whether a row has as many cells as is usual under it, and as any above it."""
    widths = [len(words) for words in leaves]
    under, above = widths[position + 1 :], widths[:position]
    return widths[position] >= max([*above, median(under) if under else 0])


def _is_of_words(headings: Headings) -> bool:
    words = list(map(fold, headings.names.values()))
    return len(words) == len(set(words)) and not any(map(_is_figure, words))


def _is_figure(word: str) -> bool:
    return bool(_FIGURES.fullmatch(unicodedata.normalize("NFKC", word)))


def _last_row(row: int, grid: Grid, merged: Sequence[Area]) -> int:
    """Return the last of the rows that the headings take, as their merged cells tell."""
    here = [area for area in merged if area.top <= row <= area.bottom]
    bottom = max([area.bottom for area in here if area.bottom < row + HEADING_ROWS], default=row)
    starts = {area.left for area in here if area.bottom == bottom or area.left < area.right}
    own = [column for column, cell in enumerate(grid.row(row)) if is_filled(cell)]
    return bottom if 2 * len(starts.intersection(own)) >= len(own) else row


def _group_rows(last: int, merged: Sequence[Area]) -> list[int]:
    """Return the rows above the last one of the headings that have merged cells, upwards."""
    above = range(last - 1, last - HEADING_ROWS, -1)
    return list(takewhile(lambda row: any(a.top <= row <= a.bottom for a in merged), above))


def _leaves(row: int, grid: Grid, merged: Sequence[Area]) -> dict[int, str]:
    """Return what stands in a row, and what cells merged down to it hold, by column."""
    upright = {area.left: _value(area, grid) for area in merged if area.top < row <= area.bottom}
    cells = upright | {c: cell for c, cell in enumerate(grid.row(row)) if is_filled(cell)}
    return {c: texts([cells[c]])[0] for c in sorted(cells) if is_filled(cells[c])}


def _lowest(last: int, grid: Grid, merged: Sequence[Area]) -> dict[int, str]:
    """Return the heading of each column without the groups above it.

    Not all of them need reach down to the last row, and a unit may stand under a heading.
    """
    top = min([area.top for area in merged if area.top < last <= area.bottom], default=last)
    wide = {(area.top, area.left) for area in merged if area.right > area.left}
    own: dict[int, list[str]] = {}
    groups: dict[int, list[str]] = {}
    for row in range(top, last + 1):
        for column, cell in enumerate(grid.row(row)):
            if is_filled(cell):
                is_group = (row, column) in wide and row < last
                (groups if is_group else own).setdefault(column, []).extend(texts([cell]))
    return {column: " ".join(words) for column, words in sorted((groups | own).items())}


def _names(rows: Sequence[int], grid: Grid, merged: Sequence[Area]) -> dict[int, str]:
    """Name each column by its leaf heading, with its groups before it where that is not enough."""
    leaves = _lowest(rows[0], grid, merged)
    names = dict(leaves)
    for deep in range(2, len(rows) + 1):
        for column in _repeated(names):
            path = [_over(column, row, grid, merged) for row in reversed(rows[1:deep])]
            names[column] = " ".join(dict.fromkeys([*filter(None, path), leaves[column]]))
    still = _repeated(names)
    return {column: leaves[column] if column in still else name for column, name in names.items()}


def _over(column: int, row: int, grid: Grid, merged: Sequence[Area]) -> str:
    """Return what Excel shows in a cell of a group row."""
    cell = cell_at(grid.row(row), column)
    for area in merged:
        if area.top <= row <= area.bottom and area.left <= column <= area.right:
            cell = _value(area, grid)
    return " ".join(texts([cell]))


def _value(area: Area, grid: Grid) -> object:
    return cell_at(grid.row(area.top), area.left)


def _folded(row: Row) -> dict[int, str]:
    return {column: fold(cell) for column, cell in enumerate(row) if is_filled(cell)}


def _repeated(names: Mapping[int, str]) -> set[int]:
    folded = {column: fold(name) for column, name in names.items()}
    times = Counter(folded.values())
    return {column for column, word in folded.items() if times[word] > 1}
