"""Which rows stay out, and what is said of them."""

from datetime import datetime

import pandas as pd
import pytest
from openpyxl import Workbook

import kamlab as kl
from kamlab.foundation.errors import DataError
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule

SURVEY = "account_id,respondent_id,wave,answered_on,trust_1\n"


@pytest.fixture
def read(tmp_path):
    def check(**tables):
        for name, text in tables.items():
            tmp_path.joinpath(f"{name}.csv").write_text(text, encoding="utf-8")
        return kl.check_company(tmp_path)

    return check


def test_a_repeated_row_comes_in_once(read):
    intake = read(accounts="account_id,name\nA,x\nB,y\nA,x\n")
    assert intake.company().accounts["account_id"].tolist() == ["A", "B"]
    aside = intake.set_aside()["accounts"]
    assert aside["excel_row"].tolist() == [4]
    assert "Row 2 says the same" in aside["reason"].item()


def test_of_rows_that_differ_none_is_chosen(read):
    intake = read(accounts="account_id,name\nA,x\nB,y\nA,z\n")
    assert intake.company().accounts["account_id"].tolist() == ["B"]
    aside = intake.set_aside()["accounts"]
    assert aside["excel_row"].tolist() == [2, 4]
    assert aside["name"].tolist() == ["x", "z"]


def test_a_repeat_of_rows_that_differ_is_no_way_in(read):
    intake = read(accounts="account_id,name\nA,x\nA,x\nA,z\nB,y\n")
    assert intake.company().accounts["account_id"].tolist() == ["B"]


def test_rows_go_with_the_customer_they_belong_to(read):
    intake = read(
        accounts="account_id,employees\nA,many\nB,5\n",
        survey=SURVEY + "A,r,1,2026-04-01,5\nB,r,1,2026-04-01,6\nC,r,1,2026-04-01,6\n",
    )
    assert intake.company().survey["account_id"].tolist() == ["B"]
    reasons = intake.set_aside()["survey"].set_index("account_id")["reason"]
    assert "set aside" in reasons["A"]
    assert "has no 'C'" in reasons["C"]


def test_all_that_speaks_against_a_row_is_said(read):
    intake = read(accounts="account_id,employees,is_key\nA,many,perhaps\nB,5,yes\n")
    reason = intake.set_aside()["accounts"]["reason"].item()
    assert "employees" in reason
    assert "is_key" in reason


def test_a_missing_column_is_not_mended_by_setting_rows_aside(read):
    intake = read(accounts="name\nx\n")
    with pytest.raises(DataError, match="account_id"):
        intake.company()
    assert "No company can be made" in intake.report()


def test_setting_aside_warns_with_the_count(read, tmp_path):
    read(accounts="account_id,employees\nA,many\nB,5\n")
    with pytest.warns(kl.DataWarning, match="1 of 2 rows set aside"):
        company = kl.read_company(tmp_path, bad_rows="set_aside")
    assert company.accounts["account_id"].tolist() == ["B"]


def test_an_unknown_way_with_bad_rows_is_refused(tmp_path):
    with pytest.raises(kl.ArgumentError, match="set_aside"):
        kl.read_company(tmp_path, bad_rows="drop")


def test_the_log_names_place_before_after_and_rule(read):
    log = read(accounts='account_id,employees\nA,"1,200"\nB,5\n').changes()
    assert log[["table", "excel_row", "heading", "was", "became"]].to_numpy().tolist() == [
        ["accounts", 2, "employees", "1,200", "1200"]
    ]
    assert "separator" in log["rule"].item()


def test_set_aside_rows_can_be_written_and_read(read, tmp_path):
    intake = read(accounts="account_id,name,employees\nA,=1+1,many\nB,y,5\n")
    path = intake.write_set_aside(tmp_path / "aside.xlsx")
    sheet = pd.read_excel(path, sheet_name=0)
    assert sheet.iloc[0].tolist()[1] == 2
    assert sheet["name"].item() == "'=1+1"
    with pytest.raises(kl.KamlabError, match="overwrite"):
        intake.write_set_aside(path)
    with pytest.raises(kl.KamlabError, match=r"\.xlsx"):
        intake.write_set_aside(tmp_path / "aside.csv")


def test_rows_set_aside_are_not_read_as_tables_of_their_own(read, tmp_path):
    """What stood above their headings, such as a unit, is not in that file."""
    intake = read(accounts="account_id,employees\nA,many\nB,5\n")
    path = intake.write_set_aside(tmp_path / "aside.xlsx")
    assert list(pd.read_excel(path, sheet_name=None)) == ["Set aside - Accounts"]
    assert kl.check_company(path).tidy().empty


