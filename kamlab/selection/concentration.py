"""On how few accounts the business rests: the result of `measure_concentration`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import identity
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.language import Text, join, money, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.portfolio.declaration.card import column_label
from kamlab.selection.customers import key_today
from kamlab.selection.inequality import fewest_for, gini, herfindahl, top_share
from kamlab.selection.lorenz import draw_lorenz

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = (0.01, 0.05, 0.10, 0.20)
"""The top parts of the accounts whose share of the total is told."""

MOST = 0.80
"""The part of the total for which the accounts are counted that bring it."""

GINI = Claim(
    "half the mean difference of all pairs, over the mean",
    Status.SECONDARY,
    "ifci.ch, glossary of financial terms: Gini coefficient",
)
HHI = Claim(
    "sum of the squared shares; one over it is the number of equal accounts as concentrated",
    Status.SECONDARY,
    "documentation of the R package politicsR, after Hirschman 1945 and Herfindahl 1950",
)
BELOW_ZERO = Claim(
    "with negative amounts the coefficient can be below 0 or above 1",
    Status.SECONDARY,
    "lohninger.eu, help of the SDL component suite: GiniCoeff",
)
KEY_SHARE_THEN_AND_NOW = Claim(
    (0.23, 0.60),
    Status.SECONDARY,
    "Japanese Wikipedia, アカウントマネージャ, which cites only a blog of 2012",
)
"""Key accounts' share of sales in 1975 and "now", as an encyclopedia has it; unverified."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Concentration(Result):
    """How unequally an amount is spread over accounts; made by `measure_concentration`.

    Attributes
    ----------
    accounts : DataFrame
        The accounts with a known amount: who they are, and `value`.
    what : Text
        What the amount is.
    currency : str
        Empty where the amount is no money of a company.
    n_left_out, n_gone : int
        Accounts without an amount, and those that are customers no more.
    """

    accounts: Lent[pd.DataFrame] = Lent()
    what: Text
    currency: str
    n_left_out: int
    n_gone: int

    @property
    def values(self) -> NDArray[np.float64]:
        """The amounts."""
        return self.accounts["value"].to_numpy(dtype=float)

    @property
    def n_negative(self) -> int:
        """How many amounts are below zero."""
        return int((self.values < 0).sum())

    @property
    def title(self) -> Text:
        """What is measured."""
        return say("selection.concentration_title", what=self.what)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The top parts in words."""
        return {_term(part): say("selection.top", part=f"{100 * part:g}") for part in PARTS}

    @property
    def notes(self) -> tuple[Text, ...]:
        """Formulas with their sources, accounts left out, amounts below zero."""
        notes = [
            say("selection.gini_note", n=len(self.values), source=GINI.citation),
            say("selection.hhi_note", source=HHI.citation),
        ]
        if self.n_negative:
            source = BELOW_ZERO.citation
            notes = [say("selection.negative_note", count=self.n_negative, source=source)]
        if self.n_left_out:
            notes.append(say("selection.no_value_note", count=self.n_left_out, what=self.what))
        if self.n_gone:
            notes.append(say("selection.gone_note", count=self.n_gone))
        if self.what == column_label("revenue") and not np.isnan(self._key_share):
            then, now = KEY_SHARE_THEN_AND_NOW.value
            notes.append(
                say(
                    "selection.key_share_note",
                    then=f"{then:.0%}",
                    now=f"{now:.0%}",
                    source=KEY_SHARE_THEN_AND_NOW.citation,
                )
            )
        return tuple(notes)

    @property
    def _key_share(self) -> float:
        key = key_today(self.accounts)
        if key is None:
            return np.nan
        return float(self.values[key.fillna(False).to_numpy(dtype=bool)].sum() / self.values.sum())

    def tidy(self) -> pd.DataFrame:
        """Return one row per top part of the accounts: how many they are, and their share."""
        return pd.DataFrame(
            {
                "term": [_term(part) for part in PARTS],
                "accounts_counted": [part * len(self.values) for part in PARTS],
                "share_of_total": [top_share(self.values, part) for part in PARTS],
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return the measures in one row; Gini and HHI are missing with amounts below zero."""
        whole = not self.n_negative
        hhi = herfindahl(self.values) if whole else np.nan
        return pd.DataFrame(
            {
                "what": [str(self.what)],
                "n_accounts": [len(self.values)],
                "n_left_out": [self.n_left_out],
                "n_gone": [self.n_gone],
                "n_negative": [self.n_negative],
                "sum_of_values": [self.values.sum()],
                "gini": [gini(self.values) if whole else np.nan],
                "hhi": [hhi],
                "effective_number": [1 / hhi],
                "n_for_most": [fewest_for(self.values, MOST)],
                "key_share": [self._key_share],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account, the largest first: its share, and the share so far."""
        ordered = self.accounts.sort_values(
            "value", ascending=False, kind="stable", ignore_index=True
        )
        share = ordered["value"] / ordered["value"].sum()
        rank = ordered["value"].rank(ascending=False, method="min").astype(int)
        return identity(ordered).assign(
            rank=rank, value=ordered["value"], share_of_total=share, share_so_far=share.cumsum()
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the Lorenz curve."""
        return draw_lorenz(title=self.title, values=self.values, what=self.what, ax=ax)

    def report(self) -> str:
        """Say on how few accounts the amount rests."""
        whole = self.glance().iloc[0]
        tops = self.tidy()
        shares = [
            say("selection.top_share", top=self.term_labels[term], share=f"{share:.0%}")
            for term, share in zip(tops["term"], tops["share_of_total"], strict=True)
        ]
        sentences = [
            say(
                "selection.concentration_report",
                what=self.what,
                total=money(whole["sum_of_values"], self.currency),
                count=len(self.values),
                few=whole["n_for_most"],
                most=f"{MOST:.0%}",
                tops=join(shares),
            )
        ]
        if not self.n_negative:
            sentences.append(
                say(
                    "selection.measures",
                    gini=f"{whole['gini']:.2f}",
                    hhi=f"{whole['hhi']:.4f}",
                    number=f"{whole['effective_number']:.0f}",
                )
            )
        if not np.isnan(self._key_share):
            sentences.append(say("selection.key_share", share=f"{self._key_share:.0%}"))
        return str(paragraph([*sentences, *self.notes]))


def _term(part: float) -> str:
    return f"top_{100 * part:g}"
