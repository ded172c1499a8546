"""What would change if parameters that are held equal were not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag
from scipy.special import chdtrc

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.optimise import null_space
from kamlab.sem.engine.structure import Floats, GroupStructure, Places
from kamlab.sem.inference.score_parts import cell_gradient, gradient_factor, shared_information


@dataclass(frozen=True, slots=True, eq=False)
class Releases:
    """What releasing each equality alone would do.

    Attributes
    ----------
    parameter : ndarray, shape (c,)
        The shared parameter; -1 for a constraint of the model's text, in its order.
    group, cell : ndarray, shape (c, 2)
        The two cells that were held equal: group, and place among the group's cells; -1 for a
        constraint of the model's text.
    statistic, p_value : ndarray, shape (c,)
        Expected fall of chi-square, one degree of freedom.
    """

    parameter: Places
    group: Places
    cell: Places
    statistic: Floats
    p_value: Floats


def release_tests(estimate: Estimate) -> Releases:
    """Return the score test of every equality that the model imposes.

    Parameters
    ----------
    estimate : Estimate

    Notes
    -----
    Each cell becomes a parameter of its own. `R` has a row for each cell that shares a
    parameter with an earlier one, and for each constraint; column r of its pseudo-inverse leaves
    all equalities but r. The test is that of a modification index in that direction, as the
    univariate tests of lavaan's `lavTestScore()`.
    """
    point = estimate.point
    groups = point.structure.groups
    parts = [np.zeros((len(group.kind),) * 2) for group in groups]
    slopes = [np.zeros(len(group.kind)) for group in groups]
    for one, slope in zip(point.whitened or (), point.slopes, strict=True):
        parts[one.block.group] += one.share * shared_information(estimate, slope, slope)
        weight = one.share * gradient_factor(estimate, one)
        slopes[one.block.group] += weight * cell_gradient(one, slope)
    information: Floats = block_diag(*parts)
    restrictions, parameter, pairs = _restrictions(groups, estimate.jacobian)
    direction = np.linalg.pinv(restrictions)
    basis = null_space(restrictions)
    pulled = information @ direction
    shared = basis.T @ pulled
    left = (direction * pulled).sum(axis=0)
    left -= (shared * np.linalg.solve(basis.T @ information @ basis, shared)).sum(axis=0)
    cases = sum(sample.nobs for sample in estimate.samples)
    statistic = cases * (direction.T @ np.concatenate(slopes)) ** 2 / left
    owner = np.concatenate([np.full(len(group.kind), g) for g, group in enumerate(groups)])
    start = np.cumsum([0, *(len(group.kind) for group in groups)])
    where = np.where(pairs < 0, -1, owner[pairs])
    place = np.where(pairs < 0, -1, pairs - start[owner[pairs]])
    return Releases(parameter, where, place, statistic, chdtrc(1, statistic))


def _restrictions(
    groups: tuple[GroupStructure, ...], jacobian: Floats
) -> tuple[Floats, Places, Places]:
    """Return what holds between cells (c, cells), the parameter (c,) and the cells (c, 2)."""
    parameter = np.concatenate([group.parameter for group in groups])
    _, first, which = np.unique(parameter, return_index=True, return_inverse=True)
    later = np.flatnonzero(first[which] != np.arange(len(parameter)))
    shared = np.zeros((len(later), len(parameter)))
    shared[np.arange(len(later)), later] = -1.0
    shared[np.arange(len(later)), first[which[later]]] = 1.0
    stated = np.zeros((len(jacobian), len(parameter)))
    stated[:, first] = jacobian[:, parameter[first]]
    none = np.full(len(jacobian), -1)
    pairs = np.column_stack([first[which[later]], later])
    return (
        np.concatenate([shared, stated]),
        np.concatenate([parameter[later], none]),
        np.concatenate([pairs, np.column_stack([none, none])]),
    )
