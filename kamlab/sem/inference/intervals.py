"""Standard errors, bias and intervals from bootstrap draws."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from kamlab.foundation.level import tails
from kamlab.sem.engine.structure import Floats


def covariance(values: Floats) -> Floats:
    """Return the covariance matrix (r, r) of draws (B, r), with divisor B as in lavaan."""
    centred = values - values.mean(axis=0)
    return np.asarray(centred.T @ centred / len(values))


def standard_errors(values: Floats) -> Floats:
    """Return standard errors of draws, shape (B,) or (B, r), with divisor B as in lavaan."""
    return np.asarray(values.std(axis=0))


def bias(values: Floats, at: Floats | float) -> Floats:
    """Return the mean of draws, shape (B,) or (B, r), minus the estimates `at`."""
    return np.asarray(values.mean(axis=0) - at)


def quantiles(values: Floats, probabilities: Floats) -> Floats:
    """Return quantiles of draws.

    Parameters
    ----------
    values : ndarray, shape (B,) or (B, r)
    probabilities : ndarray, shape (m,) or (m, r)

    Returns
    -------
    ndarray, shape (m,) or (m, r)
        NaN where a probability is.

    Notes
    -----
    The `(B + 1) p`-th smallest value, interpolated on the scale of normal quantiles between its
    neighbours (Davison & Hinkley 1997, eq. 5.8); the outermost draws stand for what lies beyond.
    """
    columns = values.reshape(len(values), -1)
    wanted = np.asarray(probabilities, dtype=float)
    wanted = np.broadcast_to(wanted.reshape(len(wanted), -1), (len(wanted), columns.shape[1]))
    b, ordered = len(values), np.sort(columns, axis=0)
    known = np.where(np.isnan(wanted), 0.5, wanted)
    # What rounding leaves of a whole rank, such as 25.000000000000004, is dropped.
    rank = np.clip(np.round((b + 1) * known, 9), 1, b)
    below = np.minimum(np.floor(rank).astype(int), b - 1)
    left, right = ndtri(below / (b + 1)), ndtri((below + 1) / (b + 1))
    part = (ndtri(rank / (b + 1)) - left) / (right - left)
    low = np.take_along_axis(ordered, below - 1, axis=0)
    high = np.take_along_axis(ordered, below, axis=0)
    found = np.where(np.isnan(wanted), np.nan, low + part * (high - low))
    return found[:, 0] if values.ndim == 1 else found


def percentile_interval(values: Floats, conf_level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the percentile interval of draws.

    Parameters
    ----------
    values : ndarray, shape (B,) or (B, r)
    conf_level : float

    Returns
    -------
    low, high : ndarray, shape () or (r,)
    """
    low, high = quantiles(values, np.array(tails(conf_level)))
    return np.asarray(low), np.asarray(high)


def bca_interval(
    values: Floats, at: Floats | float, influence: Floats, conf_level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the bias-corrected and accelerated interval of draws.

    Parameters
    ----------
    values : ndarray, shape (B,) or (B, r)
    at : float or ndarray, shape (r,)
        The estimates.
    influence : ndarray, shape (N,) or (N, r)
        What each case adds to the estimates: `influences(fit)`; to a function of the parameters:
        `influences(fit) @ gradient`.
    conf_level : float

    Returns
    -------
    low, high : ndarray, shape () or (r,)
        NaN where all draws lie on one side of the estimate; the estimate itself where all draws
        are equal to it.

    Notes
    -----
    Efron (1987): ends at the quantiles `Phi(w + (w + z) / (1 - a (w + z)))`, with
    `w = Phi^-1(share of draws below the estimate)` and a from `acceleration`.
    """
    at = np.asarray(at, dtype=float)
    shift = ndtri((values < at).mean(axis=0))
    speed = acceleration(influence)
    ends = []
    with np.errstate(invalid="ignore"):
        for tail in tails(conf_level):
            moved = shift + ndtri(tail)
            ends.append(
                np.where(np.isinf(shift), np.nan, ndtr(shift + moved / (1 - speed * moved)))
            )
    low, high = quantiles(values, np.array(ends))
    still = (values == at).all(axis=0)
    return np.where(still, at, low), np.where(still, at, high)


def acceleration(influence: Floats) -> Floats:
    """Return `sum l^3 / (6 (sum l^2)^(3/2))` of influences (N,) or (N, r); 0 where all are 0.

    A sixth of the skewness of the estimate by the infinitesimal jackknife (Efron 1987, eq. 7.3).
    """
    size = (influence**2).sum(axis=0) ** 1.5
    cubes = (influence**3).sum(axis=0)
    return np.asarray(np.divide(cubes, 6 * size, out=np.zeros_like(cubes), where=size > 0))
