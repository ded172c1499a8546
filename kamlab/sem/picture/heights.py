"""How far down each variable of a path diagram stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression

from kamlab.sem.picture.fans import Block
from kamlab.sem.picture.order import Ranks

MARGIN = 15.0
"""Between two shapes of a column, in points."""

LINKED = 44.0
"""Between two that are linked, so that the arrow has room for its number."""

PASSAGE = 26.0
"""Height kept free for an arrow that passes a column."""

ROUNDS = 24
STRAIGHT = 8.0
"""How much rather an arrow is straight where it passes a column than elsewhere."""

Spans = dict[int, tuple[float, float]]


def heights_of(
    ranks: Ranks, blocks: Sequence[Block], linked: set[frozenset[int]], wider: float
) -> dict[int, float]:
    """Return how far down each variable and each passage is: near what it is linked to.

    Parameters
    ----------
    ranks : Ranks
    blocks : sequence of Block
        Each variable with its items.
    linked : set of pairs
        Those with an arrow straight between them, if they turn out to be neighbours.
    wider : float
        Factor for all distances.
    """
    span = {n: (blocks[n].extents[1], blocks[n].extents[3]) for n in range(ranks.n_real)}
    passage = (-PASSAGE / 2, PASSAGE / 2)
    spans = {n: span.get(n, passage) for column in ranks.columns for n in column}
    weights = _weights(ranks)
    at = dict.fromkeys(spans, 0.0)
    for turn in range(ROUNDS):
        for column in ranks.columns[:: -1 if turn % 2 else 1]:
            wanted = [_pulled(n, at, weights[n]) for n in column]
            firm = [STRAIGHT if n >= ranks.n_real else 1.0 for n in column]
            at |= _spread(column, wanted, firm, spans, linked, wider)
    return at


def _weights(ranks: Ranks) -> dict[int, list[tuple[int, float]]]:
    weights: dict[int, list[tuple[int, float]]] = {n: [] for own in ranks.columns for n in own}
    for a, b in ranks.links:
        weight = STRAIGHT ** ((a >= ranks.n_real) + (b >= ranks.n_real))
        weights[a].append((b, weight))
        weights[b].append((a, weight))
    return weights


def _pulled(node: int, at: Mapping[int, float], weights: list[tuple[int, float]]) -> float:
    if not weights:
        return at[node]
    return float(np.average([at[n] for n, _ in weights], weights=[w for _, w in weights]))


def _spread(
    column: Sequence[int],
    wanted: list[float],
    firm: list[float],
    spans: Spans,
    linked: set[frozenset[int]],
    wider: float,
) -> dict[int, float]:
    """Return the least weighted squared moves that keep the shapes of a column apart."""
    steps = [0.0]
    for above, below in pairwise(column):
        room = LINKED if frozenset((above, below)) in linked else MARGIN
        steps.append(steps[-1] + spans[above][1] - spans[below][0] + room * wider)
    moved = isotonic_regression(np.array(wanted) - steps, weights=firm).x
    return dict(zip(column, (moved + steps).tolist(), strict=True))
