"""The smallest change of ratings or facts that moves one account to a cell."""

from __future__ import annotations

from itertools import permutations, product
from math import ceil, prod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.portfolio.declaration.card import column_label
from kamlab.portfolio.declaration.model import Axis, Condition, Item, Model
from kamlab.portfolio.engine.axes import number_axis
from kamlab.portfolio.engine.ladder import climb
from kamlab.portfolio.engine.scoring import ROUNDING, Floats, ranks_on_scale

if TYPE_CHECKING:
    from kamlab.portfolio.portfolio import Portfolio

Scale = tuple[float, float]

MOST_WAYS = 200_000
"""How many combinations of facts are tried."""

MOST_STEPS = 100
"""After how many steps an axis is given up, as where a median runs before the account."""

HAIR = 0.01
"""By which part of itself a fact that is not counted in whole numbers passes a bound."""


def changes_to_cell(board: Portfolio, row: int, cell: str) -> pd.DataFrame:
    """Return the smallest change that puts the account of a row into a cell."""
    cells = {own.name: own for own in board.model.cells}
    if cell not in cells:
        hint = nearest_hint(cell, cells)
        known = join([same(name) for name in cells])
        raise ArgumentError(say("portfolio.unknown_cell", name=cell, hint=hint, known=known))
    before = board.evidence.values
    ways = [_way(board.model, before, row, levels) for levels in product(*cells[cell].levels)]
    right = [way for way in ways if way is not None]
    if not right:
        account = board.accounts["account_id"].iloc[row]
        raise NotApplicable(say("portfolio.no_way", account=account, cell=cells[cell].label))
    best = min(right, key=lambda way: _cost(board.model, before, way, row))
    return _table(board.model, before, best, row)


def _way(
    model: Model, before: pd.DataFrame, row: int, levels: tuple[str, ...]
) -> pd.DataFrame | None:
    """Return the values that bring every axis to its level; None where none are found.

    Axes may share columns, so that what one gains another may lose: all orders are tried.
    """
    target = model.level_numbers(levels)
    scored = [number for number, axis in enumerate(model.axes) if not axis.is_ladder]
    start = _with_facts(model, before, row, target)
    found = []
    for order in permutations(scored):
        after = start
        for number in order:
            after = _with_ratings(model, number, after, row, target[number])
        if after is not None and _levels(model, after, row) == target:
            found.append(after)
    return min(found, key=lambda way: _cost(model, before, way, row), default=None)


def _levels(model: Model, values: pd.DataFrame, row: int) -> tuple[int, ...]:
    numbers = (number_axis(axis, values, model.scale.value) for axis in model.axes)
    return tuple(int(axis.levels[row]) for axis in numbers)


def _with_ratings(
    model: Model, number: int, values: pd.DataFrame | None, row: int, target: int
) -> pd.DataFrame | None:
    """Return values that bring a scored axis to a level, the items of most weight first.

    Each step goes as far as the present cut asks for; a median cut then moves with the account
    and may ask for more, never for less.
    """
    axis, scale = model.axes[number], model.scale.value
    for _ in range(MOST_STEPS):
        if values is None:
            return None
        own = number_axis(axis, values, scale)
        level = own.levels[row]
        if level == target:
            return values
        up = bool(level < target)
        border = own.cuts[target - 1 if up else target]
        gap = abs(border - own.scores[row]) + (0 if up else 2 * ROUNDING)
        values = _next_step(axis, own.points[row], values, row, gap if up else -gap, scale)
    return None


def _next_step(
    axis: Axis, points: Floats, values: pd.DataFrame, row: int, gap: float, scale: Scale
) -> pd.DataFrame | None:
    """Return values with one item moved as far as a gap asks for; None where nothing moves."""
    total = axis.weights[~np.isnan(points)].sum()
    low, high = scale
    for i in np.argsort(-axis.weights, kind="stable"):
        item, weight = axis.items[i], axis.weights[i]
        room = high - points[i] if gap > 0 else points[i] - low
        if weight <= 0 or not room > ROUNDING:
            continue
        wanted = abs(gap) * total / weight
        step = min(ceil(wanted - ROUNDING) if item.is_rating else wanted, room)
        goal = points[i] + np.copysign(step, gap)
        after = values.copy()
        goal_value = _value(item, goal, values[item.column].to_numpy(), row, scale)
        after.loc[after.index[row], item.column] = goal_value
        return None if after.iloc[row].equals(values.iloc[row]) else after
    return None


def _value(item: Item, points: float, column: Floats, row: int, scale: Scale) -> float:
    """Return the value of a column that gives an account so many points."""
    low, high = scale
    if item.reverse:
        points = low + high - points
    if item.bounds is not None:
        first, last = item.bounds
        return float(first + (points - low) / (high - low) * (last - first))
    return _ranked_value(column, row, points, scale) if item.ranked else float(points)


