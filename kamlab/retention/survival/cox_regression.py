"""The result of Cox's regression: hazard ratios of leaving, and who may leave soonest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.panel.delta_method import standard_errors
from kamlab.panel.regression import Covariance, Regression
from kamlab.retention.survival.proportionality import (
    Proportionality,
    Transform,
    check_proportionality,
)
from kamlab.retention.survival.risk_sets import RiskSets

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HAZARD_RATIOS = {
    "hazard_ratio": "estimate",
    "hazard_ratio_low": "conf_low",
    "hazard_ratio_high": "conf_high",
}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class CoxRegression(Regression):
    """Cox's regression of leaving; made by `fit_retention(..., model="cox")`.

    Attributes
    ----------
    cov : {"cluster", "robust", "classical"}
        Where the standard errors come from.
    risk : RiskSets
    current : DataFrame
        The latest row of every account that is still a customer.
    """

    cov: Covariance
    risk: RiskSets
    current: Lent[pd.DataFrame] = Lent()

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("retention.hazard_title", formula=self.design.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used, the kind of error, which direction is meant, who can be predicted."""
        known = len(self.design.predictable(self.current))
        return (
            say("panel.note_rows", nobs=len(self.design.outcome), left_out=self.design.note),
            say(
                f"retention.hazard_errors_{self.cov}",
                level=f"{self.conf_level:.0%}",
                groups=self.design.groups.nunique(),
            ),
            say("retention.hazard_direction"),
            say("retention.hazard_clock"),
            say(
                "retention.hazard_present",
                present=len(self.current),
                unknown=len(self.current) - known,
            ),
        )

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: hazard ratios with intervals, and p."""
        return ("term", *HAZARD_RATIOS, "p_value")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: log hazard ratio and hazard ratio of leaving."""
        table = super().tidy()
        for name, source in HAZARD_RATIOS.items():
            table[name] = np.exp(table[source])
        return table

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the hazard of leaving relative to a period with average terms.

        Parameters
        ----------
        rows : DataFrame
            With every column that the formula's right side names, nothing missing.

        Returns
        -------
        DataFrame
            `relative_hazard`, `relative_hazard_low`, `relative_hazard_high`, with the index of
            `rows`: `exp((x - mean of the periods used) b)`, the interval by the delta method on
            the logarithm. Compared are accounts of equal tenure.
        """
        used = self.design.terms
        terms = (self.design.terms_of(rows)[used.columns] - used.mean()).to_numpy()
        log_ratio = terms @ self.estimates.coefficients
        error = standard_errors(terms, self.estimates.covariance)
        reach = self.design.reach(self.conf_level) * error
        limits = {
            "relative_hazard": log_ratio,
            "relative_hazard_low": log_ratio - reach,
            "relative_hazard_high": log_ratio + reach,
        }
        return pd.DataFrame(
            {name: np.exp(values) for name, values in limits.items()}, index=rows.index
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per present account: its relative hazard of leaving, highest first.

        Accounts with missing predictors are not in it.
        """
        known = self.design.predictable(self.current)
        table = pd.concat(
            [identity(known), known[["period", "decided"]], self.predict(known)], axis=1
        )
        return table.sort_values("relative_hazard", ascending=False, ignore_index=True)

    def proportionality(self, transform: Transform = "rank") -> Proportionality:
        """Test whether each term's effect is the same at every tenure.

        Parameters
        ----------
        transform : {"rank", "log", "identity"}
            How time enters the test.

        Returns
        -------
        Proportionality
            `tidy()` one row per term and one for all together.
        """
        return check_proportionality(self.design, self.estimates, self.risk, transform)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the hazard ratios with their intervals on a logarithmic axis."""
        table = self.tidy()
        ratios = table[list(HAZARD_RATIOS)].set_axis(["estimate", "conf_low", "conf_high"], axis=1)
        labels = [str(self.term_labels[term]) for term in table["term"]]
        with style.canvas(ax, height=1.4 + 0.5 * len(labels)) as ax:
            look = next(style.looks())
            style.intervals(ax, ratios, np.arange(len(ratios), dtype=float), look=look)
            ax.set_xscale("log")
            style.term_axis(ax, labels, null=1.0)
            style.plain_log_ticks(ax)
            ax.set_xlabel(str(say("retention.hazard_axis")))
            style.finish(ax, title=say("retention.hazard_plot"), alt=self._alt())
        return ax

    def _sentences(self) -> list[Text]:
        return [
            say(
                "retention.hazard_sentence",
                term=self.term_labels[row["term"]],
                ratio=f"{row['hazard_ratio']:.2f}",
                low=f"{row['hazard_ratio_low']:.2f}",
                high=f"{row['hazard_ratio_high']:.2f}",
            )
            for row in self.tidy().to_dict("records")
        ]

    def _alt(self) -> Text:
        return say("retention.hazard_alt", terms=paragraph(self._sentences()))

    def report(self) -> str:
        """Say what one unit of each term does to the hazard of leaving at equal tenure."""
        measures = self.estimates.measures
        whole = say(
            "retention.hazard_report",
            left=measures["n_leavers"],
            nobs=len(self.design.outcome),
            agreed=f"{measures['concordance']:.0%}",
        )
        try:
            check = self.proportionality().sentence
        except NotApplicable as reason:
            check = reason.text
        return str(paragraph((whole, *self._sentences(), check, *self.notes)))

    def _refit(self, terms: NDArray[np.float64], draws: object) -> Never:
        """Raise `NotApplicable`: relative hazards have no probability of staying to pass on."""
        raise NotApplicable(say("retention.hazard_no_probability"))
