"""Families of retention curves over arrays: survival, and the odds of leaving at a renewal.

A family has one or two *sizes* (such as alpha and beta), each on a scale that covers the whole
line, and may have a *shape* c. The rows of `sizes` are customers or renewals, the columns the
sizes, and the shape last where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln, polygamma

Floats = NDArray[np.float64]
Slopes = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Family:
    """A family of retention curves.

    Attributes
    ----------
    name : str
    sizes : tuple of str
        Names of the parameters that covariates may shift.
    has_shape : bool
        Whether there is a parameter c.
    log_survival : callable
        Of t, shape (rows,), and values, shape (rows, parameters): `log S(t)`, shape (rows,).
    log_odds : callable
        Of the same: log odds of leaving at renewal t for those who are still there before it,
        with its first derivatives, shape (rows, parameters), and second ones, shape
        (rows, parameters, parameters).
    """

    name: str
    sizes: tuple[str, ...]
    has_shape: bool
    log_survival: Callable[[Floats, Floats], Floats]
    log_odds: Callable[[Floats, Floats], Slopes]

    @property
    def n_values(self) -> int:
        """How many parameters one customer has."""
        return len(self.sizes) + self.has_shape


def _sbg_survival(t: Floats, values: Floats) -> Floats:
    alpha, beta = np.exp(values[:, 0]), np.exp(values[:, 1])
    return np.asarray(betaln(alpha, beta + t) - betaln(alpha, beta))


def _sbg_odds(t: Floats, values: Floats) -> Slopes:
    """Return log alpha - log(beta + t - 1): no gamma function, so nothing can overflow."""
    beta, age = np.exp(values[:, 1]), t - 1
    share = beta / (beta + age)
    first = np.stack([np.ones_like(t), -share], axis=1)
    second = np.zeros((len(t), 2, 2))
    second[:, 1, 1] = -share * (1 - share)
    return values[:, 0] - np.log(beta + age), first, second


def _bdw_survival(t: Floats, values: Floats) -> Floats:
    alpha, beta = np.exp(values[:, 0]), np.exp(values[:, 1])
    return np.asarray(betaln(alpha, beta + t ** np.exp(values[:, 2])) - betaln(alpha, beta))


def _bdw_odds(t: Floats, values: Floats) -> Slopes:
    before, after = (_log_gamma_ratio(age, values) for age in (t - 1, t))
    return _odds_of_fall(*(early - late for early, late in zip(before, after, strict=True)))


def _log_gamma_ratio(t: Floats, values: Floats) -> Slopes:
    """Return log G(beta + t^c) - log G(alpha + beta + t^c), the part of log S that t moves."""
    alpha, beta, c = np.exp(values).T
    power, slope, bend = _power(t, c)
    low, high = beta + power, alpha + beta + power
    rise, bow = digamma(low) - digamma(high), polygamma(1, low) - polygamma(1, high)
    far, far_bow = -digamma(high), -polygamma(1, high)
    first = np.stack([alpha * far, beta * rise, slope * rise], axis=1)
    second = np.empty((len(t), 3, 3))
    second[:, 0, 0] = alpha * far + alpha**2 * far_bow
    second[:, 0, 1] = second[:, 1, 0] = alpha * beta * far_bow
    second[:, 0, 2] = second[:, 2, 0] = alpha * slope * far_bow
    second[:, 1, 1] = beta * rise + beta**2 * bow
    second[:, 1, 2] = second[:, 2, 1] = beta * slope * bow
    second[:, 2, 2] = bend * rise + slope**2 * bow
    return np.asarray(gammaln(low) - gammaln(high)), first, second


def _power(t: Floats, c: Floats) -> Slopes:
    """Return t^c with its first and second derivative by log c."""
    log_t = np.log(np.where(t > 0, t, 1.0))
    power = np.where(t > 0, t**c, 0.0)
    slope = power * c * log_t
    return power, slope, slope * (1 + c * log_t)


def _odds_of_fall(fall: Floats, first: Floats, second: Floats) -> Slopes:
    """Turn `log S(t-1) - log S(t)` and its derivatives into log odds of leaving."""
    leave = -np.expm1(-fall)
    outer = first[:, :, None] * first[:, None, :]
    bent = second / leave[:, None, None] - outer * (np.exp(-fall) / leave**2)[:, None, None]
    return fall + np.log(leave), first / leave[:, None], bent


def _geometric_survival(t: Floats, values: Floats) -> Floats:
    return -t * np.logaddexp(0.0, values[:, 0])


def _geometric_odds(t: Floats, values: Floats) -> Slopes:
    return values[:, 0].copy(), np.ones((len(t), 1)), np.zeros((len(t), 1, 1))


def _weibull_survival(t: Floats, values: Floats) -> Floats:
    return -(t ** np.exp(values[:, 1])) * np.logaddexp(0.0, values[:, 0])


def _weibull_odds(t: Floats, values: Floats) -> Slopes:
    size, odds = np.logaddexp(0.0, values[:, 0]), expit(values[:, 0])
    c = np.exp(values[:, 1])
    power, slope, bend = (
        late - early for early, late in zip(_power(t - 1, c), _power(t, c), strict=True)
    )
    first = np.stack([power * odds, slope * size], axis=1)
    second = np.empty((len(t), 2, 2))
    second[:, 0, 0] = power * odds * (1 - odds)
    second[:, 0, 1] = second[:, 1, 0] = slope * odds
    second[:, 1, 1] = bend * size
    return _odds_of_fall(power * size, first, second)


def _settled_survival(t: Floats, values: Floats) -> Floats:
    return np.where(t >= 1, -np.logaddexp(0.0, values[:, 0]), 0.0)


def _settled_odds(t: Floats, values: Floats) -> Slopes:
    log_odds, first, second = _geometric_odds(t, values)
    later = t > 1
    first[later] = 0.0
    return np.where(later, -np.inf, log_odds), first, second


_ALL = (
    Family("sbg", ("alpha", "beta"), False, _sbg_survival, _sbg_odds),
    Family("bdw", ("alpha", "beta"), True, _bdw_survival, _bdw_odds),
    # Limits, all with the log odds of leaving at the first renewal as their size: alpha and beta
    # endless in a fixed ratio (customers alike), and both zero in a fixed ratio.
    Family("geometric", ("leaving",), False, _geometric_survival, _geometric_odds),
    Family("weibull", ("leaving",), True, _weibull_survival, _weibull_odds),
    Family("settled", ("leaving",), False, _settled_survival, _settled_odds),
)
FAMILIES: Mapping[str, Family] = {family.name: family for family in _ALL}
LIMITS: Mapping[str, str] = {"sbg": "geometric", "bdw": "weibull"}
"""What each model becomes where customers do not differ."""
