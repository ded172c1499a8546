"""The sheets of the template that explain: where to start, every column, every choice."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname

from kamlab.accounts.spec import Column
from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.language import say
from kamlab.intake.giving import look
from kamlab.intake.giving.data_dictionary import data_dictionary

STEPS = 5
DICTIONARY_WIDTHS = (13, 26, 24, 11, 8, 20, 44, 62, 24)


def add_start(book: Workbook) -> None:
    """Say in five lines what to do."""
    sheet = book.create_sheet(str(say("intake.template_start")))
    sheet.sheet_view.showGridLines = False
    look.set_widths(sheet, [4, 110])
    sheet["B1"] = str(say("intake.template_title"))
    sheet["B1"].font = look.font(bold=True, size=16)
    for number in range(1, STEPS + 1):
        sheet.cell(number + 2, 1, number).font = look.font(bold=True)
        step = sheet.cell(number + 2, 2, str(say(f"intake.template_step_{number}")))
        step.font, step.alignment = look.font(), look.WRAPPED
        sheet.cell(number + 2, 1).alignment = look.WRAPPED
        sheet.row_dimensions[number + 2].height = 38


def add_choices(book: Workbook) -> dict[str, str]:
    """Write the words of every category, one column each, and return where they are."""
    sheet = book.create_sheet(str(say("intake.template_choices")))
    yes_no = [str(say("foundation.yes")), str(say("foundation.no"))]
    lists = {"": (str(say("accounts.type_boolean")), yes_no)}
    lists |= {
        column.name: (str(column.label), [str(word) for word in column.values.values()])
        for column in _columns()
        if column.values
    }
    look.write_headings(sheet, [label for label, _ in lists.values()])
    look.set_widths(sheet, [24.0] * len(lists))
    ranges = {}
    for number, (name, (_, words)) in enumerate(lists.items(), 1):
        for row, word in enumerate(words, 2):
            sheet.cell(row, number, word).font = look.font()
        letter = get_column_letter(number)
        ranges[name] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def add_dictionary(book: Workbook) -> None:
    """Write the data dictionary, with an example for every column."""
    sheet = book.create_sheet(str(say("intake.template_dictionary")))
    look.write_headings(sheet, list(data_dictionary().columns))
    look.set_widths(sheet, DICTIONARY_WIDTHS)
    for row, record in enumerate(data_dictionary().itertuples(index=False), 2):
        sheet.row_dimensions[row].height = look.height_for(record, DICTIONARY_WIDTHS)
        for number, text in enumerate(record, 1):
            cell = sheet.cell(row, number, text)
            cell.font, cell.alignment, cell.border = look.font(), look.WRAPPED, look.UNDERLINE
    sheet.auto_filter.ref = sheet.dimensions


def _columns() -> list[Column]:
    return [column for name in TABLES for column in table(name).columns]
