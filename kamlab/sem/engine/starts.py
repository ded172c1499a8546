"""Starting values: loadings from ratios of covariances, then regressions, then means.

Covariances between latent and other variables are guessed first, factor by factor, so that a
second-order factor finds covariances of its first-order factors to start from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kamlab.sem.engine.objective import inverse_root
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
LEAST_RATIO, MOST_RATIO = 0.1, 3.0
"""Bounds on a standardised loading against the reference indicator's."""
RIDGE = 0.05
SHRINKAGE = 0.7
MOST_DOUBLINGS = 60
NEGLIGIBLE = 1e-9


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
        self.indicators = {f: self._indicators(f) for f in range(n_observed, group.size)}
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
            ready = [f for f in pending if set(self.indicators[f]) <= known] or pending[:1]
            for factor in ready:
                self._place(factor, known)
                known.add(factor)
                pending.remove(factor)

    def _indicators(self, factor: int) -> list[int]:
        children = np.flatnonzero(self.arrows[:, factor]).tolist()
        return [child for child in children if child < self.p] or children

    def _place(self, factor: int, known: set[int]) -> None:
        indicators = np.array([i for i in self.indicators[factor] if i in known], dtype=np.intp)
        variance = self.group.covariances[factor, factor]
        if not len(indicators):
            self.cov[factor, factor] = variance or 1.0
            return
        cov = self.cov[indicators[:, None], indicators]
        fixed = np.flatnonzero(~self.free[indicators, factor])
        sizes = np.sqrt(cov.diagonal())
        strength = np.abs(cov / np.outer(sizes, sizes)).sum(axis=0)
        marker = fixed[0] if len(fixed) else int(strength.argmax())
        given = self.paths[indicators, factor]
        given[marker] = given[marker] if len(fixed) else 1.0
        loadings = _ratios(cov, marker) * given[marker]
        loadings[fixed] = given[fixed]
        spread = self._variance(cov, loadings, marker, indicators)
        if not len(fixed) and variance > 0:
            loadings, spread = loadings * np.sqrt(spread / variance), variance
        self.paths[indicators, factor] = loadings
        weights = loadings / cov.diagonal()
        with_all = weights @ self.cov[indicators] / (weights @ loadings)
        with_all[indicators] = loadings * spread
        self.cov[factor], self.cov[:, factor] = with_all, with_all
        self.cov[factor, factor] = spread

    def _variance(self, cov: Floats, loadings: Floats, marker: int, indicators: Places) -> float:
        size = loadings[marker] ** 2
        whole = cov[marker, marker] / size
        if len(indicators) == 1:
            own = self.group.covariances[indicators[0], indicators[0]]
            return float(max(whole - own / size, LEAST_SHARE * whole))
        weights = loadings / cov.diagonal()
        shares = weights * loadings
        among = weights @ cov @ weights - weights**2 @ cov.diagonal()
        spread = among / (shares.sum() ** 2 - shares @ shares)
        return float(min(max(spread, LEAST_SHARE * whole), MOST_SHARE * whole))

    def _regress(self) -> None:
        measured = {(row, f) for f, own in self.indicators.items() for row in own}
        for row in np.flatnonzero(self.free.any(axis=1)).tolist():
            causes = np.flatnonzero(self.arrows[row])
            if len(causes) == 1 and (row, causes[0]) in measured:
                continue
            is_free = self.free[row, causes]
            free, fixed = causes[is_free], causes[~is_free]
            known = self.cov[free[:, None], fixed] @ self.paths[row, fixed]
            square = self.cov[free[:, None], free]
            square = square + RIDGE * np.diag(square.diagonal())
            solved = np.linalg.lstsq(square, self.cov[free, row] - known, rcond=None)[0]
            self.paths[row, free] = solved

    def _residuals(self) -> Floats:
        explained = (self.paths @ self.cov * self.paths).sum(axis=1)
        whole = self.cov.diagonal()
        endogenous = self.arrows.any(axis=1)
        left = np.minimum(np.maximum(whole - explained, (1 - MOST_SHARE) * whole), whole)
        residual = np.where(endogenous | endogenous[:, None], 0.0, self.cov)
        np.fill_diagonal(residual, np.where(endogenous, left, whole))
        kept = np.zeros_like(residual, dtype=bool)
        own = self.group.kind == COVARIANCE
        kept[self.group.row[own], self.group.column[own]] = True
        residual = np.where(kept | kept.T, residual, self.group.covariances)
        return self._made_room(np.where(kept | kept.T, _made_proper(residual), residual))

    def _made_room(self, residual: Floats) -> Floats:
        """Return the matrix with free variances large enough for the covariances that are fixed."""
        own = (self.group.kind == COVARIANCE) & (self.group.row == self.group.column)
        grown = self.group.row[own]
        for _ in range(MOST_DOUBLINGS):
            variances = np.diag(residual.diagonal())
            if inverse_root(residual + NEGLIGIBLE * variances) is not None:
                break
            residual[grown, grown] *= 2.0
        return residual


def _ratios(cov: Floats, marker: int) -> Floats:
    """Return loadings relative to the marker's, from covariances with the other indicators."""
    sizes = np.sqrt(cov.diagonal() / cov[marker, marker])
    with_marker = cov[:, marker].copy()
    with_marker[marker] = 0.0
    weighted = with_marker / cov.diagonal()
    weights = weighted @ with_marker - weighted * with_marker
    sums = cov @ weighted - cov.diagonal() * weighted
    few = weights <= 0
    ratios = np.where(few, np.sign(cov[:, marker]) * sizes, sums / np.where(few, 1.0, weights))
    signs = np.where(ratios < 0, -1.0, 1.0)
    ratios = np.minimum(np.maximum(np.abs(ratios), LEAST_RATIO * sizes), MOST_RATIO * sizes) * signs
    ratios[marker] = 1.0
    return np.asarray(ratios)


def _made_proper(matrix: Floats) -> Floats:
    """Return the matrix with covariances shrunk until it is positive definite."""
    variances = np.diag(matrix.diagonal())
    for _ in range(20):
        if inverse_root(matrix + NEGLIGIBLE * variances) is not None:
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
