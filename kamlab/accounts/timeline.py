"""Dated records in order of account and day, so that what was known on any day is a look-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Facts = dict[str, Array]


@dataclass(frozen=True, eq=False)
class Timeline:
    """Records of accounts, in order of account and day; made by `timeline`.

    Attributes
    ----------
    rows : ndarray of int
        The places of the records in their table, in order.
    days : ndarray
        Their days, in order.
    begins : ndarray of int
        For each account, how many records stand before its own; with one more for the end.
    first_day : float
        The earliest day of all; infinity if there is no record.
    keys : ndarray of int
        Account and day as one whole number, in order.
    span : int
        What the account counts in a key.
    """

    rows: Places
    days: Array
    begins: Places
    first_day: float
    keys: Places
    span: int

    def known(self, account: Places, today: Array) -> Known:
        """Return what was known of each asked account up to its day.

        Parameters
        ----------
        account : ndarray of int
            The accounts, by their places; each as often as is liked.
        today : ndarray
            The last day that counts, of each.
        """
        since_first = np.clip(today - self.first_day, -1, self.span - 2) if len(self.rows) else 0.0
        wanted = account * self.span + np.asarray(since_first + 1, dtype=np.intp)
        return Known(self, self.begins[account], np.searchsorted(self.keys, wanted, side="right"))


@dataclass(frozen=True, eq=False)
class Known:
    """The records of each asked account up to its day: a stretch of a timeline.

    Attributes
    ----------
    timeline : Timeline
    begin, end : ndarray of int
        Of each stretch: its first record, and the one behind its last.
    """

    timeline: Timeline
    begin: Places
    end: Places

    @property
    def any(self) -> Flags:
        """Whether there is a record at all."""
        return np.asarray(self.end > self.begin)

    @property
    def first_day(self) -> Array:
        """The day of the first record, NaN where there is none."""
        return self._day(self.begin)

    @property
    def last_day(self) -> Array:
        """The day of the last record, NaN where there is none."""
        return self._day(self.end - 1)

    @property
    def last_row(self) -> Places:
        """The place of the last record in its table, -1 where there is none."""
        found = np.full(len(self.end), -1, dtype=np.intp)
        found[self.any] = self.timeline.rows[self.end[self.any] - 1]
        return found

    def count(self, marked: Flags) -> Array:
        """Return how many records are marked; marks are in the order of the records' table."""
        so_far = np.append(0, np.cumsum(marked[self.timeline.rows]))
        return np.asarray(so_far[self.end] - so_far[self.begin], dtype=float)

    def _day(self, places: Places) -> Array:
        found = np.full(len(self.end), np.nan)
        found[self.any] = self.timeline.days[places[self.any]]
        return found


def timeline(account: Places, days: Array, n_accounts: int, then: Array | None = None) -> Timeline:
    """Put records in order of account and day.

    Parameters
    ----------
    account : ndarray of int
        The place of each record's account.
    days : ndarray
        The day of each record; a record without one is left out, for no day knows it.
    n_accounts : int
    then : ndarray, optional
        What decides between records of one account and day.

    Examples
    --------
    >>> log = timeline(np.array([1, 0, 1]), np.array([5.0, 3.0, 4.0]), n_accounts=2)
    >>> log.known(np.array([0, 1, 1]), np.array([9.0, 4.0, 9.0])).count(np.ones(3, bool)).tolist()
    [1.0, 1.0, 2.0]
    """
    order = np.lexsort((days if then is None else then, days, account))
    order = order[~np.isnan(days[order])]
    account, days = account[order], days[order]
    begins = np.searchsorted(account, np.arange(n_accounts + 1))
    if not len(order):
        return Timeline(order, days, begins, np.inf, account, 2)
    first = float(days.min())
    span = int(days.max() - first) + 2
    keys = account * span + (days - first).astype(np.intp) + 1
    return Timeline(order, days, begins, first, keys, span)
