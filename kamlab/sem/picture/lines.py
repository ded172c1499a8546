"""Curves as rows of points: sampled, cut at the outlines of shapes, counted for crossings."""

from __future__ import annotations

import numpy as np

from kamlab.sem.picture.boxes import Box, Flags, Floats

POINTS = 41
FINE = 121
COARSE = 13


def bezier(corners: Floats, count: int = FINE) -> Floats:
    """Return points of a cubic Bezier curve; `corners` of shape (4, 2)."""
    t = np.linspace(0, 1, count)[:, None]
    basis = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return np.asarray(sum(b * corner for b, corner in zip(basis, corners, strict=True)))


def bowed(start: Floats, end: Floats, bow: float) -> Floats:
    """Return points from start to end; `bow` of the distance to the left of the way."""
    way = end - start
    aside = 4 / 3 * bow * np.array([way[1], -way[0]])
    return bezier(np.array([start, start + way / 4 + aside, end - way / 4 + aside, end]))


def through(points: Floats) -> Floats:
    """Return a smooth way through points (Catmull and Rom 1974)."""
    padded = np.vstack([points[0], points, points[-1]])
    parts = []
    for k in range(len(points) - 1):
        before, start, end, after = padded[k : k + 4]
        corners = np.array([start, start + (end - before) / 6, end - (after - start) / 6, end])
        parts.append(bezier(corners, FINE // 2))
    return np.vstack(parts)


def cut(points: Floats, start: Box, end: Box, gap: float) -> Floats:
    """Return the part of a way between the outlines of two shapes, evenly sampled."""
    inside_start, inside_end = start.holds(points, gap), end.holds(points, gap)
    first = int(np.flatnonzero(inside_start).max(initial=0))
    ends = np.flatnonzero(inside_end[first:]) + first
    last = int(ends.min(initial=len(points) - 1))
    if last - first < 2:
        return evenly(points)
    head = _crossing(points[first], points[first + 1], start, gap)
    tail = _crossing(points[last], points[last - 1], end, gap)
    return evenly(np.vstack([head, points[first + 1 : last], tail]))


def _crossing(inside: Floats, outside: Floats, box: Box, gap: float) -> Floats:
    steps = inside + np.linspace(0, 1, 65)[:, None] * (outside - inside)
    return np.asarray(steps[int(np.argmin(box.holds(steps, gap)))])


def evenly(points: Floats, count: int = POINTS) -> Floats:
    """Return points at equal distances along a way."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.r_[0.0, np.cumsum(steps)]
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, axis) for axis in points.T])


def length(points: Floats) -> float:
    """Return how long a way is."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def segments(points: Floats) -> Floats:
    """Return a way as a few straight pieces, shape (n, 2, 2)."""
    coarse = points[np.linspace(0, len(points) - 1, COARSE).astype(int)]
    return np.stack([coarse[:-1], coarse[1:]], axis=1)


def crossings(one: Floats, others: Floats) -> int:
    """Return how often pieces of a way cross other pieces."""
    if not len(others):
        return 0
    return int(_crosses(one[:, None], others[None]).sum())


def _crosses(one: Floats, other: Floats) -> Flags:
    a, b, c, d = one[..., 0, :], one[..., 1, :], other[..., 0, :], other[..., 1, :]
    apart = _turn(a, b, c) * _turn(a, b, d) < 0
    return np.asarray(apart & (_turn(c, d, a) * _turn(c, d, b) < 0))


def _turn(a: Floats, b: Floats, c: Floats) -> Floats:
    ahead, aside = b - a, c - a
    return np.asarray(ahead[..., 0] * aside[..., 1] - ahead[..., 1] * aside[..., 0])
