"""What accounts are still worth: the result of `residual_value`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.language import (
    Text,
    current_language,
    join,
    money,
    paragraph,
    same,
    say,
    unit,
)
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.value.purchases.runaway import Runaway, sentence_of
from kamlab.value.ranking_picture import axis_captions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    runaways : tuple of Runaway
        Parameters of the purchases that the data do not determine.
    spend_off : tuple of str
        Those of the spend.
    conf_level : float
    """

    accounts: Lent[pd.DataFrame] = Lent()
    total: tuple[float, float, float]
    assumptions: Mapping[str, float | None]
    currency: str
    n_unmatched: int
    runaways: tuple[Runaway, ...]
    spend_off: tuple[str, ...]
    conf_level: float

    @property
    def title(self) -> Text:
        """What is valued."""
        return say("value.purchases_residual_title")

    @property
    def notes(self) -> tuple[Text, ...]:
        """Discounting, horizon, what the data do not determine, and what the interval is of."""
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
            *self._undetermined(),
            self._doubt(),
        )

    def _undetermined(self) -> list[Text]:
        """Say what the data do not determine, as the two models do."""
        said = [sentence_of(self.runaways)] if self.runaways else []
        if self.spend_off:
            named = join([same(name) for name in self.spend_off])
            said.append(say("value.purchases_spend_off", terms=named))
        return said

    def _doubt(self) -> Text:
        """Say what the intervals carry, which is not what the data do not determine."""
        level = f"{self.conf_level:.0%}"
        off = [term for one in self.runaways for term in one.terms] + [*self.spend_off]
        if not off:
            return say("value.purchases_residual_doubt", level=level, count=self.n_unmatched)
        named = join([same(term) for term in off])
        words = {"level": level, "count": self.n_unmatched, "terms": named}
        return say("value.purchases_residual_doubt_part", **words)

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
            style.term_axis(ax, axis_captions(top))
            axis = say("value.purchases_residual_axis_plain")
            if self.currency:
                axis = say("value.purchases_residual_axis", currency=unit(self.currency))
            ax.set_xlabel(str(axis))
            language = current_language()
            ax.xaxis.set_major_formatter(
                FuncFormatter(lambda amount, _: money(amount, "").in_language(language))
            )
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
