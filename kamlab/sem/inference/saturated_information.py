"""Information and scores of the saturated model with incomplete cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kamlab.sem.engine.sample import Block
from kamlab.sem.engine.stacks import Stack, padded_inverses, stacked
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.casewise import rows_of

NUMBERS_AT_ONCE = 2_000_000
"""Scores are made for so many rows at a time that they stay within 16 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Which means and covariances of p variables are meant: all but those of fixed covariates.

    Attributes
    ----------
    means : ndarray, shape (m,)
    rows, columns : ndarray, shape (c,)
        Covariances, row >= column.
    halves : ndarray, shape (c,)
        1/2 for a variance, which stands in the matrix once, otherwise 1.
    """

    means: Places
    rows: Places
    columns: Places
    halves: Floats

    @classmethod
    def of(cls, p: int, exogenous: Places) -> Moments:
        """Return the moments of p variables without those among the fixed covariates."""
        fixed = np.zeros(p, dtype=bool)
        fixed[exogenous] = True
        rows, columns = np.tril_indices(p)
        free = ~(fixed[rows] & fixed[columns])
        rows, columns = rows[free], columns[free]
        return cls(np.flatnonzero(~fixed), rows, columns, np.where(rows == columns, 0.5, 1.0))

    def vector(self, means: Floats, matrix: Floats) -> Floats:
        """Return means (p,) and covariances (p, p) as one vector (m + c,)."""
        return np.concatenate([means[self.means], matrix[self.rows, self.columns]])

    def joined(self, means: Floats, mixed: Floats, kernel: Floats) -> Floats:
        """Return an information matrix (m + c, m + c) from its means' part (p, p) and the rest.

        `mixed` (p, p, p) has `avg W_ab h_c`, `kernel` (p, p, p, p) has `avg W_ac A_bd`
        at (a, c, b, d).
        """
        i, j = self.rows, self.columns
        across = mixed[self.means][:, i, j] + mixed[self.means][:, j, i]
        across = across * self.halves
        first, second = i[:, None], j[:, None]
        among = kernel[first, i, second, j] + kernel[first, j, second, i]
        among += kernel[second, i, first, j] + kernel[second, j, first, i]
        among *= 0.5 * self.halves[:, None] * self.halves
        own = means[np.ix_(self.means, self.means)]
        return np.block([[own, across], [across.T, among]])


def observed_information(
    blocks: Sequence[Block], mean: Floats, cov: Floats, moments: Moments
) -> Floats:
    """Return the observed information of saturated moments in one case.

    Parameters
    ----------
    blocks : sequence of Block
        The patterns of one group.
    mean : ndarray, shape (p,)
    cov : ndarray, shape (p, p)
    moments : Moments

    Returns
    -------
    ndarray, shape (m + c, m + c)

    Notes
    -----
    With `W` the padded inverse covariances of a pattern, `d` its mean less `mean`, `T` its
    covariances plus `d d'`, `h = W d` and `A = 2 W T W - W`, the Hessian is made of averages of
    `W`, `W x h` and `W x A` over the patterns: each is one product of two tall matrices.
    """
    p = len(mean)
    means, mixed, kernel = np.zeros((p, p)), np.zeros((p * p, p)), np.zeros((p * p, p * p))
    for stack in stacked(blocks, mean):
        inverse, weighed, bend = _padded(stack, cov)
        flat = (stack.share[:, None, None] * inverse).reshape(-1, p * p)
        means += flat.sum(axis=0).reshape(p, p)
        mixed += flat.T @ weighed
        kernel += flat.T @ bend.reshape(-1, p * p)
    return moments.joined(means, mixed.reshape(p, p, p), kernel.reshape((p,) * 4))


def _padded(stack: Stack, cov: Floats) -> tuple[Floats, Floats, Floats]:
    inverse, _ = padded_inverses(stack.seen, cov)
    weighed = np.einsum("bij,bj->bi", inverse, stack.mean)
    bend = 2 * weighed[:, :, None] * weighed[:, None, :] - inverse
    several = inverse[stack.several]
    bend[stack.several] += 2 * several @ stack.cov @ several
    return inverse, weighed, bend


def complete_information(cov: Floats, moments: Moments) -> Floats:
    """Return the information of saturated moments in one complete case, at those moments."""
    p = len(cov)
    inverse = np.linalg.inv(cov).astype(np.float64, copy=False)
    kernel = inverse[:, :, None, None] * inverse
    return moments.joined(inverse, np.zeros((p, p, p)), kernel)


def score_products(
    blocks: Sequence[Block],
    mean: Floats,
    cov: Floats,
    moments: Moments,
    cluster: Places | None = None,
) -> Floats:
    """Return the cross products of the saturated moments' scores, per case.

    Parameters
    ----------
    blocks, mean, cov, moments
        As in `observed_information`.
    cluster : ndarray of int, shape (cases,), optional
        As in `cross_products`, for this group.
    """
    names, number = None, None
    if cluster is not None:
        names, number = np.unique(cluster, return_inverse=True)
    size = len(moments.means) + len(moments.rows)
    total = np.zeros((size, size))
    sums = None if names is None else np.zeros((len(names), size))
    start = 0
    for part in _portions(blocks, max(1, NUMBERS_AT_ONCE // size)):
        scores = _scores(part, mean, cov, moments)
        if sums is None:
            total += scores.T @ scores
        else:
            assert number is not None
            np.add.at(sums, number[start : start + len(scores)], scores)
        start += len(scores)
    if sums is not None:
        total = sums.T @ sums * (len(sums) / (len(sums) - 1))
    return total / start


def _portions(blocks: Sequence[Block], most: int) -> Iterator[list[Block]]:
    """Yield the blocks with at most so many rows at a time, cut where they are longer."""
    waiting: list[Block] = []
    room = most
    for block in blocks:
        rows = rows_of(block)
        while len(rows):
            taken, rows = rows[:room], rows[room:]
            waiting.append(replace(block, rows=taken))
            room -= len(taken)
            if room == 0:
                yield waiting
                waiting, room = [], most
    if waiting:
        yield waiting


def _scores(blocks: Sequence[Block], mean: Floats, cov: Floats, moments: Moments) -> Floats:
    """Return slopes of each case's log-likelihood by saturated moments, shape (cases, m + c)."""
    p, sizes = len(mean), [len(rows_of(block)) for block in blocks]
    seen = np.zeros((len(blocks), p), dtype=bool)
    for own, block in zip(seen, blocks, strict=True):
        own[block.places] = True
    inverse, _ = padded_inverses(seen, cov)
    pushed = np.zeros((sum(sizes), p))
    for rows, block, own in zip(
        np.split(pushed, np.cumsum(sizes)[:-1]), blocks, inverse, strict=True
    ):
        rows[:] = (rows_of(block) - mean[block.places]) @ own[block.places]
    i, j = moments.rows, moments.columns
    number = np.repeat(np.arange(len(blocks)), sizes)
    second = (pushed[:, i] * pushed[:, j] - inverse[:, i, j][number]) * moments.halves
    return np.concatenate([pushed[:, moments.means], second], axis=1)
