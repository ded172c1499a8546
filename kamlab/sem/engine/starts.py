"""Starting values: loadings from ratios of covariances, then regressions, then means.

Covariances between latent and other variables are guessed first, factor by factor, so that a
second-order factor finds covariances of its first-order factors to start from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import (
    COVARIANCE,
    MEAN,
    PATH,
    Floats,
    GroupStructure,
    Places,
    Structure,
)

LEAST_SHARE, MOST_SHARE = 0.1, 0.95
"""Bounds on the share of an indicator's variance that its factor is first said to explain."""
RIDGE = 0.05
SHRINKAGE = 0.7


def starting_values(structure: Structure, samples: Sequence[GroupSample], given: Floats) -> Floats:
    """Return a starting value for each parameter.

    Parameters
    ----------
    structure : Structure
    samples : sequence of GroupSample
    given : ndarray, shape (q,)
        Values that the user gave; NaN elsewhere.

    Returns
    -------
    ndarray, shape (q,)

    Notes
    -----
    Loadings: instrumental-variable ratios of covariances to a reference indicator (Hägglund
    1982); regressions: least squares on the guessed covariances; means: least squares.
    """
    totals, counts = np.zeros(structure.n_free), np.zeros(structure.n_free)
    for group, sample in zip(structure.groups, samples, strict=True):
        cells = _cells_of(group, _Guess(group, structure.n_observed, sample.cov))
        np.add.at(totals, group.parameter, cells)
        np.add.at(counts, group.parameter, 1)
    theta = totals / np.maximum(counts, 1)
    theta = np.where(np.isnan(given), theta, given)
    if structure.has_means:
        theta = np.where(np.isnan(given), _with_means(structure, samples, theta), theta)
    return theta


def _cells_of(group: GroupStructure, guess: _Guess) -> Floats:
    values = np.zeros(len(group.kind))
    for kind, matrix in ((PATH, guess.paths), (COVARIANCE, guess.residual)):
        own = group.kind == kind
        values[own] = matrix[group.row[own], group.column[own]]
    return values


