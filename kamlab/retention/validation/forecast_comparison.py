"""The result of `compare_forecasts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import identity
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, listed, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.retention.renewal.fit import RenewalModel
from kamlab.retention.validation import comparison_sentences as sentences
from kamlab.retention.validation.accuracy import Forecasts
from kamlab.retention.validation.calibration_table import calibration_table, check_groups
from kamlab.retention.validation.common_rows import Common
from kamlab.retention.validation.comparison_picture import draw_advantages
from kamlab.retention.validation.ranked_lists import ranked_lists
from kamlab.retention.validation.shortlist import Shortlist
from kamlab.retention.validation.yardsticks import BETTER, MEASURES, Record, Yardsticks, against
from kamlab.selection.arguments import is_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ForecastComparison(Result):
    """Several models' forecasts of the same rows; made by `compare_forecasts`.

    Attributes
    ----------
    formulas : mapping of str to str
    model : str
        What kind of regression each formula is.
    forecasts : DataFrame
        One row per account and period foretold, with all columns of the analysis table,
        `outcome` (1 stayed, 0 left) and `forecast_<name>` of each model.
    present : DataFrame
        The latest row of every present account.
    common : Common
        The formulas on the decided rows that all can use.
    capacity, n_boot, seed : int
    conf_level : float
    """

    formulas: Mapping[str, str]
    model: RenewalModel
    forecasts: Lent[pd.DataFrame] = Lent()
    present: Lent[pd.DataFrame] = Lent()
    common: Common
    capacity: int
    n_boot: int
    conf_level: float
    seed: int

    @property
    def title(self) -> Text:
        """The models' names, as a heading."""
        return say("retention.models_title", names=listed(self.formulas))

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The measures in words, alone and behind the name of each model."""
        alone = {name: say(f"retention.check_term_{name}") for name in MEASURES}
        return alone | {
            f"{model}: {name}": say("retention.model_says", name=model, words=words)
            for model in self.formulas
            for name, words in alone.items()
        }

    @property
    def notes(self) -> tuple[Text, ...]:
        """How it was split, what the intervals and the lists are, rows left out."""
        notes = [
            say("retention.check_split"),
            say("retention.models_limits", level=f"{self.conf_level:.0%}", draws=self.n_boot),
            say("retention.models_lists", capacity=self.capacity),
            say("retention.check_rows", left_out=self.common.left_out),
        ]
        if self.common.nested:
            notes.append(say("retention.models_nested"))
        if fewest := self._everybody_listed():
            notes.append(say("retention.models_roomy", fewest=fewest, capacity=self.capacity))
        if self.tidy()["estimate"].isna().any():
            notes.append(say("retention.check_missing"))
        return tuple(notes)

    def _everybody_listed(self) -> int:
        """Return the accounts of the smallest period if its list holds them all, else 0."""
        fewest = int(self.forecasts["period"].value_counts().min())
        return fewest if fewest <= self.capacity else 0

    @cached_property
    def _yardsticks(self) -> Yardsticks:
        found = self.forecasts
        outcome, base = (found[n].to_numpy(dtype=float) for n in ("outcome", "base_rate"))
        period = pd.factorize(found["period"])[0]
        records = {}
        for name in self.formulas:
            given = found[f"forecast_{name}"].to_numpy(dtype=float)
            records[name] = Record(
                Forecasts(given, base, outcome), Shortlist(given, outcome, period, self.capacity)
            )
        return Yardsticks(records, found["account_id"], self.n_boot, self.seed)

    @cached_property
    def _measures(self) -> pd.DataFrame:
        return self._yardsticks.table(self.conf_level)

    @cached_property
    def _apart(self) -> pd.DataFrame:
        return self._yardsticks.differences(self.conf_level)

    def tidy(self) -> pd.DataFrame:
        """Return one row per model and measure: estimate, interval, what perfect ones have.

        A perfect list holds as many of those who left as it has places.
        """
        return self._measures.copy(deep=False)

    def by_term(self) -> pd.DataFrame:
        """Return `tidy()` with the model's name before each measure."""
        table = self.tidy()
        names = table.pop("foretold_by") + ": " + table["term"]
        return table.assign(term=names)

    def differences(self) -> pd.DataFrame:
        """Return one row per pair of models and measure, in the order of the formulas given.

        The estimate is positive where `foretold_by` is better than `rival`: for the Brier score
        the rival's less the model's own. Calibration has no difference here: an intercept or
        slope is good that is near 0 or 1, not one that is higher than another's.
        """
        return self._apart.copy(deep=False)

    def advantage(self, measure: str, model: str, rival: str) -> float:
        """Return by how much a model is better than a rival; as in `differences()`."""
        self._check(measure, model, rival)
        return self._yardsticks.advantage(measure, model, rival)[0]

    def draws(self, measure: str, model: str, rival: str) -> NDArray[np.float64]:
        """Return by how much a model is better than a rival in draws of accounts.

        Parameters
        ----------
        measure : {"brier", "brier_skill", "log_score", "auc", "lift", "found"}
        model, rival : str
            Names of formulas.

        Returns
        -------
        ndarray, shape (draws,)
            Both models under the same draw, positive where `model` is better; draws in which
            the measure does not exist, since nobody left, are not in it.

        Raises
        ------
        ArgumentError
            If a name is unknown; all at once.
        """
        self._check(measure, model, rival)
        draws = self._yardsticks.advantage(measure, model, rival)[1]
        return draws[np.isfinite(draws)]

    def _check(self, measure: str, *models: str) -> None:
        problems = [
            say("retention.models_unknown", got=repr(got), known=listed(known))
            for got, known in [(measure, BETTER), *((one, self.formulas) for one in models)]
            if got not in known
        ]
        if problems:
            raise ArgumentError(paragraph(problems))

    def glance(self) -> pd.DataFrame:
        """Return what was foretold, in one row."""
        found = self.forecasts
        return pd.DataFrame(
            {
                "nobs": [len(found)],
                "n_accounts": [found["account_id"].nunique()],
                "n_left_out": [self.common.n_left_out],
                "n_periods": [found["period"].nunique()],
                "retention_rate": [found["outcome"].mean()],
                "n_leavers": [int((found["outcome"] == 0).sum())],
                "capacity": [self.capacity],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period foretold: each model's forecast, what happened.

        `base_rate` is the share that had stayed in the periods known by then, `n_earlier` their
        number of rows.
        """
        found = self.forecasts
        given = [f"forecast_{name}" for name in self.formulas]
        columns = ["period", *given, "stayed", "base_rate", "n_earlier"]
        return pd.concat([identity(found), found[columns]], axis=1)

    def calibration(self, n_groups: int = 5) -> pd.DataFrame:
        """Return one row per model and group of its forecasts: what was foretold, what happened.

        Parameters
        ----------
        n_groups : int, default 5
            Quantiles of the forecasts, from 2 to 20; equal forecasts are in one group.
        """
        check_groups(n_groups)
        found = self.forecasts
        outcome = found["outcome"].to_numpy(dtype=float)
        parts = []
        for name in self.formulas:
            given = found[f"forecast_{name}"].to_numpy(dtype=float)
            table = calibration_table(given, outcome, n_groups, self.conf_level)
            table.insert(0, "foretold_by", name)
            parts.append(table)
        return pd.concat(parts, ignore_index=True)

    def lists(self, n: int | None = None) -> pd.DataFrame:
        """Return whom each model would have us look after now, side by side.

        Every model is estimated anew from all decided periods and foretells each account's open
        period, or where there is none, its last one.

        Parameters
        ----------
        n : int, optional
            Places on each list; `capacity` if left out.

        Returns
        -------
        DataFrame
            One row per place. Per model: `listed_<name>` the account's id, `called_<name>` its
            name where known, `forecast_<name>` its probability of staying, and
            `on_lists_<name>` on how many lists it stands. Equal ones are in the ids' order.

        Raises
        ------
        ArgumentError
            If `n` is no whole number from 1.
        NotApplicable
            If there is no present account that all models can rank.

        Warns
        -----
        RowsLeftOutWarning
            If some model cannot rank all present accounts.
        """
        if n is not None and not (is_whole(n) and n >= 1):
            raise ArgumentError(say("retention.models_bad_count", name="n", got=repr(n)))
        places = n or self.capacity
        designs = self.common.designs
        return ranked_lists(designs, self.present, places, model=self.model, seed=self.seed)

    def plot(self, ax: Axes | None = None, *, rival: str | None = None) -> Axes:
        """Draw by how much each model is better than one of them, with intervals.

        Parameters
        ----------
        ax : Axes, optional
        rival : str, optional
            The model that the others are compared with; the first if left out.
        """
        rival = rival or next(iter(self.formulas))
        self._check("auc", rival)
        table = against(self.differences(), rival)
        alt = say("retention.models_alt", differences=paragraph(sentences.of_pairs(table)))
        return draw_advantages(table, rival, self.term_labels, alt=alt, ax=ax)

    def report(self) -> str:
        """Say what each model foretold, and which tells more."""
        parts: Iterable[Text] = (
            sentences.of_whole(self.glance().iloc[0], self.forecasts["period"].iloc[0]),
            *sentences.of_models(self.tidy(), self.formulas, self.capacity),
            *sentences.of_pairs(self.differences()),
            *self.notes,
        )
        return str(paragraph(parts))
