"""What every regression on the analysis table can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.language import Text, say
from kamlab.foundation.lent import frozen
from kamlab.foundation.results import Result
from kamlab.panel.design import Design
from kamlab.panel.labels import INTERCEPT, term_labels


@dataclass(frozen=True, slots=True)
class Estimates:
    """The numbers of a fitted regression.

    Attributes
    ----------
    coefficients : ndarray, shape (terms,)
    covariance : ndarray, shape (terms, terms)
        Clustered by account.
    measures : mapping of str to float
        Measures of the whole fit, by the name of their output column.
    """

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    measures: Mapping[str, float]

    @classmethod
    def of_statsmodels(cls, fit: Any, **measures: float) -> Estimates:
        """Take the numbers out of a fit by statsmodels."""
        return cls(
            coefficients=frozen(fit.params),
            covariance=frozen(fit.cov_params()),
            measures=MappingProxyType(measures),
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
            say(
                "panel.note_errors",
                level=f"{self.conf_level:.0%}",
                groups=self.design.groups.nunique(),
            ),
        )

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
