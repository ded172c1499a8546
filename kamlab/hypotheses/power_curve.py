"""From simulated verdicts to a power curve, and to the number of accounts that it asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = NDArray[np.float64]

REDRAWN = 200
"""Redrawings of the simulated companies, for the interval of the number needed."""
FARTHEST = 4
"""Times the largest number simulated, beyond which a curve is not drawn out."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A smooth power curve: `power(n) = Phi(level + slope sqrt(n))`.

    So it is where an estimate is normal with a standard error that falls with the root of the
    number of accounts; elsewhere it smooths.

    Attributes
    ----------
    level, slope : float
    sizes : ndarray
        The numbers of accounts that were simulated, rising.
    """

    level: float
    slope: float
    sizes: Array

    def at(self, n: Array) -> Array:
        """Return the power at some numbers of accounts."""
        return np.asarray(norm.cdf(self.level + self.slope * np.sqrt(n)))

    def needed(self, target: float) -> float:
        """Return the smallest number of accounts with a power; infinity if it is out of sight.

        Never less than the smallest number simulated, nor more than four times the largest.
        """
        least, most = float(self.sizes[0]), FARTHEST * float(self.sizes[-1])
        if self.at(np.array([least]))[0] >= target:
            return least
        if self.slope <= 0:
            return math.inf
        found = math.ceil(((norm.ppf(target) - self.level) / self.slope) ** 2)
        return float(found) if found <= most else math.inf


def power_curve(sizes: Array, supported: NDArray[np.bool_]) -> Curve:
    """Fit the smooth curve to simulated verdicts.

    Parameters
    ----------
    sizes : ndarray, shape (sizes,)
        Numbers of accounts, rising; at least two.
    supported : ndarray of bool, shape (companies, sizes)

    Notes
    -----
    Least squares on the normal quantiles of the shares, weighted by their precision (Berkson's
    minimum normit chi-square). Half a success and half a failure are added to each size, so that
    the curve stays finite where all companies or none support the hypothesis.
    """
    share = (supported.sum(axis=0) + 0.5) / (len(supported) + 1)
    quantile = norm.ppf(share)
    weight = norm.pdf(quantile) ** 2 / (share * (1 - share))
    root = np.sqrt(np.asarray(sizes, dtype=float))
    centre = np.average(root, weights=weight)
    slope = np.sum(weight * (root - centre) * quantile) / np.sum(weight * (root - centre) ** 2)
    level = np.average(quantile, weights=weight) - slope * centre
    return Curve(float(level), float(slope), np.asarray(sizes, dtype=float))


def needed_interval(
    sizes: Array,
    supported: NDArray[np.bool_],
    target: float,
    tails: tuple[float, float],
    seed: int,
) -> tuple[float, float]:
    """Return limits of the number of accounts needed, from redrawn companies."""
    rng = np.random.default_rng(seed)
    count = len(supported)
    found = [
        power_curve(sizes, supported[rng.integers(0, count, count)]).needed(target)
        for _ in range(REDRAWN)
    ]
    low, high = np.quantile(found, tails, method="inverted_cdf")
    return float(low), float(high)


def wrong_share(supported: NDArray[np.bool_], refuted: NDArray[np.bool_], is_true: bool) -> float:
    """Return which share of the verdicts that decide are wrong; NaN where none decides."""
    decided = np.count_nonzero(supported | refuted)
    wrong = np.count_nonzero(refuted if is_true else supported)
    return wrong / decided if decided else math.nan


def exaggeration(estimates: Array, supported: NDArray[np.bool_], true_effect: float) -> float:
    """Return how many times the true effect the supporting estimates are; NaN if there is none."""
    if not supported.any():
        return math.nan
    return float(np.mean(np.abs(estimates[supported])) / abs(true_effect))
