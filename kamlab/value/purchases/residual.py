"""What accounts are still worth: `residual_value`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import ArgumentError, DataError, NotApplicable
from kamlab.foundation.language import Text, join, say
from kamlab.foundation.level import tails
from kamlab.panel.delta_method import standard_errors
from kamlab.selection.arguments import is_number
from kamlab.value.purchases.forecast import log_interval, log_total
from kamlab.value.purchases.gamma_gamma import Spending
from kamlab.value.purchases.histories import Floats
from kamlab.value.purchases.model import PurchaseModel
from kamlab.value.purchases.residual_result import ResidualValue
from kamlab.value.purchases.spend_model import SpendModel
from kamlab.value.purchases.table import COUNT, not_one_row_each

WEEKS_A_YEAR = 365.25 / 7
FADES = 40.0
"""Discount exponent beyond which nothing counts any more."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def residual_value(
    purchases: PurchaseModel,
    spend: SpendModel,
    *,
    discount_rate: float,
    horizon: float | None = None,
    periods_per_year: float = WEEKS_A_YEAR,
    margin_rate: float = 1.0,
    currency: str = "",
    conf_level: float = 0.95,
) -> ResidualValue:
    """Return what each account's purchases to come are worth today.

    Parameters
    ----------
    purchases : PurchaseModel
        From `fit_purchases`, on a table of accounts.
    spend : SpendModel
        From `fit_spend`, on the same accounts. An account that is not in it counts with the mean
        of all.
    discount_rate : float
        A year, 0 or more: 0.10 is 10 %.
    horizon : float, optional
        Years ahead; endless if left out, which leans on years that nobody has observed: prefer
        a horizon not much longer than the observation.
    periods_per_year : float, default 365.25 / 7
        Units of time of the summary in a year; the default is for weeks.
    margin_rate : float, default 1.0
        Part of the spend that counts.
    currency : str
    conf_level : float, default 0.95

    Returns
    -------
    ResidualValue
        `tidy()` total and mean, `augment()` one row per account.

    Raises
    ------
    ArgumentError
        If an argument is none or out of range, or the value is endless and not discounted: all
        that is wrong at once.
    DataError
        If an account stands in several rows of the purchases.
    NotApplicable
        If the purchases were fitted to counts, without accounts, or the mean spend is infinite.

    Notes
    -----
    `margin_rate E(spend) [e^(-dH) E(H) + integral of d e^(-dt) E(t) from 0 to H]`, where `E(t)`
    are the purchases expected within `t`, and `d = log(1 + discount_rate) / periods_per_year`:
    discounting is continuous. Endless, the bracket is the discounted expected residual
    transactions of Fader, Hardie and Lee (2005, on RFM and CLV). Intervals by the delta method on
    the logarithm over both models, which are taken as independent, as the Gamma-Gamma model does.

    Examples
    --------
    >>> summary = kl.summarise_transactions(kl.sample_company().transactions)
    >>> purchases, spend = kl.fit_purchases(summary), kl.fit_spend(summary)
    >>> len(kl.residual_value(purchases, spend, discount_rate=0.15, horizon=5).augment())
    39
    """
    tails(conf_level)
    problems = [
        *_no_models(purchases, spend),
        *_problems(discount_rate, horizon, periods_per_year, margin_rate),
    ]
    if problems:
        raise ArgumentError(say("value.bad_input", problems=join(problems)))
    _check_accounts(purchases.rows)
    T = purchases.groups.histories.T
    times, weights = discounting(discount_rate, horizon, periods_per_year, T)
    found = purchases.forecast(times, weights)
    group = purchases.groups.group
    matched, unmatched = _matched(purchases.rows, spend)
    log_spend, spend_slope = spend.expected(matched)
    if not np.isfinite(log_spend).all():
        raise NotApplicable(say("value.purchases_no_mean_spend"))
    log_ahead, slope = found.log_ahead[group], found.log_ahead_slope[:, group]
    log_value = np.log(margin_rate) + log_ahead + log_spend

    def interval(logs: Floats, of_buying: Floats, of_spend: Floats) -> tuple[Floats, Floats]:
        spent = standard_errors(of_spend.T, spend.covariance)
        error = np.hypot(purchases.estimates.errors(of_buying), spent)
        return log_interval(logs, error, conf_level)

    low, high = interval(log_value, slope, spend_slope)
    ones = np.ones(len(log_value))
    log, of_buying = log_total(log_value, slope, ones)
    _, of_spend = log_total(log_value, spend_slope, ones)
    total = np.concatenate([np.exp(log), *interval(log, of_buying, of_spend)])
    accounts = identity(purchases.rows).assign(
        discounted_purchases=np.exp(log_ahead),
        expected_spend=np.exp(log_spend),
        residual_value=np.exp(log_value),
        residual_value_low=low,
        residual_value_high=high,
    )
    return ResidualValue(
        accounts=accounts.reset_index(drop=True),
        total=tuple(total.tolist()),
        assumptions={
            "discount_rate": discount_rate,
            "horizon": horizon,
            "periods_per_year": periods_per_year,
            "margin_rate": margin_rate,
        },
        currency=currency,
        n_unmatched=unmatched,
        runaways=purchases.runaways,
        spend_off=spend.off,
        conf_level=conf_level,
    )


