"""Careless and damaged answers are seen; honest ones are left in peace."""

from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import kamlab as kl
from kamlab.accounts.tables import constructs
from kamlab.accounts.validate import check_tables, sheet_of
from kamlab.intake.checking.find_doubts import find_doubts
from kamlab.intake.checking.survey_rules import LEAST_COPIED, LEAST_ITEMS, longest_runs

ITEMS = [name for construct in constructs() for name in construct.columns]
ALL = len(ITEMS)


def survey(answers, *, account=None, respondent=None, wave=None, day=None):
    """A survey of one row a list of answers; what is not said differs from row to row."""
    n = len(answers)
    return {
        "account_id": account or ["A"] * n,
        "respondent_id": respondent or [f"r{at}" for at in range(n)],
        "wave": wave or [1] * n,
        "answered_on": pd.to_datetime(day or ["2026-04-01"] * n),
        **dict(zip(ITEMS, np.array(answers, dtype=float).T, strict=False)),
    }


def honest(seed, items=ALL):
    return np.random.default_rng(seed).integers(1, 8, items).astype(float)


def test_the_same_answer_throughout_is_doubted(doubts_of):
    straight = np.full(len(ITEMS), 4.0)
    found = doubts_of(survey=survey([honest(0), straight]))
    assert list(found) == [("survey", "", 3)]
    assert f"All {len(ITEMS)} answers are 4." in found["survey", "", 3]


def test_gaps_do_not_hide_the_same_answer_throughout(doubts_of):
    gaps = np.where(np.arange(len(ITEMS)) % 3 == 0, np.nan, 7.0)
    assert list(doubts_of(survey=survey([gaps]))) == [("survey", "", 2)]


@pytest.mark.parametrize(("items", "doubted"), [(LEAST_ITEMS - 1, 0), (LEAST_ITEMS, 1)])
def test_few_equal_answers_say_nothing(doubts_of, items, doubted):
    found = doubts_of(survey=survey([np.full(items, 5.0)]))
    assert len(found) == doubted
    assert all("All 10 answers are 5." in told for told in found.values())


def test_a_long_run_is_doubted_and_a_shorter_one_is_not(doubts_of):
    items, half = 40, 20
    varied = np.arange(items) % 2 + 1.0
    long, short = varied.copy(), varied.copy()
    long[:half], short[: half - 1] = 6, 6
    found = doubts_of(survey=survey([short, long]))
    assert list(found) == [("survey", "", 3)]
    assert f"{half} statements in a row have the answer 6." in found["survey", "", 3]


def test_more_than_half_of_the_answers_missing_is_doubted(doubts_of):
    items = 20
    few, enough = honest(1, items), honest(2, items)
    few[:11], enough[:10] = np.nan, np.nan
    found = doubts_of(survey=survey([few, enough]))
    assert list(found) == [("survey", "", 2)]
    assert "11 of 20 statements have no answer." in found["survey", "", 2]


def test_answers_of_another_respondent_are_doubted(doubts_of):
    found = doubts_of(survey=survey([honest(1), honest(2), honest(1)]))
    assert list(found) == [("survey", "", 4)]
    assert "those of row 2, which is another respondent" in found["survey", "", 4]


@pytest.mark.parametrize(("items", "doubted"), [(LEAST_COPIED - 1, 0), (LEAST_COPIED, 1)])
def test_agreement_in_few_answers_may_be_chance(doubts_of, items, doubted):
    assert len(doubts_of(survey=survey([honest(1, items), honest(1, items)]))) == doubted


def test_a_respondent_of_two_accounts_is_doubted(doubts_of):
    answers = survey(
        [honest(1), honest(2), honest(3)], account=["A", "B", "B"], respondent=["r", "r", "s"]
    )
    found = doubts_of(survey=answers)
    assert list(found) == [("survey", "respondent_id", 3)]
    assert (
        "The respondent r also answers for the account A (row 2)."
        in found["survey", "respondent_id", 3]
    )


def test_a_later_wave_on_an_earlier_day_is_doubted(doubts_of):
    answers = survey(
        [honest(at) for at in range(6)],
        respondent=["r", "r", "s", "s", "t", "t"],
        wave=[2, 1, 1, 2, 1, 2],
        day=["2026-04-01", "2026-04-02", "2025-04-01", "2026-04-02", "2025-04-01", "2026-04-03"],
    )
    found = doubts_of(survey=answers)
    assert list(found) == [("survey", "answered_on", 2)]
    told = found["survey", "answered_on", 2]
    assert "Wave 2 was not answered later than wave 1 (2026-04-02, row 3)." in told


