"""What is written is read back the same, in every form, and runs no formula on the way."""

import csv
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook

from kamlab.accounts.company import Company
from kamlab.foundation.errors import DataWarning, KamlabError
from kamlab.foundation.language import speaking
from kamlab.intake.giving import workbook_file, write
from kamlab.intake.giving.write import LONGEST_CELL, write_company
from kamlab.intake.read import read_company


def read_back(path):
    with pytest.warns(DataWarning, match="own score, =own note, own day, own flag, own code"):
        return read_company(path)


def assert_same(company, again):
    assert list(again.tables) == list(company.tables)
    for name, frame in company.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame, check_exact=True)
    assert (again.name, again.currency, again.simulated) == (
        company.name,
        company.currency,
        company.simulated,
    )


@pytest.mark.parametrize("place", ["company", "deep/company.xlsx"])
@pytest.mark.parametrize("headings", ["name", "label"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_round_trip(company, tmp_path, place, headings, language):
    with speaking(language):
        path = write_company(company, tmp_path / place, headings=headings)
    assert_same(company, read_back(path))


def test_round_trip_by_way_of_a_japanese_excel(company, tmp_path):
    folder = write_company(company, tmp_path / "company")
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().decode("utf-8-sig").encode("cp932"))
    assert_same(company, read_back(folder))


def test_a_company_of_one_table_and_no_name_comes_back(tmp_path):
    company = Company(accounts=pd.DataFrame({"account_id": ["1"]}))
    again = read_company(write_company(company, tmp_path / "c"))
    assert (again.name, again.currency, again.simulated) == ("", "JPY", False)
    assert list(again.tables) == ["accounts"]


def test_csv_opens_in_a_japanese_excel(company, tmp_path):
    with speaking("ja"):
        folder = write_company(company, tmp_path / "c", headings="label")
    content = folder.joinpath("accounts.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").startswith("顧客ID,顧客名,業種,従業員数")


def test_no_csv_cell_runs_as_a_formula(company, tmp_path):
    folder = write_company(company, tmp_path / "c")
    with folder.joinpath("accounts.csv").open(encoding="utf-8-sig", newline="") as stream:
        headings, *records = csv.reader(stream)
    assert headings[9] == "'=own note"
    assert [record[1] for record in records] == [
        '山田"商店", 本店',
        "'=HYPERLINK(1)",
        "two\r\nlines",
        "",
    ]
    assert [record[0] for record in records] == ["001", "A-2", "'-3", "4"]
    assert records[1][8] == "-2"


def test_no_workbook_cell_runs_as_a_formula(company, tmp_path):
    book = load_workbook(write_company(company, tmp_path / "c.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    text = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [value for value in text if value.startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(1)" in text
    assert "'=own note" in text


def test_a_workbook_holds_numbers_and_dates_rather_than_text(company, tmp_path):
    sheet = load_workbook(write_company(company, tmp_path / "c.xlsx"))["periods"]
    record = next(sheet.iter_rows(min_row=2))
    assert [cell.data_type for cell in record] == ["s", "n", "d", "d", "b", "b", "n"]
    assert record[2].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("name", ["c", "c.xlsx"])
def test_nothing_is_replaced_unasked(company, tmp_path, name):
    path = write_company(company, tmp_path / name)
    with pytest.raises(KamlabError, match=r"is there already.*overwrite=True"):
        write_company(company, path)
    smaller = replace(company, survey=None)
    assert read_back(write_company(smaller, path, overwrite=True)).survey is None


def test_a_file_in_place_of_a_folder_is_not_replaced_unasked(company, tmp_path):
    tmp_path.joinpath("c").write_text("mine", encoding="utf-8")
    with pytest.raises(KamlabError, match="is there already"):
        write_company(company, tmp_path / "c")


def test_an_empty_folder_is_filled(company, tmp_path):
    assert write_company(company, tmp_path) == tmp_path


def test_text_too_long_for_excel_is_refused_before_anything_is_written(company, tmp_path):
    accounts = company.accounts.assign(name=["x", "x" * (LONGEST_CELL + 1), "y", "z"])
    with pytest.raises(KamlabError, match=r"Table accounts, column name, row 3: .*32767"):
        write_company(replace(company, accounts=accounts), tmp_path / "c.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_unknown_headings_are_refused(company, tmp_path):
    with pytest.raises(KamlabError, match="use 'name' or 'label'"):
        write_company(company, tmp_path / "c", headings="labels")


def test_a_workbook_is_such_as_excel_and_others_read(company, tmp_path):
    book = load_workbook(write_company(company, tmp_path / "c.xlsx"))
    assert book.sheetnames == ["settings", *company.tables]
    accounts = book["accounts"]
    assert accounts.dimensions == "A1:M5"
    assert [cell.value for cell in accounts["D"]] == ["employees", 1, 2, None, 4000]
    assert accounts["F4"].value == "1899-12-31"  # a day that Excel does not know
    moment = book["survey"]["D3"]
    assert (moment.value.isoformat(), moment.number_format) == (
        "2026-04-01T09:30:15",
        "yyyy-mm-dd h:mm:ss",
    )


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\x0b", "\ufffe\uffff", "_x000D_", "]]>&<b>", " x ", "a\t\nb", "𠮷"]
)
def test_text_that_xml_cannot_hold_comes_back(tmp_path, text):
    accounts = pd.DataFrame({"account_id": ["1"], "name": pd.array([text], dtype="object")})
    again = read_company(write_company(Company(accounts=accounts), tmp_path / "c.xlsx"))
    assert again.accounts["name"].item() == text


def test_own_columns_of_mixed_types_are_written_each_as_it_is(tmp_path):
    own = pd.Series([1, True, 1.5, "x", None, float("inf")], dtype=object)
    accounts = pd.DataFrame({"account_id": list("123456"), "own": own})
    sheet = load_workbook(write_company(Company(accounts=accounts), tmp_path / "c.xlsx"))
    values = [cell.value for cell in sheet["accounts"]["B"][1:]]
    assert values == [1, True, 1.5, "x", None, "inf"]
    assert values[1] is True


def test_more_rows_than_excel_has_are_refused(company, tmp_path, monkeypatch):
    monkeypatch.setattr(write, "EXCEL_ROWS", 4)
    with pytest.raises(KamlabError, match=r"Table accounts has more rows.*\(4, headings"):
        write_company(company, tmp_path / "c.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["c.xls", "c.xlsm", "c.XLSB"])
def test_other_kinds_of_workbook_are_not_written(company, tmp_path, name):
    with pytest.raises(KamlabError, match=r"end in \.xlsx"):
        write_company(company, tmp_path / name)


def test_tables_longer_than_what_is_put_together_at_once(company, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_file, "ROWS_AT_ONCE", 3)
    assert_same(company, read_back(write_company(company, tmp_path / "c.xlsx")))
