"""Units: what a cell holds, what Excel shows of it, and what the mapping says."""

import pytest
from openpyxl import Workbook

import kamlab as kl
from kamlab.foundation.errors import DataError
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule

MONEY = ["account_id", "売上", "シェア"]


@pytest.fixture
def export(tmp_path):
    def write(number_format, *rows):
        book = Workbook()
        sheet = book.active
        sheet.title = "取引先"
        for row in [MONEY, *rows]:
            sheet.append(row)
        for cell in sheet["B"][1:]:
            cell.number_format = number_format
        book.save(tmp_path / "crm.xlsx")
        return tmp_path / "crm.xlsx"

    return write


def mapped(unit, share="1"):
    columns = (
        ColumnRule("account_id", "account_id"),
        ColumnRule("mean_order_value", "売上", unit=unit),
        ColumnRule("share_of_wallet", "シェア", unit=share),
    )
    return ExportMapping((SheetRule("取引先", "accounts", columns, headings=tuple(MONEY)),))


def test_a_unit_is_refused_where_excel_shows_less_than_the_cell_holds(export):
    path = export("#,##0,", ["A", 1_234_000, 0.5])
    with pytest.raises(DataError, match=r"売上.*divided by 1,000.*千円.*unit = "):
        kl.read_company(path, mapping=mapped("千円"))
    read = kl.read_company(path, mapping=mapped("円"))
    assert read.accounts["mean_order_value"].item() == 1_234_000


def test_a_unit_multiplies_what_a_plain_cell_holds(export):
    path = export("#,##0", ["A", 1_234, 0.5])
    accounts = kl.read_company(path, mapping=mapped("千円")).accounts
    assert accounts["mean_order_value"].item() == 1_234_000


def test_percents_that_are_shares_already_are_doubted(export):
    path = export("0", ["A", 1, 0.35], ["B", 2, 0.6])
    with pytest.warns(kl.DataWarning, match="Warnings: 1"):
        kl.read_company(path, mapping=mapped("円", share="%"))
    problems = kl.check_company(path, mapping=mapped("円", share="%")).problems()
    assert "stores a cell that it shows as 35 % as 0.35" in problems["problem"].item()
    assert len(kl.check_company(path, mapping=mapped("円")).problems()) == 0


def test_a_share_among_percents_is_not_divided_once_more(export):
    rows = [["A", 1, 58], ["B", 2, 0.35], ["C", 3, "0.4%"], ["D", 4, 0], ["E", 5, "35%"]]
    intake = kl.check_company(export("0", *rows), mapping=mapped("円", share="%"))
    accounts = intake.company().accounts.set_index("account_id")["share_of_wallet"]
    assert accounts.round(4).to_dict() == {"A": 0.58, "C": 0.004, "D": 0, "E": 0.35}
    assert intake.set_aside()["accounts"]["excel_row"].tolist() == [3]
    assert "may be 0.35 % or a share" in intake.problems()["problem"].item()
