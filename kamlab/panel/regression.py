"""What every regression on the analysis table can say."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import DataWarning, NotApplicable
from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.results import Result
from kamlab.panel.calibration import Calibration
from kamlab.panel.correction import Correction
from kamlab.panel.design import Design
from kamlab.panel.labels import INTERCEPT, term_labels
from kamlab.panel.predictors import Predictors
from kamlab.panel.resample import Redrawn, Resample, joined, resample
from kamlab.sem.caller import level_of_caller

Array = NDArray[np.float64]
Covariance = Literal["cluster", "robust", "classical"]
"""Standard errors clustered by account, robust with rows as independent, or the model's own."""

ERROR_DRAWS = 500
"""Draws of accounts from which the errors of a corrected regression are taken."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """The numbers of a fitted regression.

    Attributes
    ----------
    coefficients : ndarray, shape (terms,)
    covariance : ndarray, shape (terms, terms)
    measures : mapping of str to float
        Measures of the whole fit, by the name of their output column.
    influence : ndarray, shape (rows, terms), optional
        By how much each row moves the coefficients, to first order: its score times the inverse
        of the information. Squares of its sums by account add up to the clustered covariance, but
        for a factor for small samples.
    """

    coefficients: Array
    covariance: Array
    measures: Mapping[str, float]
    influence: Array | None = None

    def __post_init__(self) -> None:
        """Keep the measures so that nobody can write to them."""
        object.__setattr__(self, "measures", MappingProxyType(dict(self.measures)))

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Travel between processes, which a read-only mapping cannot."""
        parts = (self.coefficients, self.covariance, dict(self.measures), self.influence)
        return type(self), parts

    @classmethod
    def of_statsmodels(cls, fit: Any, **measures: float) -> Estimates:
        """Take the numbers out of a fit by statsmodels."""
        return cls(
            coefficients=frozen(fit.params),
            covariance=frozen(fit.cov_params()),
            measures=measures,
        )


