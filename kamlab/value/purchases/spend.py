"""How much an account spends a purchase: `fit_spend` and its result."""

from __future__ import annotations

import warnings
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import norm, pearsonr

from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import (
    ArgumentError,
    DataError,
    DataWarning,
    ImproperSolutionWarning,
    ModelError,
    NotApplicable,
    warn_left_out,
)
from kamlab.foundation.language import join, same, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.sem.caller import level_of_caller
from kamlab.value.purchases.climb import Summit, climb
from kamlab.value.purchases.gamma_gamma import NAMES, Spending
from kamlab.value.purchases.runaway import PART
from kamlab.value.purchases.spend_model import Correlation, SpendModel
from kamlab.value.purchases.table import not_one_row_each

Averaged = Literal["all", "repeat"]
FEWEST = 6
"""Accounts that three parameters need, two for each."""
SAME = 1e-9
"""Part of the largest mean by which means that are the same may differ."""


def fit_spend(
    summary: pd.DataFrame,
    *,
    spend: str = "mean_order_value",
    averaged: Averaged = "all",
    conf_level: float = 0.95,
) -> SpendModel:
    """Fit the Gamma-Gamma model of how much accounts spend a purchase.

    Parameters
    ----------
    summary : DataFrame
        One row an account: `account_id`, `frequency` and the mean amount of its purchases.
    spend : str, default "mean_order_value"
        The column of that mean.
    averaged : {"all", "repeat"}
        Which purchases the mean is of, and so of how many values: all of them, `frequency + 1`,
        as `kl.summarise_transactions` has it, or the repeat purchases only, `frequency`, as in
        the published CDNOW data.
    conf_level : float, default 0.95

    Returns
    -------
    SpendModel
        `tidy()` parameters, `augment()` the expected spend of each account.

    Raises
    ------
    ArgumentError
        If `averaged` is neither.
    NotApplicable
        If columns are missing, too few accounts have a spend, or all have the same.
    DataError
        If an `account_id` is missing or stands in several rows.
    ModelError
        If no maximum of the likelihood is found.

    Warns
    -----
    RowsLeftOutWarning
        If accounts have purchases but no mean above 0.
    DataWarning
        If spend and frequency are clearly correlated; the model takes them for independent.
    ImproperSolutionWarning
        If parameters run off, or the mean spend of all accounts is infinite (`q` up to 1).

    Notes
    -----
    An account's purchases are gamma-distributed with shape `p` and rate `nu`, which is
    gamma-distributed over accounts with shape `q` and rate `gamma` (Fader, Hardie and Lee 2005).
    Standard errors come from the observed information in the log-parameters.

    Examples
    --------
    >>> orders = kl.sample_company().transactions
    >>> kl.fit_spend(kl.summarise_transactions(orders)).tidy()["term"].tolist()
    ['p', 'q', 'gamma']
    """
    tails(conf_level)
    if averaged not in get_args(Averaged):
        raise ArgumentError(say("value.purchases_averaged", got=repr(averaged)))
    of = say("value.purchases_spend_purpose")
    need_columns(summary, "account_id", "frequency", spend, of=of)
    rows = summary[["account_id", "frequency", spend]].set_axis(
        ["account_id", "frequency", "mean_order_value"], axis=1
    )
    if problems := [*not_one_row_each(rows)]:
        raise DataError(problems)
    spending, bad = _spending(rows, averaged)
    if bad:
        reason = say("value.purchases_no_spend", column=spend)
        warn_left_out(bad, len(rows), reason, stacklevel=level_of_caller())
    known = spending.n > 0
    used = Spending(spending.n[known], spending.mean[known])
    if known.sum() < FEWEST:
        raise NotApplicable(say("value.purchases_few_spend", count=int(known.sum()), fewest=FEWEST))
    if np.ptp(used.mean) <= SAME * used.mean.max():
        amount = f"{used.mean[0]:,.4g}"
        raise NotApplicable(say("value.purchases_same_spend", column=spend, amount=amount))
    summit = _summit(used)
    correlation = _correlation(used)
    off = _off(summit)
    _warn(off, float(np.exp(summit.point.theta[1])), correlation)
    return SpendModel(
        theta=frozen(summit.point.theta),
        covariance=frozen(summit.covariance),
        off=off,
        loglik=summit.point.value,
        spending=spending,
        rows=rows,
        averaged=averaged,
        correlation=correlation,
        n_bad=bad,
        conf_level=conf_level,
    )


def _spending(rows: pd.DataFrame, averaged: Averaged) -> tuple[Spending, int]:
    """Return what is known of each account's spend, and how many have purchases but none."""
    frequency, mean = (
        pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=float)
        for name in ("frequency", "mean_order_value")
    )
    if not ((frequency >= 0) & np.isfinite(frequency)).all():
        raise ModelError(say("value.purchases_bad_frequency"))
    n = frequency + (averaged == "all")
    positive = np.isfinite(mean) & (mean > 0)
    bad = int(((n > 0) & ~positive).sum())
    return Spending(np.where(positive, n, 0.0), np.where(positive, mean, 1.0)), bad


def _summit(used: Spending) -> Summit:
    mean = float(np.average(used.mean, weights=used.n))
    summit = climb(used.look, np.log([2.0, 3.0, mean]))
    if not summit.converged:
        raise ModelError(say("value.purchases_no_maximum_spend"))
    return summit


def _off(summit: Summit) -> tuple[str, ...]:
    size = np.abs(summit.flat)
    off = (size > PART * size.max(axis=0, initial=0.0)).any(axis=1)
    return tuple(name for name, runs in zip(NAMES, off, strict=True) if runs)


def _correlation(used: Spending) -> Correlation | None:
    """Return the correlation of spend with the number of values; None where one is constant."""
    if len(used.n) < FEWEST or not np.ptp(used.n) or not np.ptp(used.mean):
        return None
    r, p = pearsonr(used.n, used.mean)
    reach = norm.ppf(0.975) / np.sqrt(len(used.n) - 3)
    low, high = (float(np.tanh(np.arctanh(r) + side * reach)) for side in (-1, 1))
    return Correlation(float(r), low, high, float(p))


def _warn(off: tuple[str, ...], q: float, correlation: Correlation | None) -> None:
    level = level_of_caller()
    if off:
        named = join([same(name) for name in off])
        words = say("value.purchases_spend_off", terms=named)
        warnings.warn(str(words), ImproperSolutionWarning, stacklevel=level)
    elif q <= 1:
        words = say("value.purchases_spend_infinite", q=f"{q:.2f}")
        warnings.warn(str(words), ImproperSolutionWarning, stacklevel=level)
    if correlation is not None and correlation.is_clear:
        warnings.warn(str(correlation.warning), DataWarning, stacklevel=level)
