"""Workbooks: sheets, formulas, cells that Excel typed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tests.intake.broken.builders import PERIODS, SURVEY, Broken, bare_workbook, workbook

BROKEN = {
    "empty sheet": Broken(
        workbook(survey=[]),
        ["table survey", "nothing in it", "Export it again, or take it out"],
        ["表「survey」", "中身がありません"],
    ),
    "sheets of the same table": Broken(
        workbook(顧客一覧=[["顧客ID"], ["A-2"]]),
        ["accounts, 顧客一覧 are all the table accounts", "Keep one of them"],
        ["accounts、顧客一覧", "1つだけ残す"],
    ),
    "no sheet that is a table": Broken(
        bare_workbook(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>hello</t></is></c></row>',
            book="""<?xml version="1.0"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="表紙" sheetId="1" r:id="rId1"/></sheets></workbook>""",
        ),
        ["compulsory table accounts is missing; found: 表紙"],
        ["必須の表「accounts」がありません", "表紙"],
    ),
    "formula without result": Broken(
        workbook(
            accounts=[["account_id"], ["A-1"]],
            注文=[
                ["注文番号", "顧客ID", "注文日", "金額"],
                ["1", "A-1", "2026-04-01", 5],
                ["2", "A-1", "2026-04-01", "=2*3"],
                ["3", "A-1", "2026-04-01", "=2*4"],
            ],
        ),
        [
            "table 注文 (transactions), column 金額, row 3: The cell holds a formula without",
            "in the sheet: 2)",
            "Open the workbook in Excel, save it, and try again",
        ],
        ["列「金額」、3行目", "計算結果が保存されていません", "Excelで開いて保存し"],
    ),
    "formula without heading or result": Broken(
        workbook(accounts=[["account_id"], ["A-1", None, "=A1"]]),
        ["column C, row 2: The cell holds a formula without a result"],
        ["列「C」、2行目"],
    ),
    "heading that is a formula without result": Broken(
        workbook(accounts=[["account_id", "name", '="emp"&"loyees"'], ["A-1", "x", 5]]),
        ["table accounts, column C, row 1: The cell holds a formula without a result"],
        ["表「accounts」、列「C」、1行目", "計算結果が保存されていません"],
    ),
    "no heading in a workbook": Broken(
        workbook(accounts=[["account_id", None, "name"], ["A-1", "?", "x"]]),
        ["row 2", "Column B", "Write a heading"],
        ["B列"],
    ),
    "formula that failed": Broken(
        workbook(accounts=[["account_id", "employees"], ["A-1", "#DIV/0!"]]),
        ["column employees, row 2", "'#DIV/0!' is an error of a spreadsheet formula"],
        ["列「employees」、2行目", "数式を直す"],
    ),
    "identifier that Excel rounded": Broken(
        workbook(accounts=[["account_id"], [1.23456789012345e16]]),
        ["column account_id, row 2", "shortened", "formatted as text"],
        ["列「account_id」、2行目", "「文字列」"],
    ),
    "zeros that Excel took off": Broken(
        workbook(
            accounts=[["account_id"], ["000017"]],
            survey=[SURVEY.split(","), [17, "R-1", 1, "2026-04-01"]],
        ),
        ["column account_id, row 2: The table accounts has no '17'", "did you mean '000017'?"],
        ["列「account_id」、2行目", "「17」は表「accounts」にありません（「000017」の誤り"],
    ),
    "day in a column of counts": Broken(
        workbook(accounts=[["account_id", "employees"], ["A-1", datetime(2026, 4, 1)]]),
        ["column employees, row 2", "'2026-04-01' is not a whole number"],
        ["列「employees」、2行目", "「2026-04-01」は整数ではありません"],
    ),
    "time of day in a column of dates": Broken(
        workbook(survey=[SURVEY.split(","), ["A-1", "R-1", 1, time(9, 30)]]),
        ["column answered_on, row 2", "is not a date"],
        ["列「answered_on」、2行目", "日付ではありません"],
    ),
    "length of time in a column of dates": Broken(
        workbook(survey=[SURVEY.split(","), ["A-1", "R-1", 1, timedelta(hours=30)]]),
        ["column answered_on, row 2"],
        ["列「answered_on」、2行目"],
    ),
    "number that is no count of days": Broken(
        workbook(survey=[SURVEY.split(","), ["A-1", "R-1", 1, 46]]),
        ["column answered_on, row 2: '46' is a number", "Excel's count of days"],
        ["列「answered_on」、2行目", "シリアル値"],
    ),
    "yes in a column of money": Broken(
        workbook(
            periods=[[*PERIODS.split(","), "revenue"], ["A-1", 1, "2026-04-01", "2027-03-31", True]]
        ),
        ["column revenue, row 2: 'TRUE' is not a number"],
        ["列「revenue」、2行目", "「TRUE」は数値ではありません"],
    ),
}
