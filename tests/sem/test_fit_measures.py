"""Fit measures beside lavaan's (tests/reference/lavaan_inference) and closed forms."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import ncx2

from kamlab.sem.inference.fit_measures import degrees_of_freedom, fit_measures
from kamlab.sem.inference.indices import Scaling, indices, rmsea, scaled_indices
from kamlab.sem.inference.null_model import baseline_fit
from tests.sem import inference_cases as cases

LAVAAN = 1e-6
# lavaan fits the baseline model by its default optimiser with incomplete data.
BASELINE = 1e-5
# lavaan solves for these limits to 1e-4 of the non-centrality.
LIMIT = 1e-3
# Rounding of the arithmetic alone.
EXACT = 1e-9
# A direct search stops here.
SEARCHED = 1e-6

PLAIN = {
    "chisq": "chisq", "df": "df", "pvalue": "p_value", "cfi": "cfi", "tli": "tli", "nfi": "nfi",
    "pnfi": "pnfi", "baseline.chisq": "chisq_baseline", "baseline.df": "df_baseline",
}  # fmt: skip
WHOLE = {
    "srmr": "srmr", "logl": "loglik", "unrestricted.logl": "loglik_saturated", "aic": "aic",
    "bic": "bic", "bic2": "bic_adjusted", "npar": "n_parameters", "ntotal": "n_cases",
}  # fmt: skip
RMSEA = {"rmsea": "value", "rmsea.pvalue": "p_close"}
LIMITS = {"rmsea.ci.lower": "low", "rmsea.ci.upper": "high"}


def check(own, names, theirs, suffix="", tolerance=LAVAAN):
    for name, attribute in names.items():
        if name + suffix in theirs:
            expected = theirs[name + suffix]
            found = getattr(own, attribute)
            assert found == pytest.approx(expected, rel=tolerance, abs=1e-9, nan_ok=True), name


@pytest.mark.parametrize("name", ["plain", "groups", "gaps", "gls", "uls", "wishart"])
def test_measures_are_lavaans(name):
    case, theirs = cases.scenario(name), cases.lavaan(name, "fit")
    found = fit_measures(case.estimate, covariates=case.covariates)
    check(found.plain, PLAIN, theirs, tolerance=BASELINE if name == "gaps" else LAVAAN)
    check(found, WHOLE, theirs)
    check(found.plain.rmsea, RMSEA, theirs)
    check(found.plain.rmsea, LIMITS, theirs, tolerance=LIMIT)


@pytest.mark.parametrize("name", ["loose", "tight"])
def test_scaled_and_robust_measures_are_lavaans(name):
    case, theirs = cases.scenario(name), cases.lavaan(name, "fit")
    scaling = Scaling(theirs["chisq.scaling.factor"], theirs["baseline.chisq.scaling.factor"])
    found = fit_measures(case.estimate, scaling=scaling)
    scaled = {"chisq": "chisq", "pvalue": "p_value", "cfi": "cfi", "tli": "tli", "nfi": "nfi"}
    check(found.scaled, scaled, theirs, ".scaled")
    check(found.robust, {"cfi": "cfi", "tli": "tli"}, theirs, ".robust")
    for own, suffix in ((found.scaled, ".scaled"), (found.robust, ".robust")):
        check(own.rmsea, RMSEA, theirs, suffix)
        check(own.rmsea, LIMITS, theirs, suffix, LIMIT)


def test_limits_of_rmsea_are_quantiles_of_the_noncentral_distribution():
    found = rmsea(85.3, 24, 301)
    for limit, probability in ((found.low, 0.95), (found.high, 0.05)):
        assert ncx2.cdf(85.3, 24, limit**2 * 301 * 24) == pytest.approx(probability, rel=EXACT)
    assert found.p_close == pytest.approx(ncx2.sf(85.3, 24, 0.05**2 * 301 * 24), rel=EXACT)


def test_rmsea_of_groups_is_larger_by_the_root_of_their_number():
    one, two = rmsea(85.3, 24, 301), rmsea(85.3, 24, 301, groups=2)
    assert two.value == pytest.approx(np.sqrt(2) * one.value, rel=EXACT)
    assert two.high == pytest.approx(np.sqrt(2) * one.high, rel=EXACT)


def test_a_saturated_model_fits_perfectly():
    case = cases.fit("y1 ~ x1 + x2", cases.data())
    found = fit_measures(case.estimate)
    assert degrees_of_freedom(case.estimate) == 0
    assert np.isnan(found.plain.p_value)
    assert (found.plain.cfi, found.plain.tli, found.plain.nfi, found.plain.pnfi) == (1, 1, 1, 0)
    assert (found.plain.rmsea.value, found.plain.rmsea.high) == (0, 0)
    assert found.loglik == pytest.approx(found.loglik_saturated, rel=EXACT)


def test_chisquare_below_its_degrees_of_freedom_is_a_perfect_fit():
    found = indices((8.0, 10), (300.0, 15), 200)
    assert found.cfi == 1
    assert found.rmsea.value == found.rmsea.low == 0
    assert found.rmsea.high > 0
    assert found.tli == pytest.approx(1 + 2 * 15 / (285 * 10), rel=EXACT)


def test_cfi_is_one_if_the_baseline_fits_too():
    assert indices((3.0, 10), (5.0, 15), 200).cfi == 1


def test_a_scaling_of_one_changes_nothing():
    case = cases.scenario("plain")
    found = fit_measures(case.estimate, scaling=Scaling(1.0, 1.0))
    assert found.scaled == found.plain
    assert found.robust.cfi == pytest.approx(found.plain.cfi, rel=EXACT)
    assert found.robust.rmsea.high == pytest.approx(found.plain.rmsea.high, rel=EXACT)


@pytest.mark.parametrize("factors", [(1.0, -0.1), (-0.1, 1.0), (1.0, 0.0)])
def test_a_factor_that_scales_nothing_leaves_no_scaled_measure(factors):
    plain = indices((20.0, 10), (500.0, 15), 300)
    found = scaled_indices(plain, Scaling(*factors), 300, 1, 0.90)
    assert np.isnan([found.cfi, found.tli, found.nfi, found.pnfi]).all()
    assert found.cfi != plain.cfi


def test_covariates_stay_together_in_the_baseline_model():
    case = cases.scenario("plain")
    kept, df = baseline_fit(case.estimate, case.covariates)
    none, df_none = baseline_fit(case.estimate, case.covariates[:0])
    x = case.estimate.samples[0].cov[np.ix_(case.covariates, case.covariates)]
    lost = -np.log(x[0, 1] ** 2 / x[0, 0] / x[1, 1] * -1 + 1) * case.estimate.n_total
    assert none - kept == pytest.approx(lost, rel=EXACT)
    assert df_none - df == 1


@pytest.mark.parametrize("name", ["gls", "uls"])
def test_least_squares_baseline_is_the_best_diagonal(name):
    case = cases.scenario(name)
    sample = case.estimate.samples[0]
    weight = np.linalg.inv(sample.cov) if name == "gls" else np.eye(len(sample.cov))

    def discrepancy(logs):
        away = weight @ (sample.cov - np.diag(np.exp(logs)))
        return 0.5 * np.trace(away @ away)

    best = minimize(discrepancy, np.log(sample.cov.diagonal()), tol=1e-12)
    chisq, _ = baseline_fit(case.estimate, case.covariates[:0])
    assert chisq == pytest.approx(sample.weight * best.fun, rel=SEARCHED)


def test_log_likelihood_is_that_of_the_outcomes_given_the_covariates():
    case = cases.fit("y1 ~ x1 + x2", cases.data())
    rows = cases.data()[["y1", "x1", "x2"]].to_numpy()
    design = np.column_stack([np.ones(len(rows)), rows[:, 1:]])
    left = rows[:, 0] - design @ np.linalg.lstsq(design, rows[:, 0])[0]
    variance = left @ left / len(left)
    expected = -0.5 * len(left) * (np.log(2 * np.pi * variance) + 1)
    assert fit_measures(case.estimate).loglik == pytest.approx(expected, rel=EXACT)
