"""The portfolio map."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.language import join, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.portfolio.model import Model
    from kamlab.portfolio.scoring import Placement

MARGIN = 0.25
WIDEST_STACK = 0.12
"""Points that accounts with equal scores may take up together, so that few cross a border."""

STACK_STEP = 0.035
"""Points by which accounts with equal scores are set apart so that all can be seen."""


def draw_map(
    model: Model,
    placement: Placement,
    accounts: pd.DataFrame,
    cells: pd.DataFrame,
    ax: Axes | None,
) -> Axes:
    """Draw accounts on the two axes of a model, with borders, cell names and counts."""
    low, high = model.scale.value
    x_axis, y_axis = model.axes
    x_cut, y_cut = placement.cuts
    with style.canvas(ax, height=5.0) as ax:
        for cell, look in zip(model.cells, style.looks(), strict=False):
            points = accounts[accounts["cell"] == cell.name]
            x, y = _apart(*(points[f"score_{axis.name}"].to_numpy() for axis in model.axes))
            ax.scatter(x, y, s=26, color=look.color, marker=look.marker, alpha=0.75, linewidth=0)
            count = cells.loc[cells["term"] == cell.name, "n_accounts"].item()
            _name_cell(ax, cell.levels, say("portfolio.cell_count", cell=cell.label, count=count))
        ax.axvline(x_cut, color=style.INK, linewidth=1)
        ax.axhline(y_cut, color=style.INK, linewidth=1)
        ax.set_xlim(low - MARGIN, high + MARGIN)
        ax.set_ylim(low - MARGIN, high + MARGIN)
        ax.set_aspect("equal")
        ax.set_xlabel(str(x_axis.label))
        ax.set_ylabel(str(y_axis.label))
        counts = [
            say("portfolio.cell_count", cell=cell.label, count=count)
            for cell, count in zip(model.cells, cells["n_accounts"], strict=True)
        ]
        style.finish(
            ax,
            title=model.name,
            alt=say(
                "portfolio.map_alt",
                x=x_axis.label,
                y=y_axis.label,
                cells=join(counts),
                x_cut=f"{x_cut:g}",
                y_cut=f"{y_cut:g}",
            ),
        )
    return ax


def _name_cell(ax: Axes, levels: tuple[str, ...], name: object) -> None:
    right, top = (level == "high" for level in levels)
    ax.annotate(
        str(name),
        xy=(0.985 if right else 0.015, 0.985 if top else 0.015),
        xycoords="axes fraction",
        ha="right" if right else "left",
        va="top" if top else "bottom",
        fontsize=8.5,
        bbox={"facecolor": "white", "edgecolor": style.FAINT, "alpha": 0.9, "pad": 3},
    )


def _apart(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Set accounts with the very same scores side by side."""
    order = sorted(range(len(x)), key=lambda i: (x[i], y[i]))
    moved = x.copy()
    for _, group in groupby(order, key=lambda i: (x[i], y[i])):
        members = list(group)
        step = min(STACK_STEP, WIDEST_STACK / len(members))
        moved[members] += step * (np.arange(len(members)) - (len(members) - 1) / 2)
    return moved, y
