"""From trust to money: what one more point of relationship quality is worth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from kamlab.accounts.tables import ITEM_RANGE, constructs
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import current_rows
from kamlab.retention.logit import Retention
from kamlab.value.lifetime import lifetime_value
from kamlab.value.quality_value import QualityValue
from kamlab.value.regression import Value

DRAWS = 2_000


def value_of_quality(
    stay: Retention,
    worth: Value,
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
    stay : Retention
        From `fit_retention`.
    worth : Value
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
    ModelError
        If a name in `raise_by` is in neither regression.
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
    >>> kl.value_of_quality(stay, worth, raise_by={"trust": 1})  # doctest: +SKIP
    """
    tails(conf_level)
    _check_names(stay, worth, raise_by)
    present = current_rows(worth.rows)
    before = valued_accounts(stay, worth)
    after, n_capped = _raised(before, raise_by)
    drawn_now, drawn_after = values(stay, worth, before, after, *draws(stay, worth, seed))
    now, then = values(stay, worth, before, after, stay.coefficients, worth.coefficients)
    gains = drawn_after - drawn_now
    low, high = np.quantile(gains, tails(conf_level), axis=0)
    names = [name for name in ("account_id", "name", "name_en") if name in before]
    return QualityValue(
        accounts=before[names]
        .assign(value_now=now, value_after=then, gain=then - now, gain_low=low, gain_high=high)
        .reset_index(drop=True),
        draws=gains,
        raise_by=dict(raise_by),
        currency=worth.currency,
        discount=worth.discount,
        conf_level=conf_level,
        n_capped=n_capped,
        n_left_out=len(present) - len(before),
    )


def _check_names(stay: Retention, worth: Value, raise_by: Mapping[str, float]) -> None:
    known = sorted({*stay.design.predictors, *worth.design.predictors})
    unknown = [name for name in raise_by if name not in known]
    if unknown or not raise_by:
        raise ModelError(
            say(
                "value.unknown_raise",
                names=join([same(name) for name in unknown]) if unknown else same("{}"),
                known=join([same(name) for name in known]),
            )
        )
    if lacking := [name for name in known if name not in worth.rows]:
        raise ModelError(say("value.other_table", names=join([same(n) for n in lacking])))
    if words := [n for n in raise_by if not pd.api.types.is_numeric_dtype(worth.rows[n].dtype)]:
        raise ModelError(say("value.not_a_number", names=join([same(n) for n in words])))


def valued_accounts(stay: Retention, worth: Value) -> pd.DataFrame:
    """Return the current row of every present account that both regressions can value.

    `latest_margin` is the last net margin that the account has brought.

    Raises
    ------
    NotApplicable
        If there is none.
    """
    paid = worth.rows.dropna(subset=["net_margin"]).sort_values("start")
    latest = paid.groupby("account_id")["net_margin"].last()
    present = current_rows(worth.rows)
    present = present.assign(latest_margin=present["account_id"].map(latest))
    needed = {*stay.design.predictors, *worth.design.predictors, "latest_margin"}
    valued = present.dropna(subset=list(needed))
    if valued.empty:
        raise NotApplicable(say("value.nobody"))
    return valued


def _raised(before: pd.DataFrame, raise_by: Mapping[str, float]) -> tuple[pd.DataFrame, int]:
    """Return the rows with more quality, and how many the end of a scale holds back."""
    rated = {construct.name for construct in constructs()}
    after = before.copy()
    held_back = np.zeros(len(before), dtype=bool)
    for name, by in raise_by.items():
        wished = before[name] + by
        after[name] = wished.clip(*ITEM_RANGE) if name in rated else wished
        held_back |= (after[name] != wished).to_numpy()
    return after, int(held_back.sum())


def draws(
    stay: Retention, worth: Value, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw the coefficients of both regressions from their normal distributions.

    Returns
    -------
    stay_by, worth_by : ndarray, shape (draws, terms)
        Independent of each other.
    """
    rng = np.random.default_rng(seed)
    stay_by, worth_by = (
        rng.multivariate_normal(model.coefficients, model.covariance, DRAWS)
        for model in (stay, worth)
    )
    return stay_by, worth_by


def values(
    stay: Retention,
    worth: Value,
    before: pd.DataFrame,
    after: pd.DataFrame,
    stay_by: ArrayLike,
    worth_by: ArrayLike,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lifetime values before and after a change of quality.

    Parameters
    ----------
    stay, worth : Retention, Value
    before, after : DataFrame, shape (accounts, columns)
        From `valued_accounts`, and the same rows with other quality.
    stay_by, worth_by : array_like, shape (terms,) or (draws, terms)
        Coefficients of either regression.

    Returns
    -------
    now, then : ndarray, shape (accounts,) or (draws, accounts)
        In money; the formula stands in `value_of_quality`.
    """
    stay_by, worth_by = np.asarray(stay_by), np.asarray(worth_by)
    margin = before["latest_margin"].to_numpy(dtype=float)
    stays = [stay.design.terms_of(rows).to_numpy() for rows in (before, after)]
    pays = [worth.design.terms_of(rows).to_numpy() for rows in (before, after)]
    change = worth_by @ (pays[1] - pays[0]).T
    now = lifetime_value(margin, expit(stay_by @ stays[0].T), worth.discount)
    then = lifetime_value(margin * np.exp(change), expit(stay_by @ stays[1].T), worth.discount)
    return now, then
