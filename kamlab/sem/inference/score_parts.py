"""Slopes and expected information of single cells, from the whitened slopes of their moments."""

from __future__ import annotations

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import Slopes
from kamlab.sem.engine.objective import Whitened
from kamlab.sem.engine.structure import Floats


def shared_information(estimate: Estimate, one: Slopes, other: Slopes) -> Floats:
    """Return expected information between two sets of cells, shape (k, l)."""
    shared = (one.left.T @ other.left) * (one.right.T @ other.right)
    shared += (one.left.T @ other.right) * (one.right.T @ other.left)
    if estimate.structure.has_means:
        shared += one.mean.T @ other.mean
    if estimate.estimator == "ULS":
        shared += 2 * (one.left * one.right).T @ (other.left * other.right)
    cells: Floats = shared
    return cells


def own_information(estimate: Estimate, one: Slopes, other: Slopes) -> Floats:
    """Return the diagonal of `shared_information`, shape (k,)."""
    own = (one.left * other.left).sum(axis=0) * (one.right * other.right).sum(axis=0)
    own += (one.left * other.right).sum(axis=0) * (one.right * other.left).sum(axis=0)
    if estimate.structure.has_means:
        own += (one.mean * other.mean).sum(axis=0)
    if estimate.estimator == "ULS":
        own += 2 * (one.left * one.right * other.left * other.right).sum(axis=0)
    cells: Floats = own
    return cells


def cell_gradient(one: Whitened, slope: Slopes) -> Floats:
    """Return the slopes of a block's discrepancy, halved, by the cells, shape (k,)."""
    cells: Floats = (slope.left * (one.misfit @ slope.right)).sum(axis=0) - one.shift @ slope.mean
    return cells


def gradient_factor(estimate: Estimate, one: Whitened) -> float:
    """Return what lavaan multiplies the slopes of GLS and ULS by, `(n - 1) / n`."""
    sample = estimate.samples[one.block.group]
    return 1.0 if estimate.estimator == "ML" else sample.weight / sample.nobs
