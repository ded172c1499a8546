"""How lifetime value is made of a period's net margin: one retention rate, or each row's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.panel.resample import Resample
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.value.lifetime import lifetime_value, margin_multiple

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class ValueRule:
    """`ltv = m r / (1 + d - r)`.

    Attributes
    ----------
    discount_rate : float
    retention_rate : float
        For all; where each row has its own, their share in the regression of staying.
    stay : RenewalRegression or None
        Gives each row its own retention rate.
    retention_known : bool
        Whether the rates of `stay` are taken for known.
    """

    discount_rate: float
    retention_rate: float
    stay: RenewalRegression | None = None
    retention_known: bool = False

    @property
    def carried(self) -> bool:
        """Whether errors carry that retention is itself estimated."""
        return self.stay is not None and not self.retention_known

    def values(self, rows: pd.DataFrame) -> Array:
        """Return lifetime values, shape (rows,); NaN where margin or retention is unknown."""
        rows = rows.reset_index(drop=True)
        known = rows[rows["net_margin"].notna()]
        rate: Array | float = self.retention_rate
        if self.stay is not None:
            known = self.stay.design.predictable(known)
            rate = self._rates(self.stay, known)
        values = np.full(len(rows), np.nan)
        margin = known["net_margin"].to_numpy(dtype=float)
        values[known.index] = lifetime_value(margin, rate, self.discount_rate)
        return values

    def _rates(self, stay: RenewalRegression, rows: pd.DataFrame) -> Array:
        assert stay.link is not None
        _, predictor, open_variance = stay.linear_predictor(rows)
        return stay.link.averaged(predictor, open_variance)

    def drawn(self, rows: pd.DataFrame, draws: Resample) -> Array:
        """Return lifetime values with the regression of staying fitted to every draw.

        Returns
        -------
        ndarray, shape (draws, rows)
            NaN in draws in which that regression has no solution.
        """
        assert self.stay is not None
        assert self.stay.link is not None
        known, parts = self.stay.redrawn(draws), self.stay.predictors(rows)
        by, calibration = known.coefficients, known.calibration
        open_variance = parts.variance(by, calibration)
        rates = self.stay.link.averaged(parts.at(by, calibration), open_variance)
        discount, growth = np.array(self.discount_rate), np.array(0.0)
        multiple = margin_multiple(rates, discount, growth, None, "after_one_period")
        return np.asarray(rows["net_margin"].to_numpy(dtype=float) * multiple)
