"""The moments that a model implies, and their slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kamlab.sem.engine.structure import Floats, GroupStructure, Structure


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What one group's matrices imply.

    Attributes
    ----------
    paths : ndarray, shape (n, n)
        `A`, row = effect, column = cause.
    residual : ndarray, shape (n, n)
        `S`, (co)variances of what is not explained.
    spread : ndarray, shape (n, n)
        `E = (I - A)^-1`, total effects with ones on the diagonal.
    total : ndarray, shape (n, n)
        `P = E S E'`, covariances of all variables, latent ones included.
    level : ndarray, shape (n,)
        `E m`, means of all variables.
    n_observed : int
    """

    paths: Floats
    residual: Floats
    spread: Floats
    total: Floats
    level: Floats
    n_observed: int

    @property
    def sigma(self) -> Floats:
        """Covariances of the observed variables, shape (p, p)."""
        return self.total[: self.n_observed, : self.n_observed]

    @property
    def mu(self) -> Floats:
        """Means of the observed variables, shape (p,)."""
        return self.level[: self.n_observed]


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Slopes of the moments by the k cells of one group.

    The slope of `sigma` by cell c is `left_c right_c' + right_c left_c'`: every one has rank
    one, symmetrised, so no matrix larger than p x k is ever needed.

    Attributes
    ----------
    left, right, mean : ndarray, shape (p, k)
        `mean` holds the slopes of `mu`.
    """

    left: Floats
    right: Floats
    mean: Floats


def matrices(group: GroupStructure, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Return paths (n, n), residual (co)variances (n, n) and intercepts (n,) at `theta` (q,)."""
    n = group.size
    places, parameters = group.filling
    flat = group.flat.copy()
    flat[places] = theta[parameters]
    return flat[: n * n].reshape(n, n), flat[n * n : -n].reshape(n, n), flat[-n:]


def implied(structure: Structure, group: int, theta: Floats) -> Implied:
    """Return the moments that the model implies for one group.

    Parameters
    ----------
    structure : Structure
    group : int
        From 0.
    theta : ndarray, shape (q,)

    Notes
    -----
    `sigma = F (I - A)^-1 S (I - A)^-T F'` and `mu = F (I - A)^-1 m`, with F the rows of the
    observed variables (McArdle & McDonald 1984).
    """
    paths, residual, intercepts = matrices(structure.groups[group], theta)
    spread = np.asarray(np.linalg.inv(np.eye(len(paths)) - paths), dtype=float)
    total = spread @ residual @ spread.T
    return Implied(paths, residual, spread, total, spread @ intercepts, structure.n_observed)


def slopes(group: GroupStructure, at: Implied) -> Slopes:
    """Return the slopes of one group's moments by its cells."""
    p = at.n_observed
    basis = np.concatenate([at.spread[:p], at.total[:p]], axis=1)
    return slopes_in(group, basis, at.level)


def slopes_in(group: GroupStructure, basis: Floats, level: Floats) -> Slopes:
    """Return slopes from `[G | C]` (r, 2n), which may have been premultiplied by any matrix.

    `G` has the observed rows of `E`, `C` those of `P`.
    """
    right, factor = group.slope_places
    left = basis[:, group.row]
    return Slopes(left, basis[:, right] * factor, left * _shifts(group, level))


def _shifts(group: GroupStructure, level: Floats) -> Floats:
    """Return what multiplies the left-hand slope in the slope of `mu`, one a cell."""
    shifts = np.zeros(len(group.kind))
    paths, _, means = group.of_kind
    shifts[paths] = level[group.column[paths]]
    shifts[means] = 1.0
    return shifts
