"""The maximum of a log-likelihood by Newton steps, and the directions in which there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kamlab.value.purchases.histories import Floats

LONGEST = 2.0
"""Of a step, in log-parameters."""
NOTHING_LEFT = 1e-4
"""Gain in log-likelihood that no inference could notice."""
FLAT_BELOW = 1e-3
"""Information on a log-parameter below which its standard error is beyond a factor of e^30."""
DONE_BELOW = 1e-17
"""Gain of a last step: estimates are then right to about 1e-8 standard errors."""
QUADRATIC_BELOW = 1e-6
"""Gain below which the log-likelihood, rounded, no longer tells better from worse."""
SUFFICIENT = 1e-4
MOST_STEPS = 200
MOST_HALVINGS = 30
SMALLEST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A log-likelihood at one place.

    Attributes
    ----------
    theta : ndarray, shape (q,)
    value : float
    gradient : ndarray, shape (q,)
    information : ndarray, shape (q, q)
        Minus the matrix of second derivatives.
    """

    theta: Floats
    value: float
    gradient: Floats
    information: Floats

    @property
    def is_finite(self) -> bool:
        """Whether nothing has overflowed."""
        parts = (self.value, self.gradient, self.information)
        return all(bool(np.isfinite(part).all()) for part in parts)


@dataclass(frozen=True, slots=True, eq=False)
class Summit:
    """Where a climb ended.

    Attributes
    ----------
    point : Point
    flat : ndarray, shape (q, k)
        Directions in which the log-likelihood rises for ever, by next to nothing; `k` is 0 at
        a maximum proper. They point uphill.
    covariance : ndarray, shape (q, q)
        Inverse information in the other directions.
    converged : bool
    """

    point: Point
    flat: Floats
    covariance: Floats
    converged: bool


def climb(look: Callable[[Floats], Point], start: Floats) -> Summit:
    """Maximise a log-likelihood.

    Parameters
    ----------
    look : callable
        Makes a `Point` of `theta` (q,).
    start : ndarray, shape (q,)

    Notes
    -----
    Newton steps; where the information is not positive definite, eigenvalues are taken by their
    size. A log-parameter that runs off gains ever less by steps that do not shorten: the climb
    ends there, and says in which direction. Where numbers overflow it goes no further.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _climb(look, start)


def _climb(look: Callable[[Floats], Point], start: Floats) -> Summit:
    point, last_gain = look(start), np.inf
    for _ in range(MOST_STEPS):
        if not point.is_finite:
            break
        values, vectors = np.linalg.eigh(point.information)
        pull = vectors.T @ point.gradient
        move = pull / np.maximum(np.abs(values), SMALLEST)
        flat = np.abs(values) < FLAT_BELOW
        if flat.any() and np.abs(pull @ move) < NOTHING_LEFT:
            move[flat] = 0.0
        gain = float(pull @ move)
        settled = gain < DONE_BELOW or QUADRATIC_BELOW > gain > last_gain / 2
        if settled and values[~flat].min(initial=np.inf) > 0:
            uphill = vectors[:, flat] * np.where(pull[flat] < 0, -1.0, 1.0)
            kept = vectors[:, ~flat]
            return Summit(point, uphill, kept / values[~flat] @ kept.T, True)
        length = min(1.0, LONGEST / max(float(np.linalg.norm(move)), SMALLEST))
        moved = _moved(look, point, vectors @ move, gain, length)
        if moved is None:
            break
        point, last_gain = moved, gain
    return Summit(point, np.zeros((len(start), 0)), np.full((len(start),) * 2, np.nan), False)


def _moved(
    look: Callable[[Floats], Point], point: Point, step: Floats, gain: float, length: float
) -> Point | None:
    """Return the next point, or None when no step makes it better."""
    if gain < QUADRATIC_BELOW:
        return look(point.theta + length * step)
    for _ in range(MOST_HALVINGS):
        trial = look(point.theta + length * step)
        if trial.is_finite and trial.value > point.value + SUFFICIENT * length * gain:
            return trial
        length /= 2
    return None
