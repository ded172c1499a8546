"""What a test of commitment-trust theory found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.foundation.results import Result
from kamlab.sem.compare_nested import loss
from kamlab.sem.result import SemFit
from kamlab.theory import pictures, sentences
from kamlab.theory.comparison import comparison_table, explained
from kamlab.theory.effects import effect_table, ways_table
from kamlab.theory.evidence import BESIDE, Evidence
from kamlab.theory.kmv import ANTECEDENTS, HYPOTHESES, MEDIATORS, NAMES, OUTCOMES, VERDICTS, verdict
from kamlab.theory.models import ALTERNATIVES, MODELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIT_MEASURES = (
    "nobs", "npar", "df", "chisq", "p_value", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high",
    "srmr",
)  # fmt: skip
LIMITS = ("error", "low", "high")
ALL = "all"
"""Stands in `through` for all ways together."""


@dataclass(frozen=True, repr=False, eq=False)
class TheoryAssessment(Result):
    """Thirteen hypotheses with verdicts; made by `assess_theory`."""

    fit: SemFit
    evidence: Evidence
    conf_level: float
    bootstrap: int
    seed: int | None

    @property
    def title(self) -> Text:
        """The theory and the model's short name."""
        return say("theory.title")

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The paths in words."""
        return {hypothesis.name: hypothesis.label for hypothesis in HYPOTHESES}

    @property
    def nobs(self) -> int:
        """Accounts, or cases behind a matrix."""
        return int(self.fit.glance()["nobs"].item())

    @property
    def notes(self) -> tuple[Text, ...]:
        """Where theory and data come from, and how the verdict is reached."""
        return sentences.notes(self)

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs to judge a hypothesis."""
        return ("term", "sign", "estimate", "conf_low", "conf_high", "p_value", "verdict")

    @property
    def standardised(self) -> bool:
        """Whether effects are put in standard deviations after the fit, not before it."""
        return self.evidence.level == "item"

    @cached_property
    def _effects(self) -> pd.DataFrame:
        return self._effects_in(self.fit)

    @cached_property
    def rival_fit(self) -> SemFit:
        """The fit of the rival model to the same data."""
        model = MODELS["rival"]
        return self.evidence.fit(model, self.conf_level, self.bootstrap, self.seed)

    def _effects_in(self, fit: SemFit) -> pd.DataFrame:
        return effect_table(fit, NAMES, standardised=self.standardised)

    def tidy(self) -> pd.DataFrame:
        """Return one row per hypothesis: sign, estimate, interval, verdict."""
        stated = pd.DataFrame(
            [(h.name, h.outcome, h.cause, h.sign) for h in HYPOTHESES],
            columns=["term", "outcome", "cause", "sign"],
        )
        table = stated.merge(direct_effects(self._effects), on=["outcome", "cause"], how="left")
        table["verdict"] = [
            verdict(row["sign"], row["conf_low"], row["conf_high"])
            for row in table.to_dict("records")
        ]
        return table

    def glance(self) -> pd.DataFrame:
        """Return the whole test in one row: cases, fit of the model, verdicts counted."""
        verdicts = self.tidy()["verdict"].value_counts()
        counts = {f"n_{name}": [int(verdicts.get(name, 0))] for name in VERDICTS}
        return self.fit.glance()[list(FIT_MEASURES)].assign(**counts)

    def augment(self) -> pd.DataFrame:
        """Return one row per account.

        Returns
        -------
        DataFrame
            `account_id` and, from scores, `residual_<outcome>`: what the causes leave unexplained,
            in standard deviations; from items, `score_<construct>`: factor scores (regression).

        Raises
        ------
        NotApplicable
            If the result comes from a matrix, which has no accounts.
        """
        if self.evidence.rows is None:
            raise NotApplicable(say("theory.no_accounts"))
        cases = self.evidence.cases(NAMES)
        if self.evidence.level == "item":
            scores = self.fit.factor_scores().add_prefix("score_")
            return cases[["account_id"]].join(scores.reset_index(drop=True))
        values, variables = cases[list(NAMES)].to_numpy(), self.fit.estimate.structure.variables
        order = [variables.index(name) for name in NAMES]
        paths = self.fit.estimate.point.implied[0].paths[np.ix_(order, order)]
        residuals = pd.DataFrame(values - values @ paths.T, columns=list(NAMES))
        own = residuals[[*MEDIATORS, *OUTCOMES]].add_prefix("residual_")
        return cases[["account_id"]].join(own)

    def effects(self) -> pd.DataFrame:
        """Return direct, indirect and total effects, one row per cause and outcome.

        An indirect effect runs through at least one construct in between; total is direct
        plus indirect. In standard deviations.
        """
        return self._effects[["cause", "outcome", "direct", "indirect", "total"]].copy()

    def r_squared(self) -> pd.DataFrame:
        """Return the share of each outcome's implied variance that its causes explain."""
        shares = explained(self.fit, [*MEDIATORS, *OUTCOMES])
        return pd.DataFrame(list(shares.items()), columns=["outcome", "r_squared"])

    def mediation(self) -> pd.DataFrame:
        """Return what each antecedent does to each outcome through trust and commitment.

        Returns
        -------
        DataFrame
            One row per antecedent, outcome and way (`through`, "all" for all ways together):
            indirect effect in standard deviations, error, interval. Percentiles of bootstrap
            draws of accounts if any were asked for; else normal by the delta method, which takes
            a product of paths to be more symmetric than it is.

        Notes
        -----
        The model has no direct path from an antecedent to an outcome: it says that there is
        none. Whether the data agree is for `rival_paths()` and `rival()` to say.
        """
        kinds = dict(zip(LIMITS, ("std_error", "conf_low", "conf_high"), strict=True))
        words = {"indirect": "estimate"} | {f"indirect_{k}": name for k, name in kinds.items()}
        own = self._effects
        own = own[own["cause"].isin(ANTECEDENTS) & own["outcome"].isin(OUTCOMES)]
        every = own[["cause", "outcome", *words]].rename(columns=words).assign(through=ALL)
        pairs = list(own[["cause", "outcome"]].itertuples(index=False, name=None))
        ways = ways_table(self.fit, pairs, standardised=self.standardised)
        place = {pair: number for number, pair in enumerate(pairs)}
        table = pd.concat([ways, every])[list(ways.columns)]
        order = [place[pair] for pair in zip(table["cause"], table["outcome"], strict=True)]
        return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)

    def rival(self) -> pd.DataFrame:
        """Return the theory's model beside its rival, in which nothing mediates.

        Returns
        -------
        DataFrame
            Rows "kmv" and "rival": degrees of freedom, fit, parsimony (`pnfi`, `aic`, `bic`),
            `significant_share` (of paths, at `1 - conf_level`), explained shares of the outcomes;
            in the first row the chi-square difference: the theory's model is the rival with 33
            restrictions, so the rival never fits worse, and a small p-value speaks against them.

        Notes
        -----
        The rival is our version: seven constructs that covary freely, and each of the five
        outcomes regressed on all seven. Both models have the same baseline, in which nothing is
        related, so that `cfi` and `pnfi` can be compared.
        """
        fits = {"kmv": self.fit, "rival": self.rival_fit}
        table = comparison_table(fits, self.conf_level)
        test = loss(self.rival_fit, self.fit)
        none = np.nan
        return table.assign(
            chisq_diff=[test.chisq, none], df_diff=[test.df, none], p_diff=[test.p_value, none]
        )

    def rival_paths(self) -> pd.DataFrame:
        """Return the rival's 35 paths, in standard deviations.

        A path from an antecedent that differs from zero goes round trust and commitment, which
        the theory says it does not.
        """
        table = direct_effects(self._effects_in(self.rival_fit))
        return table[table["outcome"].isin(OUTCOMES)].reset_index(drop=True)

    def alternatives(self) -> pd.DataFrame:
        """Return models of the twelve constructs and satisfaction beside each other.

        Returns
        -------
        DataFrame
            One row per model of `kl.theory.ALTERNATIVES`, with the columns of `rival()` but for
            the difference: most of them are not nested, so compare `bic` and `aic` (lower is
            better).

        Raises
        ------
        NotApplicable
            If satisfaction is not among the data.
        """
        if not self.evidence.tells_of(BESIDE):
            raise NotApplicable(say("theory.no_satisfaction"))
        fits = {name: self.evidence.fit(MODELS[name], self.conf_level) for name in ALTERNATIVES}
        return comparison_table(fits, self.conf_level)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the thirteen estimates with intervals; marks tell the verdicts apart."""
        return pictures.intervals(self, ax)

    def diagram(self, ax: Axes | None = None, *, measurement: bool | None = None) -> Axes:
        """Draw the model with its estimates as a path diagram.

        Parameters
        ----------
        ax : Axes, optional
        measurement : bool, optional
            Whether to draw items; by default not, for there are too many.
        """
        return pictures.diagram(self, ax, measurement=measurement)

    def report(self) -> str:
        """Say which hypotheses are supported, and what runs through commitment."""
        return str(sentences.report(self))


def direct_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Return paths that were estimated, with error, z and interval, from a table of effects."""
    names = ["direct", *(f"direct_{kind}" for kind in LIMITS)]
    estimate, error, low, high = (effects[name].to_numpy() for name in names)
    statistic = np.divide(estimate, error, out=np.full(len(error), np.nan), where=error > 0)
    table = effects[["outcome", "cause"]].assign(
        estimate=estimate,
        std_error=error,
        statistic=statistic,
        p_value=2 * ndtr(-np.abs(statistic)),
        conf_low=low,
        conf_high=high,
    )
    is_free = error > 0
    return table[is_free].reset_index(drop=True)
