"""Many fits of one regression at once, from the estimates that statsmodels found.

A bootstrap fits a regression a thousand times. Each draw is the same data with other weights, so
a thousand fits are a few products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kamlab.panel.links import Link

Array = NDArray[np.float64]
Places = NDArray[np.intp]
Step = Callable[[Array, Places], tuple[Array, Array]]
"""From linear predictors of some draws, and which draws these are, to the working residual and
the working weight of every row."""

STEPS = 30
CONVERGED = 1e-9
"""The largest last step, beside a coefficient of size 1, of terms of size 1."""
LEAST_WEIGHT = 1e-12
CLEAR = 1e-11
"""The smallest eigenvalue, terms scaled alike, at which they can still be told apart."""
MOST = 20.0
"""A linear predictor beyond this is a probability of 0 or 1: the draw separates the outcome."""


def refit_binary(link: Link, terms: Array, outcome: Array, weights: Array, start: Array) -> Array:
    """Fit a regression of yes and no by Fisher scoring, once per draw.

    Parameters
    ----------
    link : Link
    terms : ndarray, shape (rows, terms) or (draws, rows, terms)
    outcome : ndarray, shape (rows,)
        1 for those who stayed.
    weights : ndarray, shape (draws, rows)
        How often each row counts.
    start : ndarray, shape (terms,)

    Returns
    -------
    ndarray, shape (draws, terms)
        NaN in draws without a finite solution.
    """

    def step(predictor: Array, _: Places) -> tuple[Array, Array]:
        chance, slope = link.probability(predictor), link.slope(predictor)
        variance = np.maximum(chance * (1 - chance), LEAST_WEIGHT)
        return (outcome - chance) * slope / variance, slope**2 / variance

    found = _scored(step, terms, weights, start)
    farthest = np.abs(_predictors(terms, np.nan_to_num(found))).max(axis=1)
    found[farthest > MOST] = np.nan
    return found


def refit_gamma(terms: Array, outcome: Array, weights: Array, start: Array) -> Array:
    """Fit a Gamma regression with a logarithmic link by Newton's steps, once per draw.

    As `refit_binary`; the outcome may have shape (draws, rows).
    """

    def step(predictor: Array, draws: Places) -> tuple[Array, Array]:
        own = outcome if outcome.ndim == 1 else outcome[draws]
        ratio = own * np.exp(-predictor)
        return ratio - 1, ratio

    return _scored(step, terms, weights, start)


def refit_linear(terms: Array, outcome: Array, weights: Array) -> Array:
    """Fit least squares, once per draw.

    Parameters
    ----------
    terms : ndarray, shape (rows, terms) or (draws, rows, terms)
    outcome : ndarray, shape (rows,) or (draws, rows)
    weights : ndarray, shape (draws, rows)

    Returns
    -------
    ndarray, shape (draws, terms)
        NaN in draws in which the terms cannot be told apart.
    """
    residual = np.broadcast_to(outcome, weights.shape)
    return solved(_crossed(terms, weights), _gathered(terms, weights * residual))


def _scored(step: Step, terms: Array, weights: Array, start: Array) -> Array:
    by = np.tile(start, (len(weights), 1))
    unit = np.broadcast_to(sizes(terms), by.shape)
    open_ = np.arange(len(weights))
    for _ in range(STEPS):
        own = terms if terms.ndim == 2 else terms[open_]
        residual, weight = step(_predictors(own, by[open_]), open_)
        counted = weights[open_]
        change = solved(_crossed(own, counted * weight), _gathered(own, counted * residual))
        by[open_] += change
        # A draw without a solution is NaN and compares as finished.
        moved, reached = (np.abs(p * unit[open_]).max(axis=1) for p in (change, by[open_]))
        open_ = open_[moved > CONVERGED * (1 + reached)]
        if not len(open_):
            return by
    by[open_] = np.nan
    return by


def sizes(terms: Array) -> Array:
    """Return the root mean square of every term, shape (terms,) or (draws, terms).

    Coefficients times these are in the unit of the linear predictor, whatever a term's own.
    """
    return np.asarray(np.sqrt((terms**2).mean(axis=-2)))


def _predictors(terms: Array, by: Array) -> Array:
    if terms.ndim == 2:
        return np.asarray(by @ terms.T)
    return np.asarray((terms @ by[:, :, None])[:, :, 0])


def _crossed(terms: Array, weights: Array) -> Array:
    """Return X'WX of every draw."""
    if terms.ndim == 2:
        n_terms = terms.shape[1]
        products = (terms[:, :, None] * terms[:, None, :]).reshape(len(terms), -1)
        return np.asarray((weights @ products).reshape(-1, n_terms, n_terms))
    return np.asarray(np.swapaxes(terms * weights[:, :, None], 1, 2) @ terms)


def _gathered(terms: Array, weighted: Array) -> Array:
    """Return X'v of every draw."""
    if terms.ndim == 2:
        return np.asarray(weighted @ terms)
    return np.asarray((weighted[:, None, :] @ terms)[:, 0, :])


def solved(matrices: Array, vectors: Array) -> Array:
    """Solve the normal equations of every draw; NaN where the terms cannot be told apart.

    Parameters
    ----------
    matrices : ndarray, shape (draws, terms, terms)
    vectors : ndarray, shape (draws, terms)
    """
    size = np.sqrt(np.einsum("dkk->dk", matrices))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = matrices / size[:, :, None] / size[:, None, :]
    clear = np.isfinite(scaled).all(axis=(1, 2))
    clear[clear] = np.linalg.eigvalsh(scaled[clear])[:, 0] > CLEAR
    found = np.full_like(vectors, np.nan)
    found[clear] = np.linalg.solve(matrices[clear], vectors[clear][:, :, None])[:, :, 0]
    return found
