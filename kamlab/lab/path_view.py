"""The path explorer's picture, of which only what a path changes is drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from kamlab.foundation import style
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import wrapped
from kamlab.lab.path_arrows import MOVED, Arrows
from kamlab.lab.path_rows import Rows, shown_rows
from kamlab.lab.path_what_if import PathWhatIf
from kamlab.sem.picture.names import number

WIDE, TALLEST_DIAGRAM = 10.8, 4.6
"""Inches."""

LARGEST = 1.1
FAST = 1
"""Compression that takes half the time of matplotlib's own and a tenth more space."""

HEAD, FOOT = 0.5, 0.35
"""Inches above for title and key, below for the remark."""

ROW, ABOVE_ROWS, BELOW_ROWS = 0.33, 0.55, 0.3
LABEL_SIZE = 8.5
COLUMNS = ((0.0, 1.4, 10.5), (3.4, 1.4, 10.5), (6.85, 2.05, 16.0))
"""Of the lists: where they begin, inches for labels, and widest label in ems."""

PLOT, BEFORE, AFTER = 1.05, 0.38, 0.78
"""Inches for marks, and right of them for the numbers."""


class LiveFigure(style.DescribedFigure):
    """A figure that pyplot does not know, whose moving artists alone are drawn again."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), dpi=style.DPI)
        self.agg: Any = FigureCanvasAgg(self)  # whose methods have no types
        self.moving: Sequence[Artist] = ()
        self.ground: object = None

    def png(self) -> bytes:
        """Return the picture as PNG."""
        with style.drawing():
            if self.ground is None:
                self.agg.draw()
                self.ground = self.agg.copy_from_bbox(self.bbox)
            self.agg.restore_region(self.ground)
            renderer = self.agg.get_renderer()
            for one in sorted(self.moving, key=lambda artist: artist.zorder):
                one.draw(renderer)
        pixels, buffer = np.asarray(self.agg.buffer_rgba()), BytesIO()
        mpl.image.imsave(
            buffer,
            pixels,
            format="png",
            pil_kwargs={"compress_level": FAST},
        )
        return buffer.getvalue()


class PathSketch:
    """The picture of one path and one outcome, set up once and changed often."""

    def __init__(self, view: PathWhatIf) -> None:
        rows = shown_rows(view.model, view.path, view.outcome)
        with style.drawing():
            self.arrows = Arrows(view.model, view.path)
            wide, tall = np.array(self.arrows.size) / 72
            scale = min(LARGEST, (WIDE - 0.2) / wide, TALLEST_DIAGRAM / tall)
            top = HEAD + scale * tall + ABOVE_ROWS
            deep = ROW * max(len(one.labels) for one in rows)
            self.figure = LiveFigure(WIDE, top + deep + BELOW_ROWS + FOOT)
            self.title = _frame_words(self.figure)
            left = (WIDE - scale * wide) / 2
            self.arrows.draw(_axes(self.figure, left, HEAD, scale * wide, scale * tall), scale)
            self.lists = [
                _List(self.figure, place, top, one, view)
                for place, one in zip(COLUMNS, rows, strict=True)
            ]

    def show(self, view: PathWhatIf) -> LiveFigure:
        """Return the figure with what a view says."""
        with style.drawing():
            self.title.set_text(str(_title(view)))
            lists = [artist for one in self.lists for artist in one.show(view)]
            self.figure.moving = [self.title, *self.arrows.show(view), *lists]
        told = [one.rows.told(view) for one in self.lists if one.rows.changes.any()]
        says_more = view.moved and view.problem is None
        alt = [say("lab.path_alt"), view.sentence, *(told if says_more else [])]
        self.figure.alt = str(paragraph(alt))
        return self.figure


class _List:
    """Rows of numbers: where they are, and where they would be."""

    def __init__(
        self,
        figure: LiveFigure,
        place: tuple[float, float, float],
        top: float,
        rows: Rows,
        view: PathWhatIf,
    ) -> None:
        self.rows = rows
        self.heights = np.arange(len(rows.labels), dtype=float)
        left, labels, ems = place
        ax = _axes(figure, left + labels, top, PLOT, ROW * max(len(rows.labels), 1))
        self.ax = ax
        self._set_up(ax, labels, ems)
        before = rows.of(view)[0]
        ax.plot(before, self.heights, "o", mfc="white", mec=style.QUIET, ms=6, zorder=3)
        for height, value in zip(self.heights, before, strict=True):
            self._value(ax, height, BEFORE, number(value), color=style.QUIET)
        self.lines = LineCollection([], color=MOVED.color, lw=1.6, zorder=2.5, animated=True)
        ax.add_collection(self.lines, autolim=False)
        (self.marks,) = ax.plot([], [], MOVED.marker, color=MOVED.color, ms=7, animated=True)
        self.marks.set_zorder(4)
        self.values = [
            self._value(ax, height, AFTER, "", color=style.INK, animated=True)
            for height in self.heights[rows.changes]
        ]

    def _set_up(self, ax: Axes, left: float, ems: float) -> None:
        low, high = self.rows.limits
        spare = 0.09 * max(high - low, 0.1)
        ax.set_xlim(low - spare, high + spare)
        ax.set_ylim(max(len(self.heights), 1) - 0.5, -0.5)
        ax.axvline(0, color=style.QUIET, linewidth=1, linestyle=":")
        labels = [wrapped(str(label), ems) for label in self.rows.labels]
        ax.set_yticks(self.heights, labels)
        ax.tick_params(axis="y", length=0, labelsize=LABEL_SIZE)
        ax.tick_params(axis="x", labelsize=LABEL_SIZE - 1)
        ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.spines["left"].set_visible(False)
        style.finish(ax, title=self.rows.title, alt=self.rows.title)
        title = ax.set_title(str(self.rows.title), fontsize=9.5)
        title.set_x((0.08 - left) / PLOT)

    def _value(
        self, ax: Axes, height: float, inches: float, words: str, **look: Any
    ) -> mpl.text.Text:
        return ax.text(
            1 + inches / PLOT,
            height,
            words,
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center_baseline",
            fontsize=LABEL_SIZE,
            **look,
        )

    def show(self, view: PathWhatIf) -> list[Artist]:
        """Put the numbers as a view has them; return what has to be drawn."""
        before, after = self.rows.of(view)[:, self.rows.changes]
        heights = self.heights[self.rows.changes]
        if view.problem is not None or not view.moved:
            return []
        self.marks.set_data(after, heights)
        self.lines.set_segments(
            [[(a, h), (b, h)] for a, b, h in zip(before, after, heights, strict=True)]
        )
        for words, value in zip(self.values, after, strict=True):
            words.set_text(number(value))
        return [self.lines, self.marks, *self.values]


def _axes(figure: LiveFigure, left: float, top: float, width: float, height: float) -> Axes:
    """Return axes at a place in inches, from the upper left corner of the figure."""
    wide, tall = figure.get_size_inches()
    place = (left / wide, 1 - (top + height) / tall, width / wide, height / tall)
    return figure.add_axes(place)


def _frame_words(figure: LiveFigure) -> mpl.text.Text:
    """Write the key and the remark; return the title, which changes."""
    tall = figure.get_size_inches()[1]
    marks = [
        Line2D([], [], ls="", marker="o", mfc="white", mec=style.QUIET, ms=6),
        Line2D([], [], ls="", marker=MOVED.marker, color=MOVED.color, ms=7),
    ]
    words = [str(say("lab.path_estimated")), str(say("lab.path_what_if"))]
    figure.legend(marks, words, loc="upper right", ncols=2, fontsize=LABEL_SIZE)
    figure.text(
        0.08 / WIDE,
        0.08 / tall,
        str(say("lab.path_remark")),
        fontsize=8,
        color=style.QUIET,
        va="bottom",
    )
    return figure.text(
        0.08 / WIDE, 1 - 0.12 / tall, "", fontsize=11.5, va="top", zorder=6, animated=True
    )


def _title(view: PathWhatIf) -> Text:
    words = {"path": view.model.path_called(view.path), "value": number(view.value)}
    if view.problem is not None:
        return say("lab.path_title_impossible", **words)
    estimate = number(view.estimate)
    if not view.moved:
        return say("lab.path_title_unmoved", path=words["path"], estimate=estimate)
    return say("lab.path_title", **words, estimate=estimate)


def draw_paths(view: PathWhatIf) -> style.DescribedFigure:
    """Draw what would follow from a value of a path.

    Parameters
    ----------
    view : PathWhatIf
        From `compute_paths`.
    """
    return PathSketch(view).show(view)