def _ranked_value(column: Floats, row: int, points: float, scale: Scale) -> float:
    """Return the value of an account, or one past all, whose rank is nearest beyond points."""
    up = points >= ranks_on_scale(column, scale)[row]
    others = np.sort(np.delete(column, row))
    others = others[~np.isnan(others)]
    known = np.unique(column[~np.isnan(column)])
    candidates = np.r_[known[0] - _step(known[0]), known, known[-1] + _step(known[-1])]
    below, up_to = (np.searchsorted(others, candidates, side) for side in ("left", "right"))
    low, high = scale
    reached = low + (high - low) * ((below + up_to) / 2 + 0.5) / (len(others) + 1)
    beyond = candidates[reached >= points] if up else candidates[reached <= points]
    return float((beyond[0] if up else beyond[-1]) if beyond.size else candidates[-1 if up else 0])


def _with_facts(
    model: Model, values: pd.DataFrame, row: int, target: tuple[int, ...]
) -> pd.DataFrame | None:
    """Return values that bring every ladder to its level, by the fewest facts that can do it.

    All combinations are tried of what the account has and the values on both sides of each
    condition.
    """
    ladders = [n for n, axis in enumerate(model.axes) if axis.is_ladder]
    columns = list(dict.fromkeys(c for n in ladders for c in model.axes[n].columns))
    now = values.iloc[row]
    choices = [_sides(model, column, now[column]) for column in columns]
    if not columns or prod(map(len, choices)) > MOST_WAYS:
        return values if not columns else None
    tried = pd.DataFrame(list(product(*choices)), columns=columns, dtype=float)
    facts = {column: tried[column].to_numpy() for column in columns}
    arrives = np.logical_and.reduce(
        [climb(model.axes[n].rules, facts)[0] == target[n] for n in ladders]
    )
    if not arrives.any():
        return None
    same_as_now = (tried == now[columns]) | (tried.isna() & now[columns].isna())
    distance = (tried - now[columns]).abs().sum(axis=1)
    order = pd.DataFrame({"changes": (~same_as_now).sum(axis=1), "distance": distance})
    best = order[arrives].sort_values(["changes", "distance"], kind="stable").index[0]
    after = values.copy()
    after.loc[after.index[row], columns] = tried.loc[best]
    return after


def _sides(model: Model, column: str, now: float) -> list[float]:
    """Return what a fact is now, and values that meet and that miss each condition on it."""
    values = [float(now)]
    for axis in model.axes:
        needs = [need for rule in axis.rules for need in rule.needs if need.column == column]
        values += [value for need in needs for value in _meeting_and_missing(need)]
    return list(dict.fromkeys(values))


def _meeting_and_missing(need: Condition) -> tuple[float, float]:
    if need.test == "is":
        return need.value, 1 - need.value
    past = _step(need.value)
    return need.value, need.value + (past if need.test == "at_most" else -past)


def _step(value: float) -> float:
    whole = abs(value) >= 1 and float(value).is_integer()
    return 1.0 if whole else HAIR * max(abs(value), 1.0)


def _cost(model: Model, before: pd.DataFrame, after: pd.DataFrame, row: int) -> float:
    """Return the points by which ratings and scored facts change, and one for each other fact."""
    scale = model.scale.value
    cost = 0.0
    changed = set(_changed(before, after, row))
    for axis in model.axes:
        for column in changed & set(axis.columns):
            changed.discard(column)
            if axis.is_ladder:
                cost += 1
                continue
            place = [item.column for item in axis.items].index(column)
            then, now = (number_axis(axis, v, scale).points[row, place] for v in (after, before))
            cost += abs(then - now)
    return cost


def _changed(before: pd.DataFrame, after: pd.DataFrame, row: int) -> list[str]:
    now, then = before.iloc[row], after.iloc[row]
    unlike = (now != then) & ~(now.isna() & then.isna())
    return [str(column) for column in before.columns[unlike]]


def _table(model: Model, before: pd.DataFrame, after: pd.DataFrame, row: int) -> pd.DataFrame:
    changed = _changed(before, after, row)
    rows = [
        (
            axis.name,
            column,
            str(column_label(column)),
            before[column].iloc[row],
            after[column].iloc[row],
        )
        for axis in model.axes
        for column in axis.columns
        if column in changed
    ]
    table = pd.DataFrame(rows, columns=["axis", "column", "item", "now", "after"])
    table = table.drop_duplicates("column", ignore_index=True)
    return table.assign(difference=table["after"] - table["now"])
