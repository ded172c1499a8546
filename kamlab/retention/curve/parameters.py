"""The parameters of a curve as a table, and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit

from kamlab.foundation.language import Text, say
from kamlab.foundation.level import tails
from kamlab.panel.labels import term_labels
from kamlab.retention.curve.families import Family
from kamlab.retention.curve.solution import Solution
from kamlab.retention.curve.tallies import Tally

Floats = NDArray[np.float64]
Scale = Callable[[Floats], Floats]

LIMITS = ["estimate", "conf_low", "conf_high"]


def parameter_table(solution: Solution, tally: Tally, conf_level: float) -> pd.DataFrame:
    """Return one row per parameter; see `RetentionCurve.tidy`."""
    family = solution.family
    ones = np.ones(int(family.has_shape))
    unit = np.concatenate([np.r_[1.0, tally.spreads]] * len(family.sizes) + [ones])
    theta, error = solution.theta / unit, np.sqrt(np.diag(solution.covariance)) / unit
    reach = stats.norm.ppf(tails(conf_level)[1]) * error
    statistic = np.divide(theta, error, out=np.full(len(theta), np.nan), where=error > 0)
    table = pd.DataFrame(
        {
            "term": _terms(family, tally.covariates),
            "estimate": theta,
            "std_error": error,
            "statistic": statistic,
            "p_value": 2 * stats.norm.sf(np.abs(statistic)),
            "conf_low": theta - reach,
            "conf_high": theta + reach,
        }
    )
    table = table[table["std_error"] > 0].reset_index(drop=True)
    # Sizes and shape are told on their own scale. Only a shape has a value to be tested against.
    size = table["term"].isin(family.sizes)
    table.loc[size, ["statistic", "p_value"]] = np.nan
    for rows, scale in ((size, _size_scale(family)), (table["term"] == "c", np.exp)):
        own = table.loc[rows, LIMITS].to_numpy(dtype=float)
        table.loc[rows, "std_error"] *= _slope(scale, own[:, 0])
        table.loc[rows, LIMITS] = scale(own)
    return table


def wald(solution: Solution, tally: Tally, covariate: str) -> float:
    """Return the p-value of all slopes of a covariate being zero."""
    width = 1 + len(tally.covariates)
    own = 1 + tally.covariates.index(covariate) + width * np.arange(len(solution.family.sizes))
    own = own[np.diag(solution.covariance)[own] > 0]
    slopes, covariance = solution.theta[own], solution.covariance[np.ix_(own, own)]
    return float(stats.chi2.sf(slopes @ np.linalg.solve(covariance, slopes), len(own)))


def parameter_labels(family: Family, covariates: tuple[str, ...]) -> Mapping[str, Text]:
    """Return the parameters in words."""
    names = [*family.sizes, *(["c"] if family.has_shape else [])]
    labels = {name: say(f"retention.curve_term_{name}") for name in names}
    known = term_labels(covariates)
    return labels | {
        f"{size}:{name}": say("retention.curve_slope", size=labels[size], name=known[name])
        for size in family.sizes
        for name in covariates
    }


def _terms(family: Family, covariates: tuple[str, ...]) -> list[str]:
    terms = [
        term for size in family.sizes for term in (size, *(f"{size}:{name}" for name in covariates))
    ]
    return [*terms, "c"] if family.has_shape else terms


def _size_scale(family: Family) -> Scale:
    return expit if family.sizes == ("leaving",) else np.exp


def _slope(scale: Scale, x: Floats) -> Floats:
    values = scale(x)
    return values * (1 - values) if scale is expit else values
