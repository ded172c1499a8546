"""Fitting the probability averaged over what the scores leave open, many draws at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kamlab.panel.links import Link, averaged

Array = NDArray[np.float64]

STEPS = 100
CONVERGED = 1e-9
"""The largest last step, beside a coefficient of size 1."""
LEAST_VARIANCE = 1e-12
MOST = 20.0
"""A linear predictor beyond this is a probability of 0 or 1."""


def refit_averaged(
    link: Link,
    terms: Array,
    outcome: Array,
    weights: Array,
    start: Array,
    open_variance: Callable[[Array], Array],
) -> Array:
    """Fit `P(stay) = E F(x b + e)`, `e` being normal with the variance that scores leave open.

    A regression on the likely truth alone takes its average for the truth itself and leaves the
    coefficients of a curved link too small (Carroll, Ruppert, Stefanski & Crainiceanu,
    Measurement Error in Nonlinear Models, chapter on regression calibration). Here the variance
    of `e`, which grows with the coefficients, is part of the model; the equations are those of
    quasi-likelihood.

    Parameters
    ----------
    link : Link
    terms : ndarray, shape (draws, rows, terms)
        With the likely truth in place of scores.
    outcome : ndarray, shape (rows,)
    weights : ndarray, shape (draws, rows)
        How often each row counts.
    start : ndarray, shape (draws, terms)
        Coefficients of the likely truth alone; a draw of NaN stays NaN.
    open_variance : callable
        From coefficients, shape (draws, terms), to variances, shape (draws, rows).

    Returns
    -------
    ndarray, shape (draws, terms)
        NaN in draws without a finite solution.
    """
    by = start.copy()
    moving = np.flatnonzero(np.isfinite(by).all(axis=1))
    for _ in range(STEPS):
        predictor = (terms[moving] @ by[moving][:, :, None])[:, :, 0]
        lost = np.abs(predictor).max(axis=1) > MOST
        by[moving[lost]] = np.nan
        moving, predictor = moving[~lost], predictor[~lost]
        spread = open_variance(by)[moving]
        change = _step(link, terms[moving], outcome, weights[moving], predictor, spread)
        by[moving] += change
        size = CONVERGED * (1 + np.abs(by[moving]).max(axis=1))
        moving = moving[np.abs(change).max(axis=1) > size]
        if not len(moving):
            return by
    by[moving] = np.nan
    return by


def _step(
    link: Link, terms: Array, outcome: Array, weights: Array, predictor: Array, spread: Array
) -> Array:
    chance = averaged(link.probability, predictor, spread)
    slope = averaged(link.slope, predictor, spread)
    variance = np.maximum(chance * (1 - chance), LEAST_VARIANCE)
    score = np.swapaxes(terms, 1, 2) @ (weights * (outcome - chance) * slope / variance)[:, :, None]
    weighted = terms * (weights * slope**2 / variance)[:, :, None]
    information = np.swapaxes(weighted, 1, 2) @ terms
    return np.asarray(np.linalg.solve(information, score)[:, :, 0])
