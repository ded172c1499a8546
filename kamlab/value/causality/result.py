"""The result of `probe_causality`: one row per challenge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.columns import glossary
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.labels import term_labels
from kamlab.value.causality.challenges import NEAR_ZERO, reading

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class CausalityProbe(Result):
    """Challenges to a causal reading of one coefficient; made by `probe_causality`.

    Attributes
    ----------
    table : DataFrame
        One row per challenge; numbers missing where it does not apply.
    reasons : mapping of str to Text
        Why a challenge does not apply.
    strength : mapping of str to float or str
        Sensitivity to a variable left out.
    """

    formula: str
    probed: str
    table: Lent[pd.DataFrame] = Lent()
    reasons: Mapping[str, Text]
    strength: Mapping[str, float | str]
    of_value: bool
    corrected: bool
    conf_level: float

    @property
    def _label(self) -> Text:
        return term_labels([self.probed])[self.probed]

    @property
    def title(self) -> Text:
        """Which coefficient of which regression is probed."""
        return say("value.probe_title", term=self._label, formula=self.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Where the intervals come from, and what this cannot prove."""
        level = f"{self.conf_level:.0%}"
        score = say(f"value.probe_note_{'corrected' if self.corrected else 'uncorrected'}")
        return (say("value.probe_note_errors", level=level), score, say("value.probe_note_limits"))

    @property
    def summary_columns(self) -> Sequence[str]:
        """The challenge, its estimate with interval, and what it says."""
        return ("challenge", "estimate", "conf_low", "conf_high", "p_value", "reading")

    def tidy(self) -> pd.DataFrame:
        """Return one row per challenge.

        `finding` is a code, `reading` says it in words; a challenge that the data cannot answer
        has no numbers, and its reason as reading.
        """
        table = self.table
        table["reading"] = [
            str(self.reasons[name])
            if name in self.reasons
            else str(reading(name, found, corrected=self.corrected))
            for name, found in zip(table["challenge"], table["finding"], strict=True)
        ]
        return table

    def by_term(self) -> pd.DataFrame:
        """Return the challenges as terms, to be set beside another probe."""
        return self.table.rename(columns={"challenge": "term"})

    def glance(self) -> pd.DataFrame:
        """Return in one row how many challenges there are and what a variable left out needs."""
        found = self.table["finding"]
        counts: dict[str, object] = {
            "probed": str(self._label),
            "n_challenges": len(found),
            "n_against": int(found.isin(["gone", "reversed", "alarm"]).sum()),
            "n_no_answer": len(self.reasons),
        }
        strength = dict(self.strength)
        if "benchmark" in strength:
            name = str(strength["benchmark"])
            strength["benchmark"] = str(term_labels([name])[name])
        return pd.DataFrame([counts | strength])

    def augment(self) -> pd.DataFrame:
        """Refuse: challenges are of a coefficient, and not of accounts."""
        raise NotApplicable(say("value.probe_no_augment"))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every challenge that the data answer: which should stay, and which should be 0."""
        table = self.table
        table = table[table["estimate"].notna()].reset_index(drop=True)
        names = _challenge_labels()
        with style.canvas(ax, width=8.0, height=2.0 + 0.5 * len(table)) as ax:
            first, second, *_ = style.LOOKS
            for near_zero, look in ((False, first), (True, second)):
                own = table[table["challenge"].isin(NEAR_ZERO) == near_zero]
                if len(own):
                    label = say(f"value.probe_legend_{'zero' if near_zero else 'stay'}")
                    rows = own.index.to_numpy(dtype=float)
                    style.intervals(ax, own, rows, look=look, label=str(label))
            style.term_axis(ax, [str(names[name]) for name in table["challenge"]])
            ax.axvline(float(table["estimate"].iloc[0]), color=style.FAINT, linewidth=1, zorder=0)
            key = "value" if self.of_value else "stay"
            ax.set_xlabel(str(say(f"value.probe_axis_{key}")))
            style.legend_below(ax)
            alt = paragraph(self._sentences())
            style.finish(ax, title=say("value.probe_plot", term=self._label), alt=alt)
        return ax

    def _sentences(self) -> list[Text]:
        names, told = _challenge_labels(), []
        for row in self.table.to_dict("records"):
            name = row["challenge"]
            if name in self.reasons:
                told.append(
                    say("value.probe_unanswered", challenge=names[name], why=self.reasons[name])
                )
                continue
            told.append(
                say(
                    "value.probe_sentence",
                    challenge=names[name],
                    estimate=f"{row['estimate']:+.3f}",
                    low=f"{row['conf_low']:+.3f}",
                    high=f"{row['conf_high']:+.3f}",
                    reading=reading(name, row["finding"], corrected=self.corrected),
                )
            )
        return told

    def _strength(self) -> list[Text]:
        told, known = [], self.strength
        if "robustness_value" in known:
            share = f"{known['robustness_value']:.1%}"
            told.append(say("value.probe_robustness", share=share))
        if "e_value" in known:
            ratio, limit = f"{known['e_value']:.2f}", f"{known['e_value_limit']:.2f}"
            told.append(say("value.probe_e_value", ratio=ratio, limit=limit))
        return told

    def report(self) -> str:
        """Say what each challenge found, how strong a rival must be, and what is not proved."""
        return str(paragraph((*self._sentences(), *self._strength(), *self.notes)))


def _challenge_labels() -> Mapping[str, Text]:
    return MappingProxyType(dict(glossary()["challenge"].values))
