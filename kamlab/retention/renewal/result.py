"""What a regression of renewal says, whatever its model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import identity
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.panel.calibration import Calibration
from kamlab.panel.delta_method import standard_errors
from kamlab.panel.links import LINKS, Link, averaged
from kamlab.panel.predictors import Predictors
from kamlab.panel.refit import refit_binary
from kamlab.panel.regression import Covariance, Regression
from kamlab.panel.resample import Resample
from kamlab.retention.renewal import pictures, sentences
from kamlab.retention.renewal.averaging import refit_averaged
from kamlab.retention.renewal.effects import average_effects

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
Ratio = Literal["odds_ratio", "hazard_ratio"]

RATIOS: dict[str, Ratio] = {
    "logit": "odds_ratio",
    "firth": "odds_ratio",
    "random_intercept": "odds_ratio",
    "cloglog": "hazard_ratio",
}
"""What e to the power of an estimate is; nothing in a probit."""
FEW_EVENTS = 10
"""Fewer of the rarer outcome per term make estimates unsteady (Peduzzi et al. 1996)."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RenewalRegression(Regression):
    """A regression of staying; made by `fit_retention`.

    Attributes
    ----------
    model : str
        Such as `"logit"`.
    cov : {"cluster", "robust", "classical"} or None
        Where the standard errors come from; None: the model has its own.
    current : DataFrame
        The latest row of every account that is still a customer.
    """

    model: str
    cov: Covariance | None
    current: Lent[pd.DataFrame] = Lent()

    @property
    def link(self) -> Link | None:
        """The link, where a probability follows from the coefficients alone; else None."""
        return self._curve

    @property
    def ratio(self) -> Ratio | None:
        """The column that has e to the power of an estimate: odds ratio, hazard ratio, none."""
        return RATIOS.get(self.model)

    @property
    def _curve(self) -> Link:
        return LINKS[self.model]

    @property
    def title(self) -> Text:
        """The model and the formula, as a heading."""
        name = say(f"retention.renewal_{self.model}")
        return say("retention.renewal_title", model=name, formula=self.design.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used, the kind of error, what the columns mean, who can be predicted."""
        present, known = len(self.current), len(self.design.predictable(self.current))
        rows, _ = super().notes
        notes = [rows, self._errors(), say(f"retention.renewal_note_{self.model}")]
        notes.append(say("retention.renewal_note_effects"))
        if self.correction is None:
            notes.append(say("retention.renewal_note_error"))
        events = self.estimates.measures["events_per_term"]
        if events < FEW_EVENTS and self.model != "firth":
            notes.append(say("retention.renewal_note_rare", events=f"{events:.1f}"))
        notes.append(say("retention.note_present", present=present, unknown=present - known))
        return tuple(notes)

    def _errors(self) -> Text:
        """Return where the standard errors come from, in words."""
        if self.correction is not None or self.cov == "cluster":
            return super().notes[1]
        counts = {"nobs": len(self.design.outcome), "groups": self.design.groups.nunique()}
        kind = self.cov or self.model
        return say(f"retention.renewal_errors_{kind}", level=f"{self.conf_level:.0%}", **counts)

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: ratios or estimates, average effects, intervals, p."""
        if self.ratio is None:
            return ("term", "estimate", "p_value", "ame", "ame_low", "ame_high")
        return ("term", self.ratio, f"{self.ratio}_low", f"{self.ratio}_high", "p_value", "ame")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: estimate, ratio where there is one, average marginal effect."""
        table = self._with_limits(super().tidy())
        if self.ratio is not None:
            for end, source in {"": "estimate", "_low": "conf_low", "_high": "conf_high"}.items():
                with np.errstate(over="ignore"):  # a limit far from the data may be infinite
                    table[f"{self.ratio}{end}"] = np.exp(table[source])
        return table.merge(average_effects(self), on="term", how="left")

    def _with_limits(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table with limits and p of the model's own."""
        return table

    def parameters(self) -> tuple[Array, Array]:
        """Return all that was estimated, coefficients first, and its covariance."""
        return self.estimates.coefficients, self.estimates.covariance

    def mean_slope(self, parts: Predictors, at: Array) -> float:
        """Return the mean slope of the probability of staying by the linear predictor.

        Parameters
        ----------
        parts : Predictors
        at : ndarray, shape (parameters,)
        """
        predictor = parts.at(at[: len(self.estimates.coefficients)], self._calibration)
        return float(self._averaged(self._curve.slope, predictor, self._open(parts, at)).mean())

    @property
    def _calibration(self) -> Calibration | None:
        return self.correction.calibration if self.correction else None

    def _open(self, parts: Predictors, at: Array) -> Array:
        """Return the variance of the linear predictor that is left open."""
        return parts.variance(at, self._calibration)

    @staticmethod
    def _averaged(function: Callable[[Array], Array], predictor: Array, variance: Array) -> Array:
        """Return the mean of a function over what is left open of the linear predictor."""
        return averaged(function, predictor, variance)

    def _gradient(self, terms: Array, predictor: Array, variance: Array) -> Array:
        """Return the derivatives of the linear predictor by the parameters."""
        return terms

    def probability(self, terms: Array, by: Array) -> Array:
        """Return probabilities of staying.

        Parameters
        ----------
        terms : ndarray, shape (rows, terms)
        by : ndarray, shape (terms,) or (draws, terms)
            Coefficients.

        Returns
        -------
        ndarray, shape (rows,) or (draws, rows)
        """
        return self._curve.probability(by @ terms.T)

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of staying for rows of an analysis table.

        Parameters
        ----------
        rows : DataFrame
            With every column that the formula's right side names, nothing missing; with
            `n_respondents` too where scores are corrected.

        Returns
        -------
        DataFrame
            `stay_probability`, `stay_low`, `stay_high`, with the index of `rows`. The interval
            is of the probability itself, by the delta method on the linear predictor. Where a
            row leaves the predictor open (an account's own intercept, the error of its scores),
            the probability is the average over it.
        """
        parts = self.predictors(rows)
        at, covariance = self.parameters()
        terms = parts.likely(self._calibration)
        predictor = terms @ self.estimates.coefficients
        variance = self._open(parts, at)
        slopes = self._gradient(terms, predictor, variance)
        error = standard_errors(slopes, covariance)
        reach = self.design.reach(self.conf_level) * error
        limits = {
            "stay_probability": predictor,
            "stay_low": predictor - reach,
            "stay_high": predictor + reach,
        }
        curve = self._curve.probability
        chances = {name: self._averaged(curve, x, variance) for name, x in limits.items()}
        table = pd.DataFrame(chances, index=rows.index)
        if self.model == "cloglog":  # more of the predictor is less staying
            table[["stay_low", "stay_high"]] = table[["stay_high", "stay_low"]].to_numpy()
        return table

    def _refit(self, terms: Array, draws: Resample) -> Array:
        outcome, start = self.design.outcome.to_numpy(), self.estimates.coefficients
        return refit_binary(self._curve, terms, outcome, draws.of(self.design.groups), start)

    def _refit_corrected(self, terms: Array, draws: Resample, known: Calibration) -> Array:
        """Return the coefficients of every draw; the likely truth alone is where they start."""
        return refit_averaged(
            self._curve,
            terms,
            self.design.outcome.to_numpy(),
            draws.of(self.design.groups),
            self._refit(terms, draws),
            known,
            self.design.used["n_respondents"].to_numpy(dtype=float),
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per present account: how likely it is to stay, least likely first.

        An open period is predicted; for an account without one, its last period is fitted.
        Accounts with missing predictors are not in it.
        """
        known = self.design.predictable(self.current)
        table = pd.concat(
            [identity(known), known[["period", "decided"]], self.predict(known)], axis=1
        )
        return table.sort_values("stay_probability", ignore_index=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the ratios with their intervals on a logarithmic axis; a probit's average effects.

        Raises
        ------
        NotApplicable
            If nothing of a probit can change alone, so that it has no average effects.
        """
        table = self.slopes()
        kind = self.ratio or "plain"
        alt = say(f"retention.renewal_alt_{kind}", terms=paragraph(self._sentences(table)))
        return pictures.draw(table, self.term_labels, self.ratio, alt, ax)

    def _sentences(self, table: pd.DataFrame) -> list[Text]:
        return sentences.of_terms(table, self.term_labels, self.ratio)

    def report(self) -> str:
        """Say what one unit of each term does to staying."""
        rate = say("retention.report", rate=f"{self.design.outcome.mean():.1%}")
        return str(paragraph((rate, *self._sentences(self.slopes()), *self.notes)))
