"""Fourth-order moments of complete cases, as far as errors and tests need them.

`Gamma`, the covariance matrix of a case's values and second-order products, has p^4 / 4 entries.
Every trace and every product that is needed is one of quadratic forms of the cases instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kamlab.sem.engine.implied import Slopes
from kamlab.sem.engine.objective import Point, Whitened
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.casewise import ROWS_AT_ONCE, Contribution, products, rows_of


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    """Whitened deviations of complete cases from their means, and the part that is fixed.

    Attributes
    ----------
    mean : ndarray, shape (p,)
    exogenous : ndarray, shape (x,)
    whitener : ndarray, shape (p, p)
    regression : ndarray, shape (x, p), or None
        Whitened slopes of all variables on the fixed covariates.
    spread : ndarray, shape (p, p)
        Whitened covariances, less what the fixed covariates explain.
    """

    mean: Floats
    exogenous: Places
    whitener: Floats
    regression: Floats | None
    spread: Floats

    @classmethod
    def of(cls, rows: Floats, exogenous: Places, whitener: Floats) -> Deviations:
        """Make them from complete cases (n, p)."""
        mean = rows.mean(axis=0)
        cov, regression = _cross(rows, mean) / len(rows), None
        if len(exogenous):
            across = cov[exogenous]
            slopes = np.linalg.solve(across[:, exogenous], across)
            cov, regression = cov - across.T @ slopes, slopes @ whitener.T
        return cls(mean, exogenous, whitener, regression, whitener @ cov @ whitener.T)

    def split(self, rows: Floats) -> tuple[Floats, Floats | None]:
        """Return whitened deviations of rows (m, p), and the same of their regression."""
        deviations = rows - self.mean
        fitted = None
        if self.regression is not None:
            fitted = deviations[:, self.exogenous] @ self.regression
        return deviations @ self.whitener.T, fitted


def _cross(rows: Floats, mean: Floats) -> Floats:
    total = np.zeros((len(mean),) * 2)
    for first in range(0, len(rows), ROWS_AT_ONCE):
        centred = rows[first : first + ROWS_AT_ONCE] - mean
        total += centred.T @ centred
    return total


def moment_deviations(point: Point) -> Contribution:
    """Return the weighted deviations of each case's second-order products, as a contribution.

    Notes
    -----
    The row of `Delta' V (w_i - mean w)`, with `w_i` a case's values and second-order products
    about the sample means and V the normal-theory weights. Where covariates are fixed, `w_i` is
    less the same of the regression on them.
    """
    exogenous, means = point.structure.exogenous, point.structure.has_means

    def contribution(one: Whitened, slopes: Slopes) -> Callable[[Floats], Floats]:
        parts = Deviations.of(rows_of(one.block), exogenous, one.whitener)
        centre: Floats = (slopes.left * (parts.spread @ slopes.right)).sum(axis=0)

        def of_rows(rows: Floats) -> Floats:
            z, fitted = parts.split(rows)
            cells = products(z, slopes, with_means=means) - centre
            return cells if fitted is None else cells - products(fitted, slopes, with_means=means)

        return of_rows

    return contribution


def weighted_trace(
    rows: Floats,
    exogenous: Places,
    whitener: Floats,
    cluster: Places | None = None,
    *,
    with_means: bool,
) -> float:
    """Return `tr(V Gamma)` of one group's complete cases.

    Parameters
    ----------
    rows : ndarray, shape (n, p)
    exogenous : ndarray, shape (x,)
        Fixed covariates.
    whitener : ndarray, shape (p, p)
        `L^-1`, where `L L'` are the covariances that the normal-theory weights V are made of.
    cluster : ndarray of int, shape (n,), optional
        As in `cross_products`.
    with_means : bool
        Whether Gamma has the means too.

    Notes
    -----
    With z a case's whitened deviations, h those of its regression on fixed covariates and R the
    mean of `C = z z' - h h'`, the trace is the mean over cases of
    `(z - h)'(z - h) + 1/2 ||C - R||^2`; within clusters, `z - h` and `C - R` are summed first.
    """
    parts = Deviations.of(rows, exogenous, whitener)
    if cluster is None:
        first, second = _over_cases(parts, rows)
        second -= len(rows) * float((parts.spread**2).sum())
    else:
        first, second = _over_clusters(parts, rows, cluster)
    return (first * with_means + 0.5 * second) / len(rows)


def _over_cases(parts: Deviations, rows: Floats) -> tuple[float, float]:
    """Return sums over cases of `||z - h||^2` and `||C||^2`."""
    first = second = 0.0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        z, fitted = parts.split(rows[start : start + ROWS_AT_ONCE])
        length = (z**2).sum(axis=1)
        second += float(length @ length)
        if fitted is None:
            first += float(length.sum())
            continue
        explained, both = (fitted**2).sum(axis=1), (z * fitted).sum(axis=1)
        second += float(explained @ explained - 2 * both @ both)
        first += float((length + explained - 2 * both).sum())
    return first, second


def _over_clusters(parts: Deviations, rows: Floats, cluster: Places) -> tuple[float, float]:
    """Return sums over clusters of the squared lengths of sums within them, corrected."""
    first = second = 0.0
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order])) + 1
    members = np.split(order, starts)
    for own in members:
        z, fitted = parts.split(rows[own])
        sums, squares = z.sum(axis=0), z.T @ z - len(own) * parts.spread
        if fitted is not None:
            sums, squares = sums - fitted.sum(axis=0), squares - fitted.T @ fitted
        first += float(sums @ sums)
        second += float((squares**2).sum())
    correction = len(members) / (len(members) - 1)
    return correction * first, correction * second
