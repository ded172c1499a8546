"""Average marginal effects: what one more unit does to the probability of staying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.panel.delta_method import jacobian, standard_errors
from kamlab.panel.labels import INTERCEPT

if TYPE_CHECKING:
    from kamlab.retention.renewal.result import RenewalRegression

Array = NDArray[np.float64]


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

    error = standard_errors(jacobian(effects, parameters, covariance), covariance)
    centre, reach = effects(parameters), fit.design.reach(fit.conf_level) * error
    table = pd.DataFrame(
        {"term": columns, "ame": centre, "ame_low": centre - reach, "ame_high": centre + reach}
    )
    return table[~table["term"].isin([INTERCEPT, *fit.design.entangled])]
