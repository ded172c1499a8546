"""The result of `power`: the chance of a verdict, and what a verdict would be worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.hypotheses.power_curve import (
    Curve,
    exaggeration,
    needed_interval,
    power_curve,
    wrong_share,
)
from kamlab.hypotheses.power_picture import draw_power
from kamlab.hypotheses.power_sentences import needed_words, of_size, of_truth
from kamlab.hypotheses.power_trials import Study, Trials
from kamlab.retention.validation.accuracy import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLEAR = 3.0
"""Standard errors by which the true effect must differ from what it is compared with."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Power(Result):
    """How often a hypothesis is supported, by the number of accounts; made by `power`.

    Attributes
    ----------
    study : Study
        What was simulated.
    trials : DataFrame
        One row per simulated company and size.
    true_effect, true_effect_error : float
        What the test finds in very many accounts.
    target : float
    curve : Curve or None
        None where only one size was simulated.
    n_needed, n_needed_low, n_needed_high : float
        Accounts for the target, with an interval; infinite where out of sight, missing where
        there is no curve.
    """

    study: Study
    trials: Lent[pd.DataFrame] = Lent()
    true_effect: float
    true_effect_error: float
    target: float
    curve: Curve | None
    n_needed: float
    n_needed_low: float
    n_needed_high: float

    @classmethod
    def of(cls, study: Study, trials: Trials, target: float) -> Self:
        """Make the result from what was simulated."""
        sizes = np.array(study.sizes, dtype=float)
        supported = _is(trials.table, "supported").reshape(study.n_sim, len(sizes))
        curve, needed, low, high = None, math.nan, math.nan, math.nan
        if len(sizes) > 1:
            curve = power_curve(sizes, supported)
            needed = curve.needed(target)
            ends = tails(study.conf_level)
            low, high = needed_interval(sizes, supported, target, ends, study.seed)
        return cls(
            study=study,
            trials=trials.table,
            true_effect=trials.true_effect,
            true_effect_error=trials.true_effect_error,
            target=target,
            curve=curve,
            n_needed=needed,
            n_needed_low=low,
            n_needed_high=high,
        )

    @property
    def title(self) -> Text:
        """What the power is of."""
        return say("hypotheses.power_title", statement=self.study.hypothesis.statement)

    @property
    def is_true(self) -> bool | None:
        """Whether the claim is true in simulation; None if the effect is about at its end."""
        low, high = self.study.hypothesis.low, self.study.hypothesis.high
        near = CLEAR * self.true_effect_error
        if min(abs(self.true_effect - low), abs(self.true_effect - high)) < near:
            return None
        return low < self.true_effect < high

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was simulated, what counts as a verdict, and what the numbers leave out."""
        study = self.study
        texts = [
            say("hypotheses.power_note_simulated", n_sim=study.n_sim, truth=self._truth()),
            say("hypotheses.power_note_level", level=f"{study.level:.3g}", tests=study.n_tests),
            say("hypotheses.power_note_effect"),
        ]
        if self.is_true is None:
            texts.append(say("hypotheses.power_note_unclear"))
        if self.curve is None:
            texts.append(say("hypotheses.power_note_one_size"))
        failed = self.trials[self.trials["verdict"] == "not_applicable"]
        if len(failed):
            common = failed["reason"].value_counts().index[0]
            texts.append(say("hypotheses.power_note_failed", count=len(failed), reason=common))
        return tuple(texts)

    def _truth(self) -> Text:
        changed = [
            f"{outcome} {name} = {value:g}"
            for outcome, effects in self.study.truth.items()
            for name, value in effects.items()
        ]
        if not changed:
            return say("hypotheses.power_usual_truth")
        return say("hypotheses.power_other_truth", effects=", ".join(changed))

    def tidy(self) -> pd.DataFrame:
        """Return one row per number of accounts: power with its interval, and errors.

        Returns
        -------
        DataFrame
            `n_accounts`, `power`, `power_low`, `power_high` (Wilson), `share_refuted`,
            `share_not_applicable` (both of all companies, as the power is), `wrong_share` (of the
            verdicts that decide), `exaggeration` (of the estimates that support), `estimate` and
            `std_error` (means).
        """
        return self._table.copy(deep=False)

    @cached_property
    def _table(self) -> pd.DataFrame:
        rows = [self._row(size, own) for size, own in self.trials.groupby("n_accounts")]
        table = pd.DataFrame(rows)
        companies = np.full(len(table), float(self.study.n_sim))
        supported = table["power"].to_numpy(dtype=float) * companies
        low, high = wilson(supported, companies, self.study.conf_level)
        table.insert(2, "power_low", low)
        table.insert(3, "power_high", high)
        return table

    def _row(self, size: object, own: pd.DataFrame) -> dict[str, object]:
        supported = _is(own, "supported")
        refuted = _is(own, "refuted")
        away = abs(self.true_effect) >= CLEAR * self.true_effect_error
        estimates = own["estimate"].to_numpy()
        return {
            "n_accounts": size,
            "power": supported.mean(),
            "share_refuted": refuted.mean(),
            "share_not_applicable": _is(own, "not_applicable").mean(),
            "wrong_share": math.nan
            if self.is_true is None
            else wrong_share(supported, refuted, self.is_true),
            "exaggeration": exaggeration(estimates, supported, self.true_effect)
            if away
            else math.nan,
            "estimate": own["estimate"].mean(),
            "std_error": own["std_error"].mean(),
        }

    def by_term(self) -> pd.DataFrame:
        """Return the power by number of accounts, to be set beside another hypothesis'."""
        table = self._table
        return pd.DataFrame(
            {
                "term": [f"n = {size}" for size in table["n_accounts"]],
                "estimate": table["power"],
                "conf_low": table["power_low"],
                "conf_high": table["power_high"],
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return the true effect and the number of accounts needed in one row.

        `n_needed` is missing where the curve does not reach the target within four times the
        largest number simulated.
        """
        needed = {
            name: [value if math.isfinite(value := getattr(self, name)) else math.nan]
            for name in ("n_needed", "n_needed_low", "n_needed_high")
        }
        return pd.DataFrame(
            {
                "true_effect": [self.true_effect],
                "true_effect_error": [self.true_effect_error],
                "power_target": [self.target],
                **needed,
                "n_sim": [self.study.n_sim],
                "n_tests": [self.study.n_tests],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per simulated company and size: estimate, standard error, verdict."""
        return self.trials.assign(reason=[str(reason) for reason in self.trials["reason"]])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the power curve with its Monte Carlo intervals, and the target."""
        return draw_power(self, ax)

    def report(self) -> str:
        """Say what companies of each size would show, and how many accounts are needed."""
        return str(paragraph([*self.sentences(), *self.notes]))

    def sentences(self) -> list[Text]:
        """Return what the numbers say, size by size, and how many accounts are needed."""
        sizes = [of_size(dict(row)) for _, row in self._table.iterrows()]
        return [of_truth(self), *sizes, *([needed_words(self)] if self.curve else [])]


def _is(own: pd.DataFrame, verdict: str) -> NDArray[np.bool_]:
    return np.asarray(own["verdict"] == verdict)
