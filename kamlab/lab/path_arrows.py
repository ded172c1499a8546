"""The path diagram of the path explorer: one arrow and the shares of variance change."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.text import Text as Words

from kamlab.foundation import style
from kamlab.lab.path_model import ROUNDING, Path, PathModel
from kamlab.lab.path_what_if import PathWhatIf
from kamlab.sem.engine.structure import Floats
from kamlab.sem.picture.boxes import extents_of
from kamlab.sem.picture.diagram import Diagram
from kamlab.sem.picture.inks import draw_numbers, draw_route, draw_shape
from kamlab.sem.picture.names import (
    LEADING,
    NAME_SIZE,
    NOTE_SIZE,
    NUMBER_SIZE,
    Lettered,
    lettered,
    number,
    width_of,
)
from kamlab.sem.picture.numbers import Spot, numbered
from kamlab.sem.picture.places import Layout, laid_out
from kamlab.sem.picture.routes import Route, routed

MOVED = style.LOOKS[2]
WRONG = style.LOOKS[1]

AROUND = 5.0
"""Points around the diagram."""

WIDEST_NOTE = "R² 0.00→0.00"


class Arrows:
    """A path diagram that is laid out once and changed often.

    Attributes
    ----------
    size : tuple of float
        Width and height in points, at a scale of one.
    """

    def __init__(self, model: PathModel, path: Path) -> None:
        self.model, self.path = model, path
        drawn = _plain(model.diagram)
        self.words = {node.name: _lettered(node.name, model, drawn) for node in drawn.nodes}
        self.layout = laid_out(drawn, self.words)
        self.routes = routed(self.layout, drawn.arrows(), ())
        self.spots = numbered(self.routes, extents_of(self.layout.boxes.values()), "standardised")
        self.low, self.high = _frame(self.layout, self.routes)
        self.size = tuple((self.high - self.low).tolist())

    def draw(self, ax: Axes, scale: float) -> None:
        """Draw what stays; axes of `size` times `scale` points."""
        self.ax, self.scale = ax, scale
        ax.set_axis_off()
        ax.set_xlim(self.low[0], self.high[0])
        ax.set_ylim(self.high[1], self.low[1])
        names = self.model.names
        ends = names[self.path[0]], names[self.path[1]]
        place = next(
            k for k, one in enumerate(self.routes) if (one.edge.cause, one.edge.effect) == ends
        )
        self.route = self.routes[place]
        for route in self.routes:
            if route is not self.route:
                draw_route(ax, route, scale)
        for name, box in self.layout.boxes.items():
            draw_shape(ax, box, self.words[name], NAME_SIZE, scale)
        draw_numbers(ax, [s for s in self.spots if s.route != place], self.routes, scale)
        self.number = self._number(next(spot for spot in self.spots if spot.route == place))
        self.notes = {
            place: self._note(name)
            for place, name in enumerate(names)
            if self.model.reach[place].any()
        }
        self.arrow: list[Artist] = []

    def show(self, view: PathWhatIf) -> list[Artist]:
        """Put the arrow and the shares as a view has them; return what has to be drawn."""
        for one in self.arrow:
            one.remove()
        color = MOVED.color if view.problem is None else WRONG.color
        self.arrow = self._arrow(view.value, color)
        self.number.set_text(number(view.value))
        self.number.set_bbox({"facecolor": "white", "edgecolor": color, "pad": 1.5})
        for place, note in self.notes.items():
            _write_share(note, *view.r_squared[:, place], impossible=view.problem is not None)
        return [*self.arrow, self.number, *self.notes.values()]

    def _arrow(self, value: float, color: str) -> list[Artist]:
        edge = replace(self.route.edge, estimate=value, standardised=value)
        known = set(self.ax.get_children())
        draw_route(self.ax, Route(edge, self.route.points), self.scale)
        arrow = [one for one in self.ax.get_children() if one not in known]
        for one in arrow:
            one.set(animated=True, zorder=2.6)
            if isinstance(one, PathPatch):
                one.set(edgecolor=color)
            else:
                one.set(facecolor=color)
        return arrow

    def _number(self, spot: Spot) -> Words:
        return self.ax.text(
            spot.x,
            spot.y,
            spot.words,
            fontsize=1.25 * NUMBER_SIZE * self.scale,
            ha="center",
            va="center",
            zorder=6,
            animated=True,
        )

    def _note(self, name: str) -> Words:
        box, lines = self.layout.boxes[name], self.words[name].name.count("\n") + 1
        return self.ax.text(
            box.x,
            box.y + LEADING * NAME_SIZE * lines / 2,
            "",
            fontsize=NOTE_SIZE * self.scale,
            ha="center",
            va="center",
            zorder=6,
            animated=True,
        )


def _write_share(note: Words, before: float, after: float, *, impossible: bool) -> None:
    too_much = impossible and after > max(before, 1.0) + ROUNDING
    if too_much or (not impossible and abs(after - before) > ROUNDING):
        note.set_text(f"R² {number(before)}→{number(after)}")
        note.set_color(WRONG.color if too_much else style.INK)
    else:
        note.set_text(f"R² = {number(before)}")
        note.set_color(style.QUIET)


def _plain(diagram: Diagram) -> Diagram:
    """Return arrows without the names of parameters and without doubt."""
    nan = float("nan")
    edges = (
        replace(edge, label="", mark="", fixed=False, conf_low=nan, conf_high=nan)
        for edge in diagram.arrows()
    )
    return Diagram(diagram.nodes, tuple(edges))


def _lettered(name: str, model: PathModel, drawn: Diagram) -> Lettered:
    """Return a name with room for a share before and after."""
    node = next(node for node in drawn.nodes if node.name == name)
    words = lettered(node, model.words, item=False)
    if not isfinite(node.r_squared):
        return words
    width, height = width_of(WIDEST_NOTE, NOTE_SIZE), LEADING * NOTE_SIZE
    return replace(words, note=" ", rows=(*words.rows[:-1], (width, height)))


def _frame(layout: Layout, routes: list[Route]) -> tuple[Floats, Floats]:
    boxes = extents_of(layout.boxes.values())
    points = np.vstack([boxes[:, :2], boxes[:, 2:], *(route.points for route in routes)])
    return points.min(axis=0) - AROUND, points.max(axis=0) + AROUND
