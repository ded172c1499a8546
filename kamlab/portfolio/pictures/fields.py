"""The ground of a portfolio map: the scale, the regions of the cells and their borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

MARGIN = 0.045
"""Space between the ends of the scale and the frame, as a share of the scale."""


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
    ax.set_aspect("equal", anchor="NW")
    ax.spines[["top", "right"]].set_visible(True)
    ax.add_collection(LineCollection(ground.borders(), colors=style.INK, linewidths=1.1, zorder=2))
