"""What a regression of lifetime value says, whatever its model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import ERROR_DRAWS, Covariance, Regression
from kamlab.panel.resample import Resample
from kamlab.value.regression import picture
from kamlab.value.regression.rule import ValueRule

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

CHANGES = {"change": "estimate", "change_low": "conf_low", "change_high": "conf_high"}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ValueRegression(Regression):
    """A regression of lifetime value; made by `fit_value`.

    Attributes
    ----------
    model : str
    rows : DataFrame
        The whole analysis table, open periods too.
    rule : ValueRule
        How lifetime value was made of margins.
    cov : {"cluster", "robust", "classical"}
    currency : str
    """

    model: ClassVar[str]
    rows: Lent[pd.DataFrame] = Lent()
    rule: ValueRule
    cov: Covariance
    currency: str

    @property
    def discount_rate(self) -> float:
        """Discount rate a period."""
        return self.rule.discount_rate

    @property
    def retention_rate(self) -> float:
        """Retention rate of all; where each row has its own, that of the regression of staying."""
        return self.rule.retention_rate

    @property
    def own_retention(self) -> bool:
        """Whether lifetime value holds each row's own probability of staying."""
        return self.rule.stay is not None

    @property
    def multiplies(self) -> bool:
        """Whether terms multiply lifetime value, so that a change is a percentage."""
        return True

    @property
    def title(self) -> Text:
        """The model and the formula, as a heading."""
        model = say(f"value.worth_model_{self.model}")
        return say("value.worth_title", model=model, formula=self.design.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """How lifetime value was made, the rows used, the kind of error, what changes mean."""
        rows, errors = super().notes
        corrected = self.correction is not None
        meaning = say("value.worth_note_corrected" if corrected else "value.note_columns")
        return (self._note_rule, rows, self._note_errors or errors, self._note_model, meaning)

    @property
    def _note_rule(self) -> Text:
        currency = say("value.in_currency", currency=self.currency) if self.currency else same("")
        words = {
            "retention": f"{self.retention_rate:.1%}",
            "discount": f"{self.discount_rate:.1%}",
            "currency": currency,
        }
        if self.own_retention:
            return say("value.worth_note_own", **words)
        return say("value.note_ltv", **words)

    @property
    def _note_errors(self) -> Text | None:
        level = f"{self.conf_level:.0%}"
        if self.rule.carried:
            key = "value.worth_errors_both" if self.correction else "value.worth_errors_carried"
            return say(key, level=level, draws=ERROR_DRAWS, groups=self.design.groups.nunique())
        if self.own_retention:
            return say("value.worth_errors_naive", level=level)
        return None if self.cov == "cluster" else say(f"value.worth_errors_{self.cov}", level=level)

    @property
    def _note_model(self) -> Text:
        return say(f"value.worth_note_{self.model}")

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: changes in per cent, intervals, p."""
        if not self.multiplies:
            return ("term", "estimate", "conf_low", "conf_high", "p_value")
        return ("term", "estimate", "change", "change_low", "change_high", "p_value")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: change of log value, and of value in per cent."""
        table = super().tidy()
        if self.multiplies:
            for name, source in CHANGES.items():
                with np.errstate(over="ignore"):  # per unit far beyond the term's own size
                    table[name] = np.exp(table[source]).where(table["term"] != INTERCEPT) - 1
        return table

    def factor(self, change: Array, by: Array) -> Array:
        """Return by what value is multiplied when terms change.

        Parameters
        ----------
        change : ndarray, shape (rows, terms)
        by : ndarray, shape (terms,) or (draws, terms)
            Coefficients.

        Returns
        -------
        ndarray, shape (rows,) or (draws, rows)

        Raises
        ------
        NotApplicable
            If the model is neither log-linear nor Gamma: its terms do not multiply every
            account's value alike.
        """
        if self.model not in ("log_linear", "gamma"):
            raise NotApplicable(say("value.worth_no_factor", model=self.model))
        return np.asarray(np.exp(by @ change.T))

    @abstractmethod
    def _centre(self, rows: pd.DataFrame) -> tuple[Array, Array]:
        """Return predictions and their standard errors, on a log scale where terms multiply."""

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return lifetime value expected of rows of an analysis table, in money.

        Parameters
        ----------
        rows : DataFrame
            With every column that the formula's right side names, nothing missing.

        Returns
        -------
        DataFrame
            `predicted_value`, `predicted_low`, `predicted_high`, with the index of `rows`: the
            expected value, or the quantile of a quantile regression. The interval is of that
            expectation, not of a single account's value; by the delta method.
        """
        centre, error = self._centre(rows)
        reach = self.design.reach(self.conf_level) * error
        limits = np.stack([centre, centre - reach, centre + reach], axis=1)
        money = np.exp(limits) if self.multiplies else limits
        columns = ["predicted_value", "predicted_low", "predicted_high"]
        return pd.DataFrame(money, columns=columns, index=rows.index)

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period used: lifetime value, predicted and residual."""
        used = self.design.used
        table = pd.concat([identity(used), used[["period", "net_margin", "ltv"]]], axis=1)
        table["predicted_value"] = self.predict(used)["predicted_value"]
        table["residual_money"] = table["ltv"] - table["predicted_value"]
        return table.reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the change of lifetime value per unit of each term, with intervals."""
        alt = say("value.alt", terms=paragraph(self._sentences()))
        return picture.changes(self, self.slopes(), alt, ax)

    def _sentences(self) -> list[Text]:
        return picture.sentences(self, self.slopes())

    def report(self) -> str:
        """Say by how much lifetime value differs per unit of each term."""
        return str(paragraph((*self._sentences(), *self.notes)))

    def _drawn_values(self, draws: Resample) -> Array:
        """Return lifetime values, shape (rows,), or (draws, rows) where each draw has its own."""
        if self.rule.carried:
            return self.rule.drawn(self.design.used, draws)
        return self.design.used["ltv"].to_numpy(dtype=float)

    def _refuse_shaken(self, terms: Array) -> None:
        """Refuse terms with added error (`simex`): retention would be left with its own error."""
        if terms.ndim > 2 and self.correction is None and self.own_retention:
            raise NotApplicable(say("value.worth_shaken"))

    @property
    def drawn_from(self) -> pd.Index:
        """Every account that the estimates rest on, those of a regression of staying included."""
        own = super().drawn_from
        return own if self.rule.stay is None else own.union(self.rule.stay.drawn_from)

    @property
    def _measures(self) -> dict[str, Any]:
        return {"retention_rate": self.retention_rate, "discount_rate": self.discount_rate}

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row."""
        return super().glance().assign(**self._measures)
