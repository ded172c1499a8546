"""What would change if a fixed parameter were free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
from scipy.special import chdtrc

from kamlab.sem.engine.estimate import Estimate
from kamlab.sem.engine.implied import Slopes, slopes_in
from kamlab.sem.engine.objective import Whitened
from kamlab.sem.engine.structure import (
    COVARIANCE,
    MEAN,
    PATH,
    Floats,
    Places,
    Structure,
)
from kamlab.sem.inference.score_parts import (
    cell_gradient,
    gradient_factor,
    own_information,
    shared_information,
)
from kamlab.sem.inference.standardised import standardise

NO_INFORMATION = 1e-8
"""Share of a parameter's information that the model must leave for it to be identified."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places in the matrices that could be freed.

    Attributes
    ----------
    group, kind, row, column : ndarray, shape (k,)
        Group from 0; `PATH`, `COVARIANCE` or `MEAN`; place in that matrix.
    source : ndarray, shape (k,)
        Row of the parameter table that fixes it, -1 where the table does not have it.
    """

    group: Places
    kind: Places
    row: Places
    column: Places
    source: Places


@dataclass(frozen=True, slots=True, eq=False)
class ModificationIndices:
    """What freeing each candidate alone would do; NaN where it is not identified.

    Attributes
    ----------
    candidates : Candidates
    index : ndarray, shape (k,)
        Expected fall of chi-square (score test).
    p_value : ndarray, shape (k,)
    change : ndarray, shape (k,)
        Expected change of the parameter.
    std_lv, std_all : ndarray, shape (k,)
        The change, standardised.
    """

    candidates: Candidates
    index: Floats
    p_value: Floats
    change: Floats
    std_lv: Floats
    std_all: Floats


def candidates(
    structure: Structure,
    group: Places,
    kind: Places,
    row: Places,
    column: Places,
    number: Places,
    *,
    indicators: Places,
    in_equations: Places,
    covariates: Places,
) -> Candidates:
    """Return what lavaan's `modindices()` looks at.

    Parameters
    ----------
    structure : Structure
    group, kind, row, column, number : ndarray, shape (rows,)
        The rows of the parameter table; number -1 where fixed.
    indicators : ndarray
        Places of observed variables that are measured (`=~`).
    in_equations : ndarray
        Places of variables, latent or not, in regressions (`~`).
    covariates : ndarray
        Places of exogenous observed variables.

    Notes
    -----
    Values that the table fixes; loadings of variables that stand in no regression; covariances
    of residuals of indicators and of latent variables; regressions among variables that stand
    in regressions; intercepts. Moments among fixed covariates and regressions between these are
    left out: they are those of the sample (lavaan lists them with an index of zero).
    """
    fixed = np.zeros(structure.size, dtype=bool)
    fixed[structure.exogenous] = True
    known = number < 0
    known &= ~((kind != PATH) & fixed[row] & ((kind == MEAN) | fixed[column]))
    own = np.flatnonzero(known)
    have = set(zip(group.tolist(), kind.tolist(), row.tolist(), column.tolist(), strict=True))
    cells = [cell for cell in _possible(structure, indicators, in_equations, covariates)]
    new = [
        (place, *cell)
        for place in range(len(structure.groups))
        for cell in dict.fromkeys(cells)
        if (place, *cell) not in have and not (fixed[cell[1]] and fixed[cell[2]])
    ]
    added = np.array(new, dtype=np.intp).reshape(-1, 4).T
    listed = np.array([group, kind, row, column])[:, own]
    places = np.concatenate([listed, added], axis=1)
    source = np.concatenate([own, np.full(len(new), -1)])
    return Candidates(places[0], places[1], places[2], places[3], source)


def _possible(
    structure: Structure, indicators: Places, in_equations: Places, covariates: Places
) -> Iterator[tuple[int, int, int]]:
    p, n = structure.n_observed, structure.size
    latent = range(p, n)
    equations, measured = in_equations.tolist(), set(indicators.tolist())
    apart = set(equations) | set(covariates.tolist())
    yield from ((PATH, one, factor) for factor in latent for one in range(p) if one not in apart)
    errors = sorted(measured - set(covariates.tolist()))
    for variables in (errors, latent):
        yield from ((COVARIANCE, j, i) for i, j in combinations_with_replacement(variables, 2))
    for effect in equations:
        for cause in equations:
            if cause != effect and not (effect in measured and cause >= p):
                yield PATH, effect, cause
    if structure.has_means:
        yield from ((MEAN, one, 0) for one in range(n))


def modification_indices(estimate: Estimate, listed: Candidates) -> ModificationIndices:
    """Return modification indices and expected parameter changes.

    Parameters
    ----------
    estimate : Estimate
    listed : Candidates

    Notes
    -----
    With g the gradient of the objective by a candidate and
    `v = I_cc - I_cf V I_fc`, V the inverse of the free parameters' expected information within
    the constraints, the index is `n g^2 / v` and the change `-g / v` (Saris, Satorra & Sorbom
    1987).
    """
    gradient, own, across = _candidate_information(estimate, listed)
    inverse = estimate.n_total * estimate.covariance(estimate.point.information)
    left = own - ((across @ inverse) * across).sum(axis=1)
    left[left < NO_INFORMATION * own] = np.nan
    cases = sum(sample.nobs for sample in estimate.samples)
    index, change = cases * gradient**2 / left, -gradient / left
    places = (listed.group, listed.kind, listed.row, listed.column)
    standardised = standardise(estimate.point.implied, *places, change)
    return ModificationIndices(
        listed, index, chdtrc(1, index), change, standardised.std_lv, standardised.std_all
    )


def _candidate_information(estimate: Estimate, listed: Candidates) -> tuple[Floats, Floats, Floats]:
    """Return gradient (k,), own information (k,) and that shared with the parameters (k, q)."""
    point = estimate.point
    count = len(listed.group)
    gradient, own = np.zeros(count), np.zeros(count)
    across = np.zeros((count, point.structure.n_free))
    whitened = point.whitened or ()
    for one, free in zip(whitened, point.slopes, strict=True):
        mine = np.flatnonzero(listed.group == one.block.group)
        added = _slopes_of(estimate, one, listed, mine, np.arange(estimate.structure.n_observed))
        gradient[mine] += one.share * gradient_factor(estimate, one) * cell_gradient(one, added)
        squares, shared = (
            own_information(estimate, added, added),
            shared_information(estimate, added, free),
        )
        if len(estimate.structure.exogenous):
            # Moments among fixed covariates tell nothing, as in lavaan.
            among = _slopes_of(estimate, one, listed, mine, estimate.structure.exogenous)
            squares += own_information(estimate, among, among) - 2 * own_information(
                estimate, added, among
            )
            shared -= shared_information(estimate, among, free)
        own[mine] += one.share * squares
        parameter = point.structure.groups[one.block.group].parameter
        np.add.at(across.T, (parameter[:, None], mine), one.share * shared.T)
    return gradient, own, across


def _slopes_of(
    estimate: Estimate, one: Whitened, listed: Candidates, mine: Places, moved: Places
) -> Slopes:
    """Return the whitened slopes of moments among the observed variables `moved`."""
    at = estimate.point.implied[one.block.group]
    group = replace(
        estimate.structure.groups[one.block.group],
        kind=listed.kind[mine],
        row=listed.row[mine],
        column=listed.column[mine],
        parameter=np.arange(len(mine)),
    )
    meant = np.isin(one.block.places, moved)
    places = one.block.places[meant]
    basis = np.concatenate([at.spread[places], at.total[places]], axis=1)
    return slopes_in(group, one.whitener[:, meant] @ basis, at.level)
