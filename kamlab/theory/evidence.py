"""What a theory is tested on: one row per account, or a matrix from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kamlab.accounts.need import need_columns
from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.quality.scores import (
    account_scores,
    answered_items,
    last_wave,
    named,
    respondent_scores,
)
from kamlab.sem.cases import need_positive_definite
from kamlab.sem.fit import fit_sem
from kamlab.sem.moments import read_moments
from kamlab.sem.result import SemFit
from kamlab.theory.kmv import NAMES
from kamlab.theory.models import Items, TheoryModel
from kamlab.theory.typed_matrix import TypedMatrix

Level = Literal["composite", "item"]
LEVELS: tuple[Level, ...] = ("composite", "item")
BESIDE = "satisfaction"
"""The construct that alternatives to the theory need."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Accounts or a matrix, ready for models.

    Attributes
    ----------
    level : {"composite", "item"}
    source : Text
    items : mapping of str to tuple of str
        The items that are there of each construct.
    rows : DataFrame or None
        `account_id` and, not yet standardised, scores or items; gaps where there are any.
    matrix : DataFrame or None
        Instead of rows: correlations or covariances.
    n_matrix : int
        Cases behind the matrix.
    """

    level: Level
    source: Text
    items: Items
    n_matrix: int = 0
    rows: Lent[pd.DataFrame | None] = Lent()
    matrix: Lent[pd.DataFrame | None] = Lent()

    def columns(self, names: Sequence[str]) -> list[str]:
        """Return the observed variables that stand for some constructs."""
        if self.level == "composite":
            return list(names)
        return [item for name in names for item in self.items[name]]

    def cases(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the accounts that tell about all of some constructs.

        Returns
        -------
        DataFrame
            `account_id` and the observed variables: scores in standard deviations, complete; or
            items in points, at least one answered.
        """
        known, columns = self.usable(names), self.columns(names)
        if self.level == "composite":
            known[columns] = (known[columns] - known[columns].mean()) / known[columns].std()
        return known

    def usable(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the rows of `cases`, not standardised."""
        assert self.rows is not None
        how: Literal["all", "any"] = "all" if self.level == "item" else "any"
        columns = self.columns(names)
        known = self.rows[["account_id", *columns]].dropna(subset=columns, how=how)
        return known.reset_index(drop=True)

    def n_left_out(self, names: Sequence[str]) -> int:
        """Return how many accounts `cases` leaves out."""
        return 0 if self.rows is None else len(self.rows) - len(self.usable(names))

    def fit(
        self, model: TheoryModel, conf_level: float, bootstrap: int = 0, seed: int | None = None
    ) -> SemFit:
        """Fit a model by maximum likelihood.

        Notes
        -----
        Errors come from the observed information, which is right for regressions even where
        another part of the model is wrong. Items that are missing are integrated out
        (full-information maximum likelihood): a single unanswered question would otherwise cost
        the account's whole row.
        """
        text = model.paths if self.level == "composite" else model.with_items(self.items)
        if self.matrix is not None:
            return fit_sem(
                text,
                cov=self._moments(model.constructs),
                nobs=self.n_matrix,
                bootstrap=bootstrap,
                information="observed",
                conf_level=conf_level,
            )
        cases = self.cases(model.constructs)
        gaps = cases[self.columns(model.constructs)].isna().to_numpy().any()
        return fit_sem(
            text,
            cases,
            missing="fiml" if gaps else "listwise",
            bootstrap=bootstrap,
            seed=seed,
            information="observed",
            conf_level=conf_level,
        )

    def _moments(self, names: Sequence[str]) -> pd.DataFrame:
        assert self.matrix is not None
        columns = self.columns(names)
        values, _ = read_moments(self.matrix, None, columns)
        spread = np.sqrt(values.diagonal())
        return pd.DataFrame(values / np.outer(spread, spread), index=columns, columns=columns)

    def tells_of(self, name: str) -> bool:
        """Return whether a construct is among what is known."""
        if self.matrix is not None:
            return set(self.columns([name])) <= set(self.matrix.columns)
        return name in self.items


def evidence(
    survey: pd.DataFrame | TypedMatrix | None,
    level: Level,
    cov: pd.DataFrame | None,
    nobs: int | None,
    source: str,
) -> Evidence:
    """Return what `assess_theory` was given, checked.

    Raises
    ------
    ModelError
        If both or neither of survey and matrix are given, or a matrix lacks cases or source.
    ArgumentError
        If there is no such level.
    NotApplicable
        If a survey lacks items, or its accounts are too few or all alike.
    """
    if level not in LEVELS:
        raise ArgumentError(say("theory.level", level=level, levels=join([*map(same, LEVELS)])))
    if (survey is None) == (cov is None):
        raise ModelError(say("theory.one_input"))
    if isinstance(survey, TypedMatrix):
        if nobs is not None or source:
            raise ModelError(say("theory.one_input"))
        return _from_matrix(survey.cov, survey.nobs, survey.source, level)
    if survey is None:
        return _from_matrix(cov, nobs, source, level)
    found = _from_survey(survey, level)
    _need_enough(found)
    return found


def _from_matrix(cov: pd.DataFrame | None, nobs: int | None, source: str, level: Level) -> Evidence:
    if nobs is None or not source.strip():
        raise ModelError(say("theory.matrix_needs"))
    if not isinstance(cov, pd.DataFrame):
        raise ArgumentError(say("theory.cov_is_no_table", got=type(cov).__name__))
    every = {construct.name: construct.columns for construct in constructs()}
    found = Evidence(level, say("theory.typed", source=source), every, nobs, matrix=cov.copy())
    _need_proper(cov, found.columns(NAMES), nobs)
    return found


def _need_proper(cov: pd.DataFrame, names: Sequence[str], nobs: int) -> None:
    problems, fewest = [], len(names) + 1
    if nobs < fewest:
        problems.append(say("theory.matrix_cases", nobs=nobs, fewest=fewest))
    try:
        values, _ = read_moments(cov, None, names)
        need_positive_definite(names, values, fewest)
    except ModelError as error:
        problems.append(error.text)
    if problems:
        raise ModelError(paragraph(problems))


def _from_survey(given: pd.DataFrame, level: Level) -> Evidence:
    need_columns(given, "account_id", of=say("theory.purpose"))
    survey = given.reset_index(drop=True)
    known = [*NAMES, *(c.name for c in named([BESIDE]) if answered_items(survey, c))]
    items = {c.name: tuple(answered_items(survey, c)) for c in named(known)}
    scores = last_wave(respondent_scores(survey, known))
    if level == "composite":
        rows = account_scores(scores, ["account_id"])[["account_id", *known]]
    else:
        columns = [item for own in items.values() for item in own]
        answers = survey.loc[scores.index, ["account_id", *columns]]
        rows = answers.groupby("account_id", sort=True)[columns].mean().reset_index()
    return Evidence(level, say("theory.survey_source"), items, rows=rows)


def _need_enough(found: Evidence) -> None:
    usable, fewest = found.usable(NAMES), len(found.columns(NAMES)) + 1
    if len(usable) < fewest:
        raise NotApplicable(say("theory.too_few", count=len(usable), fewest=fewest))
    answers = usable[found.columns(NAMES)]
    varies = answers.max() > answers.min()
    if constant := [
        construct.label
        for construct in named(NAMES)
        if not varies[found.columns([construct.name])].all()
    ]:
        raise NotApplicable(say("theory.constant", constructs=join(constant)))
