"""The picture of a portfolio: a map where two axes have scores, a staircase where one leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kamlab.foundation.columns import column
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.portfolio.declaration.model import Axis, Cell
from kamlab.portfolio.pictures.fields import Region
from kamlab.portfolio.pictures.legend import UNSURE, Size
from kamlab.portfolio.pictures.portfolio_map import draw_map
from kamlab.portfolio.pictures.short_names import short_names
from kamlab.portfolio.pictures.stages import draw_stages

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kamlab.portfolio.portfolio import Portfolio

EXAMPLES = 3
"""How many of its largest accounts a stage names."""
DEFAULT_SIZE = "revenue"


def draw_portfolio(board: Portfolio, size: str | None, ax: Axes | None) -> Axes:
    """Draw a portfolio; which picture follows from its axes."""
    scored = [number for number, axis in enumerate(board.model.axes) if not axis.is_ladder]
    if len(scored) == 2 and len(board.model.axes) == 2:
        return _map(board, size, ax)
    leading = _leading_axis(board)
    if leading is None:
        raise NotApplicable(say("portfolio.no_picture", count=len(board.model.axes)))
    return _staircase(board, leading, size, ax)


def unsure(board: Portfolio) -> np.ndarray:
    """Return which accounts at least one kind of doubt moves often."""
    shares = board.how_sure_by_default.to_numpy()
    return np.asarray(np.nan_to_num(shares).max(axis=1) >= UNSURE)


def _map(board: Portfolio, size: str | None, ax: Axes | None) -> Axes:
    across, up = board.model.axes
    placement = board.placement
    return draw_map(
        title=board.title,
        scores=placement.scores,
        axis_labels=(across.label, up.label),
        cuts=(placement.cuts[0], placement.cuts[1]),
        scale=board.model.scale.value,
        cell_of=placement.cell,
        regions=[_region(cell, across, up) for cell in board.model.cells],
        captions=short_names(board.accounts),
        unsure=unsure(board),
        size=_size(board, size),
        remark=_remark(board),
        ax=ax,
    )


def _region(cell: Cell, across: Axis, up: Axis) -> Region:
    x, y = cell.levels
    return Region(
        cell.label,
        tuple(across.levels.index(level) for level in x),
        tuple(up.levels.index(level) for level in y),
    )


def _size(board: Portfolio, name: str | None) -> Size | None:
    if name is None or (name == DEFAULT_SIZE and name not in board.accounts):
        return None
    if name not in board.accounts:
        known = join([same(c) for c in board.accounts.select_dtypes("number")])
        raise ArgumentError(say("portfolio.no_such_size", name=name, known=known))
    values = board.accounts[name].to_numpy(dtype=float)
    return Size(values, column(name).label, board.evidence.currency)


def _remark(board: Portfolio) -> Text | None:
    return paragraph(board.model.remarks) if board.model.remarks else None


def _leading_axis(board: Portfolio) -> int | None:
    """Return the axis on which each level has a cell of its own; None where there is none."""
    for number, axis in enumerate(board.model.axes):
        own = {level: _cells_at(board, number, level) for level in axis.levels}
        if len(axis.levels) > 2 and all(len(cells) == 1 for cells in own.values()):
            return number
    return None


def _cells_at(board: Portfolio, number: int, level: str) -> list[int]:
    """Return the cells that belong to one level of an axis and to no other."""
    cells = enumerate(board.model.cells)
    return [place for place, cell in cells if cell.levels[number] == (level,)]


def _staircase(board: Portfolio, number: int, size: str | None, ax: Axes | None) -> Axes:
    cells = board.model.cells
    steps = [_cells_at(board, number, level)[0] for level in board.model.axes[number].levels]
    apart = [place for place in range(len(cells)) if place not in steps]
    cell, doubtful = board.placement.cell, unsure(board)
    counts = np.bincount(cell[cell >= 0], minlength=len(cells))
    hollow = np.bincount(cell[(cell >= 0) & doubtful], minlength=len(cells))
    return draw_stages(
        title=board.title,
        stages=[cells[place].label for place in steps],
        counts=counts[steps],
        unsure=hollow[steps],
        examples=[_largest(board, place, size) for place in steps],
        apart=[(cells[place].label, int(counts[place])) for place in apart],
        remark=_remark(board),
        ax=ax,
    )


def _largest(board: Portfolio, place: int, size: str | None) -> list[str]:
    here = board.accounts.assign(short_name=short_names(board.accounts))
    here = here[board.placement.cell == place]
    if _size(board, size) is not None:
        here = here.sort_values(str(size), ascending=False, kind="stable")
    return list(here["short_name"].head(EXAMPLES))