@dataclass(frozen=True, repr=False, eq=False)
class Regression(Result):
    """A regression on rows of the analysis table."""

    design: Design
    estimates: Estimates
    conf_level: float
    correction: Correction | None = None

    @abstractmethod
    def _refit(self, terms: Array, draws: Resample) -> Array:
        """Return the coefficients of every draw, shape (draws, terms).

        Parameters
        ----------
        terms : ndarray, shape (rows, terms) or (draws, rows, terms)
        draws : Resample
        """

    def _refit_corrected(self, terms: Array, draws: Resample, known: Calibration) -> Array:
        """Return the coefficients of every draw, its scores corrected by a calibration.

        Parameters
        ----------
        terms : ndarray, shape (draws, rows, terms)
            With the likely truth in place of scores.
        draws : Resample
        known : Calibration
            Of every draw.
        """
        return self._refit(terms, draws)

    @property
    def drawn_from(self) -> pd.Index:
        """Every account that the estimates rest on, those that only tell of error included."""
        own: pd.Index = pd.Index(self.design.groups.unique())
        if self.correction is None:
            return own
        with_error: pd.Index = own.union(self.correction.error.account_ids)
        return with_error

    def redrawn(self, draws: Resample) -> Redrawn:
        """Fit the regression to every draw of accounts, the correction included."""
        rows, terms = self.design.terms.shape
        observed = self.design.terms.to_numpy()
        parts = []
        for block in draws.blocks(rows * (terms if self.correction else 1)):
            if self.correction is None:
                parts.append(Redrawn(self._refit(observed, block), None))
                continue
            drawn = self.correction.redrawn(self.design, block)
            counts = self.design.used["n_respondents"].to_numpy(dtype=float)
            found = self._refit_corrected(drawn.applied(observed, counts), block, drawn)
            found[~drawn.sound] = np.nan
            parts.append(Redrawn(found, drawn))
        return joined(parts)

    def with_redrawn_errors(self, seed: int) -> Self:
        """Return the same regression with errors from redrawn accounts.

        Raises
        ------
        NotApplicable
            If most draws have no solution.

        Warns
        -----
        DataWarning
            If some draws have none.
        """
        draws = resample(self.drawn_from, ERROR_DRAWS, seed)
        known = self.redrawn(draws)
        lost = int((~known.solved).sum())
        if lost > ERROR_DRAWS / 2:
            raise NotApplicable(say("panel.few_solved", lost=lost, draws=ERROR_DRAWS))
        if lost:
            message = say("panel.draws_lost", lost=lost, draws=ERROR_DRAWS)
            warnings.warn(str(message), DataWarning, stacklevel=level_of_caller())
        return self._with_spread(known, draws)

    def _with_spread(self, known: Redrawn, draws: Resample) -> Self:
        covariance = np.atleast_2d(np.cov(known.coefficients[known.solved], rowvar=False))
        estimates = replace(self.estimates, covariance=frozen(covariance), influence=None)
        return replace(self, estimates=estimates)

    def predictors(self, rows: pd.DataFrame, moved: pd.DataFrame | None = None) -> Predictors:
        """Return what the linear predictors of some rows are made of.

        Parameters
        ----------
        rows : DataFrame
            Of an analysis table, nothing missing.
        moved : DataFrame, optional
            The same rows after a change; what the change adds to a term is taken as it is, for
            it is a change of the truth and not of a score.
        """
        terms = self.design.terms_of(rows).to_numpy()
        change = None if moved is None else self.design.terms_of(moved).to_numpy() - terms
        counts = None if self.correction is None else rows["n_respondents"].to_numpy(dtype=float)
        return Predictors(terms, counts, change)

    def linear_predictor(self, rows: pd.DataFrame) -> tuple[Array, Array, Array]:
        """Return terms, linear predictor and the variance of it that scores leave open.

        Returns
        -------
        terms : ndarray, shape (rows, terms)
            Corrected for measurement error where the regression corrects.
        predictor, open_variance : ndarray, shape (rows,)
        """
        parts, by = self.predictors(rows), self.estimates.coefficients
        known = self.correction.calibration if self.correction else None
        likely = parts.likely(known)
        return likely, likely @ by, parts.variance(by, known)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return term_labels(self.design.terms.columns)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used and the kind of error."""
        rows = say("panel.note_rows", nobs=len(self.design.outcome), left_out=self.design.note)
        words = {"level": f"{self.conf_level:.0%}", "groups": self.design.groups.nunique()}
        if self.correction is None:
            return (rows, say("panel.note_errors", **words))
        return (rows, say("panel.note_corrected", draws=ERROR_DRAWS, **words))

    @property
    def coefficients(self) -> pd.Series:
        """The coefficients by term."""
        return pd.Series(self.estimates.coefficients, index=self.design.terms.columns)

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: estimate, standard error, statistic, p, interval."""
        estimate = self.estimates.coefficients
        error = np.sqrt(np.diag(self.estimates.covariance))
        with np.errstate(divide="ignore"):
            statistic = estimate / error
        reach = self.design.reach(self.conf_level) * error
        return pd.DataFrame(
            {
                "term": self.design.terms.columns,
                "estimate": estimate,
                "std_error": error,
                "statistic": statistic,
                "p_value": self.design.p_value(statistic),
                "conf_low": estimate - reach,
                "conf_high": estimate + reach,
            }
        )

    def slopes(self) -> pd.DataFrame:
        """Return `tidy()` without the intercept."""
        table = self.tidy()
        return table[table["term"] != INTERCEPT]

    def glance(self) -> pd.DataFrame:
        """Return the whole fit in one row."""
        counts = {
            "nobs": len(self.design.outcome),
            "n_left_out": self.design.n_left_out,
            "n_accounts": self.design.groups.nunique(),
        }
        return pd.DataFrame([counts | dict(self.estimates.measures)])
