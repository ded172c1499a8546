"""The smallest change of ratings or facts that moves one account to a cell."""

from __future__ import annotations

from itertools import product
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from kamlab.accounts.validate import nearest_name
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.portfolio.ladder import holds
from kamlab.portfolio.model import Axis, Condition, Item
from kamlab.portfolio.placing import AxisNumbers, number_axis, place_accounts
from kamlab.portfolio.scoring import ROUNDING, Floats, ranks_on_scale

if TYPE_CHECKING:
    from kamlab.portfolio.portfolio import Portfolio

Scale = tuple[float, float]


class Change(NamedTuple):
    """One column of one account, now and after."""

    axis: str
    column: str
    value_now: float
    value_after: float
    points: float


def changes_to_cell(board: Portfolio, row: int, cell: str) -> pd.DataFrame:
    """Return the smallest change that puts the account of a row into a cell."""
    cells = {own.name: own for own in board.model.cells}
    if cell not in cells:
        nearest = nearest_name(cell, list(cells))
        hint = say("accounts.nearest", name=nearest) if nearest else same("")
        known = join([same(name) for name in cells])
        raise ArgumentError(say("portfolio.unknown_cell", name=cell, hint=hint, known=known))
    ways = [_way(board, row, levels) for levels in product(*cells[cell].levels)]
    right = [way for way in ways if way is not None and _arrives(board, row, way, cell)]
    if not right:
        account = board.accounts["account_id"].iloc[row]
        raise NotApplicable(say("portfolio.no_way", account=account, cell=cells[cell].label))
    best = min(right, key=lambda way: sum(change.points for change in way))
    table = pd.DataFrame(best, columns=Change._fields).drop(columns="points")
    return table.assign(change=table["value_after"] - table["value_now"])


def _way(board: Portfolio, row: int, levels: tuple[str, ...]) -> list[Change] | None:
    """Return the changes that bring every axis to its level; None where one cannot get there."""
    changes: list[Change] = []
    for axis, numbers, level in zip(board.model.axes, board.numbers, levels, strict=True):
        target = axis.levels.index(level)
        if numbers.levels[row] == target:
            continue
        values = board.evidence.values
        own = (
            _up_the_ladder(axis, values.iloc[row], target)
            if axis.is_ladder
            else _along_the_scale(axis, numbers, values, row, target, board.model.scale.value)
        )
        if own is None:
            return None
        changes += own
    return changes


def _along_the_scale(
    axis: Axis, numbers: AxisNumbers, values: pd.DataFrame, row: int, target: int, scale: Scale
) -> list[Change] | None:
    points = numbers.points[row]
    up = target > numbers.levels[row]
    known = ~np.isnan(points)
    total = float((axis.weights * known).sum())
    gap = float(numbers.cuts[target - 1 if up else target] - numbers.scores[row])
    missing = abs(gap) * total + (0.0 if up else 2 * ROUNDING * total)
    low, high = scale
    changes = []
    for i in np.argsort(-axis.weights, kind="stable"):
        weight, item = axis.weights[i], axis.items[i]
        if missing <= 0 or weight <= 0 or not known[i]:
            continue
        room = high - points[i] if up else points[i] - low
        wanted = missing / weight
        step = min(ceil(wanted - ROUNDING) if item.is_rating else wanted, room)
        if step <= 0:
            continue
        after = _value(item, points[i] + (step if up else -step), values[item.column], row, scale)
        changes.append(Change(axis.name, item.column, values[item.column].iloc[row], after, step))
        missing -= step * weight
    return changes if missing <= ROUNDING * total else None


def _value(item: Item, points: float, column: pd.Series, row: int, scale: Scale) -> float:
    """Return the value of a column that gives an account so many points."""
    low, high = scale
    if item.reverse:
        points = low + high - points
    if item.bounds is not None:
        first, last = item.bounds
        return float(first + (points - low) / (high - low) * (last - first))
    return _ranked_value(column.to_numpy(), row, points, scale) if item.ranked else float(points)


def _ranked_value(column: Floats, row: int, points: float, scale: Scale) -> float:
    """Return the value, among those of the accounts, whose rank is nearest beyond the points."""
    up = points >= ranks_on_scale(column, scale)[row]
    candidates = np.unique(column[~np.isnan(column)])
    reached = np.array([_rank_with(column, row, value, scale) for value in candidates])
    beyond = candidates[reached >= points] if up else candidates[reached <= points]
    if not beyond.size:
        return float(candidates[-1] if up else candidates[0])
    return float(beyond[0] if up else beyond[-1])


def _rank_with(column: Floats, row: int, value: float, scale: Scale) -> float:
    changed = column.copy()
    changed[row] = value
    return float(ranks_on_scale(changed, scale)[row])


def _up_the_ladder(axis: Axis, facts: pd.Series, target: int) -> list[Change] | None:
    wanted = axis.rules[target].needs
    changes = [_met(axis, need, facts) for need in wanted if not _holds(need, facts)]
    for rule in axis.rules[target + 1 :]:
        if all(_holds(need, facts) for need in rule.needs):
            free = [need for need in rule.needs if need.column not in {w.column for w in wanted}]
            if not free:
                return None
            changes.append(_broken(axis, free[0], facts))
    return changes


def _holds(need: Condition, facts: pd.Series) -> bool:
    return bool(holds(need, facts[need.column]))


def _met(axis: Axis, need: Condition, facts: pd.Series) -> Change:
    after = need.value - _step(need) if need.test == "below" else need.value
    return Change(axis.name, need.column, facts[need.column], after, 1.0)


def _broken(axis: Axis, need: Condition, facts: pd.Series) -> Change:
    after = {
        "is": 1 - need.value,
        "at_least": need.value - _step(need),
        "at_most": need.value + _step(need),
        "below": need.value,
    }[need.test]
    return Change(axis.name, need.column, facts[need.column], after, 1.0)


def _step(need: Condition) -> float:
    return 1.0 if need.value >= 1 and need.value.is_integer() else 0.01


def _arrives(board: Portfolio, row: int, way: list[Change], cell: str) -> bool:
    """Return whether the account, with the changes made, really is in the cell."""
    values = board.evidence.values
    for change in way:
        values.loc[values.index[row], change.column] = change.value_after
    scale = board.model.scale.value
    numbers = tuple(number_axis(axis, values, scale) for axis in board.model.axes)
    number = place_accounts(board.model, numbers).cell[row]
    return bool(board.model.cells[number].name == cell)
