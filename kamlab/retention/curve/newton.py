"""Maximum likelihood of a retention curve: renewals made and not made, by Newton's method."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kamlab.retention.curve.families import Family

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_STEPS = 200
HALVINGS = 40
LONGEST_STEP = 2.0
"""How far one step may move a parameter, on the log scale."""

CONVERGED = 1e-14
"""Half the square of the Newton decrement, relative to the log-likelihood."""

FARTHEST = 14.0
"""Beyond e^14, or below its inverse, a size has run off: no data tell it from the limit."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Renewals that were due, counted by kind of customer and number of the renewal.

    Attributes
    ----------
    design : ndarray, shape (kinds, 1 + covariates)
        One, and the covariates in standard deviations from their means.
    kind : ndarray of int, shape (cells,)
        Row of the design.
    renewal : ndarray, shape (cells,)
        Which renewal was due: 1 is the first.
    stayed, left : ndarray, shape (cells,)
        How many customers renewed, and how many did not.
    """

    design: Floats
    kind: NDArray[np.intp]
    renewal: Floats
    stayed: Floats
    left: Floats

    def pooled(self) -> Cells:
        """Return the cells with all customers taken as one kind, sorted by renewal."""
        renewal, where = np.unique(self.renewal, return_inverse=True)
        stayed, left = (
            np.asarray(np.bincount(where, own), dtype=float) for own in (self.stayed, self.left)
        )
        none = np.zeros(len(renewal), dtype=np.intp)
        return Cells(np.ones((1, 1)), none, renewal, stayed, left)


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where Newton's method ended.

    Attributes
    ----------
    theta : ndarray, shape (parameters,)
        For each size, its intercept and its slopes; then log c where there is a shape.
    loglik : float
    hessian : ndarray, shape (parameters, parameters)
    converged : bool
    """

    theta: Floats
    loglik: float
    hessian: Floats
    converged: bool


def values_of(family: Family, theta: Floats, design: Floats) -> Floats:
    """Return the values of a family's parameters for rows of a design.

    Returns
    -------
    ndarray, shape (rows, parameters of the family)
    """
    sizes = theta[: len(family.sizes) * design.shape[1]].reshape(len(family.sizes), -1)
    values = design @ sizes.T
    if family.has_shape:
        values = np.column_stack([values, np.full(len(design), theta[-1])])
    return values


def spread(family: Family, slopes: Floats, design: Floats) -> Floats:
    """Turn slopes by a row's own parameters into slopes by theta.

    Parameters
    ----------
    slopes : ndarray, shape (rows, parameters of the family)
    design : ndarray, shape (rows, 1 + covariates)

    Returns
    -------
    ndarray, shape (rows, length of theta)
    """
    own = slopes[:, : len(family.sizes), None] * design[:, None, :]
    flat = own.reshape(len(slopes), len(family.sizes) * design.shape[1])
    return np.column_stack([flat, slopes[:, -1]]) if family.has_shape else flat


def log_likelihood(family: Family, theta: Floats, cells: Cells) -> tuple[float, Floats, Floats]:
    """Return the log-likelihood with its gradient and exact Hessian.

    Notes
    -----
    The sum over renewals due of `left log h + stayed log(1 - h)`: a customer first seen after
    some renewals enters with the later ones only, which is the likelihood given that it was
    still there (left truncation).
    """
    values = values_of(family, theta, cells.design)[cells.kind]
    log_odds, first, second = family.log_odds(cells.renewal, values)
    due, leave = cells.stayed + cells.left, expit(log_odds)
    losses = cells.left * np.logaddexp(0.0, -log_odds) + cells.stayed * np.logaddexp(0.0, log_odds)
    excess = cells.left - due * leave
    weight = due * leave * (1 - leave)
    bends = excess[:, None, None] * second
    bends -= weight[:, None, None] * first[:, :, None] * first[:, None, :]
    n_kinds, n = len(cells.design), family.n_values
    by_kind = _by_kind(excess[:, None] * first, cells.kind, n_kinds)
    bent = _by_kind(bends.reshape(len(bends), -1), cells.kind, n_kinds).reshape(-1, n, n)
    gradient = spread(family, by_kind, cells.design).sum(axis=0)
    return -float(losses.sum()), gradient, _hessian(family, bent, cells.design)


def _by_kind(values: Floats, kind: NDArray[np.intp], n_kinds: int) -> Floats:
    sums = [np.bincount(kind, own, minlength=n_kinds) for own in values.T]
    return np.stack(sums, axis=1)


def _hessian(family: Family, bent: Floats, design: Floats) -> Floats:
    """Sum x_i x_i' times the second derivatives, block by block."""
    blocks = [design] * len(family.sizes)
    if family.has_shape:
        blocks.append(np.ones((len(design), 1)))
    rows = [
        [one.T @ (bent[:, i, j, None] * other) for j, other in enumerate(blocks)]
        for i, one in enumerate(blocks)
    ]
    return np.block(rows)


def maximise(
    family: Family, starts: Iterable[Floats], cells: Cells, free: Flags | None = None
) -> Maximum:
    """Return the best maximum that Newton's method reaches from several starting points.

    Parameters
    ----------
    family : Family
    starts : iterable of ndarray, shape (parameters,)
    cells : Cells
    free : ndarray of bool, shape (parameters,), optional
        Which parameters may move; all of them if left out.
    """
    with np.errstate(all="ignore"):  # a step too far has no likelihood, and is halved
        ends = [_climb(family, start, cells, free) for start in starts]
    return max(ends, key=lambda end: (end.converged, end.loglik))


def _climb(family: Family, theta: Floats, cells: Cells, free: Flags | None) -> Maximum:
    free = np.ones(len(theta), dtype=bool) if free is None else free
    loglik, gradient, hessian = log_likelihood(family, theta, cells)
    for _ in range(MOST_STEPS):
        step = np.zeros(len(theta))
        step[free] = _step(gradient[free], hessian[np.ix_(free, free)])
        near = gradient @ step / 2 <= CONVERGED * (1 + abs(loglik))
        ahead = None if near else _uphill(family, theta, step, loglik, cells)
        if ahead is None:
            curvature = np.linalg.eigvalsh(-hessian[np.ix_(free, free)])
            return Maximum(theta, loglik, hessian, bool(curvature[0] > 0))
        theta, (loglik, gradient, hessian) = ahead
        if np.abs(values_of(family, theta, cells.design)).max() > FARTHEST:
            break
    return Maximum(theta, loglik, hessian, False)


def _uphill(
    family: Family, theta: Floats, step: Floats, loglik: float, cells: Cells
) -> tuple[Floats, tuple[float, Floats, Floats]] | None:
    """Return the first higher point on the way back from a full step; None if there is none."""
    for _ in range(HALVINGS):
        there = log_likelihood(family, theta + step, cells)
        if there[0] > loglik and np.isfinite(there[2]).all():
            return theta + step, there
        step = step / 2
    return None


def _step(gradient: Floats, hessian: Floats) -> Floats:
    """Return Newton's step, uphill also where the log-likelihood is not concave."""
    roots, axes = np.linalg.eigh(-hessian)
    roots = np.maximum(np.abs(roots), 1e-10 * max(np.abs(roots).max(), 1e-300))
    step = axes @ ((axes.T @ gradient) / roots)
    return np.asarray(step / max(1.0, np.abs(step).max() / LONGEST_STEP))
