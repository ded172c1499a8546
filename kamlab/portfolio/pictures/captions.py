"""Names of accounts on a map, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.lettering import dots_per_point, halo, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LONGEST_NAME = 14.0
FONT_SIZE = 7.5
GAPS = (1.5, 8.0, 16.0, 26.0, 38.0, 52.0, 68.0, 86.0)
"""Points between a bubble and its name; from the second on a line leads to it."""

AROUND = np.deg2rad([0, 180, 90, 270, 45, 315, 135, 225, 22.5, 337.5, 157.5, 202.5])
PAD = 1.0
LINE_PARTS = 16
BUBBLE_IN_POINTS = 18.0
"""A name rather stands this much further away than on a bubble."""


def write_captions(
    ax: Axes,
    centres: Floats,
    radii: Floats,
    names: Sequence[str],
    taken: Sequence[Bbox],
) -> list[int]:
    """Write names beside their bubbles where there is room, and skip those that find none.

    Parameters
    ----------
    ax : Axes
        Laid out already.
    centres : ndarray of shape (n, 2)
        Of the bubbles, in pixels.
    radii : ndarray of shape (n,)
        Of the bubbles, in pixels.
    names : sequence of str
        Of the first bubbles, the most important first.
    taken : sequence of Bbox
        Where no name may go, in pixels.

    Returns
    -------
    list of int
        Those that were named.
    """
    pixel = dots_per_point(ax)
    words = [np.array(box.extents) for box in taken]
    marks = [np.r_[c - r, c + r] for c, r, _ in zip(centres, radii, names, strict=False)]
    named = []
    for row, full in enumerate(names):
        name = shortened(full, LONGEST_NAME)
        boxes, gaps = _places(centres[row], radii[row], _measure(ax, name), pixel)
        lines = _lines(boxes, centres[row])
        free = _within(boxes, np.array(ax.bbox.extents))
        free &= ~_meets(boxes, np.reshape(words + marks, (-1, 4))).any(axis=1)
        crossed = _meets(lines.reshape(-1, 4), np.reshape(words, (-1, 4))).any(axis=1)
        free &= ~crossed.reshape(gaps.size, -1).any(axis=1)
        if not free.any():
            continue
        cost = _covered(boxes, centres, radii).sum(axis=1) + gaps / BUBBLE_IN_POINTS
        best = int(np.argmin(np.where(free, cost, np.inf)))
        leader = bool(gaps[best] > GAPS[0])
        _write(ax, name, boxes[best], centres[row], radii[row], pixel, leader=leader)
        words.append(boxes[best])
        if leader:
            marks += list(lines[best])
        named.append(row)
    return named


def _lines(boxes: Floats, centre: Floats) -> Floats:
    """Return boxes along the line from a bubble to each place, for what the line would cross."""
    ends = np.clip(centre, boxes[:, :2], boxes[:, 2:])
    along = np.linspace(0, 1, LINE_PARTS, endpoint=False)[:, None]
    points = (centre + along * (ends - centre)[:, None]).reshape(-1, 2)
    return np.hstack([points - PAD, points + PAD]).reshape(len(boxes), -1, 4)


def _measure(ax: Axes, name: str) -> Floats:
    text = ax.text(0, 0, name, fontsize=FONT_SIZE)
    box = text.get_window_extent()
    text.remove()
    return np.array([box.width, box.height])


def _places(centre: Floats, radius: float, extent: Floats, pixel: float) -> tuple[Floats, Floats]:
    """Return boxes (left, bottom, right, top) around a bubble, and their gaps in points."""
    angle, gap = (grid.ravel() for grid in np.meshgrid(AROUND, GAPS))
    away = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    near = centre + away * (radius + gap * pixel)[:, None]
    middle = near + np.where(np.abs(away) < 0.1, 0.0, np.sign(away)) * extent / 2
    return np.hstack([middle - extent / 2 - PAD, middle + extent / 2 + PAD]), gap


def _within(boxes: Floats, frame: Floats) -> Flags:
    inside = [boxes[:, :2] >= frame[:2], boxes[:, 2:] <= frame[2:]]
    return np.asarray(np.hstack(inside).all(axis=1))


def _meets(boxes: Floats, others: Floats) -> Flags:
    """Return which boxes (rows) overlap which others (columns)."""
    before = boxes[:, None, :2] < others[None, :, 2:]
    after = boxes[:, None, 2:] > others[None, :, :2]
    return np.asarray((before & after).all(axis=2))


def _covered(boxes: Floats, centres: Floats, radii: Floats) -> Flags:
    """Return which bubbles each box would lie on."""
    nearest = np.clip(centres[None], boxes[:, None, :2], boxes[:, None, 2:])
    return np.asarray(np.hypot(*np.moveaxis(nearest - centres, 2, 0)) < radii)


def _write(
    ax: Axes, name: str, box: Floats, centre: Floats, radius: float, pixel: float, *, leader: bool
) -> None:
    corner, extent = box[:2] + PAD, box[2:] - box[:2] - 2 * PAD
    at = ax.transData.inverted().transform(centre)
    line = {
        "arrowstyle": "-",
        "color": style.QUIET,
        "linewidth": 0.7,
        "shrinkA": 0,
        "shrinkB": radius / pixel,
        "relpos": tuple(np.clip((centre - corner) / extent, 0, 1)),
    }
    ax.annotate(
        name,
        xy=(at[0], at[1]),
        xytext=tuple((corner - centre) / pixel),
        textcoords="offset points",
        ha="left",
        va="bottom",
        fontsize=FONT_SIZE,
        zorder=6,
        path_effects=halo(3.0),
        arrowprops=line if leader else None,
        gid="caption",
    ).set_in_layout(False)
