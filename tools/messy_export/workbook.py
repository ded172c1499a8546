"""Pages as an Excel workbook that looks like one from an office, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tools.messy_export.page import Cell, Line, Page

FACE = "Yu Gothic"
PLAIN, BOLD = Font(name=FACE, size=10), Font(name=FACE, size=10, bold=True)
TITLE, SMALL = Font(name=FACE, size=14, bold=True), Font(name=FACE, size=9, color="595959")
HEADING_FILL = PatternFill("solid", fgColor="D9E1F2")
SUM_FILL = PatternFill("solid", fgColor="F2F2F2")
HAIR = Side(style="thin", color="BFBFBF")
BOX = Border(left=HAIR, right=HAIR, top=HAIR, bottom=HAIR)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
MIDDLE, TOP = Alignment(vertical="center"), Alignment(vertical="top", wrap_text=True)
AMOUNT, DECIMAL = "#,##0;▲#,##0", "#,##0.0##;▲#,##0.0##"
NARROW, WIDE_ENOUGH, LONGEST = 6.5, 13.0, 34.0
TITLE_SPAN = 10
THEN = datetime(2026, 4, 10, 9, 0)
ZIP_TIME = (2026, 4, 10, 9, 0, 0)


def write_workbook(pages: list[Page], extra: dict[str, list[list[str]]], path: Path) -> None:
    """Write pages, then sheets of bare text of which one is hidden.

    Parameters
    ----------
    pages : list of Page
    extra : dict of str to list of list of str
        By sheet name; a name that begins with "." is hidden, without the dot.
    path : Path
    """
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for page in pages:
        _write_page(book.create_sheet(page.name), page)
    for name, rows in extra.items():
        sheet = book.create_sheet(name.removeprefix("."))
        sheet.sheet_state = "hidden" if name.startswith(".") else "visible"
        for row in rows:
            sheet.append(row)
        sheet.column_dimensions["A"].width = LONGEST
        for cell in sheet["A"]:
            cell.font = PLAIN
    book.properties.creator = "kamlab（模擬データ）"
    book.properties.title = "架空のデータ：kamlab の模擬データから作成"
    book.properties.created = THEN
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(_with_fixed_times(stream.getvalue()))


def _write_page(sheet: Worksheet, page: Page) -> None:
    width = len(page.headings)
    for number, text in enumerate(page.above, 1):
        cell = sheet.cell(number, 1, text or None)
        cell.font = TITLE if number == 1 else SMALL
        if text:
            sheet.merge_cells(
                start_row=number, end_row=number, start_column=1, end_column=min(width, 10)
            )
    _write_headings(sheet, page)
    for row, line in enumerate(page.lines, page.header_row + 1):
        _write_line(sheet, row, line, page.headings)
    if page.merged:
        _merge_equal(sheet, page)
    _set_widths(sheet, page)
    sheet.freeze_panes = sheet.cell(page.header_row + 1, 4 if width > 12 else 1)
    sheet.sheet_view.zoomScale = 90


def _write_headings(sheet: Worksheet, page: Page) -> None:
    row, column = page.header_row, 1
    for at, heading in enumerate(page.headings, 1):
        _head(sheet, row, at, heading)
    for group, span in page.groups:
        for at in range(column, column + span):
            _head(sheet, row - 1, at, None)
        if group:
            sheet.cell(row - 1, column, group)
            sheet.merge_cells(
                start_row=row - 1,
                end_row=row - 1,
                start_column=column,
                end_column=column + span - 1,
            )
        else:
            for at in range(column, column + span):
                sheet.cell(row - 1, at, sheet.cell(row, at).value)
                sheet.cell(row, at).value = None
                _merge(sheet, (row - 1, row), (at, at))
        column += span
    sheet.row_dimensions[row].height = 32


def _merge(sheet: Worksheet, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    sheet.merge_cells(
        start_row=rows[0], end_row=rows[1], start_column=columns[0], end_column=columns[1]
    )


def _head(sheet: Worksheet, row: int, column: int, text: str | None) -> None:
    cell = sheet.cell(row, column, text)
    cell.font, cell.fill, cell.border, cell.alignment = BOLD, HEADING_FILL, BOX, CENTRE


def _write_line(sheet: Worksheet, row: int, line: Line, headings: list[str]) -> None:
    for column, (value, heading) in enumerate(zip(line.cells, headings, strict=True), 1):
        if line.kind == "headings":
            _head(sheet, row, column, str(value))
            continue
        if line.kind in ("note", "blank") and value is None:
            continue
        cell = sheet.cell(row, column, value)  # type: ignore[arg-type]
        cell.font = BOLD if line.kind in ("total", "subtotal") else PLAIN
        cell.alignment = TOP if isinstance(value, str) and "\n" in value else MIDDLE
        if line.kind == "note":
            cell.font = SMALL
            continue
        cell.border = BOX
        cell.number_format = _shown_as(value, money="円）" in heading or "売上" in heading)
        if line.kind in ("total", "subtotal"):
            cell.fill = SUM_FILL
        if value in ("○", "×", "〇", "✕", "有", "無", "未定"):
            cell.alignment = CENTRE


def _shown_as(value: Cell, *, money: bool) -> str:
    if isinstance(value, datetime):
        return "yyyy/m/d h:mm"
    if isinstance(value, date):
        return "yyyy/m/d"
    if isinstance(value, float):
        return DECIMAL
    return AMOUNT if money and isinstance(value, int) else "General"


def _merge_equal(sheet: Worksheet, page: Page) -> None:
    """Merge neighbouring cells of a column that hold the same."""
    column, first = page.at(page.merged) + 1, page.header_row + 1
    last = first + len(page.lines)
    start = first
    for row in range(first + 1, last + 1):
        same = row < last and _may_join(page, start, row)
        if same:
            continue
        if row - 1 > start:
            sheet.merge_cells(
                start_row=start, end_row=row - 1, start_column=column, end_column=column
            )
            sheet.cell(start, column).alignment = CENTRE
        start = row


def _may_join(page: Page, first: int, row: int) -> bool:
    one, other = (page.lines[at - page.header_row - 1] for at in (first, row))
    at = page.at(page.merged)
    return one.kind == other.kind == "record" and one.cells[at] == other.cells[at]


def _set_widths(sheet: Worksheet, page: Page) -> None:
    for at, heading in enumerate(page.headings):
        texts = [_as_seen(line.cells[at]) for line in page.records]
        longest = max([_span(text) for text in texts], default=0)
        wanted = max(longest + 2, min(_span(heading) * 0.6 + 3, WIDE_ENOUGH), NARROW)
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(wanted, LONGEST)


def _as_seen(cell: Cell) -> str:
    return "" if cell is None else str(cell).split("\n")[0]


def _span(text: str) -> float:
    return sum(1.9 if ord(character) > 0x2000 else 1.0 for character in text)


def _with_fixed_times(content: bytes) -> bytes:
    """Write the archive anew with one and the same time everywhere."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            member = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{THEN:%Y-%m-%dT%H:%M:%SZ}".encode()
                member = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, member)
            about = zipfile.ZipInfo(name, date_time=ZIP_TIME)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            new.writestr(about, member)
    return stream.getvalue()
