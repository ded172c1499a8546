"""Paths that hold no export, and files that are not what their name says."""

from __future__ import annotations

import os
from pathlib import Path

from tests.intake.broken.builders import GOOD, Broken, bare_workbook, file, in_folder, zipped

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
NOTHING = ["The folder", "has no files that kamlab reads", "Put in at least accounts.csv"]
NOTHING_JA = ["フォルダー", "読み込めるファイル", "少なくとも accounts.csv を入れて"]
NO_KIND = ["is of no kind that kamlab reads", "Give an Excel workbook (.xlsx, .xlsm)"]
NO_KIND_JA = ["読み込める形式ではありません", "Excelブック（.xlsx、.xlsm）"]


def nowhere(place: Path) -> Path:
    return place / "crm.xlsx"


def empty_folder(place: Path) -> Path:
    return place


def pipe(place: Path) -> Path:
    os.mkfifo(place / "crm.csv")
    return place / "crm.csv"


def circle(place: Path) -> Path:
    """A folder that holds nothing but a link to itself."""
    (place / "again").symlink_to(place, target_is_directory=True)
    return place


def link_to_itself(place: Path) -> Path:
    (place / "crm.xlsx").symlink_to(place / "crm.xlsx")
    return place / "crm.xlsx"


BROKEN = {
    "no such file": Broken(
        nowhere,
        ["no file or folder", "crm.xlsx", "Check the spelling"],
        ["ありません", "つづり"],
    ),
    "empty folder": Broken(empty_folder, NOTHING, NOTHING_JA),
    "folder with nothing readable": Broken(in_folder("report.docx", b"PK"), NOTHING, NOTHING_JA),
    "folder with a lock file only": Broken(in_folder("~$crm.xlsx", b"\0"), NOTHING, NOTHING_JA),
    "folder that links to itself": Broken(circle, NOTHING, NOTHING_JA),
    "link to itself": Broken(
        link_to_itself,
        ["crm.xlsx cannot be opened: Too many levels"],
        ["crm.xlsx」を開けません（Too many levels"],
    ),
    "unknown ending": Broken(
        file("crm.json", b"{}"), ["crm.json", *NO_KIND], ["crm.json", *NO_KIND_JA]
    ),
    "portable document": Broken(
        file("crm.pdf", b"%PDF-1.7"), ["crm.pdf", *NO_KIND], ["crm.pdf", *NO_KIND_JA]
    ),
    "document of another program": Broken(
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "crm.ods"),
        ["crm.ods", *NO_KIND],
        ["crm.ods", *NO_KIND_JA],
    ),
    "pipe": Broken(
        pipe,
        ["crm.csv is no ordinary file", "Copy its content into a file"],
        ["crm.csv」は通常のファイルではありません", "ファイルに保存し"],
    ),
    "empty workbook": Broken(
        file("crm.xlsx"), ["empty (0 bytes)", "Save the workbook again"], ["保存し直し"]
    ),
    "old workbook": Broken(
        file("crm.xls", OLE + b"\0" * 600),
        ["old Excel format", "save it as Excel workbook (.xlsx)"],
        ["古いExcel形式", "Excelブック（.xlsx）"],
    ),
    "old workbook with a new name": Broken(
        file("crm.xlsx", OLE + b"\0" * 600),
        ["crm.xlsx", "old Excel format", "save it as Excel workbook (.xlsx)"],
        ["crm.xlsx", "古いExcel形式"],
    ),
    "old workbook in a folder": Broken(
        in_folder("accounts.xls", OLE + b"\0" * 600),
        ["accounts.xls", "old Excel format", "save it as Excel workbook (.xlsx)"],
        ["accounts.xls", "古いExcel形式"],
    ),
    "password": Broken(
        file("crm.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
        ["protected by a password", "take the password off"],
        ["パスワードを解除"],
    ),
    "web page named as a workbook": Broken(
        file("crm.xlsx", b"<html><table></table></html>"),
        ["not an Excel workbook", "Save it again from Excel"],
        ["Excelブックではない"],
    ),
    "archive without workbook": Broken(
        zipped({"notes.txt": "no workbook"}), ["not an Excel workbook"], ["壊れています"]
    ),
    "workbook cut off": Broken(
        file("crm.xlsx", b"PK\x03\x04" + b"\0" * 400), ["not an Excel workbook"], ["壊れています"]
    ),
    "workbook whose sheet is not XML": Broken(
        bare_workbook(sheet="<worksheet><sheetData><row>"),
        ["table accounts: The sheet is damaged", "let Excel repair it"],
        ["表「accounts」：シートが壊れている", "修復し"],
    ),
    "workbook that names a sheet it lacks": Broken(
        bare_workbook(**{"xl/worksheets/sheet1.xml": ""}),
        ["table accounts: The sheet is damaged", "let Excel repair it"],
        ["表「accounts」：シートが壊れている", "修復し"],
    ),
    "workbook named as text": Broken(
        file("accounts.csv", b"PK\x03\x04" + b"\0" * 60),
        ["table accounts: The file has the name of a text file", "the ending .xlsx"],
        ["表「accounts」：名前はテキストファイル", "拡張子を .xlsx に変え"],
    ),
    "text named as Parquet": Broken(
        file("accounts.parquet", GOOD),
        ["table accounts: It is damaged, is not of the kind that its name says", "Write it again"],
        ["表「accounts」：壊れているか、拡張子と中身が異なる", "書き出し直して"],
    ),
    "text named as a database": Broken(
        file("crm.duckdb", GOOD),
        ["crm.duckdb is not a DuckDB database", "into one folder"],
        ["crm.duckdb」はDuckDBのデータベースではない", "1つのフォルダーに書き出し"],
    ),
    "empty database": Broken(
        file("crm.duckdb"),
        ["crm.duckdb is not a DuckDB database", "into one folder"],
        ["crm.duckdb」はDuckDBのデータベースではない", "1つのフォルダーに書き出し"],
    ),
}
