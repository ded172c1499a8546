"""How well purchases were foreseen: the result of `validate_purchases`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lent import Lent
from kamlab.foundation.level import tails
from kamlab.foundation.results import Result
from kamlab.panel.resample import check_draws
from kamlab.value.purchases.histories import Floats
from kamlab.value.purchases.model import PurchaseModel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 7
"""Purchases before the split from which accounts are taken together."""
FORECASTS = ("expected_purchases", "baseline_purchases")
TERMS = ("mae", "mae_baseline", "rmse", "rmse_baseline", "total_ratio", "total_ratio_baseline")


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class PurchaseValidation(Result):
    """Forecasts beside what was bought after the split; made by `validate_purchases`.

    Attributes
    ----------
    fit : PurchaseModel
        Fitted to the orders up to the split.
    accounts : DataFrame
        `augment()` of that fit, with actual purchases and the baseline.
    draws : ndarray, shape (draws, 6)
        The measures over redrawn accounts.
    periods : int
        Length of the holdout.
    split : Timestamp
        The last day that the model saw.
    n_new : int
        Accounts that first bought after it.
    conf_level : float
    """

    fit: PurchaseModel
    accounts: Lent[pd.DataFrame] = Lent()
    draws: Floats
    periods: int
    split: pd.Timestamp
    n_new: int
    conf_level: float

    @property
    def title(self) -> Text:
        """The model and the split."""
        name = say(f"value.purchases_name_{self.fit.model}")
        return say("value.purchases_holdout_title", model=name, split=self.split.date())

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was held out, what the baseline is, and what the intervals are."""
        return (
            say(
                "value.purchases_holdout_note",
                split=self.split.date(),
                periods=self.periods,
                new=self.n_new,
            ),
            say(
                "value.purchases_holdout_doubt",
                level=f"{self.conf_level:.0%}",
                draws=len(self.draws),
            ),
        )

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """The measures in words."""
        return {term: say(f"value.purchases_holdout_{term}") for term in TERMS}

    def tidy(self) -> pd.DataFrame:
        """Return one row per measure of the model and of the baseline, with intervals."""
        low, high = np.quantile(self.draws, tails(self.conf_level), axis=0)
        counts = np.ones((1, len(self.accounts)))
        return pd.DataFrame(
            {
                "term": TERMS,
                "estimate": _measures(_sums(self.accounts), counts)[0],
                "conf_low": low,
                "conf_high": high,
            }
        )

    def glance(self) -> pd.DataFrame:
        """Return totals: bought, expected, and as often as before."""
        sums = self.accounts[["actual_purchases", *FORECASTS]].sum()
        return pd.DataFrame(
            {
                "model": [self.fit.model],
                "n_accounts": [len(self.accounts)],
                "periods": [self.periods],
                **{name: [value] for name, value in sums.items()},
            }
        )

    def augment(self) -> pd.DataFrame:
        """Return one row per account: forecast with its interval, baseline, and what it bought."""
        return self.accounts

    def by_frequency(self) -> pd.DataFrame:
        """Return means by repeat purchases before the split: actual, expected, as before."""
        table = self.accounts
        groups = table.groupby(table["frequency"].clip(upper=MOST))
        means = groups[["actual_purchases", *FORECASTS]].mean()
        means.insert(0, "n_accounts", groups.size())
        return means.reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw mean purchases after the split by purchases before it."""
        table = self.by_frequency()
        names = [f"{x}+" if x == MOST else str(x) for x in table["frequency"]]
        labels = ("value.purchases_actual", "value.purchases_expected", "value.purchases_as_before")
        columns = ("actual_purchases", *FORECASTS)
        with style.canvas(ax) as ax:
            for look, column, label, line in zip(
                style.looks(), columns, labels, ("-", "--", ":"), strict=False
            ):
                ax.plot(
                    names,
                    table[column],
                    marker=look.marker,
                    color=look.color,
                    linestyle=line,
                    label=str(say(label)),
                )
            ax.set_ylim(bottom=0)
            ax.set_xlabel(str(say("value.purchases_axis_before")))
            ax.set_ylabel(str(say("value.purchases_axis_after", periods=self.periods)))
            ax.legend()
            means = table[list(columns)].to_numpy(dtype=float)
            rows = [
                say(
                    "value.purchases_holdout_row",
                    x=name,
                    actual=f"{actual:.2f}",
                    expected=f"{expected:.2f}",
                    before=f"{before:.2f}",
                )
                for name, (actual, expected, before) in zip(names, means.tolist(), strict=True)
            ]
            alt = say("value.purchases_holdout_alt", rows=join(rows))
            style.finish(ax, title=self.title, alt=alt)
        return ax

    def report(self) -> str:
        """Say how many purchases were foreseen, and whether the model beats "as before"."""
        table = self.tidy()
        found = dict(zip(TERMS, table["estimate"].tolist(), strict=True))
        ratio = table.loc[table["term"] == "total_ratio", ["conf_low", "conf_high"]].to_numpy()
        low, high = ratio[0].tolist()
        actual, expected, before = (
            float(self.accounts[name].sum()) for name in ("actual_purchases", *FORECASTS)
        )
        sentence = say(
            "value.purchases_holdout_report",
            actual=f"{actual:,.0f}",
            expected=f"{expected:,.0f}",
            ratio=f"{found['total_ratio']:.2f}",
            low=f"{low:.2f}",
            high=f"{high:.2f}",
            before=f"{before:,.0f}",
            mae=f"{found['mae']:.2f}",
            mae_before=f"{found['mae_baseline']:.2f}",
        )
        return str(paragraph((sentence, *self.notes)))


def _sums(accounts: pd.DataFrame) -> Floats:
    """Return what the measures are made of, account by account, shape (n, 8)."""
    actual = accounts["actual_purchases"].to_numpy(dtype=float)
    columns = [np.ones_like(actual), actual]
    for name in FORECASTS:
        forecast = accounts[name].to_numpy(dtype=float)
        columns += [forecast, np.abs(forecast - actual), (forecast - actual) ** 2]
    return np.column_stack(columns)


def _measures(sums: Floats, counts: Floats) -> Floats:
    """Return the six measures where accounts count so often, shape (draws, 6)."""
    n, actual, *rest = (counts @ sums).T
    found = []
    for total, absolute, squared in (rest[:3], rest[3:]):
        ratio = np.divide(total, actual, where=actual > 0, out=np.full_like(total, np.inf))
        found.append((absolute / n, np.sqrt(squared / n), ratio))
    return np.column_stack([one for pair in zip(*found, strict=True) for one in pair])


def redrawn(accounts: pd.DataFrame, n_boot: int, seed: int) -> Floats:
    """Return the measures over redrawn accounts, shape (n_boot, 6)."""
    check_draws(n_boot)
    rng = np.random.default_rng(seed)
    sums, n = _sums(accounts), len(accounts)
    # One draw at a time: there may be a million accounts.
    counts = (rng.multinomial(n, np.full(n, 1 / n)).astype(float) for _ in range(n_boot))
    return np.concatenate([_measures(sums, one[None]) for one in counts])