class _Guess:
    """First values of one group's paths and residual covariances, in the matrices' own places."""

    def __init__(self, group: GroupStructure, n_observed: int, cov: Floats) -> None:
        self.group, self.p = group, n_observed
        self.free = np.zeros((group.size,) * 2, dtype=bool)
        own = group.kind == PATH
        self.free[group.row[own], group.column[own]] = True
        self.arrows = self.free | (group.paths != 0)
        self.paths = group.paths.copy()
        self.cov = np.zeros((group.size,) * 2)
        self.cov[:n_observed, :n_observed] = cov
        self._place_factors()
        self._regress()
        self.residual = self._residuals()

    def _place_factors(self) -> None:
        known = set(range(self.p))
        pending = list(range(self.p, self.group.size))
        while pending:
            ready = [f for f in pending if set(self._indicators(f)) <= known] or pending[:1]
            for factor in ready:
                self._place(factor, self._indicators(factor), known)
                known.add(factor)
                pending.remove(factor)

    def _indicators(self, factor: int) -> list[int]:
        children = np.flatnonzero(self.arrows[:, factor]).tolist()
        return [child for child in children if child < self.p] or children

    def _place(self, factor: int, indicators: list[int], known: set[int]) -> None:
        indicators = [i for i in indicators if i in known]
        variance = self.group.covariances[factor, factor]
        if not indicators:
            self.cov[factor, factor] = variance or 1.0
            return
        fixed = [i for i in indicators if not self.free[i, factor]]
        within = self.cov[np.ix_(indicators, indicators)]
        strongest = indicators[int(np.abs(within).sum(axis=0).argmax())]
        marker = fixed[0] if fixed else strongest
        size = self.paths[marker, factor] if fixed else 1.0
        loadings = np.array(
            [self._loading(i, marker, size, indicators, factor) for i in indicators]
        )
        spread = self._variance(indicators, loadings, marker, size)
        if not fixed and variance > 0:
            loadings, spread = loadings * np.sqrt(spread / variance), variance
        self.paths[indicators, factor] = loadings
        with_all = loadings @ self.cov[indicators] / (loadings @ loadings)
        with_all[indicators] = loadings * spread
        self.cov[factor], self.cov[:, factor] = with_all, with_all
        self.cov[factor, factor] = spread

    def _loading(
        self, item: int, marker: int, size: float, indicators: list[int], factor: int
    ) -> float:
        if not self.free[item, factor]:
            return float(self.paths[item, factor])
        if item == marker:
            return float(size)
        cov = self.cov
        scale = abs(size) * np.sqrt(cov[item, item] / cov[marker, marker])
        others = [i for i in indicators if i not in (item, marker)]
        ratio = np.sign(cov[item, marker] or 1.0) * scale / size
        if others and (weight := cov[marker, others] @ cov[marker, others]) > 0:
            ratio = cov[item, others] @ cov[marker, others] / weight
        least, most = 0.1 * scale, 3.0 * scale
        return float(size * np.sign(ratio or 1.0)) * float(
            np.clip(abs(ratio * size), least, most) / abs(size)
        )

    def _variance(self, indicators: list[int], loadings: Floats, marker: int, size: float) -> float:
        whole = self.cov[marker, marker] / size**2
        own = self.group.covariances[marker, marker]
        if len(indicators) == 1:
            return float(max(whole - own / size**2, LEAST_SHARE * whole))
        lower = np.tril_indices(len(indicators), -1)
        products = np.outer(loadings, loadings)[lower]
        spread = self.cov[np.ix_(indicators, indicators)][lower] @ products / (products @ products)
        return float(np.clip(spread, LEAST_SHARE * whole, MOST_SHARE * whole))

    def _regress(self) -> None:
        for row in range(self.group.size):
            causes = np.flatnonzero(self.arrows[row])
            free = causes[self.free[row, causes]]
            loads_only = row < self.p and len(causes) == 1 and causes[0] >= self.p
            if not len(free) or loads_only or self._is_indicator(row, causes):
                continue
            fixed = causes[~self.free[row, causes]]
            goal = self.cov[free, row] - self.cov[np.ix_(free, fixed)] @ self.paths[row, fixed]
            square = self.cov[np.ix_(free, free)]
            ridge = RIDGE * np.diag(square.diagonal())
            self.paths[row, free] = np.linalg.lstsq(square + ridge, goal, rcond=None)[0]

    def _is_indicator(self, row: int, causes: Places) -> bool:
        return len(causes) == 1 and row in self._indicators(int(causes[0]))

    def _residuals(self) -> Floats:
        explained = (self.paths @ self.cov * self.paths).sum(axis=1)
        whole = self.cov.diagonal()
        endogenous = self.arrows.any(axis=1)
        left = np.clip(whole - explained, (1 - MOST_SHARE) * whole, whole)
        residual = np.where(np.outer(~endogenous, ~endogenous), self.cov, 0.0)
        np.fill_diagonal(residual, np.where(endogenous, left, whole))
        kept = np.zeros_like(residual, dtype=bool)
        own = self.group.kind == COVARIANCE
        kept[self.group.row[own], self.group.column[own]] = True
        residual = np.where(kept | kept.T, residual, self.group.covariances)
        return _made_proper(residual)


def _made_proper(matrix: Floats) -> Floats:
    """Return the matrix with covariances shrunk until it is positive definite."""
    variances = np.diag(matrix.diagonal())
    for _ in range(20):
        if np.linalg.eigvalsh(matrix)[0] >= -1e-12:
            break
        matrix = variances + SHRINKAGE * (matrix - variances)
    return matrix


def _with_means(structure: Structure, samples: Sequence[GroupSample], theta: Floats) -> Floats:
    """Return `theta` with means by least squares, given its paths."""
    p = structure.n_observed
    goals, designs = [], []
    for group, sample in zip(structure.groups, samples, strict=True):
        paths = group.paths.copy()
        own = group.kind == PATH
        paths[group.row[own], group.column[own]] = theta[group.parameter[own]]
        spread = np.linalg.pinv(np.eye(group.size) - paths)[:p]
        scale = np.sqrt(np.maximum(sample.cov.diagonal(), np.finfo(float).tiny))
        cells = np.flatnonzero(group.kind == MEAN)
        design = np.zeros((p, structure.n_free))
        np.add.at(design.T, group.parameter[cells], spread[:, group.row[cells]].T)
        designs.append(design / scale[:, None])
        goals.append((sample.mean - spread @ group.means) / scale)
    design = np.vstack(designs)
    used = design.any(axis=0)
    solved = np.linalg.lstsq(design[:, used], np.concatenate(goals), rcond=None)[0]
    theta = theta.copy()
    theta[used] = solved
    return theta
