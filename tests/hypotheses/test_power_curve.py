"""From simulated verdicts to a curve: known curves are found again, and limits are kept."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from kamlab.hypotheses.power_curve import (
    FARTHEST,
    Curve,
    exaggeration,
    needed_interval,
    power_curve,
    wrong_share,
)

SIZES = np.array([50.0, 100.0, 200.0, 400.0])
LEVEL, SLOPE = -1.5, 0.2
MANY = 100_000
ROUNDED = 0.01  # of normal quantiles, from whole numbers of 100,000 companies and half a one


def verdicts(shares, count=MANY):
    """Return companies of which given shares support a hypothesis, nested as samples are."""
    return np.arange(count)[:, None] < np.round(np.asarray(shares) * count)


@pytest.fixture
def curve():
    return Curve(LEVEL, SLOPE, SIZES)


def test_a_known_curve_is_found_again(curve):
    found = power_curve(SIZES, verdicts(curve.at(SIZES)))
    assert found.level == pytest.approx(LEVEL, abs=ROUNDED)
    assert found.slope == pytest.approx(SLOPE, abs=ROUNDED / 10)


def test_two_sizes_are_met_exactly():
    supported = verdicts([0.25, 0.75], count=40)
    found = power_curve(SIZES[:2], supported)
    np.testing.assert_allclose(found.at(SIZES[:2]), [10.5 / 41, 30.5 / 41])


def test_the_more_precise_share_counts_for_more():
    supported = verdicts([0.5, 0.5, 0.99], count=200)
    found = power_curve(SIZES[:3], supported)
    gaps = norm.ppf([100.5 / 201, 100.5 / 201, 198.5 / 201]) - norm.ppf(found.at(SIZES[:3]))
    share = np.array([100.5, 100.5, 198.5]) / 201
    weight = norm.pdf(norm.ppf(share)) ** 2 / (share * (1 - share))
    root = np.sqrt(SIZES[:3])
    assert np.sum(weight * gaps) == pytest.approx(0, abs=1e-12)
    assert np.sum(weight * gaps * root) == pytest.approx(0, abs=1e-11)


def test_the_number_needed_is_where_the_curve_reaches_the_target(curve):
    needed = curve.needed(0.8)
    assert needed == math.ceil(((norm.ppf(0.8) - LEVEL) / SLOPE) ** 2) == 138
    assert curve.at(np.array([needed - 1, needed])).round(6).tolist() == [0.799809, 0.80219]


def test_the_number_needed_is_never_below_the_smallest_simulated(curve):
    assert curve.needed(0.1) == SIZES[0]


def test_the_curve_is_drawn_out_to_four_times_the_largest():
    farthest = FARTHEST * SIZES[-1]
    slope = (norm.ppf(0.8) - LEVEL) / math.sqrt(farthest)
    assert Curve(LEVEL, slope * 1.001, SIZES).needed(0.8) <= farthest
    assert Curve(LEVEL, slope * 0.999, SIZES).needed(0.8) == math.inf


@pytest.mark.parametrize("slope", [0.0, -0.1])
def test_a_curve_that_does_not_rise_never_reaches_the_target(slope):
    assert Curve(LEVEL, slope, SIZES).needed(0.8) == math.inf


@pytest.mark.parametrize(("share", "needed"), [(0.0, math.inf), (1.0, SIZES[0])])
def test_all_or_none_make_a_finite_curve(share, needed):
    found = power_curve(SIZES, verdicts([share] * 4, count=20))
    assert np.isfinite([found.level, found.slope]).all()
    assert found.needed(0.8) == needed


def test_the_interval_of_the_number_needed_is_that_of_many_simulations(curve):
    rng = np.random.default_rng(3)
    count, shares = 150, curve.at(SIZES)
    found = [
        power_curve(SIZES, rng.random((count, 1)) < shares).needed(0.8) for _ in range(2_000)
    ]  # one number a company: verdicts of sizes go together
    low, high = needed_interval(SIZES, rng.random((count, 1)) < shares, 0.8, (0.025, 0.975), 1)
    expected = np.quantile(found, [0.025, 0.975])
    assert high - low == pytest.approx(expected[1] - expected[0], rel=0.25)
    assert low - 30 < 138 < high + 30


def test_an_interval_may_have_no_upper_limit():
    supported = np.random.default_rng(0).random((60, 4)) < 0.03
    assert needed_interval(SIZES, supported, 0.8, (0.025, 0.975), 0)[1] == math.inf


def test_wrong_verdicts_are_a_share_of_those_that_decide():
    supported = np.array([True, True, True, False, False, False])
    refuted = np.array([False, False, False, True, False, False])
    assert wrong_share(supported, refuted, is_true=True) == 0.25
    assert wrong_share(supported, refuted, is_true=False) == 0.75
    assert math.isnan(wrong_share(supported & refuted, supported & refuted, is_true=True))


def test_exaggeration_is_the_mean_size_of_estimates_that_support():
    estimates = np.array([1.0, -3.0, 0.1, np.nan])
    supported = np.array([True, True, False, False])
    assert exaggeration(estimates, supported, -0.5) == 4.0
    assert math.isnan(exaggeration(estimates, supported & False, -0.5))
