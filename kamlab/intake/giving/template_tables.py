"""The sheets of the template that are filled in: one a table, headings in row 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kamlab.accounts.cells.convert import EXACT_BELOW
from kamlab.accounts.spec import Column, Table
from kamlab.accounts.tables import SETTINGS, allowed
from kamlab.foundation.language import say
from kamlab.intake.giving import look

ROWS = 20_000
"""Rows that drop-downs and checks reach; a table may be longer, without them."""

LAST_SHOWN = "share_of_wallet"
"""The column of the customers after which columns are folded away: ratings and summaries, which
few have at first. The plus sign above the sheet unfolds them."""

FORMATS = {
    "id": "@",
    "text": "@",
    "category": "@",
    "boolean": "@",
    "integer": "0",
    "date": "yyyy-mm-dd",
    "money": "#,##0.##",
    "share": "0.00",
}
"""Excel formats: as text, ids keep leading zeros and 1-2 does not become a day."""

WIDEST, NARROWEST = 26, 11
LOWEST = -EXACT_BELOW
FIRST_DAY = 61
"""1 March 1900 as Excel counts days; before it, its calendar is wrong by one."""

Choices = Mapping[str, str]
"""The range of cells that holds the words of a column, by column name; yes and no under ""."""


def add_table(book: Workbook, spec: Table, choices: Choices) -> None:
    """Add the sheet of one table."""
    sheet = book.create_sheet(str(spec.label))
    for number, column in enumerate(spec.columns, 1):
        _heading(sheet, number, column)
        _cells(sheet, number, column, choices)
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes = "A2" if spec.name == SETTINGS else "C2"
    _fold(sheet, spec)
    if spec.name == SETTINGS:
        sheet.append([None, "JPY", False])


def explain(column: Column) -> str:
    """Return what belongs in a column, line by line."""
    lines = [
        f"{column.label}  [{column.name}]",
        str(column.meaning),
        str(say("intake.template_allowed", allowed=allowed(column))),
    ]
    if column.unit:
        lines.append(str(say("intake.template_unit", unit=column.unit)))
    need = "required" if column.required else "optional"
    return "\n".join([*lines, str(say(f"intake.template_{need}"))])


def _heading(sheet: Worksheet, number: int, column: Column) -> None:
    cell = sheet.cell(1, number, str(column.label))
    ink, paper = ("FFFFFF", look.DARK) if column.required else ("000000", look.LIGHT)
    cell.font, cell.fill = look.font(bold=column.required, color=ink), look.fill(paper)
    cell.alignment, cell.border = look.CENTRED, look.UNDERLINE
    cell.comment = look.comment(explain(column))


def _cells(sheet: Worksheet, number: int, column: Column, choices: Choices) -> None:
    letter = get_column_letter(number)
    dimension = sheet.column_dimensions[letter]
    dimension.width = min(max(NARROWEST, 2.2 * len(str(column.label))), WIDEST)
    dimension.number_format = FORMATS.get(column.type, "General")
    dimension.font = look.font()
    check = _check(column, choices)
    if check is not None:
        check.errorTitle = str(say("intake.template_error"))
        check.allow_blank = True
        check.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.add_data_validation(check)


def _check(column: Column, choices: Choices) -> DataValidation | None:
    """Return what Excel is to check when a cell is filled in."""
    if column.values or column.type == "boolean":
        words = choices[column.name if column.values else ""]
        error = str(say("intake.template_choose"))
        return DataValidation(type="list", formula1=words, error=error)
    error = str(say("intake.template_allowed", allowed=allowed(column)))
    if column.type == "date":
        return DataValidation("date", str(FIRST_DAY), operator="greaterThanOrEqual", error=error)
    if column.type in ("id", "text"):
        return None
    kind: Literal["whole", "decimal"] = "whole" if column.type == "integer" else "decimal"
    low = LOWEST if column.minimum is None else column.minimum
    high = EXACT_BELOW if column.maximum is None else column.maximum
    return DataValidation(kind, f"{low:g}", f"{high:g}", operator="between", error=error)


def _fold(sheet: Worksheet, spec: Table) -> None:
    names = [column.name for column in spec.columns]
    if LAST_SHOWN not in names:
        return
    for number in range(names.index(LAST_SHOWN) + 2, len(names) + 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.outlineLevel, dimension.hidden = 1, True
    sheet.column_dimensions[get_column_letter(len(names) + 1)].collapsed = True
