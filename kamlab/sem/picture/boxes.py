"""The shapes of a path diagram as places on the paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, or the ellipse in it: centre and size; y runs down."""

    x: float
    y: float
    width: float
    height: float
    round: bool = False

    @property
    def extents(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        across, up = self.width / 2, self.height / 2
        return self.x - across, self.y - up, self.x + across, self.y + up

    def holds(self, points: Floats, pad: float = 0.0) -> Flags:
        """Return which points are inside; `points` of shape (..., 2)."""
        half = np.array([self.width, self.height]) / 2 + pad
        away = np.abs(points - (self.x, self.y)) / half
        inside = (away**2).sum(axis=-1) < 1 if self.round else (away < 1).all(axis=-1)
        return np.asarray(inside)

    def moved(self, x: float, y: float) -> Box:
        """Return the shape further to the right and down."""
        return Box(self.x + x, self.y + y, self.width, self.height, self.round)


def extents_of(boxes: Iterable[Box]) -> Floats:
    """Return left, top, right and bottom of each, shape (n, 4)."""
    return np.reshape(np.array([box.extents for box in boxes], dtype=float), (-1, 4))


def overlaps(one: Floats, other: Floats) -> Flags:
    """Return which rectangles (rows) overlap which others (columns)."""
    before = one[:, None, :2] < other[None, :, 2:]
    after = one[:, None, 2:] > other[None, :, :2]
    return np.asarray((before & after).all(axis=2))
