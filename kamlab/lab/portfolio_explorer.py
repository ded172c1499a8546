"""The portfolio explorer: move weights, cuts and ratings, and see who changes cell."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import floor, log10
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.identity import captions
from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.lab.portfolio_view import (
    Sketch,
    compute_portfolio,
    push_apart,
    refuse_other_than_map,
)
from kamlab.portfolio.classify import place_evidence
from kamlab.portfolio.declaration.card import column_label
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.declaration.model import Model
from kamlab.portfolio.engine.gather import Evidence, gather

ROOM_ABOVE = 5
"""A weight of 1 can be raised to this."""

WIDE = widgets.Layout(width="40rem")
STYLE = {"description_width": "18.5rem"}


def explore_portfolio(
    data: Company | pd.DataFrame, model: str | Path | Model = "bensaou"
) -> widgets.VBox:
    """Return an explorer: move a model's weights and cuts and one account's ratings.

    Parameters
    ----------
    data : Company or DataFrame
        As for `classify`.
    model : str, Path or Model, default "bensaou"
        A model with two scored axes.

    Returns
    -------
    VBox
        Sliders in three tabs, a sentence that counts the accounts that have moved, and the
        map with alt text.

    Raises
    ------
    NotApplicable
        If the model has not exactly two axes, both with scores, columns are missing, or there
        are no accounts.
    ArgumentError
        If there is no such model, or ratings lie off its scale.

    Notes
    -----
    A column of weight 0 takes no part and has no slider. A cut that nobody has moved follows the
    model's own rule: a median moves with the weights.

    Examples
    --------
    >>> explorer = kl.explore_portfolio(kl.sample_company(), "millman_wilson")
    """
    declared = model if isinstance(model, Model) else load_model(model)
    refuse_other_than_map(declared)
    evidence = gather(data, declared.columns, of=declared.name)
    if evidence.accounts.empty:
        raise NotApplicable(say("lab.no_accounts_to_explore"))
    return _Explorer(declared, evidence).box


class _Explorer:
    """The widgets, and what happens when one is moved."""

    def __init__(self, model: Model, evidence: Evidence) -> None:
        self.model, self.evidence = model, evidence
        items = [item for axis in model.axes for item in axis.items if item.weight > 0]
        top = _highest_weight(max(item.weight for item in items))
        self.own_weights = {item.column: item.weight for item in items}
        self.weights = {
            column: _slider(column_label(column), weight, 0, top, _step(top))
            for column, weight in self.own_weights.items()
        }
        cuts = place_evidence(model, evidence).placement.cuts
        self.cuts = {
            axis.name: _Cuts(model, number, own, self.show)
            for number, (axis, own) in enumerate(zip(model.axes, cuts, strict=True))
        }
        low, high = model.scale.value
        self.ratings = {
            item.column: _slider(column_label(item.column), low, low, high, 5 * _step(high - low))
            for item in items
            if item.is_rating
        }
        names = captions(evidence.accounts)
        self.account = widgets.Dropdown(
            options=list(zip(names, range(len(names)), strict=True)),
            description=str(say("lab.account")),
            layout=WIDE,
            style=STYLE,
        )
        self.sentence, self.picture, self.sketch = widgets.HTML(), widgets.HTML(), Sketch(model)
        self.quiet = False
        for slider in (*self.weights.values(), *self.ratings.values()):
            slider.observe(self.show, names="value")
        self.account.observe(self.choose, names="value")
        self.choose()

    @property
    def box(self) -> widgets.VBox:
        tabs = widgets.Tab(
            [
                widgets.VBox(list(self.weights.values())),
                widgets.VBox([slider for cuts in self.cuts.values() for slider in cuts.sliders]),
                widgets.VBox([self.account, *self.ratings.values()]),
            ],
            titles=[str(say(f"lab.tab_{name}")) for name in ("weights", "cuts", "account")],
        )
        return widgets.VBox([tabs, self.sentence, self.picture])

    def show(self, _: object = None) -> None:
        if self.quiet:
            return
        own, weights = self.own_weights, {c: s.value for c, s in self.weights.items()}
        try:
            view = compute_portfolio(
                self.model,
                self.evidence,
                weights={c: weight for c, weight in weights.items() if weight != own[c]},
                cuts={axis: cuts.values for axis, cuts in self.cuts.items() if cuts.are_moved},
                chosen=self.account.value,
                ratings={c: s.value for c, s in self.ratings.items() if not s.disabled},
            )
        except ArgumentError as error:
            self.sentence.value = style.html_text(str(error))
            return
        for cuts, now in zip(self.cuts.values(), view.placement.cuts, strict=True):
            cuts.show(now)
        self.sentence.value = style.html_text(str(view.sentence))
        self.picture.value = self.sketch.html(view)

    def choose(self, _: object = None) -> None:
        self.quiet = True
        known = self.evidence.values.iloc[self.account.value]
        for column, slider in self.ratings.items():
            slider.disabled = bool(np.isnan(known[column]))
            slider.value = slider.min if slider.disabled else known[column]
        self.quiet = False
        self.show()


class _Cuts:
    """The sliders of one axis's cuts: all above the bottom of the scale, in order."""

    def __init__(
        self,
        model: Model,
        number: int,
        cuts: NDArray[np.float64],
        on_move: Callable[[], None],
    ) -> None:
        low, high = model.scale.value
        step = _step(high - low)
        gaps = np.diff([low, *cuts])
        self.gap = min([step, *gaps[gaps > 0]])
        self.on_move, self.are_moved, self.quiet = on_move, False, False
        last = len(cuts) - 1
        self.sliders = [
            _slider(
                _cut_label(model, number, place),
                high if np.isnan(cut) else cut,
                low + (place + 1) * self.gap,
                high - (last - place) * self.gap,
                step,
            )
            for place, cut in enumerate(cuts)
        ]
        for place, slider in enumerate(self.sliders):
            slider.observe(partial(self._move, place), names="value")

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(slider.value for slider in self.sliders)

    def show(self, cuts: tuple[float, ...] | NDArray[np.float64]) -> None:
        self.quiet = True
        for slider, cut in zip(self.sliders, cuts, strict=True):
            if not np.isnan(cut):
                slider.value = cut
        self.quiet = False

    def _move(self, place: int, _: object) -> None:
        if self.quiet:
            return
        self.are_moved = True
        self.show(push_apart(self.values, place, self.gap))
        self.on_move()


def _cut_label(model: Model, number: int, place: int) -> Text:
    axis = model.axes[number]
    if len(axis.levels) == 2:
        return axis.label
    level = model.level_label(number, axis.levels[place + 1])
    return say("lab.cut_to_level", axis=axis.label, level=level)


def _highest_weight(weight: float) -> float:
    """Return how far weights can be raised where this one is the largest."""
    return float(max(ROOM_ABOVE * 10.0 ** floor(log10(weight)), 2 * weight))


def _step(span: float) -> float:
    """Return a step of 1, 0.1, 0.01, … that leads over the span in 20 to 200 moves."""
    return float(10.0 ** floor(log10(span / 20)))


def _slider(label: Text, value: float, low: float, high: float, step: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=str(label),
        readout_format=f".{max(2, -floor(log10(step)))}f",
        layout=WIDE,
        style=STYLE,
    )
