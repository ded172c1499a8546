"""Classifying accounts: `classify` and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.accounts.need import need_columns
from kamlab.accounts.validate import nearest_name
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.portfolio.model import Cell, Model, checked_cut, load_model
from kamlab.portfolio.picture import draw_map
from kamlab.portfolio.scoring import Placement, axis_score, cut_value, place

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAR_BORDER = 0.25
"""Points from a border within which a small change of one rating or two can move an account."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Portfolio(Result):
    """Accounts in the cells of a model; made by `classify`."""

    model: Model
    accounts: Lent[pd.DataFrame] = Lent()
    placement: Placement
    cut_origin: Text

    @property
    def title(self) -> Text:
        """The model's name."""
        return self.model.name

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The cells in words."""
        return {cell.name: cell.label for cell in self.model.cells}

    @property
    def notes(self) -> tuple[Text, ...]:
        """The cut and what the model's source does not give."""
        cuts = [
            say("portfolio.cut_of_axis", axis=axis.label, cut=f"{cut:g}")
            for axis, cut in zip(self.model.axes, self.placement.cuts, strict=True)
        ]
        notes = [
            say("portfolio.source", work=self.model.citation.value),
            say("portfolio.cut_note", cuts=join(cuts), status=self.cut_origin),
        ]
        if self.model.missing:
            notes.append(say("portfolio.missing_note", missing=join(list(self.model.missing))))
        if unscored := int((~self.placement.scored).sum()):
            notes.append(say("portfolio.unscored_note", count=unscored))
        return tuple(notes)

    def cells(self) -> list[Cell | None]:
        """Return each account's cell; None where an axis could not be scored."""
        by_levels = {cell.levels: cell for cell in self.model.cells}
        levels = np.where(self.placement.high, "high", "low")
        return [
            by_levels[tuple(row)] if scored else None
            for row, scored in zip(levels, self.placement.scored, strict=True)
        ]

    def augment(self) -> pd.DataFrame:
        """Return one row per account: its scores, cell, distance to the border, prescription."""
        cells = self.cells()
        axes = [f"score_{axis.name}" for axis in self.model.axes]
        table = identity(self.accounts)
        table[axes] = self.placement.scores
        return table.assign(
            cell=_per_account(cells, lambda cell: cell.name),
            cell_label=_per_account(cells, lambda cell: str(cell.label)),
            distance=self.placement.distance,
            near_border=self.placement.distance < NEAR_BORDER,
            prescription=_per_account(cells, lambda cell: str(cell.prescription)),
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per cell: how many accounts, which share, how many near a border."""
        table = self.augment()
        groups = table.groupby("cell")
        names = [cell.name for cell in self.model.cells]
        n_accounts = groups.size().reindex(names, fill_value=0)
        return pd.DataFrame(
            {
                "term": names,
                "n_accounts": n_accounts.to_numpy(),
                "share": (n_accounts / max(int(n_accounts.sum()), 1)).to_numpy(),
                "n_near_border": groups["near_border"]
                .sum()
                .reindex(names, fill_value=0)
                .to_numpy(),
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return the model, the accounts placed, those without a cell, those near a border."""
        scored = self.placement.scored
        return pd.DataFrame(
            {
                "model": [self.model.id],
                "n_accounts": [int(scored.sum())],
                "n_unscored": [int((~scored).sum())],
                "n_near_border": [int((self.placement.distance < NEAR_BORDER).sum())],
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the portfolio map: a point per account, a mark per cell, the borders.

        Raises
        ------
        NotApplicable
            If the model has not exactly two axes.
        """
        if len(self.model.axes) != 2:
            raise NotApplicable(say("portfolio.map_needs_two_axes", count=len(self.model.axes)))
        return draw_map(self.model, self.placement, self.augment(), self.tidy(), ax)

    def explain(self, account_id: str) -> str:
        """Say why an account is in its cell, and how far from the border it stands.

        Parameters
        ----------
        account_id : str

        Raises
        ------
        ArgumentError
            If there is no such account; the message names the nearest.
        NotApplicable
            If it could not be placed.
        """
        ids = self.accounts["account_id"]
        matches = np.flatnonzero(ids == account_id)
        if not matches.size:
            nearest = nearest_name(account_id, ids)
            hint = say("accounts.nearest", name=nearest) if nearest else same("")
            raise ArgumentError(say("portfolio.unknown_account", account=account_id, hint=hint))
        row = int(matches[0])
        cell = self.cells()[row]
        if cell is None:
            raise NotApplicable(say("portfolio.account_unscored", account=account_id))
        axes = [
            say(
                f"portfolio.axis_{level}",
                axis=axis.label,
                score=f"{score:.2f}",
                cut=f"{cut:g}",
            )
            for axis, level, score, cut in zip(
                self.model.axes,
                cell.levels,
                self.placement.scores[row],
                self.placement.cuts,
                strict=True,
            )
        ]
        distance = self.placement.distance[row]
        near = "on" if np.isclose(distance, 0) else "near" if distance < NEAR_BORDER else "clear"
        return str(
            say(
                "portfolio.explanation",
                account=account_id,
                cell=cell.label,
                axes=join(axes),
                border=say(f"portfolio.border_{near}", distance=f"{distance:.2f}", cell=cell.label),
                prescription=cell.prescription,
                status=cell.prescription_origin.status.label,
            )
        )

    def report(self) -> str:
        """Say how many accounts are in each cell and how many near a border."""
        parts = [
            say("portfolio.cell_count", cell=self.term_labels[row["term"]], count=row["n_accounts"])
            for row in self.tidy().to_dict("records")
        ]
        sentence = say(
            "portfolio.report",
            count=int(self.placement.scored.sum()),
            cells=join(parts),
            near=int((self.placement.distance < NEAR_BORDER).sum()),
            within=f"{NEAR_BORDER:g}",
        )
        return str(paragraph((sentence, *self.notes)))


def classify(
    accounts: pd.DataFrame,
    model: str | Path = "bensaou",
    *,
    cut: str | float | None = None,
) -> Portfolio:
    """Put accounts into the cells of a classification model.

    Parameters
    ----------
    accounts : DataFrame
        The account table of a company, with the rating columns that the model names.
    model : str or Path, default "bensaou"
        A model that comes with kamlab, or the path of a `.toml` file of your own.
    cut : {"midpoint", "median"} or float, optional
        From where on an axis is high; the model's own rule if left out. A median cut makes
        about half of the accounts high whatever their ratings are.

    Returns
    -------
    Portfolio
        `augment()` one row per account, `explain(account_id)` in words, `plot()` the map.

    Raises
    ------
    NotApplicable
        If columns that the model needs are missing; the message names them.
    ModelError
        If the model or its file is not right.
    ArgumentError
        If there is no such model or cut.

    Warns
    -----
    RecalledClaimWarning
        If the model's scale or cut is remembered, not read in its source.

    Notes
    -----
    An axis is the weighted mean of its rated items, `sum(w s) / sum(w)`, where items with at
    least half of the weight are rated. A score on the cut counts as high.

    Examples
    --------
    >>> board = kl.classify(kl.sample_company().accounts, "bensaou")
    >>> board.tidy()["n_accounts"].tolist()
    [77, 59, 56, 48]
    """
    declared = load_model(model)
    rule = declared.cut.use() if cut is None else checked_cut(cut)
    scale = declared.scale.use()
    need_columns(accounts, "account_id", *declared.items, of=declared.name)
    scores = np.column_stack(
        [
            axis_score(
                accounts[list(axis.items)].to_numpy(dtype=float),
                np.array(list(axis.items.values())),
            )
            for axis in declared.axes
        ]
    )
    cuts = np.array([cut_value(rule, column, scale) for column in scores.T])
    origin = declared.cut.status.label if cut is None else say("portfolio.your_cut")
    return Portfolio(
        model=declared,
        accounts=accounts.reset_index(drop=True),
        placement=place(scores, cuts),
        cut_origin=origin,
    )


def _per_account(cells: list[Cell | None], what: Callable[[Cell], str]) -> pd.Series:
    return pd.Series([what(cell) if cell else None for cell in cells], dtype="str")
