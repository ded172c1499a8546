"""What `measure_quality` says of validity and agreement, over the tables of a company."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import glossary
from kamlab.quality.agreement import intraclass_correlation, within_group_agreement

RATED = ["trust", "commitment", "satisfaction"]
TABLES = ("items", "aggregation", "htmt", "fornell_larcker", "common_method", "structures")


@pytest.fixture(scope="module")
def quality(company):
    return kl.measure_quality(company.survey)


@pytest.fixture(scope="module")
def last(company):
    """The rows of each account's last wave."""
    survey = company.survey
    return survey[survey["wave"] == survey.groupby("account_id")["wave"].transform("max")]


@pytest.fixture(scope="module")
def alone(last):
    """One respondent per account."""
    return kl.measure_quality(last.drop_duplicates("account_id"))


def test_agreement_is_that_of_each_accounts_last_wave(quality, last):
    table = quality.aggregation().set_index("term")
    codes, _ = pd.factorize(last["account_id"], sort=True)
    for construct in kl.constructs():
        if construct.name not in RATED:
            continue
        items = last[list(construct.columns)]
        answers = items.to_numpy()
        score = items.mean(axis=1).where(2 * items.notna().sum(axis=1) >= items.shape[1])
        icc = intraclass_correlation(score, last["account_id"])
        agreement = within_group_agreement(answers, codes)
        agreement = agreement[~np.isnan(agreement)]
        row = table.loc[construct.name]
        assert row["icc1"] == pytest.approx(icc.icc1)
        assert row["icc2_low"] == pytest.approx(icc.icc2_low)
        assert row["p_value"] == pytest.approx(icc.p_value)
        assert row["r_wg"] == pytest.approx(np.median(agreement))
        assert row["share_agreed"] == pytest.approx(np.mean(agreement >= 0.7))
        assert (row["n_accounts"], row["n_several"]) == (icc.n_groups, icc.n_several)


def test_the_table_of_constructs_has_the_main_measures_of_agreement(quality):
    shared = ["icc1", "icc2", "r_wg"]
    pd.testing.assert_frame_equal(quality.tidy()[shared], quality.aggregation()[shared])


def test_the_simulated_accounts_agree_as_much_as_their_rules_say(quality):
    """Variance between accounts 1; a respondent leans by 0.4 and each item errs by 0.7."""
    rounding = 1 / 12
    for row in quality.aggregation().to_dict("records"):
        items = 3 if row["term"] == "satisfaction" else 4
        truth = 1 / (1 + 0.4**2 + (0.7**2 + rounding) / items)
        assert row["icc1_low"] < truth + 0.02  # answers are cut at the ends of the scale
        assert row["icc1_high"] > truth - 0.02


def test_a_score_is_worth_more_the_more_people_answered(quality):
    latest = quality.latest()
    icc = quality.tidy().set_index("term")["icc1"]
    for name in RATED:
        k = latest["n_respondents"]
        expected = k * icc[name] / (1 + (k - 1) * icc[name])
        pd.testing.assert_series_equal(latest[f"reliability_{name}"], expected, check_names=False)
        assert latest.loc[k == 1, f"agreement_{name}"].isna().all()
        assert latest.loc[k > 1, f"agreement_{name}"].between(0, 1).all()


def test_what_a_score_is_worth_counts_those_who_have_one(company):
    survey = company.survey.copy()
    who = survey["respondent_id"].str.endswith("R2")
    survey.loc[who, [c for c in survey if c.startswith("trust_")]] = np.nan
    quality = kl.measure_quality(survey)
    latest = quality.latest().set_index("account_id")
    icc = quality.tidy().set_index("term")["icc1"]["trust"]
    two = latest["n_respondents"] == 2
    np.testing.assert_allclose(latest.loc[two, "reliability_trust"], icc)
    assert (latest.loc[two, "reliability_commitment"] > icc).all()


def test_columns_of_the_latest_scores_are_worded(quality, language):
    shown = kl.labelled(quality.latest()).columns
    assert {"en": "Reliability: Trust", "ja": "信頼性：信頼"}[language] in shown


