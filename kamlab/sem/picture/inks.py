"""How the arrows and shapes of a path diagram are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Ellipse, PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from kamlab.foundation import style
from kamlab.sem.picture.boxes import Box, Floats
from kamlab.sem.picture.diagram import Edge
from kamlab.sem.picture.lines import length
from kamlab.sem.picture.names import LEADING, NOTE_SIZE, NUMBER_SIZE, Lettered
from kamlab.sem.picture.numbers import Spot
from kamlab.sem.picture.routes import Route

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THIN, LEAST, MOST = 0.9, 0.9, 3.0
"""Width of a line in points: of what is no path, and of paths from 0 to 1 standardised."""

HEAD, SMALL_HEAD = 7.5, 5.5
SLIM = 0.36
LATENT, OBSERVED = "#f3f6f9", "white"


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour and pattern of an arrow."""

    color: str
    dashes: tuple[float, ...] = ()


PLAIN = Ink(style.INK)
POSITIVE = Ink(style.LOOKS[0].color)
NEGATIVE = Ink(style.LOOKS[1].color, (5.0, 2.2))
UNCLEAR = Ink(style.QUIET, (1.0, 1.8))


def ink_of(edge: Edge) -> Ink:
    """Return how an arrow is drawn: by the sign of its estimate, if that is clear."""
    if edge.unclear:
        return UNCLEAR
    if not edge.fitted and not isfinite(edge.standardised):
        return PLAIN
    return NEGATIVE if edge.estimate < 0 else POSITIVE


def width_of_line(edge: Edge) -> float:
    """Return the width of an arrow in points."""
    if edge.kind != "path" or not isfinite(edge.standardised):
        return THIN
    return LEAST + (MOST - LEAST) * min(abs(edge.standardised), 1.0)


def draw_route(ax: Axes, route: Route, scale: float) -> None:
    """Draw an arrow; a covariance has two heads."""
    ink, width = ink_of(route.edge), width_of_line(route.edge)
    two = route.edge.kind == "covariance"
    small = route.edge.kind != "path"
    size = min(SMALL_HEAD if small else HEAD + width - LEAST, length(route.points) / 3)
    points = route.points
    heads = [_head(points, size), *([_head(points[::-1], size)] if two else [])]
    line = _shortened(points, size * 0.8)
    if two:
        line = _shortened(line[::-1], size * 0.8)
    ax.add_artist(
        PathPatch(
            Path(line),
            fill=False,
            edgecolor=ink.color,
            linewidth=width * scale,
            linestyle=(0, ink.dashes) if ink.dashes else "-",
            capstyle="butt",
            zorder=2,
            gid=route.edge.kind,
        )
    )
    for head in heads:
        ax.add_artist(Polygon(head, facecolor=ink.color, linewidth=0, zorder=2.5, gid="head"))


def _head(points: Floats, size: float) -> Floats:
    """Return the corners of an arrow head at the end of a way."""
    tip = points[-1]
    base = _shortened(points, size)[-1]
    back = (base - tip) / max(float(np.hypot(*(base - tip))), 1e-9) * size
    aside = SLIM * np.array([-back[1], back[0]])
    return np.array([tip, tip + back + aside, tip + 0.8 * back, tip + back - aside])


def _shortened(points: Floats, by: float) -> Floats:
    """Return a way without the last so many points of length."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.r_[0.0, np.cumsum(steps)]
    stop = max(float(along[-1]) - by, 0.0)
    kept = along < stop
    end = [np.interp(stop, along, axis) for axis in points.T]
    return np.vstack([points[kept], end])


def draw_shape(ax: Axes, box: Box, words: Lettered, size: float, scale: float) -> None:
    """Draw a variable with its name and what is noted under it."""
    look: dict[str, Any] = {
        "edgecolor": style.INK,
        "linewidth": 0.9 * scale,
        "zorder": 3,
        "gid": "node",
    }
    if box.round:
        ax.add_artist(Ellipse((box.x, box.y), box.width, box.height, facecolor=LATENT, **look))
    else:
        left, top, _, _ = box.extents
        ax.add_artist(Rectangle((left, top), box.width, box.height, facecolor=OBSERVED, **look))
    below = LEADING * NOTE_SIZE / 2 if words.note else 0.0
    _write(ax, box.x, box.y - below, words.name, size * scale, style.INK, "name")
    if words.note:
        down = LEADING * size * (words.name.count("\n") + 1) / 2
        _write(ax, box.x, box.y + down, words.note, NOTE_SIZE * scale, style.QUIET, "note")


def _write(ax: Axes, x: float, y: float, words: str, size: float, color: str, gid: str) -> None:
    ax.text(
        x,
        y,
        words,
        fontsize=size,
        color=color,
        ha="center",
        va="center",
        linespacing=LEADING,
        zorder=5,
        gid=gid,
    ).set_in_layout(False)


def draw_numbers(ax: Axes, spots: Sequence[Spot], routes: Sequence[Route], scale: float) -> None:
    """Write the numbers, each on a white ground that interrupts its arrow."""
    for spot in spots:
        left, top = spot.x - spot.width / 2 - 0.8, spot.y - spot.height / 2 + 0.4
        ground = Rectangle((left, top), spot.width + 1.6, spot.height - 0.8)
        ground.set(facecolor="white", linewidth=0, zorder=2.7, gid="ground")
        ax.add_artist(ground)
        ink = ink_of(routes[spot.route].edge)
        _write(ax, spot.x, spot.y, spot.words, NUMBER_SIZE * scale, ink.color, "number")
