"""From a linear predictor to the probability of staying: logit, probit, complementary log-log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

Array = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
SHARES = WEIGHTS / WEIGHTS.sum()
"""Gauss-Hermite nodes and shares of a standard normal variable."""
LARGEST = 700.0
"""The largest exponent of e that is a finite number."""


@dataclass(frozen=True, slots=True)
class Link:
    """How a linear predictor and the probability of staying belong together.

    Attributes
    ----------
    name : str
    probability : callable
        Probability of staying at a linear predictor.
    slope : callable
        Its derivative by the linear predictor; negative where more means leaving.
    """

    name: str
    probability: Callable[[Array], Array]
    slope: Callable[[Array], Array]

    def averaged(self, predictor: ArrayLike, variance: ArrayLike) -> Array:
        """Return the probability averaged over a predictor that is known up to normal error."""
        return averaged(self.probability, predictor, variance)


def averaged(
    function: Callable[[Array], Array], predictor: ArrayLike, variance: ArrayLike
) -> Array:
    """Return the mean of a function of a normal variable, by nine Gauss-Hermite nodes.

    Parameters
    ----------
    function : callable
        Of an array, element by element.
    predictor, variance : array_like
        Means and variances; where all variances are 0 the function itself is returned.
    """
    centre, spread = np.asarray(predictor, dtype=float), np.sqrt(np.asarray(variance, dtype=float))
    if not spread.any():
        return np.asarray(function(centre))
    shape = (-1, *np.ones(np.ndim(centre + spread), dtype=int))
    at = centre + spread * NODES.reshape(shape)
    return np.asarray(np.tensordot(SHARES, function(at), axes=1))


def _hazard(predictor: Array) -> Array:
    return np.exp(np.minimum(predictor, LARGEST))


def _logit_slope(predictor: Array) -> Array:
    chance = expit(predictor)
    return np.asarray(chance * (1 - chance))


def _probit_slope(predictor: Array) -> Array:
    return np.asarray(np.exp(-(predictor**2) / 2) / np.sqrt(2 * np.pi))


def _cloglog_probability(predictor: Array) -> Array:
    return np.asarray(np.exp(-_hazard(predictor)))


def _cloglog_slope(predictor: Array) -> Array:
    hazard = _hazard(predictor)
    return np.asarray(-hazard * np.exp(-hazard))


LINKS: Mapping[str, Link] = MappingProxyType(
    {
        "logit": Link("logit", expit, _logit_slope),
        "probit": Link("probit", ndtr, _probit_slope),
        "cloglog": Link("cloglog", _cloglog_probability, _cloglog_slope),
    }
)
"""By name; `cloglog` has the log hazard of leaving as its linear predictor."""
