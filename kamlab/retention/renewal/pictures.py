"""The picture of a regression of renewal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator

from kamlab.foundation import style
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = ["estimate", "conf_low", "conf_high"]
WIDE = 50
"""An axis whose end is so many times its beginning has room for powers of ten alone."""


def draw(
    table: pd.DataFrame,
    labels: Mapping[str, Text],
    ratio: str | None,
    alt: Text,
    ax: Axes | None,
) -> Axes:
    """Draw ratios on a logarithmic axis, or average effects where there is no ratio.

    Raises
    ------
    NotApplicable
        If there is neither.
    """
    shown = _shown(table, ratio)
    if shown.empty and ratio is None and len(table):
        raise NotApplicable(say("retention.renewal_nothing_to_draw"))
    with style.canvas(ax, height=1.4 + 0.5 * len(shown)) as ax:
        look = next(style.looks())
        style.intervals(ax, shown, np.arange(len(shown), dtype=float), look=look)
        if ratio is not None:
            ax.set_xscale("log")
        names = [str(labels[term]) for term in shown["term"]]
        style.term_axis(ax, names, null=0.0 if ratio is None else 1.0)
        if ratio is not None:
            style.plain_log_ticks(ax)
            low, high = ax.get_xlim()
            if high > WIDE * low:
                ax.xaxis.set_major_locator(LogLocator())
        ax.set_xlabel(str(say(f"retention.renewal_axis_{ratio or 'plain'}")))
        title = "renewal_leaving_title" if ratio == "hazard_ratio" else "plot_title"
        style.finish(ax, title=say(f"retention.{title}"), alt=alt)
    return ax


def _shown(table: pd.DataFrame, ratio: str | None) -> pd.DataFrame:
    """Return the term with estimate and limits as they are drawn."""
    if ratio is not None:
        numbers = table[["term", ratio, f"{ratio}_low", f"{ratio}_high"]]
        return numbers.set_axis(["term", *DRAWN], axis=1)
    known = table.loc[table["ame"].notna(), ["term", "ame", "ame_low", "ame_high"]]
    known = known.set_axis(["term", *DRAWN], axis=1)
    known[DRAWN] *= 100
    return known
