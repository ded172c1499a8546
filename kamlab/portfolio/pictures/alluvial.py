"""The alluvial diagram: where the accounts of one model's cells are in the next model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lettering import wrapped
from kamlab.portfolio.pictures.strata import (
    BLOCK,
    LABEL_EMS,
    Column,
    draw_labels,
    stacked,
    totals_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 8.0, 5.0
LINES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "||||", "oooo", "++++")
"""Patterns that tell the strata of a column apart without colour."""

FLOWS_TOLD = 3


def draw_alluvial(
    *,
    columns: Sequence[Text],
    strata: Sequence[Sequence[Text]],
    flows: Sequence[ArrayLike],
    title: Text | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw columns of strata, and bands for the accounts that they share.

    Parameters
    ----------
    columns : sequence of Text
        From left to right.
    strata : sequence of sequence of Text
        Of each column, from the top down.
    flows : sequence of array_like
        Between each column and the next: accounts by stratum of the left and of the right one.
    title : Text, optional
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    An account that is in no stratum of a column is in no band there; give it a stratum of its
    own if it is to be seen.
    """
    counts = [np.asarray(flow, dtype=float) for flow in flows]
    wanted = [(len(left), len(right)) for left, right in pairwise(strata)]
    if [flow.shape for flow in counts] != wanted:
        raise ValueError(f"flows have shapes {[f.shape for f in counts]}, strata need {wanted}")
    totals = totals_of(counts)
    placed = stacked(totals)
    with style.canvas(ax, width=WIDTH, height=HEIGHT) as ax:
        for place, flow in enumerate(counts):
            _draw_bands(ax, flow, placed[place], placed[place + 1])
        for column in placed:
            _draw_blocks(ax, column)
        _name_columns(ax, columns)
        style.finish(
            ax,
            title=title or say("portfolio.picture_same_accounts"),
            alt=_alt(columns, strata, counts, totals),
        )
        draw_labels(ax, placed, strata, totals)
    return ax


def _draw_bands(ax: Axes, flow: Floats, left: Column, right: Column) -> None:
    """Draw the bands between two columns; in each stratum they lie in the order of the others."""
    height = flow * left.scale
    start = left.top[:, None] + np.cumsum(height, axis=1) - height
    end = right.top[None, :] + np.cumsum(height, axis=0) - height
    x0, x1 = left.place + BLOCK / 2, right.place - BLOCK / 2
    for (row, column), tall in np.ndenumerate(height):
        if tall > 0:
            band = _band(x0, x1, float(start[row, column]), float(end[row, column]), tall)
            ax.add_patch(PathPatch(band, **_paint(row, alpha=0.35), zorder=1, gid="band"))


def _band(x0: float, x1: float, start: float, end: float, tall: float) -> Path:
    middle = (x0 + x1) / 2
    there = [(x0, start), (middle, start), (middle, end), (x1, end)]
    back = [(x1, end + tall), (middle, end + tall), (middle, start + tall), (x0, start + tall)]
    curve = [Path.CURVE4] * 3
    return Path(
        [*there, *back, there[0]], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    )


def _paint(row: int, *, alpha: float) -> dict[str, Any]:
    """Return the fill of a stratum or of its bands: a colour and a pattern of its own."""
    color = style.LOOKS[row % len(style.LOOKS)].color
    return {
        "facecolor": to_rgba(color, alpha),
        "edgecolor": to_rgba(color, 0.9),
        "linewidth": 0.4,
        "hatch": LINES[row % len(LINES)] or None,
        "hatch_linewidth": 0.4,
    }


def _draw_blocks(ax: Axes, column: Column) -> None:
    for row, (top, size) in enumerate(zip(column.top, column.size, strict=True)):
        corner = column.place - BLOCK / 2, top
        paint = _paint(row, alpha=0.9)
        ax.add_patch(Rectangle(corner, BLOCK, size, **paint, zorder=2, gid="stratum"))


def _name_columns(ax: Axes, columns: Sequence[Text]) -> None:
    names = [wrapped(str(column), LABEL_EMS) for column in columns]
    ax.set_xticks(np.linspace(0, 1, len(columns)), names)
    ax.set_yticks([])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlim(-BLOCK / 2, 1 + BLOCK / 2)
    ax.set_ylim(1.0, 0.0)


def _alt(
    columns: Sequence[Text],
    strata: Sequence[Sequence[Text]],
    flows: list[Floats],
    totals: list[Floats],
) -> Text:
    sentences = [say("portfolio.picture_alluvial")]
    for column, names, counts in zip(columns, strata, totals, strict=True):
        cells = [
            say("portfolio.picture_cell", cell=name, count=f"{count:,.0f}")
            for name, count in zip(names, counts, strict=True)
        ]
        sentences.append(say("portfolio.picture_column", column=column, cells=join(cells)))
    pairs = zip(pairwise(columns), pairwise(strata), flows, strict=True)
    for (one, other), (left, right), flow in pairs:
        largest = np.argsort(-flow, axis=None, kind="stable")[:FLOWS_TOLD]
        bands = [
            say("portfolio.picture_move", start=left[row], end=right[to], count=int(flow[row, to]))
            for row, to in zip(*np.unravel_index(largest, flow.shape), strict=True)
            if flow[row, to]
        ]
        sentences.append(say("portfolio.picture_widest", one=one, other=other, bands=join(bands)))
    return paragraph(sentences)
