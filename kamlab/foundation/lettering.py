"""Words in figures: lines of a given width, in Japanese too, and labels kept apart."""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import east_asian_width

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import AbstractPathEffect, withStroke
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from kamlab.foundation.language import Text
from kamlab.foundation.style import QUIET

NARROW = 0.5
"""Mean width of a Latin letter, in ems."""

REMARK_SIZE = 8.0

# A Latin word, a katakana word, or one full-width character; marks that must not begin a line stay
# with what is before them, opening brackets with what comes after.
CLOSING = "、。，．・：；？！）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％"
PIECE = re.compile(
    r"[（「『【〔〈《]*"
    r"(?:[^\s\u3000-\u9fff\uff00-\uffef]+|[\u30a1-\u30fa\u30fc]+|[^\s])"
    rf"[{CLOSING}]*\s*|\s+"
)


def halo(width: float = 2.5) -> list[AbstractPathEffect]:
    """Return a white rim that keeps words legible over marks and lines."""
    return [withStroke(linewidth=width, foreground="white")]


def ems(text: str) -> float:
    """Return about how wide a line is, in widths of a full-width character."""
    return sum(1.0 if east_asian_width(letter) in "WFA" else NARROW for letter in text)


def shortened(text: str, width: float) -> str:
    """Return a text cut to a width in ems, with … for what was cut.

    Examples
    --------
    >>> shortened("Hokuto Precision Machinery", 8)
    'Hokuto Precisi…'
    """
    if ems(text) <= width:
        return text
    widths = np.cumsum([ems(letter) for letter in text])
    return text[: int(np.searchsorted(widths, width - ems("…"), side="right"))].rstrip() + "…"


def wrapped(text: str, width: float) -> str:
    """Return a text in as few lines as a width in ems allows, of about equal length.

    Words in Latin letters and in katakana stay whole, even if wider; other Japanese breaks between
    any two characters but before marks such as 、.

    Examples
    --------
    >>> print(wrapped("Buyer-seller partnership", 9))
    Buyer-seller
    partnership
    """
    pieces = PIECE.findall(text)
    lines = _lines(pieces, width)
    narrowest = min(widest_piece(text), width)
    for narrower in np.arange(width, narrowest - 0.5, -0.5):
        tighter = _lines(pieces, max(narrower, narrowest))
        if len(tighter) > len(lines):
            break
        lines = tighter
    return "\n".join(lines)


def widest_piece(text: str) -> float:
    """Return how wide the widest part of a text is that `wrapped` leaves whole, in ems."""
    return max((ems(piece.rstrip()) for piece in PIECE.findall(text)), default=0.0)


def _lines(pieces: list[str], width: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and ems(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def kept_apart(
    centres: ArrayLike, heights: ArrayLike, low: float, high: float
) -> NDArray[np.float64]:
    """Return places near the given ones at which labels of these heights do not overlap.

    Parameters
    ----------
    centres : array_like
        Where the labels would best be, rising.
    heights : array_like
        Of the labels, with the space between them.
    low, high : float
        Between which they have to stay; where that leaves too little room, they go beyond `high`.

    Returns
    -------
    ndarray
        The places with the least sum of squared moves.

    Examples
    --------
    >>> kept_apart([1.0, 1.0, 9.0], [2.0, 2.0, 2.0], 0.0, 10.0).tolist()
    [1.0, 3.0, 9.0]
    """
    heights = np.asarray(heights, dtype=float)
    wanted = np.asarray(centres, dtype=float)
    if not wanted.size:
        return wanted
    steps = np.r_[0.0, np.cumsum([(a + b) / 2 for a, b in pairwise(heights)])]
    moved = np.asarray(isotonic_regression(wanted - steps).x)
    first, last = low + heights[0] / 2, high - heights[-1] / 2 - steps[-1]
    return np.asarray(np.maximum(np.minimum(moved, last), first) + steps)


def dots_per_point(ax: Axes) -> float:
    """Return how many pixels a point has in the figure of these axes."""
    figure = ax.get_figure(root=True)
    return figure.dpi / 72 if figure else 1.0


def settle(ax: Axes) -> None:
    """Lay the figure out, so that lengths in pixels are those that will be drawn."""
    figure = ax.get_figure(root=True)
    if figure is not None and (engine := figure.get_layout_engine()):
        engine.execute(figure)
    ax.apply_aspect()


def write_under(ax: Axes, text: Text) -> None:
    """Write what must be said beside a picture under its horizontal axis."""
    settle(ax)
    below = ax.xaxis.label if ax.axison else "axes fraction"
    ax.annotate(
        wrapped(str(text), ax.bbox.width / dots_per_point(ax) / REMARK_SIZE),
        xy=(0, 0),
        xycoords=("axes fraction", below),
        xytext=(0, -REMARK_SIZE),
        textcoords="offset points",
        va="top",
        fontsize=REMARK_SIZE,
        color=QUIET,
        gid="remark",
    )
    settle(ax)
