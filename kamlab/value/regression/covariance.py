"""The covariance of estimates: clustered by account, robust by row, or classical."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.panel.design import Design
from kamlab.panel.regression import Covariance

Array = NDArray[np.float64]


def covariance_of(influence: Array, design: Design, cov: Covariance, classical: Any) -> Array:
    """Return the covariance of estimates.

    Parameters
    ----------
    influence : ndarray, shape (rows, coefficients)
        By how much each row moves the estimates.
    design : Design
    cov : {"cluster", "robust", "classical"}
        Robust is HC1; statsmodels 0.15 leaves out its factor in likelihood models.
    classical : array_like, shape (coefficients, coefficients)
        The model's own.
    """
    if cov == "classical":
        return np.array(classical, dtype=float)
    n_rows, n_terms = influence.shape
    times = factor(n_rows, n_terms, design.groups.nunique(), cov)
    return sandwich(influence, design, cov) * times


def sandwich(influence: Array, design: Design, cov: Covariance) -> Array:
    """Return the sum over accounts, or rows, of squared influence, without a factor.

    Parameters
    ----------
    influence : ndarray, shape (rows, coefficients)
    design : Design
    cov : {"cluster", "robust"}
    """
    if cov == "cluster":
        influence = pd.DataFrame(influence).groupby(design.groups.to_numpy()).sum().to_numpy()
    return np.asarray(influence.T @ influence)


def factor(n_rows: int, n_terms: int, n_groups: int, cov: Covariance) -> float:
    """Return statsmodels' small-sample factor of a sandwich."""
    if cov == "cluster":
        return n_groups / (n_groups - 1) * (n_rows - 1) / (n_rows - n_terms)
    return n_rows / (n_rows - n_terms)
