"""The minimum: where it is, that constraints hold there, and what follows from it."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from kamlab.sem.engine.estimate import Constraints, estimate
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.optimise import descend, null_space
from kamlab.sem.engine.structure import COVARIANCE, PATH
from tests.sem import engine_cases as cases

# Gradient at a minimum in double precision.
FLAT = 1e-9
EXACT = 1e-8
# A minimum found from values of the function alone is right to the root of their precision.
SEARCHED = 1e-6
FACTOR = [(PATH, i, 4) for i in (1, 2, 3)] + [(COVARIANCE, i, i) for i in range(5)]
A, B, C = np.eye(8)[:3]


@dataclass(frozen=True, eq=False)
class Linear:
    """`weights' theta - constant`."""

    weights: np.ndarray
    constant: float = 0.0

    def value(self, theta):
        return float(self.weights @ theta - self.constant)

    def gradient(self, theta):
        return self.weights.copy()


@dataclass(frozen=True, eq=False)
class Product:
    """`theta[0] theta[1] - constant`."""

    constant: float

    def value(self, theta):
        return float(theta[0] * theta[1] - self.constant)

    def gradient(self, theta):
        slope = np.zeros(len(theta))
        slope[:2] = theta[1], theta[0]
        return slope


def factor(numbers=range(8)):
    """One factor of four indicators; parameters 0 to 2 are loadings, 3 to 7 variances."""
    return cases.structure_of(FACTOR, list(numbers), n_observed=4, fixed=[(0, 4, 1.0)], size=5)


def answers(n=80):
    rng = np.random.default_rng(4)
    common = rng.normal(size=(n, 1))
    return common @ [[1.0, 0.8, 1.2, 0.5]] + rng.normal(size=(n, 4)) * [0.5, 0.7, 0.6, 0.9]


def fitted(constraints=None, *, numbers=range(8), start=None, estimator="ML", rows=None):
    rows = answers() if rows is None else rows
    sample = cases.sample_of(rows)
    saturated = np.linalg.slogdet(sample.cov)[1] + 4 if estimator == "ML" else 0.0
    return estimate(
        factor(numbers),
        [sample],
        [cases.block(0, rows)],
        [saturated],
        estimator=estimator,
        constraints=constraints,
        start=start,
    )


def equal(*restrictions):
    return Constraints(equalities=restrictions)


def at_least(*restrictions):
    return Constraints(inequalities=restrictions)


FREE = fitted()


@pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS"])
def test_a_minimum_is_found_to_the_last_digit_and_nothing_nearby_is_lower(estimator):
    found = fitted(estimator=estimator)
    assert found.converged
    assert np.abs(found.point.gradient).max() < FLAT
    assert np.linalg.eigvalsh(found.point.hessian)[0] > 0
    searched = minimize(
        lambda t: Point(found.structure, found.blocks, t, estimator).value,
        found.theta * 1.1,
        method="BFGS",
        options={"gtol": 1e-9},
    )
    np.testing.assert_allclose(found.theta, searched.x, atol=100 * SEARCHED)
    assert found.point.value <= searched.fun + 1e-13


def test_chisquare_counts_what_the_saturated_model_has_less():
    found, sample = FREE, FREE.samples[0]
    sigma = found.point.implied[0].sigma
    ratio = np.linalg.solve(sigma, sample.cov)
    expected = 80 * (np.trace(ratio) - np.linalg.slogdet(ratio)[1] - 4)
    assert found.chisq == pytest.approx(expected, rel=EXACT)
    assert found.n_total == 80


def test_every_group_weighs_in_chisquare_as_its_sample_says():
    structure = cases.two_groups()
    rows = [cases.rows_of(10, 60), cases.rows_of(11, 47)]
    samples = [cases.sample_of(r, weight=len(r) - 1) for r in rows]
    perfect = [np.linalg.slogdet(one.cov)[1] + 6 for one in samples]
    one_each = [cases.block(g, r) for g, r in enumerate(rows)]
    split = [cases.block(0, rows[0][:30]), cases.block(0, rows[0][30:]), one_each[1]]
    start = cases.theta_of(structure)
    found = estimate(structure, samples, split, perfect, start=start)
    whole = estimate(structure, samples, one_each, perfect, start=start)
    values = [one.value for one in whole.point.whitened]
    expected = 59 * (values[0] - perfect[0]) + 46 * (values[1] - perfect[1])
    assert whole.chisq == pytest.approx(expected, rel=EXACT)
    assert found.chisq == pytest.approx(whole.chisq, rel=EXACT)
    assert found.n_total == 105


def test_an_equality_is_the_same_as_one_parameter_for_both():
    held = fitted(equal(Linear(A - B)))
    shared = fitted(numbers=[0, 0, 1, 2, 3, 4, 5, 6])
    assert held.converged
    np.testing.assert_allclose(held.theta[1:], shared.theta, atol=EXACT)
    assert held.theta[0] == pytest.approx(held.theta[1], abs=1e-12)
    assert held.chisq == pytest.approx(shared.chisq, rel=EXACT)
    own = held.covariance(held.point.information)
    expected = shared.covariance(shared.point.information)
    np.testing.assert_allclose(own[1:, 1:], expected, atol=EXACT * np.abs(expected).max())
    np.testing.assert_allclose(own[0], own[1], atol=1e-12)
    assert held.n_equalities == 1


def test_a_value_can_be_fixed_by_a_constraint():
    held = fitted(equal(Linear(A, 0.5), Linear(B - 2 * C)))
    assert held.theta[0] == pytest.approx(0.5, abs=1e-12)
    assert held.theta[1] == pytest.approx(2 * held.theta[2], abs=1e-12)
    assert held.n_equalities == 2
    errors = held.covariance(held.point.information)
    assert errors[0, 0] == pytest.approx(0, abs=1e-15)
    assert errors[1, 1] == pytest.approx(4 * errors[2, 2])


def test_a_curved_equality_holds_at_the_lowest_point_of_its_curve():
    target = 1.3 * FREE.theta[0] * FREE.theta[1]
    found = fitted(equal(Product(target)))
    assert found.converged
    assert found.theta[0] * found.theta[1] == pytest.approx(target, abs=1e-10)
    # Newton steps that know how the constraint bends; without, there are more.
    assert found.steps <= 6

    def along(first):
        return fitted(equal(Linear(A, first), Linear(B, target / first))).point.value

    best = minimize_scalar(along, bracket=(0.7, 1.0, 1.4), tol=1e-9)
    assert found.theta[0] == pytest.approx(best.x, rel=100 * SEARCHED)
    assert found.point.value == pytest.approx(best.fun, abs=1e-12)


def test_the_gradient_at_a_constrained_minimum_is_a_pull_of_the_constraints():
    found = fitted(equal(Product(0.5), Linear(A + C, 1.0)))
    assert np.abs(found.point.gradient).max() > 1e-3
    inner = found.basis.T @ found.point.gradient
    np.testing.assert_allclose(inner, 0, atol=FLAT)


def test_an_equality_said_twice_gives_one_degree_of_freedom():
    once, twice = (fitted(equal(*n * [Linear(A - B)])) for n in (1, 2))
    assert twice.converged
    assert twice.n_equalities == 1
    np.testing.assert_allclose(twice.theta, once.theta, atol=EXACT)
    assert twice.basis.shape == once.basis.shape == (8, 7)


@pytest.mark.parametrize("start", [None, np.array([3.0, 3, 3, 1, 1, 1, 1, 1])])
def test_equalities_that_contradict_each_other_are_never_met(start):
    assert not fitted(equal(Linear(A, 1), Linear(A, 2)), start=start).converged


def test_an_inequality_that_holds_anyway_changes_nothing():
    found = fitted(at_least(Linear(A, FREE.theta[0] - 0.1)))
    np.testing.assert_allclose(found.theta, FREE.theta, atol=EXACT)
    assert found.jacobian.shape == (0, 8)


@pytest.mark.parametrize("further", [0.3, 0.01])
def test_an_inequality_that_binds_is_held_at_its_limit_without_a_degree_of_freedom(further):
    limit = FREE.theta[0] + further
    found = fitted(at_least(Linear(A, limit)))
    assert found.converged
    assert found.theta[0] == pytest.approx(limit, abs=1e-12)
    assert found.n_equalities == 0
    assert found.jacobian.tolist() == [A.tolist()]
    fixed = fitted(equal(Linear(A, limit)))
    np.testing.assert_allclose(found.theta, fixed.theta, atol=EXACT)
    assert found.covariance(found.point.information)[0, 0] == pytest.approx(0, abs=1e-15)


def test_a_limit_that_another_makes_idle_is_let_go():
    # The first search breaks both limits; held at both, the second pulls the wrong way.
    a, b = FREE.theta[:2]
    found = fitted(at_least(Linear(A, a + 0.6), Linear(B, b + 0.02)))
    assert found.converged
    assert found.theta[0] == pytest.approx(a + 0.6, abs=1e-12)
    assert found.theta[1] > b + 0.03
    assert found.jacobian.tolist() == [A.tolist()]
    alone = fitted(at_least(Linear(A, a + 0.6)))
    np.testing.assert_allclose(found.theta, alone.theta, atol=EXACT)


def test_inequalities_beside_an_equality():
    a = FREE.theta[0]
    found = fitted(Constraints((Linear(B - C),), (Linear(A, a + 0.2), Linear(-A, -a - 9))))
    assert found.converged
    assert found.theta[1] == pytest.approx(found.theta[2], abs=1e-12)
    assert found.theta[0] == pytest.approx(a + 0.2, abs=1e-12)
    assert found.n_equalities == 1
    assert found.basis.shape == (8, 6)


def test_inequalities_that_no_value_obeys_are_no_minimum():
    assert not fitted(at_least(Linear(A, 2.0), Linear(-A, -1.0))).converged


def test_a_start_that_implies_no_covariance_matrix_is_replaced_by_another():
    numbers = [*range(8), 8]
    cells = [*FACTOR, (COVARIANCE, 1, 0)]
    structure = cases.structure_of(cells, numbers, n_observed=4, fixed=[(0, 4, 1.0)], size=5)
    rows = answers()
    start = np.array([*FREE.theta, 50.0])
    assert Point(structure, [cases.block(0, rows)], start).whitened is None
    found = estimate(structure, [cases.sample_of(rows)], [cases.block(0, rows)], [0], start=start)
    assert found.converged
    assert np.abs(found.point.gradient).max() < FLAT


def test_the_same_minimum_is_found_from_far_away():
    far = np.array([5.0, -4.0, 3.0, 9.0, 0.1, 5.0, 0.2, 20.0])
    np.testing.assert_allclose(fitted(start=far).theta, FREE.theta, atol=EXACT)


@pytest.mark.parametrize("number", [0, 4, 5, 7])
def test_steps_that_go_too_far_are_shortened_again_and_again(number):
    rng = np.random.default_rng(0)
    starts = [np.r_[rng.normal(0, 5, 3), rng.uniform(0.01, 20, 5)] for _ in range(8)]
    found = descend(
        lambda theta: Point(factor(), [cases.block(0, answers())], theta), starts[number]
    )
    assert found.converged
    np.testing.assert_allclose(found.point.theta, FREE.theta, atol=EXACT)


def test_units_change_estimates_by_their_own_factor_only():
    scale = np.array([1e-6, 1e3, 1.0, 1e5])
    found = fitted(rows=answers() * scale)
    loading = scale[1:] / scale[0]
    expected = FREE.theta * [*loading, *scale**2, scale[0] ** 2]
    np.testing.assert_allclose(found.theta, expected, rtol=EXACT)
    assert found.chisq == pytest.approx(FREE.chisq, rel=EXACT)


def test_a_start_very_near_the_minimum_is_improved_to_the_last_digit():
    found = fitted(start=FREE.theta + 1e-7)
    np.testing.assert_allclose(found.theta, FREE.theta, rtol=0, atol=1e-11)


def test_a_search_without_curvature_does_not_claim_a_minimum_it_did_not_reach():
    def look(theta):
        return Point(factor(), [cases.block(0, answers())], theta)

    there = descend(look, FREE.theta)
    assert there.converged
    assert there.steps <= 1
    wrong = descend(look, -np.ones(8))
    assert not wrong.converged


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_the_null_space_has_the_directions_that_restrictions_leave(rank):
    jacobian = np.array([A, A + B, A - B])[: rank + 1] if rank else np.zeros((1, 8))
    basis = null_space(jacobian)
    expected = 8 - np.linalg.matrix_rank(jacobian)
    assert basis.shape == (8, expected)
    np.testing.assert_allclose(jacobian @ basis, 0, atol=1e-14)
    np.testing.assert_allclose(basis.T @ basis, np.eye(expected), atol=1e-14)
