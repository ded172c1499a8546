"""Retention curves: the two segments of Fader and Hardie 2007."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

import pandas as pd

from kamlab.accounts.samples import load
from kamlab.reproduction.computations.lookup import number_at
from kamlab.retention.curve.curve import RetentionCurve
from kamlab.retention.curve.fit import fit_retention_curve

Segment = Literal["high_end", "regular"]
CurveModel = Literal["sbg", "bdw"]


@cache
def _curve(cohort: Segment, years: int, model: CurveModel = "sbg") -> RetentionCurve:
    survivors = load("fader_hardie_2007")
    assert isinstance(survivors, pd.DataFrame)
    return fit_retention_curve(survivors.query("cohort == @cohort and period <= @years"), model)


def curve_estimate(cohort: Segment, years: int, model: CurveModel, term: str) -> float:
    """Return a parameter of a curve fitted to the first years of a segment."""
    return number_at(_curve(cohort, years, model).tidy(), "estimate", term=term)


def curve_loglik(cohort: Segment, years: int, model: CurveModel) -> float:
    """Return the log-likelihood of a curve fitted to the first years of a segment."""
    return number_at(_curve(cohort, years, model).glance(), "loglik")


def residual_lifetime(cohort: Segment, years: int, renewals: int, discount_rate: float) -> float:
    """Return the discounted renewals that a customer of a segment still makes, by the sBG."""
    table = _curve(cohort, years).residual_lifetime(renewals, discount_rate)
    return number_at(table, "residual_lifetime")


def cohorts_estimate(survivors: Sequence[Sequence[int]], term: str) -> float:
    """Return a parameter of the sBG, fitted to cohorts of which some were seen for longer."""
    rows = [
        {"cohort": str(number), "period": period, "survivors": count}
        for number, counts in enumerate(survivors)
        for period, count in enumerate(counts)
    ]
    return number_at(fit_retention_curve(pd.DataFrame(rows)).tidy(), "estimate", term=term)


COMPUTATIONS = {
    function.__name__: function
    for function in (curve_estimate, curve_loglik, residual_lifetime, cohorts_estimate)
}
