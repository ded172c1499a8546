"""Purchase histories as arrays: equal ones are grouped, each with the number of its accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CHUNK = 1 << 13
"""Histories that are worked on at a time, so that arrays of nodes stay small."""


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """What purchase models need to know of each account.

    Attributes
    ----------
    x : ndarray of int, shape (n,)
        Repeat purchases.
    t_x, T : ndarray, shape (n,)
        Time from the first purchase to the last one, and to the end of observation.
    purchase, dropout : ndarray, shape (k, n)
        Covariates of buying and of leaving; `k` may be 0.
    """

    x: Whole
    t_x: Floats
    T: Floats
    purchase: Floats
    dropout: Floats

    def __len__(self) -> int:
        """Return how many histories there are."""
        return len(self.x)

    def at(self, rows: Whole | slice) -> Histories:
        """Return some of the histories."""
        return Histories(
            self.x[rows],
            self.t_x[rows],
            self.T[rows],
            self.purchase[:, rows],
            self.dropout[:, rows],
        )

    def chunks(self) -> Iterator[tuple[slice, Histories]]:
        """Return the histories in pieces that are small enough to work on."""
        for start in range(0, len(self), CHUNK):
            rows = slice(start, start + CHUNK)
            yield rows, self.at(rows)

    def with_covariates(self, purchase: Floats, dropout: Floats) -> Histories:
        """Return the histories with other covariates."""
        return replace(self, purchase=purchase, dropout=dropout)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Distinct histories.

    Attributes
    ----------
    histories : Histories
        Each once.
    counts : ndarray, shape (groups,)
        How many accounts have it.
    group : ndarray of int, shape (n,)
        The group of every row that was grouped.
    """

    histories: Histories
    counts: Floats
    group: Whole


def grouped(histories: Histories, counts: Floats) -> Groups:
    """Group equal histories.

    Parameters
    ----------
    histories : Histories
    counts : ndarray, shape (n,)
        Accounts behind each row; ones for a table of accounts.
    """
    columns = [histories.x, histories.t_x, histories.T, *histories.purchase, *histories.dropout]
    group, size = np.zeros(len(histories), dtype=np.int64), 1
    for column in columns:
        # Codes by hashing, which beats sorting; packed anew after each column they never overflow.
        own, values = pd.factorize(column)
        group, distinct = pd.factorize(group * len(values) + own)
        size = len(distinct)
    first = np.empty(size, dtype=np.int64)
    first[group[::-1]] = np.arange(len(histories))[::-1]
    sizes = np.bincount(group, counts, minlength=size).astype(float)
    return Groups(histories.at(first), sizes, group)


def newcomer(purchase: Floats, dropout: Floats) -> Histories:
    """Return the history of an account at its first purchase; covariates have shape (k, n)."""
    n = purchase.shape[1]
    return Histories(np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n), purchase, dropout)


def alone(histories: Histories) -> Groups:
    """Return histories each as a group of one."""
    return Groups(histories, np.ones(len(histories)), np.arange(len(histories)))
