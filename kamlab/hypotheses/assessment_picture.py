"""The picture of an assessment: all hypotheses on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import paragraph, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from kamlab.hypotheses.assessment import HypothesisAssessment

    Array = NDArray[np.float64]

FARTHEST = 6.0
"""Standard errors beyond which marks are drawn at the edge."""
TICKS = {-6: "< -6", -4: "-4", -2: "-2", 0: "0", 2: "2", 4: "4", 6: "> 6"}
DECIDED = ("supported", "refuted", "undecided")


def clearances(found: HypothesisAssessment, ax: Axes | None) -> Axes:
    """Draw how clear each effect is of the end of its range.

    The distance is that of a normal variable with the same p-value; to the right lies the range
    claimed. A line leads from the distance alone to that after the correction, so the marks
    beyond the dashed lines are the decided ones.
    """
    table = found.tidy().query("verdict != 'not_applicable'").reset_index(drop=True)
    if table.empty:
        raise NotApplicable(say("hypotheses.nothing_to_draw"))
    inside = [
        one.hypothesis.claims(one.evidence.estimate)
        for one in found.examined
        if one.evidence is not None
    ]
    sign = np.where(inside, 1.0, -1.0)
    alone, after = (_distance(table[name].to_numpy(), sign) for name in ("p_value", "p_corrected"))
    rows = np.arange(len(table), dtype=float)
    edge = float(stats.norm.isf((1 - found.conf_level) / 2))
    with style.canvas(ax, width=8.0, height=1.8 + 0.34 * len(table)) as ax:
        ax.hlines(rows, after, alone, color=style.FAINT)
        ax.plot(alone, rows, "|", color=style.QUIET, label=str(say("hypotheses.alone")))
        for name, look in zip(DECIDED, style.looks(), strict=False):
            own = (table["verdict"] == name).to_numpy()
            if own.any():
                word = str(column("verdict").values[name])
                ax.plot(after[own], rows[own], look.marker, color=look.color, label=word)
        style.term_axis(ax, table["term"].tolist())
        for limit, label in ((-edge, None), (edge, str(say("hypotheses.limit")))):
            ax.axvline(limit, color=style.QUIET, linewidth=1, linestyle="--", label=label)
        ax.set_xlim(-FARTHEST - 0.5, FARTHEST + 0.5)
        ax.set_xticks(list(TICKS), list(TICKS.values()))
        ax.set_xlabel(str(say("hypotheses.axis")))
        style.legend_below(ax)
        sentences = [
            say(
                "hypotheses.alt_row",
                name=row["term"],
                verdict=column("verdict").values[str(row["verdict"])],
                distance=f"{value:z.1f}",
            )
            for row, value in zip(table.to_dict("records"), after, strict=True)
        ]
        alt = say("hypotheses.alt", count=len(table), rows=paragraph(sentences))
        style.finish(ax, title=found.title, alt=alt)
    return ax


def _distance(p_values: Array, sign: Array) -> Array:
    return np.asarray(sign * np.minimum(stats.norm.isf(p_values / 2), FARTHEST))
