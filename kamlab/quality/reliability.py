"""Reliability of a scale, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say
from kamlab.foundation.level import tails

FEWEST_ITEMS = 2
FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha with its interval.

    Attributes
    ----------
    value : float
        At most 1; negative when items contradict each other.
    conf_low, conf_high : float
        Limits of the interval at `conf_level`.
    nobs, n_items : int
        Complete rows used, and items.
    conf_level : float
    """

    value: float
    conf_low: float
    conf_high: float
    nobs: int
    n_items: int
    conf_level: float


def alpha_of_covariance(covariance: ArrayLike) -> float:
    """Return Cronbach's alpha of a scale from the covariance matrix of its items.

    `alpha = k / (k - 1) * (1 - trace(S) / sum(S))`, Cronbach (1951). A correlation matrix gives
    the standardised alpha.

    Parameters
    ----------
    covariance : array_like, shape (k, k)

    Raises
    ------
    ModelError
        With fewer than two items, or items whose sum does not vary.

    Examples
    --------
    >>> round(alpha_of_covariance([[1, 0.5], [0.5, 1]]), 4)
    0.6667
    """
    matrix = np.asarray(covariance, dtype=float)
    n_items = len(matrix)
    if n_items < FEWEST_ITEMS:
        raise ModelError(say("quality.too_few_items", count=n_items))
    if not np.isfinite(matrix).all() or matrix.sum() <= 0:
        raise ModelError(say("quality.no_variation"))
    return float(n_items / (n_items - 1) * (1 - np.trace(matrix) / matrix.sum()))


def cronbach_alpha(items: ArrayLike, *, conf_level: float = 0.95) -> Alpha:
    """Return Cronbach's alpha of a scale, with Feldt's interval.

    Parameters
    ----------
    items : array_like, shape (rows, k)
        One row a respondent, one column an item, all worded in one direction. Rows with a
        missing answer are left out; `nobs` counts those used.
    conf_level : float, default 0.95

    Returns
    -------
    Alpha

    Raises
    ------
    ModelError
        With fewer than two items, fewer than three complete rows, or no variation.

    Notes
    -----
    The interval rests on `(1 - alpha) / (1 - estimate)` following an F distribution with
    `n - 1` and `(n - 1)(k - 1)` degrees of freedom (Feldt 1965). It assumes independent rows
    and items of equal covariance; several respondents of one account make it too narrow.

    Examples
    --------
    >>> round(cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 4]]).value, 4)
    0.9412
    """
    answers = np.asarray(items, dtype=float)
    complete = answers[~np.isnan(answers).any(axis=1)]
    nobs, n_items = complete.shape
    if nobs < FEWEST_ROWS:
        raise ModelError(say("quality.too_few_rows", count=nobs, fewest=FEWEST_ROWS))
    value = alpha_of_covariance(np.atleast_2d(np.cov(complete, rowvar=False)))
    degrees = (nobs - 1, (nobs - 1) * (n_items - 1))
    high, low = (1 - (1 - value) * stats.f.ppf(p, *degrees) for p in tails(conf_level))
    return Alpha(value, float(low), float(high), nobs, n_items, conf_level)


def scale_scores(items: ArrayLike, least_share: float = 0.5) -> NDArray[np.float64]:
    """Return the mean of the answered items of each row.

    Parameters
    ----------
    items : array_like, shape (rows, k)
    least_share : float, default 0.5
        A row with a smaller share of answers has no score.

    Returns
    -------
    ndarray, shape (rows,)
        Points on the items' own scale; NaN where too little was answered.
    """
    answers = np.asarray(items, dtype=float)
    given = ~np.isnan(answers)
    counts = given.sum(axis=1)
    totals = np.where(given, answers, 0.0).sum(axis=1)
    enough = (counts >= least_share * answers.shape[1]) & (counts > 0)
    return np.where(enough, totals / np.maximum(counts, 1), np.nan)


def omega_total(
    loadings: ArrayLike, error_variances: ArrayLike, factor_variance: float = 1.0
) -> float:
    """Return the reliability of the sum of a scale's items under a one-factor model.

    `omega = phi (sum l)² / (phi (sum l)² + sum e)`, the share of the sum's model-implied variance
    that the factor brings (McDonald 1999). Unlike alpha it lets items load differently; the two
    agree where loadings are equal. It assumes errors that do not correlate.

    Parameters
    ----------
    loadings : array_like, shape (k,)
        Unstandardised, for the sum of items as they were answered; standardised, for the sum of
        standardised items (`composite_reliability`).
    error_variances : array_like, shape (k,)
    factor_variance : float, default 1
        The factor's variance `phi`, on the scale of the loadings.

    Examples
    --------
    >>> round(omega_total([1, 1], [1, 1]), 4)
    0.6667
    """
    common = factor_variance * np.sum(np.asarray(loadings, dtype=float)) ** 2
    return float(common / (common + np.sum(np.asarray(error_variances, dtype=float))))


def composite_reliability(standard_loadings: ArrayLike) -> float:
    """Return the composite reliability of a scale from its standardised loadings.

    `(sum l)² / ((sum l)² + sum(1 - l²))`, Fornell & Larcker (1981): omega of the sum of
    standardised items.

    Parameters
    ----------
    standard_loadings : array_like, shape (k,)

    Examples
    --------
    >>> composite_reliability([0.5, 0.5])
    0.4
    """
    loadings = np.asarray(standard_loadings, dtype=float)
    return omega_total(loadings, 1 - loadings**2)


def average_variance_extracted(standard_loadings: ArrayLike) -> float:
    """Return the share of its items' variance that a construct accounts for, on average.

    The mean squared standardised loading, Fornell & Larcker (1981).

    Parameters
    ----------
    standard_loadings : array_like, shape (k,)

    Examples
    --------
    >>> average_variance_extracted([0.6, 0.8])
    0.5
    """
    return float(np.mean(np.asarray(standard_loadings, dtype=float) ** 2))
