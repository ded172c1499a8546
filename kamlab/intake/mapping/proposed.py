"""What is proposed for a sheet and for each of its columns, and what stays open."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

from kamlab.foundation.language import Text, same, say
from kamlab.intake.mapping.rules import ColumnRule

SURE, STATED, USUAL, RECALLED, LIKELY, NOTHING = 1.0, 0.95, 0.9, 0.8, 0.7, 0.0
"""How sure a proposal is: our own name for it, that name with a unit in brackets, the heading
that a CRM system gives it, the same from memory, a name that is only alike, none. An order, not
a probability."""

Question = Literal["table", "column", "unit", "values", "date_order", "timezone"]


@dataclass(frozen=True)
class ProposedColumn(ColumnRule):
    """One of the user's columns, and what is open about it.

    Parameters
    ----------
    column, heading, unit, blank, values, date_order, timezone
        As in `ColumnRule`; `column` is "" if it stays as it is, or is open, and `unit` is "" if
        none is known.
    confidence : float
        1 down to 0.
    why : Text
    candidates : tuple of str
        kamlab's columns that it may be, where that is open.
    rivals : tuple of str
        Other headings that may be the same column, where that is open.
    currency : str
        What heading or cells say of it; "" if nothing.
    divisor : int
        By what Excel divides the numbers that it shows, so that a unit in the heading may mean
        what is shown, and not what the cells hold.
    unknown : tuple of str
        Words of a category, of yes and no or of a rating whose meaning is not known.
    examples : tuple of str
        The first three values.
    open : tuple of str
        What the user has to say: "column", "unit", "values", "date_order", "timezone".
    """

    confidence: float = NOTHING
    why: Text = field(default_factory=lambda: same(""))
    candidates: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    currency: str = ""
    divisor: int = 1
    unknown: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    open: tuple[Question, ...] = ()

    @property
    def rule(self) -> ColumnRule:
        """The rule alone."""
        return ColumnRule(*(getattr(self, each.name) for each in fields(ColumnRule)))


@dataclass(frozen=True)
class ProposedSheet:
    """One of the user's sheets.

    Parameters
    ----------
    name : str
    table : str
        "" if it is none of ours, or is open.
    confidence : float
    why : Text
    candidates : tuple of str
        The tables that it may be, where that is open.
    columns : tuple of ProposedColumn
    """

    name: str
    table: str
    confidence: float
    why: Text
    candidates: tuple[str, ...] = ()
    columns: tuple[ProposedColumn, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the user has to say which table it is."""
        return not self.table and bool(self.candidates)


def also(why: Text, more: Text) -> Text:
    """Add a further reason."""
    return why + say("intake.why_and") + more
