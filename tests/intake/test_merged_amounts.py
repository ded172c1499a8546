"""An amount in a merged cell is one amount, however many rows the cell covers."""

import datetime as dt

import pytest
from openpyxl import Workbook

import kamlab as kl

DAY = dt.datetime(2026, 4, 1)


@pytest.fixture
def intake(tmp_path):
    book = Workbook()
    book.active.title = "accounts"
    for row in (["account_id"], ["A"], ["B"]):
        book.active.append(row)
    sheet = book.create_sheet("transactions")
    sheet.append(["account_id", "order_id", "ordered_on", "amount"])
    amounts = [100, 200, None, None, 5]
    for number, amount in enumerate(amounts):
        sheet.append(["A" if not number else None, number, DAY, amount])
    sheet.merge_cells("A2:A6")
    sheet.merge_cells("D3:D5")
    book.save(tmp_path / "crm.xlsx")
    return kl.check_company(tmp_path / "crm.xlsx")


def test_rows_that_share_an_amount_are_set_aside(intake):
    assert intake.company().transactions["amount"].tolist() == [100, 5]
    aside = intake.set_aside()["transactions"]
    assert aside["excel_row"].tolist() == [3, 4, 5]
    assert "counted anew" in aside["reason"].iloc[1]


def test_a_customer_in_a_merged_cell_is_that_of_every_row(intake):
    assert intake.company().transactions["account_id"].tolist() == ["A", "A"]
