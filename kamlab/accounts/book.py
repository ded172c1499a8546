"""Which accounts are asked for, and each up to which day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kamlab.accounts.timeline import Array, Flags, Places, Timeline, timeline

DAYS_A_YEAR = 365.25
_EPOCH = pd.Timestamp("1970-01-01")


def day_number(dates: pd.Series) -> Array:
    """Return dates as days since 1970, whatever the hour; missing is NaN."""
    return np.asarray((dates - _EPOCH).dt.days, dtype=float)


def ratio(part: Array, whole: Array) -> Array:
    """Divide; missing where the whole is not above 0."""
    return part / np.where(whole > 0, whole, np.nan)


@dataclass(frozen=True, eq=False)
class Book:
    """Which accounts are asked for, and each up to which day: one entry per row of a table.

    Parameters
    ----------
    ids : Index
        The accounts, each once.
    customer_since : ndarray
        The day on which each account became a customer, NaN if not known.
    account : ndarray of int
        For each entry, the place of its account.
    today : ndarray
        For each entry, the last day that counts, as `day_number` has it.
    has_period : ndarray of bool
        For each entry, whether a period of the account has begun.
    left : ndarray
        For each entry, the end of the period after which the account left, NaN if it did not.
    """

    ids: pd.Index
    customer_since: Array
    account: Places
    today: Array
    has_period: Flags
    left: Array

    @property
    def since(self) -> Array:
        """For each entry, the day on which the account became a customer."""
        return np.asarray(self.customer_since[self.account])

    def places(self, frame: pd.DataFrame) -> Places:
        """Return the place of each record's account."""
        return np.asarray(self.ids.get_indexer(pd.Index(frame["account_id"])))

    def years_in_log(self, log_begins: float, own_first: Array, own_last: Array) -> Array:
        """Return for how long each entry's account was present in a log.

        Parameters
        ----------
        log_begins : float
            The log's first day; infinity if it has no record.
        own_first, own_last : ndarray
            The days of the account's own first and last record, NaN if it has none.
        """
        begin = np.fmin(np.fmax(log_begins, self.since), own_first)
        end = np.where(np.isnan(self.left), self.today, np.fmax(self.left, own_last))
        length = end - begin + 1
        return np.where(length > 0, length / DAYS_A_YEAR, np.nan)


def open_book(
    accounts: pd.DataFrame, periods: pd.DataFrame | None, account: Places, today: Array
) -> Book:
    """Return the book of some accounts, each on a day.

    Parameters
    ----------
    accounts : DataFrame
    periods : DataFrame, optional
    account : ndarray of int
        The rows of `accounts` that are asked for, each as often as is liked.
    today : ndarray
        The last day that counts, of each.
    """
    ids = pd.Index(accounts["account_id"])
    nowhere = np.full(len(ids), np.nan)
    since = day_number(accounts["customer_since"]) if "customer_since" in accounts else nowhere
    left = np.full(len(account), np.nan)
    book = Book(ids, since, account, today, np.zeros(len(account), dtype=bool), left)
    if periods is None:
        return book
    begun = periods_in_order(periods, day_number(periods["start"]), book).known(account, today)
    if "stayed" in periods:
        went = periods["stayed"].eq(False).fillna(False).to_numpy(dtype=bool)
        end = np.where(went, day_number(periods["end"]), np.nan)
        ended = end[begun.last_row[begun.any]]
        left[begun.any] = np.where(ended <= today[begun.any], ended, np.nan)
    return replace(book, has_period=begun.any, left=left)


def periods_in_order(periods: pd.DataFrame, days: Array, book: Book) -> Timeline:
    """Return the periods in order of account and day; of one day, the later period is last."""
    number = periods["period"].to_numpy(dtype=float)
    return timeline(book.places(periods), days, len(book.ids), number)
