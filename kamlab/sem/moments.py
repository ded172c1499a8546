"""Covariances and means that `fit_sem` is given instead of rows, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.sem.cases import RANGE, unknown
from kamlab.sem.engine.structure import Floats

ASYMMETRY_ALLOWED = 1e-8


def read_moments(
    cov: pd.DataFrame, means: pd.Series | Mapping[str, float] | None, names: Sequence[str]
) -> tuple[Floats, Floats | None]:
    """Return covariances and means of the variables that a model names.

    Parameters
    ----------
    cov : DataFrame
        Covariances or correlations, with the same names on rows and columns; the lower triangle
        is enough. Rows may be numbered in the order of the columns, or named by the first column.
    means : Series or mapping, optional
    names : sequence of str

    Raises
    ------
    ModelError
        Listing all that is wrong: names or values missing, not symmetric, variances not
        positive.
    """
    if not isinstance(cov, pd.DataFrame):
        raise ArgumentError(say("sem.cov_is_no_frame", got=type(cov).__name__))
    table = _named(cov)
    problems = _about_names(table, names)
    if not problems:
        values, problems = _matrix(table, names)
    level = None
    if means is not None:
        level, wrong = _means(means, names)
        problems += wrong
    if problems:
        raise ModelError(say("sem.matrix_problems", problems=paragraph(problems)))
    return (values + values.T) / 2, level


def _named(cov: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix with names on its rows, if its columns or its first column give them."""
    names = [*map(str, cov.columns)]
    if len(names) > 1 and sorted(map(str, cov.iloc[:, 0])) == sorted(names[1:]):
        return cov.iloc[:, 1:].set_axis([*map(str, cov.iloc[:, 0])], axis=0)
    rows = [*map(str, cov.index)]
    numbered = rows in ([*map(str, range(len(rows)))], [*map(str, range(1, len(rows) + 1))])
    return cov.set_axis(names if numbered and len(rows) == len(names) else rows, axis=0)


def _about_names(table: pd.DataFrame, names: Sequence[str]) -> list[Text]:
    if not any(isinstance(column, str) for column in table.columns):
        return [say("sem.cov_unnamed")]
    problems = [unknown(name, table.columns) for name in names if name not in table.columns]
    rows = [name for name in names if name in table.columns and name not in table.index]
    if rows:
        problems.append(say("sem.unknown_rows", names=join([same(repr(name)) for name in rows])))
    for labels, key in ((table.columns, "sem.column_twice"), (table.index, "sem.row_twice")):
        twice = set(labels[labels.duplicated()])
        problems += [say(key, name=name) for name in names if name in twice]
    return problems


def _matrix(table: pd.DataFrame, names: Sequence[str]) -> tuple[Floats, list[Text]]:
    """Return the part of the matrix that a model names, and what is wrong with it."""
    rows, columns = list(table.index), list(table.columns)
    places = np.ix_([rows.index(name) for name in names], [columns.index(name) for name in names])
    cells = table.to_numpy()[places]
    if cells.dtype.kind != "f":
        numbers = [_number(cell) for cell in cells.ravel()]
        values = np.array(numbers).reshape(cells.shape)
    else:
        values = cells.astype(float)
    problems = [
        say("sem.matrix_cell", row=names[i], column=names[j], value=cells[i, j])
        for i, j in product(range(len(names)), repeat=2)
        if np.isinf(values[i, j])
    ]
    if problems:
        return values, problems
    values = np.where(np.isnan(values), values.T, values)
    return values, _about_matrix(names, values)


def _number(cell: object) -> float:
    """Return what a cell holds: NaN where it is empty, infinite where it is no number."""
    if isinstance(cell, str) and not cell.strip():
        return np.nan
    if cell is None or cell is pd.NA:
        return np.nan
    if isinstance(cell, complex | np.complexfloating):
        return np.inf
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return np.inf


def _about_matrix(names: Sequence[str], values: Floats) -> list[Text]:
    if np.isnan(values).any():
        row, column = np.argwhere(np.isnan(values))[0]
        return [say("sem.matrix_gap", row=names[row], column=names[column])]
    variances = values.diagonal()
    flat = [same(name) for name, size in zip(names, variances, strict=True) if size <= 0]
    if flat:
        return [say("sem.matrix_variance", names=join(flat))]
    spread = np.sqrt(variances)
    odd = (spread < RANGE[0]) | (spread > RANGE[1])
    if odd.any():
        return [say("sem.rescale", name=names[place]) for place in np.flatnonzero(odd).tolist()]
    apart = np.abs(values - values.T) / np.outer(spread, spread)
    if apart.max(initial=0.0) > ASYMMETRY_ALLOWED:
        row, column = np.unravel_index(apart.argmax(), apart.shape)
        return [say("sem.matrix_asymmetric", row=names[row], column=names[column])]
    return []


def _means(
    means: pd.Series | Mapping[str, float], names: Sequence[str]
) -> tuple[Floats, list[Text]]:
    given = dict(means.items())
    problems = []
    if isinstance(means, pd.Series):
        twice = set(means.index[means.index.duplicated()])
        problems += [say("sem.row_twice", name=name) for name in names if name in twice]
    lacking = [same(repr(name)) for name in names if name not in given]
    if lacking:
        problems.append(say("sem.means_lack", names=join(lacking)))
    level = np.array([_number(given.get(name, 0.0)) for name in names])
    problems += [
        say("sem.mean_value", name=names[place], value=given[names[place]])
        for place in np.flatnonzero(~np.isfinite(level)).tolist()
    ]
    return level, problems
