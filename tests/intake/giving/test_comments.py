"""Problems come back to Excel beside the cells concerned, and the export is never touched."""

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import speaking
from kamlab.intake.check import check_company
from kamlab.intake.giving import comments, copies, look
from kamlab.intake.giving.copies import title_for

HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture
def export(tmp_path):
    """A workbook with a title, a bad cell, a repeated key, an orphan, and a formula."""
    book = Workbook()
    accounts = book.active
    accounts.title = "顧客"
    rows = [
        ["取引先一覧"],
        [],
        ["顧客ID", "顧客名", "従業員数", "顧客内シェア"],
        ["001", "山田", "many", 0.5],
        ["002", HOSTILE[1:], "=1+1", 1.5],
        ["003", "青木", 10, 0.1],
        ["003", "青木商店", 11, 0.1],
        ["004", "白石", 12, 0.2],
    ]
    for row in rows:
        accounts.append(row)
    accounts["A4"].font = Font(name="Courier New", italic=True)
    accounts["C4"].comment = Comment("mine", "me")
    accounts["C5"] = 2
    accounts["F1"] = "=SUM(C6:C7)"
    periods = book.create_sheet("periods")
    periods.append(["account_id", "period", "start", "end", "revenue", "margin"])
    periods.append(["999", 2025, "2025-04-01", "2026-03-31", 10, 5])
    periods.append(["001", 2025, "2025-04-01", "2026-03-31", 10, 50])
    periods.append(["004", 2025, "2025-04-01", "2026-03-31", 10, 50])
    book.create_sheet("メモ").append(["other"])
    path = tmp_path / "export.xlsx"
    book.save(path)
    return path


@pytest.fixture
def marked(export, tmp_path):
    check_company(export).write_comments(tmp_path / "out" / "checked.xlsx")
    return load_workbook(tmp_path / "out" / "checked.xlsx")


def commented(sheet):
    return {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}


def test_every_cell_with_a_problem_has_a_comment(marked):
    accounts = commented(marked["顧客"])
    assert set(accounts) == {"C4", "D5", "A6", "A7"}
    assert "'many' is not a whole number." in accounts["C4"]
    assert "Error: '1.5' is out of range." in accounts["D5"]
    assert "Allowed: 0 to 1." in accounts["D5"]
    periods = commented(marked["periods"])
    assert set(periods) == {"A2", "A3", "F4"}  # in A3: its customer is set aside
    assert periods["F4"].startswith("Please check: The margin 50 is more than the revenue 10.")


def test_errors_and_doubts_have_different_fills(marked):
    assert marked["periods"]["A2"].fill.start_color.rgb == f"00{look.FAULT}"
    assert marked["periods"]["F4"].fill.start_color.rgb == f"00{look.DOUBT}"
    assert marked["periods"]["B2"].fill.fill_type is None


def test_formats_formulas_comments_and_other_sheets_are_kept(marked):
    accounts = marked["顧客"]
    assert (accounts["A4"].font.name, accounts["A4"].font.italic) == ("Courier New", True)
    assert accounts["F1"].value == "=SUM(C6:C7)"
    assert accounts["C4"].comment.text.startswith("mine\n\nError: ")
    assert marked["メモ"]["A1"].value == "other"


def test_the_list_has_every_problem_with_a_link(marked):
    listed = marked["Problems"]
    assert marked.active == listed
    rows = list(listed.iter_rows(min_row=2))
    places = [(row[1].value, row[2].value, row[2].hyperlink.location) for row in rows]
    assert ("顧客", "C4", "'顧客'!C4") in places
    assert ("periods", "F4", "'periods'!F4") in places
    assert len(rows) == 7
    assert {row[0].value for row in rows} == {"error", "check"}
    shown = next(row for row in rows if row[2].value == "C4")
    assert [cell.value for cell in shown[3:5]] == ["従業員数", "many"]


def test_the_export_is_not_touched(export, tmp_path):
    before = export.read_bytes()
    intake = check_company(export)
    intake.write_comments(tmp_path / "checked.xlsx")
    for path in (export, tmp_path / "." / "export.xlsx"):
        with pytest.raises(KamlabError, match="is the export itself"):
            intake.write_comments(path, overwrite=True)
    assert export.read_bytes() == before


def test_words_are_those_of_the_current_language(export, tmp_path):
    with speaking("ja"):
        check_company(export).write_comments(tmp_path / "checked.xlsx")
    book = load_workbook(tmp_path / "checked.xlsx")
    assert book.sheetnames[0] == "確認結果"
    assert book["顧客"]["D5"].comment.text.startswith("エラー：「1.5」は範囲外です。")


def test_nothing_is_replaced_unasked(export, tmp_path):
    intake = check_company(export)
    path = intake.write_comments(tmp_path / "checked.xlsx")
    with pytest.raises(KamlabError, match="is there already"):
        intake.write_comments(path)
    assert intake.write_comments(path, overwrite=True) == path
    with pytest.raises(KamlabError, match=r"end in \.xlsx"):
        intake.write_comments(tmp_path / "checked.csv")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "export"
    place.mkdir()
    rows = ["顧客ID,顧客名,顧客内シェア", f'1,"{HOSTILE}",0.1', "", "2,b,x", "3,c,0.3"]
    place.joinpath("accounts.csv").write_bytes("\r\n".join(rows).encode("cp932"))
    return place


