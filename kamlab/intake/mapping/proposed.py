"""What is proposed for a sheet and for each of its columns, and what stays open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kamlab.accounts.cells.reading import DateOrder
from kamlab.foundation.language import Text, same, say

SURE, STATED, USUAL, RECALLED, LIKELY, NOTHING = 1.0, 0.95, 0.9, 0.8, 0.7, 0.0
"""How sure a proposal is: our own name for it, that name with a unit in brackets, the heading
that a CRM system gives it, the same from memory, a name that is only alike, none. An order, not
a probability."""

Question = Literal["table", "column", "unit", "values", "date_order"]


@dataclass(frozen=True)
class ProposedColumn:
    """One of the user's columns.

    Parameters
    ----------
    heading : str
    column : str
        kamlab's name; "" if it stays as it is, or is open.
    confidence : float
        1 down to 0.
    why : Text
    candidates : tuple of str
        kamlab's columns that it may be, where that is open.
    unit : str
        "" where none is known or needed.
    currency : str
        What heading or cells say of it; "" if nothing.
    date_order : {"ymd", "mdy", "dmy"}
    blank : tuple of str
    values : mapping of str to str
    unknown : tuple of str
        Words of a category or of yes and no whose meaning is not known.
    examples : tuple of str
        The first three values.
    open : tuple of str
        What the user has to say: "column", "unit", "values", "date_order".
    """

    heading: str
    column: str = ""
    confidence: float = NOTHING
    why: Text = field(default_factory=lambda: same(""))
    candidates: tuple[str, ...] = ()
    unit: str = ""
    currency: str = ""
    date_order: DateOrder = "ymd"
    timezone: str = ""
    blank: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    open: tuple[Question, ...] = ()


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
