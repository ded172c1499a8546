"""The result of comparing portfolios: agreement pair by pair, disputed accounts first."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.results import Result
from kamlab.portfolio.comparison.agreement import (
    Counts,
    adjusted_mutual_information,
    cohen_kappa,
    count_table,
    jackknife,
)
from kamlab.portfolio.comparison.matching import Matched, efforts, match_accounts, of_cells
from kamlab.portfolio.declaration.entries import EFFORTS
from kamlab.portfolio.portfolio import Portfolio

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 2
MOST_DISPUTED = max(EFFORTS) - min(EFFORTS)
"""The widest gap between two efforts."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PortfolioComparison(Result):
    """The same accounts in several models; made by `compare_portfolios`.

    Attributes
    ----------
    portfolios : mapping of str to Portfolio
    left_out : mapping of str to Text
        Models that could not be applied, with the reason.
    conf_level : float
    """

    portfolios: Mapping[str, Portfolio]
    left_out: Mapping[str, Text]
    conf_level: float

    @cached_property
    def matched(self) -> Matched:
        """The accounts of all portfolios, with their cells."""
        return match_accounts(list(self.portfolios.values()))

    @property
    def title(self) -> Text:
        """The models that are compared."""
        return say("portfolio.comparison_title", names=join(list(self._names.values())))

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The pairs in words."""
        names = self._names
        return {
            _term(one, other): names[one] + same(" × ") + names[other]
            for one, other in combinations(self.portfolios, 2)
        }

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs to judge a pair."""
        limits = [f"{what}{end}" for what in ("kappa", "ami") for end in ("", "_low", "_high")]
        return ("term", "n_accounts", *limits)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the numbers are, who ranked the cells, and which models are not here."""
        ranks = dict.fromkeys(board.model.effort.status for board in self.portfolios.values())
        notes = [
            say("portfolio.kappa_note", status=join([status.label for status in ranks])),
            say("portfolio.ami_note"),
            say("portfolio.interval_note", level=f"{self.conf_level:.0%}"),
        ]
        if without := int((~self.matched.placed).any(axis=1).sum()):
            notes.append(say("portfolio.comparison_unscored", count=without))
        if silent := self._pairs.loc[self._pairs["kappa"].isna(), "term"].tolist():
            pairs = join([self.term_labels[term] for term in silent])
            notes.append(say("portfolio.no_kappa", pairs=pairs))
        for name, reason in self.left_out.items():
            notes.append(say("portfolio.model_left_out", model=name, reason=reason))
        return tuple(notes)

    @property
    def _names(self) -> Mapping[str, Text]:
        """Return what each model is called: up to the colon, where that tells all apart."""
        full = {
            key: board.model.name if key == board.model.id else same(key)
            for key, board in self.portfolios.items()
        }
        short = {
            key: Text(name.en.partition(":")[0], name.ja.partition("：")[0])
            for key, name in full.items()
        }
        return short if len(set(short.values())) == len(short) else full

    @cached_property
    def _efforts(self) -> Counts:
        """Return the effort that each model asks for, shape (accounts, models)."""
        columns = [
            np.append(efforts(board).astype(float), np.nan)[cells]
            for board, cells in zip(self.portfolios.values(), self.matched.cells.T, strict=True)
        ]
        return np.column_stack(columns)

    @property
    def _effort_spread(self) -> Counts:
        known = self._efforts
        highest = np.where(np.isnan(known), -np.inf, known).max(axis=1)
        lowest = np.where(np.isnan(known), np.inf, known).min(axis=1)
        enough = (~np.isnan(known)).sum(axis=1) >= FEWEST
        return np.where(enough, highest - lowest, np.nan)

    def _counts(self, one: str, other: str) -> Counts:
        keys = list(self.portfolios)
        cells = self.matched.cells
        return count_table(
            cells[:, keys.index(one)],
            cells[:, keys.index(other)],
            (len(self.portfolios[one].model.cells), len(self.portfolios[other].model.cells)),
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per pair of models: kappa of effort, shared information of cells."""
        return self._pairs.copy()

    @cached_property
    def _pairs(self) -> pd.DataFrame:
        return pd.DataFrame([self._pair(*pair) for pair in combinations(self.portfolios, 2)])

    def _pair(self, one: str, other: str) -> dict[str, object]:
        counts = self._counts(one, other)
        of_one, of_other = (np.eye(len(EFFORTS))[efforts(self.portfolios[k])] for k in (one, other))
        kappa = jackknife(
            partial(cohen_kappa, weights="linear"), of_one.T @ counts @ of_other, self.conf_level
        )
        ami = jackknife(adjusted_mutual_information, counts, self.conf_level)
        return {
            "term": _term(one, other),
            "model": one,
            "other": other,
            "n_accounts": int(counts.sum()),
            "kappa": kappa.estimate,
            "kappa_low": kappa.conf_low,
            "kappa_high": kappa.conf_high,
            "ami": ami.estimate,
            "ami_low": ami.conf_low,
            "ami_high": ami.conf_high,
        }

    def glance(self) -> pd.DataFrame:
        """Return the models, the accounts, those most disputed, and the mean agreement."""
        pairs, placed = self._pairs, self.matched.placed
        return pd.DataFrame(
            {
                "n_models": [len(self.portfolios)],
                "n_accounts": [int((placed.sum(axis=1) >= FEWEST).sum())],
                "n_unscored": [int((~placed).any(axis=1).sum())],
                "n_disputed": [int((self._effort_spread == MOST_DISPUTED).sum())],
                "mean_kappa": [pairs["kappa"].mean()],
                "mean_ami": [pairs["ami"].mean()],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: its cell and effort by model; the most disputed first."""
        table = self.matched.identity
        for (key, board), cells in zip(self.portfolios.items(), self.matched.cells.T, strict=True):
            table[f"cell_{key}"] = of_cells(board, cells, lambda cell: str(cell.label))
        for key, effort in zip(self.portfolios, self._efforts.T, strict=True):
            table[f"effort_{key}"] = pd.Series(effort).astype("Int64")
        table["effort_spread"] = pd.Series(self._effort_spread).astype("Int64")
        labels = {f"{what}_{k}": t for k, t in self._names.items() for what in ("cell", "effort")}
        table = table.sort_values("effort_spread", ascending=False, kind="stable")
        return with_labels(table.reset_index(drop=True), labels)

    def cross(self, model: str, other: str) -> pd.DataFrame:
        """Return how many accounts are in each cell of one model and of another.

        Parameters
        ----------
        model, other : str
            Names of models in this comparison.

        Returns
        -------
        DataFrame
            Cells of `model` as rows and of `other` as columns, worded in the current
            language; accounts without a cell in one of the two are not counted.

        Raises
        ------
        ArgumentError
            If a model is not in this comparison; the message names the nearest.
        """
        for name in (model, other):
            if name not in self.portfolios:
                hint = nearest_hint(name, self.portfolios)
                known = join([same(key) for key in self.portfolios])
                words = {"name": name, "hint": hint, "known": known}
                raise ArgumentError(say("portfolio.not_compared", **words))
        rows, columns = (
            pd.Index(
                [str(cell.label) for cell in self.portfolios[key].model.cells],
                name=str(self._names[key]),
            )
            for key in (model, other)
        )
        return pd.DataFrame(self._counts(model, other).astype(int), index=rows, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each model as a column of cells and the accounts as streams between them."""
        from kamlab.portfolio.pictures.alluvial import draw_alluvial

        strata = [[cell.label for cell in board.model.cells] for board in self.portfolios.values()]
        cells = self.matched.cells.T.copy()
        for own, labels in zip(cells, strata, strict=True):
            if (own < 0).any():
                own[own < 0] = len(labels)
                labels.append(say("portfolio.no_cell"))
        flows = [
            count_table(cells[k], cells[k + 1], (len(one), len(other)))
            for k, (one, other) in enumerate(pairwise(strata))
        ]
        names = list(self._names.values())
        return draw_alluvial(
            title=say("portfolio.alluvial_title"),
            columns=names,
            strata=strata,
            flows=flows,
            ax=ax,
        )

    def report(self) -> str:
        """Say where the models agree and where not, and what may be read from it."""
        glance = self.glance().iloc[0]
        names = join(list(self._names.values()))
        count = int(glance["n_accounts"])
        sentences = [say("portfolio.comparison_report", names=names, count=count)]
        known = self._pairs.dropna(subset=["kappa"]).sort_values("kappa", kind="stable")
        rows = known.to_dict("records")
        if len(rows) == 1:
            sentences.append(self._sentence("portfolio.agree_only", rows[0]))
        elif rows:
            sentences.append(self._sentence("portfolio.agree_most", rows[-1]))
            sentences.append(self._sentence("portfolio.agree_least", rows[0]))
        sentences.append(say("portfolio.disputed", count=int(glance["n_disputed"])))
        return str(paragraph((*sentences, say("portfolio.need_not_agree"), *self.notes)))

    def _sentence(self, key: str, row: Mapping[Hashable, Any]) -> Text:
        limits = say("portfolio.no_interval")
        if not pd.isna(row["kappa_low"]):
            words = {"low": f"{row['kappa_low']:z.2f}", "high": f"{row['kappa_high']:z.2f}"}
            limits = say("portfolio.limits", **words)
        pair = self.term_labels[str(row["term"])]
        return say(key, pair=pair, kappa=f"{row['kappa']:z.2f}", limits=limits)


def _term(one: str, other: str) -> str:
    return f"{one} x {other}"
