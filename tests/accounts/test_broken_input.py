"""Broken inputs: each message names the place and the remedy, in both languages."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from kamlab.accounts.company import Company
from kamlab.accounts.read import read_company
from kamlab.accounts.validate import LISTED
from kamlab.foundation.errors import DataError, KamlabError
from kamlab.foundation.language import speaking

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
GOOD = "account_id\nA-1\nA-2\n"
SURVEY = "account_id,respondent_id,wave,answered_on"
PERIODS = "account_id,period,start,end"


def csv_folder(**tables):
    """Return a builder of a folder with these files; bytes are written as they are."""

    def build(place: Path) -> Path:
        for name, content in {"accounts": GOOD, **tables}.items():
            content = content.encode() if isinstance(content, str) else content
            if content is not None:
                place.joinpath(f"{name}.csv").write_bytes(content)
        return place

    return build


def file(name, content=b""):
    def build(place: Path) -> Path:
        path = place / name
        path.write_bytes(content)
        return path

    return build


def workbook(**sheets):
    def build(place: Path) -> Path:
        book = Workbook()
        book.remove(book.active)
        for name, rows in {"accounts": [["account_id"], ["A-1"]], **sheets}.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(place / "crm.xlsx")
        return place / "crm.xlsx"

    return build


def zipped_text(place: Path) -> Path:
    with zipfile.ZipFile(place / "crm.xlsx", "w") as archive:
        archive.writestr("notes.txt", "no workbook")
    return place / "crm.xlsx"


def accounts(column, *cells):
    """Return a builder of accounts with one more column."""
    lines = [f"A-{number},{cell}" for number, cell in enumerate(cells, 1)]
    return csv_folder(accounts="\n".join([f"account_id,{column}", *lines]))


def nowhere(place: Path) -> Path:
    return place / "crm.xlsx"


def empty_folder(place: Path) -> Path:
    return place


BROKEN = {
    "no such file": (
        nowhere,
        ["no file or folder", "crm.xlsx", "Check the spelling"],
        ["ありません", "つづり"],
    ),
    "folder without csv": (
        empty_folder,
        ["no CSV files", "accounts.csv"],
        ["CSVファイルがありません"],
    ),
    "single csv": (
        file("accounts.csv", GOOD.encode()),
        ["neither a folder", "Put the CSV files into one folder"],
        ["1つのフォルダーに入れ"],
    ),
    "empty workbook": (
        file("crm.xlsx"),
        ["empty (0 bytes)", "Save the workbook again"],
        ["保存し直し"],
    ),
    "old workbook": (
        file("crm.xls", OLE + b"\0" * 600),
        ["old Excel format", "save it as Excel workbook (.xlsx)"],
        ["古いExcel形式", "Excelブック（.xlsx）"],
    ),
    "password": (
        file("crm.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
        ["protected by a password", "take the password off"],
        ["パスワードを解除"],
    ),
    "not a workbook": (
        file("crm.xlsx", b"<html></html>"),
        ["not an Excel workbook", "Save it again from Excel"],
        ["Excelブックではない"],
    ),
    "zip without workbook": (zipped_text, ["not an Excel workbook"], ["壊れています"]),
    "empty sheet": (
        workbook(survey=[]),
        ["table survey", "nothing in it", "Export it again, or take it out"],
        ["表「survey」", "中身がありません"],
    ),
    "no accounts": (
        csv_folder(accounts=None, survey=f"{SURVEY}\nA-1,R-1,1,2026-04-01\n"),
        ["compulsory table accounts is missing; found: survey.csv", "Name the customer list"],
        ["必須の表「accounts」がありません", "survey.csv"],
    ),
    "accounts twice": (
        csv_folder(顧客=GOOD),
        ["accounts.csv, 顧客.csv are all the table accounts", "Keep one of them"],
        ["accounts.csv、顧客.csv", "1つだけ残す"],
    ),
    "empty file": (csv_folder(survey=""), ["table survey", "nothing in it"], ["取り除いて"]),
    "headings only": (
        csv_folder(accounts="account_id\n"),
        ["table accounts", "headings but no rows", "Add at least one row"],
        ["データの行がありません"],
    ),
    "headings lower down": (
        csv_folder(accounts=",\nCustomers 2026,\naccount_id,name\nA-1,x\n"),
        ["table accounts, row 1: Row 1 has no headings", "Move the headings to row 1"],
        ["1行目に見出しがありません", "見出しを1行目に移し"],
    ),
    "encoding": (
        csv_folder(accounts="account_id\nA-1\n".encode("utf-16")),
        ["neither UTF-8 nor Shift_JIS", "save as CSV UTF-8"],
        ["文字コード", "CSV UTF-8"],
    ),
    "open quote": (
        csv_folder(accounts='account_id,name\nA-1,x\nA-2,"y\nA-3,z\n'),
        ["table accounts, row 3", "quotation mark is not closed", "double those inside"],
        ["引用符", "3行目"],
    ),
    "short row": (
        csv_folder(顧客="顧客ID,顧客名,業種\n0017,株式会社\n山田,機械\n0018,乙\n", accounts=None),
        [
            "table 顧客.csv (accounts), row 2: The row has 2 of 3 fields",
            "too short: 3)",
            "line break inside a cell",
            "export again with quotation marks",
        ],
        ["2行目", "3項目のうち2項目しかありません（項目が足りない行：3行）", "セルの中の改行"],
    ),
    "line cut off": (
        csv_folder(accounts='account_id,name,industry\nA-1,"x\ny",z\n\nA-2,y'),
        ["table accounts, row 4: The row has 2 of 3 fields", "cut off"],
        ["4行目", "途中で切れた行"],
    ),
    "headings broken in two": (
        csv_folder(accounts="account_id,na\nme\nA-1,x\n"),
        ["row 2: The row has 1 of 2 fields"],
        ["2行目", "2項目のうち1項目"],
    ),
    "damaged UTF-8": (
        csv_folder(accounts="account_id,顧客名\nA-1,株式会社山田\nA-2,乙\n".encode()[:-2]),
        ["table accounts: Line 3 holds a damaged character", "Export the file again"],
        ["3行目（改行で数えた行）", "もう一度書き出して"],
    ),
    "damaged UTF-8 with mark": (
        csv_folder(accounts=b"\xef\xbb\xbfaccount_id,name\nA-1,\x8eR\n"),
        ["Line 2 holds a damaged character"],
        ["2行目（改行で数えた行）"],
    ),
    "formula without result": (
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
    "formula without heading or result": (
        workbook(accounts=[["account_id"], ["A-1", None, "=A1"]]),
        ["column C, row 2: The cell holds a formula without a result"],
        ["列「C」、2行目"],
    ),
    "missing column": (
        csv_folder(accounts="acount_id,name\nA-1,x\n"),
        [
            "table accounts, column account_id",
            "did you mean 'acount_id'?",
            "give the right one the heading account_id (or Account ID)",
        ],
        ["必須の列「account_id」がありません", "「acount_id」の誤り", "顧客ID"],
    ),
    "one column twice": (
        csv_folder(accounts="顧客コード,account_id\nA-1,A-1\n"),
        ["The headings 顧客コード, account_id mean the same column", "Keep one of them"],
        ["見出し顧客コード、account_idは、同じ列"],
    ),
    "own column twice": (
        csv_folder(accounts="account_id,score,score\nA-1,1,2\n"),
        ["column score", "headings score, score mean the same"],
        ["見出しを変える"],
    ),
    "no heading": (
        csv_folder(accounts="account_id,name\nA-1,x\nA-2,y,3\n"),
        ["row 3", "Column C of the sheet has the value '3' but no heading", "quotation marks"],
        ["C列には見出しがありません", "引用符で囲みます"],
    ),
    "no heading in a workbook": (
        workbook(accounts=[["account_id", None, "name"], ["A-1", "?", "x"]]),
        ["row 2", "Column B", "Write a heading in row 1"],
        ["B列"],
    ),
    "empty identifier": (
        csv_folder(accounts="account_id,name\nA-1,x\n,y\n"),
        ["table accounts, column account_id, row 3: The cell is empty", "Fill the cell in"],
        ["列「account_id」、3行目", "空欄です"],
    ),
    "same account twice": (
        csv_folder(accounts="account_id\nA-1\nA-2\nA-1\n"),
        ["row 4: account_id A-1 stands in row 2 already", "Keep one of the two rows"],
        ["4行目", "account_id A-1 は2行目にもあります"],
    ),
    "same answer twice": (
        csv_folder(survey=f"{SURVEY}\n" + "A-1,R-1,1,2026-04-01\n" * 2),
        ["row 3: account_id A-1, respondent_id R-1, wave 1 stands in row 2"],
        ["同じ account_id + respondent_id + wave は1行だけ"],
    ),
    "orphan": (
        csv_folder(accounts="account_id\n017\n", survey=f"{SURVEY}\n17,R-1,1,2026-04-01\n"),
        [
            "table survey, column account_id, row 2: The table accounts has no '17'",
            "(did you mean '017'?)",
            "leading zeros count",
        ],
        ["「17」は表「accounts」にありません（「017」の誤り"],
    ),
    "shortened identifier": (
        csv_folder(accounts="account_id\n1.23457E+15\n"),
        ["row 2: '1.23457E+15' is a number that a spreadsheet has shortened", "formatted as text"],
        ["末尾の桁", "「文字列」"],
    ),
    "currency sign": (
        accounts("mean_order_value", "100", "¥200"),
        ["column mean_order_value, row 3: '¥200' is not a number", "no currency sign"],
        ["「¥200」は数値ではありません", "通貨記号"],
    ),
    "formula error": (
        accounts("mean_order_value", "#DIV/0!"),
        ["row 2: '#DIV/0!' is an error of a spreadsheet formula", "Mend the formula"],
        ["数式を直す"],
    ),
    "text for people": (
        accounts("employees", "about 50"),
        ["'about 50' is not a whole number", "Allowed: 1 or more"],
        ["整数ではありません", "1以上"],
    ),
    "no people": (
        accounts("employees", "0"),
        ["column employees, row 2: '0' is out of range", "Allowed: 1 or more"],
        ["「0」は範囲外"],
    ),
    "percent": (
        accounts("share_of_wallet", "35%"),
        ["'35%' is not a share", "Allowed: 0 to 1", "Write 0.35 for 35 %"],
        ["「35%」は割合", "35%なら 0.35"],
    ),
    "percentage points": (
        accounts("share_of_wallet", "35"),
        ["'35' is out of range", "percentages are not converted"],
        ["自動では換算しません"],
    ),
    "maybe": (
        accounts("is_key", "△"),
        ["'△' is neither yes nor no", "Write TRUE or FALSE"],
        ["TRUE または FALSE"],
    ),
    "rating": (
        csv_folder(survey=f"{SURVEY},信頼1\nA-1,R-1,1,2026-04-01,8\n"),
        ["table survey, column 信頼1 (trust_1), row 2: '8' is out of range", "Allowed: 1 to 7"],
        ["列「信頼1 (trust_1)」", "1以上7以下"],
    ),
    "ambiguous date": (
        csv_folder(survey=f"{SURVEY}\nA-1,R-1,1,03/04/2026\n"),
        ["'03/04/2026' can be read with the day first or the month first", "Write the year first"],
        ["日が先とも月が先とも", "年から書いて"],
    ),
    "impossible date": (
        csv_folder(survey=f"{SURVEY}\nA-1,R-1,1,2026-02-30\n"),
        ["The calendar has no '2026-02-30'", "Correct the year"],
        ["暦にない"],
    ),
    "serial date": (
        workbook(survey=[SURVEY.split(","), ["A-1", "R-1", 1, 46113]]),
        ["'46113' is a number, perhaps Excel's count of days", "date format"],
        ["シリアル値", "表示形式を日付"],
    ),
    "Japanese era": (
        csv_folder(survey=f"{SURVEY}\nA-1,R-1,1,令和8年4月1日\n"),
        ["'令和8年4月1日' is not a date", "Write the year first: 2026-04-01"],
        ["西暦の年から"],
    ),
    "period in words": (
        csv_folder(periods=f"{PERIODS}\nA-1,FY2026,2026-04-01,2027-03-31\n"),
        ["column period, row 2: 'FY2026' is not a whole number", "such as 2026"],
        ["2026 のように整数"],
    ),
    "end before start": (
        csv_folder(periods=f"{PERIODS}\nA-1,2026,2027-03-31,2026-04-01\n"),
        ["start is '2027-03-31' but end is '2026-04-01'", "perhaps they are swapped"],
        ["入れ替わっている"],
    ),
    "recency over T": (
        csv_folder(accounts="account_id,recency,T\nA-1,30,20\n"),
        ["column recency, row 2: recency is '30' but T is '20'", "recency not after T"],
        ["recencyがTを超えない"],
    ),
    "stance": (
        csv_folder(contacts="contact_id,account_id,stance\nC-1,A-1,suporter\n"),
        ["'suporter' is not one of the values allowed (did you mean 'supporter'?)", "sceptic"],
        ["「supporter」の誤り", "懐疑的"],
    ),
    "other currency": (
        csv_folder(settings="name,currency,simulated\nX,usd,FALSE\n"),
        ["'usd' is not a currency code", "three capital letters"],
        ["大文字3文字"],
    ),
    "foreign heading and file name": (
        csv_folder(アンケート=f"{SURVEY.replace('wave', '調査回')}\nA-1,R-1,x,2026-04-01\n"),
        ["table アンケート.csv (survey), column 調査回 (wave), row 2"],
        ["表「アンケート.csv (survey)」、列「調査回 (wave)」"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_message_names_place_and_remedy(name, tmp_path):
    build, english, japanese = BROKEN[name]
    path = build(tmp_path)
    with pytest.raises(KamlabError) as caught:
        read_company(path)
    message = str(caught.value)
    assert [part for part in english if part not in message] == [], message
    with speaking("ja"):
        message = str(caught.value)
    assert [part for part in japanese if part not in message] == [], message


def test_all_problems_of_all_tables_come_at_once(tmp_path):
    build = csv_folder(
        accounts="account_id,employees,share_of_wallet\nA-1,many,2\nA-1,1,0.5\n",
        survey=f"{SURVEY}\nB-1,,0,yesterday\n",
        contacts='contact_id,account_id\nC-1,"A-1\n',
        periods="account_id,period,start\nA-1,2026,2026-04-01\n",
    )
    with pytest.raises(DataError) as caught:
        read_company(build(tmp_path))
    table = caught.value.table()
    places = table[["table", "column", "row"]].fillna({"row": 0})
    found = set(places.itertuples(index=False, name=None))
    assert found == {
        ("accounts", "employees", 2),
        ("accounts", "share_of_wallet", 2),
        ("accounts", "account_id", 3),
        ("survey", "account_id", 2),
        ("survey", "respondent_id", 2),
        ("survey", "wave", 2),
        ("survey", "answered_on", 2),
        ("contacts", "", 2),
        ("periods", "end", 0),
    }
    assert table[["what", "allowed", "remedy"]].map(bool).all(axis=None)


def test_rows_are_counted_as_excel_counts_them(tmp_path):
    text = 'account_id,name,employees\nA-1,"two\nlines",5\n,,\nA-2,x,none\n'
    with pytest.raises(DataError) as caught:
        read_company(csv_folder(accounts=text)(tmp_path))
    assert [problem.row for problem in caught.value.problems] == [4]


def test_many_problems_of_a_kind_are_listed_and_then_counted(tmp_path):
    with pytest.raises(DataError) as caught:
        read_company(accounts("employees", *["?"] * (LISTED + 5))(tmp_path))
    *listed, last = caught.value.problems
    assert [problem.row for problem in listed] == list(range(2, LISTED + 2))
    assert "5 more rows" in last.what.en
    assert "あと5行" in last.what.ja


@pytest.mark.parametrize(
    ("tables", "rows"),
    [
        ({"survey": f"{SURVEY}\nA-1,R-1,one,2026-04-01\n"}, [2]),
        ({"survey": f"{SURVEY}\n,R-1,1,2026-04-01\n"}, [2]),
        ({"accounts": "account_id,name\nA-1,x\n,y\n,z\n"}, [3, 4]),
    ],
)
def test_a_wrong_cell_is_told_once(tmp_path, tables, rows):
    """An unreadable cell is not called empty, nor an empty one unknown or double."""
    with pytest.raises(DataError) as caught:
        read_company(csv_folder(**tables)(tmp_path))
    assert [problem.row for problem in caught.value.problems] == rows


def test_a_long_cell_is_cut_in_the_message(tmp_path):
    with pytest.raises(DataError) as caught:
        read_company(accounts("employees", "x" * 5000)(tmp_path))
    assert "xxx…' is not a whole number" in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_in_use_is_named(tmp_path, monkeypatch):
    path = workbook()(tmp_path)

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(KamlabError, match=r"Permission denied. Close it in other programs"):
        read_company(path)


def test_currencies_that_contradict_each_other_are_refused(tmp_path):
    path = csv_folder(settings="name,currency,simulated\nX,USD,FALSE\n")(tmp_path)
    assert read_company(path).currency == "USD"
    assert read_company(path, currency="USD").currency == "USD"
    with pytest.raises(KamlabError, match=r"in USD, but currency='JPY'.*converts no money"):
        read_company(path, currency="JPY")


def test_braces_in_the_data_do_not_upset_the_message(tmp_path):
    with pytest.raises(DataError, match=r"'\{x\}' is not a whole number"):
        read_company(accounts("employees", "{x}")(tmp_path))


@pytest.mark.parametrize("given", [None, {"account_id": ["A"]}, "accounts.csv"])
def test_only_a_frame_is_a_table(given):
    with pytest.raises(KamlabError, match="accounts must be a pandas DataFrame"):
        Company(accounts=given)
