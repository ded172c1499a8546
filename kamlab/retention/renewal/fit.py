"""The front door of regressions of renewal: `fit_retention`."""

from __future__ import annotations

from typing import Any, Literal, get_args, overload

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import current_rows
from kamlab.panel.design import Design, build_design
from kamlab.panel.door import need_outcome, period_rows
from kamlab.panel.regression import Covariance
from kamlab.quality.score_error import ScoreError
from kamlab.retention.renewal.corrected import fit_corrected
from kamlab.retention.renewal.firth import fit_firth
from kamlab.retention.renewal.likelihood import fitted_by_likelihood
from kamlab.retention.renewal.random_intercept import fit_random_intercept
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.retention.survival.cox import fit_cox
from kamlab.retention.survival.cox_regression import CoxRegression

RenewalModel = Literal["logit", "probit", "cloglog", "firth", "random_intercept"]
Model = RenewalModel | Literal["cox"]
MODELS: tuple[Model, ...] = (*get_args(RenewalModel), "cox")
CORRECTABLE = ("logit", "probit", "cloglog")
OWN_ERRORS = ("firth", "random_intercept")


@overload
def fit_retention(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    model: RenewalModel = "logit",
    cov: Covariance | None = None,
    error: ScoreError | None = None,
    seed: int = 0,
    conf_level: float = 0.95,
) -> RenewalRegression: ...


@overload
def fit_retention(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    model: Literal["cox"],
    cov: Covariance | None = None,
    error: None = None,
    seed: int = 0,
    conf_level: float = 0.95,
) -> CoxRegression: ...


