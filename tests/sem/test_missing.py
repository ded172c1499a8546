"""Patterns of missing values, and saturated moments by EM."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import speaking
from kamlab.sem.engine import stacks
from kamlab.sem.engine.missing import missing_patterns, saturated_moments
from kamlab.sem.inference.saturated_information import (
    Moments,
    observed_information,
    score_products,
)

# EM stops where a step is below 1e-12 standard deviations.
CONVERGED = 1e-9
# A general optimiser stops where its differences of the likelihood drown in rounding.
SEARCHED = 1e-4
# Differences of a likelihood of some thousands, over steps of 1e-4.
DIFFERENCED = 1e-4
ROUNDING = 1e-11
NAMES = ("a", "b", "c")


def gappy(n=200, p=3, share=0.25, seed=5):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=(n, p))
    rows += np.arange(p)
    rows[rng.random((n, p)) < share] = np.nan
    return rows


def moments_of(rows):
    found = missing_patterns(rows, [str(i) for i in range(rows.shape[1])])
    return saturated_moments(found.blocks, rows.shape[1])


def loglik(rows, mean, cov):
    total, seen = 0.0, ~np.isnan(rows)
    for has in np.unique(seen, axis=0):
        if has.any():
            own = rows[(seen == has).all(axis=1)][:, has]
            total += multivariate_normal.logpdf(own, mean[has], cov[np.ix_(has, has)]).sum()
    return total


def test_every_usable_case_is_in_one_block_and_order_says_which():
    rows = gappy()
    found = missing_patterns(rows, NAMES)
    at = 0
    for block in found.blocks:
        for case in block.rows:
            np.testing.assert_array_equal(rows[found.order[at]][block.places], case)
            assert np.isnan(rows[found.order[at]]).sum() == 3 - len(block.places)
            at += 1
    assert sorted(found.order) == list(np.flatnonzero(~np.isnan(rows).all(axis=1)))
    assert found.n_empty == np.isnan(rows).all(axis=1).sum() > 0


def test_blocks_have_their_own_moments_with_their_number_of_cases_as_divisor():
    block = missing_patterns(gappy(), NAMES).blocks[-1]
    np.testing.assert_allclose(block.mean, block.rows.mean(axis=0))
    np.testing.assert_allclose(block.cov, np.cov(block.rows.T, bias=True), rtol=0, atol=ROUNDING)
    assert block.weight == len(block.rows)


def test_coverage_is_the_share_of_used_cases_that_have_both_variables():
    rows = np.array([[1, 2, np.nan], [3, 1, 4], [np.nan] * 3, [2, np.nan, 1], [0, 1, 5.0]])
    coverage = missing_patterns(rows, NAMES).coverage
    np.testing.assert_allclose(coverage, np.array([[4, 3, 3], [3, 3, 2], [3, 2, 3]]) / 4)


def test_rows_that_lack_a_fixed_covariate_are_left_out_and_counted_apart():
    rows = gappy()
    found = missing_patterns(rows, NAMES, exogenous=[2])
    assert found.n_without_covariate == np.isnan(rows[:, 2]).sum()
    assert found.n_empty == 0
    assert not np.isnan(rows[found.order, 2]).any()


def test_a_pair_that_is_never_observed_together_is_named_in_both_languages():
    rows = gappy()
    rows[::2, 0], rows[1::2, 2] = np.nan, np.nan
    for language, words in (("en", "a and c"), ("ja", "a と c")):
        with speaking(language), pytest.raises(ModelError) as caught:
            missing_patterns(rows, NAMES)
        assert words in getattr(caught.value.text, language)


def test_complete_cases_give_their_own_moments():
    rows = gappy(share=0)
    found = moments_of(rows)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), rtol=ROUNDING)
    np.testing.assert_allclose(found.cov, np.cov(rows.T, bias=True), rtol=ROUNDING)


def test_monotone_missing_values_have_the_closed_form_of_anderson_1957():
    rows = gappy(p=2, share=0)
    rows[120:, 1] = np.nan
    both, first = rows[:120], rows[:, 0]
    slope = np.cov(both.T, bias=True)[0, 1] / both[:, 0].var()
    residual = both[:, 1].var() - slope**2 * both[:, 0].var()
    mean = both[:, 1].mean() + slope * (first.mean() - both[:, 0].mean())
    cov = [[first.var(), slope * first.var()], [0, residual + slope**2 * first.var()]]
    found = moments_of(rows)
    np.testing.assert_allclose(found.mean, [first.mean(), mean], rtol=CONVERGED)
    np.testing.assert_allclose(
        found.cov[[0, 0, 1], [0, 1, 1]], [*cov[0], cov[1][1]], rtol=CONVERGED
    )


def test_no_direct_search_finds_a_higher_likelihood():
    rows = gappy()
    found = moments_of(rows)

    def negative(theta):
        root = np.zeros((3, 3))
        root[np.tril_indices(3)] = theta[3:]
        return -loglik(rows, theta[:3], root @ root.T)

    start = np.concatenate([np.zeros(3), np.eye(3)[np.tril_indices(3)]])
    searched = minimize(negative, start, method="BFGS", options={"gtol": 1e-6})
    root = np.zeros((3, 3))
    root[np.tril_indices(3)] = searched.x[3:]
    np.testing.assert_allclose(found.mean, searched.x[:3], atol=SEARCHED)
    np.testing.assert_allclose(found.cov, root @ root.T, atol=SEARCHED)
    assert found.loglik >= -searched.fun - ROUNDING * abs(searched.fun)


def test_the_log_likelihood_is_that_of_normal_densities():
    rows = gappy()
    found = moments_of(rows)
    assert found.loglik == pytest.approx(loglik(rows, found.mean, found.cov), rel=ROUNDING)
    used = (~np.isnan(rows).all(axis=1)).sum()
    constant = 0.5 * np.log(2 * np.pi) * (~np.isnan(rows)).sum()
    assert found.objective == pytest.approx(-(found.loglik + constant) / used, rel=ROUNDING)


def test_units_and_origins_do_not_matter():
    rows, units, origin = gappy(), np.array([1e-4, 1.0, 1e5]), np.array([3.0, -50.0, 1e6])
    plain, moved = moments_of(rows), moments_of(rows * units + origin)
    np.testing.assert_allclose(moved.mean, plain.mean * units + origin, rtol=CONVERGED)
    np.testing.assert_allclose(moved.cov, plain.cov * np.outer(units, units), rtol=CONVERGED)
    assert moved.iterations == plain.iterations


def test_extrapolation_converges_with_most_values_missing():
    rows = gappy(n=400, p=6, share=0.6)
    found = moments_of(rows)
    assert found.converged
    blocks = missing_patterns(rows, list("abcdef")).blocks
    moments = Moments.of(6, np.array([], dtype=np.intp))
    slopes = [
        (loglik(rows, found.mean + step, found.cov) - loglik(rows, found.mean - step, found.cov))
        for step in 1e-4 * np.eye(6)
    ]
    np.testing.assert_allclose(slopes, 0, atol=DIFFERENCED * 1e-2)
    assert np.linalg.eigvalsh(observed_information(blocks, found.mean, found.cov, moments))[0] > 0


def test_a_likelihood_that_rises_towards_a_singular_matrix_is_told_not_to_converge():
    rows = gappy(n=30, p=3, share=0)
    rows[:, 2] = rows[:, 0] - 2 * rows[:, 1]
    rows[::3, 0] = np.nan
    found = moments_of(rows)
    assert not found.converged
    assert np.isfinite(found.loglik)
    spread = np.sqrt(found.cov.diagonal())
    assert np.linalg.eigvalsh(found.cov / np.outer(spread, spread))[0] < CONVERGED


def test_patterns_handled_in_portions_give_the_same(monkeypatch):
    rows = gappy(p=5, share=0.4)
    whole = moments_of(rows)
    monkeypatch.setattr(stacks, "NUMBERS_AT_ONCE", 75)
    np.testing.assert_allclose(moments_of(rows).cov, whole.cov, rtol=CONVERGED)


def test_values_missing_at_random_do_not_bias_the_moments():
    rng = np.random.default_rng(8)
    truth = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    rows = rng.multivariate_normal([0, 1, 2], truth, 20_000)
    # Whether c is missing depends on a, which is seen: the mean of the c that are left is off.
    rows[rows[:, 0] > 0.3, 2] = np.nan
    found = moments_of(rows)
    five_errors = 5 * 2 / np.sqrt(12_000)
    assert abs(np.nanmean(rows[:, 2]) - 2) > five_errors
    np.testing.assert_allclose(found.mean, [0, 1, 2], atol=five_errors)
    np.testing.assert_allclose(found.cov, truth, atol=five_errors)


@pytest.mark.parametrize("exogenous", [[], [1]])
def test_saturated_information_is_the_hessian_of_the_log_likelihood(exogenous):
    rows = gappy(n=60)
    rows = rows[~np.isnan(rows[:, exogenous]).any(axis=1)]
    blocks = missing_patterns(rows, NAMES).blocks
    moments = Moments.of(3, np.array(exogenous, dtype=np.intp))
    mean, cov = np.array([0.2, 1.1, 1.7]), np.diag([3.0, 2.0, 4.0]) + 0.3
    size = len(moments.means) + len(moments.rows)

    def at(step):
        off, spread = np.zeros(3), np.zeros((3, 3))
        off[moments.means] = step[: len(moments.means)]
        spread[moments.rows, moments.columns] = step[len(moments.means) :]
        return loglik(rows, mean + off, cov + np.tril(spread) + np.tril(spread, -1).T)

    step = 1e-3 * np.eye(size)
    hessian = [[at(i + j) - at(i - j) - at(j - i) + at(-i - j) for j in step] for i in step]
    used = sum(block.weight for block in blocks)
    found = observed_information(blocks, mean, cov, moments)
    np.testing.assert_allclose(found, -np.array(hessian) / 4e-6 / used, atol=DIFFERENCED)


def test_scores_of_saturated_moments_agree_with_differences_case_by_case():
    rows = gappy(n=30)
    blocks = missing_patterns(rows, NAMES).blocks
    moments = Moments.of(3, np.array([0]))
    mean, cov = np.array([0.2, 1.1, 1.7]), np.diag([3.0, 2.0, 4.0]) + 0.3
    scores = []
    for row in rows[~np.isnan(rows).all(axis=1)]:
        slopes, spreads = np.zeros(3), np.zeros((3, 3))
        for i, step in enumerate(1e-5 * np.eye(3)):
            slopes[i] = loglik(row[None], mean + step, cov) - loglik(row[None], mean - step, cov)
            for j in range(3):
                off = np.zeros((3, 3))
                off[i, j] = off[j, i] = 1e-5
                spreads[i, j] = loglik(row[None], mean, cov + off) - loglik(
                    row[None], mean, cov - off
                )
        scores.append(moments.vector(slopes, spreads) / 2e-5)
    scores = np.array(scores)
    found = score_products(blocks, mean, cov, moments)
    np.testing.assert_allclose(found, scores.T @ scores / len(scores), atol=DIFFERENCED)
