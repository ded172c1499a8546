"""The Gamma regression of lifetime value, with a logarithmic link."""

from __future__ import annotations

import warnings
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
from kamlab.panel.delta_method import standard_errors
from kamlab.panel.design import Design
from kamlab.panel.refit import refit_gamma
from kamlab.panel.regression import Covariance, Estimates
from kamlab.panel.resample import Resample
from kamlab.value.regression.covariance import covariance_of
from kamlab.value.regression.result import ValueRegression

Array = NDArray[np.float64]

STEPS, CONVERGED = 200, 1e-12
"""Of statsmodels' iterations; the second is a relative change of the deviance."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class GammaValue(ValueRegression):
    """A Gamma regression of lifetime value with a logarithmic link.

    Attributes
    ----------
    park : (float, float) or None
        How the variance grows with the expected value, and the standard error; see `park_slope`.
    """

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
            covariance=frozen(covariance_of(moved, design, cov, classical_covariance(fit))),
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
        return refit_gamma(
            terms,
            self._drawn_values(draws),
            draws.of(self.design.groups),
            self.estimates.coefficients,
        )

    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        terms, predictor, _ = self.linear_predictor(rows)
        return predictor, standard_errors(terms, self.estimates.covariance)

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
    start = np.linalg.lstsq(terms.to_numpy(), np.log(outcome.to_numpy()), rcond=None)[0]
    # Fisher steps overflow where one value is extreme; Newton's do not, for the curve is concave.
    fit = model.fit(start, method="newton", maxiter=STEPS, tol=CONVERGED, disp=0)
    if not fit.mle_retvals["converged"]:
        raise ModelError(say("value.worth_not_converged", formula=formula))
    return fit


def classical_covariance(fit: Any) -> Array:
    """Return the covariance of coefficients from the expected information."""
    terms = fit.model.exog
    return np.asarray(fit.scale * np.linalg.inv(terms.T @ terms))


def influence(fit: Any) -> Array:
    """Return by how much each row moves the coefficients, from the observed information."""
    scores = fit.model.score_obs(fit.params)
    return np.asarray(-scores @ np.linalg.inv(fit.model.hessian(fit.params)))


def park_slope(design: Design, expected: Array) -> tuple[float, float] | None:
    """Return how variance grows with the expected value, with its standard error.

    There is none where the expected value does not vary, or one extreme value leaves no solution.

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
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = model.fit([np.log(square.mean()), 2.0], maxiter=STEPS, **design.cluster)
        except ValueError:  # one value so far out that the steps overflow
            return None
    if not (fit.converged and np.isfinite(fit.bse).all()):
        return None
    return float(fit.params.iloc[1]), float(fit.bse.iloc[1])
