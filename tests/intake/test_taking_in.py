"""What the mapping says of a company, and what its file says itself."""

import pytest

import kamlab as kl
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule

ACCOUNTS = SheetRule("customers", "accounts", (ColumnRule("account_id", "ID"),))
SETTINGS = SheetRule("settings", "settings", (ColumnRule("simulated", "simulated"),))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "customers.csv").write_text("ID\nA\nB\n", encoding="utf-8")
    return tmp_path


def mapping(*sheets, simulated):
    named = [SheetRule(f"{sheet.name}.csv", sheet.table, sheet.columns) for sheet in sheets]
    return ExportMapping(tuple(named), simulated=simulated)


@pytest.mark.parametrize("simulated", [True, False])
def test_a_company_is_simulated_where_its_mapping_says_so(folder, simulated):
    company = kl.read_company(folder, mapping=mapping(ACCOUNTS, simulated=simulated))
    assert company.simulated is simulated


@pytest.mark.parametrize("simulated", [True, False])
def test_what_the_file_says_itself_goes_before_the_mapping(folder, simulated):
    words = "TRUE" if simulated else "FALSE"
    (folder / "settings.csv").write_text(f"simulated\n{words}\n", encoding="utf-8")
    told = mapping(ACCOUNTS, SETTINGS, simulated=not simulated)
    assert kl.read_company(folder, mapping=told).simulated is simulated


def test_the_shipped_example_says_that_it_is_simulated():
    path, rules = map(kl.example_file, ("messy_export_ja.xlsx", "messy_export_ja.toml"))
    assert kl.check_company(path, mapping=rules).company().simulated
