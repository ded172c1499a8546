"""Intervals from draws: closed forms, order statistics and coverage."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from kamlab.sem.engine.estimate import Estimate, estimate
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import COVARIANCE, MEAN, GroupStructure, Structure
from kamlab.sem.inference.bootstrap import bootstrap
from kamlab.sem.inference.influence import influences
from kamlab.sem.inference.intervals import (
    acceleration,
    bca_interval,
    bias,
    covariance,
    percentile_interval,
    quantiles,
    standard_errors,
)
from tests.sem.bootstrap_cases import CASES, fitted

EXACT = 1e-10
SEARCH = 1e-3  # what a draw may be off, in standard errors
STEP, CURVATURE = 1e-4, 1e-3  # difference quotients are off by a part of the order of the step
SKEWED = np.random.default_rng(4).exponential(size=40)


def mean_and_variance(y: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """One variable, its mean and its variance: the model whose estimates are known."""
    kind, row = np.array([MEAN, COVARIANCE]), np.zeros(2, dtype=int)
    group = GroupStructure(
        np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1), kind, row, row, np.arange(2)
    )
    structure = Structure(("y",), 1, np.array([], dtype=np.intp), (group,), 2, True)
    mean = np.atleast_1d(np.average(y, weights=weights))
    cov = np.atleast_2d(np.average((y - mean) ** 2, weights=weights))
    rows, n = y[:, None], len(y)
    sample = GroupSample(cov, mean, n, n, rows)
    block = Block(0, np.array([0]), cov, mean, n, rows)
    return estimate(structure, [sample], [block], [0.0])


def test_draws_of_a_mean_and_a_variance_are_those_of_the_resamples():
    draws = bootstrap(mean_and_variance(SKEWED), 100, seed=9)
    stream = np.random.SeedSequence(9).spawn(1)[0]
    drawn = SKEWED[np.random.default_rng(stream).integers(0, 40, size=(100, 40))]
    moments = np.column_stack([drawn.mean(axis=1), drawn.var(axis=1)])
    off = np.abs(draws.thetas - moments) / standard_errors(draws.thetas)
    assert off.max() < SEARCH


def test_standard_errors_and_bias_approach_the_ideal_bootstrap():
    draws = bootstrap(mean_and_variance(SKEWED), 20_000, seed=1).thetas
    ideal = SKEWED.std() / np.sqrt(40)
    four_errors = 4 / np.sqrt(2 * 20_000) * 1.3  # the draws are a little heavier than normal
    assert standard_errors(draws)[0] == pytest.approx(ideal, rel=four_errors)
    within = 4 * standard_errors(draws) / np.sqrt(20_000)
    off = bias(draws, np.array([SKEWED.mean(), SKEWED.var()])) - [0, -SKEWED.var() / 40]
    assert (np.abs(off) < within).all()
    assert np.diag(covariance(draws)) == pytest.approx(standard_errors(draws) ** 2)


def test_influences_of_a_mean_and_a_variance_are_their_closed_forms():
    centred = SKEWED - SKEWED.mean()
    known = np.column_stack([centred, centred**2 - SKEWED.var()]) / 40
    found = influences(mean_and_variance(SKEWED))
    assert np.allclose(found, known, atol=EXACT)
    skewness = (centred**3).mean() / SKEWED.std() ** 3
    assert acceleration(found)[0] == pytest.approx(skewness / (6 * np.sqrt(40)))


@pytest.mark.parametrize("name", [name for name in CASES if name != "covariates, GLS"])
def test_the_influence_of_a_case_is_what_a_little_more_of_it_changes(name):
    case = CASES[name]
    fit = fitted(case, case.rows)
    for which in (0, -3):
        weights = [np.ones(len(own)) for own in case.rows]
        weights[-1] -= STEP / len(weights[-1])
        weights[-1][which] += STEP
        moved = fitted(case, case.rows, [fit.theta], weights).theta
        known = (moved - fit.theta) / STEP
        place = which % len(weights[-1]) + sum(len(own) for own in weights[:-1])
        found = influences(fit)[place]
        assert np.abs(found - known).max() < CURVATURE * np.abs(known).max()


def test_ends_are_the_order_statistics_of_rank_b_plus_1():
    draws = np.random.default_rng(1).permutation(np.arange(1.0, 1000.0))
    assert percentile_interval(draws, 0.95) == (25.0, 975.0)
    low, high = percentile_interval(np.column_stack([draws, -2 * draws]), 0.90)
    assert low.tolist() == [50, -1900]
    assert high.tolist() == [950, -100]


def test_between_two_draws_the_normal_scale_interpolates():
    # Rank 2.75; R's boot:::norm.inter(1:10, 0.25) gives 2.769955.
    assert quantiles(np.arange(1.0, 11.0), np.array([0.25]))[0] == pytest.approx(2.769955, abs=1e-6)


def test_beyond_the_outermost_draws_they_stand_for_the_ends():
    assert percentile_interval(np.arange(10.0), 0.99) == (0.0, 9.0)


def test_bca_without_bias_and_skewness_is_the_percentile_interval():
    draws, even = np.arange(1.0, 1001.0), np.array([-1.0, 1.0])
    assert bca_interval(draws, 500.5, even) == percentile_interval(draws)


def test_bca_ends_are_the_quantiles_of_efrons_formula():
    draws = np.arange(1.0, 100_000.0)
    # 60 % of the draws lie below, so w = 0.253347; these influences have a = 1 / 6^1.5.
    low, high = bca_interval(draws, 60_000.4, np.array([2.0, -1.0, -1.0]), 0.90)
    w, z, a = 0.2533471031357997, 1.6448536269514722, 6**-1.5
    ends = [w + (w + s * z) / (1 - a * (w + s * z)) for s in (-1, 1)]
    known = [100_000 * NormalDist().cdf(end) for end in ends]
    assert [float(low), float(high)] == pytest.approx(known, rel=1e-4)


def test_bca_says_nothing_where_all_draws_are_on_one_side():
    assert np.isnan(bca_interval(np.arange(10.0), 99.0, np.array([-1.0, 1.0]))).all()


def test_what_is_the_same_in_all_draws_has_itself_as_interval():
    assert bca_interval(np.ones(10), 1.0, np.zeros(5)) == (1.0, 1.0)
    assert percentile_interval(np.ones(10)) == (1.0, 1.0)


def test_intervals_of_a_skewed_variance_move_towards_its_long_tail():
    fit = mean_and_variance(SKEWED)
    draws, by_case = bootstrap(fit, 4000, seed=1).thetas, influences(fit)
    low, high = percentile_interval(draws[:, 1])
    moved_low, moved_high = bca_interval(draws[:, 1], fit.theta[1], by_case[:, 1])
    assert moved_low > low
    assert moved_high > high


def test_functions_of_parameters_have_intervals_that_transform_with_them():
    fit = mean_and_variance(SKEWED)
    draws, by_case = bootstrap(fit, 999, seed=1).thetas, influences(fit)
    plain = bca_interval(draws[:, 0], fit.theta[0], by_case[:, 0])
    tripled = bca_interval(3 * draws[:, 0], 3 * fit.theta[0], by_case @ [3.0, 0.0])
    assert tripled == pytest.approx(3 * np.array(plain))


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_of_a_mean_cover_it_as_often_as_they_say(method):
    rng, hits, samples = np.random.default_rng(11), 0, 300
    for seed in range(samples):
        fit = mean_and_variance(rng.normal(size=40))
        draws = bootstrap(fit, 399, seed=seed).thetas[:, 0]
        if method == "percentile":
            low, high = percentile_interval(draws, 0.9)
        else:
            low, high = bca_interval(draws, fit.theta[0], influences(fit)[:, 0], 0.9)
        hits += low <= 0 <= high
    # Normal cases: 90 % less what divisor n and normal instead of t quantiles cost, about 1.5 %.
    assert hits / samples == pytest.approx(0.885, abs=3 * np.sqrt(0.885 * 0.115 / samples))