def _no_models(purchases: object, spend: object) -> list[Text]:
    """Say which of the two models is none, as when they are given the wrong way round."""
    given = (
        ("purchases", purchases, PurchaseModel, "kl.fit_purchases"),
        ("spend", spend, SpendModel, "kl.fit_spend"),
    )
    return [
        say("value.purchases_no_model", name=name, needed=needed, got=type(one).__name__)
        for name, one, kind, needed in given
        if not isinstance(one, kind)
    ]


def _problems(
    discount_rate: object, horizon: object, periods_per_year: object, margin_rate: object
) -> list[Text]:
    problems = []
    if not (is_number(discount_rate) and 0 <= discount_rate < np.inf):
        problems.append(say("value.lifetime_bad_discount", got=repr(discount_rate)))
    elif horizon is None and discount_rate == 0:
        problems.append(say("value.purchases_undiscounted"))
    if horizon is not None and not (is_number(horizon) and 0 < horizon < np.inf):
        problems.append(say("value.purchases_bad_horizon", horizon=repr(horizon)))
    for name, value in (("periods_per_year", periods_per_year), ("margin_rate", margin_rate)):
        if not (is_number(value) and 0 < value < np.inf):
            problems.append(say("value.purchases_not_positive", name=name, value=repr(value)))
    return problems


def _check_accounts(rows: pd.DataFrame) -> None:
    """Refuse rows that stand for several accounts, and accounts with several rows."""
    if "account_id" not in rows or (COUNT in rows and (rows[COUNT] != 1).any()):
        raise NotApplicable(say("value.purchases_no_accounts"))
    if problems := [*not_one_row_each(rows)]:
        raise DataError(problems)


def discounting(
    discount_rate: float, horizon: float | None, periods_per_year: float, T: Floats
) -> tuple[Floats, Floats]:
    """Return times ahead, and what the purchases expected within each count when discounted.

    The integral over the time ahead is taken over its logarithm, from the shortest observation on.
    """
    delta = np.log1p(discount_rate) / periods_per_year
    end = np.inf if horizon is None else horizon * periods_per_year
    if delta == 0:
        return np.array([end]), np.ones(1)
    last = min(end, FADES / delta)
    shortest = float(np.min(T, where=T > 0, initial=last))
    span = np.log1p(last / shortest)
    times = shortest * np.expm1(span * (NODES + 1) / 2)
    weights = WEIGHTS * span / 2 * (shortest + times) * delta * np.exp(-delta * times)
    return np.r_[times, last], np.r_[weights, np.exp(-delta * last)]


def _matched(rows: pd.DataFrame, spend: SpendModel) -> tuple[Spending, int]:
    """Return the spending of the accounts of `rows`, and how many have none of their own."""
    place = pd.Index(spend.rows["account_id"]).get_indexer(rows["account_id"])
    n = np.where(place >= 0, spend.spending.n[place], 0.0)
    mean = np.where(place >= 0, spend.spending.mean[place], 1.0)
    return Spending(n, mean), int((n == 0).sum())
