"""The discrepancy between model and data, its gradient, information, Hessian and scores.

With `L L' = Sigma`, `U = L^-1 left`, `V = L^-1 right`, `M = L^-1 mean` and
`D = I - L^-1 W L^-T`, all of them are small products; no Kronecker product is formed.

ULS sums squared differences over the distinct moments, variances and covariances alike, as lavaan
does; a textbook's `1/2 tr((S - Sigma)^2)` counts variances half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy.linalg import lapack

from kamlab.sem.engine.implied import Implied, Slopes, implied, slopes_in
from kamlab.sem.engine.sample import Block
from kamlab.sem.engine.second_order import curvature
from kamlab.sem.engine.structure import Floats, GroupStructure, Structure

Estimator = Literal["ML", "GLS", "ULS"]


@dataclass(frozen=True, slots=True, eq=False)
class Whitened:
    """One block, seen in units in which the weight matrix is the identity.

    Attributes
    ----------
    block : Block
    share : float
        The block's weight over the sum of weights.
    whitener : ndarray, shape (r, r)
        `L^-1`.
    misfit : ndarray, shape (r, r)
        `D`.
    shift : ndarray, shape (r,)
        `L^-1 (mean - mu)`; zero where means are not modelled.
    value : float
        The block's discrepancy; for ML without the constant of the saturated model.
    """

    block: Block
    share: float
    whitener: Floats
    misfit: Floats
    shift: Floats
    value: float


class Point:
    """A model, its data and one value of its parameters; what is costly is done once.

    Parameters
    ----------
    structure : Structure
    blocks : sequence of Block
    theta : ndarray, shape (q,)
    estimator : {"ML", "GLS", "ULS"}

    Attributes
    ----------
    value : float
        `f = 1/2 sum_b share_b F_b`; infinite where an implied covariance matrix is not positive
        definite. Chi-square is `2 N (f - f_saturated)`.
    """

    def __init__(
        self,
        structure: Structure,
        blocks: Sequence[Block],
        theta: Floats,
        estimator: Estimator = "ML",
    ) -> None:
        self.structure, self.blocks = structure, tuple(blocks)
        self.theta, self.estimator = theta, estimator
        self.n_total = sum(block.weight for block in blocks)

    @cached_property
    def implied(self) -> tuple[Implied, ...]:
        """The implied moments of each group."""
        return tuple(
            implied(self.structure, group, self.theta)
            for group in range(len(self.structure.groups))
        )

    @cached_property
    def whitened(self) -> tuple[Whitened, ...] | None:
        """The blocks in their own units; None where the model implies no proper covariance."""
        found = []
        for block in self.blocks:
            one = self._whiten(block)
            if one is None:
                return None
            found.append(one)
        return tuple(found)

    def _whiten(self, block: Block) -> Whitened | None:
        at, places = self.implied[block.group], block.places
        sigma = at.sigma if len(places) == at.n_observed else at.sigma[places[:, None], places]
        weight = {"ML": sigma, "GLS": block.cov, "ULS": None}[self.estimator]
        whitener = np.eye(len(places)) if weight is None else inverse_root(weight)
        if whitener is None or not np.isfinite(sigma).all():
            return None
        shift = np.zeros(len(places))
        if self.structure.has_means:
            shift = whitener @ (block.mean - at.mu[places])
        share = block.weight / self.n_total
        if self.estimator == "ML":
            ratio = whitener @ block.cov @ whitener.T
            if self.structure.has_means:
                ratio = ratio + np.outer(shift, shift)
            value = ratio.trace() - 2 * np.log(whitener.diagonal()).sum()
            return Whitened(block, share, whitener, np.eye(len(places)) - ratio, shift, value)
        misfit = whitener @ (sigma - block.cov) @ whitener.T
        if self.estimator == "ULS":
            misfit[np.diag_indices_from(misfit)] *= 2
            value = ((sigma - block.cov)[np.tril_indices(len(places))] ** 2).sum() + shift @ shift
        else:
            value = 0.5 * (misfit**2).sum() + shift @ shift
        return Whitened(block, share, whitener, misfit, shift, value)

    @cached_property
    def value(self) -> float:
        """The objective f."""
        if self.whitened is None:
            return np.inf
        return float(0.5 * sum(one.share * one.value for one in self.whitened))

    @cached_property
    def slopes(self) -> tuple[Slopes, ...]:
        """The whitened slopes `U, V, M` of each block, one column a cell."""
        return tuple(self._slopes(one) for one in self._proper())

    def _slopes(self, one: Whitened) -> Slopes:
        at, places = self.implied[one.block.group], one.block.places
        basis = np.concatenate([at.spread[places], at.total[places]], axis=1)
        group = self.structure.groups[one.block.group]
        return slopes_in(group, one.whitener @ basis, at.level)

    def _proper(self) -> tuple[Whitened, ...]:
        if self.whitened is None:
            raise ValueError("no slopes where the implied covariance is not positive definite")
        return self.whitened

    @cached_property
    def gradient(self) -> Floats:
        """The gradient of f, shape (q,)."""
        total = np.zeros(self.structure.n_free)
        for one, slope in zip(self._proper(), self.slopes, strict=True):
            cells = (slope.left * (one.misfit @ slope.right)).sum(axis=0) - one.shift @ slope.mean
            group = self._group(one)
            if group.is_plain:
                total[group.parameter] += one.share * cells
            else:
                np.add.at(total, group.parameter, one.share * cells)
        return total

    @cached_property
    def information(self) -> Floats:
        """The expected Hessian of f, shape (q, q): Fisher information of one case for ML."""
        total = np.zeros((self.structure.n_free,) * 2)
        for one, cells in zip(self._proper(), self._expected, strict=True):
            self._gather(total, one, one.share * cells)
        return total

    @cached_property
    def _expected(self) -> tuple[Floats, ...]:
        return tuple(self._expected_of(slope) for slope in self.slopes)

    def _expected_of(self, slope: Slopes) -> Floats:
        mixed = slope.left.T @ slope.right
        cells = (slope.left.T @ slope.left) * (slope.right.T @ slope.right) + mixed * mixed.T
        if self.structure.has_means:
            cells += slope.mean.T @ slope.mean
        if self.estimator == "ULS":
            variances = slope.left * slope.right
            cells += 2 * variances.T @ variances
        return cells

    @cached_property
    def hessian(self) -> Floats:
        """The exact Hessian of f, shape (q, q)."""
        total = np.zeros((self.structure.n_free,) * 2)
        pulls = [np.zeros((self.structure.n_observed,) * 2) for _ in self.structure.groups]
        pushes = [np.zeros(self.structure.n_observed) for _ in self.structure.groups]
        for one, slope, expected in zip(self._proper(), self.slopes, self._expected, strict=True):
            cells = expected - _bend(one, slope) if self.estimator == "ML" else expected
            self._gather(total, one, one.share * cells)
            places = one.block.places
            pull = one.whitener.T @ one.misfit @ one.whitener
            pulls[one.block.group][places[:, None], places] += one.share * pull
            pushes[one.block.group][places] += one.share * (one.whitener.T @ one.shift)
        for group, at, pull, push in zip(
            self.structure.groups, self.implied, pulls, pushes, strict=True
        ):
            spread_over(total, group, curvature(group, at, pull, push))
        return total

    @cached_property
    def scores(self) -> Floats:
        """Slopes of each case's log-likelihood for ML, shape (N, q), block by block.

        Raises
        ------
        ValueError
            If a block has moments only.
        """
        return np.concatenate(
            [self._scores(o, s) for o, s in zip(self._proper(), self.slopes, strict=True)]
        )

    def _scores(self, one: Whitened, slope: Slopes) -> Floats:
        if one.block.rows is None:
            raise ValueError("scores need the cases, not only their moments")
        centre = one.block.mean
        if self.structure.has_means:
            centre = self.implied[one.block.group].mu[one.block.places]
        z = (one.block.rows - centre) @ one.whitener.T
        cells = (z @ slope.left) * (z @ slope.right) - (slope.left * slope.right).sum(axis=0)
        if self.structure.has_means:
            cells += z @ slope.mean
        group = self._group(one)
        total = np.zeros((len(z), self.structure.n_free))
        np.add.at(total.T, group.parameter, cells.T)
        return total

    def _group(self, one: Whitened) -> GroupStructure:
        return self.structure.groups[one.block.group]

    def _gather(self, total: Floats, one: Whitened, cells: Floats) -> None:
        spread_over(total, self._group(one), cells)


def spread_over(total: Floats, group: GroupStructure, cells: Floats) -> None:
    """Add what belongs to pairs of cells, shape (k, k), to the pairs of parameters."""
    if group.is_ordered and len(cells) == len(total):
        total += cells
    else:
        np.add.at(total, (group.parameter[:, None], group.parameter[None, :]), cells)


def _bend(one: Whitened, slope: Slopes) -> Floats:
    """Return what misfit takes from the information: second-order part of rank-one slopes."""
    pulled_left, pulled_right = one.misfit @ slope.left, one.misfit @ slope.right
    crossed = (slope.left.T @ slope.right) * (slope.right.T @ pulled_left)
    bend = crossed + crossed.T
    bend += (slope.right.T @ slope.right) * (slope.left.T @ pulled_left)
    bend += (slope.left.T @ slope.left) * (slope.right.T @ pulled_right)
    if one.shift.any():
        moved = slope.left * (one.shift @ slope.right) + slope.right * (one.shift @ slope.left)
        cross = moved.T @ slope.mean
        bend -= cross + cross.T
    return bend


def inverse_root(matrix: Floats) -> Floats | None:
    """Return `L^-1` with `L L' = matrix`, or None if the matrix is not positive definite."""
    root, failed = lapack.dpotrf(matrix, lower=1)
    if failed:
        return None
    inverse, failed = lapack.dtrtri(root, lower=1)
    return None if failed else inverse
