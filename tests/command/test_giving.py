import openpyxl
import pandas as pd
import pytest

import kamlab as kl


def test_what_is_open_in_a_mapping_is_listed_with_its_line(command, export, tmp_path):
    path = tmp_path / "crm.toml"
    code, out, err = command("mapping", export, "-o", path)
    assert (code, err) == (1, "")
    assert path.is_file()
    assert f"python -m kamlab check {export} --mapping {path}" in out
    assert "line 53, 売上高" in out


def test_a_mapping_without_questions_ends_with_0_and_can_be_used(command, customers):
    code, out, _ = command("mapping", customers)
    path = customers.with_suffix(".toml")
    assert code == 0
    assert "Nothing is open" in out
    assert command("check", customers, "--mapping", path)[0] == 0


def test_an_answered_mapping_is_not_written_over_unasked(command, customers):
    path = customers.with_suffix(".toml")
    path.write_text("mine", encoding="utf-8")
    code, _, err = command("mapping", customers)
    assert (code, path.read_text(encoding="utf-8")) == (3, "mine")
    assert "--overwrite" in err
    assert command("mapping", customers, "--overwrite")[0] == 0
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(("language", "sheet"), [("en", "Start here"), ("ja", "はじめに")])
def test_the_template_is_in_the_language_of_the_command(command, tmp_path, language, sheet):
    path = tmp_path / "new" / "company.xlsx"
    code, out, _ = command("template", path, language=language)
    assert code == 0
    assert str(path) in out
    assert openpyxl.load_workbook(path).sheetnames[0] == sheet


def test_a_template_of_another_kind_is_refused(command, tmp_path):
    code, _, err = command("template", tmp_path / "company.csv")
    assert code == 3
    assert ".xlsx" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sample.xlsx", "sample"])
def test_a_sample_comes_back_as_the_same_company(command, tmp_path, name):
    path = tmp_path / name
    code, out, _ = command("sample", path, "--n-accounts", 30, "--seed", 5, language="ja")
    assert code == 0
    assert "顧客30社、乱数の種 5" in out
    was, now = kl.simulate_company(30, 5), kl.check_company(path).company()
    assert now.simulated
    pd.testing.assert_frame_equal(
        now.accounts[["account_id", "name", "employees"]],
        was.accounts[["account_id", "name", "employees"]],
    )
    assert {name: len(t) for name, t in now.tables.items()} == {
        name: len(t) for name, t in was.tables.items()
    }


def test_the_sample_without_numbers_is_the_sample_company(command, tmp_path):
    command("sample", tmp_path / "s")
    accounts = kl.check_company(tmp_path / "s").company().accounts
    assert accounts["name"].tolist() == kl.sample_company().accounts["name"].tolist()


def test_a_sample_of_impossible_size_is_wrong_use_and_leaves_nothing(command, tmp_path):
    code, _, err = command("sample", tmp_path / "s.xlsx", "--n-accounts", 2)
    assert code == 2
    assert "10 to 100,000" in err
    assert list(tmp_path.iterdir()) == []
