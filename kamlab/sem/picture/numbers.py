"""Numbers on the arrows of a path diagram, each at a free spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np

from kamlab.sem.picture.boxes import Floats, overlaps
from kamlab.sem.picture.diagram import Edge
from kamlab.sem.picture.names import LEADING, NUMBER_SIZE, number, width_of
from kamlab.sem.picture.routes import Route

Shown = Literal["standardised", "estimate", "none"]

PAD = 1.2
SPOTS = np.linspace(0.12, 0.88, 27)
ASIDE = (0.0, 1.0, -1.0)
"""On the arrow, or beside it by so many heights of a number."""

OFF = 3.0
SHAPE, NUMBER, LINE, MIDDLE = 500.0, 200.0, 1.5, 3.0
"""What is bad about a spot: on a shape, on another number, on another arrow, off the middle."""

PASSES = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """A number, the middle of its place, and its width and height."""

    words: str
    x: float
    y: float
    width: float
    height: float
    route: int


def number_words(edge: Edge, shown: Shown) -> str:
    """Return what stands on an arrow: the parameter's name, its value, its mark."""
    value = edge.standardised if shown == "standardised" else edge.estimate
    if not isfinite(value):
        value = edge.estimate
    if shown == "none":
        text = ""
    elif edge.fixed and value == edge.estimate:
        text = f"{value:g}".replace("-", "−") if isfinite(value) else ""
    else:
        text = number(value) + edge.mark if isfinite(value) else ""
    return " = ".join(part for part in (edge.label, text) if part)


def numbered(routes: Sequence[Route], shapes: Floats, shown: Shown) -> list[Spot]:
    """Return where the numbers go.

    Parameters
    ----------
    routes : sequence of Route
    shapes : ndarray, shape (n, 4)
        Left, top, right and bottom of the shapes.
    shown : {"standardised", "estimate", "none"}

    Returns
    -------
    list of Spot
        Of the arrows that have something to say.
    """
    words = [number_words(route.edge, shown) for route in routes]
    rows = [k for k, text in enumerate(words) if text]
    if not rows:
        return []
    sizes = {k: (width_of(words[k], NUMBER_SIZE), LEADING * NUMBER_SIZE) for k in rows}
    ways = np.stack([route.points for route in routes])
    choices = {k: _choices(ways[k], *sizes[k]) for k in rows}
    costs = {k: _own_cost(choices[k], k, ways, shapes) for k in rows}
    at = _settled(rows, choices, costs)
    spots = []
    for k in rows:
        left, top, right, bottom = choices[k][at[k]].tolist()
        spots.append(Spot(words[k], (left + right) / 2, (top + bottom) / 2, *sizes[k], route=k))
    return spots


def _choices(way: Floats, width: float, height: float) -> Floats:
    """Return the places a number can have along its way, shape (m, 4)."""
    at = SPOTS * (len(way) - 1)
    middle = np.column_stack([np.interp(at, np.arange(len(way)), axis) for axis in way.T])
    ahead = np.gradient(middle, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    reach = (np.abs(normal) * (width / 2 + 2, height / 2)).sum(axis=1, keepdims=True) + 1
    centres = np.vstack([middle + aside * reach * normal for aside in ASIDE])
    half = np.array([width / 2 + PAD, height / 2 + PAD])
    return np.hstack([centres - half, centres + half])


def _own_cost(choices: Floats, own: int, ways: Floats, shapes: Floats) -> Floats:
    """Return how bad each place is, whatever the other numbers do."""
    off = np.repeat(np.abs(ASIDE), len(SPOTS)) * OFF
    middle = MIDDLE * np.tile(np.abs(SPOTS - 0.5), len(ASIDE))
    on_shapes = overlaps(choices, shapes).sum(axis=1)
    others = np.delete(ways, own, axis=0)
    near = (others > choices[:, :2].min(axis=0)) & (others < choices[:, 2:].max(axis=0))
    others = others[near.all(axis=2).any(axis=1)]
    inside = (others > choices[:, None, None, :2]) & (others < choices[:, None, None, 2:])
    on_lines = inside.all(axis=3).sum(axis=2)
    crossed = np.minimum(on_lines, 3).sum(axis=1)
    return np.asarray(off + middle + SHAPE * on_shapes + LINE * crossed)


def _settled(
    rows: list[int], choices: dict[int, Floats], costs: dict[int, Floats]
) -> dict[int, int]:
    """Return the place of each number: those with the fewest good places choose first."""
    first = sorted(rows, key=lambda k: -float(np.sort(costs[k])[len(SPOTS) // 4]))
    at: dict[int, int] = {}
    for _ in range(PASSES):
        before = dict(at)
        for k in first:
            others = np.array([choices[j][at[j]] for j in at if j != k]).reshape(-1, 4)
            taken = overlaps(choices[k], others).sum(axis=1)
            at[k] = int(np.argmin(costs[k] + NUMBER * taken))
        if at == before:
            break
    return at
