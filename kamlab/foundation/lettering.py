"""Words in figures: lines of a given width, in Japanese too, and labels kept apart."""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import east_asian_width

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.text import Text as Words
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from kamlab.foundation.language import Text
from kamlab.foundation.style import QUIET

NARROW = 0.5
"""Mean width of a Latin letter, in ems."""

REMARK_SIZE = 8.0

EDGE = 4.0
"""Points between words and the edge of the figure."""

# A Latin word, a katakana word, or one full-width character; marks that must not begin a line stay
# with what is before them, opening brackets with what comes after.
CLOSING = "、。，．・：；？！＆／）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％"
OPENING = "（「『【〔〈《"
LATIN, KATAKANA = r"[^\s\u3000-\u9fff\uff00-\uffef]", r"[\u30a1-\u30fa\u30fc]"
PIECE = re.compile(rf"[{OPENING}]*(?:{LATIN}+|{KATAKANA}+|[^\s])[{CLOSING}]*\s*|\s+")

# A Japanese word with the particles after it. One kanji after katakana is a suffix, one after a
# number its unit; a lone syllable on -i or -e between kanji is within a word, as in 買い手.
KANJI, HIRAGANA = "[\u4e00-\u9fff々]", "[\u3041-\u3096ー]"
PHRASE = re.compile(
    rf"[{OPENING}]*"
    rf"(?:{LATIN}+(?:(?<=\d){KANJI}+)?(?:\s?{HIRAGANA}+)?"
    rf"|{KATAKANA}+(?:{KANJI}(?!{KANJI}))?"
    rf"|{KANJI}+(?:[いきぎしちみびりえけげせめれべ]{KANJI}+)*|{HIRAGANA}|[^\s])"
    rf"{HIRAGANA}*(?:[{CLOSING}]+(?:(?<=[）」』】〕〉》]){HIRAGANA}+)?)*\s*|\s+"
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

    Japanese breaks after 、 and 。, and between words, a particle staying with its word. Words in
    Latin letters and in katakana stay whole, even if wider; another Japanese word that is wider
    breaks between any two characters but before marks such as 、.

    Examples
    --------
    >>> print(wrapped("Buyer-seller partnership", 9))
    Buyer-seller
    partnership
    """
    pieces = _pieces(text, width)
    lines = _lines(pieces, width)
    narrowest = min(max((ems(piece.rstrip()) for piece in pieces), default=0.0), width)
    for narrower in np.arange(width, narrowest - 0.5, -0.5):
        tighter = _lines(pieces, max(narrower, narrowest))
        if len(tighter) > len(lines):
            break
        lines = tighter
    return "\n".join(lines)


def widest_piece(text: str) -> float:
    """Return how wide the widest part of a text is that `wrapped` never breaks, in ems."""
    return max((ems(piece.rstrip()) for piece in PIECE.findall(text)), default=0.0)


def _pieces(text: str, width: float) -> list[str]:
    """Return the phrases of a text, those that are wider than a line in smaller pieces."""
    return [
        piece
        for phrase in PHRASE.findall(text)
        for piece in ([phrase] if ems(phrase.rstrip()) <= width else PIECE.findall(phrase))
    ]


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
    """Write what must be said beside a picture under its horizontal axis.

    It is as wide as the figure, or as the picture with its legend where the figure has others.
    """
    settle(ax)
    below = ax.xaxis.label if ax.axison else "axes fraction"
    remark = ax.annotate(
        "",
        xy=(0, 0),
        xycoords=("axes fraction", below),
        xytext=(0, -REMARK_SIZE),
        textcoords="offset points",
        va="top",
        fontsize=REMARK_SIZE,
        color=QUIET,
        gid="remark",
    )
    _fill(remark, str(text), _right_end(ax) - ax.bbox.x0)
    settle(ax)


def fit_title(ax: Axes) -> None:
    """Break the title where it would go beyond the figure."""
    settle(ax)
    title = ax.set_title(ax.get_title(loc="left"), loc="left")
    _fill(title, title.get_text(), _right_end(ax) - ax.bbox.x0)


def _right_end(ax: Axes) -> float:
    """Return how far words of a picture may go to the right, in pixels."""
    figure = ax.get_figure(root=True)
    if figure is not None and figure.axes == [ax]:
        return float(figure.bbox.x1) - EDGE * dots_per_point(ax)
    around = ax.get_tightbbox(for_layout_only=True)
    return float(max(ax.bbox.x1, around.x1 if around else 0.0))


def _fill(artist: Words, words: str, room: float) -> None:
    """Write words in as few lines as go into a width in pixels."""
    figure = artist.get_figure(root=True)
    em = float(artist.get_fontsize()) * (figure.dpi / 72 if figure else 1.0)
    artist.set_text(wrapped(words, room / em))
    if (actual := artist.get_window_extent().width) > room:
        artist.set_text(wrapped(words, room / em * room / actual))
