"""From trust to money: what one more point of relationship quality is worth."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import IDENTITY
from kamlab.accounts.tables import ITEM_RANGE, constructs
from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import current_rows
from kamlab.retention.logit import RenewalRegression
from kamlab.value.lifetime import lifetime_value
from kamlab.value.quality_value import QualityValue
from kamlab.value.regression import ValueRegression

DRAWS = 2_000


def value_of_quality(
    stay: RenewalRegression,
    worth: ValueRegression,
    *,
    raise_by: Mapping[str, float],
    seed: int = 0,
    conf_level: float = 0.95,
) -> QualityValue:
    """Return what more relationship quality is worth, account by account, with the doubt.

    Quality moves the probability of staying (`stay`) and the margin (`worth`); both together
    move lifetime value.

    Parameters
    ----------
    stay : RenewalRegression
        From `fit_retention`.
    worth : ValueRegression
        From `fit_value`, on the same analysis table.
    raise_by : mapping of str to float
        Points to add, such as `{"trust": 1}`. No score goes beyond the ends of the 1-7 scale;
        accounts that the end holds back are counted.
    seed : int, default 0
        For the draws of the coefficients.
    conf_level : float, default 0.95

    Returns
    -------
    QualityValue
        `augment()` one row per present account, `tidy()` the total.

    Raises
    ------
    ArgumentError
        If a name in `raise_by` is in neither regression, or is no number.
    ModelError
        If the two regressions are of different tables.
    NotApplicable
        If no present account has known quality and a margin so far.

    Notes
    -----
    For each present account with latest net margin `m`, quality `x` and raised quality `x'`:
    value now is `m r(x) / (1 + d - r(x))`, value after is
    `m exp((x' - x) b) r(x') / (1 + d - r(x'))`. Intervals: the coefficients of both regressions
    are drawn from their normal distributions, independently of each other. A regression proves
    no cause: read the gain as "if the association is causal".

    Examples
    --------
    >>> company = kl.sample_company()
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", company)
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)
    >>> gain = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    >>> len(gain.augment())
    115
    """
    tails(conf_level)
    _check_names(stay, worth, raise_by)
    before = valued_accounts(stay, worth)
    after, held_back = _raised(before, raise_by)
    known = stay.design.predictable(worth.design.predictable(after)).index
    if known.empty:
        raise NotApplicable(say("value.nobody"))
    before, after = before.loc[known], after.loc[known]
    now, then = values(stay, worth, before, after, *coefficients(stay, worth))
    drawn_now, drawn_then = values(stay, worth, before, after, *draws(stay, worth, seed))
    gains = drawn_then - drawn_now
    low, high = np.quantile(gains, tails(conf_level), axis=0)
    accounts = before[[name for name in IDENTITY if name in before]]
    return QualityValue(
        accounts=accounts.assign(
            value_now=now, value_after=then, gain=then - now, gain_low=low, gain_high=high
        ).reset_index(drop=True),
        total_draws=frozen(gains.sum(axis=1)),
        raise_by=MappingProxyType(dict(raise_by)),
        currency=worth.currency,
        discount_rate=worth.discount_rate,
        conf_level=conf_level,
        n_capped=int(held_back[known].sum()),
        n_left_out=len(current_rows(worth.rows)) - len(before),
    )


def _check_names(
    stay: RenewalRegression, worth: ValueRegression, raise_by: Mapping[str, float]
) -> None:
    if not isinstance(stay, RenewalRegression) or not isinstance(worth, ValueRegression):
        raise ArgumentError(say("value.wrong_order"))
    if not isinstance(raise_by, Mapping) or not all(
        isinstance(by, int | float) and isfinite(by) for by in raise_by.values()
    ):
        raise ArgumentError(say("value.raise_by_form", got=raise_by))
    known = sorted({*stay.design.predictors, *worth.design.predictors})
    unknown = [name for name in raise_by if name not in known]
    if unknown or not raise_by:
        raise ArgumentError(
            say(
                "value.unknown_raise",
                names=join([same(name) for name in unknown]) if unknown else same("{}"),
                known=join([same(name) for name in known]),
            )
        )
    if lacking := [name for name in known if name not in worth.rows]:
        raise ModelError(say("value.other_table", names=join([same(n) for n in lacking])))
    if words := [n for n in raise_by if not pd.api.types.is_numeric_dtype(worth.rows[n].dtype)]:
        raise ArgumentError(say("value.not_a_number", names=join([same(n) for n in words])))


def valued_accounts(stay: RenewalRegression, worth: ValueRegression) -> pd.DataFrame:
    """Return the current row of every present account that both regressions can value.

    `latest_margin` is the net margin of the account's last period that is over; one who brought
    none, or a loss, cannot be valued, for the regression of log value says nothing of losses.

    Raises
    ------
    NotApplicable
        If there is none.
    """
    past = worth.rows[worth.rows["stayed"].notna()].sort_values("start")
    # Not groupby.last(), which would pass over a missing margin to an older year's.
    latest = past.drop_duplicates("account_id", keep="last").set_index("account_id")["net_margin"]
    present = current_rows(worth.rows)
    present = present.assign(latest_margin=present["account_id"].map(latest))
    paying = present[present["latest_margin"] > 0]
    valued = stay.design.predictable(worth.design.predictable(paying))
    if valued.empty:
        raise NotApplicable(say("value.nobody"))
    return valued


def _raised(before: pd.DataFrame, raise_by: Mapping[str, float]) -> tuple[pd.DataFrame, pd.Series]:
    """Return the rows with more quality, and which of them the end of a scale holds back."""
    rated = {construct.name for construct in constructs()}
    after = before.copy()
    held_back = pd.Series(False, index=before.index)
    for name, by in raise_by.items():
        wished = before[name] + by
        after[name] = wished.clip(*ITEM_RANGE) if name in rated else wished
        held_back |= after[name] != wished
    return after, held_back


def coefficients(
    stay: RenewalRegression, worth: ValueRegression
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coefficients of both regressions."""
    return stay.estimates.coefficients, worth.estimates.coefficients


