"""Incomplete cases: patterns of what is missing, and the moments most likely under normality.

Everything after `missing_patterns` works on the sums of each pattern, so its cost depends on the
number of patterns and not on the number of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import join, say
from kamlab.sem.engine.sample import Block
from kamlab.sem.engine.stacks import Stack, padded_inverses, stacked
from kamlab.sem.engine.structure import Floats, Places

MOST_CYCLES = 500
STEP_AT_END = 1e-12
"""Largest step of one more iteration, in standard deviations; the way still left is longer by
one over one less the share of information that is missing."""
RISE_ALLOWED = 1e-10
"""Rise of the objective that rounding can cause."""


@dataclass(frozen=True, slots=True, eq=False)
class MissingPatterns:
    """The cases of one group, sorted by what they lack.

    Attributes
    ----------
    blocks : tuple of Block
        One a pattern; covariances have the pattern's number of cases as divisor.
    order : ndarray, shape (cases used,)
        Which row each case of the blocks was, block by block.
    coverage : ndarray, shape (p, p)
        Share of the cases used that have both variables.
    n_empty : int
        Rows left out because nothing was observed.
    n_without_covariate : int
        Rows left out because a fixed covariate is missing.
    """

    blocks: tuple[Block, ...]
    order: Places
    coverage: Floats
    n_empty: int
    n_without_covariate: int


def missing_patterns(
    rows: Floats, names: Sequence[str], *, exogenous: Sequence[int] | Places = (), group: int = 0
) -> MissingPatterns:
    """Sort the rows of one group by what they lack.

    Parameters
    ----------
    rows : ndarray, shape (n, p)
        NaN where missing.
    names : sequence of str, length p
    exogenous : sequence of int
        Fixed covariates: a model says nothing of their distribution, so a row that lacks one
        cannot be used.
    group : int

    Raises
    ------
    ModelError
        If some pair of variables is never observed together: no covariance can be estimated.
    """
    seen = ~np.isnan(rows)
    with_covariates = seen[:, list(exogenous)].all(axis=1)
    used = with_covariates & seen.any(axis=1)
    kept = np.flatnonzero(used)
    together = seen[kept].T.astype(float) @ seen[kept]
    _need_every_pair(together, names)
    _, first, number = np.unique(
        np.packbits(seen[kept], axis=1), axis=0, return_index=True, return_inverse=True
    )
    order = kept[np.argsort(number.ravel(), kind="stable")]
    ends = np.cumsum(np.bincount(number.ravel()))[:-1]
    blocks = [
        _block(rows[own], np.flatnonzero(seen[kept[start]]), group)
        for own, start in zip(np.split(order, ends), first, strict=True)
    ]
    without = int((~with_covariates).sum())
    empty = len(rows) - len(kept) - without
    return MissingPatterns(tuple(blocks), order, together / len(kept), empty, without)


def _need_every_pair(together: Floats, names: Sequence[str]) -> None:
    apart = np.argwhere(np.tril(together == 0))
    if len(apart):
        pairs = [
            say("sem.pair", first=names[column], second=names[row]) for row, column in apart[:5]
        ]
        raise ModelError(say("sem.never_together", count=len(apart), pairs=join(pairs)))


def _block(rows: Floats, places: Places, group: int) -> Block:
    own = rows[:, places]
    mean = own.mean(axis=0)
    centred = own - mean
    return Block(group, places, centred.T @ centred / len(own), mean, float(len(own)), own)


@dataclass(frozen=True, slots=True, eq=False)
class SaturatedMoments:
    """Means and covariances that make incomplete cases most likely, if they are normal.

    Attributes
    ----------
    mean : ndarray, shape (p,)
    cov : ndarray, shape (p, p)
    loglik : float
        Log-likelihood of what was observed.
    objective : float
        `1/2 sum_b share_b (log|Sigma_b| + tr(W_b Sigma_b^-1))`: the log-likelihood of one case,
        reversed, without its constant.
    converged : bool
    iterations : int
        Evaluations of the EM step.
    """

    mean: Floats
    cov: Floats
    loglik: float
    objective: float
    converged: bool
    iterations: int


def saturated_moments(blocks: Sequence[Block], p: int) -> SaturatedMoments:
    """Estimate means and covariances from incomplete cases by maximum likelihood.

    Parameters
    ----------
    blocks : sequence of Block
        The patterns of one group.
    p : int
        Number of variables.

    Notes
    -----
    With `W_b` the inverse covariances of what pattern b has, padded with zeros, `d_b` its mean
    less `mu`, `T_b` its covariances plus `d_b d_b'` and averages over cases, the EM step is
    `mu + Sigma avg(W d)` and `Sigma + Sigma avg(W T W - W) Sigma - step step'` (the E- and M-step
    of Dempster, Laird & Rubin 1977, put together). Steps are extrapolated as in SQUAREM (Varadhan
    & Roland 2008). Variables are standardised meanwhile, so that units do not matter.
    """
    centre, scale = available_moments(blocks, p)
    stacks = stacked(blocks, centre, scale)
    moments, converged, iterations = _accelerated(stacks, p)
    value, _, _ = _sums(stacks, *_apart(moments, p))
    cases = np.array([block.weight for block in blocks])
    logs = np.array([np.log(scale[block.places]).sum() for block in blocks])
    entries = np.array([len(block.places) for block in blocks])
    objective = 0.5 * value + float(cases @ logs) / cases.sum()
    loglik = -cases.sum() * objective - 0.5 * np.log(2 * np.pi) * float(cases @ entries)
    mean, cov = _apart(moments, p)
    return SaturatedMoments(
        centre + scale * mean,
        cov * np.outer(scale, scale),
        float(loglik),
        float(objective),
        converged,
        iterations,
    )


def available_moments(blocks: Sequence[Block], p: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each variable over the cases that have it."""
    cases, sums, squares = np.zeros(p), np.zeros(p), np.zeros(p)
    for block in blocks:
        cases[block.places] += block.weight
        sums[block.places] += block.weight * block.mean
    centre = sums / cases
    for block in blocks:
        off = block.mean - centre[block.places]
        squares[block.places] += block.weight * (block.cov.diagonal() + off**2)
    return centre, np.sqrt(squares / cases)


