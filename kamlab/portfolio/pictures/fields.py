"""The ground of a portfolio map: the scale, the borders, the names of the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text
from kamlab.foundation.lettering import dots_per_point, wrapped
from kamlab.foundation.style import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

MARGIN = 0.045
"""Space between the ends of the scale and the frame, as a share of the scale."""

FONT_SIZE = 8.5
FEWEST_EMS = 12.0
KEY = 9
"""Width of the mark before a cell's name, in points."""

INSET = 4.0


@dataclass(frozen=True, slots=True)
class Region:
    """A cell on the map: its name, and the levels that it covers on each axis, from 0 up."""

    label: Text
    x: tuple[int, ...]
    y: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """The edges of the levels of both axes, frame included, and which region has each field."""

    edges: tuple[Floats, Floats]
    owner: NDArray[np.int_]

    @classmethod
    def of(
        cls, cuts: Sequence[Floats], scale: tuple[float, float], regions: Sequence[Region]
    ) -> Ground:
        """Work out the ground from the cuts of both axes."""
        low, high = framed(scale)
        across, up = (np.r_[low, np.clip(np.sort(cut), low, high), high] for cut in cuts)
        owner = np.full((across.size - 1, up.size - 1), -1)
        for number, region in enumerate(regions):
            owner[np.ix_(region.x, region.y)] = number
        return cls((across, up), owner)

    def borders(self) -> list[list[tuple[float, float]]]:
        """Return the lines between fields of different regions."""
        (x, y), owner = self.edges, self.owner
        upright = [
            [(x[i + 1], y[j]), (x[i + 1], y[j + 1])]
            for i, j in np.argwhere(owner[1:] != owner[:-1])
        ]
        level = [
            [(x[i], y[j + 1]), (x[i + 1], y[j + 1])]
            for i, j in np.argwhere(owner[:, 1:] != owner[:, :-1])
        ]
        return upright + level

    def field(self, region: Region) -> Floats:
        """Return the lower left and the upper right corner of a region."""
        spans = [
            (edges[min(levels)], edges[max(levels) + 1])
            for edges, levels in zip(self.edges, (region.x, region.y), strict=True)
        ]
        return np.array(spans, dtype=float).T

    def corners(self, region: Region) -> Floats:
        """Return a region's corners as 0 (left, low) or 1, the one for its name first."""
        right = 0 not in region.x and max(region.x) == len(self.owner) - 1
        top = 0 not in region.y or max(region.y) == self.owner.shape[1] - 1
        best = np.array([right, top], dtype=float)
        return np.asarray(np.abs(np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) - best))

    def within(self, scores: Floats, moved: Floats) -> Floats:
        """Return marks that were moved for the eye, none of them across a border."""
        held = moved.copy()
        for axis, edges in enumerate(self.edges):
            level = np.searchsorted(edges[1:-1], scores[:, axis], side="right")
            low, high = edges[level], edges[level + 1]
            mirrored = low + np.abs(moved[:, axis] - low)
            held[:, axis] = np.clip(high - np.abs(high - mirrored), low, high)
        return held


def framed(scale: tuple[float, float]) -> tuple[float, float]:
    """Return the limits of the frame around a scale."""
    low, high = scale
    margin = MARGIN * (high - low)
    return low - margin, high + margin


def draw_ground(ax: Axes, ground: Ground, scale: tuple[float, float]) -> None:
    """Draw the frame and the borders."""
    ax.set_xlim(*framed(scale))
    ax.set_ylim(*framed(scale))
    ax.set_aspect("equal")
    ax.spines[["top", "right"]].set_visible(True)
    ax.add_collection(LineCollection(ground.borders(), colors=style.INK, linewidths=1.1, zorder=2))


def name_region(
    ax: Axes, ground: Ground, region: Region, look: Look, words: Text, places: Floats
) -> AnnotationBbox:
    """Write a cell's mark, name and count into that corner of its region which hides least.

    Parameters
    ----------
    ax : Axes
        Laid out already.
    ground : Ground
    region : Region
    look : Look
    words : Text
    places : ndarray of shape (n, 2)
        Where the accounts are drawn, in pixels.
    """
    pixel = dots_per_point(ax)
    low, high = ax.transData.transform(ground.field(region))
    room = ((high - low)[0] / pixel - KEY) / FONT_SIZE - 2
    text = wrapped(str(words), max(room, FEWEST_EMS))
    trial = _label(ax, look, text, np.zeros(2), np.zeros(2))
    extent = np.array(trial.get_window_extent().size)
    trial.remove()
    corners = ground.corners(region)
    if (extent + 2 * INSET * pixel > high - low).any():
        corners = corners[:1]
    inset = corners * -2 + 1.0
    start = low + corners * (high - low - extent) + inset * INSET * pixel
    over = (places >= start[:, None]) & (places <= start[:, None] + extent)
    corner = corners[np.argmin(over.all(axis=2).sum(axis=1))]
    return _label(ax, look, text, low + corner * (high - low), corner)


def _label(ax: Axes, look: Look, words: str, at: Floats, corner: Floats) -> AnnotationBbox:
    key = DrawingArea(KEY, KEY)
    key.add_artist(Line2D([KEY / 2], [KEY / 2], marker=look.marker, color=look.color, markersize=6))
    text = TextArea(words, textprops={"fontsize": FONT_SIZE, "color": style.INK})
    across, up = ax.transData.inverted().transform(at)
    box = AnnotationBbox(
        HPacker(children=[key, text], align="center", pad=0, sep=3),
        (across, up),
        xybox=tuple(INSET * (1 - 2 * corner)),
        boxcoords="offset points",
        box_alignment=tuple(corner),
        pad=0.25,
        bboxprops={"facecolor": "white", "edgecolor": style.FAINT, "alpha": 0.88},
        zorder=5,
        gid="region",
    )
    box.set_in_layout(False)
    ax.add_artist(box)
    return box
