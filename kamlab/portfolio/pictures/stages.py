"""The stage diagram: relationships as steps of a staircase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, say
from kamlab.foundation.lettering import dots_per_point, fit_title, settle, wrapped, write_under
from kamlab.portfolio.pictures.legend import UNSURE
from kamlab.portfolio.pictures.steps import HATCH, NOTE_SIZE, SHADE, Box, draw_bar, write_step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP_WIDTH = 0.52
STEP_HEIGHT = 0.8
"""Of a step, as a share of the distance between two steps."""

KEY_EMS = 16.0
INCHES = 0.7
HEAD = 0.7


def draw_stages(
    *,
    title: Text,
    stages: Sequence[Text],
    counts: ArrayLike,
    unsure: ArrayLike,
    examples: Sequence[Sequence[str]],
    apart: Sequence[tuple[Text, int]] = (),
    remark: Text | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw stages as a staircase from lower left to upper right, with counts and names.

    Parameters
    ----------
    title : Text
    stages : sequence of Text
        From the lowest up; made for four to seven.
    counts, unsure : array_like of int
        Accounts on each stage, and how many of them are uncertain.
    examples : sequence of sequence of str
        Names to write on each step, as many as there is room for.
    apart : sequence of (Text, int)
        Stages that are no step of the staircase, such as an ended relationship, with counts.
    remark : Text, optional
        What must be said under the picture.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    number, doubtful = np.asarray(counts, dtype=int), np.asarray(unsure, dtype=int)
    boxes = _steps(len(stages))
    longest = max(int(number.max(initial=0)), 1)
    with style.canvas(ax, height=HEAD + INCHES * max(len(stages), 3)) as ax:
        ax.set_axis_off()
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        style.finish(ax, title=title, alt=_alt(stages, number, doubtful, apart, remark))
        fit_title(ax)
        settle(ax)
        if remark is not None:
            write_under(ax, remark)
        rows = zip(boxes, stages, number, doubtful, examples, strict=True)
        for box, stage, count, uncertain, names in rows:
            ax.add_patch(_frame(box, facecolor="#f4f4f4"))
            draw_bar(ax, box, count / longest, uncertain / longest)
            write_step(ax, box, stage, count, uncertain, names)
        for below, above in pairwise(boxes):
            _draw_arrow(ax, below, above)
        for box, (stage, count) in zip(_places_apart(boxes, len(apart)), apart, strict=True):
            _draw_apart(ax, box, stage, count)
        if doubtful.any():
            _draw_key(ax)
    return ax


def _steps(count: int) -> list[Box]:
    shift = (1 - STEP_WIDTH) / max(count - 1, 1)
    rise = 1 / max(count, 1)
    return [(row * shift, row * rise, STEP_WIDTH, STEP_HEIGHT * rise) for row in range(count)]


def _places_apart(steps: list[Box], count: int) -> list[Box]:
    """Return places right of the lowest steps, two beside each step."""
    places = []
    for row in range(count):
        left, bottom, width, height = steps[min(row // 2, len(steps) - 1)]
        start = left + width + 0.04
        half = height / 2
        places.append((start, bottom + row % 2 * (half + 0.01), 1 - start, half - 0.01))
    return places


def _frame(box: Box, **look: Any) -> Rectangle:
    left, bottom, width, height = box
    edge = style.INK
    return Rectangle((left, bottom), width, height, edgecolor=edge, clip_on=False, **look)


def _draw_arrow(ax: Axes, below: Box, above: Box) -> None:
    middle = (below[0] + above[0]) / 2
    ax.annotate(
        "",
        xy=(above[0], above[1] + above[3] / 2),
        xytext=(middle, below[1] + below[3]),
        arrowprops={
            "arrowstyle": "-|>",
            "connectionstyle": "angle,angleA=90,angleB=0",
            "color": style.INK,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _draw_apart(ax: Axes, box: Box, stage: Text, count: int) -> None:
    left, bottom, width, height = box
    ax.add_patch(_frame(box, fill=False, linestyle="--"))
    room = width * ax.bbox.width / dots_per_point(ax) / NOTE_SIZE - 1
    words = say("portfolio.picture_cell", cell=stage, count=f"{count:,}")
    ax.text(
        left + width / 2,
        bottom + height / 2,
        wrapped(str(words), room),
        fontsize=NOTE_SIZE,
        ha="center",
        va="center",
        gid="step",
    )


def _draw_key(ax: Axes) -> None:
    unsure = say("portfolio.picture_unsure_bar", share=f"{UNSURE:.0%}")
    ax.legend(
        handles=[
            Patch(facecolor=SHADE, label=str(say("portfolio.picture_sure_bar"))),
            Patch(
                facecolor="white",
                edgecolor=SHADE,
                hatch=HATCH,
                label=wrapped(str(unsure), KEY_EMS),
            ),
        ],
        loc="upper left",
        fontsize=NOTE_SIZE,
    )


def _alt(
    stages: Sequence[Text],
    counts: NDArray[np.int_],
    unsure: NDArray[np.int_],
    apart: Sequence[tuple[Text, int]],
    remark: Text | None,
) -> Text:
    steps = [
        say(f"portfolio.picture_stage{'_unsure' if few else ''}", stage=stage, count=n, unsure=few)
        for stage, n, few in zip(stages, counts, unsure, strict=True)
    ]
    sentences = [say("portfolio.picture_stages", stages=join(steps))]
    if apart:
        beside = [say("portfolio.picture_cell", cell=name, count=count) for name, count in apart]
        sentences.append(say("portfolio.picture_apart", stages=join(beside)))
    return paragraph([*sentences, *([remark] if remark else [])])
