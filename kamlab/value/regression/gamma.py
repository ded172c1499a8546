"""The Gamma regression of lifetime value, with a logarithmic link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.panel.correction import Correction
from kamlab.panel.design import Design
from kamlab.panel.refit import refit_gamma
from kamlab.panel.regression import Estimates
from kamlab.panel.resample import Resample
from kamlab.value.regression.covariance import Covariance, covariance_of
from kamlab.value.regression.result import ValueRegression

Array = NDArray[np.float64]

STEPS, CONVERGED = 200, 1e-12
"""Of statsmodels' iterations; the second is a relative change of the deviance."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class GammaValue(ValueRegression):
    """A Gamma regression of lifetime value with a logarithmic link."""

    model: ClassVar[str] = "gamma"
    park: tuple[float, float] | None

    @classmethod
    def fit(
        cls, design: Design, cov: Covariance, correction: Correction | None, **more: Any
    ) -> Self:
        """Fit by maximum likelihood of the mean, with Pearson's estimate of the spread."""
        terms = design.terms if correction is None else correction.terms(design)
        fit = fit_gamma(design.formula, terms, design.outcome)
        moved = influence(fit)
        estimates = Estimates(
            coefficients=frozen(fit.params),
            covariance=frozen(covariance_of(moved, design, cov, fit.cov_params())),
            measures={"dispersion": float(fit.scale)},
            influence=frozen(moved) if correction is None else None,
        )
        return cls(
            design=design,
            estimates=estimates,
            correction=correction,
            cov=cov,
            park=park_slope(design, np.asarray(fit.fittedvalues)),
            **more,
        )

    def _refit(self, terms: Array, draws: Resample) -> Array:
        self._refuse_shaken(terms)
        return redrawn_gamma(
            terms,
            self._drawn_values(draws),
            draws.of(self.design.groups),
            self.estimates.coefficients,
        )

    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        terms, predictor, _ = self.linear_predictor(rows)
        covariance = self.estimates.covariance
        return predictor, np.sqrt(np.einsum("ij,jk,ik->i", terms, covariance, terms))

    @property
    def _measures(self) -> dict[str, Any]:
        if self.park is None:
            return super()._measures
        slope, error = self.park
        reach = self.design.reach(self.conf_level) * error
        limits = {"park_slope": slope, "park_low": slope - reach, "park_high": slope + reach}
        return super()._measures | limits


def fit_gamma(formula: str, terms: pd.DataFrame, outcome: pd.Series) -> Any:
    """Return statsmodels' fit.

    Raises
    ------
    ModelError
        If it does not converge.
    """
    model = sm.GLM(outcome, terms, family=sm.families.Gamma(sm.families.links.Log()))
    fit = model.fit(maxiter=STEPS, tol=CONVERGED, tol_criterion="deviance", rtol=CONVERGED)
    if not fit.converged:
        raise ModelError(say("value.worth_not_converged", formula=formula))
    return fit


def influence(fit: Any) -> Array:
    """Return by how much each row moves the coefficients, from the observed information."""
    scores = fit.model.score_obs(fit.params)
    return np.asarray(-scores @ np.linalg.inv(fit.model.hessian(fit.params)))


def redrawn_gamma(terms: Array, outcome: Array, weights: Array, start: Array) -> Array:
    """Return the coefficients of every draw; `outcome` may be of every draw too."""
    if outcome.ndim == 1:
        return refit_gamma(terms, outcome, weights, start)
    found = np.full((len(weights), len(start)), np.nan)
    for draw in np.flatnonzero(np.isfinite(outcome).all(axis=1)):
        own = terms if terms.ndim == 2 else terms[[draw]]
        found[draw] = refit_gamma(own, outcome[draw], weights[[draw]], start)[0]
    return found


def park_slope(design: Design, expected: Array) -> tuple[float, float] | None:
    """Return how variance grows with the expected value, with its standard error, if it varies.

    The slope of the log of squared residuals on the log of the expected value: 0 where the
    spread is the same everywhere, 1 as in a Poisson and 2 as in a Gamma regression (the test of
    Park, as Manning and Mullahy 2001, Journal of Health Economics, use it). Here squared
    residuals are regressed by a Gamma regression, with errors clustered by account.
    """
    square = (design.outcome - expected) ** 2 / np.mean(expected**2)
    level = np.log(expected)
    terms = sm.add_constant(level - level.mean())
    if np.ptp(level) == 0:
        return None
    model = sm.GLM(square, terms, family=sm.families.Gamma(sm.families.links.Log()))
    fit = model.fit(maxiter=STEPS, **design.cluster)
    return float(fit.params.iloc[1]), float(fit.bse.iloc[1])
