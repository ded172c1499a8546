"""The list of key accounts with its doubts: the result of `select_accounts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import captions, identity
from kamlab.foundation.columns import with_labels
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.portfolio.declaration.card import column_label
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.portfolio import Portfolio
from kamlab.selection.customers import key_today
from kamlab.selection.labels import column_labels
from kamlab.selection.pictures import draw_border
from kamlab.selection.ranking import ROUNDING, on_list, ranks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STABLE = 0.8
"""From this share of weightings on, an account's place on the list counts as stable."""

ROUND_THE_BORDER = 12
"""Places on each side of the border that the picture shows."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Selection(Result):
    """Candidates ranked, with how sure each one's place is; made by `select_accounts`.

    Attributes
    ----------
    board : Portfolio
        The candidates on the two axes; `board.plot()` is their map.
    n : int
        Key accounts wanted.
    balance : float
        Weight of the second axis.
    draws : int
        Weightings tried.
    totals, inclusion : ndarray, shape (accounts,)
        Scores on both axes together; shares of weightings. NaN without a score.
    criteria : DataFrame
        One row per criterion.
    own_weights : bool
        Whether the user gave weights.
    absent : tuple of str
        Columns that the company does not have.
    n_gone : int
        Accounts that are customers no more.
    """

    board: Portfolio
    n: int
    balance: float
    draws: int
    totals: NDArray[np.float64]
    inclusion: NDArray[np.float64]
    criteria: Lent[pd.DataFrame] = Lent()
    own_weights: bool
    absent: tuple[str, ...]
    n_gone: int

    @property
    def model(self) -> Model:
        """The criteria."""
        return self.board.model

    @property
    def accounts(self) -> pd.DataFrame:
        """The candidates, with all that is known of them."""
        return self.board.accounts

    @property
    def title(self) -> Text:
        """The criteria's name."""
        return self.model.name

    @property
    def is_chosen(self) -> NDArray[np.bool_]:
        """Which accounts are on the list, in the order of `accounts`."""
        return on_list(self.totals, self.n)

    @property
    def is_tied(self) -> NDArray[np.bool_]:
        """Which accounts share the score of the last place with others, beyond the n wanted."""
        tied = np.abs(self.totals - self._cut_score) <= ROUNDING
        return np.asarray(tied if self.is_chosen.sum() > self.n else np.zeros_like(tied))

    @property
    def members(self) -> list[str]:
        """The accounts on the list, the best first."""
        ranking = self.augment()
        return [str(one) for one in ranking.loc[ranking["chosen"], "account_id"]]

    @property
    def _cut_score(self) -> float:
        return float(self.totals[self.is_chosen].min())

    @property
    def _is_key(self) -> pd.Series | None:
        return key_today(self.accounts)

    @property
    def _weighting(self) -> Text:
        """How well it is known where the weights come from."""
        if self.own_weights:
            return say("selection.your_weights")
        statuses = dict.fromkeys(axis.weighting.status for axis in self.model.axes)
        return join([status.label for status in statuses])

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The criteria in words."""
        return column_labels(self.criteria["term"])

    @property
    def notes(self) -> tuple[Text, ...]:
        """How scores come about, what is missing, who is no candidate, what the source lacks."""
        first, second = (axis.label for axis in self.model.axes)
        weighting = say(
            "selection.weighting_note",
            first=first,
            second=second,
            first_share=f"{1 - self.balance:.0%}",
            second_share=f"{self.balance:.0%}",
            draws=f"{self.draws:,}",
            status=self._weighting,
        )
        notes = [weighting]
        if self.absent:
            listed = join([column_label(name) for name in self.absent])
            notes.append(say("selection.absent_note", missing=listed))
        if unscored := int(np.isnan(self.totals).sum()):
            notes.append(say("selection.unscored_note", count=unscored))
        if self.n_gone:
            notes.append(say("selection.gone_note", count=self.n_gone))
        if tied := int(self.is_tied.sum()):
            listed_now = int(self.is_chosen.sum())
            notes.append(say("selection.tied_note", count=tied, n=self.n, listed=listed_now))
        if (listed_now := int(self.is_chosen.sum())) < self.n:
            notes.append(say("selection.too_few_note", count=listed_now, n=self.n))
        if self.model.missing:
            notes.append(say("selection.missing_note", missing=join(list(self.model.missing))))
        return (*notes, *self.model.remarks)

    def tidy(self) -> pd.DataFrame:
        """Return one row per criterion.

        Its axis, its weight in the whole, the share of accounts rated on it, its correlation
        with the score (of which it is a part), and how many accounts leave the list if it is
        left out (missing where its axis would have no criterion left).
        """
        criteria = self.criteria
        labels = {axis.name: str(axis.label) for axis in self.model.axes}
        criteria.insert(2, "block_label", criteria["block"].map(labels))
        return criteria

    @property
    def summary_columns(self) -> list[str]:
        """All but the id of the axis, whose name is enough."""
        return [str(name) for name in self.tidy() if name != "block"]

    def glance(self) -> pd.DataFrame:
        """Return the list in one row: its length, its last score, how much of it is stable."""
        chosen, is_key = self.is_chosen, self._is_key
        both = None if is_key is None else int((is_key.fillna(False) & chosen).sum())
        return pd.DataFrame(
            {
                "model": [self.model.id],
                "n_candidates": [int((~np.isnan(self.totals)).sum())],
                "n_without_score": [int(np.isnan(self.totals).sum())],
                "n_chosen": [int(chosen.sum())],
                "n_tied": [int(self.is_tied.sum())],
                "cut_score": [self._cut_score],
                "n_stable": [int((self.inclusion[chosen] >= STABLE).sum())],
                "n_key": pd.array([None if is_key is None else int(is_key.sum())], dtype="Int64"),
                "n_key_chosen": pd.array([both], dtype="Int64"),
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return the ranking, one row per candidate, the best first; those unscored come last."""
        axes = [f"score_{axis.name}" for axis in self.model.axes]
        table = identity(self.accounts).assign(
            rank=pd.Series(ranks(self.totals)).astype("Int64"),
            chosen=self.is_chosen,
            inclusion=self.inclusion,
            score=self.totals,
        )
        table[axes] = self.board.placement.scores
        cells = [None if cell is None else str(cell.label) for cell in self.board.cells()]
        table = table.assign(
            cell_label=pd.Series(cells, dtype="str"),
            tied=self.is_tied,
            share_rated=self.board.placement.share_rated,
        )
        if self._is_key is not None:
            table["is_key"] = self._is_key.to_numpy()
        words = {f"score_{axis.name}": axis.label for axis in self.model.axes}
        ordered = table.sort_values("rank", kind="stable", ignore_index=True)
        return with_labels(ordered, words)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the ranking round the border of the list, with each account's inclusion."""
        ranking = self.augment()
        ranking = ranking[ranking["rank"].notna()]
        last = int(ranking["chosen"].sum())
        shown = ranking.iloc[max(0, last - ROUND_THE_BORDER) : last + ROUND_THE_BORDER]
        return draw_border(
            shown.reset_index(drop=True),
            captions=captions(shown),
            stable=STABLE,
            title=say("selection.border_title", n=last, count=len(ranking)),
            ax=ax,
        )

    def report(self) -> str:
        """Say how many of the list are stable, who is on the border, who is new."""
        whole, ranking = self.glance().iloc[0], self.augment()
        sentences = [
            say(
                "selection.report",
                count=whole["n_candidates"],
                chosen=whole["n_chosen"],
                cut=f"{whole['cut_score']:.2f}",
                stable=whole["n_stable"],
                share=f"{STABLE:.0%}",
            )
        ]
        doubtful = ranking[ranking["chosen"]].nsmallest(3, "inclusion")
        near = ranking[~ranking["chosen"]].nlargest(3, "inclusion")
        for key, rows in (("doubtful", doubtful), ("near", near)):
            if len(rows):
                sentences.append(say(f"selection.report_{key}", accounts=_with_shares(rows)))
        if self._is_key is not None:
            words = {"n_key": whole["n_key"], "both": whole["n_key_chosen"]}
            sentences.append(say("selection.report_today", **words))
        weighty = self.criteria.query("n_changed > 0").nlargest(3, "n_changed")
        criteria = [
            say("selection.changes", term=self.term_labels[term], count=f"{count:g}")
            for term, count in zip(weighty["term"], weighty["n_changed"], strict=True)
        ]
        if criteria:
            sentences.append(say("selection.report_criteria", criteria=join(criteria)))
        return str(paragraph([*sentences, *self.notes]))


def _with_shares(rows: pd.DataFrame) -> Text:
    pairs = zip(captions(rows), rows["inclusion"], strict=True)
    return join(
        [
            say("selection.with_share", account=caption, share=f"{share:.0%}")
            for caption, share in pairs
        ]
    )
