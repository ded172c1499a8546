"""The implied values of a model whose paths are all 0.30 in the theory's direction."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.errors import RowsLeftOutWarning
from kamlab.theory.kmv import HYPOTHESES
from tests.theory.populations import NAMES
from tests.theory.populations import implied_correlations as implied

SOURCE = "made for this test, page 7"
ALMOST = 0.15  # the model does not fit 40 accounts perfectly
ROUNDING = 1e-9  # the matrix goes through a search in doubles


@pytest.fixture(scope="module")
def result():
    return kl.assess_theory(cov=implied(), nobs=204, source=SOURCE)


def test_the_matrix_of_this_test_is_the_one_meant():
    r = implied()
    assert np.linalg.eigvalsh(r.to_numpy()).min() == pytest.approx(0.247887, abs=5e-7)
    for one, other, expected in [
        ("commitment", "trust", 0.534),
        ("commitment", "termination_costs", 0.474),
        ("commitment", "relationship_benefits", 0.474),
        ("commitment", "shared_values", 0.546),
        ("commitment", "communication", 0.306),
        ("commitment", "opportunism", -0.306),
        ("trust", "termination_costs", 0.18),
        ("trust", "relationship_benefits", 0.18),
        ("trust", "shared_values", 0.42),
        ("trust", "communication", 0.42),
        ("trust", "opportunism", -0.42),
        ("commitment", "cooperation", 0.4602),
        ("trust", "cooperation", 0.4602),
        ("acquiescence", "propensity_to_leave", -0.09),
        ("functional_conflict", "uncertainty", -0.09),
    ]:
        assert r.loc[one, other] == pytest.approx(expected, abs=1e-12)


def test_every_path_is_thirty_hundredths_in_the_theorys_direction(result):
    tidy = result.tidy()
    expected = np.where(tidy["sign"] == "+", 0.30, -0.30)
    np.testing.assert_allclose(tidy["estimate"], expected, rtol=ROUNDING)
    assert tidy["term"].tolist() == [h.name for h in HYPOTHESES]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("trust", 0.378),
        ("commitment", 0.60840),
        ("cooperation", 0.27612),
        ("acquiescence", 0.09),
        ("propensity_to_leave", 0.09),
        ("functional_conflict", 0.09),
        ("uncertainty", 0.09),
    ],
)
def test_the_shares_explained_are_those_implied(result, outcome, expected):
    found = result.r_squared().set_index("outcome").loc[outcome, "r_squared"]
    assert found == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize(
    ("cause", "outcome", "direct", "total"),
    [
        ("shared_values", "commitment", 0.30, 0.39),
        ("shared_values", "cooperation", 0.0, 0.207),
        ("shared_values", "acquiescence", 0.0, 0.117),
        ("communication", "cooperation", 0.0, 0.117),
        ("communication", "commitment", 0.0, 0.09),
        ("opportunism", "commitment", 0.0, -0.09),
        ("opportunism", "propensity_to_leave", 0.0, 0.027),
        ("trust", "cooperation", 0.30, 0.39),
        ("termination_costs", "commitment", 0.30, 0.30),
    ],
)
def test_direct_indirect_and_total_effects_are_those_implied(result, cause, outcome, direct, total):
    row = result.effects().set_index(["cause", "outcome"]).loc[(cause, outcome)]
    np.testing.assert_allclose(
        row[["direct", "indirect", "total"]].astype(float),
        [direct, total - direct, total],
        atol=ROUNDING,
    )


def test_what_no_path_leads_to_has_no_effect(result):
    effects = set(result.effects()[["cause", "outcome"]].itertuples(index=False, name=None))
    for absent in [
        ("termination_costs", "trust"),
        ("relationship_benefits", "uncertainty"),
        ("commitment", "trust"),
        ("acquiescence", "cooperation"),
        ("cooperation", "trust"),
    ]:
        assert absent not in effects


def test_a_model_that_made_the_matrix_fits_it_perfectly(result):
    glance = result.glance().iloc[0]
    assert (glance["nobs"], glance["npar"], glance["df"]) == (204, 35, 43)
    assert glance["chisq"] == pytest.approx(0, abs=1e-9)
    assert glance["srmr"] == pytest.approx(0, abs=1e-9)
    assert glance["p_value"] == pytest.approx(1)
    assert glance["n_supported"] + glance["n_undecided"] + glance["n_refuted"] == 13


def test_errors_are_those_of_regressions_without_a_correction_of_degrees_of_freedom(result):
    r = implied()
    for outcome, own in result.tidy().groupby("outcome"):
        causes = own["cause"].tolist()
        inverse = np.linalg.inv(r.loc[causes, causes].to_numpy())
        explained = r.loc[causes, outcome] @ inverse @ r.loc[causes, outcome]
        errors = np.sqrt((1 - explained) * np.diag(inverse) / 204)
        np.testing.assert_allclose(own["std_error"], errors, rtol=ROUNDING)
        np.testing.assert_allclose(
            own["conf_high"] - own["estimate"], stats.norm.ppf(0.975) * errors, rtol=ROUNDING
        )
        np.testing.assert_allclose(own["p_value"], 2 * stats.norm.sf(abs(own["statistic"])))


def test_chi_square_is_n_times_the_discrepancy_of_a_wrong_matrix():
    r = implied()
    r.loc["acquiescence", "uncertainty"] = r.loc["uncertainty", "acquiescence"] = 0.30
    found = kl.assess_theory(cov=r, nobs=150, source=SOURCE)
    model = implied().loc[NAMES, NAMES].to_numpy()
    data = r.loc[NAMES, NAMES].to_numpy()
    discrepancy = (
        np.log(np.linalg.det(model) / np.linalg.det(data))
        + np.trace(data @ np.linalg.inv(model))
        - 12
    )
    residual = (data - model)[np.tril_indices(12)]
    assert found.glance()["chisq"].item() == pytest.approx(150 * discrepancy, rel=1e-8)
    assert found.glance()["srmr"].item() == pytest.approx(np.sqrt(np.mean(residual**2)), rel=1e-8)
    assert found.glance()["p_value"].item() == pytest.approx(stats.chi2.sf(150 * discrepancy, 43))


@pytest.mark.parametrize("nobs", [13, 15, 50, 10_000])
def test_estimates_do_not_depend_on_the_number_of_cases(result, nobs):
    found = kl.assess_theory(cov=implied(), nobs=nobs, source=SOURCE)
    np.testing.assert_allclose(found.tidy()["estimate"], result.tidy()["estimate"], rtol=1e-7)


def scaled(by):
    spread = np.full(12, by) if np.isscalar(by) else np.asarray(by)
    return implied() * np.outer(spread, spread)


@pytest.mark.parametrize(
    "by",
    [1e-7, 1e-3, 10.0, 1e6, tuple(10.0 ** np.arange(-6, 6)), tuple(3.0 ** np.arange(-6, 6) / 7)],
)
def test_the_units_of_a_covariance_matrix_do_not_matter(result, by):
    found = kl.assess_theory(cov=scaled(by), nobs=204, source=SOURCE)
    np.testing.assert_allclose(found.tidy()["estimate"], result.tidy()["estimate"], rtol=1e-7)
    np.testing.assert_allclose(found.glance()["chisq"], 0, atol=1e-7)


def test_a_covariance_matrix_that_numpy_made_is_symmetric_enough(result):
    rng = np.random.default_rng(0)
    root = np.linalg.cholesky(implied().to_numpy())
    data = rng.standard_normal((300, 12)) @ root.T * np.logspace(-3, 8, 12)
    frame = pd.DataFrame(data, columns=implied().columns)
    found = kl.assess_theory(cov=frame.cov(), nobs=300, source=SOURCE)
    expected = kl.assess_theory(cov=frame.corr(), nobs=300, source=SOURCE)
    np.testing.assert_allclose(found.tidy()["estimate"], expected.tidy()["estimate"], rtol=1e-6)


@pytest.mark.parametrize("half", ["lower", "upper"])
def test_one_triangle_is_enough(result, half):
    keep = np.tril(np.ones((12, 12))) if half == "lower" else np.triu(np.ones((12, 12)))
    found = kl.assess_theory(cov=implied().where(keep == 1), nobs=204, source=SOURCE)
    pd.testing.assert_frame_equal(found.tidy(), result.tidy())


def test_the_order_of_the_matrix_and_further_variables_do_not_matter(result):
    r = implied()
    r["size"] = r.loc["size"] = 0.1
    r.loc["size", "size"] = 1.0
    shuffled = r.sample(frac=1, random_state=1)
    shuffled = shuffled[shuffled.columns[::-1]]
    found = kl.assess_theory(cov=shuffled, nobs=204, source=SOURCE)
    pd.testing.assert_frame_equal(found.tidy(), result.tidy(), rtol=1e-7)


def test_the_callers_matrix_is_not_changed():
    r = implied().where(np.tril(np.ones((12, 12))) == 1)
    before = r.copy(deep=True)
    kl.assess_theory(cov=r, nobs=204, source=SOURCE)
    pd.testing.assert_frame_equal(r, before)


def bad_matrix(kind):
    r = implied()
    if kind == "gap":
        r.loc["trust", "commitment"] = r.loc["commitment", "trust"] = np.nan
    if kind == "diagonal":
        r.loc["trust", "trust"] = np.nan
    if kind == "asymmetric":
        r.loc["trust", "commitment"] = 0.1
    if kind == "indefinite":
        r.loc["trust", "commitment"] = r.loc["commitment", "trust"] = -0.99
    if kind == "duplicate":
        r.loc["trust", :] = r.loc["commitment", :].to_numpy()
        r["trust"] = r["commitment"]
        r.loc["trust", "trust"] = 1.0
    if kind == "zero variance":
        r.loc["trust", :] = 0.0
        r["trust"] = 0.0
    return r


WRONG = {
    "gap": ("trust and commitment is missing", "trust と commitment の値"),
    "diagonal": ("trust and trust is missing", "trust と trust の値"),
    "asymmetric": ("trust and commitment differ", "trust と commitment の2つの値"),
    "indefinite": ("not positive definite", "正定値ではなく"),
    "duplicate": ("trust, commitment determine", "trust、commitment が互いに"),
    "zero variance": ("variance of trust", "trust の分散"),
}


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("nobs", [5, 204])
def test_all_that_is_wrong_with_a_matrix_is_said_at_once(kind, nobs, language):
    with pytest.raises(kl.ModelError) as caught:
        kl.assess_theory(cov=bad_matrix(kind), nobs=nobs, source=SOURCE)
    message = str(caught.value)
    assert WRONG[kind][language == "ja"] in message
    if nobs == 5:
        assert "13" in message


def test_missing_names_are_all_listed_beside_too_few_cases(language):
    r = implied().drop(index=["trust", "uncertainty"], columns=["trust", "uncertainty"])
    with pytest.raises(kl.ModelError) as caught:
        kl.assess_theory(cov=r, nobs=5, source=SOURCE)
    message = str(caught.value)
    assert "trust" in message
    assert "uncertainty" in message
    assert "13" in message


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"cov": implied()},
        {"cov": implied(), "nobs": 204},
        {"cov": implied(), "source": SOURCE},
        {"cov": implied(), "nobs": 204, "source": "  "},
        {"cov": implied(), "nobs": 204, "source": SOURCE, "survey": pd.DataFrame()},
    ],
)
def test_incomplete_or_double_input_is_refused(given, language):
    with pytest.raises(kl.ModelError):
        kl.assess_theory(**given)


def test_the_source_is_printed_beside_the_results(result, language):
    assert SOURCE in result.report()
    assert SOURCE in str(result.summary())


def test_a_matrix_has_no_accounts(result, language):
    with pytest.raises(kl.NotApplicable):
        result.augment()


def test_constructs_that_have_nothing_to_do_with_each_other_can_be_reported(language):
    nothing = pd.DataFrame(np.eye(12), index=NAMES, columns=NAMES)
    found = kl.assess_theory(cov=nothing, nobs=100, source=SOURCE)
    assert "0.00" in found.report()
    assert found.glance()["n_undecided"].item() == 13
    found.plot()


def test_turning_a_construct_round_refutes_its_hypotheses():
    r = implied()
    r.loc["trust"] *= -1
    r["trust"] *= -1
    found = kl.assess_theory(cov=r, nobs=1000, source=SOURCE).tidy().set_index("term")
    touched = [h.name for h in HYPOTHESES if "trust" in (h.cause, h.outcome)]
    assert (found.loc[touched, "verdict"] == "refuted").all()
    assert (found.drop(touched)["verdict"] == "supported").all()


@pytest.fixture(scope="module")
def survey(small_company):
    return small_company.survey


@pytest.fixture(scope="module")
def from_survey(survey):
    return kl.assess_theory(survey)


def test_accounts_enter_with_the_mean_answers_of_their_latest_wave(survey, from_survey):
    items = {c.name: list(c.columns) for c in kl.constructs()}
    rows = {}
    for account, own in survey.groupby("account_id"):
        latest = own[own["wave"] == own["wave"].max()]
        scores = [
            [np.nanmean(answers[items[name]].astype(float)) for name in NAMES]
            for _, answers in latest.iterrows()
        ]
        rows[account] = np.mean(scores, axis=0)
    data = pd.DataFrame(rows, index=list(NAMES)).T
    expected = kl.assess_theory(cov=data.corr(), nobs=len(data), source="the same data")
    columns = ["estimate", "std_error", "conf_low"]
    np.testing.assert_allclose(from_survey.tidy()[columns], expected.tidy()[columns], rtol=1e-7)
    assert from_survey.glance()["nobs"].item() == len(data)


def test_residuals_are_what_the_causes_leave_in_standard_deviations(from_survey):
    augmented = from_survey.augment()
    explained = from_survey.r_squared().set_index("outcome")["r_squared"]
    for outcome, share in explained.items():
        residual = augmented[f"residual_{outcome}"]
        assert residual.mean() == pytest.approx(0, abs=1e-9)
        implied_variance = residual.var() / (1 - share)
        assert implied_variance == pytest.approx(1, abs=ALMOST)
    # trust's causes covary freely, so its implied variance is the observed one
    assert augmented["residual_trust"].var() == pytest.approx(1 - explained["trust"])


def test_the_order_of_the_survey_does_not_matter(survey, from_survey):
    shuffled = kl.assess_theory(survey.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(shuffled.tidy(), from_survey.tidy(), rtol=1e-8)
    pd.testing.assert_frame_equal(shuffled.augment(), from_survey.augment(), rtol=1e-8, atol=1e-10)


def test_accounts_with_a_construct_unanswered_are_left_out_and_counted(survey, from_survey):
    account = survey["account_id"].iloc[0]
    mute = [c for c in survey if c.startswith("trust_")]
    gaps = survey.copy()
    gaps.loc[gaps["account_id"] == account, mute] = np.nan
    with pytest.warns(RowsLeftOutWarning, match="1"):
        found = kl.assess_theory(gaps)
    assert found.glance()["nobs"].item() == from_survey.glance()["nobs"].item() - 1
    assert account not in set(found.augment()["account_id"])


def test_too_few_accounts_do_not_apply(survey, language):
    few = survey["account_id"].unique()[:12]
    with pytest.raises(kl.NotApplicable, match="12"):
        kl.assess_theory(survey[survey["account_id"].isin(few)])


def test_a_construct_that_never_varies_does_not_apply(survey, language):
    same = survey.assign(**{c: 4.0 for c in survey if c.startswith("cooperation_")})
    with pytest.raises(kl.NotApplicable):
        kl.assess_theory(same)


def test_missing_items_are_named(survey, language):
    with pytest.raises(kl.NotApplicable, match="trust_1"):
        kl.assess_theory(survey.drop(columns=[c for c in survey if c.startswith("trust_")]))


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises((kl.ModelError, ValueError)):
        kl.assess_theory(cov=implied(), nobs=204, source=SOURCE, conf_level=level)


def test_the_level_of_the_intervals_is_the_one_asked_for():
    narrow, wide = (
        kl.assess_theory(cov=implied(), nobs=204, source=SOURCE, conf_level=level).tidy()
        for level in (0.5, 0.99)
    )
    assert (narrow["conf_low"] > wide["conf_low"]).all()


def test_the_result_keeps_its_matrix_out_of_reach(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.conf_level = 0.5
