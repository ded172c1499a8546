"""One model with many data sets: objective and gradient of all of them at once.

Arrays have the data sets as their first axis; the last two axes are small matrices, multiplied
by one call for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kamlab.sem.engine.objective import Estimator
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH, Floats, GroupStructure, Structure
from kamlab.sem.inference.resampling import BlockMoments, Resamples

Truths = NDArray[np.bool_]

SWEPT_UP_TO = 8


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """Matrices of one group and what they imply, for B parameter vectors.

    Attributes
    ----------
    residual, spread, total : ndarray, shape (B, n, n)
        `S`, `E = (I - A)^-1` and `P = E S E'`.
    level : ndarray, shape (B, n)
    """

    residual: Floats
    spread: Floats
    total: Floats
    level: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Misfit:
    """How far the implied moments are from the data.

    Attributes
    ----------
    value : ndarray, shape (B,)
        Half the discrepancy; not finite where the implied covariance is not positive definite.
    pull : ndarray, shape (B, r, r)
        Slope by `Sigma`, times 2.
    push : ndarray, shape (B, r)
        Slope by `mu`, times -1.
    """

    value: Floats
    pull: Floats
    push: Floats


class BatchedModel:
    """A model, evaluated for many data sets at once.

    Parameters
    ----------
    structure : Structure
    estimator : {"ML", "GLS", "ULS"}
    """

    def __init__(self, structure: Structure, estimator: Estimator) -> None:
        self.structure, self.estimator = structure, estimator
        self.groups = tuple(_BatchedGroup(structure, group) for group in structure.groups)

    def implied(self, theta: Floats, data: Resamples) -> tuple[Implied, ...]:
        """Return the implied moments of each group at `theta` (B, q)."""
        return tuple(
            group.implied(theta, *fixed)
            for group, fixed in zip(self.groups, data.fixed, strict=True)
        )

    def evaluate(self, theta: Floats, data: Resamples) -> tuple[Floats, Floats]:
        """Return the objective f (B,) and its gradient (B, q); not finite where there is none.

        Notes
        -----
        With `Y = G' pull G`, `X = G' pull C` and `h = G' push`, where `G` has the observed rows
        of `E` and `C` those of `P`, the slope of f by a path (i, j) is `X_ij - h_i v_j`, by a
        covariance `Y_ij`, halved for a variance, and by a mean `-h_i`.
        """
        with np.errstate(all="ignore"):
            value, gradient = np.zeros(len(theta)), np.zeros(theta.shape)
            for number, at in enumerate(self.implied(theta, data)):
                own = [block for block in data.blocks if block.group == number]
                found, pull, push = self._misfit(at, own)
                value += found
                gradient += self.groups[number].gradient(at, pull, push)
            return value, gradient

    def _misfit(self, at: Implied, blocks: Sequence[BlockMoments]) -> tuple[Floats, Floats, Floats]:
        p = self.structure.n_observed
        value = np.zeros(len(at.level))
        pull, push = np.zeros((len(value), p, p)), np.zeros((len(value), p))
        for block in blocks:
            whole = len(block.places) == p
            rows, columns = block.places[:, None], block.places[None, :]
            sigma = at.total[:, :p, :p] if whole else at.total[:, rows, columns]
            shift = np.zeros_like(block.mean)
            if self.structure.has_means:
                shift = block.mean - at.level[:, block.places]
            one = MISFITS[self.estimator](sigma, shift, block)
            # A pattern that was not drawn counts for nothing, be its value finite or not.
            value += np.where(block.share > 0, block.share * one.value, 0.0)
            pulled = block.share[:, None, None] * one.pull
            pushed = block.share[:, None] * one.push
            if not whole:
                pulled, pushed = _widened(pulled, pushed, block, p)
            pull += pulled
            push += pushed
        return value, pull, push


def _widened(pull: Floats, push: Floats, block: BlockMoments, p: int) -> tuple[Floats, Floats]:
    wide_pull, wide_push = np.zeros((len(pull), p, p)), np.zeros((len(pull), p))
    wide_pull[:, block.places[:, None], block.places[None, :]] = pull
    wide_push[:, block.places] = push
    return wide_pull, wide_push


class _BatchedGroup:
    """What does not depend on the data or the parameters, worked out once."""

    def __init__(self, structure: Structure, group: GroupStructure) -> None:
        self.group, self.p, self.exogenous = group, structure.n_observed, structure.exogenous
        self.n_free, self.has_means = structure.n_free, structure.has_means
        self.cells = [np.flatnonzero(group.kind == kind) for kind in (PATH, COVARIANCE, MEAN)]

    @cached_property
    def arrows(self) -> Truths:
        """Which paths there are, shape (n, n)."""
        arrows: Truths = self.group.paths != 0
        path = self.cells[0]
        arrows[self.group.row[path], self.group.column[path]] = True
        return arrows

    @cached_property
    def chain(self) -> int | None:
        """Length of the longest chain of paths; None if paths run in a circle."""
        arrows = self.arrows
        power, length = arrows, 0
        while power.any():
            length += 1
            if length > self.group.size:
                return None
            power = (power.astype(float) @ arrows) > 0
        return length

    def implied(self, theta: Floats, fixed_cov: Floats, fixed_mean: Floats) -> Implied:
        n, b = self.group.size, len(theta)
        places, parameters = self.group.filling
        flat = np.repeat(self.group.flat[None], b, axis=0)
        flat[:, places] = theta[:, parameters]
        paths, residual = flat[:, : n * n].reshape(b, n, n), flat[:, n * n : -n].reshape(b, n, n)
        means = flat[:, -n:]
        if len(self.exogenous):
            residual[:, self.exogenous[:, None], self.exogenous[None, :]] = fixed_cov
            means[:, self.exogenous] = fixed_mean
        spread = self._spread(paths)
        total = spread @ residual @ spread.transpose(0, 2, 1)
        level = (spread @ means[:, :, None])[:, :, 0] if self.has_means else np.zeros((b, n))
        return Implied(residual, spread, total, level)

    def _spread(self, paths: Floats) -> Floats:
        """Return `(I - A)^-1`, which is `I + A + A A + ...` where no path runs in a circle."""
        one = np.eye(self.group.size)
        if self.chain is None:
            return _inverted(one - paths)
        spread = one + paths
        # Variables before the first cause have empty columns: indicators stand first.
        causes = slice(int(self.arrows.any(axis=0).argmax()), None)
        for _ in range(self.chain - 1):
            spread = one + paths[:, :, causes] @ spread[:, causes]
        return spread

    def gradient(self, at: Implied, pull: Floats, push: Floats) -> Floats:
        above = at.spread[:, : self.p].transpose(0, 2, 1)
        half = above @ pull
        pulled = half @ at.spread[:, : self.p]
        crossed = half @ at.total[:, : self.p]
        pushed = np.zeros_like(at.level)
        if self.has_means:
            pushed = (above @ push[:, :, None])[:, :, 0]
            crossed -= pushed[:, :, None] * at.level[:, None, :]
        path, cov, mean = self.cells
        row, column = self.group.row, self.group.column
        by_cell = [
            crossed[:, row[path], column[path]],
            pulled[:, row[cov], column[cov]],
            -pushed[:, row[mean]],
        ]
        return np.asarray(np.concatenate(by_cell, axis=1) @ self.spreading)

    @cached_property
    def spreading(self) -> Floats:
        """What each cell, paths first, then covariances, then means, adds to each parameter."""
        group, order = self.group, np.concatenate(self.cells)
        is_variance = (group.kind == COVARIANCE) & (group.row == group.column)
        matrix = np.zeros((len(order), self.n_free))
        matrix[np.arange(len(order)), group.parameter[order]] = np.where(is_variance, 0.5, 1)[order]
        return matrix


def _inverted(matrices: Floats) -> Floats:
    """Return inverses, with NaN where a matrix is singular."""
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        sound = np.linalg.matrix_rank(matrices) == matrices.shape[-1]
        inverses = np.full_like(matrices, np.nan)
        inverses[sound] = np.linalg.inv(matrices[sound])
        return inverses


def inverse_and_log_det(matrices: Floats) -> tuple[Floats, Floats]:
    """Return inverses (B, r, r) and logarithms of determinants (B,) of symmetric matrices.

    The logarithm is NaN where a matrix is not positive definite.

    Notes
    -----
    By halves: with blocks `P`, `Q` and `R`, the inverse of `P` and that of the Schur complement
    `R - Q P^-1 Q'`, for multiplying small matrices is far cheaper than inverting them.
    """
    size = matrices.shape[-1]
    if size <= SWEPT_UP_TO:
        return _swept(matrices)
    half = size // 2
    corner, log_det = inverse_and_log_det(matrices[:, :half, :half])
    side = matrices[:, half:, :half]
    share = side @ corner
    schur = matrices[:, half:, half:] - share @ side.transpose(0, 2, 1)
    rest, log_det_rest = inverse_and_log_det(schur)
    crossed = rest @ share
    inverse = np.empty(matrices.shape)
    inverse[:, half:, half:] = rest
    inverse[:, half:, :half] = -crossed
    inverse[:, :half, half:] = -crossed.transpose(0, 2, 1)
    inverse[:, :half, :half] = corner + share.transpose(0, 2, 1) @ crossed
    return inverse, log_det + log_det_rest


def _swept(matrices: Floats) -> tuple[Floats, Floats]:
    """Invert by the sweep operator (Goodnight 1979).

    The number of the matrix is the last axis, so that each of the r steps is one pass over
    contiguous numbers. The pivots are the squared diagonal of the Cholesky factor: all are
    positive where the matrix is positive definite, and only there.
    """
    work = np.array(matrices.transpose(1, 2, 0), order="C")
    log_det, product = np.zeros(work.shape[-1]), np.empty_like(work)
    for k in range(len(work)):
        pivot = work[k, k].copy()
        log_det += np.log(np.where(pivot > 0, pivot, np.nan))
        row = work[k] / pivot
        np.multiply(row[:, None], work[None, k], out=product)
        work -= product
        work[k], work[:, k], work[k, k] = row, row, -1 / pivot
    return -work.transpose(2, 0, 1), log_det


def _by_likelihood(sigma: Floats, shift: Floats, block: BlockMoments) -> Misfit:
    inverse, log_det = inverse_and_log_det(sigma)
    push = (inverse @ shift[:, :, None])[:, :, 0]
    fit = (inverse * block.cov).sum(axis=(1, 2)) + (push * shift).sum(axis=1)
    pull = inverse - inverse @ block.cov @ inverse - push[:, :, None] * push[:, None, :]
    return Misfit(0.5 * (log_det + fit), pull, push)


def _by_generalised_squares(sigma: Floats, shift: Floats, block: BlockMoments) -> Misfit:
    inverse, log_det = inverse_and_log_det(block.cov)
    push = (inverse @ shift[:, :, None])[:, :, 0]
    residual = sigma - block.cov
    pull = inverse @ residual @ inverse
    value = 0.25 * (residual * pull).sum(axis=(1, 2)) + 0.5 * (push * shift).sum(axis=1)
    return Misfit(np.where(np.isnan(log_det), np.nan, value), pull, push)


def _by_squares(sigma: Floats, shift: Floats, block: BlockMoments) -> Misfit:
    residual = sigma - block.cov
    # Each covariance counts once, as each variance does, though it stands there twice.
    pull = residual * (1 + np.eye(residual.shape[-1]))
    value = 0.25 * (residual * pull).sum(axis=(1, 2)) + 0.5 * (shift**2).sum(axis=1)
    return Misfit(value, pull, shift)


MISFITS = {"ML": _by_likelihood, "GLS": _by_generalised_squares, "ULS": _by_squares}
