"""Whether the moments tell the parameters apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import lapack

from kamlab.sem.engine.implied import implied
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.optimise import null_space
from kamlab.sem.engine.sample import Block, GroupSample
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH, Floats, Structure

FLAT_BELOW = 1e-10
"""Smallest eigenvalue of the scaled information that counts as curvature."""
CLEARLY_CURVED = 1e-6
"""Smallest pivot beyond which eigenvalues need not be computed."""
INVOLVED_ABOVE = 1e-6
SPREAD = 0.15
SEED = 0


def unidentified(
    structure: Structure, samples: Sequence[GroupSample], start: Floats, jacobian: Floats
) -> list[int]:
    """Return the parameters that could be moved without moving any implied moment.

    The rank of the moments' slopes is judged at a generic point near `start`, so that a
    parameter which is identified only if another is not zero passes.

    Parameters
    ----------
    structure : Structure
    samples : sequence of GroupSample
    start : ndarray, shape (q,)
    jacobian : ndarray, shape (c, q)
        Slopes of the equality constraints.

    Returns
    -------
    list of int
        Empty if all are identified.
    """
    everything = np.arange(structure.n_observed)
    blocks = [
        Block(group, everything, sample.cov, sample.mean, sample.weight, None)
        for group, sample in enumerate(samples)
    ]
    theta = start + SPREAD * _scales(structure, samples, start) * _generic(len(start))
    return flat_directions(Point(structure, blocks, theta, "GLS").information, jacobian)


def flat_directions(information: Floats, jacobian: Floats) -> list[int]:
    """Return the parameters that directions without information involve."""
    sizes = np.sqrt(np.maximum(information.diagonal(), 0.0))
    scale = 1 / np.where(sizes > 0, sizes, 1.0)
    scaled, basis = information * np.outer(scale, scale), np.eye(len(information))
    if len(jacobian):
        basis = null_space(jacobian * scale)
        scaled = basis.T @ scaled @ basis
    root, failed = lapack.dpotrf(scaled, lower=1)
    if not failed and root.diagonal().min(initial=1.0) ** 2 > CLEARLY_CURVED:
        return []
    values, vectors = np.linalg.eigh(scaled)
    flat = basis @ vectors[:, values < FLAT_BELOW]
    return [int(i) for i in np.flatnonzero((flat**2).sum(axis=1) > INVOLVED_ABOVE)]


def _generic(size: int) -> Floats:
    rng = np.random.default_rng(SEED)
    signs = np.where(rng.random(size) < 0.5, -1.0, 1.0)
    return rng.uniform(0.5, 1.0, size) * signs


def _scales(structure: Structure, samples: Sequence[GroupSample], start: Floats) -> Floats:
    """Return the natural size of each parameter, from the spread of the variables."""
    scales = np.ones(structure.n_free)
    for number, (group, sample) in enumerate(zip(structure.groups, samples, strict=True)):
        spread = np.sqrt(np.abs(implied(structure, number, start).total.diagonal()))
        spread[spread == 0] = np.sqrt(np.median(sample.cov.diagonal()))
        spread[: structure.n_observed] = np.sqrt(sample.cov.diagonal())
        row, column = spread[group.row], spread[group.column]
        sizes = np.select(
            [group.kind == PATH, group.kind == COVARIANCE, group.kind == MEAN],
            [row / column, row * column, row],
        )
        scales[group.parameter] = sizes
    return scales
