"""Answers that may have been given without reading, or were damaged on the way.

Answers beyond the scale and a second answer of one person to one wave are errors, and are told
by `accounts.validate`; here are those that are allowed one by one and doubtful together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.findings import Finding, Sheet
from kamlab.accounts.tables import constructs
from kamlab.intake.checking.doubt import doubt
from kamlab.intake.checking.waves import doubtful_waves

LEAST_ITEMS = 10
"""Answers from which sameness says something: three constructs or more, so that somebody who
reads them has been asked different things."""

RUN_SHARE = 0.5
"""A run of one answer over this share of the answers is told; constructs have four items at most,
so that an honest run seldom goes beyond two of them."""

MISSING_SHARE = 0.5
"""Share of unanswered items above which a score would rest on fewer than half of them."""

LEAST_COPIED = 20
"""Answers from which two people are not expected to agree in every one by chance; on ten items
that most people rate 4 or 5 they may."""


def doubtful_answers(survey: Sheet) -> Iterator[Finding]:
    """Yield warnings about a survey's rows.

    Parameters
    ----------
    survey : Sheet
        Items are looked at in the order in which the user's sheet has them.

    Yields
    ------
    Finding
        Of severity "warning".
    """
    answers = read_answers(survey)
    yield from _same_throughout(survey, answers)
    yield from _few(survey, answers)
    yield from _copied(survey, answers)
    yield from doubtful_waves(survey, answers.told, answers.counts)


@dataclass(frozen=True)
class Answers:
    """The items of a survey as an array.

    Parameters
    ----------
    given : array, shape (rows, items)
        NaN where there is no answer.
    counts : array of int, shape (rows,)
        Answers in each row.
    runs : array of int, shape (rows,)
        The longest run of one answer, unanswered items passed over.
    run_answers : array, shape (rows,)
        The answer of that run.
    """

    given: NDArray[np.float64]
    counts: NDArray[np.int64]
    runs: NDArray[np.int64]
    run_answers: NDArray[np.float64]

    @property
    def alike(self) -> NDArray[np.bool_]:
        """Whether all answers of a row are the same one, and there are enough to tell."""
        alike: NDArray[np.bool_] = (self.counts >= LEAST_ITEMS) & (self.runs == self.counts)
        return alike

    @property
    def told(self) -> NDArray[np.object_]:
        """Each row's answers as one key, None where they are too few or all alike."""
        keys = np.empty(len(self.given), dtype=object)
        filled = np.ascontiguousarray(np.nan_to_num(self.given, nan=0.0))
        for at in np.flatnonzero((self.counts >= LEAST_ITEMS) & ~self.alike):
            keys[at] = filled[at].tobytes()
        return keys


def read_answers(survey: Sheet) -> Answers:
    """Return the answers of a survey, item by item in the order of its sheet."""
    known = {name for construct in constructs() for name in construct.columns}
    items = [name for name in survey.typed.columns if name in known]
    given = survey.typed[items].to_numpy(dtype=float)
    runs, run_answers = longest_runs(given)
    return Answers(given, (~np.isnan(given)).sum(axis=1), runs, run_answers)


def longest_runs(
    given: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each row's longest run of one answer, and that answer.

    Parameters
    ----------
    given : array, shape (rows, items)
        NaN is passed over: 3, NaN, 3 is a run of two.

    Examples
    --------
    >>> longest_runs(np.array([[4, 4, np.nan, 4, 1]]))[0].tolist()
    [3]
    """
    rows = len(given)
    run, longest = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    last, answer = np.full(rows, np.nan), np.full(rows, np.nan)
    for item in given.T:
        filled = ~np.isnan(item)
        run = np.where(filled, np.where(item == last, run + 1, 1), run)
        last = np.where(filled, item, last)
        longer = run > longest
        longest, answer = np.where(longer, run, longest), np.where(longer, last, answer)
    return longest, answer


def _same_throughout(survey: Sheet, answers: Answers) -> Iterator[Finding]:
    def facts(at: int) -> dict[str, object]:
        return {"count": answers.runs[at], "answer": f"{answers.run_answers[at]:g}"}

    yield from doubt(survey, "", "straight_line", np.flatnonzero(answers.alike), facts)
    least = np.maximum(LEAST_ITEMS, RUN_SHARE * answers.counts)
    long = ~answers.alike & (answers.runs >= least)
    yield from doubt(survey, "", "long_run", np.flatnonzero(long), facts)


def _few(survey: Sheet, answers: Answers) -> Iterator[Finding]:
    items = answers.given.shape[1]
    few = items - answers.counts > MISSING_SHARE * items
    yield from doubt(
        survey,
        "",
        "few_answers",
        np.flatnonzero(few),
        lambda at: {"missing": items - answers.counts[at], "count": items},
    )


def _copied(survey: Sheet, answers: Answers) -> Iterator[Finding]:
    if not survey.has("account_id", "respondent_id"):
        return
    who = survey.typed[["account_id", "respondent_id"]]
    keyed = pd.Series(answers.told)[answers.counts >= LEAST_COPIED].dropna()
    first = keyed.index.to_series().groupby(keyed, sort=False).transform("first").to_numpy()
    here, there = who.loc[keyed.index], who.loc[first]
    other = (here.to_numpy() != there.to_numpy()).any(axis=1)
    first_of = dict(zip(keyed.index[other].tolist(), first[other].tolist(), strict=True))
    yield from doubt(
        survey,
        "",
        "answers_copied",
        list(first_of),
        lambda at: {"count": answers.counts[at], "first": survey.rows[first_of[at]]},
    )
