"""The quantile regression of lifetime value."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning, IterationLimitWarning

from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.panel.correction import Correction
from kamlab.panel.delta_method import standard_errors
from kamlab.panel.design import Design
from kamlab.panel.refit import refit_linear, sizes
from kamlab.panel.regression import Covariance, Estimates
from kamlab.panel.resample import Resample
from kamlab.value.regression.covariance import covariance_of
from kamlab.value.regression.result import ValueRegression

Array = NDArray[np.float64]

SAME = 1e-9
"""Part of the largest outcome by which outcomes that are the same may differ."""
STEPS = 5_000
REDRAWN_STEPS, SMALLEST = 200, 1e-4
"""Of a redrawn fit; below the second, in mean absolute deviations, a residual counts as 0."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class QuantileValue(ValueRegression):
    """A regression of a quantile of lifetime value, or of its log.

    Attributes
    ----------
    quantile : float
    """

    model: ClassVar[str] = "quantile"
    quantile: float

    @classmethod
    def fit(
        cls,
        design: Design,
        cov: Covariance,
        correction: Correction | None,
        *,
        quantile: float,
        **more: Any,
    ) -> Self:
        """Fit by statsmodels, in units in which its stops mean the same for all data."""
        terms, outcome = design.terms.to_numpy(), design.outcome.to_numpy()
        if np.ptp(outcome) <= SAME * np.abs(outcome).max():
            raise NotApplicable(say("value.worth_constant", value=f"{outcome[0]:,.4g}"))
        unit = _unit(outcome) / sizes(terms)
        fit = _fit(design, quantile)
        by = np.asarray(fit.params) * unit
        _check_spread(outcome - terms @ by, outcome)
        moved = _influence(terms / sizes(terms), outcome - terms @ by, quantile) / sizes(terms)
        classical = np.asarray(fit.cov_params()) * np.outer(unit, unit)
        estimates = Estimates(
            coefficients=frozen(by),
            covariance=frozen(covariance_of(moved, design, cov, classical)),
            measures={"quantile": quantile, "r_quantile": float(fit.prsquared)},
            influence=frozen(moved),
        )
        return cls(
            design=design,
            estimates=estimates,
            correction=correction,
            cov=cov,
            quantile=quantile,
            **more,
        )

    @property
    def multiplies(self) -> bool:
        """Whether the outcome is the log of lifetime value."""
        return self.design.formula.split("~")[0].strip() != "ltv"

    @property
    def _note_model(self) -> Text:
        return say("value.worth_note_quantile", quantile=f"{self.quantile:.0%}")

    def _refit(self, terms: Array, draws: Resample) -> Array:
        self._refuse_shaken(terms)
        outcome = self._drawn_values(draws)
        if self.multiplies:
            outcome = np.log(outcome)
        weights = draws.of(self.design.groups)
        small = SMALLEST * _unit(self.design.outcome.to_numpy())
        start = self.estimates.coefficients
        return _redrawn(terms, outcome, weights, self.quantile, start, small)

    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        terms, predictor, _ = self.linear_predictor(rows)
        return predictor, standard_errors(terms, self.estimates.covariance)


def _unit(outcome: Array) -> float:
    return float(np.abs(outcome - np.median(outcome)).mean()) or 1.0


def _fit(design: Design, quantile: float) -> Any:
    """Fit in units of the outcome's spread and of each term's size."""
    terms, outcome = design.terms.to_numpy(), design.outcome.to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("error", IterationLimitWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        # Without spread round the line statsmodels divides by 0, which `_check_spread` refuses.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            model = sm.QuantReg(outcome / _unit(outcome), terms / sizes(terms))
            return model.fit(q=quantile, vcov="iid", max_iter=STEPS)
        except (IterationLimitWarning, ConvergenceWarning) as error:
            raise ModelError(say("value.worth_not_converged", formula=design.formula)) from error


def _check_spread(residuals: Array, outcome: Array) -> None:
    """Refuse residuals half of which are the same: they have no density to take errors from."""
    off = np.abs(residuals - np.median(residuals))
    small = SMALLEST * _unit(outcome)
    if not np.median(off) > small:
        count = int((off <= small).sum())
        raise NotApplicable(say("value.worth_no_spread", count=count, total=len(off)))


def _influence(terms: Array, residuals: Array, quantile: float) -> Array:
    """Return by how much each row moves the coefficients.

    Scores are those of Parente and Santos Silva (2016, Journal of Econometric Methods), whose
    sandwich with clusters this makes; the density at the quantile is Powell's uniform kernel
    with the bandwidth of Hall and Sheather (1988).
    """
    count = len(residuals)
    at = stats.norm.ppf(quantile)
    curve = 1.5 * stats.norm.pdf(at) ** 2 / (2 * at**2 + 1)
    width = count ** (-1 / 3) * stats.norm.ppf(0.975) ** (2 / 3) * curve ** (1 / 3)
    low, high = max(quantile - width, 1 / count), min(quantile + width, 1 - 1 / count)
    deviation = np.median(np.abs(residuals - np.median(residuals))) * 1.4826
    reach = (stats.norm.ppf(high) - stats.norm.ppf(low)) * deviation
    near = terms[np.abs(residuals) <= reach]
    density = near.T @ near / (2 * reach)
    scores = terms * (quantile - (residuals < 0))[:, None]
    return np.asarray(scores @ np.linalg.pinv(density))


def _redrawn(
    terms: Array, outcome: Array, weights: Array, quantile: float, start: Array, small: float
) -> Array:
    """Return the coefficients of every draw, by majorising absolute values by parabolas.

    The steps are those of Hunter and Lange (2000, Journal of Computational and Graphical
    Statistics); near a corner they stop short by a small part of a standard error.
    """
    by = np.tile(start, (len(weights), 1))
    for _ in range(REDRAWN_STEPS):
        predictor = by @ terms.T if terms.ndim == 2 else (terms @ by[:, :, None])[:, :, 0]
        spread = np.abs(outcome - predictor) + small
        found = refit_linear(terms, outcome + (2 * quantile - 1) * spread, weights / spread)
        # A draw without a solution is NaN and does not keep the others waiting.
        moved = np.nan_to_num(np.abs(found - by) * sizes(terms)).max()
        by = found
        if moved < small:
            break
    return by
