"""What the text's modifiers do to the rows, and which rows become one parameter."""

from __future__ import annotations

import math
from typing import TypeVar

from kamlab.foundation.language import Text, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.sem.syntax.entries import NONE, Entry
from kamlab.sem.syntax.mistakes import Mistake
from kamlab.sem.syntax.rows import Row

Value = TypeVar("Value", float, str)


def apply_modifiers(rows: list[Row]) -> list[Mistake]:
    """Fix, free, start and label the rows as the text says; return what does not fit."""
    by_entry: dict[int, list[Row]] = {}
    for row in rows:
        if row.entry is not None and row.entry.modifiers is not NONE:
            by_entry.setdefault(id(row.entry), []).append(row)
    mistakes = []
    for same in by_entry.values():
        entry = same[0].entry
        if entry is not None and (wrong := _apply(entry, same)) is not None:
            mistakes.append(Mistake(entry.at, wrong))
    return mistakes


def share(rows: list[Row], labels: list[str]) -> tuple[list[int], list[Mistake]]:
    """Give the free parameters numbers; rows of one label are one, fixed if any of them is.

    Returns
    -------
    numbers : list of int
        For each row, -1 where it is fixed.
    mistakes : list of Mistake
    """
    mistakes = []
    for places in _repeated(labels):
        mistakes += _join([rows[place] for place in places], f".p{places[0] + 1}.")
    number_of: dict[str, int] = {}
    numbers = [
        number_of.setdefault(label, len(number_of)) if row.free else -1
        for row, label in zip(rows, labels, strict=True)
    ]
    return numbers, mistakes


def dangling(rows: list[Row], labels: list[str]) -> list[Mistake]:
    """Find `equal()` with the name of a parameter that is not there."""
    mistakes = []
    for row in rows:
        if row.entry is not None and row.entry.modifiers.is_reference and row.group == 1:
            others = {label for other, label in zip(rows, labels, strict=True) if other is not row}
            if row.label not in others:
                hint = nearest_hint(row.label, others)
                what = say("sem.equal_to_nothing", name=row.label, hint=hint)
                mistakes.append(Mistake(row.entry.at, what))
    return mistakes


def _repeated(labels: list[str]) -> list[list[int]]:
    if len(set(labels)) == len(labels):
        return []
    places: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    return [of_one for of_one in places.values() if len(of_one) > 1]


def _join(rows: list[Row], label: str) -> list[Mistake]:
    fixed = [row for row in rows if not row.free]
    if not fixed:
        for row in rows:
            row.label = row.label or label
        return []
    for row in rows:
        if not row.free and row.value != fixed[0].value:
            entry = next(r.entry for r in (row, *rows) if r.entry is not None)
            return [Mistake(entry.at, say("sem.label_with_two_values", label=row.label or label))]
    for row in rows:
        row.fix(fixed[0].value)
    return []


def _apply(entry: Entry, rows: list[Row]) -> Text | None:
    given = entry.modifiers
    for values in (given.fixed, given.start, given.labels):
        if values and len(values) not in (1, len(rows)):
            return _wrong_number(len(values), len(rows))
    if given.fixed:
        for row, value in zip(rows, _spread(given.fixed, len(rows)), strict=True):
            row.release() if math.isnan(value) else row.fix(value)
    if given.start:
        if not any(row.free for row in rows):
            return say("sem.start_of_fixed")
        for row, value in zip(rows, _spread(given.start, len(rows)), strict=True):
            row.start = value if row.free else math.nan
    if given.labels:
        for row, label in zip(rows, _spread(given.labels, len(rows)), strict=True):
            row.label = label
    return None


def _spread(values: tuple[Value, ...], n: int) -> tuple[Value, ...]:
    return values * n if len(values) == 1 else values


def _wrong_number(given: int, n_groups: int) -> Text:
    if n_groups == 1:
        return say("sem.list_without_groups", given=given)
    return say("sem.list_of_wrong_length", given=given, groups=n_groups)
