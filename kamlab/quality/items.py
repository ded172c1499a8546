"""Statistics of single items, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kamlab.quality.reliability import FEWEST_ITEMS, FEWEST_ROWS, alpha_of_covariance

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ItemStatistics:
    """What each item of one scale looks like; every array has shape (k,).

    Attributes
    ----------
    nobs : ndarray
        Answers.
    mean, std_dev, skewness, kurtosis : ndarray
        Of the answers; kurtosis is the excess over the normal distribution's.
    missing_share : ndarray
    floor_share, ceiling_share : ndarray
        Shares of the answers at the lowest and at the highest point of the scale.
    item_rest : ndarray
        Correlation with the sum of the scale's other items, over complete rows.
    alpha_without : ndarray
        Cronbach's alpha of the other items, over complete rows; NaN for a scale of two.
    """

    nobs: NDArray[np.intp]
    mean: Floats
    std_dev: Floats
    skewness: Floats
    kurtosis: Floats
    missing_share: Floats
    floor_share: Floats
    ceiling_share: Floats
    item_rest: Floats
    alpha_without: Floats


def item_statistics(items: ArrayLike, *, lowest: float, highest: float) -> ItemStatistics:
    """Return the statistics of the items of one scale.

    Parameters
    ----------
    items : array_like, shape (rows, k)
        NaN where not answered.
    lowest, highest : float
        Ends of the answering scale.

    Returns
    -------
    ItemStatistics
        NaN where an item has too few answers, or none that differ.
    """
    answers = np.asarray(items, dtype=float)
    given = ~np.isnan(answers)
    counts = given.sum(axis=0)
    moments = [_moments(column[own]) for column, own in zip(answers.T, given.T, strict=True)]
    mean, std_dev, skewness, kurtosis = np.array(moments).T
    complete = answers[given.all(axis=1)]
    return ItemStatistics(
        nobs=counts,
        mean=mean,
        std_dev=std_dev,
        skewness=skewness,
        kurtosis=kurtosis,
        missing_share=_share(~given, np.full_like(counts, len(answers))),
        floor_share=_share(answers == lowest, counts),
        ceiling_share=_share(answers == highest, counts),
        item_rest=item_rest_correlations(complete),
        alpha_without=alphas_without(complete),
    )


def _share(hits: NDArray[np.bool_], counts: NDArray[np.intp]) -> Floats:
    return np.where(counts > 0, hits.sum(axis=0) / np.maximum(counts, 1), np.nan)


def _moments(values: Floats) -> tuple[float, float, float, float]:
    """Mean, standard deviation, skewness and excess kurtosis, the last three corrected for n.

    The estimators G1 and G2 of Joanes & Gill (1998), as in SAS, SPSS and pandas.
    """
    n = len(values)
    mean = float(values.mean()) if n else np.nan
    deviations = values - mean
    second = float(np.mean(deviations**2)) if n > 1 else np.nan
    std_dev = np.sqrt(second * n / (n - 1)) if n > 1 else np.nan
    if n < 4 or second <= 0:
        return mean, std_dev, np.nan, np.nan
    g1 = np.mean(deviations**3) / second**1.5
    g2 = np.mean(deviations**4) / second**2 - 3
    skewness = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))
    return mean, float(std_dev), float(skewness), float(kurtosis)


def item_rest_correlations(complete: Floats) -> Floats:
    """Return each item's correlation with the sum of the others, over complete rows (n, k)."""
    n, k = complete.shape
    if n < FEWEST_ROWS or k < FEWEST_ITEMS:
        return np.full(k, np.nan)
    covariance = np.cov(complete, rowvar=False)
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    spread = np.sqrt(np.maximum(own * rest, 0.0))
    found: Floats = np.divide(with_rest, spread, out=np.full(k, np.nan), where=spread > 0)
    return found


def alphas_without(complete: Floats) -> Floats:
    """Return Cronbach's alpha of the other items, for each item, over complete rows (n, k)."""
    n, k = complete.shape
    if n < FEWEST_ROWS or k <= FEWEST_ITEMS:
        return np.full(k, np.nan)
    covariance = np.cov(complete, rowvar=False)
    others = (np.delete(np.delete(covariance, j, 0), j, 1) for j in range(k))
    return np.array([alpha_of_covariance(s) if s.sum() > 0 else np.nan for s in others])
