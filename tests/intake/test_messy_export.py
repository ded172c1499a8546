"""The shipped messy exports: made by their script, and every planted fault is found."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.samples import example_file
from kamlab.accounts.simulate import simulate_company
from kamlab.intake.check import check_company
from tools.messy_export.answers import NO_ANSWER
from tools.messy_export.export import first_pages, write_all
from tools.messy_export.office import ACCOUNTS, SEED, code

MADE = (
    "messy_export_ja.xlsx",
    "messy_export_ja_next.xlsx",
    "messy_export_ja.csv",
    "messy_export_en.csv",
)
LARGEST = 300_000
"""Bytes of a shipped example: it travels in every wheel."""

FOLLOWS = "row with it"


@pytest.fixture(scope="module")
def intake():
    return check_company(
        example_file("messy_export_ja.xlsx"), mapping=example_file("messy_export_ja.toml")
    )


@pytest.fixture(scope="module")
def pages():
    return first_pages()


@pytest.fixture(scope="module")
def simulated():
    return simulate_company(n_accounts=ACCOUNTS, seed=SEED)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    write_all(folder)
    return folder


@pytest.mark.parametrize("name", MADE)
def test_an_example_is_what_its_script_makes(name, made):
    """Members are compared, for archives differ with the version of the packer."""
    shipped, anew = example_file(name), made / name
    assert contents(shipped) == contents(anew)
    assert shipped.stat().st_size < LARGEST


def contents(path: Path) -> dict[str, bytes]:
    if path.suffix != ".xlsx":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def test_every_planted_fault_is_set_aside_at_its_row(intake, pages):
    planted = {
        (fault.sheet, fault.row)
        for page in pages
        for fault in page.faults()
        if fault.what != NO_ANSWER
    }
    aside = rows_aside(intake)
    assert planted - set(aside) == set()


def test_nothing_else_is_set_aside_but_rows_of_such_customers_and_no_records(intake, pages):
    planted = {(fault.sheet, fault.row) for page in pages for fault in page.faults()}
    kinds = {
        (page.name, row): line.kind
        for page in pages
        for row, line in enumerate(page.lines, page.header_row + 1)
    }
    others = {place: why for place, why in rows_aside(intake).items() if place not in planted}
    unexplained = {
        place: why
        for place, why in others.items()
        if kinds[place] == "record" and FOLLOWS not in why
    }
    assert unexplained == {}


def rows_aside(intake) -> dict[tuple[str, int], str]:
    tables = pd.concat(intake.set_aside().values())
    places = zip(tables["sheet"], tables["excel_row"].astype(int), strict=True)
    return dict(zip(places, tables["reason"], strict=True))


def test_headings_are_found_under_titles_and_groups(intake):
    sheets = intake.sheets().set_index("sheet")
    assert sheets.loc["取引先一覧", "header_row"] == 4
    assert sheets.loc["年度実績", "header_row"] == 3


def test_rows_read_are_accepted_or_set_aside(intake):
    table = intake.tidy()
    assert (table["rows_read"] == table["rows_accepted"] + table["rows_set_aside"]).all()


def test_money_in_three_units_comes_back_to_the_yen(intake, simulated):
    key = ["account_id", "period"]
    expected = simulated.periods.assign(account_id=simulated.periods["account_id"].map(code))
    both = intake.company().periods.merge(expected, on=key, suffixes=("", "_true"))
    assert len(both) == len(intake.company().periods)
    for column in ("revenue", "cost_to_serve"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_true"], check_names=False)
    wrong = both[both["margin"].ne(both["margin_true"]) & both["margin_true"].notna()]
    assert wrong["margin"].tolist() == (wrong["margin_true"] * 1000).tolist()
    assert len(wrong) == 1  # typed in yen in a column of thousands: nobody can see it but by doubt


def test_a_margin_in_the_wrong_unit_is_doubted(intake):
    problems = intake.problems()
    doubts = problems[problems["severity"] == "warning"]
    assert doubts["column"].str.contains("margin").sum() == 1


def test_dates_in_eras_come_back(intake, simulated):
    expected = simulated.accounts.assign(account_id=simulated.accounts["account_id"].map(code))
    both = intake.company().accounts.merge(expected, on="account_id", suffixes=("", "_true"))
    assert (both["customer_since"] == both["customer_since_true"]).all()
    assert np.allclose(both["share_of_wallet"], both["share_of_wallet_true"], atol=1e-12)


def test_nine_means_no_answer_because_the_mapping_says_so(intake, pages):
    spoilt = sum(fault.what == NO_ANSWER for page in pages for fault in page.faults())
    changes = intake.changes()
    nines = changes[(changes["table"] == "survey") & (changes["was"] == "9")]
    assert len(nines) == spoilt > 0


def test_answers_all_alike_are_doubted(intake):
    problems = intake.problems()
    warnings = problems.loc[problems["severity"] == "warning", "problem"]
    assert warnings.str.contains("41 answers are 4").sum() == 8
