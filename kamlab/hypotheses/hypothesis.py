"""A hypothesis: one number of a model, and the range in which it is claimed to lie."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from kamlab.foundation.claims import Claim
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, listed, paragraph, same, say
from kamlab.selection.arguments import is_whole

Method = Literal["retention", "value", "linear", "correlation", "forecast", "sem"]
Table = Literal["periods", "accounts", "survey"]
Measure = Literal["auc", "brier", "lift"]

NAME = re.compile(r"[a-z][a-z0-9_]*")
OF_SCORES: tuple[Method, ...] = ("retention", "value")
"""Methods that can correct scores for measurement error."""
TABLES_OF: Mapping[str, tuple[Table, ...]] = MappingProxyType(
    {
        "retention": ("periods",),
        "value": ("periods",),
        "forecast": ("periods",),
        "linear": ("periods", "accounts"),
        "correlation": ("periods", "accounts"),
        "sem": ("survey",),
    }
)
TESTED = ("model", "term", "above", "below", "rival")
"""What only a hypothesis that is tested has."""


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A statement that data can support, refute or leave open.

    It names one number, the effect, and claims that `above < effect < below`. With `above` alone
    it has a direction; with both it is an equivalence, or a range.

    Parameters
    ----------
    name : str
        Short and unique among those declared together: small letters, digits, underscores.
    statement : str or Text
        What is claimed, in words; a `Text` has English and Japanese.
    method : {"retention", "value", "linear", "correlation", "forecast", "sem"}
        Which number of which model:

        * ``"retention"``: `kl.fit_retention(model)`; the change of the log odds of staying
          per unit of `term` (log 1.2 = 0.18 is odds higher by a fifth).
        * ``"value"``: `kl.fit_value(model)`; the change of log lifetime value per unit of `term`.
        * ``"linear"``: least squares, errors clustered by account; the coefficient of `term`,
          in the outcome's unit. A mean or a share is `"share_of_wallet ~ 1"` with the term
          `"Intercept"`.
        * ``"correlation"``: Spearman's rank correlation of the two columns in `"x ~ y"`.
        * ``"forecast"``: how much better `model` than `rival`, two formulas of staying, foretells
          later periods: the difference in `measure`, positive where `model` is better.
        * ``"sem"``: a path of `kl.fit_sem(model)` on the survey, such as
          `"commitment ~ trust"`, in standard deviations.
    model : str
        A formula, or a model text for ``"sem"``.
    term : str, optional
        The row of the model's table; not for correlations and forecasts.
    above, below : float, optional
        Ends of the range claimed, in the unit of the effect; at least one. The smallest effect
        that matters goes in here: above 0.05 claims more than that there is any effect.
    table : {"periods", "accounts", "survey"}, default "periods"
        Rows: `kl.analysis_table`, one row per account with its facts and latest scores, or the
        survey. ``"linear"`` and ``"correlation"`` take the first two; ``"sem"`` the survey.
    rival : str, optional
        The formula to beat, for forecasts.
    measure : {"auc", "brier", "lift"}, default "auc"
        For forecasts; the lift is that of the list which the sales force can work off
        (`capacity`).
    capacity : int, default 20
        Accounts that the sales force can look after at a time, for the lift.
    corrected : bool, default False
        Whether scores are corrected for measurement error, for retention and value.
    family : str, default "main"
        Hypotheses of one family are corrected for one another.
    source : Claim, optional
        Who says so, and how well that is known.
    not_measurable : Text, optional
        Why no table of a company can tell; the hypothesis is then listed, never tested, and has
        no model and no range.

    Raises
    ------
    ArgumentError
        With all that does not go together.

    Examples
    --------
    >>> trust = Hypothesis(
    ...     name="trust_keeps",
    ...     statement="Customers who trust us stay, whatever their commitment.",
    ...     method="retention",
    ...     model="stayed ~ trust + commitment + tenure",
    ...     term="trust",
    ...     above=0,
    ... )
    >>> str(trust.claim)
    'effect > 0'
    """

    name: str
    statement: Text
    method: Method = "retention"
    model: str = ""
    term: str = ""
    above: float | None = None
    below: float | None = None
    table: Table = "periods"
    rival: str = ""
    measure: Measure = "auc"
    capacity: int = 20
    corrected: bool = False
    family: str = "main"
    source: Claim | None = None
    not_measurable: Text | None = None

    def __post_init__(self) -> None:
        if isinstance(self.statement, str):
            object.__setattr__(self, "statement", same(self.statement))
        for end in ("above", "below"):
            if isinstance(getattr(self, end), int) and not isinstance(getattr(self, end), bool):
                object.__setattr__(self, end, float(getattr(self, end)))
        if problems := self._problems():
            raise ArgumentError(
                say("hypotheses.wrong", name=self.name, problems=paragraph(problems))
            )

    @property
    def low(self) -> float:
        """The lower end of the range claimed; minus infinity if it has none."""
        return -math.inf if self.above is None else self.above

    @property
    def high(self) -> float:
        """The upper end of the range claimed; infinity if it has none."""
        return math.inf if self.below is None else self.below

    @property
    def claim(self) -> Text:
        """The range claimed, as a formula."""
        ends = {"above": f"{self.low:g}", "below": f"{self.high:g}"}
        if self.above is None:
            return say("hypotheses.claim_below", **ends)
        if self.below is None:
            return say("hypotheses.claim_above", **ends)
        return say("hypotheses.claim_within", **ends)

    def claims(self, effect: float) -> bool:
        """Return whether an effect lies in the range claimed."""
        return self.low < effect < self.high

    def _problems(self) -> list[Text]:
        if self.not_measurable is not None:
            given = [name for name in TESTED if getattr(self, name) not in (None, "")]
            found = [(bool(given), say("hypotheses.wrong_tested", fields=listed(given)))]
        else:
            found = self._mistakes()
        named = isinstance(self.name, str) and NAME.fullmatch(self.name)
        found = [
            (not named, say("hypotheses.wrong_name")),
            (not str(self.statement).strip(), say("hypotheses.wrong_statement")),
            *found,
        ]
        return [text for wrong, text in found if wrong]

    def _mistakes(self) -> list[tuple[bool, Text]]:
        """Return what could be wrong with a hypothesis that is tested, and whether it is."""
        ends = [end for end in (self.above, self.below) if end is not None]
        numbers = all(isinstance(end, float) and math.isfinite(end) for end in ends)
        choices = {"method": Method, "table": Table, "measure": Measure}
        unknown = [
            (
                getattr(self, name) not in get_args(kind),
                say("hypotheses.wrong_choice", field=name, known=listed(get_args(kind))),
            )
            for name, kind in choices.items()
        ]
        no_term = self.method in ("correlation", "forecast")
        possible = TABLES_OF.get(self.method, get_args(Table))
        return [
            *unknown,
            (not self.model.strip(), say("hypotheses.wrong_model")),
            (not ends, say("hypotheses.wrong_no_end")),
            (not numbers, say("hypotheses.wrong_end")),
            (numbers and len(ends) == 2 and ends[0] >= ends[1], say("hypotheses.wrong_order")),
            (not no_term and not self.term.strip(), say("hypotheses.wrong_no_term")),
            (no_term and bool(self.term), say("hypotheses.wrong_term", method=self.method)),
            ((self.method == "forecast") != bool(self.rival), say("hypotheses.wrong_rival")),
            (
                self.table in get_args(Table) and self.table not in possible,
                say("hypotheses.wrong_table", method=self.method),
            ),
            (
                self.corrected and self.method not in OF_SCORES,
                say("hypotheses.wrong_corrected", known=listed(OF_SCORES)),
            ),
            (
                not (is_whole(self.capacity) and self.capacity >= 1),
                say("hypotheses.wrong_capacity"),
            ),
        ]
