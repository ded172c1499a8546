"""What people's files hold is read without a guess, and what is left out is told."""

import warnings
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from kamlab.foundation.errors import DataWarning
from kamlab.foundation.language import speaking
from kamlab.intake.read import read_company

JAPANESE_CSV = """顧客コード,会社名,従業員数（人）,重点顧客,取引開始日
００１,㈱髙島―①～,"1,200",○,2019年4月1日
002,"改行
あり",,×,2020/10/1
"""


@pytest.fixture
def write(tmp_path):
    def put(name, text, encoding="utf-8"):
        tmp_path.joinpath(name).write_bytes(text.encode(encoding))
        return tmp_path

    return put


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_japanese_export_is_read(write, encoding, newline):
    company = read_company(write("取引先一覧.csv", JAPANESE_CSV.replace("\n", newline), encoding))
    first, second = company.accounts.to_dict("records")
    assert first == {
        "account_id": "001",
        "name": "㈱髙島―①～",
        "employees": 1200,
        "is_key": True,
        "customer_since": pd.Timestamp("2019-04-01"),
    }
    assert second["account_id"] == "002"
    assert second["name"] == f"改行{newline}あり"
    assert not second["is_key"]


@pytest.mark.parametrize(
    "name",
    [
        "山田商事",
        "ﾃｽﾄ",
        "ﾌｼﾞｻﾝ ﾕｿｳ(ｶ)",
        "さくらソフトウェア",
        "㈱髙﨑―①～Ⅲ",
        "齋藤櫻亞彌龍",
        "蘂ア籠タ",
        "ЯΩ",
    ],
)
def test_real_cp932_is_not_taken_for_damaged_utf8(write, name):
    folder = write("accounts.csv", f"account_id,name\nA,{name}\n", "cp932")
    assert read_company(folder).accounts["name"].tolist() == [name]


def test_empty_headings_at_the_end_ask_for_no_fields(write):
    folder = write("accounts.csv", "account_id,name,,\nA,x\n,\nB,y,\n")
    with pytest.warns(DataWarning, match="1 wholly empty row"):
        assert read_company(folder).accounts.shape == (2, 2)


def test_tabs_are_read(write):
    folder = write("accounts.tsv", "account_id\tname\nA\tx, y\n")
    assert read_company(folder).accounts["name"].tolist() == ["x, y"]


def test_headings_are_known_in_any_width_case_and_spacing(write):
    folder = write("ＡＣＣＯＵＮＴＳ.csv", "Account  Id, ＮＡＭＥ ,業 種\nA,x,y\n")
    assert list(read_company(folder).accounts) == ["account_id", "name", "industry"]


