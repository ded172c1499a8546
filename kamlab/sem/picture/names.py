"""The words in the shapes of a path diagram, and how large the shapes have to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite, sqrt

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text as Words

from kamlab.foundation.language import Text, say
from kamlab.foundation.lettering import ems, shortened, wrapped
from kamlab.foundation.style import font_families
from kamlab.sem.picture.diagram import Node

NAME_SIZE, NOTE_SIZE, ITEM_SIZE, NUMBER_SIZE = 9.0, 7.5, 7.5, 7.5
"""In the units of the layout, which are points unless the picture is made smaller."""

NAME_EMS, ITEM_EMS, LONGEST_EMS = 8.5, 10.0, 13.0
NAME_LINES, ITEM_LINES = 4, 2
LEADING = 1.2
ROOM, PAD = 1.4, 9.0
"""How much higher than its words an ellipse is, and points to spare."""

HINTED = 1.05
PRECISE = 4
"""Words are measured this much larger: at their own size, widths are rounded to whole pixels."""


@dataclass(frozen=True, slots=True)
class Lettered:
    """A name as it is written, and the note under it; widths and heights of all lines."""

    name: str
    note: str
    rows: tuple[tuple[float, float], ...]

    @property
    def width(self) -> float:
        """Width of the longest line."""
        return max(width for width, _ in self.rows)

    @property
    def height(self) -> float:
        """Height of all lines."""
        return sum(height for _, height in self.rows)


def lettered(node: Node, labels: Mapping[str, Text | str], *, item: bool) -> Lettered:
    """Return the words for a shape: the name in lines, and under it R² or the mean."""
    size = ITEM_SIZE if item else NAME_SIZE
    label = str(labels.get(node.name, node.name))
    lines = _lines(label, ITEM_EMS if item else NAME_EMS, ITEM_LINES if item else NAME_LINES)
    note = "" if item else _note(node)
    rows = [(width_of(line, size), LEADING * size) for line in lines]
    if note:
        rows.append((width_of(note, NOTE_SIZE), LEADING * NOTE_SIZE))
    return Lettered("\n".join(lines), note, tuple(rows))


def round_size(words: Lettered) -> tuple[float, float]:
    """Return the size of an ellipse that holds the words, every line for itself."""
    high = ROOM * words.height + PAD
    edge, reach = -words.height / 2, 0.0
    for width, height in words.rows:
        corner = max(abs(edge), abs(edge + height)) - height / 6  # the leading may stick out
        reach = max(reach, width / 2 / sqrt(1 - (2 * corner / high) ** 2))
        edge += height
    return 2 * reach + 1.5 * PAD, high


def width_of(line: str, size: float) -> float:
    """Return how wide words are in points, or a little wider, as screens round."""
    return HINTED * size * _width_in_ems(line)


def _lines(label: str, width: float, most: int) -> list[str]:
    spaced = label if ems(label) <= width else _opened(label, width)
    rows = wrapped(spaced, width).replace("_ ", "_").split("\n")
    lines = [shortened(line, LONGEST_EMS) for line in rows]
    lines = [line for line in lines if line] or [" "]
    if len(lines) > most:
        lines = [*lines[: most - 1], shortened(lines[most - 1] + "…", LONGEST_EMS)]
    return lines


def _opened(label: str, width: float) -> str:
    """Return a name that may break after _ where one of its words is too long for a line."""
    words = [
        word if ems(word) <= width else word.replace("_", "_ ").strip() for word in label.split(" ")
    ]
    return " ".join(words)


def _note(node: Node) -> str:
    parts = []
    if isfinite(node.mean):
        parts.append(str(say("sem.diagram_mean", value=number(node.mean))))
    if isfinite(node.r_squared):
        parts.append(f"R² = {number(node.r_squared)}")
    return "  ".join(parts)


def number(value: float) -> str:
    """Return a number with two decimals or, if large or small, three or two digits.

    Examples
    --------
    >>> number(-0.314), number(1234.5), number(0.00213), number(-0.0)
    ('−0.31', '1,234', '0.0021', '0.00')
    """
    size = abs(value)
    if size >= 1e6 or 0 < size < 1e-4:
        text = f"{size:.1e}"
    elif size >= 10:
        text = f"{size:,.{1 if size < 100 else 0}f}"
    else:
        text = f"{size:.2g}" if 0 < size < 0.005 else f"{size:.2f}"
    return f"−{text}" if value < 0 else text


@cache
def _width_in_ems(line: str) -> float:
    words = _scales()
    words.set_text(line)
    return words.get_window_extent().width / (PRECISE * 10)


@cache
def _scales() -> Words:
    canvas = FigureCanvasAgg(Figure(dpi=72))
    return canvas.figure.text(
        0, 0, "", fontfamily=font_families(), fontsize=PRECISE * 10, parse_math=False
    )
