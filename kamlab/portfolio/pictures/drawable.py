"""Which accounts a portfolio map can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kamlab.portfolio.pictures.legend import Size

Floats = NDArray[np.float64]

MANY = 2_000
"""More accounts than this are drawn as points of one size: bubbles would cover each other."""


@dataclass(frozen=True, slots=True)
class Drawable:
    """The accounts that can be drawn, and how many cannot."""

    scores: Floats
    cell: NDArray[np.int_]
    unsure: NDArray[np.bool_]
    captions: Sequence[str]
    rows: NDArray[np.int_]
    value: Floats | None
    left_out: int

    @property
    def crowded(self) -> bool:
        """Whether they are too many for bubbles."""
        return len(self.cell) > MANY

    @property
    def ranked(self) -> NDArray[np.int_]:
        """The accounts from the largest on; none where sizes are not known."""
        if self.value is None:
            return np.zeros(0, dtype=int)
        return np.argsort(-np.nan_to_num(self.value), kind="stable")


def drawable(
    scores: ArrayLike,
    cell_of: ArrayLike,
    unsure: ArrayLike,
    captions: Sequence[str],
    size: Size | None,
) -> Drawable:
    """Pick out the accounts that have both scores and a cell."""
    places, cell = np.asarray(scores, dtype=float), np.asarray(cell_of, dtype=int)
    rows = np.flatnonzero(np.isfinite(places).all(axis=1) & (cell >= 0))
    return Drawable(
        scores=places[rows],
        cell=cell[rows],
        unsure=np.asarray(unsure, dtype=bool)[rows],
        captions=captions,
        rows=rows,
        value=None if size is None else np.asarray(size.values, dtype=float)[rows],
        left_out=len(cell) - rows.size,
    )
