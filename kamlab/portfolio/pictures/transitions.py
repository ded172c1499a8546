"""The transition table: from which cell to which, with row shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lettering import dots_per_point, fit_title, settle, widest_piece, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPACE = 0.25
"""Between the table and what came or went, in widths of a field."""

DARKEST = 0.45
"""Shade of a share of 100 %: words on it keep a contrast of 4.5 to 1."""

ROW_EMS = 12.0
FONT_SIZE = 8.5

SMALLEST_FONT = 6.0
INCHES = 0.62
TOLD = 6


def draw_transitions(
    *,
    title: Text,
    states: Sequence[Text],
    counts: ArrayLike,
    gone: ArrayLike | None = None,
    new: ArrayLike | None = None,
    axis_labels: tuple[Text, Text] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a transition table: darker is a larger share of the row, framed is who stayed.

    Parameters
    ----------
    title : Text
    states : sequence of Text
    counts : array_like of shape (k, k)
        From the state of the row to that of the column.
    gone : array_like of shape (k,), optional
        Accounts of each row that are in no state afterwards. They count in the row's shares.
    new : array_like of shape (k,), optional
        Accounts of each column that were in no state before.
    axis_labels : (Text, Text), optional
        Of the rows and the columns; before and after if left out.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    table = np.asarray(counts, dtype=int)
    size = len(states)
    if table.shape != (size, size):
        raise ValueError(f"counts has shape {table.shape}, for {size} states it must be square")
    full = np.zeros((size + 1, size + 1), dtype=int)
    full[:size, :size] = table
    full[:size, size] = 0 if gone is None else np.asarray(gone, dtype=int)
    full[size, :size] = 0 if new is None else np.asarray(new, dtype=int)
    rows, columns = (size + (extra is not None) for extra in (new, gone))
    before, after = axis_labels or (say("portfolio.picture_before"), say("portfolio.picture_after"))
    with style.canvas(ax, height=1.5 + INCHES * rows) as ax:
        _draw_fields(ax, full[:rows, :columns], size)
        down = [*states, say("portfolio.picture_new")][:rows]
        across = [*states, say("portfolio.picture_gone")][:columns]
        ax.set_yticks(_middle(rows, size), [wrapped(str(name), ROW_EMS) for name in down])
        ax.xaxis.tick_top()
        ax.tick_params(length=0, labelsize=FONT_SIZE)
        ax.spines[:].set_visible(False)
        ax.set_xlim(-0.03, _middle(columns, size)[-1] + 0.53)
        ax.set_ylim(_middle(rows, size)[-1] + 0.53, -0.03)
        _name_columns(ax, _middle(columns, size), [str(name) for name in across])
        corner = f"{after} →\n{before} ↓"
        ax.annotate(
            corner,
            (0, 1),
            (-5, 5),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            fontsize=FONT_SIZE,
            color=style.QUIET,
        )
        style.finish(ax, title=title, alt=_alt(states, table, gone, new))
        fit_title(ax)
    return ax


def _middle(count: int, size: int) -> NDArray[np.float64]:
    """Return the middles of the fields; what comes after the states stands apart."""
    place = np.arange(count, dtype=float)
    return place + 0.5 + SPACE * (place >= size)


def _name_columns(ax: Axes, places: NDArray[np.float64], names: list[str]) -> None:
    """Write the heads of the columns, as large as their longest word allows."""
    ax.set_xticks(places, names)
    settle(ax)
    left, right = ax.get_xlim()
    field = ax.bbox.width / (right - left) / dots_per_point(ax)
    widest = max(widest_piece(name) for name in names)
    size = min(FONT_SIZE, max(field / (widest + 0.6), SMALLEST_FONT))
    ax.set_xticks(places, [wrapped(name, field / size - 0.6) for name in names], fontsize=size)


def _draw_fields(ax: Axes, counts: NDArray[np.int_], size: int) -> None:
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    x, y = (_middle(count, size).tolist() for count in counts.shape[::-1])
    for (row, column), count in np.ndenumerate(counts):
        if row == column == size:
            continue
        share = shares[row, column]
        corner = x[column] - 0.5, y[row] - 0.5
        stayed = row == column
        ax.add_patch(
            Rectangle(
                corner,
                1,
                1,
                facecolor=str(1 - DARKEST * share),
                edgecolor=style.INK if stayed else "white",
                linewidth=2.0 if stayed else 1.0,
                zorder=3 if stayed else 2,
                gid="stayed" if stayed else "moved",
            )
        )
        ax.text(
            x[column],
            y[row],
            f"{count:,}\n{share:.0%}" if count else "0",
            color=style.INK if count else style.QUIET,
            ha="center",
            va="center",
            fontsize=8.5,
            zorder=4,
            gid="field",
        )


def _alt(
    states: Sequence[Text],
    counts: NDArray[np.int_],
    gone: ArrayLike | None,
    new: ArrayLike | None,
) -> Text:
    moved = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    largest = np.argsort(-moved, axis=None, kind="stable")[:TOLD]
    moves = [
        say("portfolio.picture_move", start=states[row], end=states[to], count=int(moved[row, to]))
        for row, to in zip(*np.unravel_index(largest, moved.shape), strict=True)
        if moved[row, to]
    ]
    sentences = [
        say(
            "portfolio.picture_transitions",
            stayed=int(np.trace(counts)),
            total=int(counts.sum()),
            moves=join(moves) if moves else say("portfolio.picture_no_moves"),
        )
    ]
    if gone is not None:
        sentences.append(say("portfolio.picture_gone_count", count=int(np.sum(gone))))
    if new is not None:
        sentences.append(say("portfolio.picture_new_count", count=int(np.sum(new))))
    return paragraph(sentences)
