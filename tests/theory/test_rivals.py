"""The theory beside its rival and beside models of relationship quality."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.sem.fit import fit_sem
from kamlab.theory.kmv import ANTECEDENTS, NAMES, OUTCOMES
from tests.theory.populations import answers, drawn, implied_correlations

SAME = 1e-7


@pytest.fixture(scope="module")
def survey():
    return answers(drawn(np.random.default_rng(3), 300))


@pytest.fixture(scope="module")
def found(survey):
    return kl.assess_theory(survey)


def standardised(survey):
    scores = survey[[f"{name}_1" for name in NAMES]].set_axis(list(NAMES), axis=1)
    return (scores - scores.mean()) / scores.std()


def test_the_comparison_is_that_of_the_models_own_texts(survey, found):
    table = found.rival().set_index("model")
    texts = {"kmv": kl.theory.KMV_PATHS, "rival": kl.theory.RIVAL_PATHS}
    for name, text in texts.items():
        expected = fit_sem(text, standardised(survey)).glance().iloc[0]
        for measure in ("nobs", "npar", "df", "chisq", "cfi", "pnfi", "srmr", "aic", "bic"):
            assert table.loc[name, measure] == pytest.approx(expected[measure], rel=SAME)


def test_the_difference_has_33_degrees_of_freedom(found):
    kmv, rival = found.rival().to_dict("records")
    chisq = kmv["chisq"] - rival["chisq"]
    assert (kmv["df"], rival["df"], kmv["df_diff"]) == (43, 10, 33)
    assert kmv["chisq_diff"] == pytest.approx(chisq)
    assert kmv["p_diff"] == pytest.approx(stats.chi2.sf(chisq, 33))
    assert np.isnan(rival["chisq_diff"])


@pytest.mark.parametrize("seed", range(5))
def test_the_rival_never_fits_worse_and_never_explains_less(seed):
    scores = drawn(np.random.default_rng(seed), 60)
    scores["acquiescence"] += 0.5 * scores["opportunism"]
    kmv, rival = kl.assess_theory(answers(scores)).rival().to_dict("records")
    assert kmv["chisq_diff"] >= 0
    assert rival["significant_share"] <= 1


def test_parsimony_speaks_for_the_model_that_made_the_data(found):
    table = found.rival().set_index("model")
    assert table.loc["kmv", "pnfi"] > table.loc["rival", "pnfi"]
    assert table.loc["kmv", "bic"] < table.loc["rival", "bic"]
    assert table.loc["kmv", "significant_share"] > table.loc["rival", "significant_share"]


def test_a_path_round_the_mediators_is_found_and_speaks_for_the_rival(language):
    scores = drawn(np.random.default_rng(5), 300)
    scores["acquiescence"] += 0.6 * scores["opportunism"]
    found = kl.assess_theory(answers(scores))
    assert found.rival()["p_diff"].iloc[0] < 0.001
    paths = found.rival_paths().set_index(["outcome", "cause"])
    assert paths["p_value"].idxmin() == ("acquiescence", "opportunism")
    assert {"en": "fits better", "ja": "適合が良く"}[language] in found.report()


def test_the_rivals_paths_are_regressions_on_all_seven(survey, found):
    z = standardised(survey)
    seven = [*ANTECEDENTS, "trust", "commitment"]
    paths = found.rival_paths()
    assert len(paths) == 35
    for outcome, own in paths.groupby("outcome"):
        slopes, *_ = np.linalg.lstsq(z[seven].to_numpy(), z[outcome].to_numpy(), rcond=None)
        np.testing.assert_allclose(own.set_index("cause").loc[seven, "estimate"], slopes, rtol=SAME)


def test_the_share_of_significant_paths_counts_those_of_the_table(found):
    table = found.rival().set_index("model")
    for name, own in (("kmv", found.tidy()), ("rival", found.rival_paths())):
        expected = (own["p_value"] < 0.05).mean()
        assert table.loc[name, "significant_share"] == pytest.approx(expected)


def test_explained_shares_of_the_rival_are_those_of_its_regressions(survey, found):
    z = standardised(survey)
    seven = [*ANTECEDENTS, "trust", "commitment"]
    row = found.rival().set_index("model").loc["rival"]
    for outcome in OUTCOMES:
        slopes, *_ = np.linalg.lstsq(z[seven].to_numpy(), z[outcome].to_numpy(), rcond=None)
        left = z[outcome] - z[seven].to_numpy() @ slopes
        assert row[f"r_squared_{outcome}"] == pytest.approx(1 - left.var() / z[outcome].var())


def test_a_model_that_made_the_matrix_loses_nothing_to_the_rival():
    exact = kl.assess_theory(cov=implied_correlations(), nobs=204, source="computed")
    kmv = exact.rival().iloc[0]
    assert kmv["chisq_diff"] == pytest.approx(0, abs=1e-8)
    assert kmv["p_diff"] == pytest.approx(1)


@pytest.fixture(scope="module")
def company_survey():
    return kl.simulate_company(n_accounts=150, seed=4).survey


@pytest.fixture(scope="module")
def with_satisfaction(company_survey):
    return kl.assess_theory(company_survey)


def test_alternatives_are_fitted_to_the_same_cases_and_variables(with_satisfaction):
    table = with_satisfaction.alternatives()
    assert table["model"].tolist() == list(kl.theory.ALTERNATIVES)
    assert (table["nobs"] == 150).all()
    assert table["proper"].all()
    assert ((table["npar"] + table["df"]) == 13 * 14 / 2).all()


def test_accounts_that_do_not_tell_of_satisfaction_count_for_the_theory_only(
    company_survey, with_satisfaction
):
    mute = company_survey.copy()
    unasked = mute["account_id"].isin(mute["account_id"].unique()[:20])
    mute.loc[unasked, [f"satisfaction_{number}" for number in (1, 2, 3)]] = np.nan
    found = kl.assess_theory(mute)
    assert (found.alternatives()["nobs"] == 130).all()
    pd.testing.assert_frame_equal(found.tidy(), with_satisfaction.tidy())


def test_an_improper_solution_is_marked(survey):
    """A satisfaction that is nothing but noise leaves trust to be the whole quality."""
    noise = np.random.default_rng(1).standard_normal(len(survey))
    items = {f"satisfaction_{number}": noise for number in (1, 2, 3)}
    found = kl.assess_theory(survey.assign(**items))
    with pytest.warns(kl.KamlabWarning, match="trust"):
        table = found.alternatives().set_index("model")
    assert not table.loc["crosby", "proper"]
    assert table.loc["kmv_satisfaction", "proper"]


def test_columns_of_the_comparison_have_words(found, language):
    headings = kl.labelled(found.rival()).columns
    cooperation = {"en": "R²: Cooperation", "ja": "R²：協力"}[language]
    assert cooperation in headings
    assert not [name for name in headings if "_" in name]


def test_alternatives_need_satisfaction(found, language):
    with pytest.raises(kl.NotApplicable):
        found.alternatives()


def test_a_matrix_with_satisfaction_has_alternatives_too(with_satisfaction):
    scores = with_satisfaction.evidence.cases([*NAMES, "satisfaction"])
    cov = scores[[*NAMES, "satisfaction"]].corr()
    from_matrix = kl.assess_theory(cov=cov, nobs=len(scores), source="the same data")
    expected = with_satisfaction.alternatives()["chisq"]
    np.testing.assert_allclose(from_matrix.alternatives()["chisq"], expected, rtol=1e-5)
