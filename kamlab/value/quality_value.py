"""The result of `value_of_quality`: account by account, with the doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import captions, identity
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, money, paragraph, same, say, unit
from kamlab.foundation.lent import Lent
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.panel.labels import term_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONEY = ["value_now", "value_after", "gain", "gain_low", "gain_high"]
SHOWN = 15
"""Accounts in the picture, those with the most to gain."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class QualityValue(Result):
    """The value of more relationship quality; made by `value_of_quality`."""

    accounts: Lent[pd.DataFrame] = Lent()
    total_draws: NDArray[np.float64]
    raise_by: Mapping[str, float]
    currency: str
    discount_rate: float
    conf_level: float
    n_capped: int
    n_left_out: int

    @property
    def title(self) -> Text:
        """What is raised, and by how much."""
        return say("value.quality_title", raised=self._raised)

    @property
    def _raised(self) -> Text:
        labels = term_labels(self.raise_by)
        return join([labels[name] + same(f" {by:+g}") for name, by in self.raise_by.items()])

    @property
    def notes(self) -> tuple[Text, ...]:
        """What is assumed, what was capped, what was left out."""
        return (
            say(
                "value.quality_note",
                discount=f"{self.discount_rate:.1%}",
                draws=len(self.total_draws),
                level=f"{self.conf_level:.0%}",
            ),
            say("value.quality_note_rows", capped=self.n_capped, left_out=self.n_left_out),
        )

    def tidy(self) -> pd.DataFrame:
        """Return the total and the mean per account, with intervals."""
        low, high = np.quantile(self.total_draws, tails(self.conf_level))
        count = len(self.accounts)
        return pd.DataFrame(
            {
                "term": ["total", "mean"],
                "estimate": [self.accounts["gain"].sum(), self.accounts["gain"].mean()],
                "conf_low": [low, low / count],
                "conf_high": [high, high / count],
            }
        )

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The two terms in words."""
        return {name: say(f"value.{name}") for name in ("total", "mean")}

    def glance(self) -> pd.DataFrame:
        """Return how many accounts there are, and their value now and after."""
        return pd.DataFrame(
            {
                "n_accounts": [len(self.accounts)],
                "n_left_out": [self.n_left_out],
                "value_now": [self.accounts["value_now"].sum()],
                "value_after": [self.accounts["value_after"].sum()],
                "currency": [self.currency],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: value now and after, the gain with its interval."""
        ordered = self.accounts.sort_values("gain", ascending=False, ignore_index=True)
        return pd.concat([identity(ordered), ordered[MONEY]], axis=1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the accounts with the most to gain, with intervals, in millions of money."""
        top = self.augment().head(SHOWN)
        millions = top[["gain", "gain_low", "gain_high"]] / 1e6
        millions = millions.set_axis(["estimate", "conf_low", "conf_high"], axis=1)
        with style.canvas(ax, width=8.0, height=1.4 + 0.3 * len(top)) as ax:
            look = next(style.looks())
            style.intervals(ax, millions, np.arange(len(top), dtype=float), look=look)
            style.term_axis(ax, captions(top))
            ax.set_xlabel(str(say("value.quality_axis", unit=unit(self.currency))))
            style.finish(
                ax,
                title=self.title,
                alt=say("value.quality_alt", raised=self._raised, accounts=join(self._best(top))),
            )
        return ax

    def _best(self, top: pd.DataFrame, count: int = 3) -> list[Text]:
        return [
            say(
                "value.quality_account",
                account=row["account_id"],
                gain=money(row["gain"], self.currency),
            )
            for row in top.head(count).to_dict("records")
        ]

    def report(self) -> str:
        """Say what the raise is worth in all, how sure that is, and where it is worth most."""
        total = self.tidy().iloc[0]
        sentence = say(
            "value.quality_report",
            raised=self._raised,
            count=len(self.accounts),
            total=money(total["estimate"], self.currency),
            low=money(total["conf_low"], self.currency),
            high=money(total["conf_high"], self.currency),
            accounts=join(self._best(self.augment())),
        )
        return str(paragraph((sentence, *self.notes)))