def fit_retention(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    model: Model = "logit",
    cov: Covariance | None = None,
    error: ScoreError | None = None,
    seed: int = 0,
    conf_level: float = 0.95,
) -> RenewalRegression | CoxRegression:
    """Regress staying on what was known before each decision.

    Parameters
    ----------
    formula : str
        Such as `"stayed ~ trust + commitment + satisfaction + tenure"`; columns of the
        analysis table.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    model : {"logit", "probit", "cloglog", "firth", "random_intercept", "cox"}
        * `"logit"`: log odds of staying.
        * `"probit"`: normal quantiles of the probability of staying.
        * `"cloglog"`: log hazard of *leaving*, proportional in continuous time (Prentice &
          Gloeckler 1978).
        * `"firth"`: a logit by penalised likelihood, finite under separation and less biased
          where few leave (Firth 1993; Heinze & Schemper 2002).
        * `"random_intercept"`: a logit in which every account has an intercept of its own,
          normally distributed.
        * `"cox"`: log hazard of *leaving* over the years as a customer; `CoxRegression`.
    cov : {"cluster", "robust", "classical"}, optional
        Standard errors clustered by account (the default), robust with rows taken as
        independent (HC1), or those of the model itself. `"firth"` and `"random_intercept"` have
        their own and take none.
    error : ScoreError, optional
        From `kl.score_error`: scores of a logit, probit or cloglog are corrected for
        measurement error; standard errors come from redrawn accounts.
    seed : int, default 0
        For those draws.
    conf_level : float, default 0.95

    Returns
    -------
    RenewalRegression
        `tidy()` estimates, odds or hazard ratios, average marginal effects; `predict()`
        probabilities; `augment()` who may leave. For `"cox"` a `CoxRegression`.

    Raises
    ------
    ArgumentError
        If `model` or `cov` is not one of these, or they do not go together.
    ModelError
        If the formula names unknown columns, or its terms cannot be told apart or separate
        those who stayed from those who left; the message names them.
    NotApplicable
        If nobody left, nobody stayed, or too few rows are left.

    Warns
    -----
    RowsLeftOutWarning
        If decided periods have missing predictors; the message counts them.

    Notes
    -----
    *What is fitted.* One row per account and decided period: renewal was offered and `stayed` is
    known (a discrete-time survival analysis). Open periods are right-censored: they are
    predicted, not fitted. Scores are of the last survey answered before the period, so that
    cause comes before effect.

    *How risk changes with time.* Put it into the formula: `tenure`, `C(period)`, or a smooth
    curve `cr(tenure, df=3, constraints="center")`, which goes on as a straight line beyond the
    data; `bs(tenure, 3)` needs `lower_bound=` and `upper_bound=` wide enough for all rows to be
    predicted. Accounts that were customers before the first recorded period are left-truncated:
    those like them who had left by then are not in the data. With `tenure` in the formula each
    row is compared with others that have stayed as long, which is what left truncation asks for.

    *Effects.* The average marginal effect is the mean over rows of `dp/dx`, `p` being the
    probability of staying, in every model; a term that shares a column with another has none.

    *Measurement error.* Regression calibration: scores give way to the truth that they and the
    other terms make likely, and `p` is averaged over what that leaves open, in the likelihood
    as in effects and predictions.

    *Firth.* Limits are those of the profile penalised likelihood and p-values its
    likelihood-ratio tests; effects and predictions are by the delta method. Rows are taken as
    independent. The mean predicted probability is drawn a little towards one half.

    *Random intercept.* Odds ratios compare periods of the same account; effects and predictions
    are averaged over accounts' intercepts. Since an account leaves only once, its intercept is
    told apart from a risk that falls with tenure by the assumed normal distribution alone.

    Examples
    --------
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", kl.sample_company())
    >>> stay.augment()["account_id"].head(3).tolist()
    ['A-003', 'A-119', 'A-158']
    """
    tails(conf_level)
    _check_choices(model, cov, error)
    need_outcome(formula, "stayed")
    rows = period_rows(data, of=say("panel.purpose"))
    if model == "cox":
        return fit_cox(formula, rows, cov=cov or "cluster", conf_level=conf_level)
    design = build_design(formula, rows[rows["decided"]])
    _check_outcome(design)
    current = current_rows(rows)
    design.predictable(current)  # raises where rows to be predicted lie beyond a spline
    shared: dict[str, Any] = {"model": model, "cov": cov, "current": current}
    if model == "firth":
        return fit_firth(design, conf_level, shared)
    if model == "random_intercept":
        return fit_random_intercept(design, conf_level, shared)
    shared["cov"] = cov or "cluster"
    if error is not None:
        return fit_corrected(design, error, seed, conf_level, shared)
    return RenewalRegression(
        design=design,
        estimates=fitted_by_likelihood(model, design, design.terms, shared["cov"]),
        conf_level=conf_level,
        **shared,
    )


def _check_choices(model: object, cov: object, error: object) -> None:
    """Raise if a choice is unknown or does not go with another; all problems at once."""
    problems = []
    if model not in MODELS:
        problems.append(say("retention.renewal_bad_model", got=repr(model), known=_list(MODELS)))
    covariances = get_args(Covariance)
    if cov is not None and cov not in covariances:
        problems.append(say("retention.renewal_bad_cov", got=repr(cov), known=_list(covariances)))
    elif cov is not None and model in OWN_ERRORS:
        problems.append(say("retention.renewal_own_errors", model=model))
    if error is not None and not isinstance(error, ScoreError):
        problems.append(say("retention.renewal_bad_error", got=type(error).__name__))
    elif error is not None and model not in CORRECTABLE:
        known = _list(CORRECTABLE)
        problems.append(say("retention.renewal_no_correction", model=model, known=known))
    elif error is not None and cov not in (None, "cluster"):
        problems.append(say("retention.renewal_redrawn_errors", got=repr(cov)))
    if problems:
        raise ArgumentError(paragraph(problems))


def _list(names: tuple[str, ...]) -> Text:
    return join([same(repr(name)) for name in names])


def _check_outcome(design: Design) -> None:
    values = set(design.outcome.unique())
    if not values <= {0.0, 1.0}:
        raise ModelError(say("retention.not_binary", formula=design.formula))
    if len(values) == 1:
        raise NotApplicable(say("retention.all_alike", count=len(design.outcome)))
