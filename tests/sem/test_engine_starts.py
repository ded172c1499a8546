"""Starting values that are right where the data are perfect, and identification."""

import numpy as np
import pytest

from kamlab.sem.engine.estimate import estimate
from kamlab.sem.engine.identification import flat_directions, unidentified
from kamlab.sem.engine.implied import implied
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.starts import starting_values
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH
from tests.sem import engine_cases as cases

EXACT = 1e-9


def perfect_samples(structure, theta, n=100):
    """Samples whose moments are those that the model implies."""
    found = []
    for number in range(len(structure.groups)):
        at = implied(structure, number, theta)
        found.append(GroupSample(at.sigma, at.mu, n, n, None))
    return found


def one_factor(free_marker=False):
    cells = [(PATH, i, 4) for i in range(0 if free_marker else 1, 4)]
    cells += [(COVARIANCE, i, i) for i in range(4 if free_marker else 5)]
    structure = cases.structure_of(
        cells,
        list(range(len(cells))),
        n_observed=4,
        fixed=[] if free_marker else [(0, 4, 1.0)],
        size=5,
    )
    if free_marker:
        structure.groups[0].covariances[4, 4] = 1.0
    return structure


def start_of(structure, theta, given=None):
    given = np.full(structure.n_free, np.nan) if given is None else given
    return starting_values(structure, perfect_samples(structure, theta), given)


def test_a_factor_starts_at_the_truth_if_the_data_are_perfect():
    theta = np.array([0.8, -1.2, 0.5, 0.5, 0.4, 0.6, 0.3, 1.5])
    np.testing.assert_allclose(start_of(one_factor(), theta), theta, rtol=EXACT)


def test_a_factor_of_variance_one_starts_at_the_truth_but_for_all_signs():
    theta = np.array([0.7, 0.8, 1.2, 0.5, 0.5, 0.4, 0.6, 0.3])
    np.testing.assert_allclose(start_of(one_factor(free_marker=True), theta), theta, rtol=EXACT)


def test_means_start_at_the_truth_of_two_groups():
    structure = cases.two_groups()
    theta = cases.theta_of(structure)
    found = start_of(structure, theta, np.where(is_mean(structure), np.nan, theta))
    np.testing.assert_allclose(found, theta, atol=EXACT)


def is_mean(structure):
    found = np.zeros(structure.n_free, dtype=bool)
    for group in structure.groups:
        found[group.parameter[group.kind == MEAN]] = True
    return found


def test_values_that_the_user_gives_are_kept():
    theta = np.array([0.8, 1.2, 0.5, 0.5, 0.4, 0.6, 0.3, 1.5])
    given = np.full(8, np.nan)
    given[[0, 6]] = -3.0, 7.0
    found = start_of(one_factor(), theta, given)
    assert found[[0, 6]].tolist() == [-3.0, 7.0]
    np.testing.assert_allclose(np.delete(found, [0, 6]), np.delete(theta, [0, 6]), rtol=EXACT)


def test_a_parameter_shared_by_groups_starts_at_their_mean():
    cells = [(COVARIANCE, 0, 0), (COVARIANCE, 1, 1)]
    groups = [cases.group_of(cells, numbers, fixed=[], size=2) for numbers in ([0, 1], [0, 2])]
    structure = cases.structure_of(cells, [0, 2], n_observed=2, fixed=[], size=2)
    structure = type(structure)(("a", "b"), 2, structure.exogenous, tuple(groups), 3, False)
    samples = [GroupSample(np.diag([v, 1.0 + v]), np.zeros(2), 9, 9, None) for v in (1.0, 4.0)]
    found = starting_values(structure, samples, np.full(3, np.nan))
    assert found.tolist() == [2.5, 2.0, 5.0]


@pytest.mark.parametrize("seed", range(4))
def test_starts_imply_proper_covariances_even_for_noise(seed):
    structure = cases.two_groups()
    rows = [np.random.default_rng(seed + 9 * g).normal(size=(12, 6)) for g in (0, 1)]
    samples = [cases.sample_of(own) for own in rows]
    found = starting_values(structure, samples, np.full(structure.n_free, np.nan))
    for number in (0, 1):
        assert np.linalg.eigvalsh(implied(structure, number, found).sigma)[0] > 0


