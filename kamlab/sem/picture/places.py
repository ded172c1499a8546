"""The layout of a path diagram: where every variable stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.sem.picture.boxes import Box, Floats, extents_of
from kamlab.sem.picture.diagram import Diagram, Edge
from kamlab.sem.picture.fans import Block, Side, fanned
from kamlab.sem.picture.heights import heights_of
from kamlab.sem.picture.layers import layers_of
from kamlab.sem.picture.names import Lettered, round_size
from kamlab.sem.picture.order import Ranks, ranked
from kamlab.sem.picture.roles import indicator_homes

GAP, BARE_GAP, WIDEST_GAP = 74.0, 50.0, 120.0
"""Between two columns: with numbers on the arrows, without, and where arrows would be steep."""

SLOPE = 0.55
TWO_SIDED = 24
"""More items than this of a model without paths stand on both sides."""

CLEARANCE = 12.0
"""Between shapes of different columns, in points."""

BEND = 0.3
"""Room beside the first column for curves, as a share of their length."""

CROWD = 5.0
"""Height that a shape has at least for each arrow that arrives."""

ACROSS = 230.0
LEAST = {"latent": (62.0, 34.0), "observed": (50.0, 24.0), "item": (18.0, 12.0)}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the variables are, and the ways kept free for long arrows.

    Attributes
    ----------
    boxes : dict of str to Box
    home : dict of str to str
        Beside which latent variable an item stands.
    column : dict of str to int
        Of the other variables, from the left.
    via : dict of (str, str) to tuple of (float, float)
        Points through which an arrow can pass between the shapes.
    side : dict of str to Side
        Where the items of a variable are.
    """

    boxes: dict[str, Box]
    home: dict[str, str]
    column: dict[str, int]
    via: dict[tuple[str, str], tuple[tuple[float, float], ...]]
    side: dict[str, Side]


def laid_out(
    diagram: Diagram,
    words: Mapping[str, Lettered],
    *,
    bare: bool = False,
    curves: Sequence[Edge] = (),
    wider: float = 1.0,
) -> Layout:
    """Return a place for every variable of a diagram.

    Parameters
    ----------
    diagram : Diagram
    words : mapping of str to Lettered
        Of each variable.
    bare : bool
        No numbers on the arrows.
    curves : sequence of Edge
        Covariances that will be drawn.
    wider : float
        Factor for all distances.

    Returns
    -------
    Layout
        In points; y runs down.
    """
    home = indicator_homes(diagram)
    inner = [node.name for node in diagram.nodes if node.name not in home]
    arrows = _between(diagram, home)
    two_sided = not arrows and len(home) > TWO_SIDED
    column = _halves(inner, home) if two_sided else layers_of(inner, arrows)
    index = {name: k for k, name in enumerate(inner)}
    pairs = [(index[e.cause], index[e.effect]) for e in curves if {e.cause, e.effect} <= set(inner)]
    beside = pairs if arrows else []
    links = [(index[a], index[b]) for a, b in arrows]
    ranks = ranked([column[name] for name in inner], links, beside)
    sizes = _sizes(diagram, words, home)
    sides = _sides(inner, home, column, ranks, curves)
    blocks = _blocks(diagram, inner, home, sides, sizes, bare=bare)
    last = max(column.values(), default=0)
    within = [pair for pair in beside if 0 < column[inner[pair[0]]] < last]
    height = heights_of(ranks, blocks, set(map(frozenset, links + within)), wider)
    gap = (BARE_GAP if bare else GAP) * wider
    across = _columns(ranks, blocks, height, ACROSS * wider if two_sided else gap)
    return _assembled(inner, home, column, ranks, blocks, across, height, sides)