def workbook(path, **sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_with_excels_own_values(tmp_path):
    path = workbook(
        tmp_path / "crm.xlsx",
        顧客マスタ=[["顧客ID", "従業員数", "契約"], [17, 5.0, True], ["018", "1,000", "いいえ"]],
        注文=[
            ["注文番号", "得意先コード", "受注日", "金額"],
            [1, 17, pd.Timestamp("2026-04-01"), 9],
        ],
    )
    company = read_company(path)
    assert company.accounts["account_id"].tolist() == ["17", "018"]
    assert company.accounts["has_contract"].tolist() == [True, False]
    assert company.transactions.iloc[0].tolist() == ["1", "17", pd.Timestamp("2026-04-01"), 9.0]


def test_a_file_and_a_workbook_of_the_same_content_are_the_same_company(tmp_path, write):
    rows = [["account_id", "employees", "own"], ["007", "12", "1"], ["8", "", "2"]]
    folder = write("accounts.csv", "\n".join(",".join(row) for row in rows))
    (elsewhere := tmp_path / "elsewhere").mkdir()
    path = workbook(elsewhere / "crm.xlsx", accounts=[rows[0], ["007", 12, 1], [8, None, 2]])
    with pytest.warns(DataWarning):
        from_folder = read_company(folder).accounts
    with pytest.warns(DataWarning):
        pd.testing.assert_frame_equal(read_company(path).accounts, from_folder)


def test_unknown_columns_are_kept_and_told(write):
    folder = write("accounts.csv", "account_id,ランク,industri,score\nA,S,x,1.5\nB,A,y,\n")
    with pytest.warns(DataWarning) as caught:
        company = read_company(folder)
    assert list(company.accounts) == ["account_id", "ランク", "industri", "score"]
    assert company.accounts["score"].dtype == "float64"
    message = str(caught[0].message)
    assert "ランク, industri (close to Industry), score" in message
    assert caught[0].filename == __file__


def test_empty_rows_are_counted_and_told(write):
    folder = write("accounts.csv", "account_id,name\n,\nA,x\n\nB,\n,\n,\n")
    with speaking("ja"), pytest.warns(DataWarning, match="すべて空欄の行を2行") as caught:
        company = read_company(folder)
    assert len(caught) == 1
    assert company.accounts["account_id"].tolist() == ["A", "B"]
    assert "accounts 2行（空行2行を除く）" in company.source


def test_row_counts_are_in_the_source(write):
    write("survey.csv", "account_id,respondent_id,wave,answered_on\nA,r,1,2026-04-01\n")
    folder = write("accounts.csv", "account_id\nA\nB\n")
    assert read_company(folder).source == f"{folder.name}: accounts 2 rows, survey 1 rows"


def test_files_of_no_table_are_named(write):
    write("budget.csv", "a\n1\n")
    write("crm.xlsx", "")
    write("~$crm.xlsx", "")
    write("README.md", "")
    folder = write("accounts.csv", "account_id\nA\n")
    with pytest.warns(DataWarning, match=r"name is that of no table: budget\.csv, crm\.xlsx\.$"):
        read_company(folder)


def test_sheets_of_no_table_are_named(tmp_path):
    path = workbook(tmp_path / "c.xlsx", Accounts=[["account_id"], ["A"]], Notes=[["x"]])
    with pytest.warns(DataWarning, match="no table: Notes"):
        assert len(read_company(path).accounts) == 1


def test_a_clean_file_gives_no_warning(write):
    folder = write("accounts.csv", "account_id,name\nA,x\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        company = read_company(str(folder))
    assert company.currency == "JPY"
    assert not company.simulated
    assert company.survey is None


def test_a_table_with_headings_alone_is_an_empty_table(write):
    write("contacts.csv", "contact_id,account_id,stance\n")
    contacts = read_company(write("accounts.csv", "account_id\nA\n")).contacts
    assert contacts.shape == (0, 3)
    assert contacts.dtypes.astype(str).tolist() == ["str"] * 3


def test_trailing_empty_columns_of_a_sheet_do_no_harm(tmp_path):
    path = workbook(tmp_path / "c.xlsx", accounts=[["account_id", None, " "], ["A", None, ""]])
    assert list(read_company(path).accounts) == ["account_id"]


def test_a_sheet_that_states_its_size_wrongly_is_read_whole(tmp_path):
    path = workbook(tmp_path / "c.xlsx", accounts=[["account_id", "name"], ["A", "x"], ["B", "y"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stated = parts["xl/worksheets/sheet1.xml"].replace(b'ref="A1:B3"', b'ref="A1"')
    assert stated != parts["xl/worksheets/sheet1.xml"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, "xl/worksheets/sheet1.xml": stated}.items():
            archive.writestr(name, part)
    assert read_company(path).accounts.shape == (2, 2)


def test_formulas_with_results_are_read_even_if_the_result_is_empty_text(tmp_path):
    rows = [["account_id", "name", "employees"], ["A", "=T(1)", "=2*3"]]
    path = workbook(tmp_path / "c.xlsx", accounts=rows, Notes=[["=1+1"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"<v></v>", b"<v />")
    assert sheet.count(b"<v />") == 2
    sheet = sheet.replace(b'<c r="B2">', b'<c r="B2" t="str">')  # as Excel marks text
    sheet = sheet.replace(b"<f>2*3</f><v />", b"<f>2*3</f><v>6</v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in {**parts, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, part)
    with pytest.warns(DataWarning, match="no table: Notes"):
        account = read_company(path).accounts.iloc[0]
    assert pd.isna(account["name"])
    assert account["employees"] == 6


def test_labels_of_categories_become_codes(write):
    write("contacts.csv", "担当者ID,顧客ID,購買での役割,当社への態度\n1,A,決定者,Supporter\n")
    contacts = read_company(write("accounts.csv", "account_id\nA\n")).contacts
    assert contacts.iloc[0, 2:].tolist() == ["decider", "supporter"]
