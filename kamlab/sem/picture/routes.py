"""The ways of the arrows of a path diagram, around the shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.sem.picture.boxes import Box, Flags, Floats
from kamlab.sem.picture.diagram import Edge
from kamlab.sem.picture.lines import (
    bezier,
    bowed,
    crossings,
    cut,
    evenly,
    segments,
    through,
)
from kamlab.sem.picture.places import Layout

TIP = 1.0
CLEAR = 4.0
"""Points between a shape and the tip of an arrow, and an arrow that passes."""

BOWS = (0.1, -0.1, 0.18, -0.18, 0.28, -0.28, 0.4, -0.4)
LOOP = 0.16
"""How far two arrows between the same variables bend apart."""

ARCS = (0.27, 0.38, 0.52)
ARC_LEAST, ALIGNED = 15.0, 0.2
SIDES = {
    "left": (-1.0, 0.0),
    "right": (1.0, 0.0),
    "above": (0.0, -1.0),
    "below": (0.0, 1.0),
}
HIT, CROSSED, BENT, AROUND, INNER = 1000.0, 4.0, 60.0, 8.0, 100.0
"""What is bad about a way: to hit a shape, to cross an arrow, to be bent, not to be straight, to be
on the side of a column where its arrows are."""

PORT = 8.0
PORTS, ROUND_PORTS = 0.8, 0.5
"""Distance of arrows that arrive together: at most in points, and as a share of the shape."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """An arrow and its way from outline to outline, shape (n, 2) at equal distances."""

    edge: Edge
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What ways have to keep clear of."""

    names: tuple[str, ...]
    low: Floats
    high: Floats

    def hits(self, points: Floats, apart_from: Iterable[str]) -> int:
        """Return how many shapes other than its ends a way touches."""
        inside = (points[:, None] > self.low - CLEAR) & (points[:, None] < self.high + CLEAR)
        touched: Flags = np.asarray(inside.all(axis=2).any(axis=0))
        ends = set(apart_from)
        return sum(bool(t) and n not in ends for t, n in zip(touched, self.names, strict=True))


def routed(layout: Layout, arrows: Sequence[Edge], curves: Sequence[Edge]) -> list[Route]:
    """Return the way of every arrow, then of every covariance.

    Parameters
    ----------
    layout : Layout
    arrows, curves : sequence of Edge

    Returns
    -------
    list of Route
        Straight where nothing is in the way.
    """
    boxes = layout.boxes
    extents = np.array([box.extents for box in boxes.values()])
    ground = _Ground(tuple(boxes), extents[:, :2], extents[:, 2:])
    ports = _ports(layout, arrows)
    both_ways = {(e.cause, e.effect) for e in arrows}
    routes: list[Route] = []
    placed = np.zeros((0, 2, 2))
    for edge, port in zip(arrows, ports, strict=True):
        loop = (edge.effect, edge.cause) in both_ways
        ways = list(_arrow_ways(layout, edge, port, loop=loop))
        routes.append(Route(edge, _best(edge, ways, ground, placed)))
        placed = np.concatenate([placed, segments(routes[-1].points)])
    for edge in sorted(curves, key=lambda e: _distance(boxes[e.cause], boxes[e.effect])):
        ways = list(_curve_ways(layout, edge))
        routes.append(Route(edge, _best(edge, ways, ground, placed)))
        placed = np.concatenate([placed, segments(routes[-1].points)])
    return routes


def _best(edge: Edge, ways: list[tuple[Floats, float]], ground: _Ground, placed: Floats) -> Floats:
    """Return the way that costs least."""
    if len(ways) == 1:
        return ways[0][0]
    ends = (edge.cause, edge.effect)
    costs = []
    for points, cost in ways:
        hits = ground.hits(points, ends)
        crossed = crossings(segments(points), placed)
        costs.append(cost + HIT * hits + CROSSED * crossed)
    return ways[int(np.argmin(costs))][0]


