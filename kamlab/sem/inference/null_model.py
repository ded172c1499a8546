"""Fit of the baseline model: variables that have nothing to do with one another."""

from __future__ import annotations

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.objective import inverse_root
from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.independence import independence


def baseline_fit(estimate: Estimate, covariates: Places) -> tuple[float, int]:
    """Return chi-square and degrees of freedom of the baseline model.

    Parameters
    ----------
    estimate : Estimate
        Of any model for the same data.
    covariates : ndarray, shape (x,)
        Places of exogenous observed variables. Covariances among them are no part of what a
        model explains, so the baseline keeps them, whether or not their moments are fixed.

    Notes
    -----
    Means and variances are free. With complete data maximum likelihood gives
    `sum_g N_g (sum_y log s_yy + log|S_xx| - log|S|)`; with incomplete data the variables' own
    means and variances over the cases that have them; for GLS and ULS the variances solve
    linear equations. lavaan 0.6 does the same.
    """
    p = estimate.structure.n_observed
    apart = np.ones(p, dtype=bool)
    apart[covariates] = False
    others = np.flatnonzero(apart)
    df = len(estimate.samples) * len(others) * (len(others) - 1 + 2 * len(covariates)) // 2
    if any(len(block.places) < p for block in estimate.blocks):
        return independence(estimate, covariates).chisq, df
    chisq = 0.0
    for sample, perfect in zip(estimate.samples, estimate.saturated, strict=True):
        if estimate.estimator != "ML":
            weight = sample.cov if estimate.estimator == "GLS" else None
            fixed = estimate.structure.exogenous
            chisq += sample.weight * _least_squares(sample, weight, others, covariates, fixed)
        else:
            chisq += sample.weight * (_complete(sample, others, covariates) - perfect)
    return float(max(chisq, 0.0)), df


def log_determinant(cov: Floats) -> float:
    """Return `log|cov|`; NaN where `cov` is not positive definite."""
    root = inverse_root(cov)
    return np.nan if root is None else float(-2 * np.log(root.diagonal()).sum())


def _complete(sample: GroupSample, others: Places, covariates: Places) -> float:
    """Return `log|D| + tr(S D^-1)` at the best D."""
    value = float(np.log(sample.cov.diagonal()[others]).sum()) + len(sample.cov)
    if len(covariates):
        value += log_determinant(sample.cov[np.ix_(covariates, covariates)])
    return value


def _least_squares(
    sample: GroupSample,
    weight: Floats | None,
    others: Places,
    covariates: Places,
    fixed: Places,
) -> float:
    """Return `1/2 tr[(V (S - D))^2]` at the best D, V the inverse of the weight matrix.

    Moments among fixed covariates are those of the sample; others of D are free.

    For a pair of free cells (i, j) and (a, b) of D the normal equations have
    `V_ia V_jb + V_ib V_ja`, halved for each of them that is a variance.
    """
    left, given = sample.cov.copy(), set(fixed.tolist())
    left[np.ix_(fixed, fixed)] = 0.0
    among = [(i, j) for i in covariates for j in covariates if i >= j and not {i, j} <= given]
    cells = np.array([*((i, i) for i in others), *among], dtype=np.intp)
    i, j = cells[:, 0], cells[:, 1]
    inverse = np.eye(len(sample.cov)) if weight is None else np.linalg.inv(weight)
    halves = np.where(i == j, 0.5, 1.0)
    normal = inverse[np.ix_(i, i)] * inverse[np.ix_(j, j)]
    normal += inverse[np.ix_(i, j)] * inverse[np.ix_(j, i)]
    pulled = inverse @ left @ inverse
    right = 2 * halves * pulled[i, j]
    solved = np.linalg.solve(normal * np.outer(halves, halves), halves * pulled[i, j])
    whole = float((pulled * left).sum())
    return 0.5 * (whole - float(right @ solved))
