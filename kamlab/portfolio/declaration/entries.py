"""What an entry of a model file must be: each function returns the value or says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from kamlab.foundation.claims import Status
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import LANGUAGES, Text, join, same, say
from kamlab.portfolio.declaration.model import Cut

CUT_RULES = ("midpoint", "median")
EFFORTS = (0, 1, 2)
LONGEST_SHOWN = 60


def shown(value: Any) -> str:
    """Return what was typed, cut off where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python does not write numbers of thousands of digits
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


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


def text(value: Any) -> Text:
    """Return a text in both languages."""
    wordings = [value.get(language) for language in LANGUAGES] if isinstance(value, Mapping) else []
    if not wordings or not all(isinstance(w, str) and w.strip() for w in wordings):
        raise ValueError(say("portfolio.not_both_languages", got=shown(value)))
    return Text.from_toml(value)


def wording(value: Any) -> str | Text:
    """Return words: in both languages, or the same in both, as the name of a book is."""
    return value if isinstance(value, str) else text(value)


def name(value: Any) -> str:
    """Return a name that a column may bear."""
    if not isinstance(value, str) or not re.fullmatch(r"\w+", value):
        raise ValueError(say("portfolio.not_a_name", got=shown(value)))
    return value


def status(value: Any) -> Status:
    """Return a status."""
    if not isinstance(value, str) or value not in list(Status):
        known = join([same(status.value) for status in Status])
        raise ValueError(say("portfolio.unknown_status", got=shown(value), known=known))
    return Status(value)


def number(value: Any) -> float:
    """Return a number."""
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
        try:
            if isfinite(value):
                return float(value)
        except OverflowError:
            pass
    raise ValueError(say("portfolio.not_a_number", got=shown(value)))


def weight(value: Any) -> float:
    """Return a weight."""
    if number(value) < 0:
        raise ValueError(say("portfolio.bad_weights"))
    return number(value)


def flag(value: Any) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise TypeError(say("portfolio.not_a_flag", got=shown(value)))
    return value


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


def mapping(value: Any) -> dict[str, Any]:
    """Return a table of entries."""
    if not isinstance(value, dict):
        raise TypeError(say("portfolio.not_a_table", got=shown(value)))
    return value


def effort(value: Any) -> int:
    """Return 0, 1 or 2."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in EFFORTS:
        raise ValueError(say("portfolio.bad_effort", got=shown(value)))
    return int(value)
