"""Sheets whose headings or records are not where a table has them."""

from __future__ import annotations

from openpyxl import Workbook

from tests.intake.broken.builders import SURVEY, Broken, changed_workbook, csv_folder, workbook

MISSING = [
    "table accounts, column account_id: The compulsory column account_id is missing",
    "give the right one the heading account_id (or Account ID)",
]
MISSING_JA = [
    "表「accounts」、列「account_id」",
    "該当する列の見出しを account_id または「顧客ID」",
]
PAGE = [["注意事項のページ", number] for number in range(60)]


def only_pictures(book: Workbook) -> None:
    """A sheet that has a title in merged cells, and nothing else."""
    sheet = book.active
    sheet["A1"] = "顧客一覧は別紙のとおり"
    sheet.merge_cells("A1:F1")


def group_twice(book: Workbook) -> None:
    """Two groups of headings with one name, so that no heading is unlike the other."""
    sheet = book.active
    sheet.append(["account_id", "評価", None])
    sheet.append([None, "employees", "employees"])
    sheet.append(["A-1", 5, 6])
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")


def merged_identifier(book: Workbook) -> None:
    """One identifier merged over the rows of two customers."""
    sheet = book.active
    sheet.append(["account_id", "name", "employees"])
    sheet.append(["A-1", "x", 5])
    sheet.append([None, "y", 6])
    sheet.merge_cells("A2:A3")


MAPPING_ROW_5 = """currency = "JPY"
[[sheet]]
name = "accounts"
table = "accounts"
header_row = 5
[sheet.columns]
"account_id" = "account_id"
"""

BROKEN = {
    "headings below everything": Broken(
        workbook(accounts=[*PAGE, ["account_id", "name"], ["A-1", "x"]]), MISSING, MISSING_JA
    ),
    "nothing but a title": Broken(
        changed_workbook(only_pictures),
        [*MISSING, "There are headings but no rows"],
        [*MISSING_JA, "データの行がありません"],
    ),
    "no headings, records at once": Broken(
        csv_folder(accounts="A-1,山田商店,120\nA-2,佐藤商店,80\n"), MISSING, MISSING_JA
    ),
    "turned on its side": Broken(
        csv_folder(
            accounts="account_id,A-1,A-2\nemployees,120,80\n",
            survey=f"{SURVEY}\nA-1,R-1,1,2026-04-01\n",
        ),
        ["table survey, column account_id, row 2: The table accounts has no 'A-1'"],
        ["表「survey」、列「account_id」、2行目", "「A-1」は表「accounts」にありません"],
    ),
    "nothing but totals": Broken(
        workbook(accounts=[["account_id", "name", "employees"], ["合計", None, 200]]),
        ["table accounts", "headings but no rows"],
        ["データの行がありません"],
    ),
    "group of headings twice": Broken(
        changed_workbook(group_twice),
        ["mean the same column", "Keep one of them"],
        ["同じ列を指しています"],
    ),
    "identifier merged over two customers": Broken(
        changed_workbook(merged_identifier),
        ["table accounts", "row 3: account_id A-1 stands in row 2 already"],
        ["3行目", "account_id A-1 は2行目にもあります"],
    ),
    "headings said to stand in an empty row": Broken(
        workbook(accounts=[["account_id"], ["A-1"]]),
        ["table accounts, row 5: Nothing stands in this row", "Correct header_row in the mapping"],
        ["5行目：見出しの行とされています", "header_row を正しい行に直す"],
        mapping=MAPPING_ROW_5,
    ),
    "headings said to stand among the records": Broken(
        workbook(accounts=[["account_id"], ["A-1"], ["A-2"], ["A-3"], ["A-4"], ["A-5"]]),
        ["table accounts, row 5", "where the mapping says that the headings stand", "A-4"],
        ["5行目", "対応表で見出しの行とされた5行目", "A-4"],
        mapping=MAPPING_ROW_5,
    ),
}
