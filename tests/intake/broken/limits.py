"""Files that would fill or stop a machine: refused before they do."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kamlab.intake.sources.limits import (
    ALWAYS_UNPACKED,
    LARGEST_TEXT,
    LARGEST_WORKBOOK,
    MEGABYTE,
    MOST_PARTS,
)
from tests.intake.broken.builders import SHEET, Broken, bare_workbook, csv_folder, zipped

FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>account_id</t></is></c></row>'
SECOND = '<row r="2"><c r="A2" t="inlineStr"><is><t>A-1</t></is></c>{more}</row>'
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>&h;</t></is></c></row></sheetData></worksheet>"""
THEFT = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>&secret;</t></is></c></row></sheetData></worksheet>"""


def bomb(place: Path) -> Path:
    """A workbook of a few hundred kilobytes that unpacks to more than a laptop should be asked."""
    path = place / "crm.xlsx"
    zeros = bytes(MEGABYTE)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(ALWAYS_UNPACKED // MEGABYTE + 1):
                part.write(zeros)
    return path


def sparse(name: str, size: int):
    """Return a builder of a file that says that it is large, and takes no room on the disk."""

    def build(place: Path) -> Path:
        with (place / name).open("wb") as file:
            file.truncate(size)
        return place / name

    return build


BROKEN = {
    "archive that unpacks without end": Broken(
        bomb,
        ["crm.xlsx would unpack to 257 MB", "was not opened", "into a new workbook"],
        ["crm.xlsx」は展開すると257MB", "新しいブックに写して"],
    ),
    "archive of too many parts": Broken(
        zipped({f"xl/{number}.xml": "" for number in range(MOST_PARTS + 1)}),
        ["crm.xlsx", "in 10,001 parts", "was not opened"],
        ["crm.xlsx", "10,001個の部品", "開きませんでした"],
    ),
    "workbook larger than any": Broken(
        sparse("crm.xlsx", LARGEST_WORKBOOK + MEGABYTE),
        ["crm.xlsx has 257 MB; kamlab reads up to 256 MB", "Split it"],
        ["crm.xlsx」は257MB", "ファイルを分けるか"],
    ),
    "text file larger than any": Broken(
        sparse("accounts.csv", LARGEST_TEXT + MEGABYTE),
        ["accounts.csv has 1,025 MB; kamlab reads up to 1,024 MB", "Split it"],
        ["accounts.csv」は1,025MB", "ファイルを分けるか"],
    ),
    "entities within entities": Broken(
        bare_workbook(sheet=LAUGHS),
        ["crm.xlsx holds XML with a document type", "Save it again from Excel"],
        ["crm.xlsx", "文書型", "Excelで保存し直して"],
    ),
    "entity that reads another file": Broken(
        bare_workbook(sheet=THEFT),
        ["crm.xlsx holds XML with a document type", "Save it again from Excel"],
        ["crm.xlsx", "文書型", "Excelで保存し直して"],
    ),
    "stray cell in the last corner": Broken(
        bare_workbook(
            FIRST + SECOND.format(more="") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        ["table accounts", "row 1048576", "Column XFD"],
        ["1048576行目", "XFD列"],
    ),
    "cell beyond the sheet": Broken(
        bare_workbook(
            FIRST + SECOND.format(more="") + '<row r="99999999"><c r="A99999999"><v>1</v></c></row>'
        ),
        ["table accounts: The sheet is damaged", "let Excel repair it"],
        ["表「accounts」：シートが壊れている", "修復し"],
    ),
    "column beyond the sheet": Broken(
        bare_workbook(FIRST + SECOND.format(more='<c r="XFE2"><v>1</v></c>')),
        ["table accounts: The sheet is damaged", "let Excel repair it"],
        ["表「accounts」：シートが壊れている", "修復し"],
    ),
    "whole sheet merged": Broken(
        bare_workbook(
            sheet=SHEET.format(rows=FIRST).replace(
                "</worksheet>",
                '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>',
            )
        ),
        ["table accounts: There are headings but no rows", "Add at least one row"],
        ["表「accounts」：見出しはありますが", "1行以上のデータ"],
    ),
    "field without end": Broken(
        csv_folder(accounts="account_id,name\nA-1," + "x" * (2 * MEGABYTE) + "\n"),
        ["table accounts, row 2", "more than 131,072 characters", "quotation mark"],
        ["2行目", "131,072文字を超える", "引用符"],
    ),
}
