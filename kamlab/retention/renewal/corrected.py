"""A regression of renewal whose scores are corrected for measurement error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.panel.calibration import calibrate
from kamlab.panel.correction import Correction
from kamlab.panel.design import Design
from kamlab.panel.links import LINKS, Link
from kamlab.panel.regression import Estimates
from kamlab.quality.score_error import ScoreError
from kamlab.retention.renewal.averaging import refit_averaged
from kamlab.retention.renewal.likelihood import fitted_by_likelihood, measures
from kamlab.retention.renewal.result import RenewalRegression


def fit_corrected(
    design: Design, error: ScoreError, seed: int, conf_level: float, shared: Mapping[str, Any]
) -> RenewalRegression:
    """Fit on the likely truth, then allow for what the scores leave open.

    Parameters
    ----------
    design : Design
    error : ScoreError
    seed : int
        For the draws of accounts that standard errors come from.
    conf_level : float
    shared : mapping
        The other attributes of the result, `model` among them.

    Raises
    ------
    ModelError
        If there is no finite solution, or a construct enters other than on its own.
    """
    correction = Correction(error, calibrate(design, error))
    first = fitted_by_likelihood(shared["model"], design, correction.terms(design), "cluster")
    fit = RenewalRegression(
        design=design,
        estimates=_averaged(LINKS[shared["model"]], design, correction, first),
        conf_level=conf_level,
        correction=correction,
        **shared,
    )
    return fit.with_redrawn_errors(seed)


def _averaged(link: Link, design: Design, correction: Correction, first: Estimates) -> Estimates:
    """Return the estimates that allow for what the scores leave open, from those that do not."""
    counts = design.used["n_respondents"].to_numpy(dtype=float)
    terms, outcome = correction.terms(design).to_numpy(), design.outcome.to_numpy()
    known = correction.calibration
    start, once = first.coefficients[None, :], np.ones((1, len(outcome)))
    (by,) = refit_averaged(link, terms[None, :, :], outcome, once, start, known, counts)
    if not np.isfinite(by).all():
        raise ModelError(say("retention.renewal_no_correction_found", formula=design.formula))
    chance = link.averaged(terms @ by, known.variance(by, counts))
    loglik = float(np.log(np.where(outcome == 1, chance, 1 - chance)).sum())
    return Estimates(
        coefficients=frozen(by),
        covariance=first.covariance,
        measures=measures(design, loglik, len(by)),
    )
