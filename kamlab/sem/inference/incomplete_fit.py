"""Fit that complete data would show, estimated from incomplete ones, for CFI, TLI and RMSEA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import Block
from kamlab.sem.engine.structure import Floats
from kamlab.sem.inference.saturated import SaturatedGroup, model_slopes, saturated_groups


@dataclass(frozen=True, slots=True)
class CompleteDataFit:
    """What fit indices are made of when cases are incomplete.

    Attributes
    ----------
    chisq : float
        Chi-square of the estimates against the saturated moments, as if these came from complete
        cases.
    scaling : float
        Its mean over the degrees of freedom if the model is right; NaN where df is 0.
    """

    chisq: float
    scaling: float


def complete_data_fit(
    estimate: Estimate,
    df: int,
    *,
    normal: bool,
    saturated: Sequence[SaturatedGroup] | None = None,
) -> CompleteDataFit:
    """Return the chi-square that fit indices of incomplete data should be made of.

    Full-information chi-square shrinks with the values that are missing, and CFI, TLI and RMSEA
    with it; this one does not.

    Parameters
    ----------
    estimate : Estimate
        By full-information maximum likelihood, of the model or of the baseline model.
    df : int
    normal : bool
        Whether cases are taken as normal.
    saturated : sequence of SaturatedGroup, optional
        If `saturated_groups` has been called already for the same cases.

    Notes
    -----
    lavaan's robust indices of incomplete data differ in the third digit for some models (fixed
    information, free covariates); which is better is open.

    Zhang & Savalei (2022), FIML-C: CFI, TLI and RMSEA are `robust_` ones of `chisq` and
    `scaling`. With W the information of saturated moments, of complete cases (c) and of these
    cases (m), J the cross products of scores, `E = (Delta' Wm Delta)^-1` and
    `Q = I - Delta E Delta' Wm`, df times the scaling is `tr(Wc Q Wm^-1)` for normal cases (V6) and
    `tr(Wc Q Wm^-1 J Wm^-1 Q')` for others (V3).
    """
    if df <= 0:
        return CompleteDataFit(_chisq(estimate), np.nan)
    groups = saturated_groups(estimate) if saturated is None else saturated
    slopes = [model_slopes(estimate.point, g, one.moments) for g, one in enumerate(groups)]
    inverse = _inverse(estimate, groups, slopes)
    trace = (_normal_trace if normal else _robust_trace)(inverse, groups, slopes)
    return CompleteDataFit(_chisq(estimate), trace / df)


def _chisq(estimate: Estimate) -> float:
    everything = np.arange(estimate.structure.n_observed)
    blocks = [
        Block(group, everything, sample.cov, sample.mean, float(sample.nobs), None)
        for group, sample in enumerate(estimate.samples)
    ]
    point = Point(estimate.structure, blocks, estimate.theta)
    total = 0.0
    for one in point.whitened or ():
        perfect = np.linalg.slogdet(one.block.cov)[1] + len(everything)
        total += one.block.weight * (one.value - float(perfect))
    return max(0.0, total)


def _inverse(
    estimate: Estimate, groups: Sequence[SaturatedGroup], slopes: Sequence[Floats]
) -> Floats:
    q = estimate.structure.n_free
    information = np.zeros((q, q))
    for group, slope in zip(groups, slopes, strict=True):
        information += group.share * slope.T @ group.information @ slope
    return estimate.n_total * estimate.covariance(information)


def _normal_trace(
    inverse: Floats, groups: Sequence[SaturatedGroup], slopes: Sequence[Floats]
) -> float:
    total = 0.0
    for group, slope in zip(groups, slopes, strict=True):
        modelled = slope.T @ group.complete @ slope
        total += group.complete_trace - group.share * float((inverse * modelled).sum())
    return total


def _robust_trace(
    inverse: Floats, groups: Sequence[SaturatedGroup], slopes: Sequence[Floats]
) -> float:
    total, complete, products = 0.0, np.zeros_like(inverse), np.zeros_like(inverse)
    for group, slope in zip(groups, slopes, strict=True):
        pulled, spread = group.complete @ slope, group.products @ slope
        across = spread.T @ group.inverse @ pulled
        total += group.robust_complete_trace - 2 * group.share * float((inverse * across.T).sum())
        complete += group.share * slope.T @ pulled
        products += group.share * slope.T @ spread
    return total + float((complete @ inverse * (products @ inverse).T).sum())
