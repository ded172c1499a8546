"""The calibration curve: how many stayed over what was foretold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 6.6, 5.6
HISTOGRAM = 0.16
"""The part of the picture's height, at the bottom, that the histogram has."""
N_BARS = 25


def draw_calibration(
    table: pd.DataFrame, forecasts: NDArray[np.float64], *, alt: Text, ax: Axes | None
) -> Axes:
    """Draw a calibration curve with the diagonal and a histogram of the forecasts.

    Parameters
    ----------
    table : DataFrame
        One row per group: `stay_probability`, `stayed_share`, `stayed_low`, `stayed_high`.
    forecasts : ndarray
    alt : Text
    ax : Axes or None
    """
    lowest = min(float(forecasts.min()), float(table["stayed_low"].min()))
    low = np.floor(10 * lowest) / 10
    bottom = low - (1 - low) * HISTOGRAM / (1 - HISTOGRAM)
    with style.canvas(ax, width=WIDTH, height=HEIGHT) as ax:
        look = style.LOOKS[0]
        ax.plot(
            [low, 1], [low, 1], "--", color=style.QUIET, label=str(say("retention.check_ideal"))
        )
        given, share = table["stay_probability"], table["stayed_share"]
        ax.vlines(given, table["stayed_low"], table["stayed_high"], color=look.color)
        observed = str(say("retention.check_observed"))
        ax.plot(given, share, look.marker, linestyle="-", color=look.color, label=observed)
        _draw_histogram(ax, forecasts, low, bottom)
        ax.set_xlim(low, 1.005)
        ax.set_ylim(bottom, 1.02)
        ax.set_yticks([tick for tick in ax.get_yticks() if low - 1e-9 <= tick <= 1 + 1e-9])
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlabel(str(say("retention.check_given_axis")))
        ax.set_ylabel(str(say("retention.check_share_axis")))
        style.legend_below(ax)
        style.finish(ax, title=say("retention.check_plot"), alt=alt)
    return ax


def _draw_histogram(ax: Axes, forecasts: NDArray[np.float64], low: float, bottom: float) -> None:
    """Draw how many forecasts there are, in the strip between two heights."""
    counts, edges = np.histogram(forecasts, bins=N_BARS, range=(low, 1.0))
    ax.bar(
        edges[:-1],
        counts / counts.max() * (low - bottom) * 0.85,
        width=np.diff(edges),
        bottom=bottom,
        align="edge",
        color=style.FAINT,
        edgecolor="white",
        label=str(say("retention.check_bars")),
    )
