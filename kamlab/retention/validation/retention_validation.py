"""The result of `validate_retention`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.retention.validation.calibration_table import calibration_table
from kamlab.retention.validation.picture import draw_calibration
from kamlab.retention.validation.yardsticks import IDEAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RetentionValidation(Result):
    """Forecasts of staying beside what happened; made by `validate_retention`.

    Attributes
    ----------
    formula, model : str
    forecasts : DataFrame
        One row per account and period foretold.
    measures : DataFrame
    n_left_out : int
        Decided periods that could not be used.
    left_out : Text
        Why.
    n_groups : int
    conf_level : float
    """

    formula: str
    model: str
    forecasts: Lent[pd.DataFrame] = Lent()
    measures: Lent[pd.DataFrame] = Lent()
    n_left_out: int
    left_out: Text
    n_groups: int
    conf_level: float

    @property
    def title(self) -> Text:
        """The formula and the model, as a heading."""
        return say("retention.check_title", formula=self.formula, model=self.model)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The measures in words."""
        return {name: say(f"retention.check_term_{name}") for name in IDEAL}

    @property
    def notes(self) -> tuple[Text, ...]:
        """How it was split, what the intervals are, rows left out."""
        notes = [
            say("retention.check_split"),
            say("retention.check_limits", level=f"{self.conf_level:.0%}"),
            say("retention.check_rows", left_out=self.left_out),
        ]
        if self.measures["estimate"].isna().any():
            notes.append(say("retention.check_missing"))
        return tuple(notes)

    def tidy(self) -> pd.DataFrame:
        """Return one row per measure: estimate, interval, and what perfect forecasts have.

        Calibration is missing where all forecasts are alike.
        """
        table = self.measures
        return table.assign(ideal=table["term"].map(IDEAL))

    def glance(self) -> pd.DataFrame:
        """Return what was foretold, and the main measures, in one row."""
        found = self.forecasts
        measures = self.measures.set_index("term")["estimate"]
        return pd.DataFrame(
            {
                "nobs": [len(found)],
                "n_accounts": [found["account_id"].nunique()],
                "n_left_out": [self.n_left_out],
                "n_periods": [found["period"].nunique()],
                "retention_rate": [found["outcome"].mean()],
                "brier": [measures["brier"]],
                "brier_skill": [measures["brier_skill"]],
                "auc": [measures["auc"]],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account and period foretold: the forecast, and what happened.

        `base_rate` is the share that had stayed in the periods known by then, `n_earlier` their
        number of rows.
        """
        found = self.forecasts
        columns = ["period", "stay_probability", "stayed", "base_rate", "n_earlier"]
        return pd.concat([identity(found), found[columns]], axis=1)

    def calibration(self) -> pd.DataFrame:
        """Return one row per group of forecasts: what was foretold, and how many stayed.

        Groups are quantiles of the forecasts; equal forecasts are in one group, so that there
        may be fewer groups. Limits are Wilson's, which take rows for independent.
        """
        found = self.forecasts
        given, outcome = (found[n].to_numpy(dtype=float) for n in ("stay_probability", "outcome"))
        return calibration_table(given, outcome, self.n_groups, self.conf_level)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many stayed over what was foretold, with a histogram of the forecasts."""
        alt = say("retention.check_alt", groups=paragraph(self._groups()))
        forecasts = self.forecasts["stay_probability"].to_numpy(dtype=float)
        return draw_calibration(self.calibration(), forecasts, alt=alt, ax=ax)

    def _groups(self) -> list[Text]:
        return [
            say(
                "retention.check_group",
                given=_range(row["lowest_given"], row["highest_given"]),
                share=f"{row['stayed_share']:.0%}",
                low=f"{row['stayed_low']:.0%}",
                high=f"{row['stayed_high']:.0%}",
                count=row["nobs"],
            )
            for row in self.calibration().to_dict("records")
        ]

    def _compared(self) -> list[Text]:
        rows = self.measures.set_index("term")
        auc, skill = rows.loc["auc"], float(rows["estimate"]["brier_skill"])
        limits = {name: f"{auc[f'conf_{name}']:.0%}" for name in ("low", "high")}
        sentences = [say("retention.check_auc", auc=f"{auc['estimate']:.0%}", **limits)]
        if np.isfinite(skill):
            better = "better" if skill > 0 else "worse"
            sentences.append(say(f"retention.check_skill_{better}", skill=f"{abs(skill):.0%}"))
        return sentences

    def report(self) -> str:
        """Say how many of those given some probability stayed, and how good the forecasts are."""
        found = self.forecasts
        whole = say(
            "retention.check_report",
            periods=found["period"].nunique(),
            first=found["period"].iloc[0],
            nobs=len(found),
            accounts=found["account_id"].nunique(),
        )
        return str(paragraph([whole, *self._groups(), *self._compared(), *self.notes]))


def _range(lowest: float, highest: float) -> str:
    """Return two percentages as one range, or as one number where they are shown alike."""
    first, last = f"{100 * lowest:.0f}", f"{100 * highest:.0f}"
    return f"{last}%" if first == last else f"{first}–{last}%"
