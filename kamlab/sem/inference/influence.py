"""What each case adds to the estimates: the infinitesimal jackknife."""

from __future__ import annotations

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import Slopes
from kamlab.sem.engine.objective import Whitened
from kamlab.sem.engine.structure import Floats


def influences(fit: Estimate) -> Floats:
    """Return what each case adds to the estimates, shape (N, q), rows block by block.

    The sum of their squares is the variance of the estimates under resampling, to first order.

    Notes
    -----
    `K (K' H K)^-1 K' s` (Jaeckel 1972) with the Hessian H of f and what the case adds to the
    slopes s of -f, less the mean of its group, for the number of cases of a group is the
    same in all draws. For GLS and ULS the moments of fixed covariates are taken as given; for
    ML the estimates do not depend on them.
    """
    scores = np.array(fit.point.scores if fit.estimator == "ML" else _moment_scores(fit))
    lengths = [0 if block.rows is None else len(block.rows) for block in fit.blocks]
    groups = np.repeat([block.group for block in fit.blocks], lengths)
    shares = [one.share for one in fit.point.whitened or ()]
    scores *= np.repeat(np.divide(shares, lengths), lengths)[:, None]
    for group in range(len(fit.structure.groups)):
        scores[groups == group] -= scores[groups == group].mean(axis=0)
    return np.asarray(scores @ (fit.n_total * fit.covariance(fit.point.hessian)))


def _moment_scores(fit: Estimate) -> Floats:
    """Return for GLS and ULS what scores are for ML, but for a constant."""
    found = []
    for one, slope in zip(fit.point.whitened or (), fit.point.slopes, strict=True):
        cells = _cell_scores(fit, one, slope)
        total = np.zeros((len(cells), fit.structure.n_free))
        np.add.at(total.T, fit.structure.groups[one.block.group].parameter, cells.T)
        found.append(total)
    return np.concatenate(found)


def _cell_scores(fit: Estimate, one: Whitened, slope: Slopes) -> Floats:
    if one.block.rows is None:
        raise ValueError("influences need the cases, not only their moments")
    z = (one.block.rows - one.block.mean) @ one.whitener.T
    cells, mean = (z @ slope.left) * (z @ slope.right), z @ slope.mean
    sample = fit.samples[one.block.group]
    ratio = sample.nobs / sample.weight
    if fit.estimator == "ULS":
        return np.asarray(ratio * (cells + z**2 @ (slope.left * slope.right)) + mean)
    # With GLS a case also moves the weight matrix.
    cells += (z @ slope.left) * (z @ one.misfit @ slope.right)
    cells += (z @ one.misfit @ slope.left) * (z @ slope.right)
    cells -= (z @ one.shift)[:, None] * mean
    return np.asarray(ratio * cells + mean)
