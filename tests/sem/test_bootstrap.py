"""Bootstrap draws against models estimated anew, and the draws that fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kamlab.foundation.errors import ArgumentError
from kamlab.sem.engine.estimate import Constraints
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.structure import COVARIANCE, PATH
from kamlab.sem.inference import bootstrap as module
from kamlab.sem.inference import resampling
from kamlab.sem.inference.admissible import problems
from kamlab.sem.inference.batched import BatchedModel
from kamlab.sem.inference.bootstrap import bootstrap
from kamlab.sem.inference.intervals import standard_errors
from tests.sem.bootstrap_cases import (
    CASES,
    Case,
    Held,
    fitted,
    path_model,
    path_rows,
    redrawn,
    structure_of,
    two_factors,
    unit,
)

IN_STANDARD_ERRORS = 1e-3  # what the searches promise
ROUNDING = 1e-9


@pytest.mark.parametrize("name", CASES)
def test_every_draw_is_the_model_estimated_anew(name):
    case = CASES[name]
    fit = fitted(case, case.rows)
    draws = bootstrap(fit, 12, seed=5, constraints=case.constraints)
    anew = [fitted(case, rows, [fit.theta]) for rows in redrawn(case.rows, 12, seed=5)]
    assert all(one.converged for one in anew)
    assert draws.n_failed == 0
    errors = np.sqrt(np.diag(fit.covariance(fit.point.information)))
    off = np.abs(draws.thetas - [one.theta for one in anew]) / errors
    assert off.max() < IN_STANDARD_ERRORS


def test_draws_depend_on_the_seed_and_not_on_how_the_work_is_cut(monkeypatch):
    case = CASES["gaps"]
    fit = fitted(case, case.rows)
    whole = bootstrap(fit, 120, seed=1).thetas
    assert np.array_equal(whole, bootstrap(fit, 120, seed=1).thetas)
    assert not np.allclose(whole, bootstrap(fit, 120, seed=2).thetas)
    assert np.allclose(whole[:60], bootstrap(fit, 60, seed=1).thetas, rtol=0, atol=ROUNDING)
    monkeypatch.setattr(resampling, "CELLS", 1_000)
    monkeypatch.setattr(module, "BATCH_CELLS", 1)
    monkeypatch.setattr(module, "LEAST_BATCH", 7)
    assert np.allclose(whole, bootstrap(fit, 120, seed=1).thetas, rtol=0, atol=ROUNDING)


def test_slopes_on_a_fixed_covariate_are_those_of_least_squares():
    cells = [(PATH, 1, 0), (COVARIANCE, 1, 1)]
    case = Case(structure_of(cells, 2, means=True, exogenous=[0]), [path_rows(60, 6)[:, [1, 3]]])
    fit = fitted(case, case.rows)
    draws = bootstrap(fit, 50, seed=3)
    lines = [np.polyfit(rows[:, 0], rows[:, 1], 1) for [rows] in redrawn(case.rows, 50, seed=3)]
    off = np.abs(draws.thetas[:, [0, 2]] - lines) / standard_errors(draws.thetas[:, [0, 2]])
    assert off.max() < IN_STANDARD_ERRORS


def test_linear_equalities_hold_in_every_draw_with_or_without_being_told():
    case = CASES["equal loadings"]
    fit = fitted(case, case.rows)
    draws = bootstrap(fit, 40, seed=1)
    assert np.allclose(draws.thetas @ fit.jacobian.T, 0, atol=ROUNDING)
    told = bootstrap(fit, 40, seed=1, constraints=case.constraints)
    assert np.array_equal(draws.thetas, told.thetas)


def test_curved_equalities_and_inequalities_hold_in_every_draw():
    q = two_factors().n_free

    def bent(theta: np.ndarray) -> np.ndarray:
        return unit(1, q) - 2 * theta[0] * unit(0, q)

    square = Held(lambda t: t[1] - t[0] ** 2, bent)
    below = Held(lambda t: 0.6 - t[4], lambda t: -unit(4, q))
    case = replace(CASES["ML"], constraints=Constraints((square,), (below,)))
    draws = bootstrap(fitted(case, case.rows), 20, seed=1, constraints=case.constraints)
    assert np.allclose(draws.thetas[:, 1], draws.thetas[:, 0] ** 2, atol=ROUNDING)
    slopes = draws.thetas[:, 4]
    assert slopes.max() == pytest.approx(0.6, abs=ROUNDING)
    assert (slopes < 0.59).any()  # what binds in one draw need not in another


def test_draws_in_which_a_covariate_is_constant_fail_and_are_left_out():
    rows = path_rows(20, 7)
    rows[:, 1] = np.arange(20) == 0
    case = Case(path_model(means=False), [rows])
    draws = bootstrap(fitted(case, case.rows), 200, seed=1)
    constant = sum(np.ptp(one[:, 1]) == 0 for [one] in redrawn(case.rows, 200, seed=1))
    assert constant > 0
    assert (draws.n_failed, dict(draws.kinds)) == (constant, {"unusable": constant})
    assert (draws.n_asked, len(draws.thetas)) == (200, 200 - constant)


def test_inadmissible_draws_are_kept_and_counted():
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(30, 1)) * [1.0, 0.9, 0.8] + rng.normal(size=(30, 3))
    cells = [(PATH, 1, 3), (PATH, 2, 3), *((COVARIANCE, i, i) for i in range(4))]
    case = Case(structure_of(cells, 3, n_latent=1, ones=[(0, 3)]), [rows])
    draws = bootstrap(fitted(case, case.rows), 300, seed=1)
    negative = int((draws.thetas[:, 2:] < 0).any(axis=1).sum())
    assert negative > 0
    assert (draws.n_inadmissible, draws.kinds["negative_variance"]) == (negative, negative)
    assert draws.n_failed == 300 - len(draws.thetas)


def test_covariance_matrices_that_no_population_has_are_told_apart():
    cells = [(COVARIANCE, i, i) for i in range(5)] + [(COVARIANCE, 4, 3), (COVARIANCE, 1, 0)]
    structure = structure_of(cells, 3, n_latent=2)
    theta = np.array([1.0, 1, 1, 1, 1, 0, 0]) + np.zeros((5, 7))
    theta[1, 5], theta[2, 6], theta[3, 2], theta[4, 5:] = 1.01, -1.01, -0.01, 1.0
    data = resampling.Resamples((), ((np.zeros((5, 0, 0)), np.zeros((5, 0))),))
    found = problems(structure, BatchedModel(structure, "ML").implied(theta, data))
    assert found == ["latent_covariance", "residual_covariance", "negative_variance"]


def test_one_draw_is_refused():
    case = CASES["ML"]
    with pytest.raises(ArgumentError, match="1"):
        bootstrap(fitted(case, case.rows), 1)


def test_moments_alone_cannot_be_resampled():
    case = CASES["ML"]
    fit = fitted(case, case.rows)
    bare = [replace(block, rows=None) for block in fit.blocks]
    point = Point(fit.structure, bare, fit.theta)
    with pytest.raises(ValueError, match="cases"):
        bootstrap(replace(fit, point=point), 10)
