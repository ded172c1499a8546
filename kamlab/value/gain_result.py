"""The result of `retention_gain`: the gain pair by pair, and where the claim is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import pandas as pd

from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.columns import column, labelled
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result, Summary
from kamlab.value.gain_formula import GainFormula
from kamlab.value.gain_map import draw_gain_map
from kamlab.value.lifetime import assumptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED_AT_MOST = 3

SOURCE = "Reichheld & Sasser 1990, Harvard Business Review, Sep-Oct, 105-111"
PUBLISHED = {
    "bank": Claim(0.85, Status.PUBLISHED, SOURCE),
    "insurance": Claim(0.50, Status.PUBLISHED, SOURCE),
    "auto": Claim(0.30, Status.PUBLISHED, SOURCE),
    "mbna": Claim(1.25, Status.PUBLISHED, SOURCE),
}
"""Rise of profit from five points fewer defections; at MBNA from 10 to 5 %."""

RESTATED = Claim((0.25, 1.25), Status.SECONDARY, "25, over 25, 25-95, 25-100, 35-95, 25-125 %")
"""What later authors made of them, lowest and highest."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RetentionGain(Result):
    """What a step in retention adds to lifetime value; made by `retention_gain`.

    Attributes
    ----------
    cells : DataFrame
        One row per pair of rates that has a gain.
    left_out : DataFrame
        The pairs that have none, with the reason.
    line : DataFrame
        Where the claim is true, per discount rate.
    formula : GainFormula
        Step, horizon, timing and growth.
    claim : float
    """

    cells: Lent[pd.DataFrame] = Lent()
    left_out: Lent[pd.DataFrame] = Lent()
    line: Lent[pd.DataFrame] = Lent()
    formula: GainFormula
    claim: float

    @property
    def title(self) -> Text:
        """What is claimed."""
        return say("value.gain_title", step=self._step, claim=_percent(self.claim))

    @property
    def _step(self) -> Text:
        words = "relative" if self.formula.relative else "points"
        return say(f"value.gain_step_{words}", step=f"{100 * self.formula.step:.4g}")

    @property
    def notes(self) -> tuple[Text, ...]:
        """The conventions, what was left out, and what has been published."""
        formula = self.formula
        texts = [
            assumptions(formula.horizon, formula.first_margin, formula.growth),
            say("value.gain_note"),
        ]
        if len(self.left_out):
            texts.append(say("value.gain_left_out", reasons=left_out_words(self.left_out)))
        figures = {name: f"{claim.use():+.0%}" for name, claim in PUBLISHED.items()}
        low, high = RESTATED.use()
        restated = {"low": f"{low:.0%}", "high": f"{high:.0%}", "status": RESTATED.status.label}
        citation = PUBLISHED["bank"].citation
        return (*texts, say("value.gain_published", citation=citation, **figures, **restated))

    def tidy(self) -> pd.DataFrame:
        """Return one row per pair of rates: multiples before and after, and the gain."""
        return self.cells

    def locus(self) -> pd.DataFrame:
        """Return the retention rates at which the claim is true, per discount rate given.

        A discount rate at which it is true nowhere has one row, without a retention rate.
        """
        return self.line

    def glance(self) -> pd.DataFrame:
        """Return the question in one row, with the smallest and the largest gain."""
        gain = self.cells["relative_gain"]
        return pd.DataFrame(
            {
                "step": [self.formula.step],
                "relative_step": [self.formula.relative],
                "claim": [self.claim],
                "gain_min": [gain.min()],
                "gain_max": [gain.max()],
                "nobs": [len(self.cells)],
                "n_left_out": [len(self.left_out)],
                "growth": [self.formula.growth],
                "horizon": pd.array([self.formula.horizon], dtype="Int64"),
                "first_margin": [self.formula.first_margin],
            }
        )

    def augment(self) -> Never:
        """Raise `NotApplicable`: the formula has no accounts."""
        raise NotApplicable(say("value.gain_no_accounts"))

    def summary(self) -> Summary:
        """Return the result as people read it: where the claim is true, not every pair."""
        return Summary(
            title=str(self.title),
            whole=labelled(self.glance()),
            terms=labelled(self.line),
            notes=tuple(str(note) for note in self.notes),
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the map of the gain over the rates given, with the line where the claim is true.

        Raises
        ------
        NotApplicable
            If there are not at least two retention rates and two discount rates.
        """
        rates = pd.concat([self.cells, self.left_out])
        ends = [
            (rates[name].min(), rates[name].max()) for name in ("retention_rate", "discount_rate")
        ]
        if any(low == high for low, high in ends):
            raise NotApplicable(say("value.gain_no_map"))
        alt = paragraph((self._range(), self._where()))
        return draw_gain_map(
            self.formula, self.claim, *ends, title=self.title, step=self._step, alt=alt, ax=ax
        )

    def _range(self) -> Text:
        gain = self.cells["relative_gain"]
        low, high = _percent(gain.min()), _percent(gain.max())
        return say("value.gain_range", step=self._step, low=low, high=high)

    def _where(self) -> Text:
        """Say where the claim is true: at the first, the middle and the last discount rate."""
        true = self.line.dropna().groupby("discount_rate")["retention_rate"]
        places = [
            say(
                "value.gain_place",
                discount=_percent(float(str(discount))),
                retention=_either([same(_percent(rate)) for rate in rates]),
            )
            for discount, rates in true
        ]
        if not places:
            return say("value.gain_nowhere", claim=_percent(self.claim))
        shown = [places[k] for k in sorted({0, len(places) // 2, len(places) - 1})]
        texts = [say("value.gain_where", claim=_percent(self.claim), places=join(shown))]
        lacking = self.line["discount_rate"][self.line["retention_rate"].isna()]
        if len(lacking):
            discounts = join([same(_percent(discount)) for discount in lacking])
            texts.append(say("value.gain_not_at", discounts=discounts))
        return paragraph(texts)

    def report(self) -> str:
        """Say what the step is worth, where the claim is true, and what has been published."""
        return str(paragraph((self._range(), self._where(), *self.notes)))


def left_out_words(left_out: pd.DataFrame) -> Text:
    """Say how many pairs have no gain, why, and which are the first of them."""
    words = column("left_out_because").values
    parts = []
    for reason, rows in left_out.groupby("left_out_because", sort=False):
        pairs = [
            say("value.gain_pair", retention=_percent(r), discount=_percent(d))
            for d, r in rows[["discount_rate", "retention_rate"]].head(NAMED_AT_MOST).to_numpy()
        ]
        more = [same("…")] if len(rows) > NAMED_AT_MOST else []
        parts.append(
            say(
                "value.gain_left_out_reason",
                count=len(rows),
                reason=words[str(reason)],
                pairs=join(pairs + more),
            )
        )
    return join(parts)


def _either(parts: list[Text]) -> Text:
    whole = parts[0]
    for part in parts[1:]:
        whole = say("value.gain_either", one=whole, other=part)
    return whole


def _percent(share: float) -> str:
    """Return a share with three significant digits, and none of an exponent."""
    return f"{float(f'{100 * share:.3g}'):,.10g}%"
