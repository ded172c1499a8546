"""Which rows stay out, and what is said of them."""

import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import DataError

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
