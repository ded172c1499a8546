"""Write plain tables as an Excel workbook, part by part.

openpyxl makes an object and an XML element of every cell; a company of twenty thousand customers
has ten million. Here a cell is a piece of text, made once for every different value.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.findings import FIRST_ROW
from kamlab.intake.giving.each_value import of_each
from kamlab.intake.giving.escaping import guard, to_workbook

FIRST_EXCEL_DAY = datetime(1900, 3, 1)
"""Before it, Excel's calendar is wrong by a day; such dates are written as text."""

ROWS_AT_ONCE = 10_000
"""Rows put together in memory before they are packed."""

PACKING = 2
"""Of zlib's nine levels; the usual sixth takes four times as long to save a quarter."""

Sheets = Mapping[str, tuple[Sequence[str], pd.DataFrame]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_DAY, _MOMENT = 1, 2
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd h:mm:ss"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def write_sheets(sheets: Sheets, path: Path) -> None:
    """Write tables, one a sheet: numbers as numbers, days as days, text that runs no formula.

    Parameters
    ----------
    sheets : mapping of str to (headings, DataFrame)
        By the name of the sheet; missing cells stay empty.
    path : Path
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as package:
        for name, content in _shell(list(sheets)).items():
            package.writestr(name, content)
        for number, (headings, frame) in enumerate(sheets.values(), 1):
            part = zipfile.Path(package, f"xl/worksheets/sheet{number}.xml")
            with part.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(_sheet(headings, frame))


def _sheet(headings: Sequence[str], frame: pd.DataFrame) -> Iterator[str]:
    letters = [get_column_letter(number) for number in range(1, len(headings) + 1)]
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
    yield _row(1, letters, [_text(heading) for heading in headings])
    for start in range(0, len(frame), ROWS_AT_ONCE):
        some = frame.iloc[start : start + ROWS_AT_ONCE]
        columns = [_cells(some.iloc[:, at]) for at in range(some.shape[1])]
        rows = enumerate(zip(*columns, strict=True), FIRST_ROW + start)
        yield "".join([_row(number, letters, cells) for number, cells in rows])
    yield "</sheetData></worksheet>"


def _row(number: int, letters: Sequence[str], cells: Sequence[str]) -> str:
    filled = [
        f'<c r="{letter}{number}"{cell}'
        for letter, cell in zip(letters, cells, strict=True)
        if cell
    ]
    return f'<row r="{number}">{"".join(filled)}</row>'


def _cells(cells: pd.Series) -> NDArray[np.object_]:
    """Return each cell from behind its address on, "" where it is empty."""
    return of_each(cells, _cell, missing="")


def _cell(value: object) -> str:
    if isinstance(value, str):
        return _text(guard(value))
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        return f"><v>{value}</v></c>"
    if isinstance(value, float) and np.isfinite(value):
        return f"><v>{cell_text(value)}</v></c>"
    if isinstance(value, date):
        return _date(pd.Timestamp(value))
    return _text(guard(cell_text(value) or ""))


def _date(moment: pd.Timestamp) -> str:
    day = moment.to_pydatetime(warn=False)
    if moment.tzinfo is not None or day < FIRST_EXCEL_DAY or moment != moment.floor("s"):
        return _text(cell_text(day) or "")
    serial = to_excel(day)  # type: ignore[no-untyped-call]
    style = _DAY if moment == moment.floor("D") else _MOMENT
    return f' s="{style}"><v>{serial}</v></c>'


def _text(text: str) -> str:
    kept = escape(to_workbook(text))
    return f' t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'


def _shell(names: Sequence[str]) -> dict[str, str]:
    """Return every part that is no sheet."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{_KIND}.worksheet+xml"/>'
        for number in numbers
    )
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{types}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_RELATIONS}">{relations}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
    }
