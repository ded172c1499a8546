"""Names of the cells on a portfolio map, in the corners of their regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text
from kamlab.foundation.lettering import dots_per_point, wrapped
from kamlab.foundation.style import Look
from kamlab.portfolio.pictures.fields import Ground, Region

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

FONT_SIZE = 8.5
FEWEST_EMS = 12.0
KEY = 9
"""Width of the mark before a cell's name, in points."""

INSET = 4.0


def name_cells(
    ax: Axes, ground: Ground, cells: Sequence[tuple[Region, Look, Text]], places: Floats
) -> list[Bbox]:
    """Write each cell's mark and words into that corner of its region which hides least.

    Parameters
    ----------
    ax : Axes
        Laid out already.
    ground : Ground
    cells : sequence of (Region, Look, Text)
    places : ndarray of shape (n, 2)
        Where the accounts are drawn, in pixels.

    Returns
    -------
    list of Bbox
        Where the names are, in pixels.
    """
    taken: list[Bbox] = []
    smallest_first = sorted(cells, key=lambda cell: np.diff(ground.field(cell[0]), axis=0).prod())
    for region, look, words in smallest_first:  # a small region leaves a name the least choice
        low, high = ax.transData.transform(ground.field(region))
        room = ((high - low)[0] / dots_per_point(ax) - KEY) / FONT_SIZE - 2
        text = wrapped(str(words), max(room, FEWEST_EMS))
        trial = _label(ax, look, text, np.zeros(2), np.zeros(2))
        extent = np.array(trial.get_window_extent().size)
        trial.remove()
        corner = _best_corner(ax, ground.corners(region), low, high, extent, places, taken)
        label = _label(ax, look, text, low + corner * (high - low), corner)
        taken.append(label.get_window_extent())
    return taken


def _best_corner(
    ax: Axes,
    corners: Floats,
    low: Floats,
    high: Floats,
    extent: Floats,
    places: Floats,
    taken: Sequence[Bbox],
) -> Floats:
    """Return the corner that hides no other name and the fewest accounts, the first if equal.

    Where the region is smaller than its name, only the first corner keeps the name on the map.
    """
    inset = INSET * dots_per_point(ax)
    if (extent + 2 * inset > high - low).any():
        return np.asarray(corners[0])
    start = low + corners * (high - low - extent) + (1 - 2 * corners) * inset
    hidden = ((places >= start[:, None]) & (places <= start[:, None] + extent)).all(axis=2)
    names = [[Bbox([at, at + extent]).overlaps(other) for other in taken] for at in start]
    hides_a_name = np.array([any(own) for own in names])
    return np.asarray(corners[np.lexsort([hidden.sum(axis=1), hides_a_name])[0]])


def _label(ax: Axes, look: Look, words: str, at: Floats, corner: Floats) -> AnnotationBbox:
    key = DrawingArea(KEY, KEY)
    key.add_artist(Line2D([KEY / 2], [KEY / 2], marker=look.marker, color=look.color, markersize=6))
    text = TextArea(words, textprops={"fontsize": FONT_SIZE, "color": style.INK})
    across, up = ax.transData.inverted().transform(at)
    box = AnnotationBbox(
        HPacker(children=[key, text], align="center", pad=0, sep=3),
        (across, up),
        xybox=tuple(INSET * (1 - 2 * corner)),
        boxcoords="offset points",
        box_alignment=tuple(corner),
        pad=0.25,
        bboxprops={"facecolor": "white", "edgecolor": style.FAINT, "alpha": 0.88},
        zorder=5,
        gid="region",
    )
    box.set_in_layout(False)
    ax.add_artist(box)
    return box