def test_a_factor_of_factors_starts_from_covariances_of_its_factors():
    # g -> f1, f2, f3, each with two indicators.
    cells = [(PATH, 2 * f + 1, 6 + f) for f in range(3)] + [(PATH, 7, 9), (PATH, 8, 9)]
    cells += [(COVARIANCE, i, i) for i in range(10)]
    fixed = [(2 * f, 6 + f, 1.0) for f in range(3)] + [(6, 9, 1.0)]
    structure = cases.structure_of(cells, list(range(15)), fixed=fixed, size=10)
    theta = np.array([0.9, 1.1, 0.8, 1.2, 0.7, *6 * [0.4], *3 * [0.3], 0.9])
    found = start_of(structure, theta)
    assert np.abs(found - theta).max() < 0.5
    np.testing.assert_array_less(0.3, found[3:5])
    samples = perfect_samples(structure, theta)
    blocks = [Block(0, np.arange(6), samples[0].cov, samples[0].mean, 100.0, None)]
    fit = estimate(structure, samples, blocks, [0.0], start=found)
    np.testing.assert_allclose(fit.theta, theta, atol=1e-7)


def two_factors(with_covariance=True):
    """Two factors of two indicators: identified only by the covariance of the factors."""
    cells = [(PATH, 1, 4), (PATH, 3, 5), *((COVARIANCE, i, i) for i in range(6))]
    cells += [(COVARIANCE, 5, 4)] if with_covariance else []
    fixed = [(0, 4, 1.0), (2, 5, 1.0)]
    return cases.structure_of(cells, list(range(len(cells))), n_observed=4, fixed=fixed, size=6)


def judged(structure, theta, jacobian=None):
    jacobian = np.zeros((0, structure.n_free)) if jacobian is None else jacobian
    return unidentified(structure, perfect_samples(structure, theta), theta, jacobian)


def test_all_parameters_of_a_factor_of_four_indicators_are_identified():
    assert judged(one_factor(), np.array([0.8, 1.2, 0.5, 0.5, 0.4, 0.6, 0.3, 1.5])) == []


def test_what_is_identified_unless_another_parameter_is_zero_passes():
    theta = np.array([0.8, 0.9, *6 * [0.5], 0.0])
    assert judged(two_factors(), theta) == []


def test_the_parameters_that_no_data_determine_are_named():
    theta = np.array([0.8, 0.9, *6 * [0.5]])
    assert judged(two_factors(with_covariance=False), theta) == list(range(8))
    # One factor lacks its scale: loadings and its variance, but no other variance.
    cells = [(PATH, i, 4) for i in range(4)] + [(COVARIANCE, i, i) for i in range(5)]
    loose = cases.structure_of(cells, list(range(9)), n_observed=4, fixed=[], size=5)
    theta = np.array([0.8, 0.9, 1.0, 1.1, *4 * [0.5], 1.0])
    assert judged(loose, theta) == [0, 1, 2, 3, 8]


def test_a_constraint_can_identify():
    structure = two_factors(with_covariance=False)
    theta = np.array([0.8, 0.9, *6 * [0.5]])
    equal_loadings = np.array([np.eye(8)[0]])
    assert judged(structure, theta, equal_loadings) == [1, 4, 5, 7]
    assert judged(structure, theta, np.eye(8)[:2]) == []


def test_flat_directions_do_not_depend_on_units():
    scale = np.array([1e-7, 1.0, 1e6])
    information = np.outer(scale, scale) * np.array([[2, 1, 0], [1, 2, 0], [0, 0, 1.0]])
    assert flat_directions(information, np.zeros((0, 3))) == []
    information[:2, :2] = np.outer(scale, scale)[:2, :2]
    assert flat_directions(information, np.zeros((0, 3))) == [0, 1]
    held = np.array([[1.0, 0, 0]])
    assert flat_directions(information, held) == []


def test_a_parameter_without_any_information_is_flat():
    assert flat_directions(np.diag([1.0, 0.0, 2.0]), np.zeros((0, 3))) == [1]
