"""The same regression on other rows or with other terms, and a linear one with two waves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.panel.correction import Correction
from kamlab.panel.design import ROWS_A_TERM
from kamlab.panel.regression import ERROR_DRAWS, Regression
from kamlab.panel.resample import Resample, resample
from kamlab.quality.score_error import ScoreError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient with its error, and the rows it rests on."""

    estimate: float
    error: float
    nobs: int
    n_accounts: int


def again(fit: Regression, used: pd.DataFrame, terms: pd.DataFrame, name: str) -> Coefficient:
    """Fit a regression once more, correction included, with errors from redrawn accounts.

    Parameters
    ----------
    fit : Regression
    used : DataFrame
        The rows, with the outcome's columns.
    terms : DataFrame
        The terms of those rows; more of them than the regression had come last.
    name : str
        The term whose coefficient is wanted.
    """
    check_rows(terms, used["account_id"])
    design = replace(
        fit.design,
        used=used.reset_index(drop=True),
        outcome=_outcome(fit, used),
        terms=terms.reset_index(drop=True),
    )
    start = np.zeros(terms.shape[1])
    start[: len(fit.estimates.coefficients)] = fit.estimates.coefficients
    correction = fit.correction
    if correction is not None:
        correction = Correction.of(design, correction.error, correction.seed)
    estimates = replace(fit.estimates, coefficients=start)
    other = replace(fit, design=design, estimates=estimates, correction=correction)
    place = terms.columns.get_loc(name)
    ids = pd.Index(used["account_id"].unique())
    # One draw in which every account is there once is the data themselves.
    itself = other.redrawn(Resample(ids, np.ones((1, len(ids))))).coefficients[0, place]
    known = other.redrawn(resample(ids, ERROR_DRAWS, seed=0))
    return _coefficient(itself, known.coefficients[known.solved, place], used)


def _outcome(fit: Regression, used: pd.DataFrame) -> pd.Series:
    """Return the outcome of the rows; `used` carries their places in the regression."""
    return fit.design.outcome.iloc[used["place"].to_numpy()].reset_index(drop=True)


def linear(
    terms: pd.DataFrame,
    outcome: Array,
    used: pd.DataFrame,
    name: str,
    scores: dict[str, tuple[str, str]],
    error: ScoreError | None,
) -> Coefficient:
    """Fit least squares corrected for the error of some columns by its moments.

    `b = (X'X - S)^-1 X'y` with `S` the error covariance added up over rows (Fuller, Measurement
    Error Models). Errors of two waves are taken for independent.

    Parameters
    ----------
    terms : DataFrame
    outcome : ndarray, shape (rows,)
    used : DataFrame
        With `account_id` and the columns of respondents' numbers.
    name : str
        The term whose coefficient is wanted.
    scores : mapping of str to (str, str)
        Column of `terms` to its construct and its column of respondents' numbers.
    error : ScoreError or None
        Without it nothing is corrected.
    """
    check_rows(terms, used["account_id"])
    x, place = terms.to_numpy(), terms.columns.get_loc(name)
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    moments = np.hstack([products, x * outcome[:, None]])
    ids = pd.Index(used["account_id"].unique())

    def solved(draws: Resample) -> Array:
        weights = draws.of(used["account_id"])
        sums = weights @ moments
        size = x.shape[1]
        square = sums[:, : size * size].reshape(-1, size, size)
        if error is not None:
            square = square - _wrong(terms, used, scores, error, draws)
        found = np.linalg.solve(square, sums[:, size * size :, None])[:, :, 0]
        found[np.linalg.eigvalsh(square)[:, 0] <= 0] = np.nan
        return np.asarray(found[:, place])

    itself = solved(Resample(ids, np.ones((1, len(ids)))))[0]
    if not np.isfinite(itself):
        raise NotApplicable(say("value.probe_all_error"))
    known = solved(resample(ids, ERROR_DRAWS, seed=0))
    return _coefficient(itself, known[np.isfinite(known)], used)


def _wrong(
    terms: pd.DataFrame,
    used: pd.DataFrame,
    scores: dict[str, tuple[str, str]],
    error: ScoreError,
    draws: Resample,
) -> Array:
    """Return the error covariance of the terms, added up over each draw's rows."""
    weights = draws.of(used["account_id"])
    found = np.zeros((len(weights), terms.shape[1], terms.shape[1]))
    own = error.account_ids.isin(draws.account_ids)
    times = draws.of(error.account_ids[own])
    one = np.tensordot(times, error.crossed[own], axes=1)
    one = one / (times @ error.freedom[own])[:, None, None]
    for left, (first, count) in scores.items():
        for right, (second, other) in scores.items():
            if count == other:
                share = weights @ (1 / used[count].to_numpy(dtype=float))
                cell = (error.constructs.index(first), error.constructs.index(second))
                place = (terms.columns.get_loc(left), terms.columns.get_loc(right))
                found[:, place[0], place[1]] = share * one[:, cell[0], cell[1]]
    return found


def check_rows(terms: pd.DataFrame, account_ids: pd.Series) -> None:
    """Refuse a regression that its rows cannot carry."""
    count, fewest = len(terms), ROWS_A_TERM * terms.shape[1]
    if count < fewest or account_ids.nunique() <= terms.shape[1]:
        raise NotApplicable(say("panel.too_few", count=count, fewest=fewest))
    if np.linalg.matrix_rank(terms.to_numpy()) < terms.shape[1]:
        raise NotApplicable(say("value.probe_collinear"))


def _coefficient(itself: float, draws: Array, used: pd.DataFrame) -> Coefficient:
    if not np.isfinite(itself) or len(draws) < ERROR_DRAWS / 2:
        raise NotApplicable(say("value.probe_not_fitted"))
    error = float(np.std(draws, ddof=1))
    return Coefficient(float(itself), error, len(used), used["account_id"].nunique())
