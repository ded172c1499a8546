"""Estimates in standard deviations: of the latent variables, or of all variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kamlab.sem.engine.implied import Implied
from kamlab.sem.engine.structure import COVARIANCE, PATH, Floats, Places


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """Standardised values of the rows of a parameter table.

    Attributes
    ----------
    std_lv : ndarray, shape (rows,)
        Latent variables have standard deviation one.
    std_all : ndarray, shape (rows,)
        All variables have.
    """

    std_lv: Floats
    std_all: Floats


def standard_deviations(at: Implied) -> Floats:
    """Return implied standard deviations of all variables, shape (n,); NaN where there is none."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(at.total.diagonal())


def standardise(
    implied: Sequence[Implied],
    group: Places,
    kind: Places,
    row: Places,
    column: Places,
    value: Floats,
) -> Standardised:
    """Standardise values that stand in the matrices.

    Parameters
    ----------
    implied : sequence of Implied
        One a group.
    group, kind, row, column : ndarray, shape (rows,)
        Where each value stands: group from 0; `PATH`, `COVARIANCE` or `MEAN`; place.
    value : ndarray, shape (rows,)

    Notes
    -----
    With `sd` the implied standard deviations (in `std_lv`: one for observed variables), a path
    becomes `b sd_cause / sd_effect`, a mean `m / sd` and a variance `s / sd^2`. A covariance
    becomes a correlation of what is left unexplained, `s_ij / sqrt(|s_ii s_jj|)`: residual
    variances, not total ones, as lavaan does (in `std_lv` on the latent side only). NaN where a
    variance in question is not positive; a residual variance below zero counts by its size.
    """
    total = np.array([standard_deviations(at) for at in implied])
    left_over = np.array([np.sqrt(np.abs(at.residual.diagonal())) for at in implied])
    n_observed = implied[0].n_observed
    divisor = _divisors(total, left_over, group, kind, row, column)
    for one in (total, left_over):
        one[:, :n_observed] = 1.0
    latent_divisor = _divisors(total, left_over, group, kind, row, column)
    return Standardised(value / latent_divisor, value / divisor)


def _divisors(
    total: Floats, left_over: Floats, group: Places, kind: Places, row: Places, column: Places
) -> Floats:
    """Return what each value is divided by, NaN for zero."""
    own, other = total[group, row], total[group, column]
    pair = left_over[group, row] * left_over[group, column]
    with np.errstate(divide="ignore", invalid="ignore"):
        path = own / other
    covariance = np.where(row == column, own * own, pair)
    divisor = np.where(kind == PATH, path, np.where(kind == COVARIANCE, covariance, own))
    divisor[divisor == 0] = np.nan
    return divisor


def first_values(values: Floats, number: Places, n_free: int) -> Floats:
    """Return the value of each free parameter in the first row that has it, shape (q,).

    A definition `ind := a*b` is standardised by evaluating it at these.

    Parameters
    ----------
    values : ndarray, shape (rows,)
        Such as `Standardised.std_all`.
    number : ndarray, shape (rows,)
        Parameter of each row, -1 where fixed.
    n_free : int
    """
    found = np.full(n_free, np.nan)
    free = np.flatnonzero(number >= 0)[::-1]
    found[number[free]] = values[free]
    return found