def test_one_person_per_account_leaves_agreement_missing_and_says_why(alone, language):
    table = alone.aggregation()
    assert table[["icc1", "icc2", "r_wg", "share_agreed", "p_value"]].isna().all(axis=None)
    assert (table["n_several"] == 0).all()
    assert (table["n_accounts"] == alone.glance()["n_accounts"].item()).all()
    assert alone.latest()[[f"reliability_{name}" for name in RATED]].isna().all(axis=None)
    assert any("r_wg" in str(note) for note in alone.notes)
    assert "nan" not in alone.report()


def test_enough_people_per_account_need_no_excuse(quality, alone):
    assert len(quality.notes) == len(alone.notes) - 1


def test_items_use_every_row(quality, company):
    table = quality.items()
    survey = company.survey
    assert table["item"].tolist() == [
        c for name in RATED for c in survey if c.rpartition("_")[0] == name
    ]
    assert table["construct"].tolist() == [item.rpartition("_")[0] for item in table["item"]]
    np.testing.assert_allclose(table["mean"], survey[table["item"]].mean())
    np.testing.assert_array_equal(table["nobs"], survey[table["item"]].count())


def test_earlier_waves_change_neither_validity_nor_agreement(quality, last):
    recent = kl.measure_quality(last)
    pd.testing.assert_frame_equal(recent.htmt(draws=50), quality.htmt(draws=50))
    pd.testing.assert_frame_equal(recent.aggregation(), quality.aggregation())
    pd.testing.assert_frame_equal(recent.common_method(), quality.common_method())
    assert recent.tidy()["alpha"].tolist() != quality.tidy()["alpha"].tolist()


def test_the_order_of_the_survey_does_not_matter(quality, company):
    mixed = kl.measure_quality(company.survey.sample(frac=1, random_state=0))
    for name in ("htmt", "aggregation", "items", "latest"):
        pd.testing.assert_frame_equal(getattr(mixed, name)(), getattr(quality, name)())


def test_htmt_can_be_repeated_and_its_interval_surrounds_it(quality):
    first, again = quality.htmt(draws=200, seed=3), quality.htmt(draws=200, seed=3)
    pd.testing.assert_frame_equal(first, again)
    assert (first["conf_low"] < first["htmt"]).all()
    assert (first["htmt"] < first["conf_high"]).all()
    assert (first["n_draws"] == 200).all()
    pairs = first[["construct", "other_construct"]].to_numpy().tolist()
    assert pairs == [RATED[:2], RATED[::2], RATED[1:]]


def test_htmt_uses_the_rows_that_answer_every_item(quality, last):
    items = quality.items()["item"].tolist()
    r = last[items].dropna().corr().to_numpy()
    trust, commitment = r[:4, :4], r[4:8, 4:8]
    within = [np.mean(block[np.triu_indices(4, 1)]) for block in (trust, commitment)]
    expected = r[:4, 4:8].mean() / np.sqrt(np.prod(within))
    assert quality.htmt(draws=0)["htmt"][0] == pytest.approx(expected)


@pytest.mark.parametrize("draws", [-1, 2.5, "many", True, None])
def test_draws_must_be_a_number_that_can_be_drawn(quality, draws, language):
    with pytest.raises(kl.ArgumentError, match="draws"):
        quality.htmt(draws=draws)


@pytest.mark.parametrize("verb", ["htmt", "fornell_larcker", "structures"])
def test_one_construct_has_nothing_to_be_told_apart_from(company, verb, language):
    with pytest.raises(kl.NotApplicable):
        getattr(kl.measure_quality(company.survey, ["trust"]), verb)()


def test_the_share_of_the_first_component_is_that_of_the_largest_eigenvalue(quality, last):
    items = quality.items()["item"].tolist()
    r = last[items].dropna().corr().to_numpy()
    found = quality.common_method()
    assert found["first_component_share"].item() == pytest.approx(
        np.linalg.eigvalsh(r).max() / len(items)
    )
    assert found["nobs"].item() == len(last[items].dropna())


