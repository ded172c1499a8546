"""The path diagram of a structural equation model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kamlab.foundation import style
from kamlab.foundation.language import Text, paragraph, say
from kamlab.foundation.lettering import dots_per_point, fit_title, settle, write_under
from kamlab.sem.picture.boxes import Floats, extents_of, overlaps
from kamlab.sem.picture.captions import alt_text, key_text
from kamlab.sem.picture.diagram import Diagram, Edge
from kamlab.sem.picture.inks import draw_numbers, draw_route, draw_shape
from kamlab.sem.picture.names import ITEM_SIZE, NAME_SIZE, Lettered, lettered
from kamlab.sem.picture.numbers import Shown, Spot, numbered
from kamlab.sem.picture.places import Layout, laid_out
from kamlab.sem.picture.roles import indicator_homes, shown_covariances, shown_part
from kamlab.sem.picture.routes import Route, routed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 5.0
LEAST_WIDE, MOST_WIDE, MOST_HIGH = 5.5, 11.0, 12.0
"""Of a figure, in inches."""

AROUND_WIDE, AROUND_HIGH = 0.25, 0.95
"""Inches for the frame of the figure; above and below also for title and key."""

LARGEST = 1.1
"""How much a small model is made larger at most."""

WIDER = (1.0, 1.25, 1.6)


def draw_diagram(
    diagram: Diagram,
    *,
    labels: Mapping[str, Text | str] | None = None,
    title: Text | None = None,
    numbers: Shown = "standardised",
    measurement: bool | None = None,
    covariances: bool | None = None,
    remark: Text | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a model as a path diagram.

    Parameters
    ----------
    diagram : Diagram
        Estimates are shown where there are any; before a model is fitted, only its arrows are.
    labels : mapping of str to Text or str, optional
        What variables are called; those without go by their names.
    title : Text, optional
    numbers : {"standardised", "estimate", "none"}
        What stands on the arrows; the estimate where there is no standardised value.
    measurement : bool, optional
        Whether to draw indicators. By default where there are at most 12, or where the model has
        no paths and at most 60.
    covariances : bool, optional
        Whether to draw covariances. By default those of at most six exogenous variables, and at
        most six of residuals.
    remark : Text, optional
        Said under the picture, before what its lines mean.
    ax : Axes, optional
        By default a new figure, as large as the model needs.

    Returns
    -------
    Axes

    Notes
    -----
    Ellipses are latent variables, rectangles observed ones (McArdle and McDonald 1984). Columns
    follow the longest path, crossings are reduced by barycentre sweeps (Sugiyama, Tagawa and Toda
    1981).
    """
    names = labels or {}
    drawn = shown_part(diagram, measurement)
    curves = shown_covariances(drawn, covariances)
    words, layout, routes, spots = compose(drawn, names, curves, numbers)
    low, high = _frame(layout, routes, spots)
    wide, tall = _inches(low, high)
    key = key_text(diagram, drawn, curves, numbers)
    with style.canvas(
        ax,
        width=wide,
        height=tall,
    ) as ax:
        ax.set_axis_off()
        style.finish(
            ax,
            title=title or say("sem.diagram_title"),
            alt=alt_text(diagram, drawn, curves, names, numbers),
        )
        fit_title(ax)
        if said := [text for text in (remark, key) if text is not None]:
            write_under(ax, paragraph(said))
        scale = _fitted(ax, low, high)
        for route in routes:
            draw_route(ax, route, scale)
        for name, box in layout.boxes.items():
            draw_shape(ax, box, words[name], ITEM_SIZE if name in layout.home else NAME_SIZE, scale)
        draw_numbers(ax, spots, routes, scale)
    return ax


def compose(
    drawn: Diagram, labels: Mapping[str, Text | str], curves: Sequence[Edge], numbers: Shown
) -> tuple[dict[str, Lettered], Layout, list[Route], list[Spot]]:
    """Return words, places, ways and numbers, further apart where numbers find no room.

    Parameters
    ----------
    drawn : Diagram
        With or without its indicators, all of it to be drawn.
    labels : mapping of str to Text or str
    curves : sequence of Edge
        The covariances to be drawn.
    numbers : {"standardised", "estimate", "none"}

    Returns
    -------
    words : dict of str to Lettered
    layout : Layout
    routes : list of Route
    spots : list of Spot
    """
    home = indicator_homes(drawn)
    words = {n.name: lettered(n, labels, item=n.name in home) for n in drawn.nodes}
    bare = numbers == "none" or not drawn.fitted
    for wider in WIDER:
        layout = laid_out(drawn, words, bare=bare, curves=curves, wider=wider)
        routes = routed(layout, drawn.arrows(), curves)
        shapes = extents_of(layout.boxes.values())
        spots = numbered(routes, shapes, numbers)
        if not _crowded(spots, shapes):
            break
    return words, layout, routes, spots


def _crowded(spots: list[Spot], shapes: Floats) -> bool:
    if not spots:
        return False
    boxes = _spot_extents(spots)
    among = overlaps(boxes, boxes)
    np.fill_diagonal(among, False)
    return bool(among.any() or overlaps(boxes, shapes).any())


def _spot_extents(spots: list[Spot]) -> Floats:
    middle = np.array([(s.x, s.y) for s in spots]).reshape(-1, 2)
    half = np.array([(s.width, s.height) for s in spots]).reshape(-1, 2) / 2
    return np.hstack([middle - half, middle + half])


def _frame(layout: Layout, routes: list[Route], spots: list[Spot]) -> tuple[Floats, Floats]:
    """Return the upper left and the lower right corner of all that is drawn."""
    boxes = np.vstack([extents_of(layout.boxes.values()), _spot_extents(spots)])
    ways = [route.points for route in routes]
    points = np.vstack([boxes[:, :2], boxes[:, 2:], *ways])
    return points.min(axis=0) - MARGIN, points.max(axis=0) + MARGIN


def _inches(low: Floats, high: Floats) -> tuple[float, float]:
    """Return the size of a figure for a layout, smaller where that is larger than a page."""
    wide, tall = ((high - low) / 72).tolist()
    smaller = min(1.0, (MOST_WIDE - AROUND_WIDE) / wide, (MOST_HIGH - AROUND_HIGH) / tall)
    return max(wide * smaller + AROUND_WIDE, LEAST_WIDE), tall * smaller + AROUND_HIGH


def _fitted(ax: Axes, low: Floats, high: Floats) -> float:
    """Fit the layout into the axes, and return how many points a unit of it has there."""
    settle(ax)
    pixel = dots_per_point(ax)
    room = np.array([ax.bbox.width, ax.bbox.height]) / pixel
    scale = min(float((room / (high - low)).min()), LARGEST)
    middle, half = (low + high) / 2, room / scale / 2
    ax.set_xlim(middle[0] - half[0], middle[0] + half[0])
    ax.set_ylim(middle[1] + half[1], middle[1] - half[1])
    ax.set_aspect("equal", adjustable="box")
    return scale
