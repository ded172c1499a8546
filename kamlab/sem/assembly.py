"""From a table of parameters to matrices, and from estimates back to the table's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.sem.engine.implied import Implied
from kamlab.sem.engine.sample import GroupSample
from kamlab.sem.engine.structure import (
    COVARIANCE,
    MEAN,
    PATH,
    Floats,
    GroupStructure,
    Places,
    Structure,
)
from kamlab.sem.syntax.parameters import Parameter, ParameterTable


@dataclass(frozen=True, slots=True, eq=False)
class RowPlaces:
    """Where each row of a parameter table stands.

    Attributes
    ----------
    group, kind, row, column : ndarray, shape (rows,)
        Group from 0; `PATH`, `COVARIANCE` or `MEAN`; place in that matrix.
    number : ndarray, shape (rows,)
        The parameter, -1 where the value is fixed.
    """

    group: Places
    kind: Places
    row: Places
    column: Places
    number: Places

    def values(self, implied: Sequence[Implied], intercepts: Sequence[Floats]) -> Floats:
        """Return the value of each row."""
        found = np.empty(len(self.group))
        for group, at in enumerate(implied):
            for kind, matrix in ((PATH, at.paths), (COVARIANCE, at.residual)):
                own = (self.group == group) & (self.kind == kind)
                found[own] = matrix[self.row[own], self.column[own]]
            own = (self.group == group) & (self.kind == MEAN)
            found[own] = intercepts[group][self.row[own]]
        return found


def row_places(table: ParameterTable) -> RowPlaces:
    """Return where each row of a parameter table stands in the matrices."""
    places = {name: i for i, name in enumerate((*table.observed, *table.latent))}
    cells = np.array([_cell(one, places) for one in table.parameters], dtype=np.intp)
    groups = np.array([one.group - 1 for one in table.parameters], dtype=np.intp)
    return RowPlaces(groups, cells[:, 0], cells[:, 1], cells[:, 2], table.numbers)


def _cell(one: Parameter, places: dict[str, int]) -> tuple[int, int, int]:
    if one.op == "~1":
        return MEAN, places[one.lhs], 0
    left, right = places[one.lhs], places[one.rhs]
    if one.op == "=~":
        return PATH, right, left
    if one.op == "~":
        return PATH, left, right
    return COVARIANCE, max(left, right), min(left, right)


def places_of(names: Sequence[str], among: Sequence[str]) -> Places:
    """Return where some names stand among others."""
    return np.array([among.index(name) for name in names], dtype=np.intp)


def structure_of(
    table: ParameterTable, rows: RowPlaces, samples: Sequence[GroupSample]
) -> Structure:
    """Return the matrices of a model for some samples.

    Moments of fixed covariates are those of the sample.
    """
    values = np.array([one.value for one in table.parameters])
    p, n = len(table.observed), len(table.observed) + len(table.latent)
    exogenous = places_of(table.exogenous, table.observed)
    groups = [
        _group(rows, rows.group == group, values, n, exogenous, sample)
        for group, sample in enumerate(samples)
    ]
    return Structure(
        variables=(*table.observed, *table.latent),
        n_observed=p,
        exogenous=exogenous,
        groups=tuple(groups),
        n_free=int(table.numbers.max(initial=-1)) + 1,
        has_means=table.has_means,
    )


def _group(
    rows: RowPlaces, own: Places, values: Floats, n: int, exogenous: Places, sample: GroupSample
) -> GroupStructure:
    paths, covariances, means = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
    among = np.ix_(exogenous, exogenous)
    covariances[among] = sample.cov[among]
    means[exogenous] = sample.mean[exogenous]
    for place in np.flatnonzero(own & (rows.number < 0) & ~np.isnan(values)):
        kind, row, column = rows.kind[place], rows.row[place], rows.column[place]
        if kind == MEAN:
            means[row] = values[place]
        elif kind == PATH:
            paths[row, column] = values[place]
        else:
            covariances[row, column] = covariances[column, row] = values[place]
    free = np.flatnonzero(own & (rows.number >= 0))
    free = free[np.argsort(rows.number[free], kind="stable")]
    return GroupStructure(
        paths,
        covariances,
        means,
        rows.kind[free],
        rows.row[free],
        rows.column[free],
        rows.number[free],
    )


def formula(table: ParameterTable, row: int) -> str:
    """Return how the model's text writes a row, with its group if there are several."""
    one = table.parameters[row]
    text = f"{one.lhs} ~ 1" if one.op == "~1" else f"{one.lhs} {one.op} {one.rhs}"
    return f"{text} [{one.group}]" if table.n_groups > 1 else text


def written(table: ParameterTable, number: int) -> str:
    """Return how the model's text writes a free parameter, where it does first."""
    return formula(table, int(np.flatnonzero(table.numbers == number)[0]))
