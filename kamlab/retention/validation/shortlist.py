"""Who would have been on the list of accounts to look after, and how many leavers were on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shortlist:
    """One list a period: the accounts given the lowest probability of staying.

    Attributes
    ----------
    probability : ndarray, shape (rows,)
        Of staying, as foretold.
    stayed : ndarray, shape (rows,)
        1 or 0.
    period : ndarray of int, shape (rows,)
    capacity : int
        Places on each list.
    """

    probability: Array
    stayed: Array
    period: NDArray[np.intp]
    capacity: int

    def measures(self, weights: Array) -> dict[str, Array]:
        """Return lift and share found under weights of the rows, each of shape (draws,).

        Parameters
        ----------
        weights : ndarray, shape (draws, rows)
            How often each row is there; a row that is there twice takes two places.

        Notes
        -----
        Found: those on the lists that left, of all that left. Lift: those on the lists that
        left, over the number expected on lists of equal length drawn by lot, period by period.
        Equal probabilities that do not all fit on a list share its last places in equal parts.
        NaN where nobody left.
        """
        parts = [self._of_period(self.period == one, weights) for one in np.unique(self.period)]
        on_list, by_lot, left = np.sum(parts, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return {"lift": on_list / by_lot, "found": on_list / left}

    def perfect(self) -> dict[str, float]:
        """Return the measures of lists that hold as many leavers as they can."""
        known = replace(self, probability=self.stayed)
        return {k: float(v[0]) for k, v in known.measures(np.ones((1, len(self.stayed)))).items()}

    def _of_period(self, rows: NDArray[np.bool_], weights: Array) -> tuple[Array, Array, Array]:
        """Return leavers on the list, those expected by lot, and all leavers of one period."""
        probability, left = self.probability[rows], 1 - self.stayed[rows]
        order = np.argsort(probability, kind="stable")
        ordered, weighted = probability[order], weights[:, rows][:, order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] > ordered[:-1]])
        count = np.add.reduceat(weighted, starts, axis=1)
        leavers = np.add.reduceat(weighted * left[order], starts, axis=1)
        reached = np.cumsum(count, axis=1)
        places = np.clip(self.capacity - (reached - count), 0, count)
        on_list = (places * _ratio(leavers, count)).sum(axis=1)
        total, gone = reached[:, -1], leavers.sum(axis=1)
        return on_list, np.minimum(self.capacity, total) * _ratio(gone, total), gone


def _ratio(part: Array, whole: Array) -> Array:
    """Return shares, 0 where there is nothing."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
