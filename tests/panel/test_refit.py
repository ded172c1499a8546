import numpy as np
import pytest
import statsmodels.api as sm

from kamlab.panel.links import LINKS
from kamlab.panel.refit import refit_binary, refit_gamma, refit_linear

SAME = 1e-7  # two ways of solving the same equations, each to its own last step
FAMILIES = {
    "logit": sm.families.links.Logit(),
    "probit": sm.families.links.Probit(),
    "cloglog": sm.families.links.CLogLog(),
}


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(4)
    terms = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    stayed = (rng.random(300) < 1 / (1 + np.exp(-(0.8 + terms[:, 1])))).astype(float)
    money = np.exp(1 + 0.3 * terms[:, 1]) * rng.gamma(3, 1 / 3, 300)
    weights = rng.multinomial(300, np.full(300, 1 / 300), size=6).astype(float)
    return terms, stayed, money, weights


@pytest.mark.parametrize("name", LINKS)
def test_every_draw_is_the_fit_that_statsmodels_makes(made, name):
    terms, stayed, _, weights = made
    outcome = 1 - stayed if name == "cloglog" else stayed
    family = sm.families.Binomial(FAMILIES[name])
    start = sm.GLM(outcome, terms, family=family).fit(tol=1e-12).params
    found = refit_binary(LINKS[name], terms, stayed, weights, start)
    for weight, by in zip(weights, found, strict=True):
        again = sm.GLM(outcome, terms, family=family, freq_weights=weight).fit(tol=1e-13)
        np.testing.assert_allclose(by, again.params, rtol=SAME, atol=SAME)


def test_gamma_draws_are_the_fits_that_statsmodels_makes(made):
    terms, _, money, weights = made
    family = sm.families.Gamma(sm.families.links.Log())
    start = sm.GLM(money, terms, family=family).fit().params
    found = refit_gamma(terms, money, weights, start)
    for weight, by in zip(weights, found, strict=True):
        again = sm.GLM(money, terms, family=family, freq_weights=weight).fit(tol=1e-13)
        np.testing.assert_allclose(by, again.params, rtol=SAME, atol=SAME)


def test_linear_draws_are_weighted_least_squares(made):
    terms, _, money, weights = made
    found = refit_linear(terms, np.log(money), weights)
    for weight, by in zip(weights, found, strict=True):
        np.testing.assert_allclose(by, sm.WLS(np.log(money), terms, weight).fit().params)


def test_terms_of_their_own_in_every_draw_are_used(made):
    terms, stayed, money, weights = made
    own = np.stack([terms + 0.01 * k * (terms != 1) for k in range(len(weights))])
    start = np.zeros(3)
    binary = refit_binary(LINKS["logit"], own, stayed, weights, start)
    linear = refit_linear(own, np.log(money), weights)
    for k in range(len(weights)):
        one = slice(k, k + 1)
        np.testing.assert_allclose(
            binary[k], refit_binary(LINKS["logit"], own[k], stayed, weights[one], start)[0]
        )
        np.testing.assert_allclose(linear[k], refit_linear(own[k], np.log(money), weights[one])[0])


def test_an_outcome_may_be_of_every_draw_its_own(made):
    terms, _, money, weights = made
    outcomes = np.log(money) * np.arange(1, 7)[:, None]
    found = refit_linear(terms, outcomes, weights)
    np.testing.assert_allclose(found[2], 3 * refit_linear(terms, np.log(money), weights)[2])


def test_draws_without_a_solution_are_missing_and_the_others_are_not(made):
    terms, stayed, money, weights = made
    gone = weights.copy()
    gone[1] *= stayed  # only those who stayed
    gone[4] *= np.arange(300) < 2  # fewer rows than terms
    found = refit_binary(LINKS["logit"], terms, stayed, gone, np.zeros(3))
    assert np.isnan(found[[1, 4]]).all()
    assert np.isfinite(found[[0, 2, 3, 5]]).all()
    linear = refit_linear(terms, money, gone)
    assert np.isnan(linear[4]).all()
    assert np.isfinite(linear[[0, 1, 2, 3, 5]]).all()
