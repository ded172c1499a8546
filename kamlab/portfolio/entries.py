"""What an entry of a model file must be: each function returns the value or says why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from typing import Any

from kamlab.foundation.claims import Status
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import LANGUAGES, Text, join, same, say
from kamlab.portfolio.model import Cut

CUT_RULES = ("midpoint", "median")
EFFORTS = (0, 1, 2)


def checked_cut(rule: Any) -> Cut:
    """Return a cut as the engine takes it, or raise `ArgumentError` saying which there are."""
    if isinstance(rule, str) and rule in CUT_RULES:
        return rule
    given = rule if isinstance(rule, list | tuple) else [rule]
    try:
        scores = tuple(float(score) for score in given)
    except (TypeError, ValueError):
        scores = ()
    rising = all(low < high for low, high in pairwise(scores))
    if isinstance(rule, str | bool) or not scores or not rising or not all(map(isfinite, scores)):
        raise ArgumentError(say("portfolio.bad_cut", cut=repr(rule)))
    return scores


def text(value: Any) -> Text:
    """Return a text in both languages."""
    wordings = [value.get(language) for language in LANGUAGES] if isinstance(value, Mapping) else []
    if not wordings or not all(isinstance(w, str) and w.strip() for w in wordings):
        raise ValueError(say("portfolio.not_both_languages", got=repr(value)))
    return Text.from_toml(value)


def wording(value: Any) -> str | Text:
    """Return words: in both languages, or the same in both, as the name of a book is."""
    return value if isinstance(value, str) else text(value)


def name(value: Any) -> str:
    """Return a name that a column may bear."""
    if not isinstance(value, str) or not re.fullmatch(r"\w+", value):
        raise ValueError(say("portfolio.not_a_name", got=repr(value)))
    return value


def status(value: Any) -> Status:
    """Return a status."""
    if value not in list(Status):
        known = join([same(status.value) for status in Status])
        raise ValueError(say("portfolio.unknown_status", got=repr(value), known=known))
    return Status(value)


def number(value: Any) -> float:
    """Return a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(say("portfolio.not_a_number", got=repr(value)))
    return float(value)


def weight(value: Any) -> float:
    """Return a weight."""
    if number(value) < 0:
        raise ValueError(say("portfolio.bad_weights"))
    return number(value)


def flag(value: Any) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise TypeError(say("portfolio.not_a_flag", got=repr(value)))
    return value


def bounds(value: Any) -> tuple[float, float]:
    """Return two different numbers."""
    first, last = (number(part) for part in value)
    if first == last:
        raise ValueError(say("portfolio.empty_range", got=repr(value)))
    return first, last


def names(value: Any) -> tuple[str, ...]:
    """Return several names."""
    return tuple(str(name) for name in value)


def effort(value: Any) -> int:
    """Return 0, 1 or 2."""
    if isinstance(value, bool) or value not in EFFORTS:
        raise ValueError(say("portfolio.bad_effort", got=repr(value)))
    return int(value)
