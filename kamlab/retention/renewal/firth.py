"""Firth's logit as a result: profile intervals, and tests by the penalised likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.panel.design import Design
from kamlab.panel.links import LINKS, Link
from kamlab.panel.regression import Estimates
from kamlab.panel.resample import Resample
from kamlab.retention.renewal.likelihood import measures
from kamlab.retention.renewal.penalised import Climbed, NotConverged, Penalised
from kamlab.retention.renewal.result import RenewalRegression

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class FirthRegression(RenewalRegression):
    """A logit of staying by Firth's penalised likelihood.

    Attributes
    ----------
    limits : ndarray, shape (terms, 2)
        Where the profile of the penalised likelihood lies a chi-square quantile below its top.
    p_values : ndarray, shape (terms,)
        Of the penalised likelihood-ratio test of each term.
    """

    limits: Array
    p_values: Array

    @property
    def _curve(self) -> Link:
        return LINKS["logit"]

    def _with_limits(self, table: pd.DataFrame) -> pd.DataFrame:
        low, high = self.limits.T
        return table.assign(p_value=self.p_values, conf_low=low, conf_high=high)

    def _refit(self, terms: Array, draws: Resample) -> Array:
        outcome = self.design.outcome.to_numpy()
        found = np.full((len(draws.times), terms.shape[-1]), np.nan)
        for draw, weights in enumerate(draws.of(self.design.groups)):
            own, drawn = terms if terms.ndim == 2 else terms[draw], weights > 0
            again = Penalised(own[drawn], outcome[drawn], weights[drawn])
            try:
                found[draw] = again.climb(self.estimates.coefficients).coefficients
            except (NotConverged, np.linalg.LinAlgError):
                continue  # stays NaN: without a solution
        return found


def fit_firth(design: Design, conf_level: float, shared: Mapping[str, Any]) -> FirthRegression:
    """Fit Firth's logit.

    Parameters
    ----------
    design : Design
    conf_level : float
    shared : mapping
        The other attributes of the result.

    Raises
    ------
    ModelError
        If the penalised likelihood cannot be climbed to its top.
    """
    rows, n_terms = design.terms.shape
    model = Penalised(design.terms.to_numpy(), design.outcome.to_numpy(), np.ones(rows))
    drop = stats.chi2.ppf(conf_level, 1) / 2
    try:
        top = model.climb(np.zeros(n_terms))
        limits = [model.limits(top, place, drop) for place in range(n_terms)]
        p_values = [_p_value(model, top, place) for place in range(n_terms)]
    except (NotConverged, np.linalg.LinAlgError) as error:
        raise ModelError(say("retention.cannot_fit", formula=design.formula)) from error
    numbers = measures(design, top.loglik, n_terms)
    del numbers["aic"], numbers["pseudo_r_squared"]  # these are of a maximum of the likelihood
    return FirthRegression(
        design=design,
        estimates=Estimates(
            coefficients=frozen(top.coefficients),
            covariance=frozen(top.covariance),
            measures=numbers | {"penalised_loglik": top.penalised},
            influence=frozen(model.influence(top)),
        ),
        conf_level=conf_level,
        limits=frozen(limits),
        p_values=frozen(p_values),
        **shared,
    )


def _p_value(model: Penalised, top: Climbed, place: int) -> float:
    start = top.coefficients.copy()
    start[place] = 0.0
    without = model.climb(start, held=place)
    return float(stats.chi2.sf(2 * (top.penalised - without.penalised), 1))
