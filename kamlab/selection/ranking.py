"""Ranking by weighted criteria, over arrays: totals, ranks, and how sure a place on the list is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kamlab.portfolio.engine.doubts import drawn_weights, parts
from kamlab.portfolio.engine.scoring import axis_score

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-9
"""How far the rounding of weighted means may set apart two totals that are equal."""


@dataclass(frozen=True, slots=True)
class Block:
    """Criteria that are weighed against each other before they meet another block.

    Attributes
    ----------
    points : ndarray, shape (accounts, criteria)
        NaN where not rated.
    weights : ndarray, shape (criteria,)
    """

    points: Floats
    weights: Floats

    def means(self, weights: Floats) -> Floats:
        """Return weighted means of what is rated under several weightings.

        Parameters
        ----------
        weights : ndarray, shape (criteria, draws)

        Returns
        -------
        ndarray, shape (accounts, draws)
            NaN where nothing that is rated has weight.
        """
        rated = ~np.isnan(self.points)
        weight = rated @ weights
        total = np.where(rated, self.points, 0.0) @ weights
        return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


def total_score(blocks: Sequence[Block], shares: Floats) -> Floats:
    """Return the sum of the blocks' scores, weighted with their shares.

    Parameters
    ----------
    blocks : sequence of Block
    shares : ndarray, shape (blocks,)
        Of sum 1. A block without a share need not have scores.

    Returns
    -------
    ndarray, shape (accounts,)
        NaN where a block with a share has no score: less than half of its weight is rated.
    """
    return _together([axis_score(block.points, block.weights)[0] for block in blocks], shares)


def ranks(totals: Floats) -> Floats:
    """Return the place of each total from the top; equal ones share the best of their places.

    NaN for a missing total.
    """
    known = np.sort(totals[~np.isnan(totals)])
    not_higher = np.searchsorted(known, totals + ROUNDING, side="right")
    return np.where(np.isnan(totals), np.nan, len(known) - not_higher + 1)


def on_list(totals: Floats, n: int) -> Flags:
    """Return which totals are among the n highest; all of those equal to the last one are.

    Parameters
    ----------
    totals : ndarray, shape (accounts,) or (accounts, draws)
    n : int
        At least 1.

    Returns
    -------
    ndarray of bool, of the same shape
        A missing total is on no list.
    """
    filled = np.where(np.isnan(totals), -np.inf, totals)
    if n >= len(filled):
        return np.isfinite(filled)
    last = np.partition(filled, len(filled) - n, axis=0)[len(filled) - n]
    return np.asarray(np.isfinite(filled) & (filled >= last - ROUNDING))


def inclusion(
    blocks: Sequence[Block],
    shares: Floats,
    n: int,
    *,
    draws: int,
    spread: float,
    rng: np.random.Generator,
) -> Floats:
    """Return the share of plausible weightings under which each account is on the list of n.

    Weights within every block, and the shares of the blocks, are drawn round the given ones
    (see `drawn_weights`); a zero stays zero.

    Returns
    -------
    ndarray, shape (accounts,)
        NaN for accounts without a total under the given weights, which no draw can choose.
    """
    scored = ~np.isnan(total_score(blocks, shares))
    known = [Block(block.points[scored], block.weights) for block in blocks]
    weights = [drawn_weights(block.weights, draws, spread, rng).T for block in blocks]
    drawn_shares = drawn_weights(shares, draws, spread, rng).T
    times = np.zeros(int(scored.sum()))
    for part in parts(draws, len(times)):
        means = [block.means(own[:, part]) for block, own in zip(known, weights, strict=True)]
        times += on_list(_together(means, drawn_shares[:, part]), n).sum(axis=1)
    share = np.full(len(scored), np.nan)
    share[scored] = times / draws
    return share


def changes_without(blocks: Sequence[Block], shares: Floats, n: int) -> list[Floats]:
    """Return how many accounts leave the list of n when each criterion is left out.

    Returns
    -------
    list of ndarray, one per block, shape (criteria,)
        NaN where the block would have no criterion of weight left.
    """
    chosen = on_list(total_score(blocks, shares), n)
    scores = [axis_score(block.points, block.weights)[0] for block in blocks]
    changes = []
    for number, block in enumerate(blocks):
        without = block.weights[:, None] * (1 - np.eye(len(block.weights)))
        possible = without.sum(axis=0) > 0
        others, _ = axis_score(block.points, without[:, possible])
        totals = [own[:, None] if k != number else others for k, own in enumerate(scores)]
        row = np.full(len(possible), np.nan)
        row[possible] = (chosen[:, None] & ~on_list(_together(totals, shares), n)).sum(axis=0)
        changes.append(row)
    return changes


def correlation(values: Floats, totals: Floats) -> float:
    """Return Pearson's correlation over the accounts that have both; NaN where one is constant."""
    both = ~np.isnan(values) & ~np.isnan(totals)
    x, y = values[both], totals[both]
    if both.sum() < 2 or np.ptp(x) <= ROUNDING or np.ptp(y) <= ROUNDING:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def _together(scores: Sequence[Floats], shares: Floats) -> Floats:
    total: Floats = np.zeros(1)
    for own, share in zip(scores, shares, strict=True):
        total = total + np.where(share > 0, share * own, 0.0)
    return total
