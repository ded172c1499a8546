"""How sure a cell is, over arrays: the share of redrawn weights and ratings that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kamlab.portfolio.declaration.model import Axis, Item, Model
from kamlab.portfolio.engine.axes import AxisNumbers
from kamlab.portfolio.engine.scoring import Floats, Ints, axis_score, cell_of, cut_values, level_of

NUMBERS_AT_ONCE = 200_000
"""How many numbers are held in memory at a time."""

WEIGHT_SPREAD = 0.5
"""By which share of itself a weight typically differs from the given one."""

RATING_NOISE = 1 / 12
"""Standard deviation of one rating, as a share of the scale: half a point on 1 to 7."""

LevelDraws = Callable[[slice], list[Ints]]
"""Gives the levels on every axis, shape (accounts, draws), for some of the accounts."""


def drawn_weights(weights: Floats, draws: int, spread: float, rng: np.random.Generator) -> Floats:
    """Return plausible weights: Dirichlet draws round the given ones.

    With n weights of some size, the Dirichlet's concentration is `(n - 1) / spread² - 1`, by
    which a weight of 1/n has the standard deviation `spread / n`. A zero weight stays zero.

    Parameters
    ----------
    weights : ndarray, shape (items,)
        Not negative, with a positive sum.
    draws : int
    spread : float
        Above 0 and below 1.
    rng : Generator

    Returns
    -------
    ndarray, shape (draws, items)
        Each row sums to one.
    """
    counting = weights > 0
    drawn = np.zeros((draws, len(weights)))
    n = int(counting.sum())
    if n == 1:
        drawn[:, counting] = 1.0
        return drawn
    concentration = (n - 1) / spread**2 - 1
    drawn[:, counting] = rng.dirichlet(concentration * weights[counting] / weights.sum(), draws)
    return drawn


def share_moved(model: Model, cell: Ints, draws: int, levels_of: LevelDraws) -> Floats:
    """Return, per account, the share of draws that put it into another cell.

    Draws that leave an account without a cell do not count. NaN for accounts without a cell.
    """
    table = model.cell_of_levels
    moved, counted = np.zeros(len(cell)), np.zeros(len(cell))
    for rows in parts(len(cell), draws):
        there = cell_of(levels_of(rows), table)
        known = there >= 0
        counted[rows] = known.sum(axis=1)
        moved[rows] = (known & (there != cell[rows, None])).sum(axis=1)
    return np.where((cell >= 0) & (counted > 0), moved / np.maximum(counted, 1), np.nan)


def parts(length: int, width: int) -> Iterator[slice]:
    """Return the slices of a length that hold `NUMBERS_AT_ONCE` or less, at this width."""
    step = max(1, NUMBERS_AT_ONCE // max(width, 1))
    return (slice(start, min(start + step, length)) for start in range(0, length, step))


def flips_by_weights(
    model: Model,
    numbers: Sequence[AxisNumbers],
    cell: Ints,
    *,
    draws: int,
    spread: float,
    rng: np.random.Generator,
) -> Floats:
    """Return the share of plausible weightings that change each account's cell."""
    drawn = [
        np.empty((0, 0)) if axis.is_ladder else drawn_weights(axis.weights, draws, spread, rng).T
        for axis in model.axes
    ]
    cuts = [
        own.cuts[:, None] if axis.is_ladder else _cuts(axis, own.points, weights, model)
        for axis, own, weights in zip(model.axes, numbers, drawn, strict=True)
    ]

    def levels_of(rows: slice) -> list[Ints]:
        return [
            _unchanged(own, rows, draws)
            if axis.is_ladder
            else level_of(axis_score(own.points[rows], weights)[0], own_cuts)
            for axis, own, weights, own_cuts in zip(model.axes, numbers, drawn, cuts, strict=True)
        ]

    return share_moved(model, cell, draws, levels_of)


