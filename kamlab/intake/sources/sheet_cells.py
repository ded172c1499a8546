"""Read the cells of a worksheet: values, results of formulas, merged areas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import from_excel, from_ISO8601

from kamlab.intake.giving.escaping import from_workbook
from kamlab.intake.sources.grid import Area, Grid, Row, is_filled
from kamlab.intake.sources.limits import EXCEL_COLUMNS, EXCEL_ROWS, check_cells
from kamlab.intake.sources.package import Package, TextCollector
from kamlab.intake.sources.styles import Styles
from kamlab.intake.sources.xml_parts import read_events

TEXT_OF_CELL = ("v", "t")


def read_cells(package: Package, part: str) -> Grid:
    """Read a worksheet.

    Parameters
    ----------
    package : Package
    part : str
        Name of the worksheet's part.

    Returns
    -------
    Grid
        Of formulas the results that were stored with them. Sheets without cell references,
        row numbers or dimensions, as some programs write them, are read as well.

    Raises
    ------
    UnreadableSheet
        If it has too many cells.
    ValueError, BadZipFile, ...
        Those of `package.DAMAGES`, if it is damaged.
    """
    reader = _SheetReader(_converters(package), package.styles)
    with package.open(part) as stream:
        read_events(stream, reader.start, reader.end, reader.text)
    rows = {n: row for n, row in sorted(reader.rows.items()) if any(map(is_filled, row))}
    merged, uncomputed = tuple(reader.merged), tuple(reader.uncomputed)
    shown = {column: tuple(sorted(words)) for column, words in reader.shown.items()}
    return Grid(
        list(rows),
        list(rows.values()),
        merged,
        uncomputed,
        divided=reader.divided,
        shown=shown,
        hidden=frozenset(reader.hidden),
    )


class _SheetReader:
    """What the events of a worksheet's XML add up to."""

    def __init__(
        self, converters: Mapping[str, Callable[[str, str], object]], styles: Styles
    ) -> None:
        self.rows: dict[int, Row] = {}
        self.merged: list[Area] = []
        self.uncomputed: list[tuple[int, int]] = []
        self.divided: dict[int, int] = {}
        self.shown: dict[int, set[str]] = {}
        self.hidden: set[int] = set()
        self._converters = converters
        self._divided, self._shown = styles.divided, styles.shown
        self._collector = TextCollector()
        self._number = 0
        self._cells: list[object] = []
        self._size = 0
        self._given: Mapping[str, str] = {}
        self._pieces: list[str] = []
        self._collects = self._phonetic = self._formula = self._valued = False

    def start(self, element: str, given: Mapping[str, str]) -> None:
        """Begin an element."""
        if element == "c":
            self._given = given
            self._pieces = []
            self._formula = self._valued = False
        elif element in TEXT_OF_CELL:
            self._collects = not self._phonetic
            self._valued = True
        elif element == "row":
            self._cells = []
            self._number = int(given["r"]) if "r" in given else self._number + 1
            if given.get("hidden") in ("1", "true"):
                self.hidden.add(self._number)
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic = True
        elif element == "mergeCell":
            self.merged.append(_area(given["ref"]))

    def end(self, element: str) -> None:
        """End an element."""
        if element in TEXT_OF_CELL:
            self._collects = False
        elif element == "c":
            self._end_cell()
        elif element == "row":
            self._end_row()
        elif element == "rPh":
            self._phonetic = False

    def text(self, characters: str) -> None:
        """Keep what stands in a cell."""
        if self._collects:
            self._pieces.append(characters)

    def _end_cell(self) -> None:
        given = self._given
        place = given.get("r")
        column = _column(place.rstrip("0123456789")) if place else len(self._cells)
        content = "".join(self._pieces)
        kind = given.get("t", "n")
        if self._formula and not content and not (self._valued and kind == "str"):
            self.uncomputed.append((self._number, column))
        if column >= EXCEL_COLUMNS:
            raise ValueError(place)
        missing = column - len(self._cells)
        if missing > 0:
            self._cells += [None] * missing
        value = self._converters[kind](content, given.get("s", "0")) if content else None
        if missing < 0:
            self._cells[column] = value
        else:
            self._cells.append(value)
        if self._divided and content and given.get("s") in self._divided:
            self.divided[column] = self._divided[given["s"]]
        if self._shown and content and kind == "n" and given.get("s") in self._shown:
            self.shown.setdefault(column, set()).add(self._shown[given["s"]])

    def _end_row(self) -> None:
        if not 0 < self._number <= EXCEL_ROWS or self._number in self.rows:
            raise ValueError(self._number)
        while self._cells and self._cells[-1] is None:
            self._cells.pop()
        if self._cells:
            self._size += len(self._cells)
            check_cells(self._size)
            self.rows[self._number] = self._cells


def _area(ref: str) -> Area:
    first, _, last = ref.partition(":")
    top, left = coordinate_to_tuple(first)
    bottom, right = coordinate_to_tuple(last or first)
    return Area(top, left - 1, bottom, right - 1)


@cache
def _column(letters: str) -> int:
    return coordinate_to_tuple(f"{letters}1")[1] - 1


def _converters(package: Package) -> dict[str, Callable[[str, str], object]]:
    """Return what turns the content of a cell into a value, by the kind of cell."""
    days, epoch = package.styles.days, package.epoch

    @cache
    def day(content: str, style: str) -> object:
        try:
            return from_excel(float(content), epoch, timedelta=days[style])
        except (OverflowError, ValueError):  # a number that only looks like a day
            return _number(content)

    def number(content: str, style: str) -> object:
        return day(content, style) if style in days else _number(content)

    def text(content: str, _: str) -> object:
        return from_workbook(content)

    return {
        "n": number,
        "s": lambda content, _: package.strings[int(content)],
        "str": text,
        "inlineStr": text,
        "e": text,
        "b": lambda content, _: content.strip() in ("1", "true"),
        "d": lambda content, _: from_ISO8601(content),  # type: ignore[no-untyped-call]
    }


def _number(content: str) -> object:
    if content.isdigit() and len(content) < 16:
        return int(content)
    value = float(content)
    if not math.isfinite(value):
        return content
    whole = "." not in content and "e" not in content.casefold()
    return int(content) if whole else value
