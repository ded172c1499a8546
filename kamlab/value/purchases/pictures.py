"""Pictures of a model of purchases: how well it fits, and who is a customer still."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, same, say
from kamlab.value.purchases.forecast import Estimates
from kamlab.value.purchases.histories import Floats, Groups, Histories, grouped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 7
"""Repeat purchases from which accounts are counted together, at least."""
TAIL = 0.02
"""Part of the accounts that are counted together, at most."""
BUSIEST = 20
LINES = (1, 3, 10)
"""Repeat purchases of the lines of the picture of who is a customer still."""
BAR = 0.7


def counts_observed_and_expected(estimates: Estimates, groups: Groups) -> tuple[Floats, Floats]:
    """Return accounts by number of repeat purchases, as they are and as the model has them.

    Returns
    -------
    tuple of ndarray, shape (most + 1,)
        The last is of `most` or more.
    """
    x, counts = groups.histories.x, groups.counts
    so_far = np.cumsum(np.bincount(x, counts)) / counts.sum()
    most = int(np.clip(np.searchsorted(so_far, 1 - TAIL), MOST, BUSIEST))
    observed = np.bincount(np.minimum(x, most), counts, minlength=most + 1).astype(float)
    spans = grouped(replace(groups.histories, x=np.zeros_like(x), t_x=np.zeros(len(x))), counts)
    logs = estimates.layout.logs(estimates.theta, spans.histories)
    shares = estimates.layout.process.shares(logs, spans.histories.T, most - 1) @ spans.counts
    return observed, np.r_[shares, counts.sum() - shares.sum()]


def draw_counts(estimates: Estimates, groups: Groups, *, title: Text, ax: Axes | None) -> Axes:
    """Draw accounts by number of repeat purchases, observed and expected."""
    observed, expected = counts_observed_and_expected(estimates, groups)
    places = np.arange(len(observed))
    names = [*map(str, places[:-1]), f"{places[-1]}+"]
    with style.canvas(ax) as ax:
        bars, points = style.LOOKS[5], style.LOOKS[1]
        ax.bar(
            places,
            observed,
            BAR,
            color=bars.color,
            label=str(say("value.purchases_observed")),
        )
        ax.plot(
            places,
            expected,
            points.marker,
            color=points.color,
            label=str(say("value.purchases_expected")),
        )
        ax.set_xticks(places, names)
        ax.set_xlabel(str(say("value.purchases_axis_repeats")))
        ax.set_ylabel(str(say("value.purchases_axis_accounts")))
        ax.legend()
        pairs = [
            say("value.purchases_pair", x=name, observed=f"{o:,.0f}", expected=f"{e:,.0f}")
            for name, o, e in zip(names, observed, expected, strict=True)
        ]
        style.finish(ax, title=title, alt=say("value.purchases_counts_alt", pairs=join(pairs)))
    return ax


def draw_alive(estimates: Estimates, groups: Groups, *, title: Text, ax: Axes | None) -> Axes:
    """Draw the probability of being a customer still against the time since the last purchase."""
    histories, counts = groups.histories, groups.counts
    T = float(np.average(histories.T, weights=counts))
    silence = np.linspace(0, T, 61)[:-1]
    purchase, dropout = (
        np.average(side, axis=1, weights=counts)[:, None].repeat(len(silence), axis=1)
        for side in (histories.purchase, histories.dropout)
    )
    ends = []
    with style.canvas(ax) as ax:
        for look, x in zip(style.looks(), LINES, strict=False):
            line = Histories(
                np.full(len(silence), x), T - silence, np.full(len(silence), T), purchase, dropout
            )
            logs = estimates.layout.logs(estimates.theta, line)
            p = expit(-estimates.layout.process.fates(logs, line).log_odds_gone.value)
            label = str(say("value.purchases_line", x=x))
            mark: dict[str, Any] = {"color": look.color, "marker": look.marker, "markevery": 6}
            ax.plot(silence, 100 * p, label=label, **mark)
            ends.append(same(f"{x}: {p[0]:.0%} → {p[len(p) // 2]:.0%}"))
        ax.set_ylim(0, 102)
        ax.set_xlabel(str(say("value.purchases_axis_silence")))
        ax.set_ylabel(str(say("value.purchases_axis_alive")))
        style.legend_below(ax)
        alt = say("value.purchases_alive_alt", T=f"{T:.3g}", half=f"{T / 2:.3g}", lines=join(ends))
        style.finish(ax, title=title, alt=alt)
    return ax
