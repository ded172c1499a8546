"""The scoring engine, over arrays: axis scores, cuts, cells, distances to the border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_WEIGHT_RATED = 0.5
"""An axis is scored where items with at least this share of its weight are rated."""

ROUNDING = 1e-9
"""How far the rounding of a weighted mean may put a score below the cut that it stands on."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where accounts stand.

    Attributes
    ----------
    scores : ndarray, shape (accounts, axes)
        Weighted means of the rated items; NaN where too little is rated.
    cuts : ndarray, shape (axes,)
        From this score on, an axis is high.
    high : ndarray of bool, shape (accounts, axes)
    scored : ndarray of bool, shape (accounts,)
        Whether every axis has a score; without one there is no cell.
    distance : ndarray, shape (accounts,)
        Points from the nearest border, on the axis where it is nearest.
    """

    scores: NDArray[np.float64]
    cuts: NDArray[np.float64]
    high: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    distance: NDArray[np.float64]


def axis_score(ratings: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted mean of each row's rated items.

    Parameters
    ----------
    ratings : ndarray, shape (accounts, items)
    weights : ndarray, shape (items,)
        Not negative, with a positive sum.

    Returns
    -------
    ndarray, shape (accounts,)
        `sum(w s) / sum(w)` over the rated items; NaN where they carry less than half of the
        weight.
    """
    rated = ~np.isnan(ratings)
    weight = rated @ weights
    total = np.where(rated, ratings, 0.0) @ weights
    enough = (weight >= (LEAST_WEIGHT_RATED - ROUNDING) * weights.sum()) & (weight > 0)
    return np.where(enough, total / np.where(weight > 0, weight, 1.0), np.nan)


def cut_value(rule: str | float, scores: NDArray[np.float64], scale: tuple[float, float]) -> float:
    """Return the score from which an axis is high.

    Parameters
    ----------
    rule : {"midpoint", "median"} or float
        The middle of the scale, the middle of the accounts, or a score.
    scores : ndarray, shape (accounts,)
    scale : tuple of float
        Lowest and highest rating.
    """
    if rule == "midpoint":
        return sum(scale) / 2
    if rule == "median":
        known = scores[~np.isnan(scores)]
        return float(np.median(known)) if known.size else np.nan
    return float(rule)


def place(scores: NDArray[np.float64], cuts: NDArray[np.float64]) -> Placement:
    """Return every account's levels and its distance to the nearest border."""
    gaps = scores - cuts
    scored = ~np.isnan(gaps).any(axis=1)
    distance = np.where(scored, np.abs(gaps).min(axis=1), np.nan)
    placement = Placement(scores, cuts, np.asarray(gaps >= -ROUNDING), np.asarray(scored), distance)
    for array in (scores, cuts, placement.high, placement.scored, distance):
        array.flags.writeable = False
    return placement
