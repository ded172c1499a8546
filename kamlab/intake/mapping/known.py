"""A sheet to be mapped, and what the user has said about it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kamlab.intake.sources.found import FoundTable


@dataclass(frozen=True)
class SheetAnswers:
    """What a user has said about one sheet.

    Parameters
    ----------
    columns : mapping of str to str or None
        Heading to our column; None to keep it as it is.
    units, date_order, timezone : mapping of str to str
        By heading.
    values : mapping of str to mapping
        By heading: the user's words to codes; None for "no value".
    any_date_order, any_timezone : str
        For every column of dates that needs it and is not named.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    date_order: Mapping[str, Any] = field(default_factory=dict)
    timezone: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    any_date_order: str = ""
    any_timezone: str = ""

    def blank(self, heading: str) -> tuple[str, ...]:
        """Return the words that mean "no value" under a heading."""
        return tuple(w for w, code in self.values.get(heading, {}).items() if code is None)

    def meant(self, heading: str) -> dict[str, str]:
        """Return the words under a heading that mean a code."""
        return {w: c for w, c in self.values.get(heading, {}).items() if c is not None}


NO_ANSWERS = SheetAnswers()


@dataclass(frozen=True, eq=False)
class Known:
    """What a proposal for a sheet starts from.

    Parameters
    ----------
    found : FoundTable
    table : str
        Which of our tables it is.
    answers : SheetAnswers
        They go before everything else.
    whole_units : str
        The currency whose whole units all money is in, where the file itself says so; else "".
    """

    found: FoundTable
    table: str
    answers: SheetAnswers = NO_ANSWERS
    whole_units: str = ""
