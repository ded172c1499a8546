"""The regression of staying: `fit_retention` and its result."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats
from scipy.special import expit
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from kamlab.accounts.company import Company
from kamlab.accounts.identity import identity
from kamlab.foundation import style
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.panel.analysis_table import analysis_table, current_rows
from kamlab.panel.design import INTERCEPT, Design, build_design
from kamlab.panel.labels import term_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class Retention(Result):
    """A logit of staying; made by `fit_retention`."""

    design: Design
    fit: Any
    effects: pd.DataFrame
    current: pd.DataFrame
    conf_level: float

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("retention.title", formula=self.design.formula)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return term_labels(self.design.terms.columns)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used, the kind of error, what the columns mean."""
        return (
            say("retention.note_rows", nobs=len(self.design.outcome), left_out=self.design.note),
            say("retention.note_errors", groups=self.design.groups.nunique()),
            say("retention.note_columns"),
        )

    @property
    def coefficients(self) -> pd.Series:
        """Changes of the log odds of staying, by term."""
        return pd.Series(self.fit.params, index=self.design.terms.columns)

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Cluster-robust covariance of the coefficients, terms by terms."""
        return np.asarray(self.fit.cov_params())

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: odds ratios, average effects, intervals, p."""
        return ("term", "odds_ratio", "odds_ratio_low", "odds_ratio_high", "p_value", "ame")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: log odds, odds ratio, average marginal effect."""
        interval = np.asarray(self.fit.conf_int(alpha=1 - self.conf_level))
        table = pd.DataFrame(
            {
                "term": self.design.terms.columns,
                "estimate": np.asarray(self.fit.params),
                "std_error": np.asarray(self.fit.bse),
                "statistic": np.asarray(self.fit.tvalues),
                "p_value": np.asarray(self.fit.pvalues),
                "conf_low": interval[:, 0],
                "conf_high": interval[:, 1],
                "odds_ratio": np.exp(np.asarray(self.fit.params)),
                "odds_ratio_low": np.exp(interval[:, 0]),
                "odds_ratio_high": np.exp(interval[:, 1]),
            }
        )
        return table.merge(self.effects, on="term", how="left")

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row."""
        return pd.DataFrame(
            {
                "nobs": [len(self.design.outcome)],
                "n_left_out": [self.design.n_left_out],
                "n_accounts": [self.design.groups.nunique()],
                "retention_rate": [self.design.outcome.mean()],
                "loglik": [float(self.fit.llf)],
                "pseudo_r_squared": [float(self.fit.prsquared)],
                "aic": [float(self.fit.aic)],
            }
        )

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of staying for rows of an analysis table.

        Parameters
        ----------
        rows : DataFrame
            With every column that the formula's right side names, nothing missing.

        Returns
        -------
        DataFrame
            `stay_probability`, `stay_low`, `stay_high`, with the index of `rows`. The interval
            is of the probability itself, by the delta method on the log odds.
        """
        terms = self.design.terms_of(rows).to_numpy()
        odds = terms @ self.coefficients.to_numpy()
        error = np.sqrt(np.einsum("ij,jk,ik->i", terms, self.covariance, terms))
        reach = stats.norm.ppf(tails(self.conf_level)[1]) * error
        limits = {
            "stay_probability": odds,
            "stay_low": odds - reach,
            "stay_high": odds + reach,
        }
        return pd.DataFrame(
            {name: expit(values) for name, values in limits.items()}, index=rows.index
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
        """Draw the odds ratios with their intervals on a logarithmic axis."""
        table = self.tidy().query("term != @INTERCEPT")
        odds = table[["odds_ratio", "odds_ratio_low", "odds_ratio_high"]].set_axis(
            ["estimate", "conf_low", "conf_high"], axis=1
        )
        labels = [str(self.term_labels[term]) for term in table["term"]]
        with style.canvas(ax, height=1.4 + 0.5 * len(labels)) as ax:
            look = next(style.looks())
            style.intervals(ax, odds, np.arange(len(odds), dtype=float), look=look)
            ax.set_xscale("log")
            style.term_axis(ax, labels, null=1.0)
            style.plain_log_ticks(ax)
            ax.set_xlabel(str(say("retention.axis")))
            style.finish(ax, title=say("retention.plot_title"), alt=self._alt())
        return ax

    def _sentences(self) -> list[Text]:
        rows = self.tidy().query("term != @INTERCEPT")
        return [
            say(
                "retention.sentence",
                term=self.term_labels[row["term"]],
                ratio=f"{row['odds_ratio']:.2f}",
                low=f"{row['odds_ratio_low']:.2f}",
                high=f"{row['odds_ratio_high']:.2f}",
                points=f"{100 * row['ame']:+.1f}",
                points_low=f"{100 * row['ame_low']:+.1f}",
                points_high=f"{100 * row['ame_high']:+.1f}",
            )
            for row in rows.to_dict("records")
        ]

    def _alt(self) -> Text:
        return say("retention.alt", terms=paragraph(self._sentences()))

    def report(self) -> str:
        """Say what one unit of each term does to the odds and to the probability of staying."""
        rate = say("retention.report", rate=f"{self.design.outcome.mean():.1%}")
        return str(paragraph((rate, *self._sentences(), *self.notes)))


def fit_retention(
    formula: str, data: Company | pd.DataFrame, *, conf_level: float = 0.95
) -> Retention:
    """Regress staying on what was known before, by logit with errors clustered by account.

    Parameters
    ----------
    formula : str
        Such as `"stayed ~ trust + commitment + satisfaction + tenure"`; columns of the
        analysis table.
    data : Company or DataFrame
        A company, or an analysis table made by `kl.analysis_table`.
    conf_level : float, default 0.95

    Returns
    -------
    Retention
        `tidy()` log odds, odds ratios and average marginal effects; `augment()` who may leave.

    Raises
    ------
    ModelError
        If the formula names unknown columns, or its terms cannot be told apart or separate
        those who stayed from those who left without error.
    NotApplicable
        If nobody left, nobody stayed, or too few rows are left.

    Warns
    -----
    RowsLeftOutWarning
        If decided periods have missing predictors; the message counts them.

    Notes
    -----
    `log(p / (1 - p)) = x b`. Periods still open (`stayed` missing) are not fitted but predicted.
    The average marginal effect is the mean over rows of `dp/dx`.

    Examples
    --------
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", company)  # doctest: +SKIP
    """
    tails(conf_level)
    rows = analysis_table(data) if isinstance(data, Company) else data
    design = build_design(formula, rows[rows["stayed"].notna()])
    _check_outcome(design)
    model = sm.Logit(design.outcome, design.terms)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fit = model.fit(disp=0, **design.cluster)
        except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise ModelError(say("retention.cannot_fit", formula=formula)) from error
    return Retention(
        design=design,
        fit=fit,
        effects=_average_effects(fit, design, conf_level),
        current=current_rows(rows),
        conf_level=conf_level,
    )


def _check_outcome(design: Design) -> None:
    values = set(design.outcome.unique())
    if not values <= {0.0, 1.0}:
        raise ModelError(say("retention.not_binary", formula=design.formula))
    if len(values) == 1:
        raise NotApplicable(say("retention.all_alike", count=len(design.outcome)))


def _average_effects(fit: Any, design: Design, conf_level: float) -> pd.DataFrame:
    """Return the mean slope of each term that can change alone; the others have none."""
    columns = ["term", "ame", "ame_low", "ame_high"]
    terms = [name for name in design.terms.columns if name != INTERCEPT]
    if not terms:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[1:], float))
    effects = fit.get_margeff(at="overall", method="dydx")
    interval = np.asarray(effects.conf_int(alpha=1 - conf_level))
    table = pd.DataFrame(np.column_stack([effects.margeff, interval]), columns=columns[1:])
    table.insert(0, "term", terms)
    return table[~table["term"].isin(design.entangled)]
