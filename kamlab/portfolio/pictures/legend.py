"""What the marks of a portfolio map mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, money, say
from kamlab.foundation.lettering import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

LEGEND_EMS = 15.0
FONT_SIZE = 8.5

UNSURE = 0.2
"""An account is drawn hollow where at least this share of one kind of redraws moves it."""


@dataclass(frozen=True, slots=True)
class Size:
    """What the bubbles' areas show: a value per account, its name, and the currency if money."""

    values: ArrayLike
    label: Text
    currency: str = ""

    def words(self, value: float) -> Text:
        """Return a value as it stands in the legend."""
        return money(value, self.currency)


def draw_legend(
    ax: Axes,
    *,
    size: Size | None,
    crowded: bool,
    value: Floats | None,
    area: Floats,
    unsure: NDArray[np.bool_],
    left_out: int,
) -> None:
    """Explain the areas, the hollow marks, and what is not drawn, to the right of the map."""
    entries: list[tuple[Line2D, Text]] = []
    heading = size.label if size is not None else None
    if crowded and size is not None:
        heading = say("portfolio.picture_largest", size=size.label)
    elif size is not None and value is not None:
        usable = np.isfinite(value) & (value > 0)
        entries += [
            (_mark(np.sqrt(scaled)), size.words(shown))
            for shown, scaled in _samples(value[usable], area[usable])
        ]
        if not usable.all():
            words = say("portfolio.picture_unknown_size", count=f"{(~usable).sum():,}")
            entries.append((_mark(np.sqrt(area.min())), words))
    if unsure.any():
        entries.append((_mark(7, filled=True), say("portfolio.picture_sure")))
        words = say("portfolio.picture_unsure", count=f"{unsure.sum():,}", share=f"{UNSURE:.0%}")
        entries.append((_mark(7), words))
    if left_out:
        entries.append((_mark(0), say("portfolio.picture_left_out", count=f"{left_out:,}")))
    if not entries:
        return
    ax.legend(
        handles=[mark for mark, _ in entries],
        labels=[wrapped(str(words), LEGEND_EMS) for _, words in entries],
        title=wrapped(str(heading), LEGEND_EMS + 2) if heading else None,
        title_fontsize=FONT_SIZE,
        alignment="left",
        fontsize=FONT_SIZE,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0,
        labelspacing=1.0,
    )


def _samples(value: Floats, area: Floats) -> list[tuple[float, float]]:
    """Return up to three round values with the areas that they would have, the largest first."""
    if not value.size:
        return []
    largest = int(np.argmax(value))
    per_unit = area[largest] / value[largest]
    steps = dict.fromkeys(_round_down(value[largest] / part) for part in (1, 4, 16))
    return [(step, step * per_unit) for step in steps if step * per_unit >= area.min()]


def _round_down(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(step for step in (1, 2, 5) if step * power <= value * (1 + 1e-9)) * power)


def _mark(width: float, *, filled: bool = False) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="",
        marker="o" if width else "",
        markersize=width,
        markerfacecolor=style.QUIET if filled else "white",
        markeredgecolor=style.QUIET,
    )
