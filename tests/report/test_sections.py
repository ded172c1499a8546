"""What sections show of results: chosen, ordered and counted rightly."""

import dataclasses
import hashlib

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.report.sections.hypotheses import as_tested, letters_of
from kamlab.report.sections.intake import by_place, intake_section
from kamlab.report.sections.next_steps import as_shown, in_order, order_of
from kamlab.report.sections.portfolio import doubtful, most_in_doubt
from kamlab.report.sections.provenance import hash_of_file, hash_of_tables
from tests.report.html_of import read


def problems():
    return pd.DataFrame(
        {
            "severity": ["error", "error", "warning", "error"],
            "table": ["t", "t", "t", "u"],
            "column": ["a", "b", "a", "b"],
            "row": pd.array([5, 7, 9, 2], dtype="Int64"),
            "problem": ["no day", "no number", "odd", "no number"],
        }
    )


def test_problems_are_counted_by_column_the_most_frequent_first():
    more = pd.concat([problems(), problems().iloc[[1]].assign(row=1)])
    table = by_place(more, "error")
    assert table["n_problems"].tolist() == [2, 1, 1]
    assert table.iloc[0].tolist() == ["t", "b", 2, 7, "no number"]
    assert by_place(more, "warning")["first_row"].tolist() == [9]


def test_no_problem_is_lost_in_counting():
    for severity in ("error", "warning"):
        counted = by_place(problems(), severity)["n_problems"].sum()
        assert counted == (problems()["severity"] == severity).sum()


def test_doubtful_accounts_are_those_that_move_in_a_fifth_of_the_redraws(company):
    board = kl.classify(company, "bensaou")
    flips = board.how_sure_by_default
    by_hand = [any(share >= 0.2 for share in row) for row in flips.to_numpy()]
    assert doubtful(board).tolist() == by_hand
    listed = most_in_doubt(board.augment(), 1000)
    assert len(listed) == sum(by_hand)
    assert "flips_respondents" not in listed  # ratings of the account table have no respondents
    most = listed[["flips_weights", "flips_ratings"]].max(axis=1)
    assert most.is_monotonic_decreasing


def accounts():
    return pd.DataFrame(
        {
            "account_id": ["A", "B", "C"],
            "name": ["Aomine", "Bizan", None],
            "gain": [1e6, 3e7, np.nan],
            "gain_low": [-1e6, 2e7, np.nan],
            "gain_high": [2e6, 4e7, np.nan],
            "stay_probability": [0.5, 0.999, 0.3],
            "stay_low": [0.4, 0.9, 0.2],
            "stay_high": [0.6, 1.0, 0.4],
            "cell_label": ["Partner", "Captive", None],
            "in_doubt": [True, False, False],
            "effort": [2, 1, np.nan],
            "prescription": ["Plan.", "Serve.", None],
        }
    )


@pytest.mark.parametrize(
    ("without", "order", "first"),
    [
        ([], "gain", "B"),
        (["gain"], "staying", "C"),
        (["gain", "stay_probability"], "effort", "A"),
        (["gain", "stay_probability", "effort"], None, None),
    ],
)
def test_accounts_are_ordered_by_the_best_that_is_known(without, order, first):
    table = accounts().drop(columns=without)
    assert order_of(table) == order
    if order is not None:
        assert in_order(table, order)["account_id"][0] == first


def test_a_column_without_any_number_gives_no_order():
    assert order_of(accounts().assign(gain=np.nan)) == "staying"
    assert order_of(accounts().iloc[:0]) is None


def test_accounts_are_shown_with_intervals_doubts_and_gaps():
    shown = as_shown(accounts(), "JPY")
    assert shown["who"].tolist() == ["A Aomine", "B Bizan", "C"]
    assert shown["cell_label"][:2].tolist() == ["Partner (in doubt)", "Captive"]
    assert shown["stay_range"][1] == ">99% (90% to >99%)"
    assert shown["gain_range"][:2].tolist() == ["1.0 (-1.0 to 2.0)", "30.0 (20.0 to 40.0)"]
    assert shown.iloc[2].isna().tolist() == [False, True, False, True, True]


