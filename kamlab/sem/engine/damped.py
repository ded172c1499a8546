"""A slower search for where the usual one fails: damped Newton steps (Levenberg-Marquardt)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.structure import Floats

NEAR_BELOW = 1e-8
"""Decrement at which plain Newton steps can take over."""
MOST_STEPS = 200
MOST_TRIALS = 40
FIRST_DAMPING, LEAST_DAMPING = 1.0, 1e-12
GOOD, POOR, ACCEPTED = 0.75, 0.25, 1e-4
"""Shares of the fall that the quadratic model promised."""


def damped_descent(look: Callable[[Floats], Point], start: Floats) -> Floats:
    """Return where damped Newton steps end, a point to start plain ones from.

    Parameters
    ----------
    look : callable
        Makes a `Point` of `theta` (q,).
    start : ndarray, shape (q,)

    Notes
    -----
    Coordinates are scaled by the information; curvature enters by its absolute eigenvalues plus
    a damping that follows how well the quadratic model told the fall (Marquardt 1963), so steps
    bend away from the border of positive definite matrices instead of shrinking before it.
    """
    point, damping = look(start), FIRST_DAMPING
    if point.whitened is None:
        return start
    for _ in range(MOST_STEPS):
        scale = 1 / np.sqrt(np.maximum(point.information.diagonal(), np.finfo(float).tiny))
        bends, axes = np.linalg.eigh(point.hessian * np.outer(scale, scale))
        pull = axes.T @ (point.gradient * scale)
        decrement = pull @ (pull / np.maximum(np.abs(bends), LEAST_DAMPING))
        if bends[0] > 0 and decrement < NEAR_BELOW:
            break
        for _ in range(MOST_TRIALS):
            step = -pull / (np.abs(bends) + damping)
            promised = -(pull @ step + 0.5 * step @ (bends * step))
            trial = look(point.theta + scale * (axes @ step))
            kept = (point.value - trial.value) / promised if promised > 0 else -1.0
            if kept > ACCEPTED:
                break
            damping *= 4
        else:
            break
        point = trial
        damping = damping / 5 if kept > GOOD else damping * (2 if kept < POOR else 1)
        damping = max(damping, LEAST_DAMPING)
    return point.theta
