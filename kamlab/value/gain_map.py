"""The map of the gain from more retention, with the line where a claim is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.language import Text, say
from kamlab.foundation.lettering import halo
from kamlab.value.gain_formula import GainFormula

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FINE = 241
LADDER = np.array([1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 100, 200, 500, 1000]) / 100
"""Gains that may have a contour: round numbers, of which those on the map are drawn."""

DARKEST = 0.62
HATCH = "////"


def draw_gain_map(
    formula: GainFormula,
    claim: float,
    retention: tuple[float, float],
    discount: tuple[float, float],
    *,
    title: Text,
    step: Text,
    alt: Text,
    ax: Axes | None,
) -> Axes:
    """Draw the gain over retention (across) and discount (up); the darker, the more.

    Parameters
    ----------
    formula : GainFormula
    claim : float
        The gain whose line is drawn.
    retention, discount : (float, float)
        The ends of both axes.
    step : Text
        The step in words.
    """
    rates, discounts = np.linspace(*retention, FINE), np.linspace(*discount, FINE)
    gain, known = _gains(formula, rates, discounts)
    with style.canvas(ax, width=7.6, height=5.0) as ax:
        _contours(ax, rates, discounts, np.ma.masked_where(~known, gain), claim)
        handles: list[Artist] = [Line2D([], [], color=style.INK, linewidth=3)]
        labels = [str(say("value.gain_legend_claim", claim=f"{100 * claim:.4g}%"))]
        if not known.all():
            with mpl.rc_context({"hatch.color": style.QUIET, "hatch.linewidth": 0.6}):
                ax.contourf(
                    rates, discounts, ~known, levels=[0.5, 1.5], colors="white", hatches=[HATCH]
                )
            handles.append(Patch(facecolor="white", edgecolor=style.QUIET, hatch=HATCH))
            labels.append(str(say("value.gain_legend_none", step=step)))
        ax.set_xlim(retention)
        ax.set_ylim(discount)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlabel(str(say("value.gain_axis_retention")))
        ax.set_ylabel(str(column("discount_rate").label))
        ax.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
        style.finish(ax, title=title, alt=alt)
    return ax


def _gains(
    formula: GainFormula, rates: NDArray[np.float64], discounts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the gain on a fine grid, discount rates down, and where there is one."""
    rate, discount = np.meshgrid(rates, discounts)
    known = np.asarray(formula.left_out(rate, discount) == "")
    gain = np.full(rate.shape, np.nan)
    gain[known] = formula.gain(rate[known], discount[known])
    return gain, known


def _contours(
    ax: Axes,
    rates: NDArray[np.float64],
    discounts: NDArray[np.float64],
    gain: np.ma.MaskedArray,
    claim: float,
) -> None:
    inner = LADDER[(gain.min() < LADDER) & (gain.max() > LADDER)]
    levels = np.r_[gain.min(), inner, np.nextafter(gain.max(), np.inf)]
    shades = mpl.colormaps["Greys"](np.linspace(0.04, DARKEST, len(levels) - 1))
    ax.contourf(rates, discounts, gain, levels=levels, colors=shades)
    lines = ax.contour(
        rates,
        discounts,
        gain,
        levels=inner[~np.isclose(inner, claim)],
        colors=style.QUIET,
        linewidths=0.8,
    )
    _name(ax, lines, size=8.5)
    if gain.min() <= claim <= gain.max():
        true = ax.contour(rates, discounts, gain, levels=[claim], colors=style.INK, linewidths=3)
        _name(ax, true, size=11)


def _name(ax: Axes, lines: mpl.contour.QuadContourSet, *, size: float) -> None:
    for words in ax.clabel(lines, fmt=lambda gain: f"+{100 * gain:.4g}%", fontsize=size):
        words.set(color=style.INK, path_effects=halo(3.0), fontfamily=style.font_families())
