"""The scoring engine, over arrays: scores, cuts, levels, cells, distances to a border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from kamlab.foundation.lent import frozen
from kamlab.portfolio.declaration.model import Cut

LEAST_WEIGHT_RATED = 0.5
"""An axis is scored where items with at least this share of its weight are rated."""

ROUNDING = 1e-9
"""How far the rounding of a weighted mean may put a score below the cut that it stands on."""

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where accounts stand.

    Attributes
    ----------
    scores : ndarray, shape (accounts, axes)
        Weighted means of the rated items, or numbers of levels on a ladder; NaN where too
        little is known.
    cuts : tuple of ndarray, one per axis, shape (levels - 1,)
        From these scores on, the next level begins.
    levels : ndarray of int, shape (accounts, axes)
        The number of the level, 0 the lowest; -1 without a score.
    cell : ndarray of int, shape (accounts,)
        The number of the cell; -1 without a score on some axis.
    distance : ndarray, shape (accounts,)
        Points from the nearest border to another cell, on the axis where it is nearest; NaN
        without a cell or where no axis has scores.
    share_rated : ndarray, shape (accounts,)
        The share of the weight (of the conditions, on a ladder) that is known, on the axis
        where least is.
    """

    scores: Floats
    cuts: tuple[Floats, ...]
    levels: Ints
    cell: Ints
    distance: Floats
    share_rated: Floats

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Whether an account has a cell."""
        return self.cell >= 0


def axis_score(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the weighted mean of each row's known values, and the share of weight known.

    Parameters
    ----------
    values : ndarray, shape (accounts, items)
    weights : ndarray, shape (items,) or (items, draws)
        Not negative, each column with a positive sum.

    Returns
    -------
    scores : ndarray, shape (accounts,) or (accounts, draws)
        `sum(w s) / sum(w)` over the known values; NaN where they carry less than half of the
        weight.
    known : ndarray, of the same shape
        The share of the weight that they carry.
    """
    whole = weights.sum(axis=0)
    complete = ~np.isnan(values).any(axis=1)
    shape = (len(values), *weights.shape[1:])
    scores, known = np.empty(shape), np.ones(shape)
    scores[complete] = values[complete] @ weights / whole
    if not complete.all():
        scores[~complete], known[~complete] = _partly_known(values[~complete], weights, whole)
    return scores, known


def _partly_known(values: Floats, weights: Floats, whole: Floats) -> tuple[Floats, Floats]:
    there = ~np.isnan(values)
    weight = there @ weights
    total = np.where(there, values, 0.0) @ weights
    enough = (weight >= (LEAST_WEIGHT_RATED - ROUNDING) * whole) & (weight > 0)
    return np.where(enough, total / np.where(weight > 0, weight, 1.0), np.nan), weight / whole


def on_scale(values: Floats, bounds: tuple[float, float], scale: tuple[float, float]) -> Floats:
    """Return facts as points: linear between the bounds, cut off at the ends of the scale."""
    low, high = scale
    first, last = bounds
    return np.clip(low + (high - low) * (values - first) / (last - first), low, high)


def ranks_on_scale(values: Floats, scale: tuple[float, float]) -> Floats:
    """Return the rank of each fact among the known ones as points.

    The rank is `(r - 1/2) / n`, r the mean rank of equal values, so that equal values score
    alike, and a fact that is the same for all stands in the middle.
    """
    low, high = scale
    known = ~np.isnan(values)
    points = np.full(len(values), np.nan)
    points[known] = low + (high - low) * (rankdata(values[known]) - 0.5) / max(known.sum(), 1)
    return points


def cut_values(rule: Cut, scores: Floats, scale: tuple[float, float]) -> Floats:
    """Return the scores from which each next level begins.

    Parameters
    ----------
    rule : {"midpoint", "median"} or tuple of float
        The middle of the scale, the middle of the accounts, or scores.
    scores : ndarray, shape (accounts, draws)
        Needed for medians only.
    scale : tuple of float
        Lowest and highest score.

    Returns
    -------
    ndarray, shape (levels - 1, draws)
        With one column, where the cut is the same for all draws.
    """
    if rule == "midpoint":
        return np.array([[sum(scale) / 2]])
    if rule == "median":
        some = ~np.isnan(scores).all(axis=0)
        medians = np.full((1, scores.shape[1]), np.nan)
        medians[0, some] = np.nanmedian(scores[:, some], axis=0)
        return medians
    return np.array(rule, dtype=float)[:, None]


def level_of(scores: Floats, cuts: Floats) -> Ints:
    """Return the number of cuts that each score has reached; -1 for a missing score.

    A score on a cut has reached it. Cuts have one row per border, scores one per account.
    """
    reached = np.zeros(scores.shape, dtype=np.int8)
    for cut in cuts:
        reached += scores >= cut - ROUNDING
    reached[np.isnan(scores)] = -1
    return reached


def cell_of(levels: Sequence[Ints], cell_of_levels: Ints) -> Ints:
    """Return the number of the cell; -1 where a level is missing.

    Parameters
    ----------
    levels : sequence of ndarray of int, one per axis
        All of one shape.
    cell_of_levels : ndarray of int, one dimension per axis
    """
    place = np.zeros(levels[0].shape, dtype=np.int16)
    missing = np.zeros(levels[0].shape, dtype=bool)
    for level, count in zip(levels, cell_of_levels.shape, strict=True):
        place *= count
        place += level.astype(np.int16)
        missing |= level < 0
    cell = np.take(cell_of_levels.ravel().astype(np.int16), place, mode="wrap")
    cell[missing] = -1
    return cell


def border_distance(
    scores: Floats, levels: Ints, cuts: tuple[Floats, ...], cell_of_levels: Ints
) -> Floats:
    """Return the points from each score to the nearest border behind which another cell begins.

    Parameters
    ----------
    scores : ndarray, shape (accounts, axes)
    levels : ndarray of int, shape (accounts, axes)
    cuts : tuple of ndarray, one per axis; NaN for the borders of a ladder
    cell_of_levels : ndarray of int, one dimension per axis
    """
    here = cell_of(list(levels.T), cell_of_levels)
    nearest = np.full(len(scores), np.inf)
    for axis, own_cuts in enumerate(cuts):
        own = levels[:, axis]
        for level in range(len(own_cuts) + 1):
            there = levels.T.copy()
            there[axis] = level
            border = own_cuts[np.where(own < level, level - 1, level) % len(own_cuts)]
            gap = np.abs(scores[:, axis] - border)
            other = (cell_of(list(there), cell_of_levels) != here) & (own != level) & ~np.isnan(gap)
            nearest = np.where(other, np.minimum(nearest, gap), nearest)
    return np.where((here >= 0) & np.isfinite(nearest), nearest, np.nan)


def place(
    scores: Floats,
    levels: Ints,
    cuts: tuple[Floats, ...],
    cell_of_levels: Ints,
    share_rated: Floats,
) -> Placement:
    """Return every account's cell and its distance to the nearest border."""
    cell = cell_of(list(levels.T), cell_of_levels)
    distance = border_distance(scores, levels, cuts, cell_of_levels)
    for array in (levels, cell):
        array.flags.writeable = False
    return Placement(
        scores=frozen(scores),
        cuts=tuple(frozen(own) for own in cuts),
        levels=levels,
        cell=cell,
        distance=frozen(distance),
        share_rated=frozen(share_rated),
    )