def _arrow_ways(
    layout: Layout, edge: Edge, port: tuple[float, float], *, loop: bool
) -> Iterator[tuple[Floats, float]]:
    start, end = layout.boxes[edge.cause], layout.boxes[edge.effect]
    if layout.home.get(edge.effect) == edge.cause:
        side = np.array(SIDES[layout.side[edge.cause]])
        a, b = np.array([start.x, start.y]), _anchor(end, -side)
        yield cut(bowed(a, b, 0.0), start, end, TIP), 0.0
        return
    a, b = _leaving(start, end, port[0]), _leaving(end, start, port[1])
    if loop:
        yield cut(bowed(a, b, LOOP), start, end, TIP), 0.0
        yield cut(bowed(a, b, 1.5 * LOOP), start, end, TIP), AROUND
        return
    yield cut(bowed(a, b, 0.0), start, end, TIP), 0.0
    if via := layout.via.get((edge.cause, edge.effect)):
        stops = np.array(via if start.x < end.x else via[::-1])
        yield cut(through(np.vstack([a, stops, b])), start, end, TIP), AROUND
    for bow in BOWS:
        yield cut(bowed(a, b, bow), start, end, TIP), AROUND + BENT * abs(bow)


def _leaving(box: Box, other: Box, port: float) -> Floats:
    """Return where an arrow begins or ends: the side of a rectangle, the middle of an ellipse."""
    apart = abs(box.x - other.x) > (box.width + other.width) / 2
    side = 0.0 if box.round or not apart else np.sign(other.x - box.x) * box.width / 2
    return np.array([box.x + side, box.y + port])


def _curve_ways(layout: Layout, edge: Edge) -> Iterator[tuple[Floats, float]]:
    start, end = layout.boxes[edge.cause], layout.boxes[edge.effect]
    a, b = np.array([start.x, start.y]), np.array([end.x, end.y])
    direct = _distance(start, end)
    favourite = _outer_side(layout, edge)
    items = {edge.cause, edge.effect} <= set(layout.home)
    if not items:
        for bow in BOWS:
            points = cut(bowed(a, b, bow), start, end, TIP)
            yield points, BENT * abs(bow) + AROUND + (INNER if favourite else 0.0)
    for side, away in SIDES.items():
        aligned = abs((b - a) @ np.array(away)) < ALIGNED * direct
        if not (aligned or items):
            continue
        ends = [_anchor(box, np.array(away)) for box in (start, end)]
        for share in ARCS:
            reach = np.array(away) * (ARC_LEAST + share * direct)
            points = evenly(bezier(np.array([ends[0], ends[0] + reach, ends[1] + reach, ends[1]])))
            inside = start.holds(points[2:-2]).any() + end.holds(points[2:-2]).any()
            around = BENT * share + HIT * float(inside)
            yield points, around + (0.0 if favourite in (side, "") else INNER)


def _outer_side(layout: Layout, edge: Edge) -> str:
    """Return on which side a covariance is expected."""
    ends = (edge.cause, edge.effect)
    owners = {layout.home.get(end, "") for end in ends}
    if "" not in owners:
        return layout.side[min(owners)]
    columns = {layout.column.get(end, -1) for end in ends}
    last = max(layout.column.values())
    if columns not in ({0}, {last}):
        return ""
    taken = {layout.side[f] for f in layout.home.values() if {layout.column[f]} == columns}
    free = [side for side in ("right", "left") if side not in taken]
    return free[-1 if columns == {0} and last else 0]


def _anchor(box: Box, away: Floats) -> Floats:
    half = np.array([box.width / 2 + TIP, box.height / 2 + TIP])
    return np.asarray(np.array([box.x, box.y]) + half * away)


def _distance(one: Box, other: Box) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def _ports(layout: Layout, arrows: Sequence[Edge]) -> list[tuple[float, float]]:
    """Return how far off the middle of its cause each arrow leaves, and arrives at its effect."""
    boxes = layout.boxes
    ports = np.zeros((len(arrows), 2))
    meeting: dict[tuple[str, bool], list[tuple[float, int, int]]] = {}
    for number, edge in enumerate(arrows):
        cause, effect = boxes[edge.cause], boxes[edge.effect]
        apart = effect.x - cause.x
        if edge.effect in layout.home or abs(apart) < (cause.width + effect.width) / 2:
            continue
        slope = (effect.y - cause.y) / abs(apart)
        meeting.setdefault((edge.effect, apart > 0), []).append((-slope, number, 1))
        if not cause.round:
            meeting.setdefault((edge.cause, apart < 0), []).append((slope, number, 0))
    for (name, _), group in meeting.items():
        share = ROUND_PORTS if boxes[name].round else PORTS
        step = min(PORT, share * boxes[name].height / max(len(group) - 1, 1))
        for place, (_, number, end) in enumerate(sorted(group)):
            ports[number, end] = (place - (len(group) - 1) / 2) * step
    return [(float(leaving), float(arriving)) for leaving, arriving in ports]
