"""The salespeople of Bagozzi 1980: structural models and composites of one matrix."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from kamlab.accounts.samples import Moments, load
from kamlab.quality.reliability import alpha_of_covariance
from kamlab.reproduction.computations.lookup import number_at
from kamlab.sem.fit import fit_sem
from kamlab.sem.result import SemFit

Information = Literal["expected", "observed"]
Likelihood = Literal["normal", "wishart"]

MEASURED = """
Sat =~ JS1 + JS2
Ach =~ AM1 + AM2
TSE =~ SE1 + SE2
PERF ~ g*TSE
Sat ~ b*PERF + Ach + VI
Ach ~~ VI + TSE
TSE ~~ VI
indirect := g*b
"""
ERROR_OF_VI = "Verbal =~ VI\nVI ~~ 1.998*VI\n"
"""Reliability .85: 0.15 times the variance of VI, 3.65 squared."""

MODELS = {
    "A": MEASURED,
    "B": ERROR_OF_VI + MEASURED.replace("Ach + VI", "Ach + Verbal").replace("~~ VI", "~~ Verbal"),
}
SCALES = {"PERF": ["PERF"], "JS": ["JS1", "JS2"], "AM": ["AM1", "AM2"], "SE": ["SE1", "SE2"]}
SCALES["VI"] = ["VI"]


@cache
def _moments() -> Moments:
    moments = load("bagozzi1980")
    assert isinstance(moments, Moments)
    return moments


@cache
def _fit(
    model: str, information: Information = "expected", likelihood: Likelihood = "wishart"
) -> SemFit:
    moments = _moments()
    return fit_sem(
        MODELS[model],
        cov=moments.covariances,
        nobs=moments.nobs,
        likelihood=likelihood,
        information=information,
        fixed_x=False,
    )


@cache
def _composites() -> pd.DataFrame:
    """Correlations of the equal-weight sums of each scale's standardised items."""
    r = _moments().correlations
    sums = pd.DataFrame(0.0, index=list(SCALES), columns=r.columns)
    for name, items in SCALES.items():
        sums.loc[name, items] = 1.0
    covariance = (sums @ r @ sums.T).to_numpy(dtype=float)
    spread = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(spread, spread)
    return pd.DataFrame(correlations, index=list(SCALES), columns=list(SCALES))


@cache
def _of_composites() -> SemFit:
    return fit_sem("JS ~ PERF + AM + VI", cov=_composites(), nobs=_moments().nobs)


def bagozzi_determinant() -> float:
    """Return the determinant of the correlations."""
    return float(np.linalg.det(_moments().correlations.to_numpy()))


def bagozzi_eigenvalue(rank: int) -> float:
    """Return an eigenvalue of the correlations; 1 is the smallest."""
    return float(np.linalg.eigvalsh(_moments().correlations.to_numpy())[rank - 1])


def bagozzi_measure(model: str, measure: str, likelihood: Likelihood = "wishart") -> float:
    """Return a measure of fit of a structural model."""
    return number_at(_fit(model, likelihood=likelihood).glance(), measure)


def bagozzi_path(
    model: str, outcome: str, cause: str, column: str, information: Information = "expected"
) -> float:
    """Return a path, its standard error or its standardised value; VI stands for Verbal too."""
    cause = "Verbal" if (model, cause) == ("B", "VI") else cause
    return number_at(_fit(model, information).tidy(), column, op="~", lhs=outcome, rhs=cause)


def bagozzi_loading(model: str, factor: str, item: str) -> float:
    """Return the loading of an item."""
    return number_at(_fit(model).tidy(), "estimate", op="=~", lhs=factor, rhs=item)


def bagozzi_r_squared(model: str, outcome: str) -> float:
    """Return the share of an outcome's variance that is explained."""
    return number_at(_fit(model).r_squared(), "r_squared", outcome=outcome)


def bagozzi_indirect(model: str, column: str) -> float:
    """Return the effect of self-esteem on satisfaction through performance."""
    return number_at(_fit(model).tidy(), column, lhs="indirect")


def bagozzi_alpha(scale: str) -> float:
    """Return Cronbach's alpha of a scale of two items."""
    items = SCALES[scale]
    return float(alpha_of_covariance(_moments().correlations.loc[items, items]))


def composite_correlation(one: str, other: str) -> float:
    """Return the correlation of two composites."""
    return float(_composites()[one][other])


def composite_path(cause: str) -> float:
    """Return the standardised slope of satisfaction on a composite."""
    return number_at(_of_composites().tidy(), "estimate", op="~", rhs=cause)


def composite_r_squared() -> float:
    """Return the share of satisfaction that the composites explain."""
    return number_at(_of_composites().r_squared(), "r_squared")


COMPUTATIONS = {
    function.__name__: function
    for function in (
        bagozzi_determinant,
        bagozzi_eigenvalue,
        bagozzi_measure,
        bagozzi_path,
        bagozzi_loading,
        bagozzi_r_squared,
        bagozzi_indirect,
        bagozzi_alpha,
        composite_correlation,
        composite_path,
        composite_r_squared,
    )
}
