"""From what is known of each account to points, scores and levels on a model's axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlab.portfolio.declaration.model import Axis, Model
from kamlab.portfolio.engine.ladder import climb
from kamlab.portfolio.engine.scoring import (
    Floats,
    Ints,
    Placement,
    axis_score,
    cut_values,
    level_of,
    on_scale,
    place,
    ranks_on_scale,
)


@dataclass(frozen=True, slots=True)
class AxisNumbers:
    """One axis in numbers.

    Attributes
    ----------
    points : ndarray, shape (accounts, items)
        On the model's scale, NaN where unknown; no items on a ladder.
    scores, known : ndarray, shape (accounts,)
        The score (on a ladder the number of the level) and the share of weight known.
    cuts : ndarray, shape (levels - 1,)
        NaN on a ladder.
    levels : ndarray of int, shape (accounts,)
    """

    points: Floats
    scores: Floats
    known: Floats
    cuts: Floats
    levels: Ints


def item_points(axis: Axis, values: pd.DataFrame, scale: tuple[float, float]) -> Floats:
    """Return every item's values as points on the scale, shape (accounts, items)."""
    columns = []
    for item in axis.items:
        known = values[item.column] if item.column in values else pd.Series(np.nan, values.index)
        points = np.asarray(known, dtype=float)
        if item.ranked:
            points = ranks_on_scale(points, scale)
        elif item.bounds is not None:
            points = on_scale(points, item.bounds, scale)
        columns.append(sum(scale) - points if item.reverse else points)
    return np.column_stack(columns)


def number_axis(axis: Axis, values: pd.DataFrame, scale: tuple[float, float]) -> AxisNumbers:
    """Return the points, scores, cuts and levels of one axis."""
    if axis.is_ladder:
        facts = {column: values[column].to_numpy(dtype=float) for column in axis.columns}
        levels, known = climb(axis.rules, facts)
        scores = np.where(levels < 0, np.nan, levels)
        no_cuts = np.full(len(axis.levels) - 1, np.nan)
        return _numbers(np.empty((len(values), 0)), scores, known, no_cuts, levels)
    points = item_points(axis, values, scale)
    scores, known = axis_score(points, axis.weights)
    cuts = cut_values(axis.cut.value, scores[:, None], scale)[:, 0]
    return _numbers(points, scores, known, cuts, level_of(scores, cuts))


def _numbers(
    points: Floats, scores: Floats, known: Floats, cuts: Floats, levels: Ints
) -> AxisNumbers:
    for array in (points, scores, known, cuts, levels):
        array.flags.writeable = False
    return AxisNumbers(points, scores, known, cuts, levels)


def place_accounts(model: Model, numbers: tuple[AxisNumbers, ...]) -> Placement:
    """Return where the accounts stand on all axes of the model."""
    return place(
        scores=np.column_stack([axis.scores for axis in numbers]),
        levels=np.column_stack([axis.levels for axis in numbers]),
        cuts=tuple(axis.cuts for axis in numbers),
        cell_of_levels=model.cell_of_levels,
        share_rated=np.min([axis.known for axis in numbers], axis=0),
    )
