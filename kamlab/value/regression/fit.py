"""The regression of lifetime value on relationship quality: `fit_value`."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, DataWarning, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.level import tails
from kamlab.panel.correction import Correction
from kamlab.panel.design import build_design
from kamlab.panel.door import period_rows
from kamlab.panel.regression import Covariance
from kamlab.quality.score_error import ScoreError
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.value.regression.gamma import GammaValue
from kamlab.value.regression.log_linear import LogLinearValue
from kamlab.value.regression.quantile import QuantileValue
from kamlab.value.regression.result import ValueRegression
from kamlab.value.regression.rule import ValueRule
from kamlab.value.regression.two_part import TwoPartValue

Model = Literal["log_linear", "gamma", "two_part", "quantile"]

MODELS: Mapping[str, type[LogLinearValue | GammaValue | TwoPartValue | QuantileValue]] = (
    MappingProxyType(
        {kind.model: kind for kind in (LogLinearValue, GammaValue, TwoPartValue, QuantileValue)}
    )
)
LOG, MONEY = "log(ltv)", "ltv"
OUTCOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"log_linear": (LOG,), "gamma": (MONEY,), "two_part": (MONEY,), "quantile": (MONEY, LOG)}
)
CORRECTED = ("log_linear", "gamma")


def fit_value(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    model: Model = "log_linear",
    quantile: float = 0.5,
    cov: Covariance = "cluster",
    error: ScoreError | None = None,
    discount_rate: float = 0.10,
    retention_rate: float | RenewalRegression | None = None,
    retention_known: bool = False,
    currency: str | None = None,
    seed: int = 0,
    conf_level: float = 0.95,
) -> ValueRegression:
    """Regress lifetime value on what was known before the period.

    With one retention rate for all, this regression measures how quality goes with the margin;
    how quality goes with staying is measured by `fit_retention`, and `value_of_quality` joins
    the two without counting anything twice. With a regression of staying as `retention_rate`,
    lifetime value holds each row's own probability of staying, and the effects are total: both
    ways in which quality can pay.

    Parameters
    ----------
    formula : str
        `"log(ltv) ~ trust + commitment + size"`, say; the outcome is `log(ltv)` or `ltv`, as
        the model needs.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    model : {"log_linear", "gamma", "two_part", "quantile"}
        * ``"log_linear"``: least squares of `log(ltv)`; back to money by Duan's smearing.
        * ``"gamma"``: the log of expected `ltv`, with a spread that grows with it.
        * ``"two_part"``: whether `ltv` is above 0 (logit), and a Gamma regression of those
          above; rows of 0 or a loss stay in.
        * ``"quantile"``: a quantile of `ltv` or `log(ltv)`; outliers weigh little.
    quantile : float, default 0.5
        Of the quantile regression, above 0 and below 1.
    cov : {"cluster", "robust", "classical"}
        Errors clustered by account, robust (HC1) or classical. Those of a quantile regression
        are a sandwich with clustered scores (Parente and Santos Silva 2016).
    error : ScoreError, optional
        From `kl.score_error`: scores are replaced by what they make likely (regression
        calibration), and errors come from redrawn accounts. For log-linear and Gamma models.
    discount_rate : float, default 0.10
        Discount rate a period.
    retention_rate : float or RenewalRegression, optional
        Retention rate a period for all; the observed rate of decided periods if left out. Or a
        result of `kl.fit_retention` (logit, probit or cloglog; with `error=` if this has it):
        each row its own. Lifetime value is then an estimate too, and errors come from accounts
        redrawn through both regressions.
    retention_known : bool, default False
        Take each row's own retention for known: errors are then too small, which is here to be
        seen, not to be used.
    currency : str, optional
        The company's own if left out; printed beside the numbers.
    seed : int, default 0
        For redrawn accounts.
    conf_level : float, default 0.95

    Returns
    -------
    ValueRegression
        `tidy()` effects in logs and in per cent; `predict(rows)` expected values in money.

    Raises
    ------
    ArgumentError
        If an argument is not one of those named here: all that is wrong at once.
    ModelError
        If the outcome does not fit the model, a column is unknown, the terms cannot be told
        apart, or the model cannot be fitted.
    NotApplicable
        If the periods have no margin and cost to serve, too few rows are left, or nobody brings
        a loss where a two-part model is asked for.

    Warns
    -----
    RowsLeftOutWarning
        If values or predictors are missing, or values are not positive where the model needs
        them to be; the message counts them.
    DataWarning
        If `retention_known` makes errors too small, or if draws of accounts had no solution.

    Notes
    -----
    `ltv = m r / (1 + d - r)`, with the net margin `m` of the period.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)
    >>> worth.slopes()["term"].tolist()
    ['trust', 'size']
    >>> kl.fit_value("ltv ~ trust + size", company, model="gamma").glance()["nobs"].item()
    654
    """
    tails(conf_level)
    _check_arguments(model, quantile, cov, error, retention_rate, retention_known)
    _check_outcome(formula, model)
    rows = period_rows(data, "net_margin", of=say("value.purpose"))
    past = rows[rows["stayed"].notna()]
    if past.empty:
        raise NotApplicable(say("value.nothing_decided"))
    rule = _rule(rows, retention_rate, discount_rate, retention_known)
    values = pd.Series(rule.values(past), index=past.index)
    if model == "gamma":  # missing is missing, and not positive is impossible: told apart
        values = values.where(values.isna() | (values > 0), float("inf"))
    design = build_design(formula, past.assign(ltv=values), outcome_range=say("value.not_positive"))
    more: dict[str, Any] = {"quantile": quantile} if model == "quantile" else {}
    fit = MODELS[model].fit(
        design,
        cov,
        Correction.of(design, error),
        rows=rows,
        rule=rule,
        currency=currency or rows.attrs.get("currency", ""),
        conf_level=conf_level,
        **more,
    )
    if rule.stay is not None and not rule.carried:
        warnings.warn(str(say("value.worth_naive")), DataWarning, stacklevel=2)
    return fit.with_redrawn_errors(seed) if fit.correction or rule.carried else fit


def _rule(
    rows: pd.DataFrame,
    retention_rate: float | RenewalRegression | None,
    discount_rate: float,
    known: bool,
) -> ValueRule:
    if isinstance(retention_rate, RenewalRegression):
        share = float(retention_rate.design.outcome.mean())
        return ValueRule(discount_rate, share, retention_rate, known)
    rate = _observed_rate(rows) if retention_rate is None else retention_rate
    return ValueRule(discount_rate, rate)


def _observed_rate(rows: pd.DataFrame) -> float:
    """Return the share of decided periods after which the account stayed."""
    decided = rows.loc[rows["decided"], "stayed"]
    if decided.empty:
        raise NotApplicable(say("value.nothing_decided"))
    return float(decided.astype(float).mean())


def _check_outcome(formula: str, model: str) -> None:
    if not isinstance(formula, str):  # build_design says what is wrong with it
        return
    outcome = formula.split("~")[0].replace(" ", "")
    if outcome not in OUTCOMES[model]:
        allowed = join([same(name) for name in OUTCOMES[model]])
        words = {"formula": formula, "outcome": allowed, "model": model}
        raise ModelError(say(f"value.worth_outcome_{model}", **words))


def _check_arguments(
    model: str,
    quantile: float,
    cov: str,
    error: object,
    retention: object,
    retention_known: bool,
) -> None:
    problems: list[Text] = []
    if model not in MODELS:
        problems.append(say("value.worth_bad_model", model=model, known=_names(MODELS)))
    if not (isinstance(quantile, int | float) and 0 < quantile < 1):
        problems.append(say("value.worth_bad_quantile", quantile=quantile))
    if cov not in get_args(Covariance):
        problems.append(say("value.worth_bad_cov", cov=cov, known=_names(get_args(Covariance))))
    own = isinstance(retention, RenewalRegression)
    if isinstance(retention, RenewalRegression) and retention.link is None:
        problems.append(say("value.stay_model", model=retention.model))
    if not own and not isinstance(retention, int | float | None):
        problems.append(say("value.worth_bad_retention", got=type(retention).__name__))
    if isinstance(retention, RenewalRegression) and (
        (retention.correction is None) != (error is None)
    ):
        problems.append(say("value.half_corrected"))
    if retention_known and not own:
        problems.append(say("value.worth_nothing_known"))
    if error is not None:
        if not isinstance(error, ScoreError):
            problems.append(say("value.worth_bad_error", got=type(error).__name__))
        if model not in CORRECTED:
            problems.append(say("value.worth_uncorrected", model=model, known=_names(CORRECTED)))
    if cov != "cluster" and (error is not None or (own and not retention_known)):
        problems.append(say("value.worth_redrawn_cov", cov=cov))
    if problems:
        raise ArgumentError(say("value.worth_problems", problems=join(problems)))


def _names(known: Any) -> Text:
    return join([same(name) for name in known])
