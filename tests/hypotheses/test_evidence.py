"""Intervals, p-values and verdicts of one effect agree with each other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kamlab.foundation.language import same
from kamlab.hypotheses.evidence import Evidence

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
NORMAL_95 = 1.959963984540054


def evidence(estimate=0.0, std_error=1.0, **more):
    words = {"effect": same("e"), "effect_size_is": same("s"), "lost": same("")}
    counts = {"n_used": 10, "n_accounts": 10, "n_lost": 0, "effect_size": estimate}
    return Evidence(estimate=estimate, std_error=std_error, **words, **counts, **more)


def test_the_interval_is_students():
    low, high = evidence(1.0, 2.0, df=10).interval(0.95)
    reach = 2 * 2.2281388519649385  # t of 10 degrees of freedom, from tables
    assert (low, high) == pytest.approx((1 - reach, 1 + reach))


def test_without_degrees_of_freedom_it_is_normal():
    assert evidence(0.0, 1.0).interval(0.95)[1] == pytest.approx(NORMAL_95)
    assert evidence(NORMAL_95, 1.0).p_value(0.0) == pytest.approx(0.05)


def test_draws_give_percentiles_and_a_p_value_that_is_never_zero():
    draws = np.arange(1, 1000) / 1000
    found = evidence(0.5, 0.3, draws=draws)
    assert found.interval(0.9) == pytest.approx((0.0509, 0.9491), abs=1e-3)
    assert found.p_value(-1.0) == pytest.approx(2 / 1000)
    assert found.p_value(0.5) == 1.0
    assert found.p_value(0.1005) == pytest.approx(2 * 101 / 1000)


def test_a_correlation_is_symmetric_on_fishers_scale():
    found = evidence(0.5, 0.1 * (1 - 0.5**2), scale="fisher")
    low, high = found.interval(0.95)
    assert math.atanh(0.5) - math.atanh(low) == pytest.approx(0.1 * NORMAL_95)
    assert math.atanh(high) - math.atanh(0.5) == pytest.approx(0.1 * NORMAL_95)
    assert found.p_value(low) == pytest.approx(0.05)
    assert found.p_value(1.0) == 0.0
    assert evidence(0.999, 0.01, scale="fisher").interval(0.99)[0] > -1


def test_an_effect_without_doubt_equals_only_itself():
    assert evidence(0.5, 0.0).p_value(0.5) == 1.0
    assert evidence(0.5, 0.0).p_value(0.4) == 0.0


@given(
    estimate=st.floats(-3, 3),
    std_error=st.floats(0.01, 3),
    bound=st.floats(-3, 3),
    df=st.sampled_from([3.0, 30.0, math.inf]),
    level=st.sampled_from(LEVELS),
)
def test_the_p_value_is_one_less_the_level_of_the_widest_interval_without_the_bound(
    estimate, std_error, bound, df, level
):
    found = evidence(estimate, std_error, df=df)
    low, high = found.interval(level)
    p_value = found.p_value(bound)
    if abs(p_value - (1 - level)) > 1e-9:
        assert (not low <= bound <= high) == (p_value < 1 - level)


@pytest.mark.parametrize(
    ("estimate", "ends", "nearest"),
    [
        (0.3, (0.0, math.inf), 0.0),
        (-0.3, (0.0, math.inf), 0.0),
        (0.3, (-math.inf, 1.0), 1.0),
        (0.3, (0.0, 1.0), 0.0),
        (0.8, (0.0, 1.0), 1.0),
        (7.0, (0.0, 1.0), 1.0),
        (-7.0, (0.0, 1.0), 0.0),
    ],
)
def test_the_nearest_end_decides(estimate, ends, nearest):
    assert evidence(estimate).nearest_end(*ends) == nearest


def test_nearest_is_what_the_estimate_is_least_clear_of():
    found = evidence(0.69, 0.04, scale="fisher")
    assert found.nearest_end(0.0, 1.0) == 0.0  # no correlation is 1 while cases differ


@pytest.mark.parametrize(
    ("estimate", "ends", "verdict"),
    [
        (3.0, (0.0, math.inf), "supported"),
        (-3.0, (0.0, math.inf), "refuted"),
        (1.0, (0.0, math.inf), "undecided"),
        (-3.0, (-math.inf, 0.0), "supported"),
        (3.0, (-math.inf, 0.0), "refuted"),
        (0.0, (-2.0, 2.0), "supported"),
        (0.0, (-1.0, 1.0), "undecided"),
        (5.0, (-1.0, 1.0), "refuted"),
        (-5.0, (-1.0, 1.0), "refuted"),
    ],
)
def test_the_verdict_is_where_the_whole_interval_lies(estimate, ends, verdict):
    assert evidence(estimate).verdict(*ends, 0.95) == verdict


@given(
    estimate=st.floats(-5, 5),
    ends=st.tuples(st.floats(-2, -0.1), st.floats(0.1, 2)),
    open_=st.sampled_from(["none", "low", "high"]),
    level=st.sampled_from(LEVELS),
)
def test_a_verdict_alone_is_decided_just_where_its_p_value_is_small(estimate, ends, open_, level):
    low = -math.inf if open_ == "low" else ends[0]
    high = math.inf if open_ == "high" else ends[1]
    found = evidence(estimate)
    p_value = found.p_value(found.nearest_end(low, high))
    if abs(p_value - (1 - level)) > 1e-9:
        decided = found.verdict(low, high, level) != "undecided"
        assert decided == (p_value < 1 - level)


def test_at_the_end_of_the_range_support_comes_by_chance_in_half_of_the_rest_of_the_level():
    rng = np.random.default_rng(1)
    verdicts = [evidence(value).verdict(0.0, math.inf, 0.9) for value in rng.normal(size=4000)]
    found = stats.binomtest(verdicts.count("supported"), 4000, 0.05)
    assert found.pvalue > 1e-4
