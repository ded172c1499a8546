"""The portfolio explorer: move weights, cuts and ratings, and see who changes cell."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.identity import captions
from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, say
from kamlab.lab.portfolio_view import Sketch, compute_portfolio
from kamlab.portfolio.declaration.card import column_label
from kamlab.portfolio.declaration.library import load_model
from kamlab.portfolio.declaration.model import Axis, Model
from kamlab.portfolio.engine.gather import gather

HIGHEST_WEIGHT = 5.0
WIDE = widgets.Layout(width="34rem")
STYLE = {"description_width": "13rem"}


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
        If the model has not exactly two axes, both with scores, or columns are missing.
    ArgumentError
        If there is no such model.

    Examples
    --------
    >>> explorer = kl.explore_portfolio(kl.sample_company(), "millman_wilson")
    """
    declared = model if isinstance(model, Model) else load_model(model)
    evidence = gather(data, declared.columns, of=declared.name)
    start = compute_portfolio(declared, evidence)
    weights = {
        item.column: _slider(column_label(item.column), item.weight, 0, HIGHEST_WEIGHT)
        for axis in declared.axes
        for item in axis.items
    }
    cuts = {
        axis.name: _cut_sliders(axis, own, declared)
        for axis, own in zip(declared.axes, start.placement.cuts, strict=True)
    }
    names = captions(evidence.accounts)
    account = widgets.Dropdown(
        options=list(zip(names, range(len(names)), strict=True)),
        description=str(say("lab.account")),
        layout=WIDE,
        style=STYLE,
    )
    low, high = declared.scale.value
    ratings = {
        item.column: _slider(column_label(item.column), low, low, high, step=(high - low) / 12)
        for axis in declared.axes
        for item in axis.items
        if item.is_rating
    }
    sentence, picture, sketch = widgets.HTML(), widgets.HTML(), Sketch(declared)
    quiet = False

    def show(_: object = None) -> None:
        if quiet:
            return
        try:
            view = compute_portfolio(
                declared,
                evidence,
                weights={column: slider.value for column, slider in weights.items()},
                cuts={axis: tuple(s.value for s in own) for axis, own in cuts.items()},
                chosen=account.value,
                ratings={c: s.value for c, s in ratings.items() if not s.disabled},
            )
        except ArgumentError as error:
            sentence.value = style.html_text(str(error))
            return
        sentence.value = style.html_text(str(view.sentence))
        picture.value = sketch.html(view)

    def choose(_: object = None) -> None:
        nonlocal quiet
        quiet = True
        for column, slider in ratings.items():
            known = evidence.values[column].iloc[account.value]
            slider.disabled = bool(np.isnan(known))
            slider.value = low if slider.disabled else known
        quiet = False
        show()

    for slider in (*weights.values(), *(s for own in cuts.values() for s in own)):
        slider.observe(show, names="value")
    for slider in ratings.values():
        slider.observe(show, names="value")
    account.observe(choose, names="value")
    choose()
    tabs = widgets.Tab(
        [
            widgets.VBox(list(weights.values())),
            widgets.VBox([slider for own in cuts.values() for slider in own]),
            widgets.VBox([account, *ratings.values()]),
        ],
        titles=[str(say(f"lab.tab_{name}")) for name in ("weights", "cuts", "account")],
    )
    return widgets.VBox([tabs, sentence, picture])


def _cut_sliders(axis: Axis, cuts: np.ndarray, model: Model) -> list[widgets.FloatSlider]:
    low, high = model.scale.value
    step = (high - low) / 60
    return [_slider(axis.label, cut, low, high, step=step) for cut in cuts]


def _slider(
    label: Text, value: float, low: float, high: float, step: float = 0.25
) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=max(high, value),
        step=step,
        description=str(label),
        readout_format=".2f",
        layout=WIDE,
        style=STYLE,
    )
