"""What an entry of a model file must be: each function returns the value or says why not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.foundation.toml_entries import name, number, shown
from kamlab.portfolio.declaration.model import Cut

CUT_RULES = ("midpoint", "median")
EFFORTS = (0, 1, 2)


def checked_cut(rule: Any) -> Cut:
    """Return a cut as the engine takes it, or raise `ArgumentError` saying which there are."""
    if isinstance(rule, str) and rule in CUT_RULES:
        return rule
    given = [rule] if isinstance(rule, str) or not isinstance(rule, Iterable) else list(rule)
    try:
        scores = tuple(number(score) for score in given)
    except (TypeError, ValueError):
        scores = ()
    if not scores or not all(low < high for low, high in pairwise(scores)):
        raise ArgumentError(say("portfolio.bad_cut", cut=shown(rule)))
    return scores


def weight(value: Any) -> float:
    """Return a weight."""
    if number(value) < 0:
        raise ValueError(say("portfolio.bad_weights"))
    return number(value)


def bounds(value: Any) -> tuple[float, float]:
    """Return two different numbers."""
    if not isinstance(value, list) or len(value) != 2 or number(value[0]) == number(value[1]):
        raise ValueError(say("portfolio.empty_range", got=shown(value)))
    return number(value[0]), number(value[1])


def names(value: Any) -> tuple[str, ...]:
    """Return several different names."""
    if not isinstance(value, list) or len({name(one) for one in value}) < len(value):
        raise ValueError(say("portfolio.not_names", got=shown(value)))
    return tuple(value)


def column(value: Any) -> str:
    """Return the name of a column."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(say("portfolio.not_a_column", got=shown(value)))
    return value


def effort(value: Any) -> int:
    """Return 0, 1 or 2."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in EFFORTS:
        raise ValueError(say("portfolio.bad_effort", got=shown(value)))
    return int(value)
