"""The result of `value_of_quality`: account by account, with the doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, money, paragraph, same, say, unit
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.labels import term_labels
from kamlab.value.gains import Gains
from kamlab.value.ranking_picture import axis_captions, draw_ranking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONEY = ["value_now", "value_after", "gain", "gain_low", "gain_high"]
PLACES = ["rank", "rank_low", "rank_high", "in_top", "above_next"]
SHOWN = 15
"""Accounts in the picture, those with the most to gain."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class QualityValue(Result):
    """The value of more relationship quality; made by `value_of_quality`."""

    accounts: Lent[pd.DataFrame] = Lent()
    gains: Gains
    raise_by: Mapping[str, float]
    top: int
    currency: str
    discount_rate: float
    corrected: bool
    conf_level: float
    n_capped: int
    n_left_out: int
    cautions: tuple[Text, ...] = ()

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
        """What is assumed, where the intervals come from, what was capped or left out."""
        words = {"draws": len(self.gains.draws), "level": f"{self.conf_level:.0%}"}
        return (
            say("value.quality_note", discount=f"{self.discount_rate:.1%}"),
            say(f"value.quality_{self.gains.method}", failed=self.gains.n_failed, **words),
            say("value.quality_corrected" if self.corrected else "value.quality_uncorrected"),
            say("value.quality_note_rows", capped=self.n_capped, left_out=self.n_left_out),
            *self.cautions,
        )

    def tidy(self) -> pd.DataFrame:
        """Return the total and the mean per account, with intervals."""
        count = len(self.accounts)
        whole = np.array([self.gains.gain.sum(), self.gains.total_low, self.gains.total_high])
        table = pd.DataFrame([whole, whole / count], columns=["estimate", "conf_low", "conf_high"])
        table.insert(0, "term", ["total", "mean"])
        return table

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The two terms in words."""
        return {name: say(f"value.{name}") for name in ("total", "mean")}

    def glance(self) -> pd.DataFrame:
        """Return how many accounts there are, their value now and after, and the ranking's doubt.

        `top_kept` is the share of the first `top` accounts that belong there, on average over
        the draws.
        """
        accounts = self.accounts
        return pd.DataFrame(
            {
                "n_accounts": [len(accounts)],
                "n_left_out": [self.n_left_out],
                "value_now": [accounts["value_now"].sum()],
                "value_after": [accounts["value_after"].sum()],
                "currency": [self.currency],
                "top": [self.top],
                "top_kept": [accounts["in_top"].head(self.top).mean()],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account, most to gain first.

        Value now and after, the gain with its interval, by how many points each construct is
        raised (`raise_...`), the rank with its interval, `in_top` (how surely it is among the
        first `top`) and `above_next` (how surely it gains more than the one ranked next).
        """
        accounts = self.accounts
        moved = [f"raise_{name}" for name in self.raise_by]
        return pd.concat([identity(accounts), accounts[[*MONEY, *moved, *PLACES]]], axis=1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the accounts with the most to gain, with intervals, in millions of money."""
        top = self.augment().head(SHOWN)
        millions = top[["gain", "gain_low", "gain_high"]] / 1e6
        millions = millions.set_axis(["estimate", "conf_low", "conf_high"], axis=1)
        with style.canvas(ax, width=8.0, height=1.4 + 0.3 * len(top)) as ax:
            look = next(style.looks())
            style.intervals(ax, millions, np.arange(len(top), dtype=float), look=look)
            style.term_axis(ax, axis_captions(top))
            ax.set_xlabel(str(say("value.quality_axis", unit=unit(self.currency))))
            style.finish(
                ax,
                title=self.title,
                alt=say("value.quality_alt", raised=self._raised, accounts=join(self._best(top))),
            )
        return ax

    def plot_ranking(self, ax: Axes | None = None) -> Axes:
        """Draw between which places each of the first accounts stands, and how surely on top."""
        return draw_ranking(self.augment().head(SHOWN), self.top, self._raised, ax)

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
        order = say(
            "value.quality_ranking",
            top=self.top,
            kept=f"{self.glance()['top_kept'].item():.0%}",
        )
        return str(paragraph((sentence, order, *self.notes)))
