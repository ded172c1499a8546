"""The Lorenz curve: how unequally an amount is spread over accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from kamlab.foundation import style
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import halo, wrapped
from kamlab.selection.inequality import gini, top_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP = 0.20
"""The part of the accounts, the largest, whose share of the total is marked."""

WIDTH, HEIGHT = 5.6, 5.0
FONT_SIZE = 9.0
NOTE_EMS = 20.0


def draw_lorenz(*, title: Text, values: ArrayLike, what: Text, ax: Axes | None = None) -> Axes:
    """Draw the Lorenz curve of an amount, the line of equality, and the share of the top 20 %.

    Parameters
    ----------
    title : Text
    values : array_like of shape (n,)
        The amount of each account, with a positive sum; below zero the curve falls at first.
    what : Text
        What the amount is.
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    Accounts stand in ascending order, as Lorenz's curve has them: the curve lies under the
    line of equality, and the further under it, the more unequal the amounts are. The Gini
    coefficient is not given where an amount is below zero.
    """
    amounts = np.sort(np.asarray(values, dtype=float))
    if not amounts.size or not amounts.sum() > 0:
        raise ValueError("the values must have a positive sum")
    share = np.r_[0.0, np.cumsum(amounts)] / amounts.sum()
    part = np.linspace(0.0, 1.0, share.size)
    top = top_share(amounts, TOP)
    notes = [say("selection.lorenz_top", part=f"{TOP:.0%}", share=f"{top:.0%}")]
    if amounts[0] >= 0:
        notes.append(say("selection.lorenz_gini", gini=f"{gini(amounts):.2f}"))
    with style.canvas(ax, width=WIDTH, height=HEIGHT) as ax:
        look = style.LOOKS[0]
        ax.fill_between(part, part, share, facecolor=style.FAINT, alpha=0.6, linewidth=0)
        ax.plot([0, 1], [0, 1], "--", color=style.QUIET, linewidth=1.2, zorder=2)
        ax.plot(part, share, color=look.color, linewidth=2.2, zorder=3)
        ax.annotate(
            "",
            xy=(1 - TOP, 1.0),
            xytext=(1 - TOP, 1 - top),
            arrowprops={"arrowstyle": "<->", "color": style.INK, "shrinkA": 0, "shrinkB": 0},
            zorder=3,
        )
        ax.text(0.98 - TOP, 0.92, f"{top:.0%}", ha="right", va="center", fontsize=FONT_SIZE)
        ax.plot(1 - TOP, 1 - top, look.marker, color=look.color, markeredgecolor="white", zorder=4)
        ax.text(
            0.05,
            0.93,
            "\n".join(wrapped(str(note), NOTE_EMS) for note in notes),
            va="top",
            fontsize=FONT_SIZE,
            linespacing=1.5,
            path_effects=halo(),
        )
        ax.text(
            0.47,
            0.5,
            str(say("selection.lorenz_equal")),
            rotation=45,
            rotation_mode="anchor",
            transform_rotates_text=True,
            ha="center",
            va="bottom",
            fontsize=FONT_SIZE,
            color=style.QUIET,
        )
        ax.set_xlim(0, 1)
        ax.set_ylim(min(0.0, float(share.min())), 1)
        ax.set_aspect("equal")
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlabel(str(say("selection.lorenz_accounts")))
        ax.set_ylabel(str(say("selection.lorenz_share", what=what)))
        alt = say("selection.lorenz_alt", what=what, count=f"{amounts.size:,}")
        style.finish(ax, title=title, alt=paragraph([alt, *notes]))
    return ax