def _sums(stacks: Sequence[Stack], mean: Floats, cov: Floats) -> tuple[float, Floats, Floats]:
    """Return `avg(log|Sigma| + tr(T W))`, `avg(W d)` and `avg(W T W - W)`."""
    value, push, pull = 0.0, np.zeros_like(mean), np.zeros_like(cov)
    for stack in stacks:
        inverse, logdet = padded_inverses(stack.seen, cov)
        shift = np.where(stack.seen, stack.mean - mean, 0.0)
        weighed = np.einsum("bij,bj->bi", inverse, shift)
        value += float(stack.share @ (logdet + (weighed * shift).sum(axis=1)))
        push += stack.share @ weighed
        pull += weighed.T @ (stack.share[:, None] * weighed)
        pull -= np.tensordot(stack.share, inverse, 1)
        several = stack.several
        if len(several):
            ratio = inverse[several] @ stack.cov
            value += float(stack.share[several] @ np.einsum("bii->b", ratio))
            pull += np.tensordot(stack.share[several], ratio @ inverse[several], 1)
    return value, push, pull


def _em_step(stacks: Sequence[Stack], moments: Floats, p: int) -> tuple[Floats, float]:
    """Return the next moments, and the objective (twice, negative) at the present ones."""
    mean, cov = _apart(moments, p)
    value, push, pull = _sums(stacks, mean, cov)
    step = cov @ push
    new = cov + cov @ pull @ cov - np.outer(step, step)
    return np.concatenate([mean + step, ((new + new.T) / 2).ravel()]), value


def _accelerated(stacks: Sequence[Stack], p: int) -> tuple[Floats, bool, int]:
    """Return the most likely moments, whether that was reached, and evaluations.

    Where the likelihood rises for ever towards a singular covariance matrix it is not.
    """
    proper = moments = np.concatenate([np.zeros(p), np.eye(p).ravel()])
    for cycle in range(MOST_CYCLES):
        try:
            once, _ = _em_step(stacks, moments, p)
            proper, step = moments, once - moments
            if np.abs(step).max() < STEP_AT_END:
                return proper, True, 3 * cycle + 1
            moments = _extrapolated(stacks, moments, once, p)
        except np.linalg.LinAlgError:
            return proper, False, 3 * cycle + 1
    return proper, False, 3 * MOST_CYCLES


def _extrapolated(stacks: Sequence[Stack], moments: Floats, once: Floats, p: int) -> Floats:
    """Return moments further along the way of two EM steps, or after the two if not better."""
    twice, value = _em_step(stacks, once, p)
    step = once - moments
    bend = twice - once - step
    bent = max(float(np.linalg.norm(bend)), STEP_AT_END)
    length = max(1.0, float(np.linalg.norm(step)) / bent)
    try:
        further = moments + 2 * length * step + length**2 * bend
        after, reached = _em_step(stacks, further, p)
    except np.linalg.LinAlgError:
        return twice
    return after if reached <= value + RISE_ALLOWED else twice


def _apart(moments: Floats, p: int) -> tuple[Floats, Floats]:
    return moments[:p], moments[p:].reshape(p, p)
