"""Where a model misses: residuals of covariances and means, and what it explains."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import Implied, Slopes, slopes
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import PATH, Floats, GroupStructure

NO_RESIDUAL = 1e-8
"""Residuals below it, in standard deviations, are rounding errors of moments fitted exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Sample less model, for one group.

    Attributes
    ----------
    cov : ndarray, shape (p, p)
    mean : ndarray, shape (p,), or None
        None where means are not modelled.
    cor : ndarray, shape (p, p)
        Correlations of the sample less those of the model (Bollen 1989).
    standardised_mean : ndarray, shape (p,), or None
        `mean` over the sample's standard deviations.
    """

    cov: Floats
    mean: Floats | None
    cor: Floats
    standardised_mean: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class ResidualScores:
    """Residuals over their standard errors, for one group; NaN where there is none.

    Attributes
    ----------
    cov : ndarray, shape (p, p)
    mean : ndarray, shape (p,), or None
    """

    cov: Floats
    mean: Floats | None


def residuals(estimate: Estimate) -> tuple[Residuals, ...]:
    """Return the residuals of each group."""
    with_means = estimate.structure.has_means
    return tuple(
        _residuals(sample, at, with_means=with_means)
        for sample, at in zip(estimate.samples, estimate.point.implied, strict=True)
    )


def _residuals(sample: GroupSample, at: Implied, *, with_means: bool) -> Residuals:
    sd, sd_implied = np.sqrt(sample.cov.diagonal()), np.sqrt(at.sigma.diagonal())
    cor = sample.cov / np.outer(sd, sd) - at.sigma / np.outer(sd_implied, sd_implied)
    if not with_means:
        return Residuals(sample.cov - at.sigma, None, cor, None)
    shift = sample.mean - at.mu
    return Residuals(sample.cov - at.sigma, shift, cor, shift / sd)


def residual_scores(estimate: Estimate) -> tuple[ResidualScores, ...]:
    """Return residuals over their standard errors, group by group.

    They are about standard normal if the model holds and the data are normal. Complete data
    with maximum likelihood or GLS only; all NaN otherwise.

    Notes
    -----
    A residual is linear in the sample's moments: `r - Delta V Delta' W r` with V the covariance
    matrix of the estimates times N. Its variance follows from `cov(s_ij, s_kl) = (s_ik s_jl +
    s_il s_jk) / n`, less what fixed covariates take off, and needs only p x k arrays since every
    column of `Delta` has rank one. lavaan's `residuals(type = "standardized")` with expected
    information does the same, group by group, as if what other groups add to shared parameters
    were known.
    """
    point = estimate.point
    p = estimate.structure.n_observed
    if estimate.estimator == "ULS" or any(len(block.places) < p for block in point.blocks):
        none = np.full((p, p), np.nan)
        mean = none[0] if estimate.structure.has_means else None
        return tuple(ResidualScores(none, mean) for _ in point.implied)
    spread = estimate.n_total * estimate.covariance(point.information)
    found = residuals(estimate)
    return tuple(_over_errors(estimate, group, spread, found[group]) for group in range(len(found)))


def _over_errors(
    estimate: Estimate, group: int, spread: Floats, found: Residuals
) -> ResidualScores:
    point, sample = estimate.point, estimate.samples[group]
    structure = estimate.structure.groups[group]
    own = slopes(structure, point.implied[group])
    if found.mean is None:
        own = replace(own, mean=np.zeros_like(own.mean))
    pull = np.linalg.inv(point.implied[group].sigma if estimate.estimator == "ML" else sample.cov)
    pulled = Slopes(pull @ own.left, pull @ own.right, pull @ own.mean)
    share = point.whitened[group].share if point.whitened else np.nan
    step = share * spread[np.ix_(structure.parameter, structure.parameter)]
    cov, mean = _variances(sample.cov, own, pulled, step)
    exogenous = estimate.structure.exogenous
    if len(exogenous):
        across = sample.cov[:, exogenous]
        known = across @ np.linalg.solve(across[exogenous], across.T)
        cov_known, mean_known = _variances(known, own, pulled, step)
        cov, mean = cov - cov_known, mean - mean_known
    sd = np.sqrt(sample.cov.diagonal())
    scores = _ratio(found.cov, cov / sample.nobs, np.outer(sd, sd))
    of_means = None if found.mean is None else _ratio(found.mean, mean / sample.nobs, sd)
    return ResidualScores(scores, of_means)


def _variances(cov: Floats, own: Slopes, pulled: Slopes, step: Floats) -> tuple[Floats, Floats]:
    """Return n times the variances of residual covariances (p, p) and means (p,).

    `cov` is that of the cases; what fixed covariates explain of it does not vary from sample to
    sample and is taken off by a second call.
    """
    moved = Slopes(cov @ pulled.left, cov @ pulled.right, cov @ pulled.mean)
    mixed = pulled.left.T @ moved.right
    noise = (pulled.left.T @ moved.left) * (pulled.right.T @ moved.right) + mixed * mixed.T
    noise += pulled.mean.T @ moved.mean
    i, j = np.tril_indices(len(cov))
    weights = (own.left[i] * own.right[j] + own.left[j] * own.right[i]) @ step
    shared = moved.left[i] * moved.right[j] + moved.left[j] * moved.right[i]
    values = cov[i, i] * cov[j, j] + cov[i, j] ** 2 - 2 * (weights * shared).sum(axis=1)
    values += ((weights @ noise) * weights).sum(axis=1)
    variances = np.empty_like(cov)
    variances[i, j] = variances[j, i] = values
    weights = own.mean @ step
    of_means = cov.diagonal() - 2 * (weights * moved.mean).sum(axis=1)
    return variances, of_means + ((weights @ noise) * weights).sum(axis=1)


def _ratio(residual: Floats, variance: Floats, scale: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = residual / np.sqrt(np.where(variance > 0, variance, np.nan))
    return np.where(np.abs(residual) < NO_RESIDUAL * scale, 0.0, scores)


def r_squared(point: Point) -> tuple[Floats, ...]:
    """Return the share of variance explained, one array (n,) a group; NaN for what has no cause.

    Notes
    -----
    `1 - residual variance / implied variance` for every variable that a path leads to; NaN, as
    in lavaan, where a negative variance would make it exceed one.
    """
    return tuple(
        _explained(group, at)
        for group, at in zip(point.structure.groups, point.implied, strict=True)
    )


def _explained(group: GroupStructure, at: Implied) -> Floats:
    caused = (group.paths != 0).any(axis=1)
    caused[group.row[group.kind == PATH]] = True
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 - at.residual.diagonal() / at.total.diagonal()
    return np.where(caused & (share <= 1), share, np.nan)