def _between(diagram: Diagram, home: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return causes and effects that set the columns; what acts on an item acts on its factor."""
    arrows = [
        (edge.cause, home.get(edge.effect, edge.effect))
        for edge in diagram.arrows()
        if edge.kind == "path" or edge.effect not in home
    ]
    return [(a, b) for a, b in dict.fromkeys(arrows) if a != b]


def _halves(inner: list[str], home: Mapping[str, str]) -> dict[str, int]:
    """Return two columns with about as many items each."""
    items = [1 + sum(at == name for at in home.values()) for name in inner]
    before = np.cumsum(items) - np.array(items) / 2
    return {n: int(at > sum(items) / 2) for n, at in zip(inner, before, strict=True)}


def _sizes(
    diagram: Diagram, words: Mapping[str, Lettered], home: Mapping[str, str]
) -> dict[str, tuple[float, float]]:
    """Return the size of each variable: one for ellipses, one for rectangles, one for items."""
    sizes: dict[str, tuple[float, float]] = {}
    met = Counter(edge.effect for edge in diagram.arrows())
    for kind in ("latent", "observed", "item"):
        own = [n.name for n in diagram.nodes if _kind(n.name, n.latent, home) == kind]
        if kind == "latent":
            wanted = [round_size(words[name]) for name in own]
        else:
            wanted = [(words[name].width + 8, words[name].height + 6) for name in own]
        wanted.append(LEAST[kind])
        if own:
            common = max(width for width, _ in wanted), max(height for _, height in wanted)
            sizes |= {name: (common[0], max(common[1], CROWD * met[name])) for name in own}
    return sizes


def _kind(name: str, latent: bool, home: Mapping[str, str]) -> str:
    return "item" if name in home else "latent" if latent else "observed"


def _sides(
    inner: list[str],
    home: Mapping[str, str],
    column: Mapping[str, int],
    ranks: Ranks,
    curves: Sequence[Edge],
) -> dict[str, Side]:
    """Return where the items of each variable go: away from the arrows between the variables.

    Where items of one vary with items of another, the rows are below, and the curves below them.
    """
    owners = [(home.get(edge.cause), home.get(edge.effect)) for edge in curves]
    joined = any(a and b and a != b and column[a] != column[b] for a, b in owners)
    last = len(ranks.columns) - 1
    sides: dict[str, Side] = {}
    for number, name in enumerate(inner):
        order = ranks.columns[column[name]]
        upper = 2 * order.index(number) < len(order) - 1
        middle: Side = "above" if upper else "below"
        outer: Side = "left" if column[name] == 0 else "right"
        is_outer = column[name] == 0 or (column[name] == last and not joined)
        sides[name] = outer if is_outer else "below" if joined else middle
    return sides


def _blocks(
    diagram: Diagram,
    inner: list[str],
    home: Mapping[str, str],
    sides: Mapping[str, Side],
    sizes: Mapping[str, tuple[float, float]],
    *,
    bare: bool,
) -> list[Block]:
    latent = {node.name for node in diagram.nodes if node.latent}
    blocks = []
    for name in inner:
        core = Box(0.0, 0.0, *sizes[name], name in latent)
        items = [item for item, at in home.items() if at == name]
        if items:
            blocks.append(fanned(core, len(items), sizes[items[0]], sides[name], bare=bare))
        else:
            blocks.append(Block(core))
    return blocks


def _columns(
    ranks: Ranks, blocks: Sequence[Block], height: Mapping[int, float], gap: float
) -> list[float]:
    """Return the middle of each column: arrows not too steep, no item on another's shape."""
    own = [[n for n in column if n < ranks.n_real] for column in ranks.columns]
    half = [max((blocks[n].core.width for n in column), default=0.0) / 2 for column in own]
    shapes = [extents_of(b.moved(0.0, height[n]) for n in c for b in blocks[n].boxes) for c in own]
    rooms = _rooms(ranks, blocks, height, gap)
    across = [0.0] if own else []
    for number in range(1, len(own)):
        least = across[-1] + half[number - 1] + rooms[number - 1] + half[number]
        apart = [across[k] + _beside(shapes[k], shapes[number]) for k in range(number)]
        across.append(max(least, *apart))
    return across


def _rooms(
    ranks: Ranks, blocks: Sequence[Block], height: Mapping[int, float], gap: float
) -> list[float]:
    """Return the room right of each column that arrows and curves need."""
    level = {node: k for k, column in enumerate(ranks.columns) for node in column}
    rises = [0.0] * len(ranks.columns)
    for a, b in ranks.links:
        rises[level[a]] = max(rises[level[a]], abs(height[a] - height[b]))
    rooms = [max(gap, min(SLOPE * rise, WIDEST_GAP)) for rise in rises]
    if any(blocks[n].items for n in ranks.columns[0]):
        bends = [abs(height[a] - height[b]) for a, b in ranks.within if not level[a]]
        rooms[0] += BEND * max(bends, default=0.0)
    return rooms


def _beside(left: Floats, right: Floats) -> float:
    """Return how far apart two columns must be for their shapes not to touch."""
    above = left[:, None, 1] - CLEARANCE < right[None, :, 3]
    below = left[:, None, 3] + CLEARANCE > right[None, :, 1]
    needed = left[:, None, 2] - right[None, :, 0] + CLEARANCE
    return float(np.max(needed[above & below], initial=0.0))


def _assembled(
    inner: list[str],
    home: Mapping[str, str],
    column: dict[str, int],
    ranks: Ranks,
    blocks: Sequence[Block],
    across: list[float],
    height: Mapping[int, float],
    sides: Mapping[str, Side],
) -> Layout:
    boxes = {}
    for number, name in enumerate(inner):
        x, y = across[column[name]], height[number]
        boxes[name] = blocks[number].core.moved(x, y)
        items = [item for item, at in home.items() if at == name]
        for item, box in zip(items, blocks[number].items, strict=True):
            boxes[item] = box.moved(x, y)
    level = {node: k for k, own in enumerate(ranks.columns) for node in own}
    via = {
        (inner[a], inner[b]): tuple((across[level[n]], height[n]) for n in passed)
        for (a, b), passed in ranks.via.items()
    }
    return Layout(boxes, dict(home), column, via, dict(sides))
