"""A fitted model of purchases: the result of `fit_purchases`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy.special import expit

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.selection.arguments import is_number
from kamlab.value.purchases.forecast import (
    Estimates,
    Forecast,
    forecast,
    log_interval,
    log_total,
    reach,
)
from kamlab.value.purchases.histories import Floats, Groups, Whole, alone, newcomer
from kamlab.value.purchases.influence import influential
from kamlab.value.purchases.pictures import draw_alive, draw_counts
from kamlab.value.purchases.runaway import Runaway, sentence_of
from kamlab.value.purchases.table import (
    COUNT,
    HISTORY,
    Names,
    read_summary,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PurchaseModel(Result):
    """How often accounts buy, and which of them are customers still; made by `fit_purchases`.

    Attributes
    ----------
    model : str
    terms : tuple of str
        The parameters, then the coefficients of the covariates.
    covariates : tuple
        Columns of buying, and columns of leaving.
    estimates : Estimates
        Log-parameters and coefficients, with their covariance.
    loglik : float
        In the summary's unit of time.
    runaways : tuple of Runaway
        Parameters without a maximum.
    influence : ndarray, shape (rows,)
        Standard errors by which dropping an account would move a parameter, at most.
    groups : Groups
    rows : DataFrame
        Of the summary, those that were used.
    n_left_out : int
    conf_level : float
    """

    model: str
    terms: Names
    covariates: tuple[Names, Names]
    estimates: Estimates
    loglik: float
    runaways: tuple[Runaway, ...]
    influence: Floats
    groups: Groups
    rows: Lent[pd.DataFrame] = Lent()
    n_left_out: int
    conf_level: float

    @property
    def title(self) -> Text:
        """The model, as a heading."""
        return say("value.purchases_title", model=say(f"value.purchases_name_{self.model}"))

    @property
    def n_accounts(self) -> int:
        """How many accounts the model was fitted to."""
        return int(self.groups.counts.sum())

    @property
    def usual_periods(self) -> float:
        """How far ahead is looked if not said otherwise: as long as the mean account was seen."""
        mean = float(np.average(self.groups.histories.T, weights=self.groups.counts))
        return float(f"{mean:.2g}")

    @property
    def notes(self) -> tuple[Text, ...]:
        """What the parameters are, the kind of interval, and what is remarkable in the data."""
        level = f"{self.conf_level:.0%}"
        notes = [
            say(f"value.purchases_note_{self.model}"),
            say("value.purchases_note", level=level),
        ]
        if any(self.covariates):
            notes.append(say("value.purchases_note_covariates"))
        if self.n_left_out:
            notes.append(say("value.purchases_note_left_out", count=self.n_left_out))
        if self.runaways:
            notes.append(sentence_of(self.runaways))
        return (*notes, *influential(self.rows, self.influence))

    def tidy(self) -> pd.DataFrame:
        """Return one row per term; the interval of a parameter is made on the log scale.

        A parameter that runs off has an infinite standard error.
        """
        theta, error = self.estimates.theta, np.sqrt(np.diag(self.estimates.covariance).clip(0))
        off = {term for one in self.runaways for term in one.terms}
        error = np.where([term in off for term in self.terms], np.inf, error)
        half = reach(self.conf_level) * error
        numbers = np.array([theta, error, theta - half, theta + half])
        numbers[[0, 2, 3], :4] = np.exp(numbers[[0, 2, 3], :4])
        numbers[1, :4] *= numbers[0, :4]
        columns = dict(
            zip(("estimate", "std_error", "conf_low", "conf_high"), numbers, strict=True)
        )
        return pd.DataFrame({"term": self.terms} | columns)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words, with their letters."""
        own = {term: say(f"value.purchases_term_{term}") for term in self.terms[:4]}
        sides = zip(("purchase", "dropout"), self.covariates, strict=True)
        return own | {
            f"{side}:{name}": say(f"value.purchases_term_{side}", name=name)
            for side, names in sides
            for name in names
        }

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row."""
        n, q = self.n_accounts, len(self.terms)
        return pd.DataFrame(
            {
                "model": [self.model],
                "n_accounts": [n],
                "n_left_out": [self.n_left_out],
                "n_histories": [len(self.groups.histories)],
                "n_active": [self._n_active(self._ahead(self.groups, 1.0))],
                "npar": [q],
                "loglik": [self.loglik],
                "aic": [2 * q - 2 * self.loglik],
                "bic": [q * np.log(n) - 2 * self.loglik],
            }
        )

    def _n_active(self, found: Forecast) -> float:
        return float(self.groups.counts @ expit(found.log_odds))

    def forecast(self, times: Floats, weights: Floats) -> Forecast:
        """Forecast each of `groups`; the expectation is a weighted sum over times."""
        return forecast(self.estimates, self.groups.histories, times, weights)

    def _ahead(self, groups: Groups, periods: float) -> Forecast:
        return forecast(self.estimates, groups.histories, np.array([periods]), np.ones(1))

    def augment(self, periods: float | None = None) -> pd.DataFrame:
        """Return one row per account: still a customer or not, and what is to come.

        Parameters
        ----------
        periods : float, optional
            How far to look ahead, in the summary's unit of time; as long as the mean account
            was observed if left out.

        Returns
        -------
        DataFrame
            `p_alive` and `expected_purchases` with intervals of the expectation itself, by the
            delta method on log odds and logarithm; single accounts scatter round it.
        """
        return self._table(self.rows, self.groups, periods)

    def predict(self, summary: pd.DataFrame, periods: float | None = None) -> pd.DataFrame:
        """Return the same as `augment` for the accounts of another summary."""
        table = read_summary(summary, *self.covariates)
        if not len(table.rows):
            raise NotApplicable(say("value.purchases_empty", count=len(summary)))
        return self._table(table.rows, table.groups, periods)

    def _table(self, rows: pd.DataFrame, groups: Groups, periods: float | None) -> pd.DataFrame:
        ahead = self._checked(periods)
        found = self._ahead(groups, ahead)
        who = identity(rows) if "account_id" in rows else rows[[COUNT]]
        columns = self._limits(found, groups.group)
        forecasts = pd.DataFrame(columns, index=rows.index).assign(periods=ahead)
        return pd.concat([who, rows[list(HISTORY)], forecasts], axis=1).reset_index(drop=True)

    def _limits(self, found: Forecast, group: Whole) -> dict[str, Floats]:
        odds_error = self.estimates.errors(found.log_odds_slope)
        side = reach(self.conf_level) * odds_error
        ahead_error = self.estimates.errors(found.log_ahead_slope)
        low, high = log_interval(found.log_ahead, ahead_error, self.conf_level)
        columns = {
            "p_alive": expit(found.log_odds),
            "p_alive_low": expit(found.log_odds - side),
            "p_alive_high": expit(found.log_odds + side),
            "expected_purchases": np.exp(found.log_ahead),
            "expected_purchases_low": low,
            "expected_purchases_high": high,
        }
        return {name: values[group] for name, values in columns.items()}

    def _checked(self, periods: float | None) -> float:
        ahead = self.usual_periods if periods is None else periods
        if not (is_number(ahead) and 0 < ahead < np.inf):
            raise ArgumentError(say("value.purchases_periods", periods=repr(periods)))
        return float(ahead)

    def expected_purchases(
        self, periods: float | list[float], covariates: Mapping[str, float] | None = None
    ) -> pd.DataFrame:
        """Return the repeat purchases that a new customer is expected to make.

        Parameters
        ----------
        periods : float or list of float
            Time since the first purchase, in the summary's unit.
        covariates : mapping of str to float, optional
            The customer's covariates; those left out are at their mean.

        Returns
        -------
        DataFrame
            One row a time: `periods`, `expected_purchases` with its interval.
        """
        groups = self._newcomer(covariates or {})
        rows = []
        for one in np.atleast_1d(np.asarray(periods, dtype=object)):
            ahead = self._checked(np.nan if one is None else one)
            found = self._limits(self._ahead(groups, ahead), groups.group)
            rows.append({"periods": ahead} | {name: values[0] for name, values in found.items()})
        return pd.DataFrame(rows).drop(columns=["p_alive", "p_alive_low", "p_alive_high"])

    def _newcomer(self, given: Mapping[str, float]) -> Groups:
        unknown = [name for name in given if name not in {*self.covariates[0], *self.covariates[1]}]
        if unknown:
            listed = join([same(name) for name in unknown])
            raise ArgumentError(say("value.purchases_unknown_covariate", names=listed))
        if wrong := [x for x in given.values() if not (is_number(x) and np.isfinite(x))]:
            listed = join([same(repr(x)) for x in wrong])
            raise ArgumentError(say("value.purchases_no_finite", names=listed))
        histories, counts = self.groups.histories, self.groups.counts
        sides = (
            [given.get(name, mean) for name, mean in zip(names, values @ counts, strict=True)]
            for names, values in zip(
                self.covariates,
                (histories.purchase / counts.sum(), histories.dropout / counts.sum()),
                strict=True,
            )
        )
        return alone(newcomer(*(np.array(side, dtype=float)[:, None] for side in sides)))

    def plot(self, ax: Axes | None = None, kind: Literal["counts", "alive"] = "counts") -> Axes:
        """Draw how well the model fits, or who is a customer still.

        Parameters
        ----------
        ax : Axes, optional
        kind : {"counts", "alive"}
            Accounts by number of repeat purchases, observed and expected; or the probability of
            being a customer still by number and time of purchases.
        """
        if kind == "counts":
            return draw_counts(self.estimates, self.groups, title=self.title, ax=ax)
        if kind == "alive":
            return draw_alive(self.estimates, self.groups, title=self.title, ax=ax)
        raise ArgumentError(say("value.purchases_kind", kind=repr(kind)))

    def report(self) -> str:
        """Say how many customers are left, what they will buy, and what a new one will."""
        ahead = self.usual_periods
        found = self._ahead(self.groups, ahead)
        log, slope = log_total(found.log_ahead, found.log_ahead_slope, self.groups.counts)
        low, high = log_interval(log, self.estimates.errors(slope), self.conf_level)
        new = self.expected_purchases(ahead).iloc[0]
        sentence = say(
            "value.purchases_report",
            count=f"{self.n_accounts:,}",
            active=f"{self._n_active(found):,.0f}",
            periods=f"{ahead:g}",
            total=f"{np.exp(log[0]):,.0f}",
            low=f"{low[0]:,.0f}",
            high=f"{high[0]:,.0f}",
            new=f"{new['expected_purchases']:.2f}",
            new_low=f"{new['expected_purchases_low']:.2f}",
            new_high=f"{new['expected_purchases_high']:.2f}",
        )
        return str(paragraph((sentence, *self.notes)))
