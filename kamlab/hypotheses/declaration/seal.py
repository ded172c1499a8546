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
        In hexadecimal digits: of a line with date and who gave it, such as `2026-11-22 clock`, and
        the text after it, in UTF-8. So the date cannot be changed without a trace either.
    text : str
        Everything declared: JSON, one line for correction and level and one per hypothesis.

    Examples
    --------
    >>> from datetime import date
    >>> seal = Seal.of('{"conf_level": 0.95, "correction": "holm"}', date(2026, 11, 22), "clock")
    >>> seal.sha256[:8], seal.is_broken
    ('144cc0de', False)
    """

    declared_on: date
    dated_by: DatedBy
    sha256: str
    text: str

    @classmethod
    def of(cls, text: str, declared_on: date, dated_by: DatedBy) -> Seal:
        """Seal a text."""
        return cls(declared_on, dated_by, _hash(declared_on, dated_by, text), text)

    @property
    def is_broken(self) -> bool:
        """Whether date or text are not those that were sealed, or the text cannot be read."""
        sealed = _hash(self.declared_on, self.dated_by, self.text)
        return self.sha256.lower() != sealed or not self.parts

    @cached_property
    def parts(self) -> dict[str, dict[str, Any]]:
        """By hypothesis, each field and its value; nothing where the text cannot be read."""
        try:
            return parts_of(self.text)
        except ValueError:
            return {}


def _hash(declared_on: date, dated_by: DatedBy, text: str) -> str:
    return sha256(f"{declared_on.isoformat()} {dated_by}\n{text}".encode()).hexdigest()