def test_two_waves_of_one_person_on_one_day_are_doubted(doubts_of):
    answers = survey(
        [honest(at) for at in range(4)],
        respondent=["r", "r", "s", "s"],
        wave=[1, 2, 1, 2],
        day=["2025-04-01 09:00", "2025-04-01 10:00", "2025-04-01 09:00", "2026-04-01 09:00"],
    )
    assert list(doubts_of(survey=answers)) == [("survey", "answered_on", 3)]


def test_two_waves_on_the_same_days_are_doubted_as_a_whole(doubts_of):
    answers = survey([honest(1), honest(2)], wave=[1, 2])
    assert list(doubts_of(survey=answers)) == [("survey", "answered_on", None)]


def test_waves_numbered_against_their_days_are_doubted_as_a_whole(doubts_of):
    answers = survey(
        [honest(at) for at in range(4)],
        wave=[1, 1, 2, 2],
        day=["2026-04-01", "2026-04-03", "2025-04-01", "2025-04-02"],
    )
    found = doubts_of(survey=answers)
    assert list(found) == [("survey", "answered_on", None)]
    assert "Wave 2 (middle day 2025-04-01)" in found["survey", "answered_on", None]


def test_answers_carried_forward_are_doubted(doubts_of):
    changed = honest(1)
    changed[0] = changed[0] % 7 + 1
    answers = survey(
        [honest(1), changed, honest(1), honest(2), honest(2)],
        respondent=["r", "s", "r", "t", "t"],
        wave=[1, 1, 3, 1, 2],
        day=["2024-04-01", "2024-04-01", "2026-04-01", "2024-04-01", "2025-04-01"],
    )
    found = doubts_of(survey=answers)
    assert list(found) == [("survey", "", 4), ("survey", "", 6)]
    assert "those of the same person to wave 1 (row 2)." in found["survey", "", 4]


def test_a_wave_repeated_under_a_new_number_is_told_once(doubts_of):
    answers = survey(
        [honest(at) for at in (1, 2, 3, 1, 2, 3, 9)],
        respondent=["r", "s", "t", "r", "s", "t", "u"],
        wave=[1, 1, 1, 2, 2, 2, 2],
        day=["2025-04-01"] * 3 + ["2026-04-01"] * 4,
    )
    found = doubts_of(survey=answers)
    assert list(found) == [("survey", "wave", None)]
    told = found["survey", "wave", None]
    assert "All 3 respondents of both waves answered wave 2 exactly as wave 1." in told


def test_people_who_always_answer_4_repeat_nothing(doubts_of):
    straight = np.full(len(ITEMS), 4.0)
    answers = survey([straight] * 2, respondent=["r", "r"], wave=[1, 2], day=["2025", "2026"])
    assert all("answers are 4" in told for told in doubts_of(survey=answers).values())


def test_the_simulated_company_is_not_doubted():
    company = kl.simulate_company(seed=11, n_accounts=200)
    sheets = {name: sheet_of(name, frame) for name, frame in company.tables.items()}
    assert find_doubts(check_tables(sheets).sheets, pd.Timestamp("2030-01-01")) == []


def test_a_survey_whose_items_are_missing_is_not_doubted(doubts_of):
    assert doubts_of(survey=survey([[]])) == {}


@settings(deadline=None)
@given(arrays(float, (3, 12), elements=st.sampled_from([np.nan, 1.0, 2.0, 3.0])))
def test_the_longest_run_is_that_of_brute_force(answers):
    runs, which = longest_runs(answers)
    for row, run, answer in zip(answers, runs, which, strict=True):
        lengths = [(len(list(group)), value) for value, group in groupby(row[~np.isnan(row)])]
        assert run == max((length for length, _ in lengths), default=0)
        assert not run or (run, answer) in lengths


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(6)))
def test_the_order_of_rows_does_not_change_which_people_are_doubted(order):
    answers = survey(
        [honest(1), honest(1), honest(2), honest(2), np.full(len(ITEMS), 3.0), honest(5)],
        respondent=["r", "r", "s", "s", "t", "u"],
        wave=[1, 2, 1, 2, 1, 1],
        day=["2025-04-01", "2026-04-01", "2025-04-01", "2026-04-01", "2025-04-01", "2025-04-01"],
    )
    frame = pd.DataFrame(answers).iloc[list(order)].reset_index(drop=True)
    found = find_doubts(check_tables({"survey": sheet_of("survey", frame)}).sheets)
    people = {
        tuple(frame.loc[at, ["respondent_id", "wave"]]) for each in found for at in each.positions
    }
    assert people == {("r", 2), ("s", 2), ("t", 1)}
