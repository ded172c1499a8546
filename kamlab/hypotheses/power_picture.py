"""The picture of power: how often companies of a size would support a hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter

from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.language import paragraph, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.hypotheses.power_result import Power

POINTS = 200


def draw_power(power: Power, ax: Axes | None) -> Axes:
    """Draw simulated shares with Wilson intervals, the smooth curve and the target."""
    table = power.tidy()
    sizes = table["n_accounts"].to_numpy(dtype=float)
    look = style.LOOKS[0]
    with style.canvas(ax) as ax:
        if power.curve is not None:
            at = np.linspace(sizes[0], sizes[-1], POINTS)
            label = str(say("hypotheses.power_curve"))
            ax.plot(at, power.curve.at(at), color=look.color, label=label)
        ax.vlines(sizes, table["power_low"], table["power_high"], color=look.color)
        label = str(say("hypotheses.power_points", level=f"{power.study.conf_level:.0%}"))
        ax.plot(sizes, table["power"], look.marker, color=look.color, label=label)
        target = str(say("hypotheses.power_target", target=f"{power.target:.0%}"))
        ax.axhline(power.target, color=style.QUIET, linestyle="--", label=target)
        if sizes[0] < power.n_needed <= sizes[-1]:
            ax.plot([power.n_needed] * 2, [0, power.target], color=style.QUIET, linestyle=":")
            words = f" {power.n_needed:,.0f}"
            ax.text(power.n_needed, 0.02, words, color=style.INK, va="bottom")
        ax.set_ylim(0, 1.02)
        ax.set_xlim(left=0)
        ax.set_xticks(sizes)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlabel(str(column("n_accounts").label))
        ax.set_ylabel(str(say("hypotheses.power_axis")))
        style.legend_below(ax)
        alt = paragraph([say("hypotheses.power_alt"), *power.sentences()])
        title = say("hypotheses.power_picture_title", name=power.study.hypothesis.name)
        style.finish(ax, title=title, alt=alt)
    return ax
