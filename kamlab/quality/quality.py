"""Relationship quality as measured: the result of `measure_quality`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.quality.agreement_tables import account_table, aggregation_table
from kamlab.quality.answers import LastWave, items_of
from kamlab.quality.factor_models import FactorModels
from kamlab.quality.picture import draw_strips
from kamlab.quality.scores import last_wave, named
from kamlab.quality.sentences import sentences_of
from kamlab.quality.tables import (
    common_method_table,
    fit_row,
    fornell_larcker_table,
    htmt_table,
    item_table,
    marker_table,
    model_based_table,
    structure_table,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.sem.result import SemFit

AT_FIRST_SIGHT = (
    "term", "n_items", "nobs", "mean", "std_dev", "missing_share", "alpha", "conf_low", "conf_high",
)  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Quality(Result):
    """Scores of the constructs, and how well they were measured; made by `measure_quality`.

    Beside the six verbs: `items()`, `fornell_larcker()`, `htmt()`, `common_method()`,
    `marker_adjusted()`, `aggregation()`, `structures()`, `second_order()` and the confirmatory
    factor analysis itself, `cfa`. What takes time is computed when first asked for.

    Notes
    -----
    Item statistics, alpha and the mean use every row of the survey. All else uses the last wave
    of each account: answers of one person in several waves are no independent evidence. What
    rests on the correlations of the constructs' items uses the rows complete on all of them.
    """

    reliability: Lent[pd.DataFrame] = Lent()
    scores: Lent[pd.DataFrame] = Lent()
    survey: Lent[pd.DataFrame] = Lent()
    nobs: int
    n_scored: int
    conf_level: float

    @property
    def constructs(self) -> list[str]:
        """Names of the constructs measured."""
        return self.reliability["term"].tolist()

    @property
    def title(self) -> Text:
        """The constructs measured."""
        return say("quality.title", constructs=join(list(self.term_labels.values())))

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The constructs in words."""
        return {c.name: c.label for c in named(self.constructs)}

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a first look needs; `tidy()` has more."""
        return AT_FIRST_SIGHT

    @property
    def notes(self) -> tuple[Text, ...]:
        """How scores were made, which rows were used, and what intervals assume."""
        used, asked = len(self._wave.complete), len(self._wave.survey)
        notes = [
            say("quality.scoring_rule", nobs=self.nobs, scored=self.n_scored),
            say("quality.alpha_note"),
            say("quality.last_wave_note", used=used, asked=asked),
            *self._models.doubts,
        ]
        if self._models.reason:
            notes.append(say("quality.no_cfa_note", problem=self._models.reason))
        if not self.aggregation()["n_several"].any():
            notes.append(say("quality.no_agreement_note"))
        return tuple(notes)

    @cached_property
    def _wave(self) -> LastWave:
        return LastWave.of(self.survey, self.constructs)

    @cached_property
    def _models(self) -> FactorModels:
        return FactorModels(self._wave, self.conf_level)

    @property
    def cfa(self) -> SemFit:
        """The confirmatory factor analysis: every construct a factor, all of them correlated.

        Raises
        ------
        NotApplicable
            If the answers do not allow it; the message is the reason.
        """
        return self._models.constructs

    def tidy(self) -> pd.DataFrame:
        """Return one row per construct: its scores, its reliability, its respondents' agreement.

        Alpha with its interval, omega, composite reliability and average variance extracted;
        ICC(1), ICC(2) and the median r_wg(j), of which `aggregation()` says more.
        """
        agreement = self.aggregation()[["icc1", "icc2", "r_wg"]]
        model_based = model_based_table(self._models.parameters, self.constructs)
        return pd.concat([self.reliability, model_based, agreement], axis=1)

    def glance(self) -> pd.DataFrame:
        """Return how many answered, and how the factor analysis of the constructs fits."""
        scores = self.scores
        return pd.DataFrame(
            {
                "nobs": [self.nobs],
                "n_accounts": [scores["account_id"].nunique()],
                "n_waves": [scores["wave"].nunique()],
                "lowest_alpha": [self.reliability["alpha"].min()],
                "n_complete": [len(self._wave.complete)],
                **{name: [value] for name, value in fit_row(self._models.fit).items()},
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and wave with its scores."""
        return self.scores.copy()

    def latest(self) -> pd.DataFrame:
        """Return each account's scores in its last wave, with what each score is worth.

        `reliability_<construct>`: ICC(1) stepped up to the account's number of respondents by
        the formula of Spearman and Brown, so an account with one respondent has ICC(1) itself.
        `agreement_<construct>`: r_wg(j), missing with one respondent.
        """
        worth = self._worth
        table = self._latest.merge(worth, on="account_id", how="left", validate="one_to_one")
        table.attrs = worth.attrs
        return table

    @property
    def _latest(self) -> pd.DataFrame:
        return last_wave(self.scores).reset_index(drop=True)

    @cached_property
    def _worth(self) -> pd.DataFrame:
        return account_table(self._wave, self.aggregation().set_index("term")["icc1"])

    def items(self) -> pd.DataFrame:
        """Return one row per item: distribution, ends of the scale, fit with its scale.

        The loading is standardised and from the factor analysis; all else uses every row.
        """
        survey = self.survey
        return item_table(survey, items_of(survey, self.constructs), self._models.parameters)

    @cached_property
    def _aggregation(self) -> pd.DataFrame:
        return aggregation_table(self._wave, self.conf_level)

    def aggregation(self) -> pd.DataFrame:
        """Return one row per construct: whether its scores may stand for the account.

        ICC(1) is the share of the variance of respondents' scores that lies between accounts,
        ICC(2) the reliability of an account's mean, r_wg(j) the agreement within an account
        (median and mean over those with two respondents). Missing where no account has two.
        r_wg(j) is held against answers at random over the whole scale, which flatters everybody;
        ICC is the harder test.
        """
        return self._aggregation.copy()

    def fornell_larcker(self) -> pd.DataFrame:
        """Return one row per pair of constructs: Fornell and Larcker's criterion (1981).

        Two constructs are distinct if their factors share less variance than either shares with
        its own items on average.

        Raises
        ------
        NotApplicable
            With one construct, or without a factor analysis.
        """
        return fornell_larcker_table(self.cfa.tidy(), self.constructs)

    def htmt(self, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
        """Return one row per pair of constructs: heterotrait-monotrait ratio with interval.

        Henseler, Ringle & Sarstedt (2015), with plain correlations, so that contrary constructs
        have a negative ratio. The percentile interval is from redrawn accounts, each with all
        its respondents. Two constructs are distinct if the interval keeps clear of 1 in size; a
        stricter custom is an upper limit below 0.85 or 0.90.

        Parameters
        ----------
        draws : int, default 1000
            Redrawn sets of accounts; without an interval if 0.
        seed : int, default 0

        Raises
        ------
        NotApplicable
            With one construct, too few complete rows, or an item that does not vary.
        """
        return htmt_table(self._wave, draws, seed, self.conf_level)

    def common_method(self) -> pd.DataFrame:
        """Return one row: whether one source behind all answers would do.

        The share of the first principal component ("Harman's test"), and the factor analysis with
        one factor, set against that with the constructs. One factor fitting worse shows that the
        method is not all there is, not that it is nothing (Podsakoff et al. 2003).

        Raises
        ------
        NotApplicable
            With too few complete rows, or an item that does not vary.
        """
        comparable = self._models.fit is not None and len(self.constructs) > 1
        return common_method_table(self._wave, self.structures() if comparable else None)

    def marker_adjusted(self, marker: str) -> pd.DataFrame:
        """Return one row per pair of constructs: correlation without the method's part.

        The smallest positive correlation of the marker with a construct is taken for the part
        that the method adds to every correlation of scores (Lindell & Whitney 2001).

        Parameters
        ----------
        marker : str
            A construct of the survey that theory says has nothing to do with at least one of
            those measured. Only you can know one, so there is no default; one chosen after
            looking at the correlations shows nothing.

        Raises
        ------
        ArgumentError
            If it is one of the constructs measured, or unknown.
        NotApplicable
            If the survey lacks its items.
        """
        return marker_table(self._wave, marker)

    def second_order(self) -> SemFit:
        """Return the fit of one overall quality above the constructs.

        Its loadings say how much of each construct the overall quality carries, and its
        `factor_scores()` are the overall score. Whether it may stand for the constructs is
        asked by `structures()`.

        Raises
        ------
        NotApplicable
            With fewer than three constructs, or without a factor analysis.
        """
        return self._models.second_order

    def structures(self) -> pd.DataFrame:
        """Return one row per structure: constructs, overall quality above them, one factor.

        With three constructs the one above them fits exactly as they do: three loadings stand in
        for three correlations, and no data can tell the two apart. With four or more it can be
        refuted. One factor instead of the constructs always can. Its p value is the ordinary one;
        a correlation of 1 is at the edge of what is possible, which makes it too large.

        Raises
        ------
        NotApplicable
            With one construct, or without a factor analysis.
        """
        return structure_table(self._models.all(), 1 - self.conf_level)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the accounts' latest scores, a strip and the middle half per construct."""
        return draw_strips(self._latest, self.term_labels, ax)

    def report(self) -> str:
        """Say how well each construct was measured and where its accounts stand."""
        rows = self.tidy().to_dict("records")
        return str(paragraph([*sentences_of(rows, self.term_labels), *self.notes]))
