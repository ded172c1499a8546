"""The regression of lifetime value on relationship quality: `fit_value` and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, paragraph, same, say
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.panel.analysis_table import analysis_table
from kamlab.panel.design import INTERCEPT, Design, build_design
from kamlab.panel.labels import term_labels
from kamlab.value.lifetime import lifetime_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_OUTCOME = "log(ltv)"


@dataclass(frozen=True, repr=False, eq=False)
class Value(Result):
    """A regression of log lifetime value; made by `fit_value`."""

    design: Design
    fit: Any
    rows: pd.DataFrame
    retention: float
    discount: float
    currency: str
    conf_level: float

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("value.title", formula=self.design.formula)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return term_labels(self.design.terms.columns)

    @property
    def notes(self) -> tuple[Text, ...]:
        """How lifetime value was made, the rows used, the kind of error."""
        return (
            say(
                "value.note_ltv",
                retention=f"{self.retention:.1%}",
                discount=f"{self.discount:.1%}",
                currency=say("value.in_currency", currency=self.currency)
                if self.currency
                else same(""),
            ),
            say("value.note_rows", nobs=len(self.design.outcome), left_out=self.design.note),
            say("value.note_errors", groups=self.design.groups.nunique()),
        )

    @property
    def coefficients(self) -> pd.Series:
        """Changes of the log of lifetime value, by term."""
        return pd.Series(self.fit.params, index=self.design.terms.columns)

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Cluster-robust covariance of the coefficients, terms by terms."""
        return np.asarray(self.fit.cov_params())

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: changes in per cent, intervals, p."""
        return ("term", "estimate", "change", "change_low", "change_high", "p_value")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: change of log value, and of value in per cent."""
        interval = np.asarray(self.fit.conf_int(alpha=1 - self.conf_level))
        columns = {
            "term": self.design.terms.columns,
            "estimate": np.asarray(self.fit.params),
            "std_error": np.asarray(self.fit.bse),
            "statistic": np.asarray(self.fit.tvalues),
            "p_value": np.asarray(self.fit.pvalues),
            "conf_low": interval[:, 0],
            "conf_high": interval[:, 1],
        }
        table = pd.DataFrame(columns)
        for name in ("estimate", "conf_low", "conf_high"):
            changed = {"estimate": "change", "conf_low": "change_low", "conf_high": "change_high"}
            table[changed[name]] = np.exp(table[name]).where(table["term"] != INTERCEPT) - 1
        return table

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row."""
        return pd.DataFrame(
            {
                "nobs": [len(self.design.outcome)],
                "n_left_out": [self.design.n_left_out],
                "n_accounts": [self.design.groups.nunique()],
                "r_squared": [float(self.fit.rsquared)],
                "residual_std_dev": [float(np.sqrt(self.fit.scale))],
                "retention_rate": [self.retention],
                "discount": [self.discount],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period used: lifetime value, fitted and residual."""
        used = self.design.used
        table = pd.concat([identity(used), used[["period", "net_margin", "ltv"]]], axis=1)
        table["fitted"] = np.exp(np.asarray(self.fit.fittedvalues))
        table["residual"] = np.asarray(self.fit.resid)
        return table.reset_index(drop=True)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the change of lifetime value per unit of each term, with intervals."""
        table = self.tidy().query("term != @INTERCEPT")
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
        rows = self.tidy().query("term != @INTERCEPT")
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
    discount: float = 0.10,
    retention: float | None = None,
    currency: str | None = None,
    conf_level: float = 0.95,
) -> Value:
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
    discount : float, default 0.10
        Discount rate a period.
    retention : float, optional
        Retention rate a period for all; the observed rate of decided periods if left out.
    currency : str, optional
        The company's own if left out; printed beside the numbers.
    conf_level : float, default 0.95

    Returns
    -------
    Value

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
    >>> worth = kl.fit_value("log(ltv) ~ trust + size", company)  # doctest: +SKIP
    """
    tails(conf_level)
    if formula.split("~")[0].replace(" ", "") != LOG_OUTCOME:
        raise ModelError(say("value.outcome", formula=formula, outcome=LOG_OUTCOME))
    rows = analysis_table(data) if isinstance(data, Company) else data
    if "net_margin" not in rows:
        raise NotApplicable(say("value.no_margin"))
    decided = rows[rows["stayed"].notna()]
    rate = float(decided["stayed"].astype(float).mean()) if retention is None else retention
    values = lifetime_value(decided["net_margin"].to_numpy(dtype=float), rate, discount)
    design = build_design(
        formula, decided.assign(ltv=values), outcome_range=say("value.not_positive")
    )
    fit = sm.OLS(design.outcome, design.terms).fit(**design.cluster)
    own = data.currency if isinstance(data, Company) else ""
    return Value(design, fit, rows.copy(), rate, discount, currency or own, conf_level)
