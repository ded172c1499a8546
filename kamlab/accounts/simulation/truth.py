"""The rules of the simulated company: visibly artificial, and open to everybody.

Paths between constructs are all +0.30 or -0.30 with the signs of commitment-trust theory;
satisfaction, which the theory does not have, follows trust and commitment. Nothing here was
estimated from data or taken from a publication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.lent import Lent, frozen

EXOGENOUS = (
    "termination_costs",
    "relationship_benefits",
    "shared_values",
    "communication",
    "opportunism",
)
EXOGENOUS_CORRELATION = 0.20
CONTRARY = "opportunism"
"""The exogenous construct whose correlations with the others are negative."""

_PATHS = {
    "trust": {"shared_values": 0.30, "communication": 0.30, "opportunism": -0.30},
    "commitment": {
        "termination_costs": 0.30,
        "relationship_benefits": 0.30,
        "shared_values": 0.30,
        "trust": 0.30,
    },
    "acquiescence": {"commitment": 0.30},
    "propensity_to_leave": {"commitment": -0.30},
    "cooperation": {"commitment": 0.30, "trust": 0.30},
    "functional_conflict": {"trust": 0.30},
    "uncertainty": {"trust": -0.30},
    "satisfaction": {"trust": 0.30, "commitment": 0.30},
}
PATHS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {outcome: MappingProxyType(causes) for outcome, causes in _PATHS.items()}
)
CONSTRUCTS = (*EXOGENOUS, *PATHS)

CENTRES: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(CONSTRUCTS, 4.4),
        "trust": 4.8,
        "commitment": 4.6,
        "satisfaction": 4.7,
        "opportunism": 3.0,
        "propensity_to_leave": 2.8,
        "uncertainty": 3.3,
    }
)
"""The middle of each construct on the 1-7 scale; one standard deviation is one point."""

RETENTION: Mapping[str, float] = MappingProxyType(
    {
        "trust": 0.45,
        "commitment": 0.60,
        "satisfaction": 0.25,
        "tenure": 0.03,
    }
)
"""Change of the log odds of staying per point (per year for tenure)."""

LOG_ODDS_AT_CENTRE = 1.8
"""Log odds of staying for a new customer in the middle of every scale."""

LOG_MARGIN: Mapping[str, float] = MappingProxyType(
    {
        "trust": 0.10,
        "commitment": 0.06,
        "satisfaction": 0.00,
        "size": 0.70,
    }
)
"""Change of the log of a period's net margin per point (per tenfold employees for size)."""

LOG_MARGIN_AT_CENTRE = 14.2
"""Log of the net margin in yen of a one-person customer in the middle of every scale."""

PERSISTENCE = 0.80
"""Correlation of an account's true quality from one wave to the next."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Truth:
    """What the simulation knows and an analyst does not.

    Attributes
    ----------
    paths : mapping
        Outcome → cause → path between constructs, in standard deviations.
    retention, log_margin : mapping of str to float
        Coefficients per point of true quality.
    quality : DataFrame
        `account_id`, `wave` and every construct's true value in points of the 1-7 scale
        (neither rounded nor cut at the ends).
    periods : DataFrame
        `account_id`, `period`, `stay_probability`, `expected_log_margin`.
    """

    paths: Mapping[str, Mapping[str, float]]
    retention: Mapping[str, float]
    log_margin: Mapping[str, float]
    quality: Lent[pd.DataFrame] = Lent()
    periods: Lent[pd.DataFrame] = Lent()

    def gains(
        self,
        periods: pd.DataFrame,
        raise_by: Mapping[str, float | pd.Series],
        discount_rate: float = 0.10,
    ) -> pd.DataFrame:
        """Return what more quality is really worth, which only a simulated company can tell.

        Parameters
        ----------
        periods : DataFrame
            The company's own; the last period is open, and the net margin of the one before is
            taken as it was.
        raise_by : mapping of str to float or Series
            Points of true quality to add; a Series has them by account.
        discount_rate : float, default 0.10
            A period.

        Returns
        -------
        DataFrame
            `account_id`, `stay_probability`, `value_now`, `value_after`, `gain`, one row per
            account whose renewal is open; value is `m r / (1 + d - r)`.
        """
        last = periods["period"].max()
        own = self.periods
        chance = own[own["period"] == last].set_index("account_id")["stay_probability"]
        before = periods[periods["period"] == last - 1].set_index("account_id")
        margin = (before["margin"] - before["cost_to_serve"]).reindex(chance.index)
        odds, factor = chance / (1 - chance), pd.Series(1.0, index=chance.index)
        for name, by in raise_by.items():
            points = by.reindex(chance.index) if isinstance(by, pd.Series) else by
            odds = odds * np.exp(self.retention.get(name, 0.0) * points)
            factor = factor * np.exp(self.log_margin.get(name, 0.0) * points)
        value_now = margin * _multiple(chance, discount_rate)
        value_after = margin * factor * _multiple(odds / (1 + odds), discount_rate)
        table = {
            "stay_probability": chance,
            "value_now": value_now,
            "value_after": value_after,
            "gain": value_after - value_now,
        }
        return pd.DataFrame(table).reset_index()


def _multiple(retention_rate: pd.Series, discount_rate: float) -> pd.Series:
    return retention_rate / (1 + discount_rate - retention_rate)


@cache
def mixing() -> NDArray[np.float64]:
    """Return the matrix that turns independent standard normal shocks into constructs.

    Returns
    -------
    ndarray, shape (constructs, constructs)
        `z = M u` has unit variances and the correlations that the paths imply; rows are in
        the order of `CONSTRUCTS`.
    """
    size = len(CONSTRUCTS)
    matrix = np.zeros((size, size))
    matrix[: len(EXOGENOUS), : len(EXOGENOUS)] = np.linalg.cholesky(_exogenous_correlations())
    for outcome, causes in PATHS.items():
        row = CONSTRUCTS.index(outcome)
        matrix[row] = sum(path * matrix[CONSTRUCTS.index(cause)] for cause, path in causes.items())
        matrix[row, row] = np.sqrt(1 - matrix[row] @ matrix[row])
    return frozen(matrix)


def _exogenous_correlations() -> NDArray[np.float64]:
    sign = np.array([-1.0 if name == CONTRARY else 1.0 for name in EXOGENOUS])
    correlations = EXOGENOUS_CORRELATION * np.outer(sign, sign)
    np.fill_diagonal(correlations, 1.0)
    return correlations
