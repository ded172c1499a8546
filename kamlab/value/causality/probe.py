"""Does an association survive what could bring it about otherwise: `probe_causality`."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy import stats

from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.level import tails
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Regression
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.value.causality.challenges import CHALLENGES, Case, finding
from kamlab.value.causality.refitted import Coefficient
from kamlab.value.causality.result import CausalityProbe
from kamlab.value.causality.sensitivity import (
    e_value,
    least_squares,
    partial_r2,
    robustness_value,
    strongest,
)
from kamlab.value.regression.log_linear import LogLinearValue
from kamlab.value.regression.result import ValueRegression

EMPTY = dict.fromkeys(
    ("estimate", "std_error", "p_value", "conf_low", "conf_high", "nobs", "n_accounts"), np.nan
)


def probe_causality(
    fit: Regression,
    term: str,
    *,
    survey: pd.DataFrame | None = None,
    conf_level: float | None = None,
) -> CausalityProbe:
    """Challenge the causal reading of one coefficient.

    A regression shows what goes together. That money makes for good quality scores, that those
    who left are missing, or that something else moves both, would look the same. Each challenge
    asks the data for what one of these would leave behind.

    Parameters
    ----------
    fit : Regression
        From `fit_value` (log-linear or Gamma, one retention rate for all) or `fit_retention`
        (logit, probit or cloglog). Fitted with `error=`, all challenges are corrected.
    term : str
        A column that enters on its own, such as `"trust"`.
    survey : DataFrame, optional
        The company's survey. A corrected regression needs it for the placebo: respondents'
        private views last, so that errors of two waves go together.
    conf_level : float, optional
        That of the regression if left out.

    Returns
    -------
    CausalityProbe
        `tidy()` one row per challenge with its reading; `glance()` what a variable left out
        would need.

    Raises
    ------
    ArgumentError
        If the regression is of another kind, or the term is none that can be probed.
    ModelError
        If an account has two rows of one date.

    Notes
    -----
    * ``as_fitted``, and ``same_rows``: the rows that have an earlier wave, to compare with.
    * ``lagged``: all scores taken one wave earlier, so that they precede by a period more.
    * ``past_outcome``: the log of the previous period's net margin as one more term. It takes
      away what past quality did to past money too, so a true effect shrinks.
    * ``placebo``: the log of the *previous* period's net margin on this wave's score, given the
      wave before it. Quality cannot change the past; if money makes quality, it is not 0. Nor is
      it where scores have error, for then today's score also tells of quality a wave ago: fit
      with `error=` and give the survey, and both waves are corrected by moments (Fuller,
      Measurement Error Models), the error that they share included.
    * ``selection``: whether the account has a row in the next period, as one more term
      (Verbeek and Nijman 1992, International Economic Review). Not 0: those who leave differ.
    * ``omitted``: what is left if a variable as strong as the strongest observed term is
      missing (Cinelli and Hazlett 2020, Journal of the Royal Statistical Society B); the
      standard error is the regression's, widened as theirs.

    Errors of refitted regressions come from 500 draws of the accounts. `glance()` has the
    robustness value (the same source), or for a logit the E-value (VanderWeele and Ding 2017,
    Annals of Internal Medicine).

    Examples
    --------
    >>> company = kl.sample_company()
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)
    >>> kl.probe_causality(worth, "trust").tidy()["challenge"].head(3).tolist()
    ['as_fitted', 'same_rows', 'lagged']
    """
    _check(fit, term)
    level = fit.conf_level if conf_level is None else conf_level
    tails(level)
    case = Case.of(fit, term, survey)
    rows: list[dict[str, object]] = []
    reasons: dict[str, Text] = {}
    fitted = float(fit.coefficients[term])
    for name, challenge in CHALLENGES.items():
        try:
            found = challenge(case)
        except (NotApplicable, ModelError) as error:
            reasons[name] = error.text
            rows.append({"challenge": name, "finding": "no_answer", **EMPTY})
            continue
        rows.append(_row(name, found, fitted, level))
    return CausalityProbe(
        formula=fit.design.formula,
        probed=term,
        table=pd.DataFrame(rows).astype({"nobs": "Int64", "n_accounts": "Int64"}),
        reasons=MappingProxyType(reasons),
        strength=MappingProxyType(_strength(fit, term, level)),
        of_value=isinstance(fit, ValueRegression),
        corrected=fit.correction is not None,
        conf_level=level,
    )


def _check(fit: object, term: str) -> None:
    problems: list[Text] = []
    if isinstance(fit, ValueRegression):
        if fit.model not in ("log_linear", "gamma"):
            problems.append(say("value.worth_model", model=fit.model))
        if fit.own_retention:
            problems.append(say("value.probe_own_retention"))
    elif isinstance(fit, RenewalRegression):
        if fit.link is None:
            problems.append(say("value.stay_model", model=fit.model))
    else:
        problems.append(say("value.probe_regression", got=type(fit).__name__))
    if isinstance(fit, Regression):
        design = fit.design
        known = [
            name
            for name in design.terms.columns
            if name in design.predictors and name not in design.entangled
        ]
        if term not in known:
            names = join([same(name) for name in known])
            problems.append(say("value.probe_term", term=term, known=names))
    if problems:
        raise ArgumentError(say("value.probe_problems", problems=join(problems)))


def _row(name: str, found: Coefficient, fitted: float, level: float) -> dict[str, object]:
    freedom = found.n_accounts - 1
    reach = float(stats.t.ppf(tails(level)[1], freedom)) * found.error
    low, high = found.estimate - reach, found.estimate + reach
    return {
        "challenge": name,
        "finding": finding(name, found.estimate, low, high, fitted),
        "estimate": found.estimate,
        "std_error": found.error,
        "p_value": float(2 * stats.t.sf(abs(found.estimate) / found.error, freedom)),
        "conf_low": low,
        "conf_high": high,
        "nobs": found.nobs,
        "n_accounts": found.n_accounts,
    }


def _strength(fit: Regression, term: str, level: float) -> dict[str, float | str]:
    names = list(fit.design.terms.columns)
    if isinstance(fit, LogLinearValue):
        terms = fit.design.terms if fit.correction is None else fit.correction.terms(fit.design)
        x, y, place = terms.to_numpy(), fit.design.outcome.to_numpy(), names.index(term)
        by, errors, freedom = least_squares(x, y)
        statistic = by[place] / errors[place]
        found: dict[str, float | str] = {
            "partial_r_squared": partial_r2(statistic, freedom),
            "robustness_value": robustness_value(statistic, freedom),
        }
        others = [i for i, name in enumerate(names) if name not in (INTERCEPT, term)]
        if (rival := strongest(x, y, place, others)) is not None:
            found["benchmark"] = names[rival.place]
        return found
    if isinstance(fit, RenewalRegression) and fit.model == "logit":
        row = fit.tidy().set_index("term").loc[term]
        share = float(fit.design.outcome.mean())
        reach = fit.design.reach(level) * row["std_error"]
        nearest = max(abs(row["estimate"]) - reach, 0.0)
        return {
            "e_value": e_value(float(np.exp(row["estimate"])), share),
            "e_value_limit": e_value(float(np.exp(nearest)), share),
        }
    return {}
