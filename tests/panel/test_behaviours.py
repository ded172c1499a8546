"""Behaviours before each period: what `account_facts` says on the day before, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.events import EVENT_FACTS
from kamlab.foundation.columns import glossary
from kamlab.panel.history import BEHAVIOURS, LAST_MONEY

DAY = pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def every_day_another(small_company):
    """A company in which hardly two periods begin on the same day."""
    periods = small_company.periods
    later = pd.to_timedelta(np.random.default_rng(2).integers(0, 300, len(periods)), unit="D")
    periods["start"] += later
    periods["end"] += later
    periods["stayed"] = True
    return replace(small_company, periods=periods)


@pytest.mark.parametrize("which", ["small_company", "every_day_another"])
def test_every_row_is_what_the_facts_of_its_day_before_say(request, which):
    company = request.getfixturevalue(which)
    found = kl.behaviours(company)
    table = kl.analysis_table(company)
    assert len(found) == len(company.periods)
    for start, own in found.groupby("start"):
        facts = kl.account_facts(company, start - DAY).set_index("account_id")
        expected = facts.loc[own["account_id"]].reset_index(drop=True)
        own = own.reset_index(drop=True)
        pd.testing.assert_frame_equal(own[[*BEHAVIOURS]], expected[[*BEHAVIOURS]])
        money = table[table["start"] == start].reset_index(drop=True)
        ended = money["last_revenue"].notna()
        for name, ours in LAST_MONEY.items():
            # Without a period that ended, facts have orders instead, and the table has nothing.
            pd.testing.assert_series_equal(
                money[ours][ended], expected[name][ended], check_names=False
            )


def test_the_analysis_table_has_the_same_columns(company, table):
    found = kl.behaviours(company)
    assert list(found) == ["account_id", "period", "start", *BEHAVIOURS]
    pd.testing.assert_frame_equal(table[[*found]], found, check_like=True)


def test_on_a_given_day_there_is_one_row_per_account(small_company):
    found = kl.behaviours(small_company, "2024-03-31")
    facts = kl.account_facts(small_company, "2024-03-31")
    pd.testing.assert_frame_equal(found, facts[["account_id", *BEHAVIOURS]])
    assert len(found) == len(small_company.accounts)


def test_the_money_of_the_period_before_is_that_of_the_row_before(table):
    before = table.groupby("account_id")[["revenue", "net_margin"]].shift()
    # In the sample accounts have every year from their first to their last.
    for name in before:
        pd.testing.assert_series_equal(table[f"last_{name}"], before[name], check_names=False)
    two_before = table.groupby("account_id")["revenue"].shift(2)
    growth = before["revenue"] / two_before - 1
    np.testing.assert_allclose(table["last_revenue_growth"], growth, rtol=1e-12)
    assert table["last_revenue_growth"].notna().sum() > 300


@pytest.mark.parametrize(("end", "known"), [("2025-03-31", True), ("2025-04-01", False)])
def test_money_is_known_the_day_after_its_period_ended(tiny, end, known):
    company = tiny()
    before = company.periods.query("account_id == 'A'").assign(
        period=2024, start=pd.Timestamp("2024-04-01"), end=pd.Timestamp(end), stayed=True
    )
    periods = pd.concat([company.periods, before], ignore_index=True)
    table = kl.analysis_table(replace(company, periods=periods)).set_index(["account_id", "period"])
    assert table["last_net_margin"].notna().to_dict() == {
        ("A", 2024): False, ("A", 2025): known, ("B", 2025): False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("since", "ten"), [("2015-04-01", 1.0), ("2015-04-02", 0.0), ("2005-01-01", 1.0), (None, None)]
)
def test_ten_years_are_complete_on_the_periods_first_day(tiny, since, ten):
    company = tiny()
    accounts = company.accounts.assign(customer_since=pd.Timestamp(since))
    table = kl.analysis_table(replace(company, accounts=accounts))
    assert table["ten_years"].tolist() == pytest.approx(
        [np.nan if ten is None else ten] * 2, nan_ok=True
    )


def test_before_the_log_had_begun_behaviour_is_missing_and_never_nought(tiny):
    first_day = [("B", "2025-04-01", "meeting")]
    late = kl.behaviours(tiny((), first_day))
    told = [name for name in EVENT_FACTS if name in late]
    assert late[told].isna().all(axis=None)
    in_time = kl.behaviours(tiny((), [("B", "2025-03-31", "meeting")])).set_index("account_id")
    assert in_time.loc["A", ["had_complaint", "reproposals", "complaints_a_year"]].tolist() == [
        0,
        0,
        0,
    ]
    assert in_time.loc["B", "days_since_event"] == 0


@pytest.mark.parametrize("name", [*BEHAVIOURS, *LAST_MONEY.values()])
def test_every_column_is_in_the_glossary(name):
    assert name in glossary()


@pytest.mark.parametrize(
    "name", ["wins_after_losses", "ten_years", "last_revenue", "meeting_last_year"]
)
@pytest.mark.parametrize("where", ["accounts", "periods"])
def test_a_users_own_column_of_that_name_is_kept_under_another(small_company, where, name):
    own = small_company.tables[where].assign(**{name: 123.0})
    plain = kl.analysis_table(small_company)
    table = kl.analysis_table(replace(small_company, **{where: own}))
    pd.testing.assert_series_equal(table[name], plain[name])
    assert (table[f"{where.removesuffix('s')}_{name}"] == 123.0).all()


def test_a_table_with_many_columns_can_be_added_to_without_a_warning(company):
    table = kl.analysis_table(company)
    for number in range(50):
        table[f"own_{number}"] = float(number)  # pandas warns of a hundred single columns
    assert len(table.columns) > 150


def test_a_regression_may_explain_with_behaviour(company):
    with pytest.warns(kl.RowsLeftOutWarning, match="wins_after_losses"):
        fit = kl.fit_retention("stayed ~ wins_after_losses + instruction_share", company)
    assert fit.tidy()["term"].tolist() == ["Intercept", "wins_after_losses", "instruction_share"]


def test_without_a_log_or_periods_it_says_what_is_missing(small_company, language):
    without_log = replace(small_company, interactions=None)
    for day in (None, "2024-03-31"):
        with pytest.raises(kl.NotApplicable, match="interactions"):
            kl.behaviours(without_log, day)
    assert "ten_years" in kl.analysis_table(without_log)
    without_periods = replace(small_company, periods=None)
    with pytest.raises(kl.NotApplicable, match="periods"):
        kl.behaviours(without_periods)
    assert len(kl.behaviours(without_periods, "2024-03-31")) == len(small_company.accounts)


def test_what_is_no_company_or_no_day_is_refused(small_company, language):
    with pytest.raises(kl.ArgumentError, match="DataFrame"):
        kl.behaviours(small_company.accounts)
    with pytest.raises(kl.ArgumentError, match="2026-03-31"):
        kl.behaviours(small_company, "yesterday")


def test_the_company_is_not_changed(small_company):
    before = {name: frame.copy(deep=True) for name, frame in small_company.tables.items()}
    found = kl.behaviours(small_company)
    found.loc[:, "ten_years"] = 5.0
    for name, frame in small_company.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
