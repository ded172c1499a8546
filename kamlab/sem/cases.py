"""Data for a model: rows or moments, checked, in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import lapack

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.sem.engine.structure import Floats

FLATTEST = 1e-10
"""Smallest eigenvalue of a correlation matrix that is taken as positive."""
CLEARLY_DEFINITE = 1e-6
"""Smallest pivot beyond which eigenvalues need not be computed."""
INVOLVED = 0.3
RANGE = (1e-30, 1e30)
"""Between which variables may vary: eighth powers, as in robust errors, are finite."""


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
    n_without_group : int
        Rows of the user's table whose group is missing; they are not among the cases.
    """

    names: tuple[str, ...]
    values: Floats
    group: np.ndarray
    labels: tuple[str, ...]
    kept: np.ndarray
    n_without_group: int = 0


def read_cases(frame: pd.DataFrame, names: Sequence[str], group: str | None) -> Cases:
    """Return the columns that a model names, as numbers.

    Raises
    ------
    ModelError
        Listing all that is wrong: names that the table lacks, columns that are not numbers,
        columns that never vary or hold infinite values.
    """
    wanted = list(names) + ([group] if group else [])
    problems = [unknown(name, frame.columns) for name in wanted if name not in frame.columns]
    if not frame.columns.is_unique:
        twice = set(frame.columns[frame.columns.duplicated()])
        problems += [say("sem.column_twice", name=name) for name in wanted if name in twice]
    if problems:
        raise ModelError(say("sem.data_problems", problems=paragraph(problems)))
    if frame.empty:
        raise ModelError(say("sem.no_rows"))
    values, problems = _numbers(frame, list(names))
    if group is not None and frame[group].isna().all():
        problems.append(say("sem.empty_group", name=group))
    if problems:
        raise ModelError(say("sem.data_problems", problems=paragraph(problems)))
    if group is None:
        zeros = np.zeros(len(frame), dtype=np.intp)
        return Cases(tuple(names), values, zeros, ("",), np.arange(len(frame)))
    numbers, labels = pd.factorize(frame[group])
    known = np.flatnonzero(numbers >= 0)
    labelled = tuple(str(label) for label in labels)
    without = len(frame) - len(known)
    return Cases(tuple(names), values[known], numbers[known], labelled, known, without)


def _numbers(frame: pd.DataFrame, names: list[str]) -> tuple[Floats, list[Text]]:
    """Return columns as numbers, and what is wrong with them."""
    columns = [frame[name] for name in names]
    wordy = {c.name: c.dtype for c in columns if not _is_real(c)}
    problems = [say("sem.not_numbers", name=name, type=kind) for name, kind in wordy.items()]
    numeric = [column for column in columns if column.name not in wordy]
    values = np.empty((len(frame), len(numeric)))
    for place, column in enumerate(numeric):
        values[:, place] = column.to_numpy(dtype=float, na_value=np.nan)
    return values, problems + _about_columns([str(column.name) for column in numeric], values)


def _is_real(column: pd.Series) -> bool:
    kind = column.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of the user's table.

    Raises
    ------
    ModelError
        If there is none of that name, or two.
    """
    if name not in frame.columns:
        raise ModelError(say("sem.data_problems", problems=unknown(name, frame.columns)))
    if not frame.columns.is_unique and list(frame.columns).count(name) > 1:
        raise ModelError(say("sem.data_problems", problems=say("sem.column_twice", name=name)))
    return frame[name]


def unknown(name: str, known: Iterable[object]) -> Text:
    """Say that there is no column of that name."""
    candidates = [str(column) for column in known]
    return say("sem.unknown_column", name=name, hint=nearest_hint(name, candidates))


def _about_columns(names: Sequence[str], values: Floats) -> list[Text]:
    with np.errstate(invalid="ignore"):
        lowest, highest = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
        size = highest - lowest
        usable = (size >= RANGE[0]) & (np.fmax(highest, -lowest) <= RANGE[1])
    problems = []
    for place in np.flatnonzero(~usable).tolist():
        name, own = names[place], values[:, place]
        if np.isinf(own).any():
            problems.append(say("sem.infinite", name=name, row=int(np.isinf(own).argmax()) + 1))
        elif np.isnan(own).all():
            problems.append(say("sem.empty_column", name=name))
        elif size[place] > 0:
            problems.append(say("sem.rescale", name=name))
        else:
            problems.append(say("sem.constant", name=name, value=own[~np.isnan(own)][0]))
    return problems


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
