"""The result of `survival_curves`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.results import Result
from kamlab.panel.labels import term_labels
from kamlab.retention.survival.groups import group_labels
from kamlab.retention.survival.kaplan_meier import Curve
from kamlab.retention.survival.picture import draw_curves
from kamlab.retention.survival.sayings import told_p
from kamlab.retention.survival.spells import Clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW_AT_RISK = 5
"""Fewer at risk than this, and one account that leaves moves the curve by more than a fifth."""

NAMED_AT_MOST = 3


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class SurvivalCurves(Result):
    """Kaplan-Meier curves by group; made by `survival_curves`.

    Attributes
    ----------
    by : str or None
        The column that makes the groups.
    clock : {"observed", "tenure"}
    from_year : float
        The year at which the curves begin.
    names : tuple of str
        The groups.
    curves : tuple of Curve
        In the order of `names`.
    accounts : DataFrame
        One row per account, with `entry`, `time`, `left` and `curve`.
    test : tuple of float, int and float, or None
        Log-rank chi-square, degrees of freedom and p; None where there is one group.
    n_left_out : int
        Accounts whose group is not known.
    conf_level : float
    """

    by: str | None
    clock: Clock
    from_year: float
    names: tuple[str, ...]
    curves: tuple[Curve, ...]
    accounts: Lent[pd.DataFrame] = Lent()
    test: tuple[float, int, float] | None
    n_left_out: int
    conf_level: float

    @property
    def title(self) -> Text:
        """What the accounts are grouped by, as a heading."""
        if self.by is None:
            return say("retention.survival_title")
        return say("retention.survival_title_by", by=self._by)

    @property
    def _by(self) -> Text:
        return term_labels([str(self.by)])[str(self.by)]

    @property
    def group_labels(self) -> Mapping[str, Text]:
        """The groups in words."""
        return group_labels(self.names)

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The groups in words."""
        return self.group_labels

    @property
    def notes(self) -> tuple[Text, ...]:
        """The clock, the intervals, accounts left out, and where a curve rests on few accounts."""
        notes = [
            say(f"retention.survival_clock_{self.clock}"),
            say("retention.survival_limits", level=f"{self.conf_level:.0%}"),
        ]
        if self.from_year > 0:
            notes.append(say("retention.survival_begins", year=f"{self.from_year:g}"))
        if self.by is not None:
            notes.append(say("retention.survival_grouped", by=self._by))
        if self.n_left_out:
            words = {"count": self.n_left_out, "by": self._by}
            notes.append(say("retention.survival_left_out", **words))
        if self.test is not None and np.isnan(self.test[0]):
            notes.append(say("retention.survival_no_test"))
        if self.thin is not None:
            notes.append(self.thin)
        return tuple(notes)

    @property
    def thin(self) -> Text | None:
        """Where a curve drops while fewer than five accounts are at risk; None if nowhere."""
        table = self.tidy().query("n_leavers > 0 and n_risk < @FEW_AT_RISK")
        if table.empty:
            return None
        labels = self.group_labels
        named = [
            say(
                "retention.survival_drop",
                curve=labels[row["curve"]],
                time=f"{row['time']:.1f}",
                count=row["n_risk"],
            )
            for row in table.head(NAMED_AT_MOST).to_dict("records")
        ]
        more = say("retention.survival_more") if len(table) > NAMED_AT_MOST else Text("", "")
        words = {"count": len(table), "drops": join(named) + more, "few": FEW_AT_RISK}
        return say("retention.survival_thin", **words)

    def tidy(self) -> pd.DataFrame:
        """Return one row per group and time at which an account left, and one for its start.

        `estimate` is the share that stays beyond `time`; its limits are missing where it is
        zero, since log(-log 0) is not finite.
        """
        return pd.concat(
            [_table(name, curve) for name, curve in zip(self.names, self.curves, strict=True)],
            ignore_index=True,
        )

    def medians(self) -> pd.DataFrame:
        """Return one row per group: accounts, those that left, and the median time to leaving.

        The median is missing where more than half are still there at the end of the curve; a
        missing upper limit likewise.
        """
        rows = []
        for name, curve in zip(self.names, self.curves, strict=True):
            median, low, high = curve.median()
            own = self.accounts.query("curve == @name")
            counts = {"n_accounts": len(own), "n_leavers": int(own["left"].sum())}
            limits = {"estimate": median, "conf_low": low, "conf_high": high}
            rows.append({"term": name} | counts | limits)
        return pd.DataFrame(rows)

    def by_term(self) -> pd.DataFrame:
        """Return the median times, one row per group."""
        return self.medians()

    def glance(self) -> pd.DataFrame:
        """Return accounts, those that left, and the log-rank test in one row.

        The test is missing where there is one group.
        """
        chisq, df, p_value = self.test or (np.nan, 0, np.nan)
        return pd.DataFrame(
            {
                "n_accounts": [len(self.accounts)],
                "n_leavers": [int(self.accounts["left"].sum())],
                "n_left_out": [self.n_left_out],
                "logrank": [chisq],
                "logrank_df": [df],
                "p_value": [p_value],
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: its group, its time in years, and whether it left."""
        accounts = self.accounts
        return identity(accounts).assign(
            curve=accounts["curve"],
            entry=accounts["entry"],
            time=accounts["time"],
            left=accounts["left"],
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curves as steps with their intervals, and the number at risk below."""
        return draw_curves(
            self.group_labels,
            self.curves,
            self.accounts,
            title=self.title,
            clock=self.clock,
            sentences=self._sentences(),
            ax=ax,
        )

    def _sentences(self) -> list[Text]:
        labels = self.group_labels
        sentences = []
        for row, curve in zip(self.medians().to_dict("records"), self.curves, strict=True):
            last = curve.estimate[-1] if len(curve.estimate) else 1.0
            words = {
                "curve": labels[row["term"]],
                "count": row["n_accounts"],
                "left": row["n_leavers"],
                "share": f"{last:.0%}",
                "end": f"{curve.end:.1f}",
                "median": f"{row['estimate']:.1f}",
            }
            reached = "median" if np.isfinite(row["estimate"]) else "no_median"
            sentences.append(say(f"retention.survival_sentence_{reached}", **words))
        return sentences

    def _compared(self) -> list[Text]:
        if self.test is None or np.isnan(self.test[0]):
            return []
        chisq, df, p_value = self.test
        words = {"chisq": f"{chisq:.2f}", "df": df, "p": told_p(p_value)}
        return [say("retention.survival_logrank", **words)]

    def report(self) -> str:
        """Say how many of each group stay how long, and whether the groups differ."""
        return str(paragraph([*self._sentences(), *self._compared(), *self.notes]))


def _table(name: str, curve: Curve) -> pd.DataFrame:
    """Return a curve as a table, with a row for its start."""
    return pd.DataFrame(
        {
            "curve": name,
            "time": np.r_[curve.start, curve.time],
            "n_risk": np.r_[curve.n_first, curve.n_risk],
            "n_leavers": np.r_[0, curve.n_leavers],
            "estimate": np.r_[1.0, curve.estimate],
            "conf_low": np.r_[1.0, curve.conf_low],
            "conf_high": np.r_[1.0, curve.conf_high],
        }
    )
