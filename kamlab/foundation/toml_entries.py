"""What an entry of a TOML file must be: each function returns the value or says why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from kamlab.foundation.claims import Status
from kamlab.foundation.language import LANGUAGES, Text, join, same, say

LONGEST_SHOWN = 60


def shown(value: Any) -> str:
    """Return what was typed, cut off where it is long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # Python does not write numbers of thousands of digits
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def text(value: Any) -> Text:
    """Return a text in both languages."""
    wordings = [value.get(language) for language in LANGUAGES] if isinstance(value, Mapping) else []
    if not wordings or not all(isinstance(w, str) and w.strip() for w in wordings):
        raise ValueError(say("foundation.toml_not_both_languages", got=shown(value)))
    return Text.from_toml(value)


def wording(value: Any) -> str | Text:
    """Return words: in both languages, or the same in both, as the name of a book is."""
    return value if isinstance(value, str) else text(value)


def name(value: Any) -> str:
    """Return a name that a column may bear."""
    if not isinstance(value, str) or not re.fullmatch(r"\w+", value):
        raise ValueError(say("foundation.toml_not_a_name", got=shown(value)))
    return value


def status(value: Any) -> Status:
    """Return a status."""
    if not isinstance(value, str) or value not in list(Status):
        known = join([same(status.value) for status in Status])
        raise ValueError(say("foundation.toml_unknown_status", got=shown(value), known=known))
    return Status(value)


def number(value: Any) -> float:
    """Return a number."""
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
        try:
            if isfinite(value):
                return float(value)
        except OverflowError:
            pass
    raise ValueError(say("foundation.toml_not_a_number", got=shown(value)))


def flag(value: Any) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise TypeError(say("foundation.toml_not_a_flag", got=shown(value)))
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Return a table of entries."""
    if not isinstance(value, dict):
        raise TypeError(say("foundation.toml_not_a_table", got=shown(value)))
    return value
