"""Scores of latent variables, case by case, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import Implied
from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import Floats, Places

ScoringMethod = Literal["regression", "bartlett"]


@dataclass(frozen=True, slots=True, eq=False)
class FactorScores:
    """Scores of one group.

    Attributes
    ----------
    scores : ndarray, shape (n, l)
        One column a latent variable; NaN where nothing observed tells of it.
    determinacy : ndarray, shape (l,)
        Correlation of the scores of complete cases with the latent variable, if the model holds;
        its square is the scores' reliability.
    """

    scores: Floats
    determinacy: Floats


def factor_scores(
    estimate: Estimate,
    method: ScoringMethod = "regression",
) -> tuple[FactorScores, ...]:
    """Return factor scores, group by group, in the order of each sample's rows.

    Parameters
    ----------
    estimate : Estimate
    method : {"regression", "bartlett"}
        Regression scores have the smallest error but are drawn to the mean; Bartlett scores are
        unbiased given the latent variables.

    Returns
    -------
    tuple of FactorScores

    Raises
    ------
    ValueError
        If a sample has moments only.

    Notes
    -----
    Regression (Thurstone 1935): `E(eta) + cov(eta, y) Sigma^-1 (y - mu)`. Bartlett (1937):
    `E(eta) + (L' T^-1 L)^-1 L' T^-1 (y - mu)`, L the effects of latent on observed variables and
    T the covariances of what is left of these. A case with missing values is scored from what
    it has. The scores are those of lavaan's `lavPredict()` with two exceptions: a latent
    variable without indicators of its own has no Bartlett score (lavaan: its mean), and where
    an observed variable is both an effect of something and a cause of a latent variable, lavaan
    0.6-14 drops the effect's residual.
    """
    found = []
    for sample, at in zip(estimate.samples, estimate.point.implied, strict=True):
        if sample.rows is None:
            raise ValueError("factor scores need the cases, not only their moments")
        mean, level = _means(at, sample, with_means=estimate.structure.has_means)
        complete = np.arange(at.n_observed)
        scores = np.empty((len(sample.rows), len(at.level) - at.n_observed))
        for own, places in _patterns(sample.rows):
            weights = _weights(at, places, method)
            scores[own] = level + (sample.rows[np.ix_(own, places)] - mean[places]) @ weights.T
        found.append(FactorScores(scores, _determinacy(at, _weights(at, complete, method))))
    return tuple(found)


def _means(at: Implied, sample: GroupSample, *, with_means: bool) -> tuple[Floats, Floats]:
    """Return means of the observed (p,) and of the latent variables (l,).

    Without modelled means the observed ones are the sample's, and those of latent variables
    follow from their observed causes.
    """
    p = at.n_observed
    if with_means:
        return at.mu, at.level[p:]
    among = np.eye(len(at.paths) - p) - at.paths[p:, p:]
    return sample.mean, _solved(among, at.paths[p:, :p] @ sample.mean)


def _patterns(rows: Floats) -> Iterator[tuple[Places, Places]]:
    """Yield the rows that have the same variables, and which these are."""
    seen = ~np.isnan(rows)
    if seen.all():
        yield np.arange(len(rows)), np.arange(rows.shape[1])
        return
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        yield np.flatnonzero(which.ravel() == number), np.flatnonzero(pattern)


def _weights(at: Implied, places: Places, method: ScoringMethod) -> Floats:
    """Return the scores' weights on the observed variables at `places`, shape (l, r)."""
    p = at.n_observed
    if method == "regression":
        return _solved(at.sigma[np.ix_(places, places)], at.total[places, p:]).T
    through = np.linalg.inv(np.eye(p) - at.paths[:p, :p])
    loadings = (through @ at.paths[:p, p:])[places]
    unique = (through @ at.residual[:p, :p] @ through.T)[np.ix_(places, places)]
    # Adding what the latent variables explain changes no weight, and keeps indicators without
    # error from making the matrix singular.
    pulled = _solved(unique + loadings @ at.total[p:, p:] @ loadings.T, loadings)
    weights: Floats = np.linalg.pinv(loadings.T @ pulled, hermitian=True) @ pulled.T
    weights[~loadings.any(axis=0)] = np.nan
    return weights


def _solved(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def _determinacy(at: Implied, weights: Floats) -> Floats:
    p = at.n_observed
    shared = (weights * at.total[p:, :p]).sum(axis=1)
    spread = ((weights @ at.sigma) * weights).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinacy: Floats = shared / np.sqrt(spread * at.total.diagonal()[p:])
    return determinacy
