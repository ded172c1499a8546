"""What a fitted curve says of renewals to come, over arrays, with intervals (delta method)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit, logit

from kamlab.foundation.level import tails
from kamlab.panel.delta_method import standard_errors
from kamlab.retention.curve.families import FAMILIES, Family
from kamlab.retention.curve.lifetime import residual_sum
from kamlab.retention.curve.newton import Cells, spread, values_of

Floats = NDArray[np.float64]
Limits = tuple[Floats, Floats, Floats]
"""Estimate, lower limit and upper limit."""

STAY = ("stay_probability", "stay_low", "stay_high")
SURVIVAL = ("survival", "survival_low", "survival_high")
FIRST = ("first_retention", "first_low", "first_high")
MEDIAN = ("median_lifetime", "median_low", "median_high")
RESIDUAL = ("residual_lifetime", "residual_low", "residual_high")

FARTHEST_MEDIAN = 1000
"""A median beyond this many renewals is said to be endless."""

STEP = 1e-5
"""For central differences by parameters on the log scale."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The parameters of a curve with their covariance.

    Attributes
    ----------
    family_name : str
    theta : ndarray, shape (parameters,)
        On the log scale (log odds for `leaving`); covariates in standard deviations.
    covariance : ndarray, shape (parameters, parameters)
    loglik, loglik_alike : float
        With the model, and in its limit where customers are alike; NaN where that is no limit.
    """

    family_name: str
    theta: Floats
    covariance: Floats
    loglik: float
    loglik_alike: float

    @property
    def family(self) -> Family:
        """The family of curves."""
        return FAMILIES[self.family_name]

    @property
    def n_free(self) -> int:
        """How many parameters were estimated."""
        return int((np.diag(self.covariance) > 0).sum())

    def limit(self, model: str) -> str:
        """Return the limit or simpler form of a model that this is; empty if it is the model."""
        if self.family_name != model:
            return self.family_name
        return "" if self.n_free == len(self.theta) else "alpha"

    def staying(self, renewal: Floats, design: Floats, conf_level: float) -> Limits:
        """Return the probability of staying at a renewal, for those still there before it.

        Parameters
        ----------
        renewal : ndarray, shape (rows,)
        design : ndarray, shape (rows, 1 + covariates)
        conf_level : float
        """
        log_odds, slopes = self._odds(renewal, design)
        reach = _reach(conf_level) * self._errors(slopes)
        return expit(-log_odds), expit(-log_odds - reach), expit(-log_odds + reach)

    def survival(self, periods: int, design: Floats, conf_level: float) -> Limits:
        """Return the share still there after 0, 1, ... renewals.

        Parameters
        ----------
        periods : int
        design : ndarray, shape (1 + covariates,)
        conf_level : float

        Returns
        -------
        tuple of ndarray, each of shape (periods + 1,)
        """
        renewal = np.arange(1.0, periods + 1)
        log_odds, slopes = self._odds(renewal, np.tile(design, (periods, 1)))
        logs, slopes = -np.logaddexp(0, log_odds), -expit(log_odds)[:, None] * slopes
        return self._product(logs, slopes, conf_level)

    def median(self, design: Floats, conf_level: float) -> tuple[float, float, float]:
        """Return after how many renewals at most half are still there, with limits.

        Parameters
        ----------
        design : ndarray, shape (1 + covariates,)

        Returns
        -------
        tuple of float
            Infinite beyond 1,000 renewals.
        """
        share, low, high = self.survival(FARTHEST_MEDIAN, design, conf_level)
        return _first_half(share), _first_half(low), _first_half(high)

    def mean_staying(self, cells: Cells, conf_level: float) -> tuple[Floats, Limits, Limits]:
        """Return, by renewal, the mean probability of staying of those it was due for.

        Returns
        -------
        renewal : ndarray, shape (renewals,)
        staying, survival : tuples of ndarray
            The mean, and the product of the means from the first of these renewals on, beginning
            with one: one longer.
        """
        log_odds, slopes = self._odds(cells.renewal, cells.design[cells.kind])
        stay, due = expit(-log_odds), cells.stayed + cells.left
        renewal, where = np.unique(cells.renewal, return_inverse=True)
        total = np.bincount(where, due)
        mean = np.bincount(where, due * stay) / total
        moves = (-due * stay * (1 - stay))[:, None] * slopes
        moves = np.stack([np.bincount(where, own) for own in moves.T], axis=1) / total[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            error = self._errors(moves) / (mean * (1 - mean))
        reach = _reach(conf_level) * np.where(mean < 1, error, 0.0)
        limits = (mean, expit(logit(mean) - reach), expit(logit(mean) + reach))
        return renewal, limits, self._product(np.log(mean), moves / mean[:, None], conf_level)

    def residual(
        self,
        renewals: Floats,
        design: Floats,
        discount_rate: float,
        horizon: int | None,
        conf_level: float,
    ) -> Limits:
        """Return discounted numbers of renewals still to be expected, limits on the log scale.

        Parameters
        ----------
        renewals : ndarray, shape (rows,)
            Made so far.
        design : ndarray, shape (rows, 1 + covariates)
        discount_rate, horizon : see `residual_sum`
        conf_level : float
        """

        def value(theta: Floats) -> Floats:
            values = values_of(self.family, theta, design)
            return residual_sum(self.family, renewals, values, discount_rate, horizon)

        return self._log_limits(value, conf_level)

    def _log_limits(self, value: Callable[[Floats], Floats], conf_level: float) -> Limits:
        estimate = value(self.theta)
        steps = STEP * np.eye(len(self.theta))
        slopes = [(value(self.theta + s) - value(self.theta - s)) / (2 * STEP) for s in steps]
        error = self._errors(np.stack(slopes, axis=1))
        factor = np.exp(_reach(conf_level) * error / np.where(estimate > 0, estimate, 1.0))
        return estimate, estimate / factor, estimate * factor

    def _odds(self, renewal: Floats, design: Floats) -> tuple[Floats, Floats]:
        values = values_of(self.family, self.theta, design)
        log_odds, first, _ = self.family.log_odds(renewal, values)
        return log_odds, spread(self.family, first, design)

    def _errors(self, slopes: Floats) -> Floats:
        return standard_errors(slopes, self.covariance)

    def _product(self, logs: Floats, slopes: Floats, conf_level: float) -> Limits:
        """Return running products of probabilities, with limits on the scale log(-log)."""
        fall = np.concatenate([[0.0], -np.cumsum(logs)])
        error = np.concatenate([[0.0], self._errors(np.cumsum(slopes, axis=0))])
        reach = _reach(conf_level) * error / np.where(fall > 0, fall, 1.0)
        return np.exp(-fall), np.exp(-fall * np.exp(reach)), np.exp(-fall * np.exp(-reach))


def _reach(conf_level: float) -> float:
    return float(stats.norm.ppf(tails(conf_level)[1]))


def _first_half(share: Floats) -> float:
    """Return when a falling share first is a half or less."""
    below = np.flatnonzero(share <= 0.5)
    return float(below[0]) if len(below) else np.inf


def named(names: tuple[str, ...], limits: tuple[Floats, ...]) -> dict[str, Floats]:
    """Return an estimate and its limits as columns of a table."""
    return dict(zip(names, limits, strict=True))
