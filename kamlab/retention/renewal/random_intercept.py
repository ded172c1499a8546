"""A logit with an intercept of its own for every account, as a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.panel.design import Design
from kamlab.panel.links import LINKS, Link
from kamlab.panel.predictors import Predictors
from kamlab.panel.refit import sizes
from kamlab.panel.regression import Estimates
from kamlab.panel.resample import Resample
from kamlab.retention.renewal.likelihood import fitted_by_likelihood, measures
from kamlab.retention.renewal.quadrature import NODES, SHARES, Intercepts, Point
from kamlab.retention.renewal.result import RenewalRegression

Array = NDArray[np.float64]

LATENT_VARIANCE = np.pi**2 / 3
"""Of a standard logistic variable."""
NO_SPREAD = 1e-3
"""A standard deviation below this is none."""
FIRST_SD = 1.0


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RandomInterceptRegression(RenewalRegression):
    """A logit of staying in which each account has a normal intercept of its own.

    Attributes
    ----------
    intercept_sd : float
        Standard deviation of accounts' intercepts.
    joint_covariance : ndarray, shape (terms + 1, terms + 1)
        Of the coefficients and, last, the standard deviation; 0 for one at its boundary.
    """

    intercept_sd: float
    joint_covariance: Array

    @property
    def link(self) -> Link | None:
        """None: a probability needs the intercepts' spread beside the coefficients."""
        return None

    @property
    def _curve(self) -> Link:
        return LINKS["logit"]

    def _errors(self) -> Text:
        words = super()._errors()
        if self.intercept_sd == 0:
            return words + say("retention.renewal_no_spread")
        return words

    def parameters(self) -> tuple[Array, Array]:
        """Return coefficients and the intercepts' standard deviation, and their covariance."""
        return np.append(self.estimates.coefficients, self.intercept_sd), self.joint_covariance

    def _open(self, parts: Predictors, at: Array) -> Array:
        return np.full(len(parts.terms), at[-1] ** 2)

    @staticmethod
    def _averaged(function: Callable[[Array], Array], predictor: Array, variance: Array) -> Array:
        """Return the mean over accounts, whose spread asks for more nodes than an error does."""
        nodes = NODES.reshape(-1, *np.ones(np.ndim(predictor), dtype=int))
        return np.asarray(np.tensordot(SHARES, function(predictor + np.sqrt(variance) * nodes), 1))

    def _gradient(self, terms: Array, predictor: Array, variance: Array) -> Array:
        """Return derivatives by coefficients and, in units of the predictor, by the spread."""
        slope = self._curve.slope(predictor + np.sqrt(variance) * NODES[:, None])
        mean = SHARES @ slope
        moved = (SHARES * NODES) @ slope / np.maximum(mean, np.finfo(float).tiny)
        return np.column_stack([terms, moved])

    def probability(self, terms: Array, by: Array) -> Array:
        """Return probabilities of staying, averaged over accounts' intercepts."""
        variance = np.full(len(terms), self.intercept_sd**2)
        return self._averaged(self._curve.probability, by @ terms.T, variance)

    def _refit(self, terms: Array, draws: Resample) -> Array:
        raise NotApplicable(say("retention.renewal_no_redraws"))


def fit_random_intercept(
    design: Design, conf_level: float, shared: Mapping[str, Any]
) -> RandomInterceptRegression:
    """Fit a logit with a normal intercept an account.

    Raises
    ------
    NotApplicable
        If no account has two periods.
    ModelError
        If a term separates the outcome, or the likelihood cannot be climbed to its top.
    """
    codes, _ = pd.factorize(design.groups)
    if np.bincount(codes).max() < 2:
        raise NotApplicable(say("retention.renewal_one_period"))
    plain = fitted_by_likelihood("logit", design, design.terms, "classical")
    at, point, joint = _best(design, codes, plain)
    without = plain.measures["loglik"]
    gain = max(2 * (point.loglik - without), 0.0)
    sd = float(at[-1])
    numbers = measures(design, point.loglik, len(at)) | {
        "intercept_sd": sd,
        "latent_icc": sd**2 / (sd**2 + LATENT_VARIANCE),
        "intercept_lr": gain,
        # Half a chi-square: the variance cannot be negative (Self & Liang 1987).
        "intercept_p": float(stats.chi2.sf(gain, 1)) / 2 if gain > 0 else 1.0,
    }
    return RandomInterceptRegression(
        design=design,
        estimates=Estimates(
            coefficients=frozen(at[:-1]),
            covariance=frozen(joint[:-1, :-1]),
            measures=numbers,
        ),
        conf_level=conf_level,
        intercept_sd=sd,
        joint_covariance=frozen(joint),
        **shared,
    )


def _best(design: Design, codes: NDArray[np.intp], plain: Estimates) -> tuple[Array, Point, Array]:
    """Return parameters, likelihood and covariance; those of the plain logit if it is as good."""
    terms = design.terms.to_numpy()
    unit = np.append(sizes(terms), 1.0)  # so that steps and their ends mean the same for all terms
    model = Intercepts.of(terms / unit[:-1], design.outcome.to_numpy(), codes)
    none = np.append(plain.coefficients, 0.0)
    climbed = model.climb(np.append(plain.coefficients, FIRST_SD) * unit)
    if climbed is None:
        raise ModelError(say("retention.cannot_fit", formula=design.formula))
    at, point = climbed
    at[-1] = abs(at[-1])  # the likelihood knows only its square
    if at[-1] > NO_SPREAD and point.loglik > plain.measures["loglik"]:
        return at / unit, point, np.linalg.inv(point.information) / np.outer(unit, unit)
    joint = np.zeros((len(none), len(none)))
    joint[:-1, :-1] = plain.covariance
    return none, model.at(none * unit), joint
