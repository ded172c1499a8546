"""A fitted model of spend: the result of `fit_spend`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.delta_method import standard_errors
from kamlab.value.purchases.forecast import log_interval
from kamlab.value.purchases.gamma_gamma import NAMES, Spending
from kamlab.value.purchases.histories import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLEAR = 0.1
"""Correlation of spend with frequency beyond which its whole interval must lie to be told."""
LINES = (1, 3, 10)
"""Purchases averaged, of the lines in the picture."""
MOST_SHOWN = 0.99
"""Quantile of the accounts' own means up to which the lines are drawn."""


@dataclass(frozen=True)
class Correlation:
    """The correlation of spend with the number of purchases, with its 95 % interval."""

    value: float
    low: float
    high: float
    p: float

    @property
    def is_clear(self) -> bool:
        """Whether it is too far from 0 for a model that takes it for 0."""
        return self.low > CLEAR or self.high < -CLEAR

    @property
    def text(self) -> Text:
        """The numbers in words."""
        return say(
            "value.purchases_correlation",
            r=f"{self.value:.2f}",
            low=f"{self.low:.2f}",
            high=f"{self.high:.2f}",
        )

    @property
    def warning(self) -> Text:
        """What to do about it."""
        return paragraph([self.text, say("value.purchases_correlated")])


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SpendModel(Result):
    """How much accounts spend a purchase, by the Gamma-Gamma model; made by `fit_spend`.

    Attributes
    ----------
    theta, covariance : ndarray, shapes (3,) and (3, 3)
        Of log `p`, `q` and `gamma`.
    off : tuple of str
        Parameters that the data do not determine.
    loglik : float
    spending : Spending
        Of every row; `n` is 0 where nothing is known.
    rows : DataFrame
    averaged : {"all", "repeat"}
    correlation : Correlation or None
    n_bad : int
        Accounts with purchases but without a mean above 0.
    conf_level : float
    """

    theta: Floats
    covariance: Floats
    off: tuple[str, ...]
    loglik: float
    spending: Spending
    rows: Lent[pd.DataFrame] = Lent()
    averaged: str
    correlation: Correlation | None
    n_bad: int
    conf_level: float

    @property
    def title(self) -> Text:
        """The model, as a heading."""
        return say("value.purchases_spend_title")

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was averaged, who counts with the mean of all, and the model's assumption."""
        unknown = int((self.spending.n == 0).sum())
        notes = [
            say(f"value.purchases_spend_note_{self.averaged}", level=f"{self.conf_level:.0%}"),
            say("value.purchases_spend_unknown", unknown=unknown, bad=self.n_bad),
        ]
        if self.off:
            named = join([same(name) for name in self.off])
            notes.append(say("value.purchases_spend_off", terms=named))
        if self.correlation is not None:
            told = self.correlation
            notes.append(told.warning if told.is_clear else told.text)
        return tuple(notes)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The parameters in words."""
        return {name: say(f"value.purchases_term_{name}") for name in NAMES}

    def tidy(self) -> pd.DataFrame:
        """Return one row per parameter; intervals are made on the log scale."""
        error = np.sqrt(np.diag(self.covariance))
        error = np.where([name in self.off for name in NAMES], np.inf, error)
        low, high = log_interval(self.theta, error, self.conf_level)
        estimate = np.exp(self.theta)
        return pd.DataFrame(
            {
                "term": NAMES,
                "estimate": estimate,
                "std_error": estimate * error,
                "conf_low": low,
                "conf_high": high,
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row, with the mean spend of all accounts."""
        mean, low, high = (float(one[0]) for one in self._expected(_nobody()))
        told = self.correlation
        return pd.DataFrame(
            {
                "n_accounts": [int((self.spending.n > 0).sum())],
                "n_left_out": [int((self.spending.n == 0).sum())],
                "mean_spend": [mean],
                "mean_spend_low": [low],
                "mean_spend_high": [high],
                "spend_correlation": [told.value if told else np.nan],
                "p_value": [told.p if told else np.nan],
                "loglik": [self.loglik],
                "aic": [6 - 2 * self.loglik],
            }
        )

    def expected(self, spending: Spending) -> tuple[Floats, Floats]:
        """Return the logarithm of the expected spend and its slopes in `theta`."""
        return spending.expected(self.theta)

    def _expected(self, spending: Spending) -> tuple[Floats, Floats, Floats]:
        log, slope = self.expected(spending)
        error = standard_errors(slope.T, self.covariance)
        return np.exp(log), *log_interval(log, error, self.conf_level)

    def augment(self) -> pd.DataFrame:
        """Return one row per account: its own mean, and the expected spend a purchase.

        Where nothing is known of an account the expectation is the mean of all.
        """
        expected, low, high = self._expected(self.spending)
        found = {
            "n_averaged": self.spending.n.astype(int),
            "mean_order_value": self.rows["mean_order_value"].to_numpy(),
            "expected_spend": expected,
            "expected_spend_low": low,
            "expected_spend_high": high,
        }
        who = identity(self.rows).reset_index(drop=True)
        return pd.concat([who, pd.DataFrame(found)], axis=1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the expected spend against an account's own mean, by purchases averaged."""
        own = self.spending.mean[self.spending.n > 0]
        mean = float(self._expected(_nobody())[0][0])
        span = np.linspace(own.min(), np.quantile(own, MOST_SHOWN), 60)
        with style.canvas(ax) as ax:
            ax.plot(span, span, "--", color=style.QUIET, label=str(say("value.purchases_own_mean")))
            ends = []
            for look, n in zip(style.looks(), LINES, strict=False):
                line = np.exp(self.expected(Spending(np.full(60, float(n)), span))[0])
                label = str(say("value.purchases_averaged_line", n=n))
                ax.plot(span, line, look.marker, ls="-", color=look.color, markevery=8, label=label)
                ends.append(same(f"{n}: {line[0]:,.3g} – {line[-1]:,.3g}"))
            ax.set_xlabel(str(say("value.purchases_axis_own")))
            ax.set_ylabel(str(say("value.purchases_axis_spend")))
            style.legend_below(ax)
            alt = say(
                "value.purchases_spend_alt",
                low=f"{span[0]:,.3g}",
                high=f"{span[-1]:,.3g}",
                mean=f"{mean:,.3g}",
                lines=join(ends),
            )
            style.finish(ax, title=say("value.purchases_spend_plot"), alt=alt)
        return ax

    def report(self) -> str:
        """Say what a purchase brings on average, and how much accounts differ."""
        whole = self.glance().iloc[0]
        expected = self.augment()["expected_spend"]
        few, many = np.quantile(expected, [0.1, 0.9])
        sentence = say(
            "value.purchases_spend_report",
            count=f"{whole['n_accounts']:,.0f}",
            mean=f"{whole['mean_spend']:,.4g}",
            low=f"{whole['mean_spend_low']:,.4g}",
            high=f"{whole['mean_spend_high']:,.4g}",
            few=f"{few:,.4g}",
            many=f"{many:,.4g}",
        )
        return str(paragraph((sentence, *self.notes)))


def _nobody() -> Spending:
    """Return an account of which nothing is known."""
    return Spending(np.zeros(1), np.ones(1))
