"""The order within the columns of a path diagram: as few arrows across each other as can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

SWEEPS = 8
SPAN = 0.5
"""How many crossings it is worth to have two variables of a column next to each other."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """The columns from the left, and what is linked between and within them.

    Where an arrow passes a column on its way, it has a place of its own there: a number from
    `n_real` up.
    """

    columns: tuple[tuple[int, ...], ...]
    links: tuple[tuple[int, int], ...]
    within: tuple[tuple[int, int], ...]
    n_real: int
    via: Mapping[tuple[int, int], tuple[int, ...]]


def ranked(
    levels: Sequence[int],
    arrows: Iterable[tuple[int, int]],
    within: Iterable[tuple[int, int]] = (),
) -> Ranks:
    """Return the columns in an order that crosses few arrows.

    Parameters
    ----------
    levels : sequence of int
        Column of each variable.
    arrows : iterable of (int, int)
        Cause and effect.
    within : iterable of (int, int)
        Other pairs that had best be neighbours where they share a column.

    Returns
    -------
    Ranks
    """
    columns: list[list[int]] = [[] for _ in range(max(levels, default=-1) + 1)]
    for node, level in enumerate(levels):
        columns[level].append(node)
    beside = [pair for pair in within if levels[pair[0]] == levels[pair[1]]]
    links: list[tuple[int, int]] = []
    via: dict[tuple[int, int], tuple[int, ...]] = {}
    total = len(levels)
    for cause, effect in arrows:
        start, end = sorted((cause, effect), key=lambda node: levels[node])
        between = range(levels[start] + 1, levels[end])
        if levels[start] == levels[end]:
            beside.append((start, end))
            continue
        passed = tuple(range(total, total + len(between)))
        total += len(passed)
        for column, place in zip(between, passed, strict=True):
            columns[column].append(place)
        links += pairwise((start, *passed, end))
        via[cause, effect] = passed
    best = _swept(columns, links, beside)
    return Ranks(tuple(map(tuple, best)), tuple(links), tuple(beside), len(levels), via)


def _swept(
    columns: list[list[int]], links: list[tuple[int, int]], beside: list[tuple[int, int]]
) -> list[list[int]]:
    best = columns = [list(column) for column in columns]
    least = _cost(best, links, beside)
    for sweep in range(SWEEPS):
        columns = _by_barycentre(columns, links, to_right=sweep % 2 == 0)
        columns = _swapped(columns, links, beside)
        if (cost := _cost(columns, links, beside)) < least:
            best, least = columns, cost
        if not least:
            break
    return best


def _by_barycentre(
    columns: list[list[int]], links: list[tuple[int, int]], *, to_right: bool
) -> list[list[int]]:
    columns = [list(column) for column in columns]
    ahead = links if to_right else [(b, a) for a, b in links]
    sequence = range(1, len(columns)) if to_right else range(len(columns) - 2, -1, -1)
    for number in sequence:
        before = columns[number - 1 if to_right else number + 1]
        place = {node: k / max(len(before) - 1, 1) for k, node in enumerate(before)}
        column = columns[number]
        own = {node: k / max(len(column) - 1, 1) for k, node in enumerate(column)}
        linked = {n: [place[a] for a, b in ahead if b == n and a in place] for n in column}
        centre = {n: float(np.mean(linked[n])) if linked[n] else own[n] for n in column}
        column.sort(key=centre.__getitem__)
    return columns


def _swapped(
    columns: list[list[int]], links: list[tuple[int, int]], beside: list[tuple[int, int]]
) -> list[list[int]]:
    """Swap neighbours as long as that helps."""
    cost = _cost(columns, links, beside)
    improved = True
    while improved and cost:
        improved = False
        for column in columns:
            for k in range(len(column) - 1):
                column[k : k + 2] = column[k + 1], column[k]
                if (swapped := _cost(columns, links, beside)) < cost:
                    cost, improved = swapped, True
                else:
                    column[k : k + 2] = column[k + 1], column[k]
    return columns


def _cost(
    columns: list[list[int]], links: list[tuple[int, int]], beside: list[tuple[int, int]]
) -> float:
    """Return the number of crossings, and the neighbours that are apart."""
    place = {node: k for column in columns for k, node in enumerate(column)}
    level = {node: k for k, column in enumerate(columns) for node in column}
    apart = sum(abs(place[a] - place[b]) - 1 for a, b in beside)
    if not links:
        return SPAN * apart
    ends = np.array([(level[a], place[a], place[b]) for a, b in links])
    same = ends[:, None, 0] == ends[None, :, 0]
    turned = (ends[:, None, 1] - ends[None, :, 1]) * (ends[:, None, 2] - ends[None, :, 2]) < 0
    return float((same & turned).sum()) / 2 + SPAN * apart
