"""What happened, by group of forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.retention.survival.groups import quantile_groups
from kamlab.retention.validation.accuracy import wilson
from kamlab.selection.arguments import is_whole

MOST_GROUPS = 20


def check_groups(n_groups: object) -> None:
    """Refuse a number of groups that is none from 2 to 20."""
    if not (is_whole(n_groups) and 2 <= n_groups <= MOST_GROUPS):
        raise ArgumentError(
            say("retention.survival_n_groups", got=repr(n_groups), most=MOST_GROUPS)
        )


def calibration_table(
    probability: NDArray[np.float64],
    stayed: NDArray[np.float64],
    n_groups: int,
    conf_level: float,
) -> pd.DataFrame:
    """Return one row per group of forecasts: what was foretold, and how many stayed.

    Parameters
    ----------
    probability, stayed : ndarray, shape (rows,)
    n_groups : int
        Quantiles of the forecasts; equal ones are in one group, so that there may be fewer.
    conf_level : float
        Of Wilson's limits, which take rows for independent.
    """
    table = (
        pd.DataFrame({"given": probability, "outcome": stayed})
        .assign(group=quantile_groups(probability, n_groups) + 1)
        .groupby("group", as_index=False)
        .agg(
            nobs=("outcome", "size"),
            stay_probability=("given", "mean"),
            lowest_given=("given", "min"),
            highest_given=("given", "max"),
            stayed_share=("outcome", "mean"),
        )
    )
    count = (table["stayed_share"] * table["nobs"]).to_numpy(dtype=float)
    low, high = wilson(count, table["nobs"].to_numpy(dtype=float), conf_level)
    return table.assign(stayed_low=low, stayed_high=high)
