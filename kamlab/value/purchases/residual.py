"""What accounts are still worth: `residual_value` and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import captions, identity
from kamlab.foundation import style
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, money, paragraph, say, unit
from kamlab.foundation.lent import Lent
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.value.purchases.forecast import log_interval
from kamlab.value.purchases.gamma_gamma import Spending
from kamlab.value.purchases.histories import Floats
from kamlab.value.purchases.model import PurchaseModel
from kamlab.value.purchases.spend_model import SpendModel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WEEKS_A_YEAR = 365.25 / 7
FADES = 40.0
"""Discount exponent beyond which nothing counts any more."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
SHOWN = 15
"""Accounts in the picture, the most valuable ones."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ResidualValue(Result):
    """What accounts are still worth; made by `residual_value`.

    Attributes
    ----------
    accounts : DataFrame
    total : tuple of float
        Estimate and interval of the sum.
    assumptions : mapping
        `discount_rate`, `horizon`, `periods_per_year`, `margin_rate`.
    currency : str
    n_unmatched : int
        Accounts without a spend of their own.
    conf_level : float
    """

    accounts: Lent[pd.DataFrame] = Lent()
    total: tuple[float, float, float]
    assumptions: Mapping[str, float | None]
    currency: str
    n_unmatched: int
    conf_level: float

    @property
    def title(self) -> Text:
        """What is valued."""
        return say("value.purchases_residual_title")

    @property
    def notes(self) -> tuple[Text, ...]:
        """Discounting, horizon, what the interval is of, and who counts with the mean spend."""
        horizon = self.assumptions["horizon"]
        until = (
            say("value.purchases_endless")
            if horizon is None
            else say("value.purchases_years", years=f"{horizon:g}")
        )
        return (
            say(
                "value.purchases_residual_note",
                discount=f"{self.assumptions['discount_rate']:.1%}",
                until=until,
                periods=f"{self.assumptions['periods_per_year']:.4g}",
                margin=f"{self.assumptions['margin_rate']:.0%}",
            ),
            say(
                "value.purchases_residual_doubt",
                level=f"{self.conf_level:.0%}",
                count=self.n_unmatched,
            ),
        )

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The two terms in words."""
        return {name: say(f"value.{name}") for name in ("total", "mean")}

    def tidy(self) -> pd.DataFrame:
        """Return the total and the mean per account, with intervals."""
        count = len(self.accounts)
        rows = [self.total, tuple(one / count for one in self.total)]
        table = pd.DataFrame(rows, columns=["estimate", "conf_low", "conf_high"])
        table.insert(0, "term", ["total", "mean"])
        return table

    def glance(self) -> pd.DataFrame:
        """Return how many accounts there are and what they are worth together."""
        return pd.DataFrame(
            {
                "n_accounts": [len(self.accounts)],
                "discounted_purchases": [self.accounts["discounted_purchases"].sum()],
                "residual_value": [self.total[0]],
                "discount_rate": [self.assumptions["discount_rate"]],
                "currency": [self.currency],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account, the most valuable first."""
        ordered = self.accounts.sort_values(
            "residual_value", ascending=False, kind="stable", ignore_index=True
        )
        who = identity(ordered)
        return pd.concat([who, ordered.drop(columns=list(who), errors="ignore")], axis=1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the most valuable accounts with intervals."""
        top = self.augment().head(SHOWN)
        limits = top[["residual_value", "residual_value_low", "residual_value_high"]]
        limits = limits.set_axis(["estimate", "conf_low", "conf_high"], axis=1)
        with style.canvas(ax, width=8.0, height=1.4 + 0.3 * len(top)) as ax:
            look = next(style.looks())
            style.intervals(ax, limits, np.arange(len(top), dtype=float), look=look)
            style.term_axis(ax, captions(top))
            ax.set_xlabel(str(say("value.purchases_residual_axis", unit=unit(self.currency))))
            alt = say("value.purchases_residual_alt", accounts=join(self._best(top)))
            style.finish(ax, title=self.title, alt=alt)
        return ax

    def _best(self, top: pd.DataFrame, count: int = 3) -> list[Text]:
        return [
            say(
                "value.quality_account",
                account=row["account_id"],
                gain=money(row["residual_value"], self.currency),
            )
            for row in top.head(count).to_dict("records")
        ]

    def report(self) -> str:
        """Say what the accounts are worth together, and which most."""
        total, low, high = (money(one, self.currency) for one in self.total)
        sentence = say(
            "value.purchases_residual_report",
            count=f"{len(self.accounts):,}",
            total=total,
            low=low,
            high=high,
            accounts=join(self._best(self.augment())),
        )
        return str(paragraph((sentence, *self.notes)))


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
        Years ahead; endless if left out.
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
        If an argument is out of range, or the value is endless and not discounted.
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
    >>> kl.residual_value(purchases, spend, discount_rate=0.15, horizon=5).tidy()
    """
    tails(conf_level)
    if problems := _problems(discount_rate, horizon, periods_per_year, margin_rate):
        raise ArgumentError(say("value.bad_input", problems=join(problems)))
    if "account_id" not in purchases.rows:
        raise NotApplicable(say("value.purchases_no_accounts"))
    times, weights = _schedule(discount_rate, horizon, periods_per_year, purchases)
    found = purchases.forecast(purchases.groups, times, weights)
    group = purchases.groups.group
    matched, unmatched = _matched(purchases.rows, spend)
    log_spend, spend_slope = spend.expected(matched)
    if not np.isfinite(log_spend).all():
        raise NotApplicable(say("value.purchases_no_mean_spend"))
    log_ahead, slope = found.log_ahead[group], found.log_ahead_slope[:, group]
    log_value = np.log(margin_rate) + log_ahead + log_spend
    value = np.exp(log_value)

    def interval(logs: Floats, of_buying: Floats, of_spend: Floats) -> tuple[Floats, Floats]:
        spent = np.einsum("jn,jk,kn->n", of_spend, spend.covariance, of_spend)
        error = np.hypot(purchases.estimates.errors(of_buying), np.sqrt(spent))
        return log_interval(logs, error, conf_level)

    low, high = interval(log_value, slope, spend_slope)
    total = float(value.sum())
    total_low, total_high = interval(
        np.log([total]), (slope @ value / total)[:, None], (spend_slope @ value / total)[:, None]
    )
    accounts = identity(purchases.rows).assign(
        discounted_purchases=np.exp(log_ahead),
        expected_spend=np.exp(log_spend),
        residual_value=value,
        residual_value_low=low,
        residual_value_high=high,
    )
    return ResidualValue(
        accounts=accounts.reset_index(drop=True),
        total=(total, float(total_low[0]), float(total_high[0])),
        assumptions={
            "discount_rate": discount_rate,
            "horizon": horizon,
            "periods_per_year": periods_per_year,
            "margin_rate": margin_rate,
        },
        currency=currency,
        n_unmatched=unmatched,
        conf_level=conf_level,
    )


def _problems(
    discount_rate: float, horizon: float | None, periods_per_year: float, margin_rate: float
) -> list[Text]:
    problems = []
    if not 0 <= discount_rate < np.inf:
        problems.append(say("value.bad_discount"))
    if horizon is not None and not 0 < horizon < np.inf:
        problems.append(say("value.purchases_bad_horizon", horizon=horizon))
    if horizon is None and discount_rate == 0:
        problems.append(say("value.purchases_undiscounted"))
    for name, value in (("periods_per_year", periods_per_year), ("margin_rate", margin_rate)):
        if not 0 < value < np.inf:
            problems.append(say("value.purchases_not_positive", name=name, value=value))
    return problems


def _schedule(
    discount_rate: float, horizon: float | None, periods_per_year: float, purchases: PurchaseModel
) -> tuple[Floats, Floats]:
    """Return times, and what the purchases expected within each count in the discounted sum."""
    delta = np.log1p(discount_rate) / periods_per_year
    end = np.inf if horizon is None else horizon * periods_per_year
    if delta == 0:
        return np.array([end]), np.ones(1)
    last = min(end, FADES / delta)
    T = purchases.groups.histories.T
    unit_of_time = float(np.min(T, where=T > 0, initial=last))
    span = np.log1p(last / unit_of_time)
    v = span * (NODES + 1) / 2
    times = unit_of_time * np.expm1(v)
    weights = WEIGHTS * span / 2 * (unit_of_time + times) * delta * np.exp(-delta * times)
    return np.r_[times, last], np.r_[weights, np.exp(-delta * last)]


def _matched(rows: pd.DataFrame, spend: SpendModel) -> tuple[Spending, int]:
    """Return the spending of the accounts of `rows`, and how many have none of their own."""
    place = pd.Index(spend.rows["account_id"]).get_indexer(rows["account_id"])
    n = np.where(place >= 0, spend.spending.n[place], 0.0)
    mean = np.where(place >= 0, spend.spending.mean[place], 1.0)
    return Spending(n, mean), int((n == 0).sum())
