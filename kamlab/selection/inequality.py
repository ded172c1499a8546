"""How unequal amounts are, over arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-9
"""By how much of the total the rounding of a sum may fall short of the part that it reaches."""


def gini(values: Floats) -> float:
    """Return the Gini coefficient: half the mean difference of all pairs over the mean.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Not negative, with a positive sum.

    Returns
    -------
    float
        `sum((2 i - n - 1) x_i) / (n sum(x))` over the values in ascending order, i from 1:
        0 where all are equal, `(n - 1) / n` where one has all.
    """
    n = len(values)
    places = 2 * np.arange(1, n + 1) - n - 1
    return float(places @ np.sort(values) / (n * values.sum()))


def herfindahl(values: Floats) -> float:
    """Return the sum of the squared shares of the total: from 1/n (all equal) to 1 (one has all).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Not negative, with a positive sum.
    """
    shares = values / values.sum()
    return float(shares @ shares)


def top_share(values: Floats, part: float) -> float:
    """Return the share of the total that the largest `part` of the values have.

    The value on the border counts with the fraction of it that is still needed: the top 1 % of
    240 are the two largest and four tenths of the third.

    Parameters
    ----------
    values : ndarray, shape (n,)
        With a positive sum.
    part : float
        From 0 to 1.
    """
    falling = np.sort(values)[::-1]
    reached = np.concatenate([[0.0], np.cumsum(falling)]) / falling.sum()
    return float(np.interp(part * len(values), np.arange(len(values) + 1), reached))


def fewest_for(values: Floats, part: float) -> int:
    """Return how many of the largest values together reach `part` of the total.

    Parameters
    ----------
    values : ndarray, shape (n,)
        With a positive sum.
    part : float
        Above 0, at most 1.
    """
    reached = np.cumsum(np.sort(values)[::-1]) / values.sum()
    return int(np.argmax(reached >= part - ROUNDING)) + 1
