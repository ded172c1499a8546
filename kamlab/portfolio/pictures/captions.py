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
GAPS = (1.5, 7.0, 12.0, 18.0, 25.0)
"""Points between a bubble and its name; from the second on a line leads to it."""

MARGIN = 4.0
"""Points between a name and the frame."""

AROUND = np.deg2rad([0, 180, 90, 270, 45, 315, 135, 225, 20, 340, 160, 200, 70, 110, 250, 290])
PAD = 1.0
LINE_PARTS = 16
BUBBLE_IN_POINTS = 8.0
"""A name rather stands this much further away than on a bubble."""

LEADER_IN_BUBBLES = 0.5
"""A bubble or a border that a line crosses counts so much of a bubble under a name."""

BORDER_IN_BUBBLES = 3.0
"""A name rather stands on so many bubbles than on a border."""

MOST_HIDDEN = 4.0
"""A name that would hide more than this is left out."""


def write_captions(
    ax: Axes,
    centres: Floats,
    radii: Floats,
    names: Sequence[str],
    taken: Sequence[Bbox],
    borders: Sequence[Bbox] = (),
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
    borders : sequence of Bbox
        Where names go only if they must, in pixels.

    Returns
    -------
    list of int
        Those that were named.
    """
    pixel = dots_per_point(ax)
    inset = MARGIN * pixel
    frame = np.array(ax.bbox.padded(-inset).extents)
    words = [np.array(box.extents) for box in taken]
    edges = np.reshape([box.extents for box in borders], (-1, 4))
    marks = [np.r_[c - r, c + r] for c, r, _ in zip(centres, radii, names, strict=False)]
    leaders: list[Floats] = []
    named = []
    for row, full in enumerate(names):
        name = shortened(full, LONGEST_NAME)
        boxes, gaps = _places(centres[row], radii[row], _measure(ax, name), pixel, frame)
        lines = _lines(boxes, centres[row])
        leads = gaps > GAPS[0]
        free = _within(boxes, frame)
        free &= ~_meets(boxes, np.reshape(words + marks + leaders, (-1, 4))).any(axis=1)
        crossed = _meets(lines.reshape(-1, 4), np.reshape(words + leaders, (-1, 4))).any(axis=1)
        free &= ~(leads & crossed.reshape(gaps.size, -1).any(axis=1))
        on_line = _covered(lines.reshape(-1, 4), centres, radii).reshape(*lines.shape[:2], -1)
        under_line = on_line.any(axis=1).sum(axis=1) - 1
        hidden = _covered(boxes, centres, radii).sum(axis=1).astype(float)
        hidden += LEADER_IN_BUBBLES * under_line * leads
        over_border = _meets(lines.reshape(-1, 4), edges).any(axis=1).reshape(gaps.size, -1)
        hidden += LEADER_IN_BUBBLES * over_border.any(axis=1) * leads
        hidden += BORDER_IN_BUBBLES * _meets(boxes, edges).any(axis=1)
        free &= hidden <= MOST_HIDDEN
        if not free.any():
            continue
        cost = hidden + gaps / BUBBLE_IN_POINTS
        best = int(np.argmin(np.where(free, cost, np.inf)))
        _write(ax, name, boxes[best], centres[row], radii[row], pixel, leader=bool(leads[best]))
        words.append(boxes[best])
        if leads[best]:
            leaders += list(lines[best])
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


def _places(
    centre: Floats, radius: float, extent: Floats, pixel: float, frame: Floats
) -> tuple[Floats, Floats]:
    """Return boxes (left, bottom, right, top) around a bubble, and their gaps in points.

    Those above and below are pushed sideways into the frame.
    """
    angle, gap = (grid.ravel() for grid in np.meshgrid(AROUND, GAPS))
    away = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    near = centre + away * (radius + gap * pixel)[:, None]
    middle = near + np.where(np.abs(away) < 0.1, 0.0, np.sign(away)) * extent / 2
    half = extent[0] / 2 + PAD
    upright = np.abs(away[:, 0]) < 0.1
    pushed = np.maximum(np.minimum(middle[:, 0], frame[2] - half), frame[0] + half)
    middle[:, 0] = np.where(upright, pushed, middle[:, 0])
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
        path_effects=halo(2.0),
        arrowprops=line if leader else None,
        gid="caption",
    ).set_in_layout(False)
