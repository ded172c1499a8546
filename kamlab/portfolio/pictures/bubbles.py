"""Marks on a portfolio map: which, how large, and where when several would hide each other."""

from __future__ import annotations

from functools import cache
from itertools import cycle, islice
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MARKERS = "os^DvPXph<>*"
"""The palette has six colours and as many marks; a model may have more cells."""

LARGEST, MOST_INK = 480.0, 9_000.0
"""Area of the largest bubble in square points, and at most of all bubbles together."""

SMALLEST = 14.0
REACH = 0.6
"""Half the width of a mark, its corners included, in roots of its area."""

PLAIN = 28.0
POINT = 2.0

STEP = 0.011
"""Distance of accounts with equal scores that are set apart, as a share of the scale."""

NARROWEST, WIDEST = 0.006, 0.03
"""How far they are set apart at least and at most; in between, a third of the way to the next."""

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def marks(count: int) -> list[Look]:
    """Return a look for each cell; no two of up to twelve have the same marker."""
    pairs = zip(style.looks(), cycle(MARKERS), strict=False)
    return [Look(look.color, marker) for look, marker in islice(pairs, count)]


def areas(size: Floats | None, count: int) -> Floats:
    """Return the area of each bubble in square points, in proportion to `size`.

    What is too small to see, unknown or not above 0 has the smallest area.
    """
    if size is None:
        return np.full(count, PLAIN)
    usable = np.isfinite(size) & (size > 0)
    if not usable.any():
        return np.full(count, SMALLEST)
    positive = np.where(usable, size, 0.0)
    scale = min(LARGEST / positive.max(), MOST_INK / positive.sum())
    return np.asarray(np.maximum(scale * positive, SMALLEST))


def set_apart(scores: Floats, span: float) -> Floats:
    """Set accounts with the very same scores around their place, like seeds of a sunflower.

    Parameters
    ----------
    scores : ndarray of shape (n, 2)
    span : float
        Length of the scale.

    Returns
    -------
    ndarray of shape (n, 2)
    """
    if not len(scores):
        return scores
    order = np.lexsort(scores.T)
    is_first = np.r_[True, (np.diff(scores[order], axis=0) != 0).any(axis=1)]
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(scores)), 0))
    group = np.cumsum(is_first) - 1
    alike = np.bincount(group)[group]
    seed = np.arange(len(scores)) - first + 0.5
    reach = np.clip(_closest(scores) / 3, NARROWEST * span, WIDEST * span)
    step = np.where(alike > 1, np.minimum(STEP * span, reach / np.sqrt(alike)), 0.0)
    turn = seed * GOLDEN_ANGLE
    moved = scores.copy()
    moved[order] += (step * np.sqrt(seed))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return moved


def _closest(scores: Floats) -> float:
    """Return the least distance between two different scores of an axis."""
    gaps = [np.diff(np.unique(column)) for column in scores.T]
    return float(min((gap.min() for gap in gaps if gap.size), default=np.inf))


def draw_bubbles(ax: Axes, places: Floats, area: Floats, unsure: Flags, look: Look) -> None:
    """Draw the accounts of one cell, the uncertain ones hollow, the largest at the back."""
    order = np.argsort(-area, kind="stable")
    hollow = unsure[order, None]
    x, y = places[order].T
    ax.scatter(
        x,
        y,
        s=area[order] * ink("o") / ink(look.marker),
        marker=look.marker,
        facecolors=np.where(hollow, to_rgba("white", 0.7), to_rgba(look.color, 0.7)),
        edgecolors=np.where(hollow, to_rgba(look.color), to_rgba("white")),  # type: ignore[arg-type]
        linewidths=np.where(unsure[order], 1.1, 0.5),  # type: ignore[arg-type]
        zorder=3,
    )


def draw_points(ax: Axes, places: Floats, unsure: Flags, look: Look) -> None:
    """Draw the accounts of one cell of a large portfolio as small points."""
    for hollow in (False, True):
        ax.plot(
            *places[unsure == hollow].T,
            look.marker,
            markersize=POINT,
            markerfacecolor="white" if hollow else look.color,
            markeredgecolor=look.color,
            markeredgewidth=0.4 if hollow else 0.0,
            alpha=0.5,
            rasterized=True,
            zorder=3,
        )


def draw_rings(ax: Axes, places: Floats) -> None:
    """Ring the accounts of a large portfolio that are named."""
    x, y = places.T
    ax.scatter(x, y, s=PLAIN, facecolors="none", edgecolors=style.INK, zorder=4)


@cache
def ink(marker: str) -> float:
    """Return which share of its square a marker fills, so that equal sizes look equal."""
    shape = MarkerStyle(marker)
    (corners,) = shape.get_path().transformed(shape.get_transform()).to_polygons()
    x, y = np.asarray(corners).T
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)
