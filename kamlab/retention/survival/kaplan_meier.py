"""Kaplan-Meier curves and the log-rank test, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from kamlab.foundation.level import tails

Array = NDArray[np.float64]
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Curve:
    """A Kaplan-Meier curve; every array has one value per time at which somebody left.

    Attributes
    ----------
    start, end : float
        First and last moment at which anybody was watched.
    n_first : int
        Accounts at risk just after the start.
    time, estimate, conf_low, conf_high : ndarray
        The limits are missing where the curve is at zero.
    n_risk, n_leavers : ndarray of int
    """

    start: float
    end: float
    n_first: int
    time: Array
    estimate: Array
    conf_low: Array
    conf_high: Array
    n_risk: NDArray[np.int_]
    n_leavers: NDArray[np.int_]

    def median(self) -> tuple[float, float, float]:
        """Return the first time at which half have left, and its limits; NaN where not reached.

        The limits are where those of the curve reach one half (Brookmeyer and Crowley 1982).
        """
        curves = (self.estimate, self.conf_low, self.conf_high)
        median, low, high = (self._reached(curve) for curve in curves)
        return median, low, high

    def _reached(self, curve: Array) -> float:
        # Rounding: a product of fractions may miss one half by the last digit.
        below = np.nan_to_num(curve, nan=0.0) <= HALF + 1e-12
        return float(self.time[np.argmax(below)]) if below.any() else np.nan


def kaplan_meier(entry: Array, time: Array, left: NDArray[np.bool_], conf_level: float) -> Curve:
    """Return the curve of staying.

    Parameters
    ----------
    entry, time : ndarray, shape (accounts,)
        An account is at risk after `entry`, up to and including `time`.
    left : ndarray of bool, shape (accounts,)
    conf_level : float

    Notes
    -----
    `S(t) = product over times up to t of (1 - n_leavers / n_risk)` (Kaplan and Meier 1958), with
    Greenwood's variance; limits are normal on the scale of `log(-log S)`.
    """
    found = SurvfuncRight(time, left.astype(float), entry=entry)
    estimate, error = np.asarray(found.surv_prob), np.asarray(found.surv_prob_se)
    z = float(stats.norm.ppf(tails(conf_level)[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = z * error / (estimate * np.abs(np.log(estimate)))
        low, high = estimate ** np.exp(reach), estimate ** np.exp(-reach)
    gone = estimate <= 0
    return Curve(
        start=float(entry.min()),
        end=float(time.max()),
        n_first=int((entry <= entry.min()).sum()),
        time=np.asarray(found.surv_times, dtype=float),
        estimate=estimate,
        conf_low=np.where(gone, np.nan, low),
        conf_high=np.where(gone, np.nan, high),
        n_risk=np.asarray(found.n_risk).astype(int),
        n_leavers=np.asarray(found.n_events).astype(int),
    )


def log_rank(
    entry: Array, time: Array, left: NDArray[np.bool_], codes: NDArray[np.intp]
) -> tuple[float, int, float]:
    """Return chi-square, degrees of freedom and p of equal curves.

    NaN where the groups were never at risk together while somebody left: then nothing compares
    them.
    """
    df = int(codes.max())
    try:
        chisq, p_value = survdiff(time, left.astype(int), codes, entry=entry)
    except np.linalg.LinAlgError:
        return np.nan, df, np.nan
    return float(chisq), df, float(p_value)
