"""How well a model fits: indices of fit, likelihoods and information criteria."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.structure import Places
from kamlab.sem.inference.indices import (
    Indices,
    RobustIndices,
    Scaling,
    indices,
    robust_indices,
    scaled_indices,
    without_p_values,
)
from kamlab.sem.inference.null_model import baseline_fit, log_determinant


@dataclass(frozen=True, slots=True)
class FitMeasures:
    """How well a model fits.

    Attributes
    ----------
    plain : Indices
    scaled : Indices or None
        From scaled chi-squares, if there are any.
    robust : RobustIndices or None
    srmr : float
    loglik, loglik_saturated, aic, bic, bic_adjusted : float
        NaN for GLS and ULS.
    n_parameters, n_cases, n_groups : int
    n_total : float
        What chi-square is a multiple of: cases, or cases less groups.
    scaling : Scaling or None
        As given.
    """

    plain: Indices
    scaled: Indices | None
    robust: RobustIndices | None
    srmr: float
    loglik: float
    loglik_saturated: float
    aic: float
    bic: float
    bic_adjusted: float
    n_parameters: int
    n_cases: int
    n_groups: int
    n_total: float
    scaling: Scaling | None


def degrees_of_freedom(estimate: Estimate) -> int:
    """Return moments less parameters, plus equality constraints.

    Moments among fixed covariates are neither explained nor counted.
    """
    structure = estimate.structure
    moments = _n_moments(structure.n_observed, structure.has_means)
    moments -= _n_moments(len(structure.exogenous), structure.has_means)
    return len(structure.groups) * moments - n_parameters(estimate)


def n_parameters(estimate: Estimate) -> int:
    """Return the number of free parameters, less that of equality constraints."""
    return estimate.structure.n_free - estimate.n_equalities


def _n_moments(p: int, with_means: bool) -> int:
    return p * (p + 1) // 2 + p * with_means


def fit_measures(
    estimate: Estimate,
    *,
    covariates: Places | None = None,
    scaling: Scaling | None = None,
    conf_level: float = 0.90,
) -> FitMeasures:
    """Return all measures of fit.

    Parameters
    ----------
    estimate : Estimate
    covariates : ndarray, shape (x,), optional
        Places of exogenous observed variables, whose covariances the baseline model keeps; by
        default those whose moments are fixed. With `fixed_x=False` lavaan keeps them too.
    scaling : Scaling, optional
    conf_level : float, default 0.90
        Of the interval of RMSEA.

    Notes
    -----
    As in lavaan 0.6, but that the limits of RMSEA are solved for in double precision; lavaan
    stops at 1e-4 of the non-centrality.
    """
    kept = estimate.structure.exogenous if covariates is None else np.asarray(covariates)
    df, groups = degrees_of_freedom(estimate), len(estimate.samples)
    size = estimate.n_total
    baseline = baseline_fit(estimate, kept)
    plain = indices((float(estimate.chisq), df), baseline, size, groups, conf_level)
    if estimate.estimator == "ULS":
        plain = without_p_values(plain)
    scaled = robust = None
    if scaling is not None:
        scaled = scaled_indices(plain, scaling, size, groups, conf_level)
        robust = robust_indices(plain, scaling, size, groups, conf_level)
    cases, count = sum(sample.nobs for sample in estimate.samples), n_parameters(estimate)
    loglik, saturated = log_likelihoods(estimate)
    deviance = -2 * loglik
    return FitMeasures(
        plain=plain,
        scaled=scaled,
        robust=robust,
        srmr=standardised_residual(estimate),
        loglik=loglik,
        loglik_saturated=saturated,
        aic=deviance + 2 * count,
        bic=deviance + count * np.log(cases),
        bic_adjusted=deviance + count * np.log((cases + 2) / 24),
        n_parameters=count,
        n_cases=cases,
        n_groups=groups,
        n_total=size,
        scaling=scaling,
    )


def log_likelihoods(estimate: Estimate) -> tuple[float, float]:
    """Return the log-likelihoods of the model and of the saturated model; NaN for GLS, ULS.

    That of fixed covariates is left out.
    """
    if estimate.estimator != "ML":
        return np.nan, np.nan
    entries = sum(block.weight * len(block.places) for block in estimate.blocks)
    constant = entries * np.log(2 * np.pi)
    model = sum(one.block.weight * one.value for one in estimate.point.whitened or ())
    perfect = sum(
        sample.nobs * value
        for sample, value in zip(estimate.samples, estimate.saturated, strict=True)
    )
    exogenous = estimate.structure.exogenous
    if len(exogenous):
        fixed = len(exogenous) * (1 + np.log(2 * np.pi))
        constant -= sum(
            sample.nobs * (fixed + log_determinant(sample.cov[np.ix_(exogenous, exogenous)]))
            for sample in estimate.samples
        )
    return float(-0.5 * (model + constant)), float(-0.5 * (perfect + constant))


def standardised_residual(estimate: Estimate) -> float:
    """Return SRMR: root mean square of residuals over the sample's standard deviations.

    With means in the model their residuals count too; groups weigh by their cases.
    """
    total, cases = 0.0, 0
    for sample, at in zip(estimate.samples, estimate.point.implied, strict=True):
        scale = 1 / np.sqrt(sample.cov.diagonal())
        away = (sample.cov - at.sigma) * np.outer(scale, scale)
        p, diagonal = len(scale), away.diagonal()
        squares = 0.5 * ((away * away).sum() + diagonal @ diagonal)
        if estimate.structure.has_means:
            shift = (sample.mean - at.mu) * scale
            squares += shift @ shift
        total += sample.nobs * sqrt(squares / _n_moments(p, estimate.structure.has_means))
        cases += sample.nobs
    return total / cases
