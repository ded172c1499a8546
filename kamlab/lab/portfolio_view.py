"""What the portfolio explorer shows: reckoned, and drawn fast enough to follow a hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import captions
from kamlab.foundation import style
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.portfolio.declaration.adjusting import with_cuts, with_weights
from kamlab.portfolio.declaration.model import Cell, Model
from kamlab.portfolio.engine.axes import number_axis, place_accounts
from kamlab.portfolio.engine.gather import Evidence
from kamlab.portfolio.engine.scoring import Placement

MARGINS = {"left": 0.09, "right": 0.98, "bottom": 0.11, "top": 0.93}
EDGE = 0.03
FIRST, LAST = 0.01, 0.99
ACROSS = {FIRST: "left", LAST: "right"}
UP = {FIRST: "bottom", LAST: "top"}


@dataclass(frozen=True, slots=True)
class PortfolioView:
    """Where accounts stand under some weights, cuts and ratings.

    Attributes
    ----------
    model : Model
        With these weights and cuts.
    placement : Placement
    moved : ndarray of bool, shape (accounts,)
        Whether an account is in another cell than under the model's own weights and cuts.
    chosen : int
        The row of the account that is looked at.
    caption : str
        Its id and name.
    """

    model: Model
    placement: Placement
    moved: NDArray[np.bool_]
    chosen: int
    caption: str

    @property
    def sentence(self) -> Text:
        """Say how many accounts moved, and where the chosen one is."""
        cell = self.placement.cell[self.chosen]
        none = say("lab.without_cell")
        return say(
            "lab.portfolio_sentence",
            moved=int(self.moved.sum()),
            total=len(self.moved),
            account=self.caption,
            cell=self.model.cells[cell].label if cell >= 0 else none,
        )

    @property
    def counts(self) -> NDArray[np.int_]:
        """How many accounts are in each cell."""
        cell = self.placement.cell
        return np.bincount(cell[cell >= 0], minlength=len(self.model.cells))

    @property
    def alt(self) -> Text:
        """Say what the picture shows."""
        cells = [
            say("portfolio.cell_count", cell=cell.label, count=count)
            for cell, count in zip(self.model.cells, self.counts, strict=True)
        ]
        return say("lab.portfolio_alt", cells=join(cells), sentence=self.sentence)


def compute_portfolio(
    model: Model,
    evidence: Evidence,
    *,
    weights: Mapping[str, float] | None = None,
    cuts: Mapping[str, tuple[float, ...]] | None = None,
    chosen: int = 0,
    ratings: Mapping[str, float] | None = None,
) -> PortfolioView:
    """Return where the accounts stand, all else as the model has it.

    Parameters
    ----------
    model : Model
    evidence : Evidence
        From `kamlab.portfolio.engine.gather`.
    weights : mapping of str to float, optional
        By column.
    cuts : mapping of str to tuple of float, optional
        By axis.
    chosen : int, default 0
        The row of the account that is looked at.
    ratings : mapping of str to float, optional
        Other ratings for that account, by column.

    Raises
    ------
    NotApplicable
        If the model has not exactly two axes, both with scores.
    ArgumentError
        If all weights of an axis are 0, or its cuts are not increasing or off the scale.
    """
    refuse_other_than_map(model)
    changed = with_cuts(with_weights(model, weights or {}), cuts or {})
    values = evidence.values
    before = _placed(model, values)
    for column, rating in (ratings or {}).items():
        values.loc[values.index[chosen], column] = rating
    after = _placed(changed, values)
    name = captions(evidence.accounts.iloc[[chosen]])[0]
    return PortfolioView(changed, after, after.cell != before.cell, chosen, name)


def refuse_other_than_map(model: Model) -> None:
    """Raise `NotApplicable` unless the model has exactly two axes, both with scores."""
    scored = sum(not axis.is_ladder for axis in model.axes)
    if (len(model.axes), scored) != (2, 2):
        words = {"model": model.name, "axes": len(model.axes), "scored": scored}
        raise NotApplicable(say("lab.explorer_needs_two_axes", **words))


def push_apart(cuts: Sequence[float], moved: int, gap: float) -> tuple[float, ...]:
    """Return the cuts of an axis after the neighbours have made way for the one that was moved.

    Parameters
    ----------
    cuts : sequence of float
        Increasing, but for the one that was moved.
    moved : int
        Its place among them.
    gap : float
        The least distance of two neighbours.

    Examples
    --------
    >>> push_apart((5.0, 4.0, 6.0), moved=0, gap=0.5)
    (5.0, 5.5, 6.0)
    """
    place, own = np.arange(len(cuts)) - moved, np.asarray(cuts, dtype=float)
    bound = own[moved] + gap * place
    pushed = np.where(place < 0, np.minimum(own, bound), np.maximum(own, bound))
    return tuple(pushed.tolist())


def _placed(model: Model, values: pd.DataFrame) -> Placement:
    scale = model.scale.value
    return place_accounts(model, tuple(number_axis(axis, values, scale) for axis in model.axes))


class Sketch:
    """A map that is set up once and moved often."""

    def __init__(self, model: Model) -> None:
        with style.drawing():
            self.figure = style.new_figure(width=5.6, height=4.8)
            self.ax = self.figure.subplots(gridspec_kw=MARGINS)
            low, high = model.scale.value
            edge = EDGE * (high - low)
            self.ax.set(xlim=(low - edge, high + edge), ylim=(low - edge, high + edge))
            across, up = model.axes
            self.ax.set_xlabel(str(across.label))
            self.ax.set_ylabel(str(up.label))
            style.finish(self.ax, title=model.name, alt=model.name)
            self.clouds = [
                self.ax.scatter(
                    [], [], s=22, color=look.color, marker=look.marker, alpha=0.75, lw=0
                )
                for look, _ in zip(style.looks(), model.cells, strict=False)
            ]
            self.ring = self.ax.scatter([], [], s=170, facecolors="none", edgecolors=style.INK)
            self.extras: list[mpl.artist.Artist] = []

    def html(self, view: PortfolioView) -> str:
        """Return the map of a view as an HTML image with its alt text."""
        with style.drawing():
            scores = view.placement.scores
            for number, cloud in enumerate(self.clouds):
                cloud.set_offsets(scores[view.placement.cell == number])
            self.ring.set_offsets(scores[[view.chosen]])
            for extra in self.extras:
                extra.remove()
            self.extras = [*self._borders(view), *self._names(view)]
        self.figure.alt = str(view.alt)
        return self.figure.html()

    def _borders(self, view: PortfolioView) -> list[mpl.artist.Artist]:
        across, up = view.placement.cuts
        return [
            *(self.ax.axvline(cut, color=style.INK, linewidth=1) for cut in across),
            *(self.ax.axhline(cut, color=style.INK, linewidth=1) for cut in up),
        ]

    def _names(self, view: PortfolioView) -> list[mpl.artist.Artist]:
        names: list[mpl.artist.Artist] = []
        for cell, count in zip(view.model.cells, view.counts, strict=True):
            across, up = (self._anchor(view, number, cell) for number in range(2))
            text = say("portfolio.cell_count", cell=cell.label, count=same(count))
            names.append(
                self.ax.annotate(
                    str(text),
                    xy=(across, up),
                    xycoords="axes fraction",
                    ha=ACROSS.get(across, "center"),
                    va=UP.get(up, "center"),
                    fontsize=8.5,
                    bbox={"facecolor": "white", "edgecolor": style.FAINT, "pad": 3},
                )
            )
        return names

    def _anchor(self, view: PortfolioView, number: int, cell: Cell) -> float:
        """Return where along an axis, from 0 to 1, the name of a cell is."""
        levels, own = view.model.axes[number].levels, cell.levels[number]
        if levels[-1] in own:
            return LAST
        if levels[0] in own:
            return FIRST
        covered = [levels.index(level) for level in own]
        cuts = view.placement.cuts[number]
        middle = (cuts[min(covered) - 1] + cuts[max(covered)]) / 2
        low, high = self.ax.get_xlim()
        return float((middle - low) / (high - low))
