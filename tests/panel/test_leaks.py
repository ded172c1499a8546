"""The period of every account begins on 1 April 2025 (see `tiny` in conftest)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kamlab as kl
from kamlab.panel.history import BEHAVIOURS
from tests.panel.leaks import leaking_columns

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


@pytest.fixture(scope="module")
def staggered(small_company):
    """A company whose accounts have periods of their own, each from another day."""
    rng = np.random.default_rng(3)
    ids = small_company.accounts["account_id"]
    later = pd.Series(pd.to_timedelta(rng.integers(0, 365, len(ids)), unit="D"), index=ids)
    accounts, periods = small_company.accounts, small_company.periods
    accounts["customer_since"] += later.to_numpy()
    for dated in ("start", "end"):
        periods[dated] += periods["account_id"].map(later)
    return replace(small_company, accounts=accounts, periods=periods)


def starts(company):
    return sorted(company.periods["start"].unique())


@pytest.mark.parametrize("build", [kl.analysis_table, kl.behaviours])
@pytest.mark.parametrize("which", ["small_company", "staggered"])
@settings(max_examples=12, deadline=None)
@given(place=st.floats(0, 1), days=st.integers(-2, 2), seed=st.integers(0, 2**31))
def test_what_comes_on_or_after_a_day_changes_no_period_that_began_by_it(
    request, which, build, place, days, seed
):
    company = request.getfixturevalue(which)
    every = starts(company)
    day = every[round(place * (len(every) - 1))] + pd.Timedelta(days=days)
    assert leaking_columns(company, build, day, seed) == set()


def one_day_too_many(company):
    """The table of behaviours, as of a day on which the period has begun."""
    rows = kl.behaviours(company)
    parts = [
        own.drop(columns=[*BEHAVIOURS]).merge(kl.behaviours(company, day), on="account_id")
        for day, own in rows.groupby("start")
    ]
    return pd.concat(parts).sort_values(["account_id", "period"])


def as_of_the_export(company):
    """The analysis table with facts of accounts as of the last day of all data."""
    facts = kl.account_facts(company)[["account_id", "n_contacts", "wins_after_losses"]]
    return kl.analysis_table(company).merge(facts.add_suffix("_now"), left_on="account_id",
                                            right_on="account_id_now")  # fmt: skip


def of_the_same_period(company):
    """The analysis table with the period's own revenue as that of the period before."""
    table = kl.analysis_table(company)
    return table.assign(last_revenue=table["revenue"])


def of_all_answers(company):
    """The analysis table with trust from all waves, the later ones too."""
    survey = company.survey
    survey["trust"] = survey.filter(regex="^trust_").mean(axis=1)
    return kl.analysis_table(company).drop(columns="trust").merge(
        survey.groupby("account_id", as_index=False)["trust"].mean()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("build", "leaks"),
    [
        (one_day_too_many, {"days_since_event", "meetings_a_year"}),
        (as_of_the_export, {"n_contacts_now", "wins_after_losses_now"}),
        (of_the_same_period, {"last_revenue"}),
        (of_all_answers, {"trust"}),
    ],
)
def test_a_planted_leak_is_found_and_nothing_else_is_blamed(small_company, build, leaks):
    day = starts(small_company)[2]
    found = set().union(*(leaking_columns(small_company, build, day, seed) for seed in (1, 2)))
    assert leaks <= found
    if build is not one_day_too_many:
        assert found == leaks


@pytest.mark.parametrize("number", [0, 2, 4])
def test_the_outcome_of_a_period_is_known_in_later_ones_only(small_company, number):
    before = kl.analysis_table(small_company)
    periods = small_company.periods
    changed = periods["start"] == starts(small_company)[number]
    periods.loc[changed, "stayed"] = ~periods.loc[changed, "stayed"]
    periods.loc[changed, ["revenue", "margin", "cost_to_serve"]] *= [2.0, 3.0, 4.0]
    after = kl.analysis_table(replace(small_company, periods=periods))
    outcomes = ["stayed", "revenue", "margin", "cost_to_serve", "net_margin"]
    early = before["start"] <= starts(small_company)[number]
    pd.testing.assert_frame_equal(
        before[early].drop(columns=outcomes), after[early].drop(columns=outcomes)
    )
    money = ["last_revenue", "last_net_margin"]
    later = before.loc[~early, money].to_numpy() != after.loc[~early, money].to_numpy()
    assert later.any() == (number < 4)
