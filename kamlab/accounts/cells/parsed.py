"""What reading one cell gives: a value with the names of the rules that changed it, or a misfit."""

from __future__ import annotations

from typing import NamedTuple

JOINT = "+"
"""Between the names of rules, where several changed one cell."""


class Misfit(ValueError):
    """A cell does not fit its type; `args[0]` is the reason, a key in `words.toml`."""


class Parsed(NamedTuple):
    """A value, and the rules that changed its cell in more than form ("" if none did)."""

    value: object
    rules: str = ""


def joined(*rules: str) -> str:
    """Return the names of rules as one, those that are empty left out.

    Examples
    --------
    >>> joined("width", "", "separators")
    'width+separators'
    """
    return JOINT.join(filter(None, rules))