def draws(
    stay: RenewalRegression, worth: ValueRegression, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw the coefficients of both regressions from their normal distributions.

    Returns
    -------
    stay_by, worth_by : ndarray, shape (draws, terms)
        Independent of each other.
    """
    rng = np.random.default_rng(seed)
    stay_by, worth_by = (
        rng.multivariate_normal(numbers.coefficients, numbers.covariance, DRAWS)
        for numbers in (stay.estimates, worth.estimates)
    )
    return stay_by, worth_by


def values(
    stay: RenewalRegression,
    worth: ValueRegression,
    before: pd.DataFrame,
    after: pd.DataFrame,
    stay_by: NDArray[np.float64],
    worth_by: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lifetime values before and after a change of quality.

    Parameters
    ----------
    stay, worth : RenewalRegression, ValueRegression
    before, after : DataFrame, shape (accounts, columns)
        From `valued_accounts`, and the same rows with other quality.
    stay_by, worth_by : ndarray, shape (terms,) or (draws, terms)
        Coefficients of either regression.

    Returns
    -------
    now, then : ndarray, shape (accounts,) or (draws, accounts)
        In money; the formula stands in `value_of_quality`.
    """
    margin = before["latest_margin"].to_numpy(dtype=float)
    stays = [stay.design.terms_of(rows).to_numpy() for rows in (before, after)]
    pays = [worth.design.terms_of(rows).to_numpy() for rows in (before, after)]
    factor = worth.factor(pays[1] - pays[0], worth_by)
    now, then = (
        lifetime_value(amount, stay.probability(terms, stay_by), worth.discount_rate)
        for amount, terms in zip((margin, margin * factor), stays, strict=True)
    )
    return now, then
