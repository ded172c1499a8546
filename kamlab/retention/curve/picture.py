"""The picture of a retention curve: what was observed, the curve, and its projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, PercentFormatter

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, say
from kamlab.panel.labels import term_labels
from kamlab.retention.curve.arguments import values_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.retention.curve.curve import RetentionCurve


def draw_curve(curve: RetentionCurve, *, periods: int, ax: Axes | None) -> Axes:
    """Draw the curve, or two where a covariate shifts it; see `RetentionCurve.plot`."""
    shown = _curves(curve, periods)
    with style.canvas(ax) as ax:
        for (label, table), look in zip(shown, style.looks(), strict=False):
            _draw(ax, label, table, look, marked=len(shown) > 1)
        _draw_observed(ax, curve, periods)
        if curve.last < periods:
            ax.axvline(curve.last, color=style.QUIET, linewidth=1, linestyle=":")
            words = str(say("retention.curve_projected"))
            ax.text(curve.last, 1.0, f" {words}", color=style.QUIET, fontsize=8.5, va="top")
        ax.set_xlim(-0.02 * max(periods, 1), max(periods, 1) * 1.02)
        ax.set_ylim(0, 1.03)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        ax.set_xlabel(str(say("retention.curve_axis_renewals")))
        ax.set_ylabel(str(say("retention.curve_axis_share")))
        style.legend_below(ax)
        style.finish(ax, title=curve.title, alt=_alt(curve, shown))
    return ax


def _curves(curve: RetentionCurve, periods: int) -> list[tuple[Text, pd.DataFrame]]:
    if not curve.tally.covariates:
        return [(say("retention.curve_fitted"), curve.project(periods))]
    name = curve.tally.covariates[0]
    label = term_labels([name])[name]
    at = values_at(curve.tally, [(name, -1.0), (name, 1.0)])
    return [
        (
            say(f"retention.curve_fitted_{where}", name=label, value=f"{x:.2f}"),
            curve.project(periods, at={name: x}),
        )
        for where, x in zip(("below", "above"), at, strict=True)
    ]


def _draw(ax: Axes, label: Text, table: pd.DataFrame, look: style.Look, *, marked: bool) -> None:
    t = table["renewals"]
    ax.fill_between(
        t, table["survival_low"], table["survival_high"], color=look.color, alpha=0.15, linewidth=0
    )
    seen = ~table["projected"]
    ahead = table["projected"] | table["projected"].shift(-1, fill_value=False)
    ax.plot(
        t[seen], table["survival"][seen], color=look.color, label=str(label),
        marker=look.marker if marked else None, markevery=max(1, len(t) // 8), markersize=5,
    )  # fmt: skip
    ax.plot(t[ahead], table["survival"][ahead], color=look.color, linestyle="--")


def _draw_observed(ax: Axes, curve: RetentionCurve, periods: int) -> None:
    """Draw observed shares; those known only from some renewal on begin on the curve."""
    table = curve.by_renewal()
    before = int(table["renewals"].iloc[0]) - 1
    start = float(curve.project(before)["survival"].iloc[-1])
    shares = pd.concat([pd.Series([1.0]), table["observed_survival"]]) * start
    at = np.r_[before, table["renewals"]]
    shown = at <= periods
    ax.plot(
        at[shown], shares.to_numpy()[shown], "x", color=style.INK, markersize=6,
        label=str(say(f"retention.curve_observed{'_all' * bool(curve.tally.covariates)}")),
    )  # fmt: skip


def _alt(curve: RetentionCurve, shown: list[tuple[Text, pd.DataFrame]]) -> Text:
    parts = []
    for label, table in shown:
        last, end = table[~table["projected"]].iloc[-1], table.iloc[-1]
        seen = last["renewals"] == end["renewals"]
        parts.append(
            say(
                f"retention.curve_alt_{'seen' if seen else 'part'}",
                label=label,
                last=int(last["renewals"]),
                kept=f"{last['survival']:.1%}",
                end=int(end["renewals"]),
                projected=f"{end['survival']:.1%}",
                low=f"{end['survival_low']:.1%}",
                high=f"{end['survival_high']:.1%}",
            )
        )
    return say("retention.curve_alt", title=curve.title, parts=join(parts))