def _cuts(axis: Axis, points: Floats, weights: Floats, model: Model) -> Floats:
    """Return the cuts of one axis for every draw of weights; only a median needs the scores."""
    if axis.cut.value != "median":
        return cut_values(axis.cut.value, points, model.scale.value)
    medians = [
        cut_values("median", axis_score(points, weights[:, part])[0], model.scale.value)
        for part in parts(weights.shape[1], len(points))
    ]
    return np.concatenate(medians, axis=1)


def flips_by_ratings(
    model: Model,
    numbers: Sequence[AxisNumbers],
    cell: Ints,
    *,
    draws: int,
    noise: float,
    rng: np.random.Generator,
) -> Floats:
    """Return the share of redrawn ratings that change each account's cell; cuts stay.

    Every rating gets normal noise of the standard deviation `noise`, in points; facts none. A
    column that counts on two axes has the same noise on both.
    """
    columns = {item.column for axis in model.axes for item in axis.items if item.is_rating}
    shift = {column: rng.normal(0, noise, draws) for column in sorted(columns)}

    shifts = [
        np.array([_shift(item, shift.get(item.column), draws) for item in axis.items])
        for axis in model.axes
    ]

    def levels_of(rows: slice) -> list[Ints]:
        return [
            _unchanged(own, rows, draws)
            if axis.is_ladder
            else level_of(_shifted(axis, own, rows, own_shift), own.cuts[:, None])
            for axis, own, own_shift in zip(model.axes, numbers, shifts, strict=True)
        ]

    return share_moved(model, cell, draws, levels_of)


def flips_by_respondents(
    model: Model,
    numbers: Sequence[AxisNumbers],
    cell: Ints,
    deviations: Floats,
    n_raters: Ints,
    *,
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Return the share of redrawn sets of respondents that change each account's cell.

    Parameters
    ----------
    deviations : ndarray, shape (axes, axes)
        A matrix whose product with its transpose is the covariance of one respondent's
        scores round the account's.
    n_raters : ndarray of int, shape (accounts,)
        An account that nobody has rated has no share.
    """
    normal = deviations @ rng.standard_normal((len(numbers), draws))
    size = 1 / np.sqrt(np.maximum(n_raters, 1))

    def levels_of(rows: slice) -> list[Ints]:
        return [
            _unchanged(own, rows, draws)
            if axis.is_ladder
            else level_of(own.scores[rows, None] + size[rows, None] * shift, own.cuts[:, None])
            for axis, own, shift in zip(model.axes, numbers, normal, strict=True)
        ]

    shares = share_moved(model, cell, draws, levels_of)
    return np.where(n_raters > 0, shares, np.nan)


def within_deviations(scores: Floats, account: Ints) -> Floats | None:
    """Return a square root of the covariance of raters' scores round their account's mean.

    The covariance is pooled over accounts, `sum(d d') / sum(n - 1)`; None where no account
    has two raters.

    Parameters
    ----------
    scores : ndarray, shape (raters, axes)
    account : ndarray of int, shape (raters,)
    """
    known = ~np.isnan(scores).any(axis=1)
    scores, account = scores[known], account[known]
    counts = np.bincount(account)
    df = int((counts - 1)[counts > 0].sum())
    if df == 0:
        return None
    sums = np.column_stack([np.bincount(account, column) for column in scores.T])
    gaps = scores - (sums / np.maximum(counts, 1)[:, None])[account]
    values, vectors = np.linalg.eigh(gaps.T @ gaps / df)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _shift(item: Item, noise: Floats | None, draws: int) -> Floats:
    """Return the noise of an item in points: none for a fact, turned round where low is high."""
    if noise is None:
        return np.zeros(draws)
    return -noise if item.reverse else noise


def _shifted(axis: Axis, own: AxisNumbers, rows: slice, shift: Floats) -> Floats:
    """Return scores after shifts of the items, shape (items, draws), weighted as rated."""
    weight = ~np.isnan(own.points[rows]) * axis.weights
    total = np.maximum(weight.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return np.asarray(own.scores[rows, None] + (weight / total) @ shift)


def _unchanged(own: AxisNumbers, rows: slice, draws: int) -> Ints:
    levels = own.levels[rows, None]
    return np.broadcast_to(levels, (len(levels), draws))
