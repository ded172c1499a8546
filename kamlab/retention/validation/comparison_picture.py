"""By how much some models foretell better than one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.language import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURED = ("auc", "found", "brier_skill")
"""Measures that are shares, so that one scale serves all."""
SPREAD = 0.5
"""How much of a row's height the models of one measure share."""
POINTS = 100


def draw_advantages(
    table: pd.DataFrame, rival: str, labels: Mapping[str, Text], *, alt: Text, ax: Axes | None
) -> Axes:
    """Draw differences from one model with their intervals, a row per measure.

    Parameters
    ----------
    table : DataFrame
        `foretold_by`, `term`, `estimate`, `conf_low`, `conf_high`, all against the rival.
    rival : str
    labels : mapping of str to Text
        Of the measures.
    alt : Text
    ax : Axes or None
    """
    drawn = [
        name for name in PICTURED if table.loc[table["term"] == name, "estimate"].notna().all()
    ]
    names = list(dict.fromkeys(table["foretold_by"]))
    offsets = np.linspace(-SPREAD / 2, SPREAD / 2, len(names)) if len(names) > 1 else [0.0]
    ends = ["estimate", "conf_low", "conf_high"]
    table = table.assign(**{end: table[end] * POINTS for end in ends})
    with style.canvas(ax, height=1.6 + 0.55 * len(drawn)) as ax:
        for look, offset, name in zip(style.looks(), offsets, names, strict=False):
            own = table[table["foretold_by"] == name].set_index("term").loc[drawn]
            rows = np.arange(len(drawn)) + offset
            # A legend leaves out what begins with an underscore.
            style.intervals(ax, own, rows, look=look, label=f" {name}")
        style.term_axis(ax, [str(labels[name]) for name in drawn])
        ax.set_xlabel(str(say("retention.models_axis", rival=rival)))
        style.legend_below(ax)
        style.finish(ax, title=say("retention.models_plot", rival=rival), alt=alt)
    return ax
