"""How problems are told: all at once, each once, at the row that Excel shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamlab.accounts.company import Company
from kamlab.accounts.findings import LISTED
from kamlab.foundation.errors import DataError, KamlabError
from kamlab.intake.read import read_company
from tests.intake.broken.builders import SURVEY, accounts, csv_folder, workbook


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
    assert table[["problem", "allowed", "remedy"]].map(bool).all(axis=None)


def test_rows_are_counted_as_excel_counts_them(tmp_path):
    text = 'account_id,name,employees\nA-1,"two\nlines",5\n,,\nA-2,x,many\n'
    with pytest.raises(DataError) as caught:
        read_company(csv_folder(accounts=text)(tmp_path))
    assert [problem.row for problem in caught.value.problems] == [4]


def test_rows_are_counted_from_the_top_of_the_sheet_not_of_the_table(tmp_path):
    rows = [["顧客一覧"], [], ["account_id", "employees"], ["A-1", 5], [], ["A-2", "many"]]
    with pytest.raises(DataError) as caught:
        read_company(workbook(accounts=rows)(tmp_path))
    assert [problem.row for problem in caught.value.problems] == [6]


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
    assert len(str(caught.value)) < 600


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


def test_what_to_do_with_bad_rows_is_one_of_two(tmp_path):
    with pytest.raises(KamlabError, match=r"bad_rows='skip': use 'refuse'.*'set_aside'"):
        read_company(csv_folder()(tmp_path), bad_rows="skip")
