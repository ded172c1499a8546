"""What several models foretold of the same rows, measured under the same draws of accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.level import tails
from kamlab.panel.resample import resample
from kamlab.retention.validation.accuracy import Forecasts
from kamlab.retention.validation.shortlist import Shortlist

Array = NDArray[np.float64]
Key = tuple[str, str]
"""A model and a measure."""

BETTER: Mapping[str, int] = {
    "brier": -1,
    "brier_skill": 1,
    "log_score": 1,
    "auc": 1,
    "lift": 1,
    "found": 1,
}
"""Measures in which models can be compared: 1 where more is better, -1 where less is."""
OF_LISTS = ("lift", "found")
IDEAL = {
    "brier": 0.0,
    "brier_skill": 1.0,
    "log_score": 0.0,
    "auc": 1.0,
    "calibration_intercept": 0.0,
    "calibration_slope": 1.0,
}
"""What perfect forecasts have; perfect lists depend on how many left."""
MEASURES = (*IDEAL, *OF_LISTS)
LIMITS = ["conf_low", "conf_high"]


@dataclass(frozen=True, eq=False)
class Record:
    """What one model foretold, and what happened.

    Attributes
    ----------
    forecasts : Forecasts
    shortlist : Shortlist
    """

    forecasts: Forecasts
    shortlist: Shortlist

    def measure(self, name: str, weights: Array) -> Array:
        """Return one measure under weights of the rows, shape (draws,)."""
        if name == "auc":
            return self.forecasts.auc(weights)
        of = self.shortlist.measures if name in OF_LISTS else self.forecasts.means
        return of(weights)[name]

    def measures(self, weights: Array) -> dict[str, Array]:
        """Return every measure in `BETTER` under weights of the rows, each of shape (draws,)."""
        return self.forecasts.measures(weights) | self.shortlist.measures(weights)


@dataclass(frozen=True, eq=False)
class Yardsticks:
    """Models' records of the same rows, and how the rows' accounts are redrawn.

    Attributes
    ----------
    records : mapping of str to Record
    account_ids : Series, shape (rows,)
    n_boot, seed : int
    """

    records: Mapping[str, Record]
    account_ids: pd.Series
    n_boot: int
    seed: int

    def advantage(self, measure: str, model: str, rival: str) -> tuple[float, Array]:
        """Return by how much a model is better than a rival, and the same in every draw.

        Returns
        -------
        float
        ndarray, shape (draws,)
            NaN in draws in which the measure does not exist.
        """

        def better(weights: Array) -> dict[Key, Array]:
            own, other = (self.records[n].measure(measure, weights) for n in (model, rival))
            return {(model, measure): BETTER[measure] * (own - other)}

        (now,), (draws,) = self._once(better).values(), self._redrawn(better).values()
        return float(now[0]), draws

    def table(self, conf_level: float) -> pd.DataFrame:
        """Return one row per model and measure: estimate, interval, what perfect ones have."""
        accounts = pd.factorize(self.account_ids)[0]
        rows = []
        for name, record in self.records.items():
            ideal = IDEAL | record.shortlist.perfect()
            lines = record.forecasts.recalibration(accounts, conf_level)
            for measure in MEASURES:
                if measure in lines:
                    found = lines[measure]
                else:
                    estimates, draws = self._all
                    found = (estimates[name, measure], *limits(draws[name, measure], conf_level))
                rows.append((name, measure, *found, ideal[measure]))
        return pd.DataFrame(rows, columns=["foretold_by", "term", "estimate", *LIMITS, "ideal"])

    def differences(self, conf_level: float) -> pd.DataFrame:
        """Return one row per pair of models and measure, positive where the first is better."""
        estimates, draws = self._all
        rows = []
        for rival, name in combinations(self.records, 2):
            for measure, sign in BETTER.items():
                own, other = (name, measure), (rival, measure)
                estimate = sign * (estimates[own] - estimates[other])
                apart = sign * (draws[own] - draws[other])
                known = apart[np.isfinite(apart)]
                error = known.std(ddof=1) if known.size > 1 else np.nan
                row = (estimate, error, *limits(apart, conf_level), known.size)
                rows.append((name, rival, measure, *row))
        columns = ["foretold_by", "rival", "term", "estimate", "std_error", *LIMITS, "n_draws"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def _all(self) -> tuple[dict[Key, float], dict[Key, Array]]:
        """Every measure of every model, and the same in every draw."""

        def measured(weights: Array) -> dict[Key, Array]:
            return {
                (name, measure): values
                for name, record in self.records.items()
                for measure, values in record.measures(weights).items()
            }

        once = {key: float(values[0]) for key, values in self._once(measured).items()}
        return once, self._redrawn(measured)

    def _once(self, measured: Callable[[Array], dict[Key, Array]]) -> dict[Key, Array]:
        return measured(np.ones((1, len(self.account_ids))))

    def _redrawn(self, measured: Callable[[Array], dict[Key, Array]]) -> dict[Key, Array]:
        draws = resample(self.account_ids, self.n_boot, self.seed)
        blocks = draws.blocks(len(self.account_ids))
        parts = [measured(block.of(self.account_ids)) for block in blocks]
        return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def against(differences: pd.DataFrame, rival: str) -> pd.DataFrame:
    """Return the differences of all other models from one, whatever their order.

    Parameters
    ----------
    differences : DataFrame
        From `Yardsticks.differences`.
    rival : str
    """
    own = differences[differences["rival"] == rival]
    turned = differences[differences["foretold_by"] == rival]
    turned = turned.assign(
        foretold_by=turned["rival"],
        rival=rival,
        estimate=-turned["estimate"],
        conf_low=-turned["conf_high"],
        conf_high=-turned["conf_low"],
    )
    return pd.concat([turned, own], ignore_index=True)


def limits(values: Array, conf_level: float) -> tuple[float, float]:
    """Return percentiles of the draws in which a measure exists."""
    known = values[np.isfinite(values)]
    if not known.size:
        return np.nan, np.nan
    low, high = np.quantile(known, tails(conf_level))
    return float(low), float(high)
