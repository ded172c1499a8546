"""What the data say of one hypothesis, before anybody decides."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.language import Text
from kamlab.foundation.level import tails

Array = NDArray[np.float64]


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
    draws : ndarray or None
        Estimates of redrawn accounts; the interval is then theirs, and `df` is not used.
    effect_size : float
    effect_size_is : Text
        On which scale, as in "change of the probability of staying".
    n_used, n_accounts, n_lost : int
    lost : Text
        Why rows were lost.
    checks : tuple of Check
    known_on : Series of datetime
        For every row used, the day on which its outcome was known.
    """

    effect: Text
    estimate: float
    std_error: float
    df: float = math.inf
    draws: Array | None = None
    effect_size: float
    effect_size_is: Text
    n_used: int
    n_accounts: int
    n_lost: int
    lost: Text
    checks: tuple[Check, ...] = ()
    known_on: pd.Series = field(default_factory=lambda: pd.Series(dtype="datetime64[us]"))

    def interval(self, conf_level: float) -> tuple[float, float]:
        """Return the limits within which the effect lies: Student's t, or percentiles of draws."""
        low, high = tails(conf_level)
        if self.draws is not None:
            limits = np.quantile(self.draws, (low, high))
            return float(limits[0]), float(limits[1])
        reach = float(stats.t.ppf(high, self.df)) * self.std_error
        return self.estimate - reach, self.estimate + reach

    def p_value(self, bound: float) -> float:
        """Return the two-sided p-value of "the effect equals the bound".

        It is 1 less the level of the widest interval that leaves the bound out.
        """
        if self.draws is not None:
            below = np.count_nonzero(self.draws <= bound) + 1
            above = np.count_nonzero(self.draws >= bound) + 1
            return float(min(1.0, 2 * min(below, above) / (len(self.draws) + 1)))
        if self.std_error == 0:
            return float(self.estimate == bound)
        return float(2 * stats.t.sf(abs(self.estimate - bound) / self.std_error, self.df))
