"""The columns of an alluvial diagram: where the strata are, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, say
from kamlab.foundation.lettering import dots_per_point, halo, kept_apart, settle, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

Floats = NDArray[np.float64]

BLOCK = 0.022
"""Width of a stratum, as a share of the picture's."""

SPACE = 0.025
"""Between strata, as a share of the height."""

LABEL_EMS = 11.0
FONT_SIZE = 8.0
SHARE_OF_GAP = 0.62
"""How much of the distance to the next column a label between the ends may take up."""

FEWEST_EMS = 7.0
LEADER = {"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}


@dataclass(frozen=True, slots=True)
class Column:
    """The strata of a column from the top down, in shares of the height."""

    place: float
    size: Floats
    top: Floats
    scale: float
    """The height of one account."""

    @property
    def middle(self) -> Floats:
        """The middles of the strata."""
        return self.top + self.size / 2


def totals_of(flows: list[Floats]) -> list[Floats]:
    """Return the accounts of each stratum: those that leave it or that come in, if more."""
    leaving = [flow.sum(axis=1) for flow in flows]
    coming = [flow.sum(axis=0) for flow in flows]
    between = [np.maximum(a, b) for a, b in zip(coming, leaving[1:], strict=False)]
    return [leaving[0], *between, coming[-1]]


def stacked(totals: list[Floats]) -> list[Column]:
    """Stack the strata of each column, all columns on one scale, each in the middle."""
    most = max(len(total) for total in totals)
    scale = (1 - SPACE * (most - 1)) / max(*(total.sum() for total in totals), 1.0)
    columns = []
    for place, total in zip(np.linspace(0, 1, len(totals)), totals, strict=True):
        size = total * scale
        unused = 1 - size.sum() - SPACE * (len(size) - 1)
        top = unused / 2 + np.r_[0.0, np.cumsum(size + SPACE)[:-1]]
        columns.append(Column(place, size, top, scale))
    return columns


def draw_labels(
    ax: Axes, columns: list[Column], strata: Sequence[Sequence[Text]], totals: list[Floats]
) -> None:
    """Write what each stratum is: outside at both ends, in between to the right of its block."""
    last = len(columns) - 1
    for place in (0, last, *range(1, last)):  # those outside take room from those between
        names = [
            say("portfolio.picture_cell", cell=name, count=f"{count:,.0f}")
            for name, count in zip(strata[place], totals[place], strict=True)
        ]
        side = -1 if place == 0 else 1
        if 0 < place < last:
            settle(ax)
            distance = ax.bbox.width / last / dots_per_point(ax) / FONT_SIZE
            width = max(SHARE_OF_GAP * distance, FEWEST_EMS)
        else:
            width = LABEL_EMS
        labels = [
            _label(ax, columns[place].place, side, height, wrapped(str(name), width))
            for height, name in zip(columns[place].middle, names, strict=True)
        ]
        for label in labels:
            label.set_in_layout(not 0 < place < last)
        _keep_apart(ax, labels, columns[place])


def _label(ax: Axes, place: float, side: int, height: float, words: str) -> Annotation:
    edge = place + side * BLOCK / 2
    return ax.annotate(
        words,
        xy=(edge, height),
        xytext=(edge + side * BLOCK / 3, height),
        ha="right" if side < 0 else "left",
        va="center",
        fontsize=FONT_SIZE,
        path_effects=halo(),
        zorder=4,
        annotation_clip=False,
        arrowprops={**LEADER},
        gid="label",
    )


def _keep_apart(ax: Axes, labels: list[Annotation], column: Column) -> None:
    """Move labels off each other; a line leads to those that are no more beside their block."""
    settle(ax)
    space = 1.5 * dots_per_point(ax)
    heights = [(label.get_window_extent().height + space) / ax.bbox.height for label in labels]
    moved = kept_apart(column.middle, heights, 0.0, 1.0)
    beside = np.abs(moved - column.middle) <= column.size / 2
    for label, height, near in zip(labels, moved, beside, strict=True):
        label.set_position((label.get_position()[0], height))
        if label.arrow_patch is not None:
            label.arrow_patch.set_visible(not near)
