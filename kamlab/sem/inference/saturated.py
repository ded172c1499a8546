"""The saturated model of incomplete cases: what tests of fit compare a model with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import slopes
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.inference.casewise import cases_of
from kamlab.sem.inference.saturated_information import (
    Moments,
    complete_information,
    observed_information,
    score_products,
)


@dataclass(frozen=True, eq=False)
class SaturatedGroup:
    """The saturated model of one group with incomplete cases; what is costly is done once.

    Attributes
    ----------
    blocks : tuple of Block
    sample : GroupSample
        Has the maximum-likelihood moments.
    moments : Moments
    share : float
        Of the group in all cases.
    cluster : ndarray of int, shape (nobs,), or None
    """

    blocks: tuple[Block, ...]
    sample: GroupSample
    moments: Moments
    share: float
    cluster: Places | None

    @cached_property
    def information(self) -> Floats:
        """Observed information of these cases, per case, shape (m + c, m + c)."""
        return observed_information(self.blocks, self.sample.mean, self.sample.cov, self.moments)

    @cached_property
    def inverse(self) -> Floats:
        """Inverse of the information."""
        return symmetric_inverse(self.information)

    @cached_property
    def products(self) -> Floats:
        """Cross products of scores, per case."""
        sample = self.sample
        return score_products(self.blocks, sample.mean, sample.cov, self.moments, self.cluster)

    @cached_property
    def complete(self) -> Floats:
        """Information that complete cases with the same moments would have."""
        return complete_information(self.sample.cov, self.moments)

    @cached_property
    def trace(self) -> float:
        """`tr(A^-1 B)`, A the information and B the cross products."""
        return float((self.inverse * self.products).sum())

    @cached_property
    def complete_trace(self) -> float:
        """`tr(A^-1 C)`, C the information of complete cases."""
        return float((self.inverse * self.complete).sum())

    @cached_property
    def robust_complete_trace(self) -> float:
        """`tr(A^-1 B A^-1 C)`."""
        spread, ratio = self.inverse @ self.products, self.inverse @ self.complete
        return float((spread * ratio.T).sum())


def saturated_groups(
    estimate: Estimate, cluster: Places | None = None
) -> tuple[SaturatedGroup, ...]:
    """Return the saturated model of each group.

    Parameters
    ----------
    estimate : Estimate
        Of any model for the same data.
    cluster : ndarray of int, shape (N,), optional
        As in `cross_products`.
    """
    structure, blocks = estimate.structure, estimate.blocks
    moments = Moments.of(structure.n_observed, structure.exogenous)
    cases = sum(sample.nobs for sample in estimate.samples)
    return tuple(
        SaturatedGroup(
            tuple(block for block in blocks if block.group == group),
            sample,
            moments,
            sample.nobs / cases,
            None if cluster is None else cluster[cases_of(blocks, group)],
        )
        for group, sample in enumerate(estimate.samples)
    )


def symmetric_inverse(matrix: Floats) -> Floats:
    """Return the inverse of a symmetric matrix; fast where it is positive definite.

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is singular.
    """
    root, failed = lapack.dpotrf(matrix, lower=1)
    if failed:
        return np.linalg.inv(matrix).astype(np.float64, copy=False)
    half, _ = lapack.dpotri(root, lower=1)
    inverse: Floats = np.tril(half) + np.tril(half, -1).T
    return inverse


def model_slopes(point: Point, group: int, moments: Moments) -> Floats:
    """Return the slopes of one group's saturated moments by the parameters, (m + c, q)."""
    structure, at = point.structure, point.implied[group]
    cells = slopes(structure.groups[group], at)
    i, j = moments.rows, moments.columns
    second = cells.left[i] * cells.right[j] + cells.left[j] * cells.right[i]
    found = np.zeros((len(moments.means) + len(i), structure.n_free))
    by_cell = np.concatenate([cells.mean[moments.means], second])
    np.add.at(found.T, structure.groups[group].parameter, by_cell.T)
    return found
