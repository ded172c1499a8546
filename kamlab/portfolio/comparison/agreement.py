"""How far two classifications of the same accounts agree, over a table of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.foundation.level import tails

Counts = NDArray[np.float64]
Classes = NDArray[np.integer[Any]]
Weights = Literal["linear", "quadratic"]
POWERS: dict[str | None, int] = {None: 0, "linear": 1, "quadratic": 2}
FEWEST_CLASSES = 2

MASS_LEFT_OUT = 1e-15
"""Probability at most that the sum over a hypergeometric distribution leaves out."""

ROUNDING = 1e-12
"""What is smaller than this is rounding: neither information nor an error."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A measure of agreement with its interval.

    Attributes
    ----------
    estimate : float
        NaN where the table cannot tell.
    std_error : float
        NaN if the estimate, or what it is without some account, is NaN.
    conf_low, conf_high : float
        NaN also where every account agrees: nothing then says how sure that is.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float


def count_table(first: Classes, second: Classes, shape: tuple[int, int]) -> Counts:
    """Return how many accounts are in each class of the one and of the other classification.

    Parameters
    ----------
    first, second : ndarray of int, shape (accounts,)
        Numbers of classes, from 0; accounts with a negative one count nowhere.
    shape : tuple of int
        How many classes there are.
    """
    both = (first >= 0) & (second >= 0)
    n_rows, n_columns = shape
    at = first[both] * n_columns + second[both]
    return np.bincount(at, minlength=n_rows * n_columns).reshape(shape).astype(float)


def cohen_kappa(table: ArrayLike, weights: Weights | None = None) -> float:
    """Return Cohen's kappa: agreement beyond chance, as a share of what chance leaves over.

    `1 - sum(v * observed) / sum(v * expected)`, where `expected` is what the two margins give
    if one class says nothing of the other, and `v` is 0 for the same class; for different ones
    it is 1 (Cohen 1960), their distance or its square (Cohen 1968).

    Parameters
    ----------
    table : array_like, shape (classes, classes)
        Accounts by class of the first (rows) and of the second classification (columns), the
        classes in the same order.
    weights : {"linear", "quadratic"}, optional
        For classes with an order.

    Returns
    -------
    float
        1 if all accounts agree, 0 if no more do than chance gives; NaN if one of the two
        puts all accounts into one class, for it then tells none of them apart. (Elsewhere
        that is sometimes 0, which would read as disagreement.)

    Raises
    ------
    ArgumentError
        If the table is not square or holds no counts, or there are no such weights.

    References
    ----------
    J. Cohen, A Coefficient of Agreement for Nominal Scales, Educational and Psychological
    Measurement 20, 1960; Weighted Kappa, Psychological Bulletin 70, 1968.

    Examples
    --------
    >>> round(cohen_kappa([[20, 5], [10, 15]]), 3)
    0.4
    """
    counts = _counts(table)
    n_rows, n_columns = counts.shape
    if n_rows != n_columns:
        raise ArgumentError(say("portfolio.kappa_not_square", rows=n_rows, columns=n_columns))
    if weights not in POWERS:
        raise ArgumentError(say("portfolio.bad_kappa_weights", weights=weights))
    if _tells_nothing(counts):
        return np.nan
    classes = np.arange(n_rows)
    gap = np.abs(classes[:, None] - classes)
    disagreement = (gap > 0) * gap.astype(float) ** POWERS[weights]
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(1 - (disagreement * counts).sum() / (disagreement * expected).sum())


def adjusted_mutual_information(table: ArrayLike) -> float:
    """Return the information that two classifications share, beyond what chance gives.

    `(MI - E) / ((H1 + H2) / 2 - E)`: mutual information less its expectation `E` when accounts
    fall into classes of the given sizes by lot, over the mean of the two entropies less the
    same. Classes need no common names and no order.

    Parameters
    ----------
    table : array_like, shape (classes of the one, classes of the other)
        Accounts by class.

    Returns
    -------
    float
        1 if each class of the one is a class of the other, 0 on average if one says nothing
        of the other; NaN if one of the two puts all accounts into one class, or both put each
        account into a class of its own: nothing else could then have been found.

    Raises
    ------
    ArgumentError
        If the table holds no counts.

    Notes
    -----
    The expectation is exact but for the tails of each cell's hypergeometric distribution. They
    are cut where Hoeffding's bound gives them a probability of 1e-15 or less, so that no more
    than `2e-15 * classes * log(accounts)` is lost, with the classes of whichever has fewer.

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, Information Theoretic Measures for Clusterings
    Comparison, Journal of Machine Learning Research 11, 2010.

    Examples
    --------
    >>> round(adjusted_mutual_information([[20, 5], [10, 15]]), 3)
    0.113
    """
    counts = _counts(table)
    if _tells_nothing(counts):
        return np.nan
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    ratio = counts * counts.sum() / np.maximum(np.outer(rows, columns), 1.0)
    information = _times_log(counts / counts.sum(), ratio).sum()
    by_chance = _expected_information(rows, columns)
    beyond_chance = (_entropy(rows) + _entropy(columns)) / 2 - by_chance
    return float((information - by_chance) / beyond_chance) if beyond_chance > ROUNDING else np.nan


