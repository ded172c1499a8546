"""Which terms separate those who stayed from those who left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Array = NDArray[np.float64]

NEGLIGIBLE = 1e-7
"""Of a direction's largest part; the linear programme is solved to about 1e-9."""


def separating_terms(terms: Array, outcome: Array) -> NDArray[np.intp]:
    """Return the terms without a finite coefficient.

    Parameters
    ----------
    terms : ndarray, shape (rows, terms)
    outcome : ndarray, shape (rows,)
        1 for those who stayed.

    Returns
    -------
    ndarray
        Places of terms that separate on their own; if none does, those of the direction that
        separates with the smallest coefficients. Empty if the outcome is not separated.

    Notes
    -----
    A direction `b` separates if `x b >= 0` for all who stayed and `x b <= 0` for all who left,
    and not all are 0: completely, or but for ties (Albert & Anderson 1984, Biometrika). Whether
    there is one is a linear programme (Konis 2007).
    """
    spread = terms.std(axis=0)
    size = np.where(spread > 0, spread, 1.0)
    signed = (2 * outcome - 1)[:, None] * terms / size
    gain = signed.sum(axis=0)
    inside = linprog(-gain, A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    if -inside.fun <= NEGLIGIBLE:
        return np.array([], dtype=np.intp)
    varying = np.flatnonzero(spread > 0)
    alone = [place for place in varying if _splits(terms[:, place], outcome)]
    return np.array(alone or _smallest(signed, gain, spread > 0), dtype=np.intp)


def _splits(values: Array, outcome: Array) -> bool:
    """Return whether one cut of the values parts the outcomes, ties at the cut aside."""
    left, stayed = values[outcome == 0], values[outcome == 1]
    return bool(stayed.min() >= left.max() or left.min() >= stayed.max())


def _smallest(signed: Array, gain: Array, counted: NDArray[np.bool_]) -> list[int]:
    """Return the terms of the separating direction with the least sum of absolute parts."""
    cost = np.tile(counted.astype(float), 2)
    both = np.hstack([signed, -signed])
    least = linprog(
        cost,
        A_ub=-both,
        b_ub=np.zeros(len(both)),
        A_eq=np.concatenate([gain, -gain])[None, :],
        b_eq=[1.0],
    )
    part = np.abs(least.x[: len(gain)] - least.x[len(gain) :])
    return [int(p) for p in np.flatnonzero((part > NEGLIGIBLE * part.max()) & counted)]
