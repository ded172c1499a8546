"""Measuring relationship quality: `measure_quality` and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.tables import ITEM_RANGE
from kamlab.foundation import style
from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.quality.reliability import cronbach_alpha
from kamlab.quality.scores import (
    RELATIONSHIP_QUALITY,
    account_scores,
    answered_items,
    last_wave,
    named,
    respondent_scores,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Quality(Result):
    """Scores and reliability of the scales; made by `measure_quality`."""

    reliability: Lent[pd.DataFrame] = Lent()
    scores: Lent[pd.DataFrame] = Lent()
    nobs: int
    n_scored: int

    @property
    def title(self) -> Text:
        """The constructs measured."""
        return say("quality.title", constructs=join(list(self.term_labels.values())))

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The constructs in words."""
        return {c.name: c.label for c in named(list(self.reliability["term"]))}

    @property
    def notes(self) -> tuple[Text, ...]:
        """How scores were made, and what the intervals assume."""
        return (
            say("quality.scoring_rule", nobs=self.nobs, scored=self.n_scored),
            say("quality.alpha_note"),
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per construct: items, mean, spread and Cronbach's alpha."""
        return self.reliability.copy()

    def glance(self) -> pd.DataFrame:
        """Return how many answered, for how many accounts, in how many waves."""
        return pd.DataFrame(
            {
                "nobs": [self.nobs],
                "n_accounts": [self.scores["account_id"].nunique()],
                "n_waves": [self.scores["wave"].nunique()],
                "lowest_alpha": [self.reliability["alpha"].min()],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and wave with its scores."""
        return self.scores.copy()

    def latest(self) -> pd.DataFrame:
        """Return each account's scores in the last wave that it answered."""
        return last_wave(self.scores).reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the accounts' latest scores, a strip and the middle half per construct."""
        latest = self.latest()
        labels = self.term_labels
        with style.canvas(ax, height=1.4 + 0.75 * len(labels)) as ax:
            spread = np.random.default_rng(0).uniform(-0.16, 0.16, len(latest))
            for row, (name, look) in enumerate(zip(labels, style.looks(), strict=False)):
                values = latest[name].to_numpy()
                if np.isnan(values).all():
                    continue
                ax.scatter(values, row + spread, s=10, alpha=0.35, color=look.color)
                low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75])
                ax.plot([low, high], [row, row], color=style.INK, linewidth=3)
                ax.plot(middle, row, look.marker, color="white", mec=style.INK, markersize=8)
            ax.set_yticks(range(len(labels)), [str(label) for label in labels.values()])
            ax.set_ylim(len(labels) - 0.5, -0.5)
            low, high = ITEM_RANGE
            ax.set_xlim(low - 0.1, high + 0.1)
            ax.set_xlabel(str(say("quality.score_axis")))
            style.finish(ax, title=say("quality.plot_title", count=len(latest)), alt=self._alt())
        return ax

    def _alt(self) -> Text:
        latest = self.latest()
        medians = [
            say("quality.median_of", construct=label, median=f"{latest[name].median():.2f}")
            for name, label in self.term_labels.items()
        ]
        return say("quality.alt", count=len(latest), medians=join(medians))

    def report(self) -> str:
        """Say how reliably each construct was measured and where its accounts stand."""
        sentences = [
            say(
                "quality.sentence",
                construct=self.term_labels[row["term"]],
                n_items=row["n_items"],
                alpha=f"{row['alpha']:.2f}",
                low=f"{row['conf_low']:.2f}",
                high=f"{row['conf_high']:.2f}",
                mean=f"{row['mean']:.2f}",
            )
            for row in self.reliability.to_dict("records")
        ]
        return str(paragraph([*sentences, *self.notes]))


def measure_quality(
    survey: pd.DataFrame,
    constructs: Sequence[str] = RELATIONSHIP_QUALITY,
    *,
    conf_level: float = 0.95,
) -> Quality:
    """Score the constructs of a survey and say how reliably they were measured.

    Trust, commitment and satisfaction stay three scores: they behave differently, and one
    score for all would hide it.

    Parameters
    ----------
    survey : DataFrame
        The survey table of a company: one row a respondent and wave, items from 1 to 7.
    constructs : sequence of str, default trust, commitment, satisfaction
    conf_level : float, default 0.95
        Level of the intervals of Cronbach's alpha.

    Returns
    -------
    Quality
        `tidy()` one row per construct, `augment()` one row per account and wave, `latest()`
        the last wave of each account.

    Raises
    ------
    NotApplicable
        If the survey lacks the items of a construct.
    ModelError
        If a construct has one item only, too few complete rows, or answers that never vary.

    Notes
    -----
    A respondent's score is the mean of the answered items, where at least half were answered;
    an account's score is the mean over its respondents. Alpha uses complete rows.

    Examples
    --------
    >>> quality = kl.measure_quality(kl.sample_company().survey)
    >>> quality.tidy()["alpha"].round(2).tolist()
    [0.89, 0.89, 0.85]
    """
    wanted = named(constructs)
    scores = respondent_scores(survey, [construct.name for construct in wanted])
    rows = []
    for construct in wanted:
        items = survey[answered_items(survey, construct)]
        try:
            alpha = cronbach_alpha(items, conf_level=conf_level)
        except ModelError as error:
            problem = say("quality.of_construct", construct=construct.label, problem=error.text)
            raise ModelError(problem) from error
        rows.append(
            {
                "term": construct.name,
                "n_items": alpha.n_items,
                "nobs": alpha.nobs,
                "mean": scores[construct.name].mean(),
                "std_dev": scores[construct.name].std(),
                "missing_share": items.isna().to_numpy().mean(),
                "alpha": alpha.value,
                "conf_low": alpha.conf_low,
                "conf_high": alpha.conf_high,
            }
        )
    return Quality(
        reliability=pd.DataFrame(rows),
        scores=account_scores(scores, ["account_id", "wave"]),
        nobs=len(survey),
        n_scored=int(scores[[c.name for c in wanted]].notna().all(axis=1).sum()),
    )
