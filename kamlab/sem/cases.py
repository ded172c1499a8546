"""Data for a model: rows or moments, checked, in groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import lapack

from kamlab.accounts.validate import nearest_hint
from kamlab.foundation.errors import ArgumentError, ModelError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.sem.engine.structure import Floats

FLATTEST = 1e-10
"""Smallest eigenvalue of a correlation matrix that is taken as positive."""
CLEARLY_DEFINITE = 1e-6
"""Smallest pivot beyond which eigenvalues need not be computed."""
INVOLVED = 0.1
ASYMMETRY_ALLOWED = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Rows of data for a model.

    Attributes
    ----------
    names : tuple of str
        The p observed variables.
    values : ndarray, shape (cases, p)
        NaN where missing.
    group : ndarray, shape (cases,)
        Number of each row's group, from 0.
    labels : tuple of str
        Names of the groups, in order of appearance.
    kept : ndarray, shape (cases,)
        Position of each row in the user's table.
    """

    names: tuple[str, ...]
    values: Floats
    group: np.ndarray
    labels: tuple[str, ...]
    kept: np.ndarray


def read_cases(frame: pd.DataFrame, names: Sequence[str], group: str | None) -> Cases:
    """Return the columns that a model names, as numbers.

    Raises
    ------
    ModelError
        Listing all that is wrong: names that the table lacks, columns that are not numbers,
        columns that never vary or hold infinite values.
    """
    wanted = list(names) + ([group] if group else [])
    problems = [_unknown(name, frame.columns) for name in wanted if name not in frame.columns]
    if not frame.columns.is_unique:
        twice = set(frame.columns[frame.columns.duplicated()])
        problems += [say("sem.column_twice", name=name) for name in wanted if name in twice]
    if problems:
        raise ModelError(say("sem.data_problems", problems=paragraph(problems)))
    values, problems = _numbers(frame, list(names))
    if problems:
        raise ModelError(say("sem.data_problems", problems=paragraph(problems)))
    if group is None:
        zeros = np.zeros(len(frame), dtype=np.intp)
        return Cases(tuple(names), values, zeros, ("",), np.arange(len(frame)))
    numbers, labels = pd.factorize(frame[group])
    known = numbers >= 0
    return Cases(
        tuple(names),
        values[known],
        numbers[known],
        tuple(str(label) for label in labels),
        np.flatnonzero(known),
    )


def _numbers(frame: pd.DataFrame, names: list[str]) -> tuple[Floats, list[Text]]:
    """Return columns as numbers, and what is wrong with them."""
    columns = [frame[name] for name in names]
    wordy = {c.name: c.dtype for c in columns if not pd.api.types.is_numeric_dtype(c.dtype)}
    problems = [say("sem.not_numbers", name=name, type=kind) for name, kind in wordy.items()]
    numeric = [column for column in columns if column.name not in wordy]
    values = np.empty((len(frame), len(numeric)))
    for place, column in enumerate(numeric):
        values[:, place] = column.to_numpy(dtype=float, na_value=np.nan)
    return values, problems + _about_columns([str(column.name) for column in numeric], values)


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of the user's table.

    Raises
    ------
    ModelError
        If there is none of that name, or two.
    """
    if name not in frame.columns:
        raise ModelError(say("sem.data_problems", problems=_unknown(name, frame.columns)))
    if not frame.columns.is_unique and list(frame.columns).count(name) > 1:
        raise ModelError(say("sem.data_problems", problems=say("sem.column_twice", name=name)))
    return frame[name]


def _unknown(name: str, known: Iterable[object]) -> Text:
    candidates = [str(column) for column in known]
    return say("sem.unknown_column", name=name, hint=nearest_hint(name, candidates))


def _about_columns(names: Sequence[str], values: Floats) -> list[Text]:
    with np.errstate(invalid="ignore"):
        lowest, highest = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
        varies = (highest > lowest) & np.isfinite(lowest) & np.isfinite(highest)
    problems = []
    for place in np.flatnonzero(~varies).tolist():
        name, own = names[place], values[:, place]
        if np.isinf(own).any():
            problems.append(say("sem.infinite", name=name, row=int(np.isinf(own).argmax()) + 1))
        elif np.isnan(own).all():
            problems.append(say("sem.empty_column", name=name))
        else:
            problems.append(say("sem.constant", name=name, value=own[~np.isnan(own)][0]))
    return problems


def read_moments(
    cov: pd.DataFrame, means: pd.Series | Mapping[str, float] | None, names: Sequence[str]
) -> tuple[Floats, Floats | None]:
    """Return covariances and means of the variables that a model names.

    Parameters
    ----------
    cov : DataFrame
        Covariances or correlations, with the same names on rows and columns; the lower triangle
        is enough.
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
    rows = [*cov.index.astype(str)] if cov.index.dtype.kind not in "iu" else [*cov.columns]
    table = cov.set_axis(rows, axis=0) if len(rows) == len(cov) else cov
    lacking = [n for n in names if n not in table.index or n not in table.columns]
    problems = [_unknown(name, table.columns) for name in lacking]
    present = [name for name in names if name not in lacking]
    values = table.loc[present, present].to_numpy(dtype=float)
    values = np.where(np.isnan(values), values.T, values)
    problems += _about_matrix(present, values)
    level = None
    if means is not None:
        given = dict(means.items())
        problems += [_unknown(name, given) for name in names if name not in given]
        level = np.array([float(given.get(name, np.nan)) for name in names])
    if problems:
        raise ModelError(say("sem.matrix_problems", problems=paragraph(problems)))
    return (values + values.T) / 2, level


def _about_matrix(names: Sequence[str], values: Floats) -> list[Text]:
    if np.isnan(values).any():
        row, column = np.argwhere(np.isnan(values))[0]
        return [say("sem.matrix_gap", row=names[row], column=names[column])]
    spread = np.sqrt(np.abs(values.diagonal()))
    flat = [name for name, size in zip(names, values.diagonal(), strict=True) if size <= 0]
    if flat:
        return [say("sem.matrix_variance", names=join([same(name) for name in flat]))]
    apart = np.abs(values - values.T) / np.outer(spread, spread)
    if apart.max() > ASYMMETRY_ALLOWED:
        row, column = np.unravel_index(apart.argmax(), apart.shape)
        return [say("sem.matrix_asymmetric", row=names[row], column=names[column])]
    return []


def need_positive_definite(names: Sequence[str], cov: Floats, nobs: int) -> None:
    """Raise unless a covariance matrix is positive definite, naming what is collinear.

    Raises
    ------
    ModelError
    """
    if nobs <= len(names):
        raise ModelError(say("sem.too_few_rows", nobs=nobs, fewest=len(names) + 1))
    spread = np.sqrt(cov.diagonal())
    if not spread.all():
        flat = [same(name) for name, size in zip(names, spread, strict=True) if size == 0]
        raise ModelError(say("sem.constant_in_group", names=join(flat)))
    correlations = cov / np.outer(spread, spread)
    root, failed = lapack.dpotrf(correlations, lower=1)
    if not failed and root.diagonal().min() ** 2 > CLEARLY_DEFINITE:
        return
    values, vectors = np.linalg.eigh(correlations)
    if values[0] > FLATTEST:
        return
    weights = np.abs(vectors[:, 0])
    involved = [
        same(name) for name, w in zip(names, weights, strict=True) if w > INVOLVED * weights.max()
    ]
    key = "sem.collinear" if values[0] > -FLATTEST else "sem.indefinite"
    raise ModelError(say(key, names=join(involved), smallest=f"{values[0]:.2g}"))
