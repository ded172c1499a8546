"""Maximum likelihood by statsmodels, with separation named before it does harm."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import join, same, say
from kamlab.foundation.lent import frozen
from kamlab.panel.design import Design
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Covariance, Estimates
from kamlab.retention.renewal.separation import separating_terms

Array = NDArray[np.float64]

LIMITS: dict[str, dict[str, object]] = {
    "logit": {"disp": 0},
    "probit": {"disp": 0},
    # Fisher scoring closes in by a factor a step, so it must stop later than Newton's method.
    "cloglog": {"tol_criterion": "params", "tol": 1e-10},
}
"""When statsmodels stops."""
SUSPECT = 1e-6
"""A fitted probability this close to 0 or 1 may be on its way there: separation is looked for."""


def fitted_by_likelihood(
    model: str, design: Design, terms: pd.DataFrame, cov: Covariance
) -> Estimates:
    """Fit a logit, probit or complementary log-log regression.

    Parameters
    ----------
    model : {"logit", "probit", "cloglog"}
    design : Design
    terms : DataFrame, shape (rows, terms)
        Those of the design, or what they become by a correction.
    cov : {"cluster", "robust", "classical"}

    Raises
    ------
    ModelError
        If there is no finite solution; the message names the terms that separate.
    """
    fit = _fit(model, design, terms, cov)
    estimates = Estimates.of_statsmodels(fit)
    covariance = estimates.covariance
    if cov == "robust":
        # statsmodels 0.15 leaves out the factor of HC1 in likelihood models without a word.
        n_rows, n_terms = terms.shape
        covariance = frozen(covariance * n_rows / (n_rows - n_terms))
    return Estimates(
        coefficients=estimates.coefficients,
        covariance=covariance,
        measures=measures(design, float(fit.llf), terms.shape[1]),
        influence=_influence(fit),
    )


def measures(design: Design, loglik: float, n_parameters: int) -> dict[str, float]:
    """Return the measures of a whole fit."""
    outcome = design.outcome
    rate = float(outcome.mean())
    null = len(outcome) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    return {
        "retention_rate": rate,
        "events_per_term": events_per_term(design),
        "loglik": loglik,
        "pseudo_r_squared": 1 - loglik / null,
        "aic": 2 * n_parameters - 2 * loglik,
    }


def events_per_term(design: Design) -> float:
    """Return how often the rarer outcome happened, per term beside the intercept."""
    n_terms = sum(name != INTERCEPT for name in design.terms.columns)
    stayed = int(design.outcome.sum())
    return min(stayed, len(design.outcome) - stayed) / max(n_terms, 1)


def refuse_separation(design: Design, terms: pd.DataFrame) -> None:
    """Raise if some terms separate those who stayed from those who left.

    Raises
    ------
    ModelError
        With the names of the terms.
    """
    places = separating_terms(terms.to_numpy(dtype=float), design.outcome.to_numpy())
    if len(places):
        names = join([same(terms.columns[place]) for place in places])
        raise ModelError(say("retention.renewal_separated", formula=design.formula, names=names))


def _fit(model: str, design: Design, terms: pd.DataFrame, cov: Covariance) -> Any:
    options: dict[Covariance, dict[str, object]] = {
        "cluster": design.cluster,
        "robust": {"cov_type": "HC0"},
        "classical": {"cov_type": "nonrobust"},
    }
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fit = _model(model, design.outcome, terms).fit(**LIMITS[model], **options[cov])
        except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError) as error:
            refuse_separation(design, terms)
            raise ModelError(say("retention.cannot_fit", formula=design.formula)) from error
        chance = np.asarray(fit.predict())
    if not np.isfinite(chance).all() or min(chance.min(), 1 - chance.max()) < SUSPECT:
        refuse_separation(design, terms)
    return fit


def _model(model: str, outcome: pd.Series, terms: pd.DataFrame) -> Any:
    if model == "cloglog":
        link = sm.families.links.CLogLog()
        return sm.GLM(1 - outcome, terms, family=sm.families.Binomial(link))
    return {"logit": sm.Logit, "probit": sm.Probit}[model](outcome, terms)


def _influence(fit: Any) -> Array:
    """Return each row's score times the inverse of the observed information."""
    scores = np.asarray(fit.model.score_obs(fit.params))
    information = -np.asarray(fit.model.hessian(fit.params))
    return frozen(np.linalg.solve(information, scores.T).T)