def checks():
    return pd.DataFrame(
        {
            "term": ["h1", "h1", "h2", "h2", "h3"],
            "assumption": ["many", "linear", "many", "linear", "linear"],
            "holds": pd.array([False, False, False, None, True], dtype="boolean"),
        }
    )


def verdict_rows():
    return pd.DataFrame(
        {
            "term": ["h1", "h2", "h3", "h4"],
            "statement": ["one", "two", "three", "four"],
            "claim": "effect > 0",
            "effect_is": "slope",
            "estimate": 1.0,
            "conf_low": 0.5,
            "conf_high": 1.5,
            "p_corrected": 0.01,
            "verdict": ["supported", "undecided", "refuted", "not_applicable"],
            "declared": "not_declared",
        }
    )


def test_only_assumptions_that_the_data_contradict_get_a_letter():
    assert letters_of(checks()) == {"many": "a", "linear": "b"}
    assert letters_of(checks()[checks()["holds"].ne(False).fillna(True)]) == {}


def test_hypotheses_that_could_be_tested_are_shown_with_the_letters_of_their_doubts():
    shown = as_tested(verdict_rows(), checks())
    assert shown["statement"].tolist() == ["one", "three", "two"]
    assert shown["doubts"].tolist() == ["a b", "", "a"]
    assert "doubts" not in as_tested(verdict_rows(), checks().iloc[4:])


def test_when_it_was_declared_is_shown_where_anything_was():
    assert "declared" not in as_tested(verdict_rows(), checks())
    rows = verdict_rows().assign(declared=["before", "not_declared", "changed", "before"])
    shown = as_tested(rows, checks())
    assert shown["declared"].tolist() == ["before", "changed", "not_declared"]


def test_a_hash_is_that_of_the_bytes(tmp_path):
    file = tmp_path / "crm.csv"
    file.write_bytes(b"\xef\xbb\xbfid\r\n1\r\n" * 200_000)
    assert hash_of_file(file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_folder_has_a_hash_of_all_its_files(tmp_path):
    for name in ("b.csv", "a.csv"):
        tmp_path.joinpath(name).write_text(name, encoding="utf-8")
    before = hash_of_file(tmp_path)
    assert before == hashlib.sha256(b"a.csv" + b"b.csv").hexdigest()
    tmp_path.joinpath("a.csv").write_text("other", encoding="utf-8")
    assert hash_of_file(tmp_path) != before


def test_tables_have_the_same_hash_until_a_cell_changes(small_company):
    again = kl.simulate_company(n_accounts=40, seed=5)
    assert hash_of_tables(small_company) == hash_of_tables(again)
    survey = small_company.survey
    survey.loc[3, "trust_1"] = 7 if survey.loc[3, "trust_1"] != 7 else 6
    other = dataclasses.replace(small_company, survey=survey)
    assert hash_of_tables(small_company) != hash_of_tables(other)


@pytest.fixture(scope="module")
def intake():
    mapping = kl.example_file("messy_export_ja.toml")
    return kl.check_company(kl.example_file("messy_export_ja.xlsx"), mapping=mapping)


def test_what_came_in_accounts_for_every_row(intake, language):
    section = intake_section(intake.company(), intake)
    total = intake.glance().iloc[0]
    for name in ("rows_read", "rows_accepted", "rows_set_aside"):
        assert f"{total[name]:,.0f}" in section.lead
    words = read("".join(section.blocks)).words
    for row in intake.tidy().itertuples():
        numbers = [f"{row.rows_read:,}", f"{row.rows_accepted:,}", f"{row.rows_set_aside:,}"]
        assert any(words[at : at + 3] == numbers for at in range(len(words)))


def test_doubtful_rows_are_shown_with_what_is_odd(intake):
    text = read("".join(intake_section(intake.company(), intake).blocks)).text
    for problem in (
        intake.problems().query("severity == 'warning'")["problem"].drop_duplicates()[:3]
    ):
        assert problem in text


def test_a_company_without_an_export_shows_what_its_tables_hold(small_company):
    only = dataclasses.replace(small_company, contacts=None)
    text = read("".join(intake_section(only, None).blocks)).text
    assert f"Survey {len(only.survey):,}" in text
    assert "does not have: Contacts." in text
