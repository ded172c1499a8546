"""The ledger as a picture: how much of its tolerance each number uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.claims import Status
from kamlab.foundation.columns import column
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.reproduction.ledger import ROUNDING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE = 1.6
"""Where rows beyond it are drawn, in tolerances."""
LINE = 0.34
"""Inches that a work takes."""
WIDTH = 9.0
NEEDED = ("work", "difference", "tolerance", "within", "status")


def draw_ledger(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the difference of every number that is held, over its tolerance, work by work.

    Parameters
    ----------
    table : DataFrame
        From `kl.ledger()`; rows that are held against nothing are left out.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
        A mark beyond the line at 1 is a number that is not reproduced.

    Raises
    ------
    ArgumentError
        If the table has no such rows or lacks a column.
    """
    if missing := [name for name in NEEDED if name not in table]:
        raise ArgumentError(say("reproduction.picture_needs", columns=", ".join(missing)))
    held = table[table["within"].notna()]
    if held.empty:
        raise ArgumentError(say("reproduction.picture_of_nothing"))
    works = list(dict.fromkeys(held["work"]))
    used = tolerance_used(held)
    within = held["within"].to_numpy(dtype=bool)
    with style.canvas(ax, width=WIDTH, height=1.6 + LINE * len(works)) as ax:
        known = set(held.loc[within, "status"])
        statuses = [status.value for status in Status if status in known]
        for look, status in zip(style.looks(), statuses, strict=False):
            own = (held["status"] == status).to_numpy() & within
            places = [works.index(work) for work in held.loc[own, "work"]]
            label = column("status").show(status)
            ax.plot(used[own], places, look.marker, color=look.color, alpha=0.6, label=label)
        places = [works.index(work) for work in held.loc[~within, "work"]]
        if places:
            outside = np.minimum(used[~within], EDGE)
            label = str(say("reproduction.picture_outside", edge=EDGE))
            ax.plot(outside, places, "X", color=style.INK, markersize=9, label=label)
        style.term_axis(ax, works)
        ax.axvline(1, color=style.INK, linewidth=1)
        ax.set_xlim(-0.05, EDGE + 0.05 if places else 1.1)
        ax.set_xlabel(str(say("reproduction.picture_axis")))
        style.legend_below(ax)
        style.finish(
            ax,
            title=say("reproduction.picture_title"),
            alt=say(
                "reproduction.picture_alt",
                count=len(held),
                works=len(works),
                within=int(within.sum()),
                outside=int((~within).sum()),
                mean=f"{used[within].mean():.2f}" if within.any() else "-",
            ),
        )
    return ax


def tolerance_used(held: pd.DataFrame) -> NDArray[np.float64]:
    """Return the differences over their tolerances; 0 where the numbers are the same.

    Parameters
    ----------
    held : DataFrame
        Rows of the ledger that have a tolerance.

    Returns
    -------
    ndarray, shape (n,)
        Infinite where numbers differ that have to be the same.
    """
    difference = held["difference"].abs().to_numpy(dtype=float)
    tolerance = held["tolerance"].to_numpy(dtype=float)
    used = np.full(len(held), np.inf)
    np.divide(difference, tolerance, out=used, where=tolerance > 0)
    return np.where(difference <= ROUNDING, 0.0, used)
