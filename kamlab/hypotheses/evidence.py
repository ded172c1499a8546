"""What the data say of one hypothesis, before anybody decides."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.language import Text
from kamlab.foundation.level import tails

Array = NDArray[np.float64]
Scale = Literal["plain", "fisher"]
Verdict = Literal["supported", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Check:
    """An assumption of a test, and whether the data bear it out.

    Attributes
    ----------
    assumption : Text
    holds : bool or None
        None where data cannot tell.
    finding : Text
        What was seen.
    """

    assumption: Text
    holds: bool | None
    finding: Text


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """An effect with its doubt, and the rows behind it.

    Attributes
    ----------
    effect : Text
        What the number is, as in "the change of the log odds of staying per unit of trust".
    estimate, std_error : float
    df : float
        Of Student's t, by which the interval is reckoned; infinity for the normal.
    scale : {"plain", "fisher"}
        Whether the interval is symmetric about the estimate, or about its inverse hyperbolic
        tangent, as that of a correlation is; `std_error` is on the estimate's own scale.
    draws : ndarray or None
        Estimates of redrawn accounts; the interval is then theirs, and `df` is not used.
    effect_size : float
    effect_size_is : Text
        On which scale, as in "change of the probability of staying".
    n_used, n_accounts, n_lost : int
    lost : Text
        Why rows were lost.
    checks : callable
        Looks whether the assumptions hold, which takes as long as the test itself.
    alarms : tuple of Text
        What the fit warned of, but for rows left out.
    known_on : Series of datetime
        For every row used, the day on which what is explained was known.
    """

    effect: Text
    estimate: float
    std_error: float
    df: float = math.inf
    scale: Scale = "plain"
    draws: Array | None = None
    effect_size: float
    effect_size_is: Text
    n_used: int
    n_accounts: int
    n_lost: int
    lost: Text
    checks: Callable[[], tuple[Check, ...]] = tuple
    alarms: tuple[Text, ...] = ()
    known_on: pd.Series = field(default_factory=lambda: pd.Series(dtype="datetime64[us]"))

    def interval(self, conf_level: float) -> tuple[float, float]:
        """Return the limits within which the effect lies: Student's t, or percentiles of draws."""
        low, high = tails(conf_level)
        if self.draws is not None:
            limits = np.quantile(self.draws, (low, high))
            return float(limits[0]), float(limits[1])
        centre, error = self._on_scale()
        reach = float(stats.t.ppf(high, self.df)) * error
        ends = (centre - reach, centre + reach)
        return ends if self.scale == "plain" else (math.tanh(ends[0]), math.tanh(ends[1]))

    def p_value(self, bound: float) -> float:
        """Return the two-sided p-value of "the effect equals the bound".

        It is 1 less the level of the widest interval that leaves the bound out.
        """
        if self.draws is not None:
            below = np.count_nonzero(self.draws <= bound) + 1
            above = np.count_nonzero(self.draws >= bound) + 1
            return float(min(1.0, 2 * min(below, above) / (len(self.draws) + 1)))
        centre, error = self._on_scale()
        with np.errstate(divide="ignore"):
            at = bound if self.scale == "plain" else float(np.arctanh(np.clip(bound, -1, 1)))
        if error == 0:
            return float(centre == at)
        return float(2 * stats.t.sf(abs(centre - at) / error, self.df))

    def nearest_end(self, low: float, high: float) -> float:
        """Return the end of a range that decides: that which the estimate is least clear of.

        Where the estimate is outside the range, the end on its side.
        """
        if self.estimate <= low:
            return low
        if self.estimate >= high:
            return high
        return max((end for end in (low, high) if math.isfinite(end)), key=self.p_value)

    def verdict(self, low: float, high: float, conf_level: float) -> Verdict:
        """Return what the interval says of "the effect lies between low and high"."""
        least, most = self.interval(conf_level)
        if low < least and most < high:
            return "supported"
        return "refuted" if most <= low or high <= least else "undecided"

    def _on_scale(self) -> tuple[float, float]:
        """Return estimate and standard error on the scale on which they are symmetric."""
        if self.scale == "plain":
            return self.estimate, self.std_error
        if abs(self.estimate) >= 1:
            return math.copysign(math.inf, self.estimate), 0.0
        return math.atanh(self.estimate), self.std_error / (1 - self.estimate**2)
