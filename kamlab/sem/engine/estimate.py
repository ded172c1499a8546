"""Estimating a model: from structure and data to the parameters that fit best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kamlab.sem.engine.damped import damped_descent
from kamlab.sem.engine.objective import Estimator, Point
from kamlab.sem.engine.optimise import Descent, Restriction, descend, null_space
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.starts import starting_values
from kamlab.sem.engine.structure import COVARIANCE, Floats, Structure

MOST_ROUNDS = 20
ON_BOUNDARY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """What the parameters must obey.

    Attributes
    ----------
    equalities, inequalities : tuple of Restriction
        Held at zero; held at zero or above.
    """

    equalities: tuple[Restriction, ...] = ()
    inequalities: tuple[Restriction, ...] = ()


@dataclass(frozen=True, eq=False)
class Estimate:
    """The parameters that fit best.

    Attributes
    ----------
    point : Point
        Structure, blocks, estimator and `theta` (q,), with gradient, information and Hessian.
    samples : tuple of GroupSample
    saturated : tuple of float
        Discrepancy F of the model that fits perfectly, group by group.
    jacobian : ndarray, shape (c, q)
        Slopes of equality constraints and of inequality constraints that bind.
    n_equalities : int
        Rank of the equality constraints, which are gained as degrees of freedom.
    converged : bool
    steps : int
    ways : int
        Starting points that were tried.
    """

    point: Point
    samples: tuple[GroupSample, ...]
    saturated: tuple[float, ...]
    jacobian: Floats
    n_equalities: int
    converged: bool
    steps: int
    ways: int = 1

    @property
    def structure(self) -> Structure:
        """The model in matrices."""
        return self.point.structure

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The data in blocks."""
        return self.point.blocks

    @property
    def estimator(self) -> Estimator:
        """Which discrepancy was minimised."""
        return self.point.estimator

    @property
    def theta(self) -> Floats:
        """The estimates, shape (q,)."""
        return self.point.theta

    @property
    def n_total(self) -> float:
        """The number N that information of one case is multiplied by."""
        return sum(sample.weight for sample in self.samples)

    @cached_property
    def chisq(self) -> float:
        """`sum_g N_g (F_g - F_g of the saturated model)`, with N_g the weight of a group."""
        total = 0.0
        cases = [0.0] * len(self.samples)
        for block in self.blocks:
            cases[block.group] += block.weight
        for one in self.point.whitened or ():
            group, weight = one.block.group, one.block.weight
            total += self.samples[group].weight * weight / cases[group] * one.value
        for sample, perfect in zip(self.samples, self.saturated, strict=True):
            total -= sample.weight * perfect
        return max(0.0, total)

    @cached_property
    def basis(self) -> Floats:
        """Directions that the constraints leave free, shape (q, q - c)."""
        return null_space(self.jacobian)

    def covariance(self, information: Floats) -> Floats:
        """Return the covariance matrix of the estimates, `K (K' I K)^-1 K' / N`.

        Parameters
        ----------
        information : ndarray, shape (q, q)
            Of one case.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the information is singular within the constraints.
        """
        if not len(self.jacobian):
            return np.asarray(np.linalg.inv(information) / self.n_total)
        inner = np.linalg.inv(self.basis.T @ information @ self.basis)
        covariance: Floats = self.basis @ inner @ self.basis.T / self.n_total
        return covariance


def estimate(
    structure: Structure,
    samples: Sequence[GroupSample],
    blocks: Sequence[Block],
    saturated: Sequence[float],
    *,
    estimator: Estimator = "ML",
    constraints: Constraints | None = None,
    start: Floats | None = None,
) -> Estimate:
    """Estimate a model.

    Parameters
    ----------
    structure : Structure
    samples : sequence of GroupSample
        One a group.
    blocks : sequence of Block
    saturated : sequence of float
        Discrepancy of the model that fits perfectly, group by group.
    estimator : {"ML", "GLS", "ULS"}
    constraints : Constraints, optional
    start : ndarray, shape (q,), optional
        Where to begin; by default at values guessed from the samples. Other places are tried if
        no minimum is found from there.
    """
    constraints = constraints or Constraints()
    if start is None:
        start = starting_values(structure, samples, np.full(structure.n_free, np.nan))

    def look(theta: Floats) -> Point:
        return Point(structure, blocks, theta, estimator)

    descent, n_equalities = _descend_within(look, start, constraints)
    ways = 1
    for way in _other_ways(look, structure, start, constraints):
        if descent.converged:
            break
        ways += 1
        descent, n_equalities = _descend_within(look, way, constraints)
    return Estimate(
        point=descent.point,
        samples=tuple(samples),
        saturated=tuple(saturated),
        jacobian=descent.jacobian,
        n_equalities=n_equalities,
        converged=descent.converged,
        steps=descent.steps,
        ways=ways,
    )


def _other_ways(
    look: Callable[[Floats], Point], structure: Structure, start: Floats, constraints: Constraints
) -> Iterator[Floats]:
    """Yield other starting points: variables less related or of larger variance, damped steps."""
    variances = np.zeros(structure.n_free, dtype=bool)
    covariances = np.zeros(structure.n_free, dtype=bool)
    for group in structure.groups:
        own = group.kind == COVARIANCE
        variances[group.parameter[own & (group.row == group.column)]] = True
        covariances[group.parameter[own & (group.row != group.column)]] = True
    apart = np.where(covariances, 0.0, start)
    yield apart
    yield np.where(variances, 2.0 * start, 0.5 * apart)
    yield np.where(variances, start, 0.1 * apart)
    if not constraints.equalities:
        yield damped_descent(look, start)


def _descend_within(
    look: Callable[[Floats], Point], start: Floats, constraints: Constraints
) -> tuple[Descent, int]:
    """Search with the inequalities that bind held at zero, found by adding and dropping them."""
    equalities = constraints.equalities
    active: list[Restriction] = []
    n_equal = len(equalities)
    descent = descend(look, start, equalities)
    for _ in range(MOST_ROUNDS):
        theta = descent.point.theta
        broken = [
            one
            for one in constraints.inequalities
            if one not in active and one.value(theta) < -ON_BOUNDARY
        ]
        pulling = [
            one
            for one, force in zip(active, descent.multipliers[n_equal:], strict=False)
            if force < -ON_BOUNDARY
        ]
        if not broken and not pulling:
            break
        active = [one for one in active if one not in pulling] + broken
        descent = descend(look, theta, (*equalities, *active))
    else:
        descent = Descent(
            descent.point, descent.jacobian, descent.multipliers, False, descent.steps
        )
    rank = np.linalg.matrix_rank(descent.jacobian[:n_equal]) if n_equal else 0
    return descent, int(rank)
