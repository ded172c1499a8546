"""Are constructs told apart by their items: Fornell and Larcker's criterion, HTMT; arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation.level import tails

Floats = NDArray[np.float64]

DRAWS_AT_ONCE = 200
"""Bounds the memory of the bootstrap: so many correlation matrices are held together."""


def distinct_by_variance(
    variance_extracted: ArrayLike, correlations: ArrayLike
) -> NDArray[np.bool_]:
    """Say which pairs of constructs share less variance than each shares with its own items.

    True where both average variances extracted exceed the squared correlation of the two factors
    (Fornell & Larcker 1981).

    Parameters
    ----------
    variance_extracted : array_like, shape (c,)
    correlations : array_like, shape (c, c)
        Of the factors.

    Returns
    -------
    ndarray of bool, shape (c, c)
    """
    own = np.asarray(variance_extracted, dtype=float)
    distinct: NDArray[np.bool_] = (
        np.minimum.outer(own, own) > np.asarray(correlations, dtype=float) ** 2
    )
    return distinct


def heterotrait_monotrait(correlations: ArrayLike, construct: ArrayLike) -> Floats:
    """Return HTMT, the heterotrait-monotrait ratio of correlations, of all pairs of constructs.

    The mean correlation of items of two constructs, over the geometric mean of the two mean
    correlations of items within a construct (Henseler, Ringle & Sarstedt 2015). It estimates the
    correlation of the two constructs free of measurement error where items load alike. The plain
    correlations are used, not their absolute values: the sign stays, and items must be worded in
    one direction within a construct.

    Parameters
    ----------
    correlations : array_like, shape (..., p, p)
        Of the items; several matrices at once if there are leading axes.
    construct : array_like, shape (p,)
        Number of the construct that each item measures, from 0.

    Returns
    -------
    ndarray, shape (..., c, c)
        NaN on the diagonal, and where a construct has one item only or its items do not
        correlate positively on average.
    """
    r = np.asarray(correlations, dtype=float)
    member = np.eye(int(np.max(construct)) + 1)[np.asarray(construct)]
    sizes = member.sum(axis=0)
    sums = member.T @ r @ member
    between = sums / np.outer(sizes, sizes)
    pairs = sizes * (sizes - 1)
    own = np.diagonal(sums, axis1=-2, axis2=-1) - sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(own > 0, own / pairs, np.nan)
    ratio: Floats = between / np.sqrt(within[..., :, None] * within[..., None, :])
    places = np.arange(len(sizes))
    ratio[..., places, places] = np.nan
    return ratio


@dataclass(frozen=True, slots=True, eq=False)
class Htmt:
    """HTMT of all pairs of constructs, with bootstrap intervals; arrays of shape (c, c).

    Attributes
    ----------
    ratio, conf_low, conf_high : ndarray
    n_draws : ndarray of int
        Draws that gave a ratio; the interval rests on these.
    """

    ratio: Floats
    conf_low: Floats
    conf_high: Floats
    n_draws: NDArray[np.intp]


def bootstrap_htmt(
    items: ArrayLike,
    construct: ArrayLike,
    clusters: ArrayLike,
    *,
    draws: int,
    rng: np.random.Generator,
    conf_level: float = 0.95,
) -> Htmt:
    """Return HTMT with percentile intervals from redrawn clusters.

    Whole clusters are drawn with replacement, so that respondents of one account, who answer
    alike, stay together; drawing single rows would make the interval too narrow.

    Parameters
    ----------
    items : array_like, shape (n, p)
        Complete rows.
    construct : array_like, shape (p,)
        Number of the construct that each item measures, from 0.
    clusters : array_like, shape (n,)
        Which cluster (account) a row is of.
    draws : int
        Limits are NaN if 0.
    rng : Generator
    conf_level : float, default 0.95
    """
    x = np.asarray(items, dtype=float)
    tallies = _cluster_moments(x - x.mean(axis=0), clusters)
    ratio = heterotrait_monotrait(_correlations(tallies.sum(axis=0)), construct)
    n_clusters = len(tallies)
    drawn = [np.empty((0, *ratio.shape))]
    for start in range(0, draws, DRAWS_AT_ONCE):
        now = min(DRAWS_AT_ONCE, draws - start)
        weights = rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), now)
        moments = np.tensordot(weights.astype(float), tallies, axes=1)
        drawn.append(heterotrait_monotrait(_correlations(moments), construct))
    every = np.concatenate(drawn)
    low, high = _quantiles(every, conf_level)
    return Htmt(ratio, low, high, np.isfinite(every).sum(axis=0))


def _quantiles(drawn: Floats, conf_level: float) -> tuple[Floats, Floats]:
    limits = np.full((2, *drawn.shape[1:]), np.nan)
    for place in np.ndindex(*drawn.shape[1:]):
        usable = drawn[(slice(None), *place)]
        usable = usable[np.isfinite(usable)]
        if len(usable):
            limits[(slice(None), *place)] = np.quantile(usable, tails(conf_level))
    return limits[0], limits[1]


def _cluster_moments(x: Floats, clusters: ArrayLike) -> Floats:
    """Return counts, sums and cross-products of each cluster as matrices of (1, x)'(1, x)."""
    _, codes = np.unique(np.asarray(clusters), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    rows = np.column_stack([np.ones(len(x)), x])[order]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    # Column by column: all products at once would need the rows' memory p times over.
    by_column = [np.add.reduceat(rows * own[:, None], starts, axis=0) for own in rows.T]
    return np.stack(by_column, axis=1)


def _correlations(moments: Floats) -> Floats:
    n = moments[..., :1, :1]
    means = moments[..., 1:, :1] / n
    covariance = moments[..., 1:, 1:] / n - means * np.swapaxes(means, -1, -2)
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    # An item that a draw left with one answer keeps a variance of rounding errors only.
    floor = 1e-12 * np.diagonal(moments[..., 1:, 1:] / n, axis1=-2, axis2=-1)
    spread = np.sqrt(np.where(variance > floor, variance, np.nan))
    matrix: Floats = covariance / (spread[..., :, None] * spread[..., None, :])
    return matrix
