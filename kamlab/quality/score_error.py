"""How wrong an account's scores are: the disagreement of its respondents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.spec import Construct
from kamlab.accounts.tables import constructs
from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, DataError, NotApplicable, Problem
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent, frozen
from kamlab.foundation.results import Result
from kamlab.quality.scores import (
    account_scores,
    answered_items,
    measured,
    named,
    respondent_scores,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACCOUNT_WAVE = ["account_id", "wave"]
ROUNDING = 1e-9
"""Points by which scores that are the same may differ."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ScoreError(Result):
    """Error of accounts' scores; made by `score_error`.

    Attributes
    ----------
    constructs : tuple of str
    account_ids : Index
        Of accounts with several respondents in some wave.
    crossed : ndarray, shape (accounts, constructs, constructs)
        Each account's products of respondents' differences from their mean, added up.
    freedom : ndarray, shape (accounts,)
        Respondents less one, added up over waves.
    """

    constructs: tuple[str, ...]
    account_ids: pd.Index
    crossed: NDArray[np.float64]
    freedom: NDArray[np.float64]
    scores: Lent[pd.DataFrame] = Lent()

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Error covariance of one respondent, shape (constructs, constructs)."""
        return np.asarray(self.crossed.sum(axis=0) / self.freedom.sum())

    @property
    def title(self) -> Text:
        """What was measured."""
        return say("quality.error_title")

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the numbers rest on."""
        return (say("quality.error_note", count=len(self.account_ids)),)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The constructs in words."""
        return {c.name: c.label for c in constructs() if c.name in self.constructs}

    def tidy(self) -> pd.DataFrame:
        """Return one row per construct: error of a score and what is left that is true.

        `respondent_variance` is the variance between respondents of one account and wave;
        `error_variance` that of an account's score, averaged over accounts and waves;
        `reliability` the share of the scores' variance that is not error.
        """
        scores = self.scores
        one = np.diag(self.covariance)
        error = one * (1 / scores["n_respondents"]).mean()
        whole = scores[list(self.constructs)].var().to_numpy()
        return pd.DataFrame(
            {
                "term": self.constructs,
                "respondent_variance": one,
                "error_variance": error,
                "score_variance": whole,
                "reliability": 1 - error / whole,
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return what the error was seen on, in one row."""
        return pd.DataFrame(
            {
                "n_accounts": [self.scores["account_id"].nunique()],
                "n_several": [len(self.account_ids)],
                "respondents_per_account": [self.scores["n_respondents"].mean()],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and wave: the scores and their standard errors."""
        table = self.scores
        for name, one in zip(self.constructs, np.diag(self.covariance), strict=True):
            table[f"error_{name}"] = np.sqrt(one / table["n_respondents"])
        return table

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each construct's variance of scores, split into true differences and error."""
        table = self.tidy()
        rows = np.arange(len(table), dtype=float)
        with style.canvas(ax, height=2.4 + 0.5 * len(table)) as ax:
            look, second, *_ = style.LOOKS
            true = table["score_variance"] - table["error_variance"]
            ax.barh(rows, true, color=look.color, label=str(say("quality.error_true")))
            ax.barh(
                rows,
                table["error_variance"],
                left=true,
                color=second.color,
                hatch="///",
                edgecolor="white",
                label=str(say("quality.error_wrong")),
            )
            ax.set_yticks(rows, [str(self.term_labels[name]) for name in table["term"]])
            ax.invert_yaxis()
            ax.set_xlabel(str(say("quality.error_axis")))
            style.legend_below(ax)
            style.finish(ax, title=self.title, alt=paragraph(self._sentences()))
        return ax

    def _sentences(self) -> list[Text]:
        return [
            say(
                "quality.error_sentence",
                term=self.term_labels[row["term"]],
                reliability=f"{row['reliability']:.0%}",
                error=f"{np.sqrt(row['error_variance']):.2f}",
            )
            for row in self.tidy().to_dict("records")
        ]

    def report(self) -> str:
        """Say how much of each score is error."""
        return str(paragraph((*self._sentences(), *self.notes)))


def score_error(
    data: Company | pd.DataFrame, constructs: Sequence[str] | None = None
) -> ScoreError:
    """Return how wrong accounts' scores are, from the disagreement of their respondents.

    Parameters
    ----------
    data : Company or DataFrame
        A company with a survey, or a survey.
    constructs : sequence of str, optional
        Trust, commitment and satisfaction, as far as the survey has them, if left out.

    Returns
    -------
    ScoreError
        For `kl.fit_retention(..., error=...)`, `kl.fit_value(..., error=...)` and `kl.simex`.

    Raises
    ------
    NotApplicable
        If there is no survey, no account has two respondents in one wave, or all accounts have
        the same score.
    DataError
        If answers are no numbers; the message names column, row and value.
    ArgumentError
        If the table has no items, as a table of scores has none.

    Notes
    -----
    A score of `n` respondents is the account's true standing plus an error with covariance
    `C / n`. `C` is the covariance of respondents' scores within account and wave, pooled: it
    holds what respondents see differently and the noise of their answers. It does not hold what
    all respondents of an account get wrong alike.

    Examples
    --------
    >>> error = kl.score_error(kl.sample_company())
    >>> error.tidy()["term"].tolist()
    ['trust', 'commitment', 'satisfaction']
    """
    if isinstance(data, Company):
        survey = data.need("survey", purpose=say("quality.purpose"))
    elif isinstance(data, pd.DataFrame):
        survey = data
    else:
        raise ArgumentError(say("quality.error_needs", got=type(data).__name__))
    names = [c.name for c in named(constructs)] if constructs is not None else measured(survey)
    if constructs is None and not names:
        raise ArgumentError(say("quality.error_no_items"))
    scores = respondent_scores(_with_numbers(survey, named(names)), names)
    scores = scores.dropna(subset=[*names, *ACCOUNT_WAVE])
    groups = scores.groupby(ACCOUNT_WAVE)
    off = (scores[names] - groups[names].transform("mean")).to_numpy()
    places, account_ids = pd.factorize(scores["account_id"])
    counts = (
        np.bincount(places)
        - scores.drop_duplicates(ACCOUNT_WAVE)
        .groupby("account_id", sort=False)
        .size()
        .reindex(account_ids)
        .to_numpy()
    )
    several = counts > 0
    if not several.any():
        raise NotApplicable(say("quality.error_alone"))
    of_accounts = account_scores(scores, ACCOUNT_WAVE)
    _check_differ(of_accounts[names])
    crossed = np.zeros((len(account_ids), len(names), len(names)))
    np.add.at(crossed, places, off[:, :, None] * off[:, None, :])
    return ScoreError(
        constructs=tuple(names),
        account_ids=pd.Index(account_ids)[several],
        crossed=frozen(crossed[several]),
        freedom=frozen(counts[several]),
        scores=of_accounts,
    )


def _with_numbers(survey: pd.DataFrame, wanted: Sequence[Construct]) -> pd.DataFrame:
    """Return the survey with answers that are numbers, refusing those that are none."""
    numbers, problems = {}, []
    for item in dict.fromkeys(item for c in wanted for item in answered_items(survey, c)):
        numbers[item] = pd.to_numeric(survey[item], errors="coerce")
        wrong = (numbers[item].isna() & survey[item].notna()).to_numpy()
        if wrong.any():
            problems.append(_no_number(survey[item], wrong))
    if problems:
        raise DataError(problems)
    return survey.assign(**numbers)


def _no_number(answers: pd.Series, wrong: NDArray[np.bool_]) -> Problem:
    place = int(np.flatnonzero(wrong)[0])
    value = answers.iloc[place]
    return Problem(
        severity="error",
        table="survey",
        column=str(answers.name),
        row=place + 2,
        value=value,
        what=say("quality.error_no_number", value=value, count=int(wrong.sum())),
        allowed=say("quality.error_allowed"),
        remedy=say("quality.error_remedy"),
    )


def _check_differ(scores: pd.DataFrame) -> None:
    """Refuse scores that are the same for all: no share of their variance can be error."""
    alike = [name for name in scores if not np.ptp(scores[name]) > ROUNDING]
    if not alike:
        return
    left = join([same(repr(name)) for name in scores if name not in alike])
    remedy = "quality.error_alike_remedy" if len(alike) < scores.shape[1] else "quality.error_none"
    words = join([c.label for c in named([str(name) for name in alike])])
    alone = say("quality.error_alike", constructs=words)
    raise NotApplicable(paragraph([alone, say(remedy, left=left)]))
