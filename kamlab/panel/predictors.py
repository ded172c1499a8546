"""Linear predictors, before and after a change, with what their scores leave open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kamlab.panel.calibration import Calibration

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictors:
    """What linear predictors of some rows are made of.

    Attributes
    ----------
    terms : ndarray, shape (rows, terms)
        As observed.
    counts : ndarray, shape (rows,), or None
        Respondents behind each row's scores, where scores are corrected.
    change : ndarray, shape (rows, terms), or None
        Added to the true terms.
    """

    terms: Array
    counts: Array | None
    change: Array | None = None

    def likely(self, calibration: Calibration | None) -> Array:
        """Return the terms, corrected by a calibration, shape (..., rows, terms)."""
        if calibration is None or self.counts is None:
            return self.terms
        return calibration.applied(self.terms, self.counts)

    def at(self, by: Array, calibration: Calibration | None) -> Array:
        """Return linear predictors, shape (..., rows)."""
        terms = self.likely(calibration)
        predictor = by @ terms.T if terms.ndim == 2 else (terms @ by[..., None])[..., 0]
        return predictor if self.change is None else predictor + by @ self.change.T

    def variance(self, by: Array, calibration: Calibration | None) -> Array:
        """Return the variance of the predictors that scores leave open, shape (..., rows)."""
        if calibration is None or self.counts is None:
            return np.zeros(len(self.terms))
        return calibration.variance(by, self.counts)

    def part(self, rows: slice) -> Predictors:
        """Return the same of some rows."""
        counts = None if self.counts is None else self.counts[rows]
        change = None if self.change is None else self.change[rows]
        return Predictors(self.terms[rows], counts, change)
