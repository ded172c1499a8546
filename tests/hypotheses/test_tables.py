"""The tables on which hypotheses are tested."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.hypotheses.tables import Tables


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


def test_periods_are_the_analysis_table(company, tables):
    pd.testing.assert_frame_equal(tables.periods, kl.analysis_table(company))


def test_accounts_have_facts_size_and_the_latest_scores(company, tables):
    accounts = tables.accounts
    assert accounts["account_id"].tolist() == company.accounts["account_id"].tolist()
    facts = kl.account_facts(company)
    pd.testing.assert_series_equal(accounts["net_margin"], facts["net_margin"])
    np.testing.assert_allclose(accounts["size"], np.log10(company.accounts["employees"]))
    own = company.survey.query("account_id == 'A-001'")
    own = own[own["wave"] == own["wave"].max()]
    items = own[[name for name in own if name.startswith("communication_")]]
    score = items.mean(axis=1).mean()
    assert accounts.set_index("account_id").loc["A-001", "communication"] == pytest.approx(score)


def test_the_survey_has_scores_beside_its_items(company, tables):
    items = [name for name in tables.survey if name.startswith("uncertainty_")]
    complete = tables.survey[tables.survey[items].notna().all(axis=1)]
    np.testing.assert_allclose(complete["uncertainty"], complete[items].mean(axis=1))
    assert len(tables.survey) == len(company.survey)


def test_a_users_own_columns_stay_under_another_name(company):
    accounts = company.accounts.assign(trust="A", revenue=3, size="big")
    survey = company.survey.assign(trust="mine")
    found = Tables.of(dataclasses.replace(company, accounts=accounts, survey=survey))
    assert found.accounts["account_trust"].eq("A").all()
    assert found.accounts["account_size"].eq("big").all()
    assert found.survey["survey_trust"].eq("mine").all()
    assert pd.api.types.is_numeric_dtype(found.accounts["trust"])


def test_a_part_has_only_its_accounts_and_the_error_that_is_seen_in_them(company, tables):
    ids = pd.Index(company.accounts["account_id"][:90])
    part = tables.only(ids)
    for name in ("periods", "accounts", "survey"):
        own = getattr(part, name)
        assert set(own["account_id"]) <= set(ids)
        assert len(own) == getattr(tables, name)["account_id"].isin(ids).sum()
    alone = kl.score_error(company.survey[company.survey["account_id"].isin(ids)])
    np.testing.assert_allclose(part.error.covariance, alone.covariance)
    pd.testing.assert_frame_equal(part.error.tidy(), alone.tidy())


def test_a_part_without_several_respondents_says_that_error_is_not_known(company, tables):
    counts = company.survey.groupby(["account_id", "wave"]).size().groupby("account_id").max()
    part = tables.only(counts.index[counts == 1])
    assert isinstance(part.error, kl.NotApplicable)
    assert isinstance(part.only(pd.Index(["A-001"])).error, kl.NotApplicable)


def test_what_a_company_does_not_have_is_kept_as_the_reason(company):
    bare = Tables.of(kl.Company(accounts=company.accounts[["account_id", "name"]]))
    assert "periods" in str(bare.periods)
    assert "survey" in str(bare.survey)
    assert isinstance(bare.error, kl.NotApplicable)
    assert "size" not in bare.accounts
    assert bare.last_day is None
    assert isinstance(bare.only(bare.accounts["account_id"]).periods, kl.NotApplicable)


def test_the_last_day_is_not_that_of_a_period_which_still_runs(company, tables):
    assert company.periods["end"].max() == pd.Timestamp("2027-03-31")
    assert tables.last_day == pd.Timestamp("2026-03-31")


@pytest.mark.parametrize("wrong", [None, "sample", pd.DataFrame()])
def test_only_a_company_has_tables(wrong, language):
    with pytest.raises(kl.ArgumentError, match=type(wrong).__name__):
        Tables.of(wrong)
