"""The same regression on other rows or with other terms, and a linear one with two waves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.panel.correction import Correction
from kamlab.panel.design import ROWS_A_TERM, told_apart
from kamlab.panel.refit import solved
from kamlab.panel.regression import ERROR_DRAWS, Regression
from kamlab.panel.resample import Resample, resample
from kamlab.quality.score_error import ScoreError
from kamlab.value.causality.two_waves import TwoWaves

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
        correction = Correction.of(design, correction.error)
    estimates = replace(fit.estimates, coefficients=start)
    other = replace(fit, design=design, estimates=estimates, correction=correction)
    place = terms.columns.get_loc(name)
    ids = _everybody(used["account_id"], None if correction is None else correction.error)
    # One draw in which every account is there once is the data themselves.
    itself = other.redrawn(Resample(ids, np.ones((1, len(ids))))).coefficients[0, place]
    known = other.redrawn(resample(ids, ERROR_DRAWS, seed=0))
    return _coefficient(float(itself), known.coefficients[known.solved, place], used["account_id"])


def _outcome(fit: Regression, used: pd.DataFrame) -> pd.Series:
    """Return the outcome of the rows; `used` carries their places in the regression."""
    return fit.design.outcome.iloc[used["place"].to_numpy()].reset_index(drop=True)


def linear(
    terms: pd.DataFrame,
    outcome: Array,
    account_ids: pd.Series,
    name: str,
    columns: dict[str, tuple[int, int]],
    error: TwoWaves | None,
) -> Coefficient:
    """Fit least squares corrected for the error of some columns by its moments.

    `b = (X'X - S)^-1 X'y` with `S` the error covariance added up over rows (Fuller, Measurement
    Error Models).

    Parameters
    ----------
    terms : DataFrame
    outcome : ndarray, shape (rows,)
    account_ids : Series, shape (rows,)
    name : str
        The term whose coefficient is wanted.
    columns : dict of str to (int, int)
        By construct, where its scores of this wave and of the one before stand.
    error : TwoWaves or None
        Without it nothing is corrected.
    """
    check_rows(terms, account_ids)
    x, place = terms.to_numpy(), terms.columns.get_loc(name)
    size = x.shape[1]
    products = (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    moments = np.hstack([products, x * outcome[:, None]])
    ids = _everybody(account_ids, None if error is None else error.error)

    def fitted(draws: Resample) -> Array:
        sums = draws.of(account_ids) @ moments
        square = sums[:, : size * size].reshape(-1, size, size)
        if error is not None:
            square = square - error.summed(size, columns, draws, account_ids)
        return np.asarray(solved(square, sums[:, size * size :])[:, place])

    itself = float(fitted(Resample(ids, np.ones((1, len(ids)))))[0])
    if not np.isfinite(itself):
        raise NotApplicable(say("value.probe_all_error"))
    known = fitted(resample(ids, ERROR_DRAWS, seed=0))
    return _coefficient(itself, known[np.isfinite(known)], account_ids)


def _everybody(account_ids: pd.Series, error: ScoreError | None) -> pd.Index:
    """Return the accounts to draw from: those of the rows, and those whose scores show error."""
    others = [] if error is None else list(error.account_ids)
    everybody: pd.Index = pd.Index([*dict.fromkeys([*account_ids, *others])])
    return everybody


def check_rows(terms: pd.DataFrame, account_ids: pd.Series) -> None:
    """Refuse a regression that its rows cannot carry."""
    count, fewest = len(terms), ROWS_A_TERM * terms.shape[1]
    if count < fewest or account_ids.nunique() <= terms.shape[1]:
        raise NotApplicable(say("panel.too_few", count=count, fewest=fewest))
    if not told_apart(terms.to_numpy()):
        raise NotApplicable(say("value.probe_collinear"))


def _coefficient(itself: float, draws: Array, account_ids: pd.Series) -> Coefficient:
    if not np.isfinite(itself) or len(draws) < ERROR_DRAWS / 2:
        raise NotApplicable(say("value.probe_not_fitted"))
    error = float(np.std(draws, ddof=1))
    return Coefficient(itself, error, len(account_ids), account_ids.nunique())
