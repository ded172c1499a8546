"""The indicators of a latent variable: where they stand around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kamlab.sem.picture.boxes import Box

Side = Literal["left", "right", "above", "below"]

BETWEEN = 4.5
"""Between two items, in points."""

REACH, BARE_REACH = 54.0, 34.0
"""Between a latent variable and its items, with numbers on the arrows and without."""

STEEP = 0.16
"""The longer the row of items, the further away it has to be, or its arrows get flat."""


@dataclass(frozen=True, slots=True)
class Block:
    """A variable around (0, 0), with the items around it.

    Attributes
    ----------
    core : Box
    items : tuple of Box
    """

    core: Box
    items: tuple[Box, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The variable and its items."""
        return (self.core, *self.items)

    @property
    def extents(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all of it."""
        corners = [box.extents for box in self.boxes]
        left, top, right, bottom = zip(*corners, strict=True)
        return min(left), min(top), max(right), max(bottom)


def fanned(core: Box, count: int, item: tuple[float, float], side: Side, *, bare: bool) -> Block:
    """Return a variable with `count` items of a size (width, height) on one side.

    Parameters
    ----------
    core : Box
        Around (0, 0).
    count : int
    item : (float, float)
    side : {"left", "right", "above", "below"}
    bare : bool
        No numbers on the arrows.

    Returns
    -------
    Block
        Items run from the top down, or from left to right.
    """
    width, height = item
    upright = side in ("left", "right")
    step = (height if upright else width) + BETWEEN
    reach = max(BARE_REACH if bare else REACH, STEEP * step * count)
    away = reach + (core.width + width if upright else core.height + height) / 2
    sign = -1 if side in ("left", "above") else 1
    along = [(k - (count - 1) / 2) * step for k in range(count)]
    places = [(sign * away, at) if upright else (at, sign * away) for at in along]
    return Block(core, tuple(Box(x, y, width, height) for x, y in places))
