"""Cox's regression of the time until an account leaves: `fit_cox`."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.linalg import eigh
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import current_rows
from kamlab.panel.design import Design, build_design
from kamlab.panel.formula import columns_named
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Covariance, Estimates
from kamlab.retention.survival.cox_regression import CoxRegression
from kamlab.retention.survival.risk_sets import Array, RiskSets, risk_sets
from kamlab.retention.survival.spells import risk_intervals, tenure_days
from kamlab.sem.caller import level_of_caller

COVARIANCES: tuple[Covariance, ...] = get_args(Covariance)

TIME_ITSELF = ("tenure", "customer_since")
FLAT = 1e-5
"""Information at the estimates, relative to that at zero, below which they are infinite.

A likelihood that only rises leaves about the square root of the optimiser's tolerance (1e-8)."""


def fit_cox(
    formula: str,
    rows: pd.DataFrame,
    *,
    cov: Covariance = "cluster",
    conf_level: float = 0.95,
) -> CoxRegression:
    """Regress the time until an account leaves on what was known before each period.

    Parameters
    ----------
    formula : str
        Such as `"stayed ~ trust + satisfaction"`; what it explains is leaving after so many
        years as a customer. Tenure is the time itself and cannot be a term.
    rows : DataFrame
        An analysis table. Each decided period is a row of its own with the values known
        before it (time-varying covariates).
    cov : {"cluster", "robust", "classical"}
        Standard errors from score residuals summed by account, from those of every period, or
        from the information alone.
    conf_level : float, default 0.95

    Returns
    -------
    CoxRegression
        Estimates are log hazard ratios of leaving.

    Raises
    ------
    ArgumentError
        If `cov` is not known.
    ModelError
        If the formula has tenure, no term or a term without a finite solution, or drops the
        intercept.
    NotApplicable
        If nobody left, or tenure is not known.

    Warns
    -----
    RowsLeftOutWarning
        If predictors are missing, or tenure is missing or negative.

    Notes
    -----
    Cox (1972): `hazard(t) = baseline(t) exp(x b)`, t being years as a customer. An account
    counts as at risk only from the first day of its first decided period (left truncation), and
    it leaves on the last day of a period. Ties by Efron (1977). Fitted by statsmodels'
    `PHReg`, which counts a row as at risk at the very moment of its entry; since only the order
    of times matters, it is given their ranks, with every entry half a rank later. The covariance
    clustered by account is Lin and Wei's (1989), as in R's `coxph(cluster=)`, without a factor
    for small samples.

    Leaving is seen only at the end of a period, which blurs time: simulated accounts that leave
    with 12 % a year have a log hazard ratio of -0.46 where the hazards have -0.50, and -0.51 with
    the complementary log-log link, made for grouped time.
    """
    tails(conf_level)
    if cov not in COVARIANCES:
        allowed = join([same(repr(name)) for name in COVARIANCES])
        raise ArgumentError(say("retention.hazard_cov", got=repr(cov), allowed=allowed))
    needed = ("account_id", "period", "start", "end", "stayed", "decided", "tenure")
    need_columns(rows, *needed, of=say("panel.purpose"))
    design = _design(formula, rows[rows["decided"]])
    entry, leave = risk_intervals(design.used)
    event = design.outcome.to_numpy() == 0
    coefficients, loglik, null = _fitted(design, entry, leave, event)
    risk = risk_sets(entry, leave, event, design.terms.to_numpy(), coefficients)
    _check_finite(design, risk)
    measures = {
        "n_leavers": int(event.sum()),
        "concordance": risk.concordance(),
        "loglik": loglik,
        "loglik_null": null,
        "aic": 2 * len(coefficients) - 2 * loglik,
    }
    return CoxRegression(
        design=design,
        estimates=Estimates(frozen(coefficients), frozen(_covariance(risk, design, cov)), measures),
        conf_level=conf_level,
        cov=cov,
        risk=risk,
        current=current_rows(rows),
    )


def _design(formula: str, decided: pd.DataFrame) -> Design:
    """Return the design without its intercept, which Cox's regression does not have."""
    _, predictors = columns_named(formula, decided)
    if time := [name for name in predictors if name in TIME_ITSELF]:
        names = join([same(name) for name in time])
        raise ModelError(say("retention.hazard_tenure", formula=formula, names=names))
    known = tenure_days(decided).notna()
    gaps: tuple[tuple[Text, int], ...] = ()
    if not known.all():
        gaps = ((say("retention.survival_no_tenure"), int((~known).sum())),)
        warn_left_out(gaps[0][1], len(decided), gaps[0][0], stacklevel=level_of_caller())
    design = build_design(formula, decided[known])
    if INTERCEPT not in design.terms:
        raise ModelError(say("retention.hazard_no_intercept", formula=formula))
    if design.terms.shape[1] == 1:
        raise ModelError(say("retention.hazard_no_terms", formula=formula))
    if not set(design.outcome.unique()) <= {0.0, 1.0}:
        raise ModelError(say("retention.hazard_not_binary", formula=formula))
    if design.outcome.all():
        raise NotApplicable(say("retention.survival_nobody_left", count=len(design.outcome)))
    terms = design.terms.drop(columns=INTERCEPT)
    return replace(design, terms=terms, left_out=(*gaps, *design.left_out))


def _fitted(
    design: Design, entry: Array, leave: Array, event: NDArray[np.bool_]
) -> tuple[Array, float, float]:
    """Return the coefficients, and the log-likelihood with and without them."""
    _, rank = np.unique(np.concatenate([entry, leave]), return_inverse=True)
    model = sm.PHReg(
        2.0 * rank[len(entry) :],
        design.terms.to_numpy(),
        status=event.astype(float),
        entry=2.0 * rank[: len(entry)] + 1,
        ties="efron",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fit = model.fit(disp=0)
        except (ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise ModelError(say("retention.hazard_infinite", formula=design.formula)) from error
    return fit.params, float(fit.llf), float(model.loglike(np.zeros_like(fit.params)))


def _check_finite(design: Design, risk: RiskSets) -> None:
    """Raise if the likelihood goes on rising as a coefficient grows."""
    none = np.zeros(risk.terms.shape[1])
    before = risk_sets(risk.entry, risk.leave, risk.event, risk.terms, none).information()
    if eigh(risk.information(), before, eigvals_only=True)[0] < FLAT:
        raise ModelError(say("retention.hazard_infinite", formula=design.formula))


def _covariance(risk: RiskSets, design: Design, cov: Covariance) -> Array:
    inverse = np.linalg.inv(risk.information())
    if cov == "classical":
        return np.asarray(inverse)
    scores = pd.DataFrame(risk.score_residuals())
    if cov == "cluster":
        scores = scores.groupby(design.groups.to_numpy()).sum()
    middle = scores.to_numpy() @ inverse
    return np.asarray(middle.T @ middle)
