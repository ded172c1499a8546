"""The portfolio map: accounts on the two axes of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation import style
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.foundation.lettering import dots_per_point, fit_title, settle, write_under
from kamlab.foundation.style import Look
from kamlab.portfolio.pictures import bubbles
from kamlab.portfolio.pictures.captions import write_captions
from kamlab.portfolio.pictures.cell_names import name_cells
from kamlab.portfolio.pictures.drawable import Drawable, drawable
from kamlab.portfolio.pictures.fields import Ground, Region, draw_ground
from kamlab.portfolio.pictures.legend import Size, draw_legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 7.0, 5.3
NAMED = 6


def draw_map(
    *,
    title: Text,
    scores: ArrayLike,
    axis_labels: tuple[Text, Text],
    cuts: tuple[ArrayLike, ArrayLike],
    scale: tuple[float, float],
    cell_of: ArrayLike,
    regions: Sequence[Region],
    captions: Sequence[str],
    unsure: ArrayLike,
    size: Size | None = None,
    remark: Text | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw accounts on the two axes of a model, with borders, cells and what is uncertain.

    Parameters
    ----------
    title : Text
    scores : array_like of shape (n, 2)
        Across and up. An account without both is counted in the legend and not drawn.
    axis_labels : (Text, Text)
    cuts : (array_like, array_like)
        The borders of each axis, any number of them; a score on a border belongs above it.
    scale : (float, float)
        Lowest and highest score.
    cell_of : array_like of int
        Each account's region as its place in `regions`, -1 for none.
    regions : sequence of Region
        Neighbouring fields of one region have no border between them.
    captions : sequence of str
        Names of the accounts; those of the largest are written where there is room.
    unsure : array_like of bool
        Accounts that are drawn hollow.
    size : Size, optional
        What the areas of the bubbles show; all alike and unnamed if left out.
    remark : Text, optional
        What must be said under the picture.
    ax : Axes, optional

    Returns
    -------
    Axes

    Notes
    -----
    More than 2,000 accounts are drawn as points of one size.
    """
    accounts = drawable(scores, cell_of, unsure, captions, size)
    ground = Ground.of([np.asarray(cut, dtype=float) for cut in cuts], scale, regions)
    counts = np.bincount(accounts.cell, minlength=len(regions)).tolist()
    cells = [
        say("portfolio.picture_cell", cell=region.label, count=f"{count:,}")
        for region, count in zip(regions, counts, strict=True)
    ]
    looks = bubbles.marks(len(regions))
    with style.canvas(ax, width=WIDTH, height=HEIGHT) as ax:
        draw_ground(ax, ground, scale)
        ax.set_xlabel(str(axis_labels[0]))
        ax.set_ylabel(str(axis_labels[1]))
        seen, area = _draw_accounts(ax, accounts, ground, scale, looks)
        draw_legend(
            ax,
            size=size,
            crowded=accounts.crowded,
            value=accounts.value,
            area=area,
            unsure=accounts.unsure,
            left_out=accounts.left_out,
        )
        alt = _alt(axis_labels, cuts, cells, accounts, size, remark)
        style.finish(ax, title=title, alt=alt)
        fit_title(ax)
        settle(ax)
        if remark is not None:
            write_under(ax, remark)
        pixels = ax.transData.transform(seen)
        boxes = name_cells(ax, ground, list(zip(regions, looks, cells, strict=True)), pixels)
        named = accounts.ranked[: NAMED if accounts.crowded else None]
        write_captions(
            ax,
            pixels[named],
            bubbles.REACH * np.sqrt(area[named]) * dots_per_point(ax),
            [accounts.captions[row] for row in accounts.rows[named[:NAMED]]],
            boxes,
            [Bbox(ax.transData.transform(line)) for line in ground.borders()],
        )
    return ax


def _draw_accounts(
    ax: Axes,
    accounts: Drawable,
    ground: Ground,
    scale: tuple[float, float],
    looks: Sequence[Look],
) -> tuple[Floats, Floats]:
    """Draw the marks; return where they are and their areas in square points."""
    apart = bubbles.set_apart(accounts.scores, scale[1] - scale[0])
    seen = ground.within(accounts.scores, apart)
    area = bubbles.areas(accounts.value, len(seen))
    if accounts.crowded:
        area[:] = bubbles.PLAIN
    for number, look in enumerate(looks):
        own = accounts.cell == number
        if accounts.crowded:
            bubbles.draw_points(ax, seen[own], accounts.unsure[own], look)
        else:
            bubbles.draw_bubbles(ax, seen[own], area[own], accounts.unsure[own], look)
    if accounts.crowded:
        bubbles.draw_rings(ax, seen[accounts.ranked[:NAMED]])
    return seen, area


def _alt(
    axis_labels: tuple[Text, Text],
    cuts: tuple[ArrayLike, ArrayLike],
    cells: list[Text],
    accounts: Drawable,
    size: Size | None,
    remark: Text | None,
) -> Text:
    borders = [join([same(f"{cut:g}") for cut in np.ravel(np.asarray(cut))]) for cut in cuts]
    sentences = [
        say(
            "portfolio.picture_map",
            x=axis_labels[0],
            y=axis_labels[1],
            x_cut=borders[0],
            y_cut=borders[1],
            cells=join(cells),
            unsure=f"{accounts.unsure.sum():,}",
        )
    ]
    if accounts.value is not None and size is not None and not accounts.crowded:
        sentences.append(say("portfolio.picture_size", size=size.label))
    if accounts.left_out:
        sentences.append(say("portfolio.picture_not_drawn", count=accounts.left_out))
    return paragraph([*sentences, *([remark] if remark else [])])
