"""Estimates that no population could have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kamlab.sem.engine.structure import COVARIANCE, Floats, Places, Structure
from kamlab.sem.inference.batched import Implied, inverse_and_log_det

Truths = NDArray[np.bool_]

NEGLIGIBLE = np.finfo(float).eps ** 0.75
"""Part of the largest variance by which an eigenvalue may be negative and pass for zero."""

NEGATIVE_VARIANCE = "negative_variance"
LATENT_COVARIANCE = "latent_covariance"
RESIDUAL_COVARIANCE = "residual_covariance"


def problems(structure: Structure, groups: Sequence[Implied]) -> list[str]:
    """Say what is wrong with each of B estimates with which something is.

    Parameters
    ----------
    structure : Structure
    groups : sequence of Implied
        Of B parameter vectors.

    Returns
    -------
    list of str
        At most B; the first that applies to an estimate: "negative_variance" (a residual
        variance below zero), "latent_covariance" (implied covariance matrix of the latent
        variables) or "residual_covariance" (of the observed variables' residuals) not positive
        semidefinite.
    """
    p = structure.n_observed
    kinds = (NEGATIVE_VARIANCE, LATENT_COVARIANCE, RESIDUAL_COVARIANCE)
    checks: dict[str, list[Truths]] = {kind: [] for kind in kinds}
    for number, at in enumerate(groups):
        variances = np.diagonal(at.residual, axis1=1, axis2=2)
        checks[NEGATIVE_VARIANCE].append(np.asarray(np.any(variances < 0, axis=1)))
        checks[LATENT_COVARIANCE].append(is_improper(at.total[:, p:, p:]))
        tied = _tied(structure, number)
        checks[RESIDUAL_COVARIANCE].append(is_improper(at.residual[:, tied][:, :, tied]))
    names = np.array([*checks, ""])
    wrong = np.array([np.any(found, axis=0) for found in checks.values()])
    first = np.where(wrong.any(axis=0), wrong.argmax(axis=0), len(checks))
    return [str(name) for name in names[first] if name]


def _tied(structure: Structure, number: int) -> Places:
    """Return the observed variables whose residuals covary; the others' variances say it all."""
    group, p = structure.groups[number], structure.n_observed
    tied = group.covariances != 0
    own = group.kind == COVARIANCE
    tied[group.row[own], group.column[own]] = True
    tied |= tied.T
    tied[structure.exogenous], tied[:, structure.exogenous] = False, False
    np.fill_diagonal(tied, False)
    return np.flatnonzero(tied[:p, :p].any(axis=1))


def is_improper(matrices: Floats) -> Truths:
    """Say which symmetric matrices (B, r, r) are not positive semidefinite."""
    size = matrices.shape[-1]
    if not size:
        return np.zeros(len(matrices), dtype=bool)
    largest = np.abs(np.diagonal(matrices, axis1=1, axis2=2)).max(axis=1)
    largest[largest == 0] = 1.0
    lifted = matrices + (NEGLIGIBLE * largest)[:, None, None] * np.eye(size)
    with np.errstate(all="ignore"):
        return np.isnan(inverse_and_log_det(lifted)[1])
