import numpy as np
import pytest
from scipy import stats

from kamlab.quality.common_method import (
    first_component_share,
    method_correlation,
    without_method,
)


@pytest.mark.parametrize(("p", "r"), [(2, 0.5), (5, 0.0), (11, 0.3), (4, 1.0)])
def test_equal_correlations_have_a_known_first_component(p, r):
    matrix = np.full((p, p), r)
    np.fill_diagonal(matrix, 1.0)
    assert first_component_share(matrix) == pytest.approx((1 + (p - 1) * r) / p)


@pytest.mark.parametrize(
    ("with_marker", "expected"),
    [([0.3, 0.1, 0.2], 0.1), ([0.3, -0.4], 0.3), ([-0.1, -0.2], 0.0), ([0.0, 0.0], 0.0)],
)
def test_the_method_is_the_smallest_positive_correlation_of_the_marker(with_marker, expected):
    assert method_correlation(with_marker) == expected


def test_without_a_method_the_test_is_nearly_the_ordinary_one():
    """One degree of freedom less than the ordinary test, which the marker has cost."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 2)) + 0.5 * rng.normal(size=(60, 1))
    r, p = stats.pearsonr(*x.T)
    adjusted, found = without_method([r], 0.0, 61)
    assert adjusted[0] == pytest.approx(r)
    assert found[0] == pytest.approx(p)


def test_a_method_that_adds_alike_to_all_is_taken_out():
    """Constructs correlate 0.4; the method, of variance 0.25 of the whole, adds to each score."""
    rng = np.random.default_rng(3)
    n, method = 200_000, 0.25
    truth = rng.multivariate_normal(np.zeros(3), [[1, 0.4, 0], [0.4, 1, 0], [0, 0, 1]], n)
    scores = np.sqrt(1 - method) * truth + np.sqrt(method) * rng.normal(size=(n, 1))
    r = np.corrcoef(scores, rowvar=False)
    found, _ = without_method(r[0, 1], method_correlation(r[2, :2]), n)
    assert r[0, 1] > 0.5
    assert found == pytest.approx(0.4, abs=0.01)


def test_perfect_correlations_are_tested_without_a_division_by_zero():
    adjusted, p_values = without_method([1.0], 0.2, 50)
    assert (adjusted[0], p_values[0]) == (1.0, 0.0)
