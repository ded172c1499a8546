"""The theory at the level of items: constructs as latent variables."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.sem.fit import fit_sem
from kamlab.theory.kmv import NAMES
from tests.theory.populations import answers, drawn, implied_correlations

NOISE = 0.8
ITEMS = [item for c in kl.constructs() if c.name in NAMES for item in c.columns]
SAME = 1e-6  # two searches for one minimum


@pytest.fixture(scope="module")
def survey():
    return answers(drawn(np.random.default_rng(6), 400), noise=NOISE)


@pytest.fixture(scope="module")
def found(survey):
    return kl.assess_theory(survey, level="item")


def population():
    """The covariances of items whose constructs obey the theory exactly."""
    constructs = {item: item.rsplit("_", 1)[0] for item in ITEMS}
    r = implied_correlations()
    own = [constructs[item] for item in ITEMS]
    values = r.loc[own, own].to_numpy() + NOISE**2 * np.eye(len(ITEMS))
    return pd.DataFrame(values, index=ITEMS, columns=ITEMS)


def test_items_of_a_population_that_obeys_the_theory_give_its_paths():
    exact = kl.assess_theory(cov=population(), nobs=300, source="computed", level="item")
    tidy = exact.tidy()
    np.testing.assert_allclose(
        tidy["estimate"], np.where(tidy["sign"] == "+", 0.30, -0.30), rtol=SAME
    )
    shares = exact.r_squared().set_index("outcome")["r_squared"]
    assert shares["trust"] == pytest.approx(0.378, rel=SAME)
    assert shares["commitment"] == pytest.approx(0.6084, rel=SAME)
    assert exact.glance()["chisq"].item() == pytest.approx(0, abs=1e-6)
    assert exact.rival()["df"].tolist() == [642, 609]
    assert exact.rival()["df_diff"].iloc[0] == 33


def test_scores_of_noisy_items_bias_the_same_paths_towards_zero():
    sums = pd.DataFrame(0.0, index=list(NAMES), columns=ITEMS)
    for item in ITEMS:
        sums.loc[item.rsplit("_", 1)[0], item] = 1.0
    cov = sums @ population() @ sums.T
    scores = kl.assess_theory(cov=cov, nobs=300, source="computed").tidy()
    trust_to_uncertainty = scores.set_index("term").loc["trust → uncertainty", "estimate"]
    reliability = np.sqrt(4 / (4 + NOISE**2) * 3 / (3 + NOISE**2))
    assert trust_to_uncertainty == pytest.approx(-0.30 * reliability, rel=SAME)


def test_paths_are_the_standardised_ones_of_the_models_own_text(survey, found):
    fit = fit_sem(kl.theory.KMV, survey, information="observed").tidy().query("op == '~'")
    expected = fit.set_index(["lhs", "rhs"])["std_all"]
    own = found.tidy().set_index(["outcome", "cause"])["estimate"]
    np.testing.assert_allclose(own, expected.loc[own.index], rtol=SAME)


def test_estimates_do_not_depend_on_the_units_of_items(survey, found):
    scaled = survey.copy()
    scaled[ITEMS] *= np.linspace(0.5, 3, len(ITEMS))
    columns = ["estimate", "std_error", "conf_low"]
    other = kl.assess_theory(scaled, level="item").tidy()
    np.testing.assert_allclose(other[columns], found.tidy()[columns], rtol=1e-5)


def test_errors_are_the_spread_of_estimates_over_samples():
    rng = np.random.default_rng(11)
    tables = [
        kl.assess_theory(answers(drawn(rng, 400), noise=NOISE, seed=seed), level="item").tidy()
        for seed in range(60)
    ]
    spread = np.std([table["estimate"] for table in tables], axis=0)
    said = np.mean([table["std_error"] for table in tables], axis=0)
    # the spread of 60 samples is known to a tenth
    np.testing.assert_allclose(spread.mean(), said.mean(), rtol=0.1)
    centre = np.mean([table["estimate"] for table in tables], axis=0)
    np.testing.assert_allclose(np.abs(centre), 0.30, atol=4 * spread.max() / np.sqrt(60))


def test_an_account_is_the_mean_of_its_respondents_in_its_latest_wave(small_company):
    survey = small_company.survey
    latest = survey[survey["wave"] == survey.groupby("account_id")["wave"].transform("max")]
    many = pd.concat([survey, latest.assign(respondent_id=latest["respondent_id"] + "again")])
    one, other = (kl.assess_theory(t, level="item").augment() for t in (survey, many))
    pd.testing.assert_frame_equal(one, other, rtol=1e-5, atol=1e-6)


def test_a_survey_in_any_order_and_with_any_index_gives_the_same(survey, found):
    shuffled = survey.sample(frac=1, random_state=0)
    shuffled.index = [0] * len(shuffled)
    other = kl.assess_theory(shuffled, level="item")
    pd.testing.assert_frame_equal(other.tidy(), found.tidy(), rtol=1e-5)
    assert other.augment()["account_id"].tolist() == found.augment()["account_id"].tolist()


@pytest.fixture(scope="module")
def gaps(survey):
    rng = np.random.default_rng(2)
    table = survey.copy()
    table[ITEMS] = table[ITEMS].mask(rng.random((len(table), len(ITEMS))) < 0.03)
    return table


def test_an_unanswered_question_does_not_cost_the_account(gaps, found):
    assert gaps[ITEMS].isna().any(axis=1).mean() > 0.5
    with_gaps = kl.assess_theory(gaps, level="item")
    assert with_gaps.glance()["nobs"].item() == len(gaps)
    np.testing.assert_allclose(with_gaps.tidy()["estimate"], found.tidy()["estimate"], atol=0.05)


def test_an_account_without_any_answer_is_left_out_and_counted(survey):
    mute = survey.copy()
    mute.loc[mute.index[:2], ITEMS] = np.nan
    with pytest.warns(kl.RowsLeftOutWarning, match="2"):
        found = kl.assess_theory(mute, level="item")
    assert found.glance()["nobs"].item() == len(survey) - 2


def test_factor_scores_tell_the_constructs_of_each_account(survey, found):
    scores = found.augment()
    assert scores["account_id"].tolist() == sorted(survey["account_id"])
    for name in NAMES:
        means = survey.set_index("account_id")[[f"{name}_1", f"{name}_2"]].mean(axis=1)
        own = scores.set_index("account_id")[f"score_{name}"]
        assert own.corr(means.reindex(own.index)) > 0.7


def test_a_survey_with_fewer_items_is_measured_by_those_it_has(survey):
    fewer = survey.drop(columns=["trust_3", "trust_4"])
    found = kl.assess_theory(fewer, level="item")
    p = len(ITEMS) - 2
    assert found.glance()["df"].item() == p * (p + 1) // 2 - ((p - 12) + p + 35)


def test_items_need_more_accounts_than_scores(survey, language):
    with pytest.raises(kl.NotApplicable, match="39"):
        kl.assess_theory(survey.head(38), level="item")
    assert kl.assess_theory(survey.head(38)).glance()["nobs"].item() == 38


@pytest.mark.parametrize("level", ["items", "", None, 1])
def test_there_is_no_third_level(survey, level, language):
    with pytest.raises(kl.ArgumentError, match="composite"):
        kl.assess_theory(survey, level=level)


def test_a_company_is_not_its_survey(small_company, language):
    with pytest.raises(kl.ArgumentError):
        kl.assess_theory(small_company)


def test_words_tell_the_levels_apart(found, survey, language):
    scores = kl.assess_theory(survey)
    latent = {"en": "latent variables", "ja": "潜在変数"}[language]
    assert latent in found.report()
    assert latent not in scores.report()


@pytest.mark.parametrize("level", ["composite", "item"])
def test_the_diagram_shows_the_numbers_of_the_table(survey, level, language):
    found = kl.assess_theory(survey, level=level)
    ax = found.diagram()
    shown = {words.get_text() for words in ax.texts}
    for estimate in found.tidy()["estimate"]:
        assert f"{estimate:.2f}".replace("-", "−") in shown
    assert found.diagram(ax=ax) is ax
    assert ax.figure.alt if hasattr(ax.figure, "alt") else True
