"""The regression of lifetime value on relationship quality: `fit_value` and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.identity import identity
from kamlab.accounts.need import need_columns
from kamlab.foundation import style
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, paragraph, same, say
from kamlab.foundation.lent import Lent, frozen
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import analysis_table
from kamlab.panel.design import build_design
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Estimates, Regression
from kamlab.value.lifetime import lifetime_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_OUTCOME = "log(ltv)"
CHANGES = {"change": "estimate", "change_low": "conf_low", "change_high": "conf_high"}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ValueRegression(Regression):
    """A regression of log lifetime value; made by `fit_value`."""

    log_residuals: NDArray[np.float64]
    rows: Lent[pd.DataFrame] = Lent()
    retention_rate: float
    discount_rate: float
    currency: str

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("value.title", formula=self.design.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """How lifetime value was made, the rows used, the kind of error, what changes mean."""
        currency = say("value.in_currency", currency=self.currency) if self.currency else same("")
        ltv = say(
            "value.note_ltv",
            retention=f"{self.retention_rate:.1%}",
            discount=f"{self.discount_rate:.1%}",
            currency=currency,
        )
        return (ltv, *super().notes, say("value.note_columns"))

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: changes in per cent, intervals, p."""
        return ("term", "estimate", "change", "change_low", "change_high", "p_value")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: change of log value, and of value in per cent."""
        table = super().tidy()
        for name, source in CHANGES.items():
            table[name] = np.exp(table[source]).where(table["term"] != INTERCEPT) - 1
        return table

    @staticmethod
    def factor(change: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by what value is multiplied when terms change.

        Parameters
        ----------
        change : ndarray, shape (rows, terms)
        by : ndarray, shape (terms,) or (draws, terms)
            Coefficients.

        Returns
        -------
        ndarray, shape (rows,) or (draws, rows)
        """
        return np.asarray(np.exp(by @ change.T))

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period used: lifetime value, fitted and residual."""
        used = self.design.used
        table = pd.concat([identity(used), used[["period", "net_margin", "ltv"]]], axis=1)
        table["residual"] = self.log_residuals
        table["fitted"] = table["ltv"] / np.exp(table["residual"])
        return table.reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the change of lifetime value per unit of each term, with intervals."""
        table = self.slopes()
        percent = 100 * table[["change", "change_low", "change_high"]].set_axis(
            ["estimate", "conf_low", "conf_high"], axis=1
        )
        labels = [str(self.term_labels[term]) for term in table["term"]]
        with style.canvas(ax, height=1.4 + 0.5 * len(labels)) as ax:
            look = next(style.looks())
            style.intervals(ax, percent, np.arange(len(percent), dtype=float), look=look)
            style.term_axis(ax, labels)
            ax.set_xlabel(str(say("value.axis")))
            style.finish(
                ax,
                title=say("value.plot_title"),
                alt=say("value.alt", terms=paragraph(self._sentences())),
            )
        return ax

    def _sentences(self) -> list[Text]:
        rows = self.slopes()
        return [
            say(
                "value.sentence",
                term=self.term_labels[row["term"]],
                change=f"{row['change']:+.1%}",
                low=f"{row['change_low']:+.1%}",
                high=f"{row['change_high']:+.1%}",
            )
            for row in rows.to_dict("records")
        ]

    def report(self) -> str:
        """Say by how many per cent lifetime value differs per unit of each term."""
        return str(paragraph((*self._sentences(), *self.notes)))


def fit_value(
    formula: str,
    data: Company | pd.DataFrame,
    *,
    discount_rate: float = 0.10,
    retention_rate: float | None = None,
    currency: str | None = None,
    conf_level: float = 0.95,
) -> ValueRegression:
    """Regress the log of lifetime value on what was known before the period.

    Lifetime value holds retention at one rate for all accounts, so that this regression
    measures how quality goes with the margin; how quality goes with staying is measured by
    `fit_retention`, and `value_of_quality` joins the two without counting anything twice.

    Parameters
    ----------
    formula : str
        `"log(ltv) ~ trust + commitment + satisfaction + size"`, say; the outcome must be
        `log(ltv)`.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    discount_rate : float, default 0.10
        Discount rate a period.
    retention_rate : float, optional
        Retention rate a period for all; the observed rate of decided periods if left out.
    currency : str, optional
        The company's own if left out; printed beside the numbers.
    conf_level : float, default 0.95

    Returns
    -------
    ValueRegression

    Raises
    ------
    ModelError
        If the outcome is not `log(ltv)`, a column is unknown, a rate is out of range, or the
        terms cannot be told apart.
    NotApplicable
        If the periods have no margin and cost to serve, or too few rows are left.

    Warns
    -----
    RowsLeftOutWarning
        If predictors are missing or values are not positive; the message counts them.

    Notes
    -----
    `ltv = m r / (1 + d - r)`, with the net margin `m` of the period. Least squares with errors
    clustered by account.

    Examples
    --------
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", kl.sample_company())
    >>> worth.slopes()["term"].tolist()
    ['trust', 'size']
    """
    tails(conf_level)
    if isinstance(formula, str) and formula.split("~")[0].replace(" ", "") != LOG_OUTCOME:
        raise ModelError(say("value.outcome", formula=formula, outcome=LOG_OUTCOME))
    rows = analysis_table(data) if isinstance(data, Company) else data.copy()
    need_columns(rows, "stayed", "decided", "net_margin", of=say("value.purpose"))
    past = rows[rows["stayed"].notna()]
    if past.empty:
        raise NotApplicable(say("value.nothing_decided"))
    rate = _observed_rate(rows) if retention_rate is None else retention_rate
    values = lifetime_value(past["net_margin"].to_numpy(dtype=float), rate, discount_rate)
    design = build_design(formula, past.assign(ltv=values), outcome_range=say("value.not_positive"))
    fit = sm.OLS(design.outcome, design.terms).fit(**design.cluster)
    measures = {
        "r_squared": fit.rsquared,
        "residual_std_dev": np.sqrt(fit.scale),
        "retention_rate": rate,
        "discount_rate": discount_rate,
    }
    own = data.currency if isinstance(data, Company) else ""
    return ValueRegression(
        design=design,
        estimates=Estimates.of_statsmodels(fit, **measures),
        conf_level=conf_level,
        log_residuals=frozen(fit.resid),
        rows=rows,
        retention_rate=rate,
        discount_rate=discount_rate,
        currency=currency or own,
    )


def _observed_rate(rows: pd.DataFrame) -> float:
    """Return the share of decided periods after which the account stayed."""
    decided = rows.loc[rows["decided"], "stayed"]
    if decided.empty:
        raise NotApplicable(say("value.nothing_decided"))
    return float(decided.astype(float).mean())
