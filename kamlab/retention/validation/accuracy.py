"""How near forecast probabilities came to what happened, over arrays."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from scipy.special import logit
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from kamlab.foundation.level import tails

Array = NDArray[np.float64]
SURE = 1e-12
"""A forecast nearer to 0 or 1 than this counts as this far away: log 0 is not finite."""


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Probabilities given before, and what happened.

    Attributes
    ----------
    probability : ndarray, shape (rows,)
        Of staying, from a model that had not seen the row.
    base : ndarray, shape (rows,)
        The share that had stayed in what the model had seen.
    stayed : ndarray, shape (rows,)
        1 or 0.
    """

    probability: Array
    base: Array
    stayed: Array

    def measures(self, weights: Array) -> dict[str, Array]:
        """Return the measures under weights of the rows, each of shape (draws,).

        Parameters
        ----------
        weights : ndarray, shape (draws, rows)

        Notes
        -----
        Brier score: the mean of (probability - stayed)^2; its skill: 1 less its ratio to that
        of the base rate. Log score: the mean logarithm of the probability given to what
        happened. AUC: the share of pairs of one that stayed and one that left in which the
        first had the higher probability, equal ones counting half.
        """
        return {**self.means(weights), "auc": self.auc(weights)}

    def means(self, weights: Array) -> dict[str, Array]:
        """Return those measures that are means over rows, or follow from such."""
        sure = np.clip(self.probability, SURE, 1 - SURE)
        happened = np.where(self.stayed == 1, sure, 1 - sure)
        rows = (
            (self.probability - self.stayed) ** 2,
            (self.base - self.stayed) ** 2,
            np.log(happened),
        )
        count = weights.sum(axis=1)
        brier, of_base, log_score = (weights @ values / count for values in rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            skill = 1 - brier / of_base
        return {"brier": brier, "brier_skill": skill, "log_score": log_score}

    def auc(self, weights: Array) -> Array:
        """Return the AUC under weights of the rows; NaN where all stayed or all left."""
        order = np.argsort(self.probability, kind="stable")
        ordered = self.probability[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] > ordered[:-1]])
        weighted, stayed = weights[:, order], self.stayed[order]
        here = np.add.reduceat(weighted * stayed, starts, axis=1)
        gone = np.add.reduceat(weighted * (1 - stayed), starts, axis=1)
        below = np.cumsum(gone, axis=1) - gone / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            area = (here * below).sum(axis=1) / (here.sum(axis=1) * gone.sum(axis=1))
        return np.asarray(area)

    def recalibration(
        self, accounts: NDArray[np.intp], conf_level: float
    ) -> dict[str, tuple[float, float, float]]:
        """Return intercept and slope of calibration, each with its limits.

        Parameters
        ----------
        accounts : ndarray of int, shape (rows,)
            For errors clustered by account.
        conf_level : float

        Notes
        -----
        Cox (1958): logits of staying on the log odds given. The slope is 1 where they are
        right and below 1 where they are too extreme; the intercept is estimated with the slope
        held at 1, so that it is 0 where as many stay as foretold ("calibration in the large").
        NaN where all forecasts are alike (slope) or they separate what happened.
        """
        odds = logit(np.clip(self.probability, SURE, 1 - SURE))
        one = np.ones((len(odds), 1))
        large = self._logit(one, accounts, conf_level, offset=odds)
        if np.ptp(odds) == 0:
            return {"calibration_intercept": large, "calibration_slope": (np.nan,) * 3}
        both = np.column_stack([one, odds])
        slope = self._logit(both, accounts, conf_level, offset=None)
        return {"calibration_intercept": large, "calibration_slope": slope}

    def _logit(
        self,
        terms: Array,
        accounts: NDArray[np.intp],
        conf_level: float,
        offset: Array | None,
    ) -> tuple[float, float, float]:
        """Return the last coefficient of a logit and its limits."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", PerfectSeparationWarning)
            warnings.simplefilter("error", ConvergenceWarning)
            try:
                fit = sm.Logit(self.stayed, terms, offset=offset).fit(
                    disp=0, cov_type="cluster", cov_kwds={"groups": accounts}
                )
            except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError):
                return (np.nan,) * 3
        estimate, error = float(fit.params[-1]), float(fit.bse[-1])
        reach = float(stats.t.ppf(tails(conf_level)[1], accounts.max())) * error
        return estimate, estimate - reach, estimate + reach


def wilson(count: Array, total: Array, conf_level: float) -> tuple[Array, Array]:
    """Return the limits of shares by Wilson's (1927) method.

    Parameters
    ----------
    count, total : ndarray, shape (groups,)
    conf_level : float

    Examples
    --------
    >>> low, high = wilson(np.array([10.0]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.722, 1.0)
    """
    z = float(stats.norm.ppf(tails(conf_level)[1]))
    share = count / total
    centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    reach = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)