def test_files_become_a_workbook_that_says_where_each_row_stood(folder, tmp_path):
    check_company(folder).write_comments(tmp_path / "checked.xlsx")
    sheet = load_workbook(tmp_path / "checked.xlsx")["accounts.csv"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Row in the export", "顧客ID", "顧客名", "顧客内シェア")
    assert [row[0] for row in rows[1:]] == [2, 4, 5]
    assert rows[1][2] == f"'{HOSTILE}"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert list(commented(sheet)) == ["D3"]


def test_of_a_large_file_only_rows_with_a_problem_are_copied(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "MOST_CELLS", 8)
    check_company(folder).write_comments(tmp_path / "checked.xlsx")
    sheet = load_workbook(tmp_path / "checked.xlsx")["accounts.csv"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [4]
    assert list(commented(sheet)) == ["D2"]


def test_a_copy_among_the_files_of_the_export_is_refused(folder):
    with pytest.raises(KamlabError, match="would be read with it"):
        check_company(folder).write_comments(folder / "checked.xlsx")
    assert len(list(folder.iterdir())) == 1


def test_columns_that_do_not_begin_at_a_and_merged_cells(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "accounts"
    sheet["C2"], sheet["D2"] = "account_id", "region"
    sheet["E2"] = "share_of_wallet"
    for row, wallet in enumerate((0.1, 7, 0.2), 3):
        sheet.cell(row, 3, f"A{row}")
        sheet.cell(row, 5, wallet)
    sheet.merge_cells("E4:E5")
    book.save(tmp_path / "export.xlsx")
    check_company(tmp_path / "export.xlsx").write_comments(tmp_path / "checked.xlsx")
    told = commented(load_workbook(tmp_path / "checked.xlsx")["accounts"])
    assert list(told) == ["E4"]
    assert "'7' is out of range" in told["E4"]


def test_a_problem_of_the_file_is_listed_even_without_a_cell(tmp_path):
    pd.DataFrame({"x": ["1"]}).to_csv(tmp_path / "orders.csv", index=False)
    check_company(tmp_path / "orders.csv").write_comments(tmp_path / "checked.xlsx")
    rows = list(load_workbook(tmp_path / "checked.xlsx")["Problems"].iter_rows(values_only=True))
    assert any("The compulsory table accounts is missing" in row[5] for row in rows[1:])


def test_an_export_without_problems_says_so(tmp_path):
    pd.DataFrame({"account_id": ["1"]}).to_csv(tmp_path / "accounts.csv", index=False)
    check_company(tmp_path / "accounts.csv").write_comments(tmp_path / "checked.xlsx")
    rows = list(load_workbook(tmp_path / "checked.xlsx")["Problems"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["No problems were found."]


def test_more_problems_than_excel_bears_are_counted(folder, tmp_path, monkeypatch):
    folder.joinpath("accounts.csv").write_text("account_id,employees\n" + "1,x\n2,y\n3,z\n")
    monkeypatch.setattr(comments, "MOST_COMMENTS", 2)
    monkeypatch.setattr(comments, "MOST_LISTED", 1)
    check_company(folder).write_comments(tmp_path / "checked.xlsx")
    book = load_workbook(tmp_path / "checked.xlsx")
    assert len(commented(book["accounts.csv"])) == 2
    assert [row[0] for row in book["Problems"].iter_rows(values_only=True)][1:] == [
        "error",
        "and 2 more",
    ]


@pytest.mark.parametrize(
    ("name", "taken", "title"),
    [
        ("a/b.xlsx", [], "a_b.xlsx"),
        ("x" * 40, [], "x" * 31),
        ("x" * 40, ["X" * 31], "x" * 29 + "_2"),
        ("'", [], "_"),
    ],
)
def test_titles_are_such_as_excel_accepts(name, taken, title):
    assert title_for(name, taken) == title


def test_a_workbook_that_is_too_large_or_odd_for_a_copy_becomes_a_plain_one(
    export, tmp_path, monkeypatch
):
    intake = check_company(export)
    monkeypatch.setattr(copies, "LARGEST_WORKBOOK", 10)
    intake.write_comments(tmp_path / "large.xlsx")
    monkeypatch.undo()
    monkeypatch.setattr(copies, "load_workbook", lambda *_, **__: 1 / 0)
    intake.write_comments(tmp_path / "odd.xlsx")
    for name in ("large.xlsx", "odd.xlsx"):
        sheet = load_workbook(tmp_path / name)["顧客"]
        assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [4, 5, 6, 7, 8]
        assert "'many' is not a whole number." in commented(sheet)["D2"]


def test_a_sheet_that_cannot_be_read_is_marked_too(export, tmp_path):
    book = load_workbook(export)
    book["periods"]["E2"] = "=1+1"
    book.save(export)
    check_company(export).write_comments(tmp_path / "checked.xlsx")
    marked = load_workbook(tmp_path / "checked.xlsx")["periods"]
    assert any("formula without a result" in told for told in commented(marked).values())
    assert marked["E2"].value == "=1+1"
