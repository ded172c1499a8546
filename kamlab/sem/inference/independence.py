"""The baseline model: observed variables unrelated, but for covariates among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.missing import available_moments, saturated_moments
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import (
    COVARIANCE,
    MEAN,
    Floats,
    GroupStructure,
    Places,
    Structure,
)


def independence(estimate: Estimate, covariates: Sequence[int] | Places | None = None) -> Estimate:
    """Return the maximum-likelihood estimate of the baseline model.

    Parameters
    ----------
    estimate : Estimate
        Of the model that is compared with it, by maximum likelihood.
    covariates : sequence of int, optional
        Observed variables that the model takes as given: their covariances stay free, or fixed
        where the model has them fixed. By default the fixed ones.

    Notes
    -----
    No search is needed: the likelihood falls into one of each variable, at its own mean and
    variance over the cases that have it, and one of the covariates.
    """
    structure = estimate.structure
    given = np.array(structure.exogenous if covariates is None else covariates, dtype=np.intp)
    free = np.setdiff1d(given, structure.exogenous)
    groups, values = [], []
    for number, sample in enumerate(estimate.samples):
        blocks = [block for block in estimate.blocks if block.group == number]
        cells = _cells(structure, given, free)
        mean, cov = _moments(blocks, structure.n_observed, free)
        kind, row, column = cells.T
        values.append(np.where(kind == MEAN, mean[row], cov[row, column]))
        first = number * len(cells)
        groups.append(_group(structure, sample, cells, np.arange(first, first + len(cells))))
    model = Structure(
        structure.observed,
        structure.n_observed,
        structure.exogenous,
        tuple(groups),
        sum(map(len, values)),
        structure.has_means,
    )
    point = Point(model, estimate.blocks, np.concatenate(values), estimate.estimator)
    unconstrained = np.zeros((0, model.n_free))
    return replace(estimate, point=point, jacobian=unconstrained, n_equalities=0, converged=True)


def _cells(structure: Structure, given: Places, free: Places) -> Places:
    """Return kind, row and column of the free cells of one group, shape (k, 3)."""
    own = np.setdiff1d(np.arange(structure.n_observed), given)
    cells = [(COVARIANCE, i, i) for i in own]
    cells += [(COVARIANCE, i, j) for i in free for j in free if j <= i]
    if structure.has_means:
        cells += [(MEAN, i, 0) for i in np.union1d(own, free)]
    return np.array(cells, dtype=np.intp).reshape(-1, 3)


def _moments(blocks: Sequence[Block], p: int, free: Places) -> tuple[Floats, Floats]:
    """Return means (p,), and covariances (p, p) that are zero but for the free covariates'."""
    mean, spread = available_moments(blocks, p)
    cov = np.diag(spread**2)
    if len(free):
        parts = [part for block in blocks if (part := _part(block, free)) is not None]
        joint = saturated_moments(parts, len(free))
        mean[free], cov[np.ix_(free, free)] = joint.mean, joint.cov
    return mean, cov


def _part(block: Block, places: Places) -> Block | None:
    """Return a block with some of its variables only, renumbered; None if it has none of them."""
    inside = np.flatnonzero(np.isin(block.places, places))
    if not len(inside):
        return None
    return replace(
        block,
        places=np.searchsorted(places, block.places[inside]),
        cov=block.cov[np.ix_(inside, inside)],
        mean=block.mean[inside],
        rows=None,
    )


def _group(
    structure: Structure, sample: GroupSample, cells: Places, numbers: Places
) -> GroupStructure:
    p, fixed = structure.n_observed, structure.exogenous
    covariances, means = np.zeros((p, p)), np.zeros(p)
    among = np.ix_(fixed, fixed)
    covariances[among], means[fixed] = sample.cov[among], sample.mean[fixed]
    kind, row, column = cells.T
    return GroupStructure(np.zeros((p, p)), covariances, means, kind, row, column, numbers)
