"""The challenges to an association: each fits the regression in another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Regression
from kamlab.value.causality.history import BEFORE, lagged, with_earlier_scores, with_past
from kamlab.value.causality.refitted import Coefficient, again, linear
from kamlab.value.causality.sensitivity import strongest
from kamlab.value.causality.two_waves import TwoWaves
from kamlab.value.regression.log_linear import LogLinearValue
from kamlab.value.regression.result import ValueRegression


@dataclass(frozen=True, repr=False, eq=False)
class Case:
    """A regression, the term that is probed, and the rows with their past.

    Attributes
    ----------
    fit : Regression
    term : str
    table : DataFrame
        The regression's rows with what was known a period before; `place` counts them.
    moved : list of str
        Columns that a lag moves: the term and all scores of the survey.
    earlier : Series of bool
        Rows whose scores are known a wave earlier.
    survey : DataFrame or None
    """

    fit: Regression
    term: str
    table: pd.DataFrame
    moved: list[str]
    earlier: pd.Series
    survey: pd.DataFrame | None

    @classmethod
    def of(cls, fit: Regression, term: str, survey: pd.DataFrame | None) -> Case:
        """Look up the past of every row."""
        rated = {construct.name for construct in constructs()}
        scores = [name for name in fit.design.predictors if name in rated]
        moved = [*dict.fromkeys([term, *scores])]
        rows = fit.rows if isinstance(fit, ValueRegression) else fit.design.used
        table = with_past(fit.design.used, rows, moved)
        table["place"] = np.arange(len(table))
        earlier = with_earlier_scores(table, moved)
        return cls(fit, term, table, moved, earlier, survey)

    @property
    def of_value(self) -> bool:
        """Whether the outcome is value, which a previous period had too."""
        return isinstance(self.fit, ValueRegression)

    def rows(self, where: pd.Series) -> pd.DataFrame:
        """Return some rows, or say that there are none."""
        if not where.any():
            raise NotApplicable(say("value.probe_no_past"))
        return self.table[where].reset_index(drop=True)

    def with_past_value(self) -> tuple[pd.DataFrame, pd.Series]:
        """Return rows with earlier scores and a previous net margin above 0, and its log."""
        if not self.of_value:
            raise NotApplicable(say("value.probe_stayed_before"))
        margin = self.table[f"{BEFORE}net_margin"]
        rows = self.rows(self.earlier & (margin > 0))
        return rows, np.log(rows[f"{BEFORE}net_margin"])


def _as_fitted(case: Case) -> Coefficient:
    design, numbers = case.fit.design, case.fit.estimates
    place = design.terms.columns.get_loc(case.term)
    error = np.sqrt(numbers.covariance[place, place])
    estimate = float(numbers.coefficients[place])
    return Coefficient(estimate, float(error), len(design.outcome), design.groups.nunique())


def _same_rows(case: Case) -> Coefficient:
    rows = case.rows(case.earlier)
    return again(case.fit, rows, case.fit.design.terms_of(rows), case.term)


def _lagged(case: Case) -> Coefficient:
    rows = lagged(case.rows(case.earlier), case.moved)
    return again(case.fit, rows, case.fit.design.terms_of(rows), case.term)


def _past_outcome(case: Case) -> Coefficient:
    rows, past = case.with_past_value()
    terms = case.fit.design.terms_of(rows).assign(past_value=past)
    return again(case.fit, rows, terms, case.term)


def _placebo(case: Case) -> Coefficient:
    rows, past = case.with_past_value()
    terms = case.fit.design.terms_of(rows)
    for name in case.moved:
        terms[BEFORE + name] = rows[BEFORE + name].astype(float)
    error, columns = None, {}
    if case.fit.correction is not None:
        if case.survey is None:
            raise NotApplicable(say("value.probe_needs_survey"))
        score_error = case.fit.correction.error
        error = TwoWaves.of(rows, case.survey, score_error)
        at = list(terms.columns).index
        columns = {
            name: (at(name), at(BEFORE + name))
            for name in case.moved
            if name in score_error.constructs
        }
    return linear(terms, past.to_numpy(), rows["account_id"], case.term, columns, error)


def _selection(case: Case) -> Coefficient:
    if not case.of_value:
        raise NotApplicable(say("value.probe_leaving_is_outcome"))
    rows = case.rows(case.table["in_next_period"].notna())
    terms = case.fit.design.terms_of(rows).assign(in_next_period=rows["in_next_period"])
    return again(case.fit, rows, terms, "in_next_period")


def _omitted(case: Case) -> Coefficient:
    fit = case.fit
    if not isinstance(fit, LogLinearValue):
        raise NotApplicable(say("value.probe_least_squares"))
    names = list(fit.design.terms.columns)
    terms = fit.design.terms if fit.correction is None else fit.correction.terms(fit.design)
    others = [i for i, name in enumerate(names) if name not in (INTERCEPT, case.term)]
    outcome, place = fit.design.outcome.to_numpy(), names.index(case.term)
    found = strongest(terms.to_numpy(), outcome, place, others)
    if found is None:
        raise NotApplicable(say("value.probe_no_benchmark"))
    fitted = _as_fitted(case)
    return Coefficient(
        found.estimate, fitted.error * found.widening, fitted.nobs, fitted.n_accounts
    )


CHALLENGES: Mapping[str, Callable[[Case], Coefficient]] = MappingProxyType(
    {
        "as_fitted": _as_fitted,
        "same_rows": _same_rows,
        "lagged": _lagged,
        "past_outcome": _past_outcome,
        "omitted": _omitted,
        "placebo": _placebo,
        "selection": _selection,
    }
)
NEAR_ZERO = ("placebo", "selection")
"""Challenges that a causal reading expects to be 0."""


def finding(challenge: str, estimate: float, low: float, high: float, fitted: float) -> str:
    """Return what an interval says: of the estimate as fitted, or of 0 where it should be.

    Returns
    -------
    str
        `kept` (same sign, interval without 0), `unsure` (interval with both 0 and the estimate
        as fitted), `gone` (with 0, without it) or `reversed`; where 0 is expected, `quiet` or
        `alarm`.
    """
    holds_zero = low <= 0 <= high
    if challenge in NEAR_ZERO:
        return "quiet" if holds_zero else "alarm"
    if not holds_zero:
        return "kept" if estimate * fitted > 0 else "reversed"
    return "unsure" if low <= fitted <= high else "gone"


def reading(challenge: str, found: str, *, corrected: bool) -> Text:
    """Return a finding in a sentence."""
    if (challenge, found) == ("placebo", "alarm"):
        key = "corrected" if corrected else "uncorrected"
        return say(f"value.probe_read_placebo_alarm_{key}")
    if challenge in NEAR_ZERO:
        return say(f"value.probe_read_{challenge}_{found}")
    if challenge == "as_fitted":
        return say(f"value.probe_read_fitted_{found}")
    return say(f"value.probe_read_{found}")
