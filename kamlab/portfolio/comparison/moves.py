"""Who moved from one cell to another: `moves` and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.results import Result
from kamlab.portfolio.comparison.agreement import Counts, count_table
from kamlab.portfolio.comparison.matching import Matched, match_accounts, of_cells
from kamlab.portfolio.portfolio import Portfolio

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEFORE, AFTER = 0, 1
NONE = "none"
LARGEST_SHOWN = 3
"""How many of the moves a report names."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Moves(Result):
    """The same model at two times; made by `moves`."""

    before: Portfolio
    after: Portfolio

    @cached_property
    def matched(self) -> Matched:
        """The accounts of both times, with their cells."""
        return match_accounts((self.before, self.after))

    @property
    def title(self) -> Text:
        """The model whose cells the accounts move between."""
        return say("portfolio.moves_title", model=self.after.model.name)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The moves in words."""
        labels: dict[str | None, Text] = {cell.name: cell.label for cell in self.after.model.cells}
        labels[None] = say("portfolio.no_cell")
        return {
            _term(one, other): labels[one] + same(" → ") + labels[other]
            for one, other in product(labels, repeat=2)
        }

    @property
    def summary_columns(self) -> Sequence[str]:
        """The moves, without the ids of their cells."""
        return ("term", "n_accounts", "share")

    @property
    def notes(self) -> tuple[Text, ...]:
        """What noise alone would do, which accounts are not counted, and borders that moved."""
        notes = [say("portfolio.noise_note" if self._noise_known else "portfolio.noise_unknown")]
        changes = self._change
        for change in ("new", "gone", "unscored"):
            if count := int((changes == change).sum()):
                notes.append(say(f"portfolio.moves_{change}", count=count))
        if self._borders_moved:
            notes.append(say("portfolio.borders_moved"))
        return (*notes, *self.after.model.remarks)

    @property
    def _borders_moved(self) -> bool:
        cuts = zip(self.before.placement.cuts, self.after.placement.cuts, strict=True)
        same_cuts = all(np.array_equal(one, other, equal_nan=True) for one, other in cuts)
        return not same_cuts or self.before.model.axes != self.after.model.axes

    @property
    def _both(self) -> np.ndarray:
        return np.asarray(self.matched.placed.all(axis=1))

    @property
    def _change(self) -> np.ndarray:
        """Return what happened to each account."""
        present, (one, other) = self.matched.present, self.matched.cells.T
        cases = {
            "new": ~present[:, BEFORE],
            "gone": ~present[:, AFTER],
            "unscored": ~self._both,
            "moved": one != other,
        }
        return np.select(list(cases.values()), list(cases), default="stayed")

    @cached_property
    def _noise(self) -> np.ndarray:
        """Return the chance that noise alone moves each account that has a cell both times.

        Where a share f of redrawn ratings leaves the cell, two sets of ratings of an unchanged
        account differ with a chance of `2 f (1 - f)`: one leaves the cell and the other does
        not. Mean of what the ratings before and after say of it.
        """
        chances = []
        for number, board in enumerate((self.before, self.after)):
            doubts = board.how_sure_by_default
            flips = doubts["flips_respondents"].fillna(doubts["flips_ratings"]).to_numpy()
            chances.append(self.matched.values(number, 2 * flips * (1 - flips)))
        return np.where(self._both, np.mean(chances, axis=0), np.nan)

    @property
    def _noise_known(self) -> bool:
        return bool(self._both.any() and not np.isnan(self._noise[self._both]).any())

    def _counts(self) -> Counts:
        """Return accounts by cell before and after; the last row and column are for no cell."""
        k = len(self.after.model.cells)
        one, other = np.where(self.matched.placed, self.matched.cells, k).T
        counts = count_table(one, other, (k + 1, k + 1))
        counts[k, k] = 0
        return counts

    def tidy(self) -> pd.DataFrame:
        """Return one row per move that was made, staying included; shares of the cell before.

        A missing cell is none: the account is new or gone, or could not be placed.
        """
        counts = self._counts()
        names = [*(cell.name for cell in self.after.model.cells), None]
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        share[-1] = np.nan
        rows = [
            (_term(names[i], names[j]), names[i], names[j], int(counts[i, j]), share[i, j])
            for i, j in np.argwhere(counts > 0)
        ]
        columns = ["term", "cell_before", "cell_after", "n_accounts", "share"]
        return pd.DataFrame(rows, columns=columns).astype({"n_accounts": int, "share": float})

    def glance(self) -> pd.DataFrame:
        """Return how many moved, how many noise alone would move, how many came and went."""
        change = pd.Series(self._change).value_counts()
        count = {name: int(change.get(name, 0)) for name in ("moved", "new", "gone", "unscored")}
        n_accounts = int(self._both.sum())
        expected = float(self._noise[self._both].sum()) if self._noise_known else np.nan
        return pd.DataFrame(
            {
                "model": [self.after.model.id],
                "n_accounts": [n_accounts],
                "n_moved": [count["moved"]],
                "share_moved": [count["moved"] / n_accounts if n_accounts else np.nan],
                "n_moved_by_noise": [expected],
                "n_new": [count["new"]],
                "n_left": [count["gone"]],
                "n_unscored": [count["unscored"]],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account of either time: its cells, and whether noise moves it."""
        table = self.matched.identity
        boards = {"before": self.before, "after": self.after}
        for (time, board), cells in zip(boards.items(), self.matched.cells.T, strict=True):
            table[f"cell_{time}"] = of_cells(board, cells, lambda cell: cell.name)
            table[f"cell_{time}_label"] = of_cells(board, cells, lambda cell: str(cell.label))
        change = self._change
        moved = pd.Series(change == "moved", dtype="boolean").where(self._both)
        return table.assign(move=change, moved=moved, moved_by_noise=self._noise)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the table of moves: a row per cell before, a column per cell after."""
        from kamlab.portfolio.pictures.transitions import draw_transitions

        counts = self._counts()
        gone, new = counts[:-1, -1], counts[-1, :-1]
        return draw_transitions(
            title=self.title,
            states=[cell.label for cell in self.after.model.cells],
            counts=counts[:-1, :-1],
            gone=gone if gone.any() else None,
            new=new if new.any() else None,
            ax=ax,
        )

    def report(self) -> str:
        """Say how many accounts moved, where to, and how many noise alone would move."""
        glance = self.glance().iloc[0]
        words = {"count": glance["n_accounts"], "moved": glance["n_moved"]}
        sentences = [say("portfolio.moves_report", **words)]
        table = self.tidy().dropna(subset=["cell_before", "cell_after"])
        moved = table[table["cell_before"] != table["cell_after"]]
        largest = moved.nlargest(LARGEST_SHOWN, "n_accounts")
        if len(largest):
            parts = [
                say("portfolio.cell_count", cell=self.term_labels[term], count=count)
                for term, count in zip(largest["term"], largest["n_accounts"], strict=True)
            ]
            sentences.append(say("portfolio.moves_largest", moves=join(parts)))
        if self._noise_known:
            expected = f"{glance['n_moved_by_noise']:.0f}"
            sentences.append(say("portfolio.moves_by_noise", expected=expected))
        return str(paragraph((*sentences, *self.notes)))


def moves(before: Portfolio, after: Portfolio) -> Moves:
    """Follow accounts from their cells at one time to their cells at another.

    Parameters
    ----------
    before, after : Portfolio
        Of one model, made by `classify`; accounts are matched by `account_id`.

    Returns
    -------
    Moves
        `tidy()` one row per move, `glance()` how many moved and how many noise alone would
        move, `plot()` the map of moves.

    Raises
    ------
    ArgumentError
        If the two are not portfolios of one model.

    Notes
    -----
    Ratings are noisy, so accounts change cells though nothing has changed. `n_moved_by_noise`
    is how many would: from the share f of redrawn respondents (of redrawn ratings, where one
    account has one rater) that leave the cell, `2 f (1 - f)` per account, as both times are
    noisy. It is exact where an account hovers between two cells, and too small between more.
    Where a model asks a survey, only the respondents are redrawn: ratings by one's own people
    are taken as the same both times. Only what goes beyond it is change. It takes other people
    to answer each time: where the same people do, noise moves fewer.

    Examples
    --------
    >>> accounts = kl.sample_company().accounts
    >>> invested = accounts.assign(supplier_training=7.0)
    >>> kl.moves(kl.classify(accounts), kl.classify(invested)).glance()["n_left"].item()
    0
    """
    for board in (before, after):
        if not isinstance(board, Portfolio):
            raise ArgumentError(say("portfolio.needs_portfolios", got=type(board).__name__))
    if before.model.id != after.model.id or _cell_names(before) != _cell_names(after):
        words = {"before": before.model.id, "after": after.model.id}
        raise ArgumentError(say("portfolio.not_one_model", **words))
    return Moves(before=before, after=after)


def _cell_names(board: Portfolio) -> list[str]:
    return [cell.name for cell in board.model.cells]


def _term(before: str | None, after: str | None) -> str:
    return f"{before or NONE} -> {after or NONE}"
