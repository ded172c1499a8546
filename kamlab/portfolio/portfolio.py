"""The result of a classification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.foundation.results import Result
from kamlab.portfolio.declaration.model import Cell, Model
from kamlab.portfolio.engine.axes import AxisNumbers, place_accounts
from kamlab.portfolio.engine.doubts import WEIGHT_SPREAD
from kamlab.portfolio.engine.gather import Evidence
from kamlab.portfolio.engine.scoring import Placement
from kamlab.portfolio.engine.sureness import DRAWS, how_sure
from kamlab.portfolio.engine.what_moves import changes_to_cell
from kamlab.portfolio.explanation import explanation, portfolio_notes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAR_BORDER = 0.25 / 6
"""Share of the scale within which an account is near a border: a quarter point on 1 to 7."""

LINE = 100
"""Characters to which lines of an explanation are broken between words."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Portfolio(Result):
    """Accounts in the cells of a model; made by `classify`."""

    model: Model
    evidence: Evidence
    numbers: tuple[AxisNumbers, ...]

    @property
    def accounts(self) -> pd.DataFrame:
        """One row per account: its table and, for a company, its facts."""
        return self.evidence.accounts

    @cached_property
    def placement(self) -> Placement:
        """Where the accounts stand."""
        return place_accounts(self.model, self.numbers)

    @property
    def title(self) -> Text:
        """The model's name."""
        return self.model.name

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The cells in words."""
        return {cell.name: cell.label for cell in self.model.cells}

    @property
    def within(self) -> float:
        """Points from a border within which an account counts as near it."""
        low, high = self.model.scale.value
        return float(NEAR_BORDER * (high - low))

    @property
    def near_border(self) -> np.ndarray:
        """Whether each account is near a border."""
        return np.asarray(self.placement.distance < self.within)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The cut, what the source does not give, and what could not be used."""
        return portfolio_notes(self)

    def cells(self) -> list[Cell | None]:
        """Return each account's cell; None where an axis could not be scored."""
        cells = (*self.model.cells, None)
        return [cells[number] for number in self.placement.cell]

    def how_sure(
        self,
        draws: int = DRAWS,
        seed: int = 0,
        *,
        weight_spread: float = WEIGHT_SPREAD,
        rating_noise: float | None = None,
    ) -> pd.DataFrame:
        """Return how often each account would be in another cell, were things a little other.

        Parameters
        ----------
        draws : int, default 1000
        seed : int, default 0
        weight_spread : float, default 0.5
            By which share of itself a weight typically differs from the given one.
        rating_noise : float, default a twelfth of the scale
            Standard deviation of an account's rating of one item, in points.

        Returns
        -------
        DataFrame
            One row per account with `flips_weights`, `flips_ratings`, `flips_respondents`:
            shares from 0 to 1; missing where the question does not arise.

        Raises
        ------
        ArgumentError
            If a setting is no number or out of bounds.
        """
        return how_sure(self, draws, seed, weight_spread, rating_noise)

    @cached_property
    def how_sure_by_default(self) -> pd.DataFrame:
        """`how_sure()` with its own settings, reckoned once."""
        return self.how_sure()

    def augment(self) -> pd.DataFrame:
        """Return one row per account: its scores, cell, doubts and prescription."""
        cells = self.cells()
        axes = {f"score_{axis.name}": axis.label for axis in self.model.axes}
        table = identity(self.accounts)
        table[list(axes)] = self.placement.scores
        table = table.assign(
            cell=_per_account(cells, lambda cell: cell.name),
            cell_label=_per_account(cells, lambda cell: str(cell.label)),
            effort=_per_account(cells, lambda cell: cell.effort),
            distance=self.placement.distance,
            near_border=self.near_border,
            share_rated=self.placement.share_rated,
            **self.how_sure_by_default,
            prescription=_per_account(cells, lambda cell: str(cell.prescription.value)),
        )
        return with_labels(table, axes)

    def tidy(self) -> pd.DataFrame:
        """Return one row per cell: how many accounts, which share, how many near a border."""
        cell, k = self.placement.cell, len(self.model.cells)
        n_accounts = np.bincount(cell[cell >= 0], minlength=k)
        near = np.bincount(cell[(cell >= 0) & self.near_border], minlength=k)
        return pd.DataFrame(
            {
                "term": [own.name for own in self.model.cells],
                "n_accounts": n_accounts,
                "share": n_accounts / max(int(n_accounts.sum()), 1),
                "n_near_border": near,
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return the model, the accounts placed, those without a cell, and the mean doubts."""
        scored = self.placement.scored
        return pd.DataFrame(
            {
                "model": [self.model.id],
                "n_accounts": [int(scored.sum())],
                "n_unscored": [int((~scored).sum())],
                "n_near_border": [int(self.near_border.sum())],
                "share_rated": [pd.Series(self.placement.share_rated).mean()],
                **{name: [share] for name, share in self.how_sure_by_default.mean().items()},
            }
        )

    def row_of(self, account_id: str) -> int:
        """Return the row of an account that has a cell.

        Raises
        ------
        ArgumentError
            If there is no such account; the message names the nearest.
        NotApplicable
            If it could not be placed.
        """
        ids = self.accounts["account_id"]
        matches = np.flatnonzero(ids.isin([account_id])) if np.isscalar(account_id) else ids[:0]
        if not matches.size:
            hint = nearest_hint(account_id, ids)
            raise ArgumentError(say("portfolio.unknown_account", account=account_id, hint=hint))
        if self.placement.cell[matches[0]] < 0:
            raise NotApplicable(say("portfolio.account_unscored", account=account_id))
        return int(matches[0])

    def explain(self, account_id: str) -> str:
        """Say why an account is in its cell, how far from a border, and how sure that is.

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
        row = self.row_of(account_id)
        said = explanation(self, account_id, row, self.how_sure_by_default.iloc[row])
        return "\n".join(fill(line, LINE) for line in str(said).splitlines())

    def what_would_move(self, account_id: str, cell: str) -> pd.DataFrame:
        """Return the smallest change of ratings or facts that moves an account to a cell.

        Parameters
        ----------
        account_id : str
        cell : str
            The id of a cell, as in `augment()["cell"]`.

        Returns
        -------
        DataFrame
            One row per column to change: axis, column, item (its name in words), `now`, `after`,
            `difference`.
            Ratings change by whole points, the items of most weight first, which takes the
            fewest points where all items are ratings; facts change as far as is needed. No row
            if the account is in that cell.

        Raises
        ------
        ArgumentError
            If there is no such account or cell.
        NotApplicable
            If it has no cell, or no change within the scale is enough.
        """
        return changes_to_cell(self, self.row_of(account_id), cell)

    def plot(self, ax: Axes | None = None, *, size: str | None = "revenue") -> Axes:
        """Draw the portfolio: a map for two scored axes, a staircase of stages for one.

        Parameters
        ----------
        ax : Axes, optional
        size : str or None, default "revenue"
            The column of `accounts` that sizes the bubbles; all alike where it is missing.

        Raises
        ------
        NotApplicable
            If the model has more than two scored axes.
        """
        from kamlab.portfolio.pictures.of_portfolio import draw_portfolio

        return draw_portfolio(self, size, ax)

    def report(self) -> str:
        """Say how many accounts are in each cell, how many near a border, and how sure."""
        counts = self.tidy()["n_accounts"]
        parts = [
            say("portfolio.cell_count", cell=cell.label, count=count)
            for cell, count in zip(self.model.cells, counts, strict=True)
        ]
        sentence = say("portfolio.report", count=int(counts.sum()), cells=join(parts))
        near = say(
            "portfolio.report_near",
            near=int(self.near_border.sum()),
            within=f"{self.within:.3g}",
        )
        has_distance = not np.isnan(self.placement.distance).all()
        return str(paragraph((sentence, *([near] if has_distance else []), *self.notes)))


def _per_account(cells: list[Cell | None], get: Callable[[Cell], Any]) -> list[Any]:
    return [None if cell is None else get(cell) for cell in cells]
