"""What every regression on the analysis table can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.results import Result
from kamlab.panel.design import INTERCEPT, Design
from kamlab.panel.labels import term_labels


@dataclass(frozen=True, slots=True)
class Estimates:
    """The numbers of a fitted regression.

    Attributes
    ----------
    coefficients : ndarray, shape (terms,)
    covariance : ndarray, shape (terms, terms)
        Clustered by account.
    statistic, p_value : ndarray, shape (terms,)
        Coefficient divided by its standard error; two-sided, from the normal distribution.
    interval : ndarray, shape (terms, 2)
    measures : mapping of str to float
        Measures of the whole fit, by the name of their output column.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    statistic: NDArray[np.float64]
    p_value: NDArray[np.float64]
    interval: NDArray[np.float64]
    measures: Mapping[str, float]

    @classmethod
    def of_statsmodels(cls, fit: Any, conf_level: float, **measures: float) -> Estimates:
        """Take the numbers out of a fit by statsmodels."""
        return cls(
            coefficients=frozen(fit.params),
            covariance=frozen(fit.cov_params()),
            statistic=frozen(fit.tvalues),
            p_value=frozen(fit.pvalues),
            interval=frozen(fit.conf_int(alpha=1 - conf_level)),
            measures=measures,
        )


@dataclass(frozen=True, repr=False, eq=False)
class Regression(Result):
    """A regression on rows of the analysis table, with errors clustered by account."""

    design: Design
    estimates: Estimates
    conf_level: float

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The terms in words."""
        return term_labels(self.design.terms.columns)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The rows used and the kind of error."""
        return (
            say("panel.note_rows", nobs=len(self.design.outcome), left_out=self.design.note),
            say("panel.note_errors", groups=self.design.groups.nunique()),
        )

    @property
    def coefficients(self) -> pd.Series:
        """The coefficients by term."""
        return pd.Series(self.estimates.coefficients, index=self.design.terms.columns)

    def tidy(self) -> pd.DataFrame:
        """Return one row per term: estimate, standard error, statistic, p, interval."""
        numbers = self.estimates
        return pd.DataFrame(
            {
                "term": self.design.terms.columns,
                "estimate": numbers.coefficients,
                "std_error": np.sqrt(np.diag(numbers.covariance)),
                "statistic": numbers.statistic,
                "p_value": numbers.p_value,
                "conf_low": numbers.interval[:, 0],
                "conf_high": numbers.interval[:, 1],
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
