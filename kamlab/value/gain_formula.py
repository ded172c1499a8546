"""The gain from more retention, and where it equals a claim, over arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from kamlab.value.lifetime import FirstMargin, margin_multiple, shortfall

FINE = 2001
"""Rates between which a solution is looked for when there is a horizon."""

ROUNDING = 1e-12
"""A sum of rates this far beyond 1, such as 0.95 + 0.05 in doubles, is 1."""

REAL = 1e-12


@dataclass(frozen=True, slots=True)
class GainFormula:
    """The relative gain in lifetime value when retention rises by a step.

    Attributes
    ----------
    step : float
        Points (0.05 is five), or relative to the retention rate.
    relative : bool
    horizon : int or None
    first_margin : {"now", "after_one_period"}
    growth : float
    """

    step: float
    relative: bool
    horizon: int | None
    first_margin: FirstMargin
    growth: float

    def raised(self, retention_rate: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return retention after the step; it may be above 1."""
        after = retention_rate * (1 + self.step) if self.relative else retention_rate + self.step
        return np.where(np.abs(after - 1) < ROUNDING, 1.0, after)

    def left_out(
        self, retention_rate: NDArray[np.float64], discount_rate: NDArray[np.float64]
    ) -> NDArray[np.str_]:
        """Return why there is no gain at some rates: a code, or an empty string."""
        after = self.raised(retention_rate)
        endless = shortfall(after, discount_rate, np.asarray(self.growth)) <= 0
        reasons = [
            ("beyond", after > 1),
            ("infinite", endless & (self.horizon is None)),
            ("worthless", (retention_rate == 0) & (self.first_margin == "after_one_period")),
        ]
        names = [name for name, _ in reasons]
        return np.select([where for _, where in reasons], names, default="")

    def multiples(
        self, retention_rate: NDArray[np.float64], discount_rate: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the value of a first margin of 1 before and after the step."""
        before, after = (
            margin_multiple(
                rate, discount_rate, np.asarray(self.growth), self.horizon, self.first_margin
            )
            for rate in (retention_rate, self.raised(retention_rate))
        )
        return before, after

    def gain(
        self, retention_rate: NDArray[np.float64], discount_rate: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the relative gain, at rates where `left_out` says nothing."""
        before, after = self.multiples(retention_rate, discount_rate)
        return np.asarray(after / before - 1)

    def rates_for(self, claim: float, discount_rate: float) -> list[float]:
        """Return every retention rate at which the gain equals a claim, the smallest first."""
        if self.horizon is None:
            roots = np.roots(self._coefficients(claim, discount_rate))
            found = np.sort(roots[np.abs(np.imag(roots)) < REAL].real)
            allowed = (found >= 0) & (self.left_out(found, np.asarray(discount_rate)) == "")
            return [float(rate) for rate in found[allowed]]
        return self._crossings(claim, discount_rate)

    def _coefficients(self, claim: float, discount_rate: float) -> list[float]:
        """Return the polynomial in `r` that is zero where an endless gain equals the claim.

        With `E = 1 + d` and `G = 1 + g` the gain is `(E - rG) / (E - r'G) - 1` with the first
        margin now, and has the factor `r' / r` before it with the first margin a period later.
        """
        e, g, s, c = 1 + discount_rate, 1 + self.growth, self.step, claim
        if self.first_margin == "now":
            if self.relative:
                return [g * ((1 + c) * (1 + s) - 1), -c * e]
            return [c * g, (1 + c) * s * g - c * e]
        if self.relative:
            return [c * (1 + s) * g, (s - c) * e]
        return [c * g, c * (s * g - e), s * e]

    def _crossings(self, claim: float, discount_rate: float) -> list[float]:
        discount = np.asarray(discount_rate)
        highest = 1 / (1 + self.step) if self.relative else 1 - self.step
        rates = np.linspace(0, highest, FINE)
        rates = rates[self.left_out(rates, discount) == ""]

        def excess(rate: NDArray[np.float64]) -> NDArray[np.float64]:
            return self.gain(rate, discount) - claim

        above = excess(rates)
        at_end = [float(rates[-1])] if abs(above[-1]) < ROUNDING else []
        turns = np.flatnonzero((above[:-1] >= 0) != (above[1:] >= 0))
        found = [_root(excess, rates[k], rates[k + 1]) for k in turns]
        return [rate for rate in found if not at_end or highest - rate > ROUNDING] + at_end


def _root(
    excess: Callable[[NDArray[np.float64]], NDArray[np.float64]], low: float, high: float
) -> float:
    return float(brentq(lambda rate: float(excess(np.asarray(rate))), low, high, xtol=1e-15))
