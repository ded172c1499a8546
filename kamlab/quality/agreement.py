"""May several respondents' scores stand for their account: ICC and r_wg, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.level import tails


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """How far members of a group answer alike, from one-way analysis of variance.

    Attributes
    ----------
    icc1, icc1_low, icc1_high : float
        Share of the variance of single answers that lies between groups, and its interval;
        negative where members differ more than strangers.
    icc2, icc2_low, icc2_high : float
        Reliability of the group means at the typical size, and its interval; NaN where all
        means are the same.
    f_statistic, df_between, df_within, p_value : float, int, int, float
        Test that groups do not differ.
    n_groups, n_several, n_members : int
        Groups, those with two or more members, and members.
    size : float
        Typical number of members, `(N - sum n²/N) / (J - 1)`.
    """

    icc1: float
    icc1_low: float
    icc1_high: float
    icc2: float
    icc2_low: float
    icc2_high: float
    f_statistic: float
    df_between: int
    df_within: int
    p_value: float
    n_groups: int
    n_several: int
    n_members: int
    size: float


def intraclass_correlation(
    values: ArrayLike, groups: ArrayLike, *, conf_level: float = 0.95
) -> IntraclassCorrelation:
    """Return ICC(1) and ICC(2) of groups of any sizes.

    With mean squares between and within, `B` and `W`, and the typical size `k` (the size itself
    where all are equal): `ICC(1) = (B - W) / (B + (k - 1) W)` and `ICC(2) = (B - W) / B`, which
    is ICC(1) stepped up to `k` members by Spearman and Brown's formula (Bliese 2000; Shrout &
    Fleiss 1979 call them ICC(1,1) and ICC(1,k)).

    Parameters
    ----------
    values : array_like, shape (n,)
        One value a member; members without a value are left out.
    groups : array_like, shape (n,)
        Which group a member is of. Groups of one tell nothing of the spread within but count
        between.
    conf_level : float, default 0.95

    Raises
    ------
    NotApplicable
        If no group has two members, there is one group only, or the values do not vary.

    Notes
    -----
    Intervals invert the F distribution of `B / W`: exact for equal sizes and normal values,
    approximate for unequal ones.

    Examples
    --------
    >>> found = intraclass_correlation([1, 2, 5, 6], ["a", "a", "b", "b"])
    >>> round(found.icc1, 4), round(found.icc2, 4)
    (0.9394, 0.9688)
    """
    answers = np.asarray(values, dtype=float)
    given = ~np.isnan(answers)
    _, codes, sizes = np.unique(np.asarray(groups)[given], return_inverse=True, return_counts=True)
    between, within = _mean_squares(answers[given], codes, sizes)
    n, n_groups = int(sizes.sum()), len(sizes)
    size = float((n - np.sum(sizes**2) / n) / (n_groups - 1))
    degrees = (n_groups - 1, n - n_groups)
    f = between / within if within > 0 else np.inf
    low, high = (f / stats.f.ppf(p, *degrees) for p in reversed(tails(conf_level)))
    return IntraclassCorrelation(
        icc1=_single(f, size),
        icc1_low=_single(low, size),
        icc1_high=_single(high, size),
        icc2=_mean(f),
        icc2_low=_mean(low),
        icc2_high=_mean(high),
        f_statistic=float(f),
        df_between=degrees[0],
        df_within=degrees[1],
        p_value=float(stats.f.sf(f, *degrees)),
        n_groups=n_groups,
        n_several=int(np.sum(sizes > 1)),
        n_members=n,
        size=size,
    )


def _single(f: float, size: float) -> float:
    return 1.0 if np.isinf(f) else float((f - 1) / (f + size - 1))


def _mean(f: float) -> float:
    return float(1 - 1 / f) if f > 0 else np.nan


def _mean_squares(
    values: NDArray[np.float64], codes: NDArray[np.intp], sizes: NDArray[np.intp]
) -> tuple[float, float]:
    n, n_groups = len(values), len(sizes)
    if n_groups < 2 or n == n_groups:
        raise NotApplicable(say("quality.no_groups"))
    means = np.bincount(codes, values) / sizes
    between = np.sum(sizes * (means - values.mean()) ** 2) / (n_groups - 1)
    within = np.sum((values - means[codes]) ** 2) / (n - n_groups)
    if between + within <= 0:
        raise NotApplicable(say("quality.scores_alike"))
    return float(between), float(within)


def mean_reliability(icc1: float, members: ArrayLike) -> NDArray[np.float64]:
    """Return the reliability of means over so many members.

    `k ICC(1) / (1 + (k - 1) ICC(1))`, the formula of Spearman and Brown; 0 where ICC(1) is not
    positive.

    Parameters
    ----------
    icc1 : float
    members : array_like
        Counts `k`; NaN is returned for 0.

    Examples
    --------
    >>> mean_reliability(0.5, [1, 2, 4]).round(2).tolist()
    [0.5, 0.67, 0.8]
    """
    k = np.asarray(members, dtype=float)
    share = max(icc1, 0.0) if not np.isnan(icc1) else np.nan
    return np.where(k > 0, k * share / (1 + (k - 1) * share), np.nan)


def uniform_variance(points: int) -> float:
    """Return the variance of answers spread evenly over a scale of so many points, `(A² - 1)/12`.

    Examples
    --------
    >>> uniform_variance(7)
    4.0
    """
    return (points**2 - 1) / 12


def within_group_agreement(
    items: ArrayLike, groups: ArrayLike, *, points: int = 7
) -> NDArray[np.float64]:
    """Return how far the members of each group agree, r_wg(j).

    With `s²` the mean over the j items of the variance within the group and `v` the variance of
    answers spread evenly over the scale:
    `r_wg(j) = j (1 - s²/v) / (j (1 - s²/v) + s²/v)` (James, Demaree & Wolf 1984). Where members
    differ as much as chance answers or more, it is set to 0, as those authors advise.

    Parameters
    ----------
    items : array_like, shape (n, j)
        One row a member; missing answers are left out item by item.
    groups : array_like, shape (n,)
        Numbers of groups from 0.
    points : int, default 7
        Steps of the answering scale.

    Returns
    -------
    ndarray, shape (groups,)
        By number; NaN where no item has two answers.

    Examples
    --------
    >>> within_group_agreement([[4, 5], [4, 5], [1, 7], [7, 1]], [0, 0, 1, 1]).tolist()
    [1.0, 0.0]
    """
    answers = np.asarray(items, dtype=float)
    codes = np.asarray(groups, dtype=int)
    variances = np.column_stack([_variances(item, codes) for item in answers.T])
    known = ~np.isnan(variances)
    n_items = known.sum(axis=1)
    spread = np.where(known, variances, 0.0).sum(axis=1) / np.maximum(n_items, 1)
    ratio = np.minimum(spread / uniform_variance(points), 1.0)
    agreed = n_items * (1 - ratio)
    found: NDArray[np.float64] = np.divide(
        agreed, agreed + ratio, out=np.full(len(agreed), np.nan), where=n_items > 0
    )
    return found


def _variances(values: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    n_groups = int(codes.max(initial=-1)) + 1
    given = ~np.isnan(values)
    own, x = codes[given], values[given]
    sizes = np.bincount(own, minlength=n_groups)
    means = np.bincount(own, x, n_groups) / np.maximum(sizes, 1)
    squares = np.bincount(own, (x - means[own]) ** 2, n_groups)
    return np.where(sizes > 1, squares / np.maximum(sizes - 1, 1), np.nan)
