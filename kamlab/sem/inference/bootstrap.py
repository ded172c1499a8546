"""Bootstrap of a fitted model: cases are drawn anew and all draws are estimated at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.sem.engine.estimate import Constraints, Estimate, estimate
from kamlab.sem.engine.optimise import Restriction
from kamlab.sem.engine.structure import Floats, Places, Structure
from kamlab.sem.inference.admissible import is_improper, problems
from kamlab.sem.inference.batched import BatchedModel
from kamlab.sem.inference.descent import minima
from kamlab.sem.inference.influence import influences
from kamlab.sem.inference.resampling import Resamples, resamples

Truths = NDArray[np.bool_]

BATCH_CELLS = 50_000
"""Matrix entries worked on at a time: as many as stay in a processor's cache."""
LEAST_BATCH = 50

SINGULAR_BELOW = 1e-9

UNUSABLE = "unusable"
NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Estimates from resamples.

    Attributes
    ----------
    thetas : ndarray, shape (B, q)
        Of the draws whose estimation converged, inadmissible ones included, in the order drawn.
    n_asked : int
    n_failed : int
        Draws left out: kinds "unusable" (a fixed covariate is constant in the resample, or
        a combination of others; with GLS any variable) and "not_converged".
    n_inadmissible : int
        Draws in `thetas` that no population could have: kinds "negative_variance",
        "latent_covariance" and "residual_covariance" (matrix not positive semidefinite).
    kinds : mapping of str to int
        Number of draws of each kind; each is counted once, under the first kind that applies.
    """

    thetas: Floats
    n_asked: int
    n_failed: int
    n_inadmissible: int
    kinds: Mapping[str, int]


def bootstrap(
    fit: Estimate, draws: int, seed: int | None = None, *, constraints: Constraints | None = None
) -> Draws:
    """Estimate a model in resamples of its cases.

    Parameters
    ----------
    fit : Estimate
        Its blocks must have rows. Cases are drawn within groups.
    draws : int
    seed : int, optional
        The same seed gives the same draws.
    constraints : Constraints, optional
        What `fit` was estimated with. Straight equalities are held in all draws at once; with
        inequalities or curved equalities the draws are estimated one by one. If omitted, what
        binds at the estimate is held, as it is straight there.

    Raises
    ------
    ArgumentError
        If `draws` is less than 2.
    ValueError
        If a block has moments only.

    Notes
    -----
    Nonparametric bootstrap (Efron 1979). As in lavaan, draws that did not converge are left out,
    inadmissible ones are kept and counted, and fixed covariates are drawn with their cases.
    Each draw starts at the estimate, in coordinates that the curvature there makes round; the
    few that do not arrive quickly go on one by one, by Newton steps.
    """
    if draws < 2:
        raise ArgumentError(say("sem.bootstrap_draws", draws=draws))
    data = resamples(fit.structure, fit.samples, fit.blocks, draws, seed)
    data = data.of(np.flatnonzero(_are_usable(fit, data)))
    thetas, settled = np.repeat(fit.theta[None], len(data), axis=0), np.zeros(len(data), dtype=bool)
    if constraints is None:
        constraints = _as_found(fit)
    if _are_straight(constraints, fit.theta):
        _estimate_together(fit, data, thetas, settled)
    failures = [UNUSABLE] * (draws - len(data))
    failures += _estimate_one_by_one(fit, data, thetas, settled, constraints)
    sound = np.flatnonzero(settled)
    inadmissible = _inadmissible(fit, thetas[sound], data.of(sound))
    return Draws(
        thetas=thetas[sound],
        n_asked=draws,
        n_failed=len(failures),
        n_inadmissible=len(inadmissible),
        kinds=dict(Counter([*failures, *inadmissible])),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A straight restriction through the estimate."""

    slope: Floats
    through: Floats

    def value(self, theta: Floats) -> float:
        return float(self.slope @ (theta - self.through))

    def gradient(self, theta: Floats) -> Floats:
        return self.slope


def _are_usable(fit: Estimate, data: Resamples) -> Truths:
    usable = np.ones(len(data), dtype=bool)
    for sample, (cov, _) in zip(fit.samples, data.fixed, strict=True):
        usable &= ~_is_singular(cov, sample.cov.diagonal()[fit.structure.exogenous])
    if fit.estimator == "GLS":
        for block in data.blocks:
            usable &= ~_is_singular(block.cov, fit.samples[block.group].cov.diagonal())
    return usable


