"""The regression of staying: `fit_retention` and its result."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.special import expit
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from kamlab.accounts.company import Company
from kamlab.accounts.identity import identity
from kamlab.accounts.need import need_columns
from kamlab.foundation import style
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.level import tails
from kamlab.panel.analysis_table import analysis_table, current_rows
from kamlab.panel.design import Design, build_design
from kamlab.panel.labels import INTERCEPT
from kamlab.panel.regression import Estimates, Regression

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ODDS_RATIOS = {
    "odds_ratio": "estimate",
    "odds_ratio_low": "conf_low",
    "odds_ratio_high": "conf_high",
}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RenewalRegression(Regression):
    """A logit of staying; made by `fit_retention`."""

    effects: Lent[pd.DataFrame] = Lent()
    current: Lent[pd.DataFrame] = Lent()

    @property
    def title(self) -> Text:
        """The formula, as a heading."""
        return say("retention.title", formula=self.design.formula)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used, the kind of error, what the columns mean, who can be predicted."""
        present, known = len(self.current), len(self.design.predictable(self.current))
        return (
            *super().notes,
            say("retention.note_columns"),
            say("retention.note_present", present=present, unknown=present - known),
        )

    @property
    def summary_columns(self) -> Sequence[str]:
        """What a reader needs: odds ratios, average effects, intervals, p."""
        return ("term", "odds_ratio", "odds_ratio_low", "odds_ratio_high", "p_value", "ame")

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: log odds, odds ratio, average marginal effect."""
        table = super().tidy()
        for name, source in ODDS_RATIOS.items():
            table[name] = np.exp(table[source])
        return table.merge(self.effects, on="term", how="left")

    @staticmethod
    def probability(terms: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
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
        return np.asarray(expit(by @ terms.T))

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
        odds = terms @ self.estimates.coefficients
        error = np.sqrt(np.einsum("ij,jk,ik->i", terms, self.estimates.covariance, terms))
        reach = self.design.reach(self.conf_level) * error
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
        table = self.slopes()
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
        rows = self.slopes()
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
) -> RenewalRegression:
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
    RenewalRegression
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
    `log(p / (1 - p)) = x b`. Fitted are the decided periods: renewal was offered and `stayed` is
    known. Periods still open are predicted.
    The average marginal effect is the mean over rows of `dp/dx`.

    Examples
    --------
    >>> stay = kl.fit_retention("stayed ~ trust + tenure", kl.sample_company())
    >>> stay.augment()["account_id"].head(3).tolist()
    ['A-003', 'A-119', 'A-158']
    """
    tails(conf_level)
    rows = analysis_table(data) if isinstance(data, Company) else data
    need_columns(rows, "account_id", "start", "stayed", "decided", of=say("panel.purpose"))
    design = build_design(formula, rows[rows["decided"]])
    _check_outcome(design)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fit = sm.Logit(design.outcome, design.terms).fit(disp=0, **design.cluster)
        except (PerfectSeparationWarning, ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise ModelError(say("retention.cannot_fit", formula=formula)) from error
    measures = {
        "retention_rate": design.outcome.mean(),
        "loglik": fit.llf,
        "pseudo_r_squared": fit.prsquared,
        "aic": fit.aic,
    }
    return RenewalRegression(
        design=design,
        estimates=Estimates.of_statsmodels(fit, **measures),
        conf_level=conf_level,
        effects=_average_effects(fit, design, conf_level),
        current=current_rows(rows),
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
    reach = design.reach(conf_level) * effects.margeff_se
    numbers = [effects.margeff, effects.margeff - reach, effects.margeff + reach]
    table = pd.DataFrame(np.column_stack(numbers), columns=columns[1:])
    table.insert(0, "term", terms)
    return table[~table["term"].isin(design.entangled)]
