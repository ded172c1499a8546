"""From trust to money: what one more point of relationship quality is worth."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from math import isfinite
from types import MappingProxyType
from typing import Literal, get_args

import pandas as pd

from kamlab.accounts.identity import IDENTITY
from kamlab.foundation.errors import ArgumentError, DataWarning, ModelError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import current_rows
from kamlab.retention.renewal.result import RenewalRegression
from kamlab.selection.arguments import is_number, is_whole
from kamlab.value.cautions import cautions, need_same_table
from kamlab.value.gains import Gains, by_bootstrap, by_delta
from kamlab.value.prospects import Prospects, raised, valued_accounts
from kamlab.value.quality_value import QualityValue
from kamlab.value.ranking import ranked
from kamlab.value.regression.result import ValueRegression

DIGITS = 9
"""Of a raise: a difference of two scores is a whole point only up to rounding."""
Method = Literal["bootstrap", "delta"]


def value_of_quality(
    stay: RenewalRegression,
    worth: ValueRegression,
    *,
    raise_by: Mapping[str, float],
    method: Method = "bootstrap",
    n_boot: int = 1_000,
    top: int = 10,
    seed: int = 0,
    conf_level: float = 0.95,
) -> QualityValue:
    """Return what more relationship quality is worth, account by account, with the doubt.

    Quality moves the probability of staying (`stay`) and the margin (`worth`); both together
    move lifetime value. Give both regressions `error=kl.score_error(company)`, and the chain is
    corrected for the measurement error of the scores.

    Parameters
    ----------
    stay : RenewalRegression
        From `fit_retention`: a logit, probit, cloglog or Firth's logit.
    worth : ValueRegression
        From `fit_value`, on the same analysis table: log-linear or Gamma.
    raise_by : mapping of str to float
        Points to add, such as `{"trust": 1}`; everything else stays as it is. No score goes
        beyond the ends of the 1-7 scale; accounts that the end holds back are counted.
    method : {"bootstrap", "delta"}
        Where the intervals come from: accounts drawn with replacement and both regressions
        fitted anew, corrections included (limits are percentiles), or the delta method (limits
        by Student's t; not for corrected regressions, which leave open where an account stands).
    n_boot : int, default 1000
        Draws of accounts; by the delta method, of the gains, for the ranking.
    top : int, default 10
        For how many accounts there is time: how surely each account is among them.
    seed : int, default 0
    conf_level : float, default 0.95

    Returns
    -------
    QualityValue
        `augment()` one row per present account, ranked by gain; `tidy()` the total.

    Raises
    ------
    ArgumentError
        If a name in `raise_by` is in neither regression, or is no number; if a regression is of
        a kind that the chain cannot use.
    ModelError
        If the two regressions are of different tables.
    NotApplicable
        If no present account has known quality and a margin so far.

    Warns
    -----
    DataWarning
        If accounts are valued whose last period is long over, or past periods had no offer of
        renewal: a probability of staying is then per decision, longer than a period.

    Notes
    -----
    For each present account with latest net margin `m`, quality `x` and raised quality `x'`:
    value now is `m r(x) / (1 + d - r(x))`, value after is
    `m exp((x' - x) b) r(x') / (1 + d - r(x'))`. In a corrected chain `x` is what the score and
    the account's other terms make likely, and value is averaged over what they leave open; each
    draw takes one place from that range, so that an account's interval holds the doubt of its
    own score. The latest margin is taken as it is. A regression proves no cause: read the gain
    as "if the association is causal", with all other quality held as it is.

    Examples
    --------
    >>> company = kl.sample_company()
    >>> error = kl.score_error(company)
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", company, error=error)
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company, error=error)
    >>> gain = kl.value_of_quality(stay, worth, raise_by={"trust": 1})
    >>> len(gain.augment())
    115
    """
    tails(conf_level)
    check_fits(stay, worth, method)
    _check_raise(stay, worth, raise_by)
    need_same_table(stay, worth.rows)
    before = valued_accounts(stay, worth)
    if not (is_whole(top) and top >= 1):
        raise ArgumentError(say("value.bad_top", top=top))
    after, held_back = raised(before, raise_by)
    known = stay.design.predictable(worth.design.predictable(after)).index
    if known.empty:
        raise NotApplicable(say("value.nobody"))
    prospects = Prospects.of(stay, worth, before.loc[known], after.loc[known])
    make = by_bootstrap if method == "bootstrap" else by_delta
    gains: Gains = make(prospects, n_boot, seed, conf_level)
    accounts = before.loc[known, [name for name in IDENTITY if name in before]]
    moved = {
        f"raise_{name}": (after[name] - before[name])[known].round(DIGITS) for name in raise_by
    }
    doubts = cautions(worth.rows, before.loc[known])
    for doubt in doubts:
        warnings.warn(str(doubt), DataWarning, stacklevel=2)
    return QualityValue(
        accounts=ranked(accounts.assign(**moved), gains, top, conf_level),
        gains=gains,
        raise_by=MappingProxyType(dict(raise_by)),
        top=min(top, len(accounts)),
        currency=worth.currency,
        discount_rate=worth.discount_rate,
        corrected=stay.correction is not None,
        conf_level=conf_level,
        n_capped=int(held_back[known].sum()),
        n_left_out=len(current_rows(worth.rows)) - len(accounts),
        cautions=doubts,
    )


def check_fits(stay: RenewalRegression, worth: ValueRegression, method: str = "bootstrap") -> None:
    """Refuse regressions, or a method, that lead to no value; all reasons at once."""
    if not isinstance(stay, RenewalRegression) or not isinstance(worth, ValueRegression):
        raise ArgumentError(say("value.wrong_order"))
    problems: list[Text] = []
    if stay.link is None:
        problems.append(say("value.stay_model", model=stay.model))
    if worth.model not in ("log_linear", "gamma"):
        problems.append(say("value.worth_model", model=worth.model))
    if worth.own_retention:
        problems.append(say("value.counted_twice"))
    if (stay.correction is None) != (worth.correction is None):
        problems.append(say("value.half_corrected"))
    if method not in get_args(Method):
        problems.append(say("value.bad_method", method=method))
    elif method == "delta" and (stay.correction or worth.correction):
        problems.append(say("value.delta_uncorrected"))
    elif method == "delta" and not stay.cov == worth.cov == "cluster":
        problems.append(say("value.delta_clustered"))
    if problems:
        raise ArgumentError(say("value.chain_problems", problems=join(problems)))


def _check_raise(
    stay: RenewalRegression, worth: ValueRegression, raise_by: Mapping[str, float]
) -> None:
    if not isinstance(raise_by, Mapping) or not all(
        is_number(by) and isfinite(by) for by in raise_by.values()
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
