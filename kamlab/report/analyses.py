"""Every analysis of a report, made once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import say
from kamlab.hypotheses.assess import assess_hypotheses
from kamlab.hypotheses.assessment import HypothesisAssessment
from kamlab.hypotheses.declaration.declaration import Declaration
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.panel.analysis_table import analysis_table
from kamlab.portfolio.classify import classify
from kamlab.portfolio.declaration.library import models
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.portfolio import Portfolio
from kamlab.quality.measure import measure_quality
from kamlab.quality.quality import Quality
from kamlab.quality.score_error import ScoreError, score_error
from kamlab.report.outcome import Outcome, attempt
from kamlab.report.population import Population, population_of
from kamlab.report.terms import staying_terms, worth_terms
from kamlab.retention.renewal.fit import fit_retention
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.retention.validation.retention_validation import RetentionValidation
from kamlab.retention.validation.validate import validate_retention
from kamlab.selection.concentration import Concentration
from kamlab.selection.measure import measure_concentration
from kamlab.value.chain import value_of_quality
from kamlab.value.quality_value import QualityValue
from kamlab.value.regression.fit import fit_value
from kamlab.value.regression.log_linear import HeavyRow, LogLinearValue
from kamlab.value.regression.result import ValueRegression

FIRST_MODEL = "bensaou"


@dataclass(frozen=True, eq=False, kw_only=True)
class Analyses:
    """The analyses of one company; each is an `Outcome`: a result, or the reason why not.

    Parameters
    ----------
    company : Company
    hypotheses : str, Path, Declaration or sequence of Hypothesis, optional
    model : Model, optional
        Of classification; the first that the company's columns allow, Bensaou's before others.
    raise_by : mapping of str to float
        Points of relationship quality whose worth is asked for.
    discount_rate : float
    top : int
        For how many accounts there is time.
    seed : int
    """

    company: Company
    hypotheses: str | Path | Declaration | Sequence[Hypothesis] | None
    model: Model | None
    raise_by: Mapping[str, float]
    discount_rate: float
    top: int
    seed: int

    @cached_property
    def portfolio(self) -> Outcome[Portfolio]:
        """The accounts in the cells of a model."""
        return attempt(self._classified)

    @cached_property
    def concentration(self) -> Outcome[Concentration]:
        """How much of the revenue comes from how few."""
        return attempt(self._concentrated)

    @cached_property
    def quality(self) -> Outcome[Quality]:
        """Scores and their reliability."""
        return attempt(lambda: measure_quality(self._survey()))

    @cached_property
    def error(self) -> Outcome[ScoreError]:
        """How wrong a score is."""
        return attempt(lambda: score_error(self.company))

    @cached_property
    def rows(self) -> Outcome[pd.DataFrame]:
        """The analysis table."""
        return attempt(lambda: analysis_table(self.company))

    @cached_property
    def population(self) -> Outcome[Population]:
        """Of how many accounts the report tells."""
        return attempt(lambda: population_of(self.company.accounts, self.rows.need()))

    @cached_property
    def heavy_row(self) -> HeavyRow | None:
        """The row on which the step from logs to money rests, if there is such a row."""
        worth = self.worth.result
        return worth.heavy_row if isinstance(worth, LogLinearValue) else None

    @cached_property
    def terms(self) -> Outcome[tuple[str, ...]]:
        """What staying is explained with."""
        return attempt(lambda: staying_terms(self.rows.need(), self.raise_by))

    @cached_property
    def validation(self) -> Outcome[RetentionValidation]:
        """Forecasts of staying, checked on later periods."""
        return attempt(
            lambda: validate_retention(self._staying(), self.rows.need(), seed=self.seed)
        )

    @cached_property
    def stay(self) -> Outcome[RenewalRegression]:
        """Staying, by what was known before; scores corrected where their error is known."""
        return attempt(
            lambda: fit_retention(
                self._staying(), self.rows.need(), error=self._error(), seed=self.seed
            )
        )

    @cached_property
    def worth(self) -> Outcome[ValueRegression]:
        """Lifetime value, by what was known before."""
        return attempt(
            lambda: fit_value(
                "log(ltv) ~ " + " + ".join(worth_terms(self.rows.need(), self.terms.need())),
                self.rows.need(),
                discount_rate=self.discount_rate,
                error=self._error(),
                seed=self.seed,
            )
        )

    @cached_property
    def gain(self) -> Outcome[QualityValue]:
        """What more relationship quality is worth, account by account."""
        return attempt(self._gained)

    @cached_property
    def assessment(self) -> Outcome[HypothesisAssessment]:
        """The hypotheses and what became of them."""
        return attempt(self._assessed)

    def _classified(self) -> Portfolio:
        if self.model is not None:
            return classify(self.company, self.model)
        refusals = []
        for name in sorted(models()["model"], key=lambda name: name != FIRST_MODEL):
            try:
                return classify(self.company, name)
            except NotApplicable as refusal:
                refusals.append(refusal)
        raise refusals[0]

    def _concentrated(self) -> Concentration:
        try:
            return measure_concentration(self.company)
        except ArgumentError as unknown:  # the company knows no revenue
            raise NotApplicable(say("report.no_revenue")) from unknown

    def _survey(self) -> pd.DataFrame:
        return self.company.need("survey", purpose=say("report.purpose_quality"))

    def _staying(self) -> str:
        return "stayed ~ " + " + ".join(self.terms.need())

    def _error(self) -> ScoreError | None:
        """Return the error of the scores, if any score is among the terms and it is known."""
        scores = set(self.terms.need()) - {"tenure"}
        return self.error.result if scores else None

    def _gained(self) -> QualityValue:
        if absent := [name for name in self.raise_by if name not in self.terms.need()]:
            raise NotApplicable(say("report.no_score", names=", ".join(absent)))
        return value_of_quality(
            self.stay.need(),
            self.worth.need(),
            raise_by=self.raise_by,
            top=self.top,
            seed=self.seed,
        )

    def _assessed(self) -> HypothesisAssessment:
        if self.hypotheses is None:
            raise NotApplicable(say("report.no_hypotheses"))
        return assess_hypotheses(self.hypotheses, self.company, seed=self.seed)
