"""Many models at once against the same models one by one."""

from __future__ import annotations

import numpy as np
import pytest

from kamlab.sem.engine.objective import Point
from kamlab.sem.inference import bootstrap as module
from kamlab.sem.inference.batched import BatchedModel, inverse_and_log_det
from kamlab.sem.inference.bootstrap import bootstrap
from kamlab.sem.inference.descent import minima
from kamlab.sem.inference.resampling import resamples
from tests.sem.bootstrap_cases import CASES, fitted

ROUNDING = 1e-10
CLOSE = 1e-3  # as near as the searches promise


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_those_of_one_model_with_one_sample(name):
    case = CASES[name]
    fit = fitted(case, case.rows)
    data = resamples(fit.structure, fit.samples, fit.blocks, 8, seed=1)
    near = 1 + 0.05 * np.random.default_rng(1).normal(size=(8, len(fit.theta)))
    values, gradients = BatchedModel(fit.structure, fit.estimator).evaluate(fit.theta * near, data)
    for number in range(8):
        structure, blocks = data.one(fit.structure, number)
        point = Point(structure, blocks, fit.theta * near[number], fit.estimator)
        assert values[number] == pytest.approx(point.value, rel=ROUNDING)
        assert gradients[number] == pytest.approx(point.gradient, rel=1e-7, abs=ROUNDING)


@pytest.mark.parametrize("name", CASES)
def test_all_draws_arrive_together_and_none_is_left_to_be_estimated_alone(name, monkeypatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a draw was estimated alone")

    case = CASES[name]
    fit = fitted(case, case.rows)
    monkeypatch.setattr(module, "estimate", refuse)
    draws = bootstrap(fit, 60, seed=1, constraints=case.constraints)
    assert len(draws.thetas) == 60


@pytest.mark.parametrize("size", [1, 5, 8, 9, 20, 37])
def test_inverses_and_determinants_are_numpys(size):
    factors = np.random.default_rng(size).normal(size=(6, size, 2 * size))
    matrices = factors @ factors.transpose(0, 2, 1)
    inverse, log_det = inverse_and_log_det(matrices)
    assert inverse @ matrices == pytest.approx(np.broadcast_to(np.eye(size), matrices.shape))
    assert log_det == pytest.approx(np.linalg.slogdet(matrices)[1])


@pytest.mark.parametrize("place", [0, 7, 8, 19])
def test_what_is_not_positive_definite_has_no_determinant(place):
    matrices = np.stack([np.eye(20)] * 3)
    matrices[1, place, place] = -1
    with np.errstate(invalid="ignore"):
        assert np.isnan(inverse_and_log_det(matrices)[1]).tolist() == [False, True, False]


def test_searches_end_at_the_minimum_of_each_function_and_where_there_is_none_without():
    centres = np.array([[3.0, -1.0], [0.5, 2.0], [1.0, 1.0]])
    steepness = np.array([1.0, 4.0, 1.0])

    def bowls(places: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        off, steep = places - centres[numbers], steepness[numbers]
        value = steep * (np.cosh(off) - 1).sum(axis=1)
        gradient = steep[:, None] * np.sinh(off)
        falls = numbers == 2  # a slope without end
        value[falls], gradient[falls] = -places[falls, 0], [-1.0, 0.0]
        return value, gradient

    places, converged = minima(bowls, np.zeros((3, 2)))
    assert converged.tolist() == [True, True, False]
    assert places[:2] == pytest.approx(centres[:2], abs=CLOSE)


def test_a_step_out_of_the_domain_is_halved():
    def logarithm(places: np.ndarray, _numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return (places - np.log(places)).sum(axis=1), 1 - 1 / places

    start = np.array([[4.0], [0.05]])  # the first step from 4 goes on, that from 0.05 is far
    places, converged = minima(logarithm, start)
    assert converged.all()
    assert places == pytest.approx(np.ones((2, 1)), abs=CLOSE)