def _is_singular(matrices: Floats, variances: Floats) -> Truths:
    """Say which matrices (B, r, r) are singular but for rounding, on the sample's scale."""
    scale = np.sqrt(variances)
    return is_improper(matrices / (scale[:, None] * scale) - SINGULAR_BELOW * np.eye(len(scale)))


def _as_found(fit: Estimate) -> Constraints:
    return Constraints(equalities=tuple(_Held(slope, fit.theta) for slope in fit.jacobian))


def _are_straight(constraints: Constraints, theta: Floats) -> bool:
    def is_straight(one: Restriction) -> bool:
        return np.array_equal(one.gradient(theta), one.gradient(1.1 * theta + 0.01))

    return not constraints.inequalities and all(map(is_straight, constraints.equalities))


def _batches(structure: Structure, draws: int) -> Iterator[Places]:
    size = max(LEAST_BATCH, BATCH_CELLS // structure.size**2)
    for start in range(0, draws, size):
        yield np.arange(start, min(start + size, draws))


def _estimate_together(fit: Estimate, data: Resamples, thetas: Floats, settled: Truths) -> None:
    """Move `thetas` (B, q) as far as the draws get, and mark those that arrive."""
    scaling, factor = _scaling(fit)
    for numbers in _batches(fit.structure, len(data)):
        search = _Search(fit, scaling, factor, data.of(numbers))
        places, settled[numbers] = minima(search, np.zeros((len(numbers), scaling.shape[1])))
        thetas[numbers] = search.theta(places)


class _Search:
    """The objective of a batch of draws in coordinates about the estimate."""

    def __init__(self, fit: Estimate, scaling: Floats, factor: float, data: Resamples) -> None:
        self.fit, self.scaling, self.factor, self.data = fit, scaling, factor, data
        self.model = BatchedModel(fit.structure, fit.estimator)

    def theta(self, places: Floats) -> Floats:
        return self.fit.theta + places @ self.scaling.T

    def __call__(self, places: Floats, numbers: Places) -> tuple[Floats, Floats]:
        everyone = len(numbers) == len(self.data)
        data = self.data if everyone else self.data.of(numbers)
        value, gradient = self.model.evaluate(self.theta(places), data)
        return self.factor * value, self.factor * (gradient @ self.scaling)


def _scaling(fit: Estimate) -> tuple[Floats, float]:
    """Return Z (q, d) with `theta = estimate + Z z`, and what f is to be multiplied by.

    The Hessian in z is then the identity, and a step of length 1 moves no parameter by more than
    its standard error.
    """
    basis, root = fit.basis, None
    for curvature in (fit.point.hessian, fit.point.information):
        with suppress(np.linalg.LinAlgError):
            root = np.linalg.cholesky(basis.T @ curvature @ basis)
            break
    scaling = basis if root is None else np.linalg.solve(root, basis.T).T
    length = 1 / np.sqrt(fit.n_total)
    if fit.estimator != "ML":
        # Where f is no log-likelihood, its curvature says nothing of standard errors.
        reach = np.linalg.norm(scaling, axis=1)
        errors = np.linalg.norm(influences(fit), axis=0)
        length = float((errors[reach > 0] / reach[reach > 0]).min())
    return scaling * length, length**-2


def _estimate_one_by_one(
    fit: Estimate, data: Resamples, thetas: Floats, settled: Truths, constraints: Constraints
) -> list[str]:
    """Settle the draws that are not, from where they are; return why some cannot be."""
    failures = []
    for number in np.flatnonzero(~settled):
        structure, blocks = data.one(fit.structure, int(number))
        with suppress(np.linalg.LinAlgError):
            end = estimate(
                structure,
                fit.samples,
                blocks,
                fit.saturated,
                estimator=fit.estimator,
                constraints=constraints,
                start=thetas[number],
            )
            thetas[number], settled[number] = end.theta, end.converged
        if not settled[number]:
            failures.append(NOT_CONVERGED)
    return failures


def _inadmissible(fit: Estimate, thetas: Floats, data: Resamples) -> list[str]:
    model = BatchedModel(fit.structure, fit.estimator)
    found: list[str] = []
    for numbers in _batches(fit.structure, len(thetas)):
        found += problems(fit.structure, model.implied(thetas[numbers], data.of(numbers)))
    return found