def test_a_marker_takes_its_smallest_positive_correlation_from_the_others(quality):
    found = quality.marker_adjusted("shared_values")
    method = found["marker_correlation"][0]
    assert (found["marker_correlation"] == method).all()
    assert 0 < method < 1
    expected = (found["score_correlation"] - method) / (1 - method)
    np.testing.assert_allclose(found["adjusted_correlation"], expected)


def test_a_contrary_marker_leaves_correlations_as_they_are(quality):
    found = quality.marker_adjusted("opportunism")
    np.testing.assert_allclose(found["adjusted_correlation"], found["score_correlation"])


def test_there_is_no_marker_by_default_and_a_wrong_one_is_refused(quality, company, language):
    with pytest.raises(TypeError):
        quality.marker_adjusted()
    with pytest.raises(kl.ArgumentError, match="trust"):
        quality.marker_adjusted("trust")
    with pytest.raises(kl.ArgumentError, match="luck"):
        quality.marker_adjusted("luck")
    survey = company.survey
    bare = survey.drop(columns=[c for c in survey if c.startswith("acquiescence_")])
    with pytest.raises(kl.NotApplicable, match="acquiescence_1"):
        kl.measure_quality(bare).marker_adjusted("acquiescence")


def spoilt(survey, how):
    survey = survey.copy()
    if how == "constant item":
        survey["trust_1"] = 4.0
    else:
        survey.loc[survey["wave"] == survey["wave"].max(), "satisfaction_1"] = np.nan
        survey = survey[survey["account_id"].isin(survey.query("wave == wave.max()")["account_id"])]
    return survey


@pytest.mark.parametrize("how", ["constant item", "not asked lately"])
def test_answers_that_cannot_be_correlated_leave_the_rest_as_it_is(company, how, language):
    quality = kl.measure_quality(spoilt(company.survey, how))
    tidy = quality.tidy()
    assert (
        tidy[["omega", "composite_reliability", "average_variance_extracted"]].isna().all(axis=None)
    )
    assert tidy[["alpha", "icc1", "r_wg"]].notna().all(axis=None)
    assert quality.glance()[["chisq", "cfi"]].isna().all(axis=None)
    for verb in ("htmt", "common_method", "fornell_larcker", "structures", "second_order"):
        with pytest.raises(kl.NotApplicable):
            getattr(quality, verb)()
    with pytest.raises(kl.NotApplicable) as caught:
        _ = quality.cfa
    assert str(caught.value) in [str(note) for note in quality.notes]
    assert "nan" not in quality.report()


def test_what_is_done_to_the_survey_later_does_not_change_the_result(company):
    survey = company.survey.copy(deep=True)
    expected = kl.measure_quality(company.survey)
    quality = kl.measure_quality(survey)
    survey.loc[:, "trust_1"] = 1.0
    pd.testing.assert_frame_equal(quality.aggregation(), expected.aggregation())
    pd.testing.assert_frame_equal(quality.items(), expected.items())


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_declared(quality, name):
    assert set(getattr(quality, name)()) <= set(glossary())


@pytest.mark.parametrize("name", TABLES)
def test_changing_a_table_does_not_change_the_result(quality, name):
    before = getattr(quality, name)()
    spoilt_table = getattr(quality, name)()
    for column in spoilt_table:
        spoilt_table[column] = None
    pd.testing.assert_frame_equal(getattr(quality, name)(), before)


def test_a_construct_named_twice_is_measured_once(company):
    quality = kl.measure_quality(company.survey, ["trust", "trust", "commitment"])
    assert quality.tidy()["term"].tolist() == ["trust", "commitment"]


def test_one_factor_is_refuted_in_the_sample_although_its_plain_scaling_is_negative(company):
    table = kl.measure_quality(company.survey).structures().set_index("structure")
    assert table.loc["one_factor", "structure_verdict"] == "worse"
    assert table.loc["one_factor", "p_difference"] < 0.001
