"""Parts of a log-likelihood with their slopes and curvatures, history by history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, polygamma, psi

from kamlab.value.purchases.histories import Floats, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """A function of the four log-parameters at each history.

    Attributes
    ----------
    value : ndarray, shape (n,)
    slope : ndarray, shape (4, n)
    curvature : ndarray, shape (4, 4, n)
    """

    value: Floats
    slope: Floats
    curvature: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fates:
    """The likelihood of each history, split by what has become of the account.

    Attributes
    ----------
    active : Terms
        Log-likelihood jointly with being a customer still.
    log_odds_gone : Terms
        Log odds of having left. Where nobody can have left they are minus infinity, with slopes
        of zero.
    """

    active: Terms
    log_odds_gone: Terms

    def loglik(self) -> Terms:
        """Return the log-likelihood: that of both fates together."""
        odds = self.log_odds_gone
        p = expit(odds.value)
        spread = odds.slope[:, None] * odds.slope
        return Terms(
            self.active.value + np.logaddexp(0.0, odds.value),
            self.active.slope + p * odds.slope,
            self.active.curvature + p * (odds.curvature + (1 - p) * spread),
        )


def in_logs(slope: Floats, curvature: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Turn slopes in parameters into slopes in their logarithms.

    Parameters
    ----------
    slope : ndarray, shape (k, n)
    curvature : ndarray, shape (k, k, n)
    parameters : ndarray, shape (k, n) or (k, 1)
    """
    first = parameters * slope
    second = parameters[:, None] * parameters * curvature
    places = range(len(first))
    second[places, places] += first
    return first, second


def rising(z: Floats, x: Whole) -> tuple[Floats, Floats, Floats]:
    """Return `log(Gamma(z + x) / Gamma(z))` and its first two derivatives in `z`.

    Parameters
    ----------
    z : ndarray, shape (1,) or (n,)
    x : ndarray of int, shape (n,)

    Notes
    -----
    For one `z` the product `z (z + 1) ... (z + x - 1)` is taken factor by factor: nothing cancels,
    however large `z` is, and all `x` share the factors.
    """
    if z.size > 1:
        return (
            gammaln(z + x) - gammaln(z),
            psi(z + x) - psi(z),
            polygamma(1, z + x) - polygamma(1, z),
        )
    factors = z + np.arange(x.max(initial=0))
    inverse = 1 / factors
    log, first, second = (
        np.r_[0.0, np.cumsum(part)][x] for part in (np.log(factors), inverse, -(inverse**2))
    )
    return log, first, second


def symmetric(
    parts: Mapping[tuple[int, int], Floats | float], n: int, size: int = 4
) -> NDArray[np.float64]:
    """Return curvatures, shape (size, size, n), of which those left out are zero."""
    full = np.zeros((size, size, n))
    for (i, j), part in parts.items():
        full[i, j] = full[j, i] = part
    return full
