"""Whether one model is a special case of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kamlab.sem.assembly import structure_of
from kamlab.sem.engine.estimate import Estimate, estimate
from kamlab.sem.engine.objective import Point
from kamlab.sem.engine.sample import Block, GroupSample

if TYPE_CHECKING:
    from kamlab.sem.result import SemFit

REPRODUCED_BELOW = 1e-6
"""Discrepancy under which implied moments count as reproduced."""


def reproduction(restricted: SemFit, free: SemFit) -> Estimate | None:
    """Return the free model at values that imply all that the restricted one implies.

    None if there are no such values: then the models are not nested. The free model is fitted to
    the moments that the restricted one implies and must reproduce them (Bentler & Satorra 2010).
    One data set cannot prove nesting, but a model that fails is not nested.
    """
    names = free.table.observed
    order = [restricted.table.observed.index(name) for name in names]
    samples, blocks = [], []
    for number, sample in enumerate(restricted.data.samples):
        at = restricted.estimate.point.implied[number]
        mean = at.mu if restricted.table.has_means else sample.mean
        own = GroupSample(
            at.sigma[np.ix_(order, order)], mean[order], sample.nobs, float(sample.nobs), None
        )
        samples.append(own)
        places = np.arange(len(order))
        blocks.append(Block(number, places, own.cov, own.mean, own.weight, None))
    perfect = [float(np.linalg.slogdet(one.cov)[1]) + len(order) for one in samples]
    structure = structure_of(free.table, free.rows, samples)
    if not restricted.table.has_means:
        structure = replace(structure, has_means=False)
    found = estimate(structure, samples, blocks, perfect, constraints=free.constraints)
    if not found.converged or found.chisq / found.n_total > REPRODUCED_BELOW:
        return None
    original = free.estimate
    point = Point(original.structure, original.blocks, found.theta, original.estimator)
    return replace(original, point=point, jacobian=found.jacobian)
