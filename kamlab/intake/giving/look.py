"""How the workbooks that kamlab gives look: few colours, and never colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kamlab.foundation.language import current_language

AUTHOR = "kamlab"
FONTS = {"en": "Calibri", "ja": "Yu Gothic"}
DARK, LIGHT, PALE = "1F3864", "DCE6F1", "F2F2F2"
DOUBT, FAULT = "FFF2CC", "F8CBAD"

COMMENT_WIDTH = 340
"""Points; wide enough for a sentence a line or two."""
CHARACTERS_A_LINE = {"en": 52, "ja": 26}
POINTS_A_LINE = 17


def font(*, bold: bool = False, color: str = "000000", size: int = 11) -> Font:
    """Return the font of the current language."""
    return Font(name=FONTS[current_language()], bold=bold, color=color, size=size)


def fill(color: str) -> PatternFill:
    """Return a plain fill."""
    return PatternFill("solid", start_color=color, end_color=color)


WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(wrap_text=True, vertical="center")
UNDERLINE = Border(bottom=Side(style="thin", color="BFBFBF"))


def comment(text: str) -> Comment:
    """Return a comment that is large enough for its text."""
    width = CHARACTERS_A_LINE[current_language()]
    lines = sum(1 + len(line) // width for line in text.split("\n"))
    return Comment(text, AUTHOR, width=COMMENT_WIDTH, height=POINTS_A_LINE * (lines + 1))


def write_headings(sheet: Worksheet, headings: Sequence[str]) -> None:
    """Write dark headings into row 1 and keep them in sight."""
    for number, heading in enumerate(headings, 1):
        cell = sheet.cell(1, number)
        cell.value = heading
        cell.font, cell.fill = font(bold=True, color="FFFFFF"), fill(DARK)
        cell.alignment = CENTRED
    sheet.freeze_panes = "A2"


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Set the widths of the first columns, in characters."""
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def height_for(texts: Iterable[str], widths: Iterable[float]) -> float:
    """Return the height of a row whose cells wrap; a full-width character takes two places."""
    lines = [
        -(-sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text) // int(width))
        for text, width in zip(texts, widths, strict=True)
    ]
    return POINTS_A_LINE * max([1, *lines])


def fit_to_page(sheet: Worksheet) -> None:
    """Print a sheet across, as wide as the page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
