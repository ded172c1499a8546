"""Intervals from the draws of a bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.sem.inference.influence import influences
from kamlab.sem.inference.intervals import bca_interval, percentile_interval

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

KINDS = ("percentile", "bca")


def intervals(fit: SemFit, kind: Literal["percentile", "bca"]) -> pd.DataFrame:
    """Return the estimate and interval of each free parameter and definition."""
    draws, level = fit.uncertainty.draws, fit.options.conf_level
    if draws is None:
        raise NotApplicable(say("sem.no_draws"))
    if kind not in KINDS:
        allowed = join([same(repr(one)) for one in KINDS])
        raise ArgumentError(say("sem.option", name="kind", value=kind, allowed=allowed))
    theta, definitions = fit.estimate.theta, fit.table.definitions
    defined = [one.expression.value(draws.thetas) for one in definitions]
    values = np.column_stack([draws.thetas, *defined])
    at = np.concatenate([theta, [one.expression.value(theta) for one in definitions]])
    if kind == "percentile":
        low, high = percentile_interval(values, level)
    else:
        of_cases = influences(fit.estimate)
        slopes = [one.expression.gradient(theta) for one in definitions]
        of_all = np.column_stack([of_cases, *(of_cases @ slope for slope in slopes)])
        low, high = bca_interval(values, at, of_all, level)
    table = fit.tidy()[["lhs", "op", "rhs", "label", "group"]]
    free = np.flatnonzero(fit.rows.number >= 0)
    rows = np.concatenate([free, len(fit.rows.number) + np.arange(len(definitions))])
    places = np.concatenate([fit.rows.number[free], len(theta) + np.arange(len(definitions))])
    found = table.iloc[rows].reset_index(drop=True)
    return found.assign(estimate=at[places], conf_low=low[places], conf_high=high[places])
