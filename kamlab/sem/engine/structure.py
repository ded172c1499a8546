"""Where a model's parameters stand in its matrices (reticular action model, McArdle 1984)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

PATH: Final = 0
COVARIANCE: Final = 1
MEAN: Final = 2


@dataclass(frozen=True, eq=False)
class GroupStructure:
    """The matrices of one group: fixed values, and the cells that parameters fill.

    Attributes
    ----------
    paths : ndarray, shape (n, n)
        Fixed directed effects, row = effect, column = cause; 0 where free.
    covariances : ndarray, shape (n, n)
        Fixed (co)variances of what is not explained; symmetric.
    means : ndarray, shape (n,)
        Fixed intercepts and means.
    kind, row, column, parameter : ndarray, shape (k,)
        The k free cells: `PATH`, `COVARIANCE` or `MEAN`; place in that matrix (column 0 for a
        mean; row >= column for a covariance, which stands for both halves); number of the
        parameter that fills it.
    """

    paths: Floats
    covariances: Floats
    means: Floats
    kind: Places
    row: Places
    column: Places
    parameter: Places

    @property
    def size(self) -> int:
        """Number n of variables."""
        return len(self.means)

    @cached_property
    def flat(self) -> Floats:
        """The fixed values of all three matrices, one after the other; shape (2 n n + n,)."""
        return np.concatenate([self.paths.ravel(), self.covariances.ravel(), self.means])

    @cached_property
    def filling(self) -> tuple[Places, Places]:
        """Places in `flat` that parameters fill, and the parameter of each."""
        n, mirrored = self.size, (self.kind == COVARIANCE) & (self.row != self.column)
        within = np.where(self.kind == MEAN, self.row, self.row * n + self.column)
        places = self.kind * n * n + within
        mirror = n * n + self.column * n + self.row
        return (
            np.concatenate([places, mirror[mirrored]]),
            np.concatenate([self.parameter, self.parameter[mirrored]]),
        )

    @cached_property
    def is_plain(self) -> bool:
        """Whether every parameter fills one cell at most."""
        return len(np.unique(self.parameter)) == len(self.parameter)

    @cached_property
    def is_ordered(self) -> bool:
        """Whether cell k is filled by parameter k."""
        return np.array_equal(self.parameter, np.arange(len(self.parameter)))

    @cached_property
    def of_kind(self) -> tuple[Places, Places, Places]:
        """The cells that are paths, (co)variances and means."""
        paths, covariances, means = (
            np.flatnonzero(self.kind == kind) for kind in (PATH, COVARIANCE, MEAN)
        )
        return paths, covariances, means

    @cached_property
    def slope_places(self) -> tuple[Places, Floats]:
        """Column of `[G | C]` that is the right-hand slope of each cell, and its factor.

        The factor halves a variance, which stands in the matrix once, and drops a mean.
        """
        right = self.column + self.size * (self.kind == PATH)
        halved = np.where((self.kind == COVARIANCE) & (self.row == self.column), 0.5, 1.0)
        return right, np.where(self.kind == MEAN, 0.0, halved)


@dataclass(frozen=True, eq=False)
class Structure:
    """A model in matrices.

    Attributes
    ----------
    variables : tuple of str, length n
        Observed variables first.
    n_observed : int
        Number p of observed variables.
    exogenous : ndarray, shape (x,)
        Places of observed covariates whose moments are fixed at those of the sample.
    groups : tuple of GroupStructure
    n_free : int
        Number q of distinct free parameters.
    has_means : bool
        Whether means are modelled; without, `means` is not used.
    """

    variables: tuple[str, ...]
    n_observed: int
    exogenous: Places
    groups: tuple[GroupStructure, ...]
    n_free: int
    has_means: bool

    @property
    def size(self) -> int:
        """Number n of variables."""
        return len(self.variables)

    @property
    def observed(self) -> tuple[str, ...]:
        """Names of the observed variables."""
        return self.variables[: self.n_observed]

    @property
    def latent(self) -> tuple[str, ...]:
        """Names of the latent variables."""
        return self.variables[self.n_observed :]
