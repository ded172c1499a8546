"""The moments of bootstrap resamples, all from one product of case counts with case moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import Floats, GroupStructure, Places, Structure

CELLS = 4_000_000
"""Most entries of one temporary array: 32 MB each, so that 100,000 cases fit in little memory."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockMoments:
    """One block's moments in each of B resamples.

    Attributes
    ----------
    group : int
    places : ndarray, shape (r,)
    share : ndarray, shape (B,)
        Weight of the block in the discrepancy; the shares of a resample add up to 1.
    weight : ndarray, shape (B,)
        The same before division by the sum of weights.
    cov : ndarray, shape (B, r, r)
    mean : ndarray, shape (B, r)
    """

    group: int
    places: Places
    share: Floats
    weight: Floats
    cov: Floats
    mean: Floats

    def of(self, chosen: Places) -> BlockMoments:
        """Return the moments of some of the resamples."""
        return replace(
            self,
            share=self.share[chosen],
            weight=self.weight[chosen],
            cov=self.cov[chosen],
            mean=self.mean[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """Moments of B resamples.

    Attributes
    ----------
    blocks : tuple of BlockMoments
    fixed : tuple of (ndarray, shape (B, x, x), and ndarray, shape (B, x)), one a group
        Covariances and means of the fixed covariates.
    """

    blocks: tuple[BlockMoments, ...]
    fixed: tuple[tuple[Floats, Floats], ...]

    def __len__(self) -> int:
        return len(self.blocks[0].share)

    def of(self, chosen: Places) -> Resamples:
        """Return some of the resamples, numbers in `chosen`."""
        fixed = tuple((cov[chosen], mean[chosen]) for cov, mean in self.fixed)
        return Resamples(tuple(block.of(chosen) for block in self.blocks), fixed)

    def one(self, structure: Structure, number: int) -> tuple[Structure, tuple[Block, ...]]:
        """Return one resample as a structure, with its covariates' moments, and blocks."""
        blocks = tuple(
            Block(
                block.group,
                block.places,
                block.cov[number],
                block.mean[number],
                float(block.weight[number]),
                None,
            )
            for block in self.blocks
            if block.weight[number] > 0
        )
        groups = tuple(
            _with_fixed(group, structure.exogenous, cov[number], mean[number])
            for group, (cov, mean) in zip(structure.groups, self.fixed, strict=True)
        )
        return replace(structure, groups=groups), blocks


def _with_fixed(group: GroupStructure, places: Places, cov: Floats, mean: Floats) -> GroupStructure:
    covariances, means = group.covariances.copy(), group.means.copy()
    covariances[np.ix_(places, places)], means[places] = cov, mean
    return replace(group, covariances=covariances, means=means)


def resamples(
    structure: Structure,
    samples: Sequence[GroupSample],
    blocks: Sequence[Block],
    draws: int,
    seed: int | None,
) -> Resamples:
    """Draw cases with replacement within each group and return the moments of the draws.

    Parameters
    ----------
    structure : Structure
    samples : sequence of GroupSample
    blocks : sequence of Block
        With rows. The cases of a group are drawn over all of its blocks, so that blocks of
        missing-data patterns change their sizes from draw to draw.
    draws : int
        B.
    seed : int or None
        Each group has a random stream of its own.

    Notes
    -----
    With `c` (B, N) the counts of the cases, the sums of a draw are `c z` and `c (z z')`, where
    `z` is measured from the mean of the sample, lest digits cancel.
    """
    streams = np.random.SeedSequence(seed).spawn(len(samples))
    total = sum(block.weight for block in blocks)
    found: dict[int, BlockMoments] = {}
    fixed = []
    for number, (sample, stream) in enumerate(zip(samples, streams, strict=True)):
        own = [place for place, block in enumerate(blocks) if block.group == number]
        sums = _sums([blocks[place] for place in own], sample.mean, draws, stream)
        for place, one in zip(own, sums, strict=True):
            found[place] = _moments(blocks[place], one, sample, total)
        fixed.append(_fixed(structure.exogenous, [blocks[place] for place in own], sums, sample))
    return Resamples(tuple(found[place] for place in range(len(blocks))), tuple(fixed))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Counts (B,), sums (B, r) and sums of products (B, r, r) of the cases of one block."""

    cases: Floats
    first: Floats
    second: Floats


def _sums(
    blocks: Sequence[Block], centre: Floats, draws: int, stream: np.random.SeedSequence
) -> list[_Sums]:
    lengths = [len(_rows(block)) for block in blocks]
    ends = np.cumsum(lengths)
    sums = [_no_sums(draws, len(block.places)) for block in blocks]
    for start, counts in _counts(draws, int(ends[-1]), stream):
        drawn = slice(start, start + len(counts))
        for block, one, end, length in zip(blocks, sums, ends, lengths, strict=True):
            _add(one, drawn, counts[:, end - length : end], _rows(block) - centre[block.places])
    return sums


def _rows(block: Block) -> Floats:
    if block.rows is None:
        raise ValueError("resampling needs the cases, not only their moments")
    return block.rows


def _no_sums(draws: int, r: int) -> _Sums:
    return _Sums(np.zeros(draws), np.zeros((draws, r)), np.zeros((draws, r, r)))


def _counts(draws: int, n: int, stream: np.random.SeedSequence) -> Iterator[tuple[int, Floats]]:
    """Yield how often each of n cases was drawn, some draws at a time; shape (b, n)."""
    rng = np.random.default_rng(stream)
    size = max(1, CELLS // n)
    for start in range(0, draws, size):
        b = min(size, draws - start)
        drawn = rng.integers(0, n, size=(b, n))
        drawn += n * np.arange(b)[:, None]
        yield start, np.bincount(drawn.ravel(), minlength=b * n).reshape(b, n).astype(float)


def _add(sums: _Sums, drawn: slice, counts: Floats, z: Floats) -> None:
    """Add what drawn cases contribute, some cases at a time."""
    sums.cases[drawn] += counts.sum(axis=1)
    sums.first[drawn] += counts @ z
    row, column = np.tril_indices(z.shape[1])
    size = max(1, CELLS // len(row))
    half = np.zeros((len(counts), len(row)))
    for start in range(0, len(z), size):
        part = z[start : start + size]
        half += counts[:, start : start + size] @ (part[:, row] * part[:, column])
    sums.second[drawn, row, column] += half
    sums.second[drawn, column, row] = sums.second[drawn, row, column]


def _moments(block: Block, sums: _Sums, sample: GroupSample, total: float) -> BlockMoments:
    mean, cov = _mean_and_cov(sums, sample)
    weight = sums.cases * (block.weight / len(_rows(block)))
    return BlockMoments(
        group=block.group,
        places=block.places,
        share=weight / total,
        weight=weight,
        cov=cov,
        mean=mean + sample.mean[block.places],
    )


def _mean_and_cov(sums: _Sums, sample: GroupSample) -> tuple[Floats, Floats]:
    """Return means, less those of the sample, and covariances, with the sample's divisor.

    Both are zero where a pattern was not drawn: its share is zero.
    """
    n = np.maximum(sums.cases, 1.0)
    mean = sums.first / n[:, None]
    cov = sums.second / n[:, None, None] - mean[:, :, None] * mean[:, None, :]
    return mean, cov * (sample.nobs / sample.weight)


def _fixed(
    places: Places, blocks: Sequence[Block], sums: Sequence[_Sums], sample: GroupSample
) -> tuple[Floats, Floats]:
    """Return the moments of the fixed covariates over all blocks of a group."""
    whole = _no_sums(len(sums[0].cases), len(places))
    for block, one in zip(blocks, sums, strict=True):
        if not np.isin(places, block.places).all():
            raise ValueError("fixed covariates have to be complete")
        within = np.searchsorted(block.places, places)
        whole.cases[:] += one.cases
        whole.first[:] += one.first[:, within]
        whole.second[:] += one.second[:, within[:, None], within[None, :]]
    mean, cov = _mean_and_cov(whole, sample)
    return cov, mean + sample.mean[places]
