"""Expected number of renewals still to come, discounted, over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.retention.curve.families import Family

Floats = NDArray[np.float64]

SUMMED = 100
"""Renewals summed one by one; a smooth integral stands for the later ones."""

PANEL = 0.25
NODES, WEIGHTS = np.polynomial.legendre.leggauss(10)
FADED = 45.0
"""Discounted by e^45, nothing is left."""

FARTHEST = 34.0
"""How far the integral goes at most, in the log of time: renewal 10^15 times SUMMED."""

RESOLVED = 1e-10


def residual_sum(
    family: Family, renewals: Floats, values: Floats, discount_rate: float, horizon: int | None
) -> Floats:
    """Return the sum over k = 1, 2, ... of `S(n + k) / S(n) / (1 + d)^(k - 1)`.

    Parameters
    ----------
    family : Family
    renewals : ndarray, shape (rows,)
        n, the renewals made.
    values : ndarray, shape (rows, parameters of the family)
    discount_rate : float
        d.
    horizon : int or None
        The last k that counts.

    Returns
    -------
    ndarray, shape (rows,)

    Raises
    ------
    ArgumentError
        If the endless sum is infinite, or too near to it for a computer.

    Notes
    -----
    Fader and Hardie (2010, Marketing Science 29(1)) call the endless one discounted expected
    residual lifetime. The first hundred terms are added up. The others are an integral by
    Gauss-Legendre in the log of time, with the first correction of the midpoint rule.
    """
    if family.name == "sbg" and horizon is None and discount_rate == 0:
        return _undiscounted(renewals, values)
    start = family.log_survival(renewals, values)
    rate = np.log1p(discount_rate)

    def term(k: float) -> Floats:
        return np.asarray(
            np.exp(family.log_survival(renewals + k, values) - start - rate * (k - 1))
        )

    last = SUMMED if horizon is None else min(horizon, SUMMED)
    total = np.zeros(len(renewals))
    for k in range(1, last + 1):
        total += term(k)
    if horizon is not None and horizon <= SUMMED:
        return total
    middle = SUMMED + 0.5
    until = _until(middle, rate, horizon)
    edges = np.linspace(0.0, until, 2 + int(until / PANEL))
    half = (edges[1] - edges[0]) / 2
    tail = np.zeros_like(total)
    for left in edges[:-1]:
        for node, weight in zip(NODES, WEIGHTS, strict=True):
            k = middle * np.exp(left + half * (1 + node))
            tail += half * weight * k * term(k)
    total += tail + (term(SUMMED + 1) - term(SUMMED)) / 24
    if horizon is not None:
        return total - (term(horizon + 1) - term(horizon)) / 24
    farthest = middle * np.exp(until)
    if (farthest * term(farthest) > RESOLVED * total).any():
        raise ArgumentError(say("retention.curve_endless"))
    return total


def _until(middle: float, rate: float, horizon: int | None) -> float:
    if horizon is not None:
        return float(np.log((horizon + 0.5) / middle))
    faded = np.log1p(FADED / (rate * middle)) if rate > 0 else np.inf
    return float(min(faded, FARTHEST))


def _undiscounted(renewals: Floats, values: Floats) -> Floats:
    """Return (beta + n) / (alpha - 1), the plain mean of a beta-geometric lifetime."""
    alpha, beta = np.exp(values[:, 0]), np.exp(values[:, 1])
    if (alpha <= 1).any():
        raise ArgumentError(say("retention.curve_endless"))
    return np.asarray((beta + renewals) / (alpha - 1))
