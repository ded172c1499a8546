"""The picture of survival curves: steps, intervals, and how many accounts were at risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, PercentFormatter

from kamlab.foundation import style
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import halo, kept_apart
from kamlab.retention.survival.kaplan_meier import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONT_SIZE = 9.0
LABEL_HEIGHT = 0.06
FIRST_ROW, ROW_HEIGHT, LABEL_GAP = 46.0, 13.0, 14.0
"""Where the numbers at risk stand under the axes, and their names beside them, in points."""

LEAP = 0.01
"""Years by which leap days may move an anniversary from the whole year."""


def draw_curves(
    labels: Mapping[str, Text],
    curves: Sequence[Curve],
    accounts: pd.DataFrame,
    *,
    title: Text,
    clock: str,
    sentences: Sequence[Text],
    ax: Axes | None,
) -> Axes:
    """Draw Kaplan-Meier curves.

    Parameters
    ----------
    labels : mapping of str to Text
        The groups in words, in the order of the curves.
    curves : sequence of Curve
    accounts : DataFrame
        With `entry`, `time` and `curve`, from which the numbers at risk are counted.
    title : Text
    clock : {"observed", "tenure"}
    sentences : sequence of Text
        What the alt text says of each group.
    ax : Axes or None
    """
    end = max(curve.end for curve in curves)
    start = min(curve.start for curve in curves) if clock == "tenure" else 0.0
    with style.canvas(ax, height=style.HEIGHT + 0.25 * len(curves)) as ax:
        for curve, look in zip(curves, style.looks(), strict=False):
            _draw_steps(ax, curve, look)
        ax.set_xlim(start, end)
        ax.set_ylim(0, 1.02)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        ax.set_xlabel(str(say(f"retention.survival_{clock}_axis")))
        ax.set_ylabel(str(say("retention.survival_share_axis")))
        if len(curves) > 1:
            _label_ends(ax, list(labels.values()), curves)
        _write_at_risk(ax, labels, accounts, start, end)
        alt = say("retention.survival_alt", groups=paragraph(sentences))
        style.finish(ax, title=title, alt=alt)
    return ax


def _draw_steps(ax: Axes, curve: Curve, look: style.Look) -> None:
    time = np.r_[curve.start, curve.time, curve.end]
    estimate, low, high = (
        np.r_[1.0, values, values[-1:] if len(values) else 1.0]
        for values in (curve.estimate, curve.conf_low, curve.conf_high)
    )
    ax.fill_between(time, low, high, step="post", color=look.color, alpha=0.15, linewidth=0)
    ax.step(time, estimate, where="post", color=look.color, linewidth=1.8)
    ax.plot(curve.time, curve.estimate, look.marker, color=look.color, markersize=4, clip_on=False)


def _label_ends(ax: Axes, labels: Sequence[Text], curves: Sequence[Curve]) -> None:
    """Write each group's name at the end of its curve, without overlap."""
    ends = np.array([c.estimate[-1] if len(c.estimate) else 1.0 for c in curves])
    order = np.argsort(ends, kind="stable")
    heights = np.full(len(ends), LABEL_HEIGHT)
    places = np.empty(len(ends))
    places[order] = kept_apart(ends[order], heights, 0.0, 1.0)
    for label, place, look in zip(labels, places, style.looks(), strict=False):
        ax.text(
            1.01,
            place / 1.02,
            str(label),
            transform=ax.transAxes,
            color=look.color,
            fontsize=FONT_SIZE,
            va="center",
            path_effects=halo(),
        )


def _write_at_risk(
    ax: Axes, labels: Mapping[str, Text], accounts: pd.DataFrame, start: float, end: float
) -> None:
    """Write under the axis how many accounts of each group were at risk."""
    ticks = [float(tick) for tick in ax.get_xticks() if start <= tick <= end]
    _write(ax, start, FIRST_ROW, str(say("retention.survival_at_risk")), style.INK, ha="left")
    for row, ((name, label), look) in enumerate(zip(labels.items(), style.looks(), strict=False)):
        own = accounts[accounts["curve"] == name]
        depth = FIRST_ROW + (row + 1) * ROW_HEIGHT
        for tick in ticks:
            _write(ax, tick, depth, f"{_at_risk(own, tick):,}", look.color)
        _write(ax, end, depth, str(label), look.color, ha="left", right=LABEL_GAP)


def _write(
    ax: Axes,
    at: float,
    depth: float,
    text: str,
    color: str,
    *,
    ha: str = "center",
    right: float = 0,
) -> None:
    ax.annotate(
        text,
        xy=(at, 0),
        xycoords=ax.get_xaxis_transform(),
        xytext=(right, -depth),
        textcoords="offset points",
        ha=ha,
        va="center",
        fontsize=FONT_SIZE - 1,
        color=color,
        annotation_clip=False,
    )


def _at_risk(accounts: pd.DataFrame, time: float) -> int:
    """Return how many accounts are watched beyond a time."""
    entry, end = accounts["entry"].to_numpy(), accounts["time"].to_numpy()
    return int(((entry <= time + LEAP) & (end > time + LEAP)).sum())
