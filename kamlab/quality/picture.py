"""The picture of relationship quality: the accounts' latest scores as strips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.tables import ITEM_RANGE
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_strips(latest: pd.DataFrame, labels: Mapping[str, Text], ax: Axes | None) -> Axes:
    """Draw one strip per construct with the middle half of the accounts marked.

    Parameters
    ----------
    latest : DataFrame
        One row an account, one column a construct.
    labels : mapping of str to Text
        The constructs in words.
    ax : Axes or None
    """
    with style.canvas(ax, height=1.4 + 0.75 * len(labels)) as ax:
        spread = np.random.default_rng(0).uniform(-0.16, 0.16, len(latest))
        for row, (name, look) in enumerate(zip(labels, style.looks(), strict=False)):
            values = latest[name].to_numpy()
            if np.isnan(values).all():
                continue
            ax.scatter(values, row + spread, s=10, alpha=0.35, color=look.color)
            low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75])
            ax.plot([low, high], [row, row], color=style.INK, linewidth=3)
            ax.plot(middle, row, look.marker, color="white", mec=style.INK, markersize=8)
        ax.set_yticks(range(len(labels)), [str(label) for label in labels.values()])
        ax.set_ylim(len(labels) - 0.5, -0.5)
        low, high = ITEM_RANGE
        ax.set_xlim(low - 0.1, high + 0.1)
        ax.set_xlabel(str(say("quality.score_axis")))
        title = say("quality.plot_title", count=len(latest))
        style.finish(ax, title=title, alt=_alt(latest, labels))
    return ax


def _alt(latest: pd.DataFrame, labels: Mapping[str, Text]) -> Text:
    medians = [
        say("quality.median_of", construct=label, median=f"{latest[name].median():.2f}")
        for name, label in labels.items()
    ]
    return say("quality.alt", count=len(latest), medians=join(medians))
