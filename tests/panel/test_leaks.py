"""The period of every account begins on 1 April 2025 (see `tiny` in conftest)."""

import dataclasses

import pandas as pd
import pytest

import kamlab as kl

FIRST_DAY = "2025-04-01"
DAY_BEFORE = "2025-03-31"
KNOWN = ("A", "R1", 1, "2025-02-10", 4)


def row(company, account="A"):
    table = kl.analysis_table(company, constructs=("trust",))
    return table[table["account_id"] == account].iloc[0]


@pytest.mark.parametrize("day", [FIRST_DAY, "2025-04-02", "2026-03-31", "2027-01-01"])
@pytest.mark.parametrize(("who", "wave"), [("R1", 2), ("R2", 1), ("R2", 2)])
def test_an_answer_on_or_after_the_first_day_changes_nothing(tiny, day, who, wave):
    clean = row(tiny([KNOWN]))
    planted = row(tiny([KNOWN, ("A", who, wave, day, 7)]))
    pd.testing.assert_series_equal(planted, clean)


@pytest.mark.parametrize("day", [FIRST_DAY, "2025-12-24", "2030-01-01"])
def test_an_event_on_or_after_the_first_day_changes_nothing(tiny, day):
    known = ("A", "2025-01-15", "complaint")
    clean = row(tiny([KNOWN], [known]))
    planted = row(tiny([KNOWN], [known, ("A", day, "complaint"), ("A", day, "meeting")]))
    pd.testing.assert_series_equal(planted, clean)


def test_an_answer_the_day_before_counts(tiny):
    found = row(tiny([KNOWN, ("A", "R1", 2, DAY_BEFORE, 7)]))
    assert (found["trust"], found["wave"], found["quality_age"]) == (7.0, 2, 1)


def test_only_the_answers_given_before_the_first_day_count_of_a_wave_that_straddles_it(tiny):
    answers = [
        ("A", "R1", 2, "2025-03-20", 3),
        ("A", "R2", 2, DAY_BEFORE, 4),
        ("A", "R3", 2, FIRST_DAY, 7),
        ("A", "R4", 2, "2025-04-10", 7),
    ]
    found = row(tiny([KNOWN, *answers]))
    assert (found["trust"], found["n_respondents"], found["wave"]) == (3.5, 2, 2)
    assert found["quality_age"] == 1


def test_the_earlier_wave_is_not_mixed_into_the_last_one(tiny):
    found = row(tiny([("A", "R1", 1, "2024-02-01", 1), ("A", "R2", 2, "2025-02-01", 6)]))
    assert (found["trust"], found["n_respondents"]) == (6.0, 1)


def test_the_answers_of_another_account_do_not_count(tiny):
    found = row(tiny([KNOWN, ("B", "R9", 2, DAY_BEFORE, 7)]))
    assert found["trust"] == 4.0


def test_an_account_without_an_answer_before_its_period_has_no_scores(tiny):
    found = row(tiny([KNOWN, ("B", "R9", 1, FIRST_DAY, 7)]), "B")
    assert found[["trust", "wave", "quality_age", "n_respondents"]].isna().all()


def test_a_survey_that_came_wholly_too_late_gives_rows_without_scores(tiny):
    table = kl.analysis_table(tiny([("A", "R1", 1, "2025-05-01", 7)]), constructs=("trust",))
    assert len(table) == 2
    assert table["trust"].isna().all()


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2024-03-31", 0), ("2024-04-01", 1), (DAY_BEFORE, 1), (FIRST_DAY, 0)],
)
def test_events_count_for_one_year_up_to_the_day_before(tiny, day, counted):
    old = ("B", "2020-01-01", "meeting")
    found = row(tiny([KNOWN], [old, ("A", day, "complaint")]))
    assert found["complaint_last_year"] == counted


def test_an_account_without_events_has_a_count_of_zero_once_events_are_recorded(tiny):
    found = row(tiny([KNOWN], [("B", "2024-01-01", "meeting")]), "A")
    assert found["meeting_last_year"] == 0


def test_what_happened_before_events_were_recorded_is_missing_not_zero(tiny):
    company = tiny([KNOWN], [("B", "2025-06-01", "meeting"), ("A", "2025-07-01", "complaint")])
    found = row(company)
    assert pd.isna(found["complaint_last_year"])


def test_events_that_all_come_too_late_leave_the_rows_standing(tiny):
    table = kl.analysis_table(tiny([KNOWN], [("A", "2025-05-01", "meeting")]), ("trust",))
    assert len(table) == 2


def test_changing_the_outcome_of_a_period_changes_no_predictor(small_company):
    before = kl.analysis_table(small_company)
    periods = small_company.periods
    periods["stayed"] = ~periods["stayed"]
    periods[["revenue", "margin", "cost_to_serve"]] *= 2
    after = kl.analysis_table(dataclasses.replace(small_company, periods=periods))
    outcomes = ["stayed", "revenue", "margin", "cost_to_serve", "net_margin"]
    pd.testing.assert_frame_equal(before.drop(columns=outcomes), after.drop(columns=outcomes))
