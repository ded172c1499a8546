"""One step of a stage diagram: its bar and its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.patches import Rectangle

from kamlab.foundation import style
from kamlab.foundation.language import Text, say
from kamlab.foundation.lettering import dots_per_point, ems, shortened, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]
"""Left, bottom, width, height, in shares of the axes."""

BAR = 0.14
"""Height of the bar in a step, as a share of the step."""

INSET = 0.012
LINE_HEIGHT = 1.15
LONGEST_NAME = 14.0
NAME_SIZE, NOTE_SIZE = 9.5, 8.0
SHADE, HATCH = "#8c8c8c", "//////"


def draw_bar(ax: Axes, box: Box, share: float, uncertain: float) -> None:
    """Draw a bar along the foot of a step: accounts, and hatched those that are uncertain."""
    left, bottom, width, height = box
    clear = (share - uncertain) * width
    height *= BAR
    ax.add_patch(Rectangle((left, bottom), clear, height, facecolor=SHADE, linewidth=0))
    ax.add_patch(_hatched(left + clear, bottom, uncertain * width, height))


def _hatched(left: float, bottom: float, width: float, height: float) -> Rectangle:
    return Rectangle(
        (left, bottom),
        width,
        height,
        facecolor="white",
        edgecolor=SHADE,
        hatch=HATCH,
        linewidth=0.5 if width else 0.0,
    )


def write_step(
    ax: Axes, box: Box, stage: Text, count: int, uncertain: int, names: Sequence[str]
) -> None:
    """Write the name, the counts, and as many examples as there is room for."""
    left, bottom, width, height = box
    pixel = dots_per_point(ax)
    wide, tall = width * ax.bbox.width / pixel, height * ax.bbox.height / pixel
    key = "portfolio.picture_accounts_unsure" if uncertain else "portfolio.picture_accounts"
    numbers = str(say(key, count=f"{count:,}", unsure=f"{uncertain:,}"))
    words = wrapped(str(stage), (wide - ems(numbers) * NOTE_SIZE) / NAME_SIZE - 2)
    head, foot = bottom + 0.9 * height, bottom + (BAR + 0.08) * height
    ax.text(left + INSET, head, words, fontsize=NAME_SIZE, va="top", gid="step")
    right = left + width - INSET
    ax.text(right, head, numbers, fontsize=NOTE_SIZE, ha="right", va="top", gid="step")
    lines = NAME_SIZE * (words.count("\n") + 1) + NOTE_SIZE
    if (head - foot) / height * tall >= LINE_HEIGHT * lines:
        listed = _as_many_as_fit(names, wide / NOTE_SIZE - 2)
        ax.text(left + INSET, foot, listed, fontsize=NOTE_SIZE, color=style.QUIET, gid="step")


def _as_many_as_fit(names: Sequence[str], width: float) -> str:
    comma = str(say("portfolio.picture_comma"))
    listed = ""
    for name in (shortened(full, LONGEST_NAME) for full in names):
        longer = f"{listed}{comma}{name}" if listed else name
        if ems(longer) > width:
            break
        listed = longer
    return listed
