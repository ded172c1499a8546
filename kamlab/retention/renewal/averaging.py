"""Fitting the probability averaged over what the scores leave open, many draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kamlab.panel.calibration import Calibration
from kamlab.panel.links import NODES, SHARES, Link
from kamlab.panel.refit import MOST, STEPS, sizes

Array = NDArray[np.float64]

CONVERGED = 1e-8
"""The largest last step, beside a coefficient of size 1, of terms of size 1."""
LEAST = 1e-12


def refit_averaged(
    link: Link,
    terms: Array,
    outcome: Array,
    weights: Array,
    start: Array,
    known: Calibration,
    counts: Array,
) -> Array:
    """Fit `P(stay) = E F(x b + e)`, `e` being normal with the variance that scores leave open.

    A regression on the likely truth alone takes its average for the truth itself and leaves the
    coefficients of a curved link too small (Carroll, Ruppert, Stefanski & Crainiceanu,
    Measurement Error in Nonlinear Models, chapter on regression calibration). Here the variance
    of `e`, which grows with the coefficients, is part of the likelihood; Fisher scoring.

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
    known : Calibration
        Of every draw, or one for all.
    counts : ndarray, shape (rows,)
        Respondents behind each row's scores.

    Returns
    -------
    ndarray, shape (draws, terms)
        NaN in draws without a finite solution.
    """
    by, unit = start.copy(), sizes(terms)
    groups, kinds = np.unique(counts, return_inverse=True)
    remaining = _remaining(known, groups, len(by))
    moving = np.flatnonzero(np.isfinite(by).all(axis=1))
    for _ in range(STEPS):
        predictor = (terms[moving] @ by[moving][:, :, None])[:, :, 0]
        lost = np.abs(predictor).max(axis=1) > MOST
        by[moving[lost]] = np.nan
        moving, predictor = moving[~lost], predictor[~lost]
        # For every draw and number of respondents: the open covariance times the coefficients.
        own = by[moving][:, known.places]
        pull = (remaining[moving] @ own[:, None, :, None])[..., 0]
        variance = np.maximum((pull * own[:, None, :]).sum(axis=2), 0)[:, kinds]
        chance, slope, kappa = _averages(link, predictor, np.sqrt(variance))
        moved = terms[moving] * slope[:, :, None]
        moved[:, :, known.places] += kappa[:, :, None] * pull[:, kinds]
        change = _step(moved, weights[moving], outcome, chance)
        by[moving] += change
        least = CONVERGED * (1 + np.abs(by[moving] * unit[moving]).max(axis=1))
        moving = moving[np.abs(change * unit[moving]).max(axis=1) > least]
        if not len(moving):
            return by
    by[moving] = np.nan
    return by


def _remaining(known: Calibration, counts: Array, draws: int) -> Array:
    """Return the open covariance of scores, shape (draws, counts, scores, scores)."""
    shape = (draws, len(known.places), len(known.places))
    return np.stack([np.broadcast_to(known.gain(count)[1], shape) for count in counts], axis=1)


def _averages(link: Link, predictor: Array, spread: Array) -> tuple[Array, Array, Array]:
    """Return means over the open part of probability, slope, and slope by the open variance.

    The last is `E[F'(x b + s t) t] / s`, twice the derivative of the mean probability by `s^2`.
    """
    chance, slope, tilt = (np.zeros_like(predictor) for _ in range(3))
    for node, share in zip(NODES, SHARES, strict=True):
        at = predictor + node * spread
        chance += share * link.probability(at)
        part = share * link.slope(at)
        slope += part
        tilt += node * part
    return chance, slope, tilt / np.maximum(spread, LEAST)


def _step(moved: Array, weights: Array, outcome: Array, chance: Array) -> Array:
    precision = weights / np.maximum(chance * (1 - chance), LEAST)
    score = np.swapaxes(moved, 1, 2) @ (precision * (outcome - chance))[:, :, None]
    information = np.swapaxes(moved * precision[:, :, None], 1, 2) @ moved
    return np.asarray(np.linalg.solve(information, score)[:, :, 0])
