"""Average marginal effects: what one more unit does to the probability of staying."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.panel.labels import INTERCEPT

if TYPE_CHECKING:
    from kamlab.retention.renewal.result import RenewalRegression

Array = NDArray[np.float64]

STEP = 1e-5
"""Of a central difference, beside a parameter of size 1: its error is about 1e-10."""


def average_effects(fit: RenewalRegression) -> pd.DataFrame:
    """Return the mean slope of each term that can change alone, with its interval.

    Returns
    -------
    DataFrame
        `term`, `ame`, `ame_low`, `ame_high`; limits by the delta method.

    Notes
    -----
    The effect of term `j` is the mean over the rows used of `dp/dx_j = F'(x b) b_j`, averaged
    over what the rows leave open of the linear predictor.
    """
    columns = fit.design.terms.columns
    parameters, covariance = fit.parameters()
    parts = fit.predictors(fit.design.used)

    def effects(at: Array) -> Array:
        by = at[: len(columns)]
        return np.asarray(fit.mean_slope(parts, at) * by)

    slopes = jacobian(effects, parameters)
    error = np.sqrt(np.einsum("ij,jk,ik->i", slopes, covariance, slopes))
    centre, reach = effects(parameters), fit.design.reach(fit.conf_level) * error
    table = pd.DataFrame(
        {"term": columns, "ame": centre, "ame_low": centre - reach, "ame_high": centre + reach}
    )
    return table[~table["term"].isin([INTERCEPT, *fit.design.entangled])]


def jacobian(function: Callable[[Array], Array], at: Array) -> Array:
    """Return the derivatives of a function of a vector, by central differences.

    Returns
    -------
    ndarray, shape (values, parameters)
    """
    steps = STEP * np.maximum(np.abs(at), 1.0)
    moved = [function(at + step) - function(at - step) for step in np.diag(steps)]
    return np.asarray(np.stack(moved, axis=-1) / (2 * steps))