def jackknife(
    statistic: Callable[[Counts], float], table: ArrayLike, conf_level: float = 0.95
) -> Agreement:
    """Return a measure of agreement with its jackknife error and interval.

    Leaving out an account changes the table in the account's cell only, so that there are no
    more tables to look at than cells, however many accounts there are.

    Parameters
    ----------
    statistic : callable
        From a table of counts to a number between -1 and 1, such as `cohen_kappa`.
    table : array_like, shape (a, b)
        Accounts by class.
    conf_level : float, default 0.95

    Returns
    -------
    Agreement

    Raises
    ------
    ArgumentError
        If the table holds no counts or the level is not between 0 and 1.

    Notes
    -----
    The interval is Student's with one degree of freedom less than there are accounts, as
    everywhere in kamlab, on Fisher's scale `artanh`, which keeps its limits below 1. Of 4,000
    simulated tables each, this per cent of the intervals at 95 % held the truth (in brackets:
    of intervals symmetrical about the estimate):

    | truth | 30 accounts | 100 | 240 |
    |---|---|---|---|
    | kappa .4, linear weights | 96.4 (94.9) | 95.5 (94.9) | 95.1 (95.0) |
    | kappa .4, linear, 75 % of accounts in one class | 94.2 (92.0) | 95.0 (94.1) | 95.5 (95.1) |
    | kappa .4, unweighted | 97.0 (95.1) | 95.5 (94.8) | 95.4 (95.0) |
    | kappa .8, linear weights | 96.7 (91.1) | 95.1 (93.5) | 95.3 (94.0) |
    | adjusted mutual information 0 | 99.2 (99.2) | 97.4 (97.4) | 97.6 (97.6) |
    | the same, seven uneven classes by four | 99.4 (99.4) | 99.3 (99.3) | 99.1 (99.1) |
    | adjusted mutual information .15 | 97.4 (96.6) | 96.1 (95.9) | 95.7 (95.5) |
    | adjusted mutual information .50 | 98.5 (90.8) | 95.7 (93.0) | 95.8 (94.6) |

    Kappas are of three classes, information is of four by four. Near independence the error of
    adjusted mutual information is too large, by nearly a half: it is flat there, which a
    jackknife does not see. The interval is then wider than it need be; it does not find
    agreement where there is none.

    Examples
    --------
    >>> found = jackknife(cohen_kappa, [[20, 5], [10, 15]])
    >>> round(found.conf_low, 2), round(found.conf_high, 2)
    (0.11, 0.63)
    """
    counts = _counts(table)
    probability = tails(conf_level)[1]
    n = counts.sum()
    estimate = statistic(counts)
    cells = np.argwhere(counts > 0)
    if n <= 1:
        return Agreement(estimate, *3 * [np.nan])
    without = np.array([statistic(_one_less(counts, row, column)) for row, column in cells])
    share = counts[counts > 0] / n
    spread = float(share @ (without - share @ without) ** 2)
    std_error = float(np.sqrt((n - 1) * spread))
    if not (std_error > ROUNDING and abs(estimate) < 1):
        return Agreement(estimate, std_error, np.nan, np.nan)
    reach = stats.t.ppf(probability, n - 1) * std_error / (1 - estimate**2)
    low, high = np.tanh(np.arctanh(estimate) + np.array([-reach, reach]))
    return Agreement(estimate, std_error, float(low), float(high))


def _counts(table: ArrayLike) -> Counts:
    try:
        counts = np.asarray(table, dtype=float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(say("portfolio.bad_counts", got=type(table).__name__)) from error
    whole = np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()
    if counts.ndim != 2 or not whole:
        raise ArgumentError(say("portfolio.bad_counts", got=f"shape {counts.shape}"))
    return counts


def _tells_nothing(counts: Counts) -> bool:
    return any((counts.sum(axis=axis) > 0).sum() < FEWEST_CLASSES for axis in (0, 1))


def _one_less(counts: Counts, row: int, column: int) -> Counts:
    fewer = counts.copy()
    fewer[row, column] -= 1
    return fewer


def _times_log(factor: Counts, value: Counts) -> Counts:
    return factor * np.log(np.where(value > 0, value, 1.0))


def _entropy(sizes: Counts) -> float:
    share = sizes / sizes.sum()
    return -float(_times_log(share, share).sum())


def _expected_information(rows: Counts, columns: Counts) -> float:
    """Return the mean mutual information of all tables with these margins, drawn by lot."""
    n = rows.sum()
    row, column = rows[rows > 0][:, None, None], columns[columns > 0][None, :, None]
    draws = np.minimum(row, column)
    reach = np.sqrt(draws * np.log(2 / MASS_LEFT_OUT) / 2)
    low = np.maximum(np.maximum(row + column - n, 0), np.floor(row * column / n - reach))
    high = np.minimum(draws, np.ceil(row * column / n + reach))
    count = low + np.arange(int((high - low).max()) + 1)
    within = count <= high
    step = np.ones_like(count)
    later = within & (count > low)
    ways_in, ways_out = (row - count + 1) * (column - count + 1), count * (n - row - column + count)
    np.divide(ways_in, ways_out, out=step, where=later)
    log_mass = np.where(within, np.cumsum(np.log(step), axis=-1), -np.inf)
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    mass /= mass.sum(axis=-1, keepdims=True)
    return float((mass * _times_log(count / n, n * count / (row * column))).sum())