def test_a_file_that_cannot_be_written_is_told(read, tmp_path):
    intake = read(accounts="account_id,employees\nA,many\nB,5\n")
    taken, elsewhere = tmp_path / "taken.xlsx", tmp_path / "file"
    taken.mkdir()
    elsewhere.write_text("", encoding="utf-8")
    for path in (taken, elsewhere / "x.xlsx"):
        for write in (
            intake.write_set_aside,
            lambda path, overwrite: kl.write_company(intake.company(), path, overwrite=overwrite),
            kl.write_template,
        ):
            with pytest.raises(kl.KamlabError, match=r"cannot be written.*Close it"):
                write(path, overwrite=True)
    assert elsewhere.read_text(encoding="utf-8") == ""


def test_a_repeated_row_of_another_file_names_it(tmp_path):
    order = "order_id,account_id,ordered_on\n1,A,2026-04-01\n"
    for name, text in {"accounts": "account_id\nA\n", "q1": order, "q2": order}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    columns = tuple(ColumnRule(name, name) for name in ("order_id", "account_id", "ordered_on"))
    mapping = ExportMapping(
        (
            SheetRule("accounts.csv", "accounts", (ColumnRule("account_id", "account_id"),)),
            SheetRule("q*.csv", "transactions", columns),
        )
    )
    (problem,) = kl.check_company(tmp_path, mapping=mapping).problems()["problem"]
    assert "Row 2 of q1.csv says the same" in problem


def test_unknown_columns_of_the_same_heading_are_all_kept(read):
    """As survey services and customer systems write them; only known columns must be unique."""
    intake = read(accounts="account_id,備考,備考,備考 (2)\nA,1,2,3\n,,,\n,x,y,z\n合計,,,\n")
    accounts = intake.company().accounts
    assert accounts.drop(columns="account_id").iloc[0].astype(str).tolist() == ["1", "2", "3"]
    assert accounts.columns.tolist() == ["account_id", "備考", "備考 (2)", "備考 (2) (2)"]
    assert len(intake.set_aside()["accounts"]) == 2


def test_cells_of_a_total_stand_in_their_own_columns(read):
    intake = read(accounts="account_id,name,employees,note\nA,x,5,n\n合計,,5,\n")
    total = intake.set_aside()["accounts"].iloc[0]
    assert total[["account_id", "name", "employees", "note"]].tolist() == ["合計", "", "5", ""]


def test_rows_hidden_by_a_filter_are_told(tmp_path):
    book = Workbook()
    book.active.title = "accounts"
    for row in (["account_id"], ["A"], ["B"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "crm.xlsx")
    with pytest.warns(kl.DataWarning, match=r"hides, as a filter does.*there are 1"):
        assert len(kl.read_company(tmp_path / "crm.xlsx").accounts) == 2


@pytest.mark.parametrize(("theirs", "ours"), [("1001.0", "1001"), ("22", "0022"), ("a-1", "A-1")])
def test_an_unknown_customer_is_told_who_is_probably_meant(read, theirs, ours):
    intake = read(
        accounts=f"account_id\n{ours}\n",
        transactions=f"order_id,account_id,ordered_on\n1,{theirs},2026-04-01\n",
    )
    assert f"(did you mean '{ours}'?)" in intake.problems()["problem"].item()


def test_an_identifier_that_excel_made_a_date_is_set_aside(tmp_path):
    book = Workbook()
    book.active.title = "accounts"
    for row in (["account_id"], ["4-1"], [datetime(2026, 4, 1)], [True]):
        book.active.append(row)
    book.save(tmp_path / "crm.xlsx")
    intake = kl.check_company(tmp_path / "crm.xlsx")
    assert intake.company().accounts["account_id"].tolist() == ["4-1"]
    assert intake.set_aside()["accounts"]["excel_row"].tolist() == [3, 4]
    assert "turned into a date" in intake.problems()["problem"].iloc[0]


@pytest.mark.parametrize("given", [{"path": None}, {"path": "x", "mapping": {}}])
def test_what_is_no_path_is_refused(given):
    with pytest.raises(kl.ArgumentError, match=r"private/crm\.xlsx"):
        kl.check_company(**given)


def test_a_warning_about_a_whole_column_is_said_in_full(tmp_path):
    text = "account_id,mean_order_value\nA,1.234\nB,2.500\nC,1.000\n"
    tmp_path.joinpath("accounts.csv").write_text(text, encoding="utf-8")
    with pytest.warns(kl.DataWarning, match="mean_order_value.*point"):
        kl.read_company(tmp_path)
