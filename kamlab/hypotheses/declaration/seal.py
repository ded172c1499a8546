"""A seal: what was declared and when, so that a later change shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, get_args

from kamlab.hypotheses.declaration.content import parts_of

DatedBy = Literal["clock", "hand"]
DATED_BY: tuple[DatedBy, ...] = get_args(DatedBy)


@dataclass(frozen=True)
class Seal:
    """What was declared, and when.

    Attributes
    ----------
    declared_on : date
    dated_by : {"clock", "hand"}
        Whether the computer's clock or the user gave the date.
    sha256 : str
        Of the text in UTF-8, in hexadecimal digits.
    text : str
        Everything declared: JSON, one line for correction and level and one per hypothesis.

    Examples
    --------
    >>> from datetime import date
    >>> seal = Seal.of('{"conf_level": 0.95, "correction": "holm"}', date(2026, 11, 22), "clock")
    >>> seal.sha256[:8], seal.is_broken
    ('c6350bea', False)
    """

    declared_on: date
    dated_by: DatedBy
    sha256: str
    text: str

    @classmethod
    def of(cls, text: str, declared_on: date, dated_by: DatedBy) -> Seal:
        """Seal a text."""
        return cls(declared_on, dated_by, _hash(text), text)

    @property
    def is_broken(self) -> bool:
        """Whether the text is not the one that was sealed, or cannot be read."""
        return self.sha256.lower() != _hash(self.text) or not self.parts

    @cached_property
    def parts(self) -> dict[str, dict[str, Any]]:
        """By hypothesis, each field and its value; nothing where the text cannot be read."""
        try:
            return parts_of(self.text)
        except ValueError:
            return {}


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()
