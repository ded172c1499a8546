"""Integrals of functions with a concave logarithm, history by history."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kamlab.value.purchases.histories import Floats, Whole

FALLS = (2.5, 11.0, 38.0)
"""How far the logarithm has fallen from its peak where one panel ends and the next begins."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(10)
CLOSE = 0.1
"""Part of a fall by which a panel may be too wide."""
MOST_STEPS = 80

Shape = Callable[[Floats, Whole], tuple[Floats, Floats]]
"""Takes places and the indices of their histories; returns the logarithm and its slope."""


def panels(shape: Shape, peak: Floats, low: Floats, high: Floats) -> Floats:
    """Return edges of panels in which a concave logarithm falls little, from `low` to `high`.

    Parameters
    ----------
    shape : callable
    peak, low, high : ndarray, shape (n,)
        Where the logarithm is highest, and the ends of the integral.

    Returns
    -------
    ndarray, shape (7, n)
        On either side of the peak, where the logarithm has fallen by 2.5, 11 and 38, or the end
        if that is before. A panel may be empty.
    """
    before, after = (_cuts(shape, peak, end) for end in (low, high))
    return np.vstack([before[::-1], peak, after])


def _cuts(shape: Shape, peak: Floats, end: Floats) -> Floats:
    """Return where the logarithm has fallen between the peak and one end, shape (3, n).

    Newton's steps from the end come in from outside and never pass the cut: a panel is at worst a
    little too wide.
    """
    everyone = np.arange(len(peak))
    top, _ = shape(peak, everyone)
    height, _ = shape(end, everyone)
    found = np.tile(end, (len(FALLS), 1))
    for row, fall in enumerate(FALLS):
        rows = everyone[height < top - (1 + CLOSE) * fall]
        for _ in range(MOST_STEPS):
            if not rows.size:
                break
            place = found[row, rows]
            value, slope = shape(place, rows)
            excess = top[rows] - fall - value
            found[row, rows] = place + excess / slope
            rows = rows[excess > CLOSE * fall]
    return found


def nodes(edges: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre between edges.

    Parameters
    ----------
    edges : ndarray, shape (2, panels)

    Returns
    -------
    tuple of ndarray, shape (panels, 10)
    """
    half = (edges[1] - edges[0]) / 2
    centre = (edges[1] + edges[0]) / 2
    return centre[:, None] + half[:, None] * NODES, np.abs(half)[:, None] * WEIGHTS
