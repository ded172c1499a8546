"""Pictures of the list's border, of what can be held, and of who holds what."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamlab.foundation import style
from kamlab.foundation.columns import column
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lettering import shortened
from kamlab.selection.cover import LEVELS, by_manager

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 0.27
"""Inches that a row takes up."""

LONGEST_CAPTION = 22.0
BAR = 0.62
HATCH = "////"
ALT_NAMES = 5


def draw_border(
    ranking: pd.DataFrame,
    *,
    captions: Sequence[str],
    stable: float,
    title: Text,
    ax: Axes | None,
) -> Axes:
    """Draw a ranking round the border of the list: how often each account is on it.

    Parameters
    ----------
    ranking : DataFrame
        Rows from `Selection.augment`, the best first.
    captions : sequence of str
        A name per row.
    stable : float
        The share from which a place counts as stable.
    """
    rows = np.arange(len(ranking))
    chosen = ranking["chosen"].to_numpy(dtype=bool)
    key = ranking["is_key"].fillna(False).to_numpy(dtype=bool) if "is_key" in ranking else None
    share = ranking["inclusion"].to_numpy(dtype=float)
    with style.canvas(ax, width=8.0, height=1.9 + ROW * len(rows)) as ax:
        for own, fill, hatch, words in (
            (chosen, style.LOOKS[0].color, None, say("selection.picture_chosen")),
            (~chosen, "white", HATCH, say("selection.picture_not_chosen")),
        ):
            if own.any():
                ax.barh(
                    rows[own],
                    100 * share[own],
                    height=BAR,
                    color=fill,
                    edgecolor=style.LOOKS[0].color,
                    hatch=hatch,
                    linewidth=0.8,
                    label=str(words),
                )
        for row, score in enumerate(ranking["score"]):
            ax.text(101.5, row, f"{score:.2f}", va="center", fontsize=8.5)
        ax.text(101.5, -0.5, str(say("selection.picture_score")), va="bottom", fontsize=8.5)
        if key is not None and key.any():
            label = str(say("selection.picture_key_today"))
            at = np.full(key.sum(), 112.0)
            ax.plot(at, rows[key], "*", color=style.INK, markersize=8, label=label)
        if chosen.any() and not chosen.all():
            ax.axhline(chosen.sum() - 0.5, color=style.INK, linewidth=1.4)
        ax.axvline(100 * stable, color=style.QUIET, linewidth=1, linestyle=":")
        ax.set_xlim(0, 115)
        ax.set_xticks([0, 20, 40, 60, 80, 100])
        places = [
            f"{shortened(c, LONGEST_CAPTION)}  {r}"
            for c, r in zip(captions, ranking["rank"], strict=True)
        ]
        ax.set_yticks(rows, places)
        ax.set_ylim(len(rows) - 0.5, -1.0)
        ax.set_xlabel(str(say("selection.inclusion_axis", stable=f"{stable:.0%}")))
        _legend(ax)
        style.finish(ax, title=title, alt=_border_alt(ranking, title))
    return ax


def _border_alt(ranking: pd.DataFrame, title: Text) -> Text:
    def named(rows: pd.DataFrame) -> Text:
        pairs = zip(rows["account_id"], rows["inclusion"], strict=True)
        return join([same(f"{one} {share:.0%}") for one, share in pairs])

    chosen = ranking["chosen"]
    return say(
        "selection.border_alt",
        title=title,
        last=named(ranking[chosen].tail(ALT_NAMES)),
        next=named(ranking[~chosen].head(ALT_NAMES)),
    )


def draw_ranges(
    table: pd.DataFrame,
    *,
    labels: Sequence[Text],
    wanted: int | None,
    title: Text,
    axis: Text,
    ax: Axes | None,
) -> Axes:
    """Draw ranges one under the other, the first with its value, and what is wanted.

    Parameters
    ----------
    table : DataFrame
        `value` (missing where there is only a range), `low`, `high`.
    labels : sequence of Text
        One per row.
    wanted : int or None
        A line across all rows.
    """
    own, other = style.LOOKS[0], style.LOOKS[1]
    with style.canvas(ax, width=8.0, height=1.5 + 0.45 * len(table)) as ax:
        for row, (value, low, high) in enumerate(
            table[["value", "low", "high"]].itertuples(index=False)
        ):
            is_own = not np.isnan(value)
            look = own if is_own else other
            ax.plot([low, high], [row, row], color=look.color, linewidth=7 if is_own else 3)
            ax.plot([low, high], [row, row], "|", color=style.INK, markersize=11)
            if is_own:
                ax.plot(value, row, look.marker, color="white", mec=style.INK, markersize=9)
        if wanted is not None:
            ax.axvline(wanted, color=style.INK, linewidth=1.2, linestyle="--")
            words = str(say("selection.picture_wanted", count=wanted))
            ax.text(wanted, -0.62, f" {words}", va="bottom", fontsize=8.5)
        ax.set_yticks(range(len(table)), [str(label) for label in labels])
        ax.set_ylim(len(table) - 0.4, -0.9)
        ax.set_xlim(left=0)
        ax.margins(x=0.08)
        ax.set_xlabel(str(axis))
        style.finish(ax, title=title, alt=_ranges_alt(table, labels, wanted, title))
    return ax


def _ranges_alt(
    table: pd.DataFrame, labels: Sequence[Text], wanted: int | None, title: Text
) -> Text:
    rows = zip(labels, table["value"], table["low"], table["high"], strict=True)
    parts = [
        say("selection.range_in_words", what=label, low=f"{low:g}", high=f"{high:g}")
        if np.isnan(value)
        else say(
            "selection.value_in_words",
            what=label,
            value=f"{value:g}",
            low=f"{low:g}",
            high=f"{high:g}",
        )
        for label, value, low, high in rows
    ]
    if wanted is not None:
        parts.append(say("selection.picture_wanted", count=wanted))
    return say("selection.ranges_alt", title=title, parts=join(parts))


def draw_cover(accounts: pd.DataFrame, *, full_load: float, ax: Axes | None) -> Axes:
    """Draw each manager's load, and the part of it that is thinly covered for other reasons.

    Parameters
    ----------
    accounts : DataFrame
        The accounts of a `Coverage`.
    full_load : float
        From where a manager has more than can be looked after.
    """
    thin = accounts.filter(regex="^thin_(?!over_load)").any(axis=1)
    table = by_manager(accounts.assign(thin=thin))
    names = accounts["manager"].astype("str").fillna("")
    rows_of = table["manager"].astype("str").fillna("")
    sound, bare = (
        100 * accounts["own_load"].where(own, 0.0).groupby(names).sum()[rows_of].to_numpy()
        for own in (~thin, thin)
    )
    order = np.lexsort((-(sound + bare), -_level_number(table["level"])))
    table, sound, bare = table.iloc[order], sound[order], bare[order]
    rows = np.arange(len(table))
    with style.canvas(ax, width=8.0, height=2.0 + 0.36 * len(rows)) as ax:
        color = style.LOOKS[0].color
        words = [str(say(f"selection.picture_{key}")) for key in ("sound", "thin")]
        ax.barh(rows, sound, height=BAR, color=color, edgecolor=color, label=words[0])
        ax.barh(
            rows, bare, left=sound, height=BAR, color="white", edgecolor=color, hatch=HATCH,
            label=words[1],
        )  # fmt: skip
        longest = max(100 * full_load, (sound + bare).max(initial=0.0))
        pairs = zip(table["n_key"], table["n_accounts"], strict=True)
        for row, (n_key, count) in enumerate(pairs):
            text = str(say("selection.picture_held", count=count, n_key=n_key))
            ax.text(1.03 * longest, row, text, va="center", fontsize=8.5)
        ax.axvline(100 * full_load, color=style.INK, linewidth=1.2, linestyle="--")
        ax.set_yticks(rows, [str(_held_by(row)) for row in table.to_dict("records")])
        ax.set_ylim(len(rows) - 0.5, -0.7)
        ax.set_xlim(0, 1.32 * longest)
        ax.set_xlabel(str(say("selection.load_axis", full=f"{full_load:.0%}")))
        _legend(ax)
        style.finish(
            ax,
            title=say("selection.cover_title"),
            alt=_cover_alt(table, sound + bare, bare, full_load),
        )
    return ax


def _level_number(levels: pd.Series) -> np.ndarray:
    return np.array([LEVELS.index(level) if level in LEVELS else -1 for level in levels])


def _held_by(row: Mapping[Hashable, Any]) -> Text:
    if pd.isna(row["manager"]):
        return say("selection.nobody")
    if row["level"] is None:
        return same(row["manager"])
    level = column("level").values[str(row["level"])]
    return say("selection.manager_of_level", manager=row["manager"], level=level)


def _cover_alt(table: pd.DataFrame, load: np.ndarray, thin: np.ndarray, full_load: float) -> Text:
    parts = [
        say(
            "selection.load_in_words",
            who=_held_by(row),
            load=f"{own:.0f}%",
            thin=f"{100 * bare / own if own else 0:.0f}%",
        )
        for row, own, bare in zip(table.to_dict("records"), load, thin, strict=True)
    ]
    return say("selection.cover_alt", full=f"{full_load:.0%}", parts=join(parts))


def _legend(ax: Axes) -> None:
    height = ax.bbox.height / (ax.figure.dpi or 1)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.62 / max(height, 1.0)),
        ncols=3,
        fontsize=9,
    )
