"""What a company's data say of hypotheses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.results import Result
from kamlab.hypotheses import assessment_picture, assessment_sentences
from kamlab.hypotheses.declaration.declaration import Correction, Declaration
from kamlab.hypotheses.examined import Examined, corrected

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERDICTS = ("supported", "refuted", "undecided", "not_applicable")


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class HypothesisAssessment(Result):
    """Hypotheses with evidence and verdicts; made by `assess_hypotheses`.

    Attributes
    ----------
    examined : tuple of Examined
        The hypotheses in their order, each with its evidence or the reason why there is none.
    correction : {"holm", "bh", "none"}
    conf_level : float
    declaration : Declaration or None
    simulated : bool
        Whether the company is made up.
    """

    examined: tuple[Examined, ...]
    correction: Correction
    conf_level: float
    declaration: Declaration | None
    simulated: bool

    @property
    def title(self) -> Text:
        """What was tested."""
        own = self.declaration.title if self.declaration is not None else None
        title = say("hypotheses.title") if own is None or not str(own) else own
        return title + say("hypotheses.simulated") if self.simulated else title

    @property
    def notes(self) -> tuple[Text, ...]:
        """How verdicts are reached and corrected, what cannot be tested, when it was declared."""
        return assessment_sentences.notes(self)

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs to judge a hypothesis."""
        return (
            *("term", "statement", "claim", "estimate", "conf_low", "conf_high"),
            *("p_value", "p_corrected", "verdict", "declared"),
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per hypothesis, in the order in which they were given.

        Returns
        -------
        DataFrame
            * `term` its name; `statement`; `family`; `claim` the range of the effect that is
              claimed; `effect_is` what the effect is;
            * `estimate`, `std_error`, `conf_low`, `conf_high`, in the unit of `effect_is`;
            * `null` in words, `p_value`, and `p_corrected` within the family;
            * `effect_size` on the scale that `effect_size_is` names;
            * `verdict_alone` (without correction), `verdict`;
            * `nobs` rows, `n_accounts`, `n_left_out` rows lost;
            * `assumptions` that the data contradict, see `checks()`;
            * `declared`: whether the declaration came before the outcomes, which are known at a
              period's end, with the last answer, or, of accounts, on the last day recorded;
            * `reason` why it cannot be tested.
        """
        p_corrected = corrected(self.examined, self.correction)
        rows = [
            self._row(one, p) for one, p in zip(self.examined, p_corrected.tolist(), strict=True)
        ]
        return with_labels(pd.DataFrame(rows), {"claim": say("hypotheses.label_claim")})

    def _row(self, one: Examined, p_corrected: float) -> dict[str, object]:
        alone = one.verdict(self.conf_level)
        is_clear = alone == "not_applicable" or p_corrected < 1 - self.conf_level
        found, hypothesis = one.evidence, one.hypothesis
        low, high = (np.nan, np.nan) if found is None else found.interval(self.conf_level)
        failed = [check.assumption for check in one.checks if check.holds is False]
        return {
            "term": hypothesis.name,
            "statement": str(hypothesis.statement),
            "family": hypothesis.family,
            "claim": "" if hypothesis.not_measurable is not None else str(hypothesis.claim),
            "effect_is": "" if found is None else str(found.effect),
            "estimate": np.nan if found is None else found.estimate,
            "std_error": np.nan if found is None else found.std_error,
            "conf_low": low,
            "conf_high": high,
            "null": "" if found is None else str(say("hypotheses.null", end=f"{one.null_end:g}")),
            "p_value": one.p_value,
            "p_corrected": p_corrected,
            "effect_size": np.nan if found is None else found.effect_size,
            "effect_size_is": "" if found is None else str(found.effect_size_is),
            "verdict_alone": alone,
            "verdict": alone if is_clear else "undecided",
            "nobs": 0 if found is None else found.n_used,
            "n_accounts": 0 if found is None else found.n_accounts,
            "n_left_out": 0 if found is None else found.n_lost,
            "assumptions": str(join(failed)),
            "declared": one.declared(self.declaration),
            "reason": "" if one.reason is None else str(one.reason),
        }

    def glance(self) -> pd.DataFrame:
        """Return the verdicts counted, in one row."""
        table = self.tidy()
        counts = table["verdict"].value_counts()
        return pd.DataFrame(
            [
                {
                    "n_hypotheses": len(table),
                    **{f"n_{name}": int(counts.get(name, 0)) for name in VERDICTS},
                    "n_families": table["family"].nunique(),
                    "correction": self.correction,
                    "conf_level": self.conf_level,
                }
            ]
        )

    def augment(self) -> pd.DataFrame:
        """Raise: hypotheses have no accounts of their own.

        Raises
        ------
        NotApplicable
        """
        raise NotApplicable(say("hypotheses.no_accounts"))

    def checks(self) -> pd.DataFrame:
        """Return one row per hypothesis and assumption.

        Returns
        -------
        DataFrame
            `term`, `assumption`, `holds` (missing where data cannot tell), `seen`.
        """
        rows = [
            (one.hypothesis.name, str(check.assumption), check.holds, str(check.finding))
            for one in self.examined
            for check in one.checks
        ]
        table = pd.DataFrame(rows, columns=["term", "assumption", "holds", "seen"])
        return table.astype({"holds": "boolean"})

    def changes(self) -> pd.DataFrame:
        """Return what was changed since the hypotheses were first declared.

        Raises
        ------
        NotApplicable
            If they were not declared.
        """
        if self.declaration is None:
            raise NotApplicable(say("hypotheses.never_declared"))
        return self.declaration.changes()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how clear each effect is of the end of the range claimed, in standard errors.

        Raises
        ------
        NotApplicable
            If no hypothesis could be tested.
        """
        return assessment_picture.clearances(self, ax)

    def report(self) -> str:
        """Say of each hypothesis what the data say of it."""
        return str(paragraph((*assessment_sentences.sentences(self), *self.notes)))
