"""What makes broken inputs: small files, each with one thing wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

Build = Callable[[Path], Path]

NO_FILE = "no file"
"""In place of a mapping's content: the mapping is named but not there."""

GOOD = "account_id\nA-1\nA-2\n"
SURVEY = "account_id,respondent_id,wave,answered_on"
PERIODS = "account_id,period,start,end"
ORDERS = "order_id,account_id,ordered_on"
CONTACTS = "contact_id,account_id"
LOG = "interaction_id,account_id,occurred_on"

OPEN_XML = "http://schemas.openxmlformats.org"
PARTS = "application/vnd.openxmlformats"
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="{OPEN_XML}/package/2006/content-types">
<Default Extension="rels" ContentType="{PARTS}-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="{PARTS}-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="{PARTS}-officedocument.spreadsheetml.worksheet+xml"/>
</Types>"""
RELS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="{target}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>
</Relationships>"""
BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="accounts" sheetId="1" r:id="rId1"/></sheets></workbook>"""
SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""


@dataclass(frozen=True)
class Broken:
    """An input, and what its message must say.

    Parameters
    ----------
    build : function of Path
        Puts the input into an empty folder, and returns its path.
    english, japanese : sequence of str
        Parts of the message: the place and the remedy among them.
    mapping : str, bytes or None
        The content of the mapping with which it is read, or `NO_FILE`; None for none.
    """

    build: Build
    english: Iterable[str]
    japanese: Iterable[str]
    mapping: str | bytes | None = None


def csv_folder(**tables: str | bytes | None) -> Build:
    """Return a builder of a folder with these files; bytes are written as they are."""

    def build(place: Path) -> Path:
        for name, content in {"accounts": GOOD, **tables}.items():
            content = content.encode() if isinstance(content, str) else content
            if content is not None:
                place.joinpath(f"{name}.csv").write_bytes(content)
        return place

    return build


def file(name: str, content: bytes | str = b"") -> Build:
    """Return a builder of one file."""

    def build(place: Path) -> Path:
        path = place / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return build


def in_folder(name: str, content: bytes | str = b"") -> Build:
    """Return a builder of a folder with one file."""

    def build(place: Path) -> Path:
        return file(name, content)(place).parent

    return build


def workbook(**sheets: Iterable[Iterable[object]]) -> Build:
    """Return a builder of a workbook with these sheets."""

    def build(place: Path) -> Path:
        book = Workbook()
        book.remove(book.active)
        for name, rows in {"accounts": [["account_id"], ["A-1"]], **sheets}.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        book.save(place / "crm.xlsx")
        return place / "crm.xlsx"

    return build


def changed_workbook(change: Callable[[Workbook], None]) -> Build:
    """Return a builder of a workbook that is changed with openpyxl before it is saved."""

    def build(place: Path) -> Path:
        book = Workbook()
        book.active.title = "accounts"
        change(book)
        book.save(place / "crm.xlsx")
        return place / "crm.xlsx"

    return build


def zipped(members: Mapping[str, bytes | str], name: str = "crm.xlsx") -> Build:
    """Return a builder of a zip archive."""

    def build(place: Path) -> Path:
        with zipfile.ZipFile(place / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return place / name

    return build


def bare_workbook(rows: str = "", **members: bytes | str) -> Build:
    """Return a builder of a workbook of bare XML, of which members may be replaced."""
    sheet = members.pop("sheet", SHEET.format(rows=rows))
    book = members.pop("book", BOOK)
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": RELS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped({**parts, **members})


def accounts(column: str, *cells: str) -> Build:
    """Return a builder of accounts with one more column."""
    lines = [f"A-{number},{cell}" for number, cell in enumerate(cells, 1)]
    return csv_folder(accounts="\n".join([f"account_id,{column}", *lines]))


def order(column: str, *cells: str) -> Build:
    """Return a builder of orders with one more column."""
    lines = [f"{number},A-1,2026-04-01,{cell}" for number, cell in enumerate(cells, 1)]
    return csv_folder(transactions="\n".join([f"{ORDERS},{column}", *lines]))


def answered_on(cell: str) -> Build:
    """Return a builder of a survey with one answer on this day."""
    return csv_folder(survey=f'{SURVEY}\nA-1,R-1,1,"{cell}"\n')
