"""What each case adds to the slopes of the discrepancy, and the cross products of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kamlab.sem.engine.implied import Slopes
from kamlab.sem.engine.objective import Point, Whitened, spread_over
from kamlab.sem.engine.sample import Block
from kamlab.sem.engine.structure import Floats, Places

ROWS_AT_ONCE = 4_096
"""Rows are handled so many at a time that memory does not grow with their number."""

Contribution = Callable[[Whitened, Slopes], Callable[[Floats], Floats]]
"""A block and its slopes -> rows (m, r) of the block -> what each adds to each cell (m, k)."""


def scores(point: Point) -> Contribution:
    """Return the slopes of each case's log-likelihood, as a contribution.

    Notes
    -----
    With `z = L^-1 (y - mu)` and slopes `l r' + r l'` of the covariances, `m` of the means, all
    three premultiplied by `L^-1`: `(z'l)(z'r) - l'r + z'm`.
    """
    means = point.structure.has_means

    def contribution(one: Whitened, slopes: Slopes) -> Callable[[Floats], Floats]:
        at, places = point.implied[one.block.group], one.block.places
        centre = at.mu[places] if means else one.block.mean
        expected: Floats = (slopes.left * slopes.right).sum(axis=0)

        def of_rows(rows: Floats) -> Floats:
            z = (rows - centre) @ one.whitener.T
            return products(z, slopes, with_means=means) - expected

        return of_rows

    return contribution


def products(z: Floats, slopes: Slopes, *, with_means: bool) -> Floats:
    """Return `(z'l)(z'r) + z'm` for whitened rows z (m, r) and every cell, shape (m, k)."""
    cells: Floats = (z @ slopes.left) * (z @ slopes.right)
    return cells + z @ slopes.mean if with_means else cells


def cross_products(
    point: Point, contribution: Contribution, cluster: Places | None = None
) -> Floats:
    """Return the cross products of what cases add, per case.

    Parameters
    ----------
    point : Point
        Its blocks must have their rows.
    contribution : callable
    cluster : ndarray of int, shape (N,), optional
        Cluster of each case, in the order of the blocks' rows. What cases add is then summed
        within a cluster first, and a group's sum is multiplied by `C / (C - 1)`, with C its
        number of clusters.

    Returns
    -------
    ndarray, shape (q, q)
    """
    total = np.zeros((point.structure.n_free,) * 2)
    for number, group in enumerate(point.structure.groups):
        parts = _parts(point, number, contribution)
        size = len(group.parameter)
        if cluster is None:
            cells = np.zeros((size, size))
            for part, _ in parts:
                cells += part.T @ part
        else:
            cells = _of_clusters(parts, cluster[cases_of(point.blocks, number)], size)
        spread_over(total, group, cells / point.n_total)
    return total


def cases_of(blocks: Sequence[Block], group: int) -> Places:
    """Return which cases belong to a group, among all, in the order of the blocks' rows."""
    groups = np.repeat([block.group for block in blocks], [len(rows_of(b)) for b in blocks])
    return np.flatnonzero(groups == group)


def _parts(point: Point, group: int, contribution: Contribution) -> Iterator[tuple[Floats, slice]]:
    """Yield contributions (m, k) of a group, some rows at a time, and which of its cases."""
    start = 0
    for one, slopes in zip(point.whitened or (), point.slopes, strict=True):
        if one.block.group != group:
            continue
        rows, of_rows = rows_of(one.block), contribution(one, slopes)
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            yield of_rows(some), slice(start, start + len(some))
            start += len(some)


def _of_clusters(parts: Iterator[tuple[Floats, slice]], cluster: Places, size: int) -> Floats:
    names, number = np.unique(cluster, return_inverse=True)
    sums = np.zeros((len(names), size))
    for part, own in parts:
        order = np.argsort(number[own], kind="stable")
        present, first = np.unique(number[own][order], return_index=True)
        sums[present] += np.add.reduceat(part[order], first, axis=0)
    cells: Floats = sums.T @ sums * (len(names) / (len(names) - 1))
    return cells


def rows_of(block: Block) -> Floats:
    """Return the cases of a block.

    Raises
    ------
    ValueError
        If the block has moments only.
    """
    if block.rows is None:
        raise ValueError("this needs the cases, not only their moments")
    return block.rows
