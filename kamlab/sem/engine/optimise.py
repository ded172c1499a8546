"""The minimum of a discrepancy under constraints: Fisher scoring, then Newton steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.linalg import lapack

from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.structure import Floats

NEWTON_BELOW = 1e-2
"""Decrement from which the exact Hessian is trusted."""
QUADRATIC_BELOW = 1e-10
"""Decrement from which f no longer tells better from worse in double precision."""
ONE_STEP_LEFT = 1e-11
"""Decrement from which a Newton step, which about squares it, leaves no error that matters."""
DONE_BELOW = 1e-20
FEASIBLE_BELOW = 1e-10
MOST_STEPS = 150
MOST_HALVINGS = 30
SUFFICIENT = 1e-4
SMALLEST_CURVATURE = 1e-9
SADDLE_BELOW = 1e-6
"""Curvature against the information that is taken for rounding."""


class Restriction(Protocol):
    """A smooth function of the parameters that a constraint holds at zero, or above it."""

    def value(self, theta: Floats) -> float:
        """Return the function at `theta` (q,)."""

    def gradient(self, theta: Floats) -> Floats:
        """Return its gradient, shape (q,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Where a search ended.

    Attributes
    ----------
    point : Point
    jacobian : ndarray, shape (c, q)
        Slopes of the restrictions held at zero.
    multipliers : ndarray, shape (c,)
        `lambda` with `gradient = jacobian' lambda` at a minimum.
    converged : bool
    steps : int
    """

    point: Point
    jacobian: Floats
    multipliers: Floats
    converged: bool
    steps: int


def null_space(jacobian: Floats) -> Floats:
    """Return an orthonormal basis (q, q - rank) of the directions that leave restrictions alone."""
    if not len(jacobian):
        return np.eye(jacobian.shape[1])
    _, sizes, right = np.linalg.svd(jacobian)
    rank = int((sizes > max(jacobian.shape) * np.finfo(float).eps * sizes[0]).sum())
    basis: Floats = right[rank:].T
    return basis


def descend(
    look: Callable[[Floats], Point], start: Floats, restrictions: Sequence[Restriction] = ()
) -> Descent:
    """Minimise a discrepancy, holding restrictions at zero.

    Parameters
    ----------
    look : callable
        Makes a `Point` of `theta` (q,).
    start : ndarray, shape (q,)
    restrictions : sequence of Restriction

    Notes
    -----
    Steps solve the Karush-Kuhn-Tucker system in the null space of the restrictions; length is
    halved until `f + rho sum |h|` falls. Curvature is the expected information far from the
    minimum and the exact Hessian of the Lagrangian near it.
    """
    search = _Search(look, restrictions)
    point, penalty, decrement = look(start), 1.0, np.inf
    for steps in range(MOST_STEPS):
        step = search.step(point, exact=decrement < NEWTON_BELOW)
        if step is None:
            break
        decrement = step.decrement
        if decrement < DONE_BELOW and step.infeasible < FEASIBLE_BELOW:
            bottom = step.is_newton or is_bottom(point, step.jacobian)
            return Descent(point, step.jacobian, step.multipliers, bottom, steps)
        penalty = max(penalty, 2 * np.abs(step.multipliers).max(initial=0.0))
        moved = search.moved(point, step, penalty)
        if moved is not None and step.is_newton and decrement < ONE_STEP_LEFT:
            return Descent(moved, step.jacobian, step.multipliers, True, steps + 1)
        if moved is None:
            settled = decrement < QUADRATIC_BELOW and step.infeasible < FEASIBLE_BELOW
            return Descent(point, step.jacobian, step.multipliers, settled, steps)
        point = moved
    empty = np.zeros((0, len(start)))
    return Descent(point, empty, np.zeros(0), False, MOST_STEPS)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    direction: Floats
    decrement: float
    infeasible: float
    jacobian: Floats
    multipliers: Floats
    is_newton: bool = False
    """Whether it follows the exact Hessian, and that is positive definite."""


class _Search:
    def __init__(
        self, look: Callable[[Floats], Point], restrictions: Sequence[Restriction]
    ) -> None:
        self.look, self.restrictions = look, restrictions
        self.last_decrement = np.inf

    def step(self, point: Point, *, exact: bool) -> _Step | None:
        if point.whitened is None:
            return None
        if not self.restrictions:
            return self._free_step(point, exact=exact)
        gradient, held = point.gradient, self._held(point.theta)
        jacobian = self._jacobian(point.theta)
        multipliers = np.asarray(np.linalg.lstsq(jacobian.T, gradient, rcond=None)[0], dtype=float)
        curvature = point.information
        if exact:
            curvature = point.hessian - self._bending(point.theta, multipliers)
        basis = null_space(jacobian)
        back = np.linalg.lstsq(jacobian, -held, rcond=None)[0]
        pull = gradient + curvature @ back
        direction = _solved(curvature, pull, basis)
        if direction is None:
            pull = gradient + point.information @ back
            direction = _ridged(point.information, pull, basis)
        decrement = float(-(pull @ direction))
        infeasible = float(np.abs(held).max())
        return _Step(back + direction, decrement, infeasible, jacobian, multipliers)

    def _free_step(self, point: Point, *, exact: bool) -> _Step:
        gradient = point.gradient
        direction = _solved(point.hessian, gradient, None) if exact else None
        is_newton = direction is not None
        if direction is None:
            direction = _solved(point.information, gradient, None)
        if direction is None:
            direction = _ridged(point.information, gradient, np.eye(len(gradient)))
        nothing = np.zeros((0, len(gradient)))
        decrement = float(-(gradient @ direction))
        return _Step(direction, decrement, 0.0, nothing, np.zeros(0), is_newton)

    def _held(self, theta: Floats) -> Floats:
        return np.array([one.value(theta) for one in self.restrictions])

    def moved(self, point: Point, step: _Step, penalty: float) -> Point | None:
        """Return the next point, or None when no step makes it better."""
        if step.decrement < QUADRATIC_BELOW and step.infeasible < FEASIBLE_BELOW:
            if step.decrement >= self.last_decrement / 2:
                return None
            self.last_decrement = step.decrement
            nearby = self.look(point.theta + step.direction)
            return None if nearby.whitened is None else nearby
        before = self._merit(point, penalty)
        gain = step.decrement + penalty * step.infeasible
        length = 1.0
        for _ in range(MOST_HALVINGS):
            trial = self.look(point.theta + length * step.direction)
            if self._merit(trial, penalty) < before - SUFFICIENT * length * gain:
                return trial
            length /= 2
        return None

    def _merit(self, point: Point, penalty: float) -> float:
        if not self.restrictions:
            return point.value
        return point.value + penalty * float(np.abs(self._held(point.theta)).sum())

    def _jacobian(self, theta: Floats) -> Floats:
        return np.array([one.gradient(theta) for one in self.restrictions])

    def _bending(self, theta: Floats, multipliers: Floats) -> Floats:
        """Return the restrictions' own curvature, weighted by their multipliers."""
        total = np.zeros((len(theta),) * 2)
        if not self._are_bent(theta):
            return total
        width = 1e-6 * np.maximum(1.0, np.abs(theta))
        for place, size in enumerate(width):
            shift = np.zeros(len(theta))
            shift[place] = size
            change = self._jacobian(theta + shift) - self._jacobian(theta - shift)
            total[place] = multipliers @ change / (2 * size)
        return (total + total.T) / 2

    def _are_bent(self, theta: Floats) -> bool:
        return not np.array_equal(self._jacobian(theta), self._jacobian(1.1 * theta + 0.01))


def is_bottom(point: Point, jacobian: Floats) -> bool:
    """Return whether a point without slope is a minimum and no saddle, flat directions aside."""
    scale = np.sqrt(np.maximum(point.information.diagonal(), np.finfo(float).tiny))
    basis = null_space(jacobian / scale)
    bends = np.linalg.eigvalsh(basis.T @ (point.hessian / np.outer(scale, scale)) @ basis)
    return bool(bends.min(initial=0.0) > -SADDLE_BELOW)


def _solved(curvature: Floats, pull: Floats, basis: Floats | None) -> Floats | None:
    """Return the step that a positive definite curvature asks for, or None if it is not so."""
    if basis is None:
        reduced, goal = curvature, pull
    else:
        reduced, goal = basis.T @ curvature @ basis, basis.T @ pull
    _, solved, failed = lapack.dposv(reduced, goal)
    if failed:
        return None
    direction = -np.asarray(solved)
    return direction if basis is None else basis @ direction


def _ridged(curvature: Floats, pull: Floats, basis: Floats) -> Floats:
    """Return a step where the information is singular: flat directions are held nearly still."""
    reduced = basis.T @ curvature @ basis
    scale = np.sqrt(np.maximum(reduced.diagonal(), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(reduced / np.outer(scale, scale))
    lifted = np.maximum(values, SMALLEST_CURVATURE)
    inner = vectors @ (vectors.T @ (basis.T @ pull / scale) / lifted) / scale
    direction: Floats = -(basis @ inner)
    return direction
