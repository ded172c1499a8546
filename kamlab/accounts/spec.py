"""What a declaration says: a column, a table, a construct.

A table file in `declarations/` has `[table]` (name, label, row, key, aliases, `ordered`: pairs of
columns of which the first never exceeds the second, and `continued_in`: files with further
columns) and one `[[column]]` each. A column with `refers_to` is that table's key: it takes type,
label and aliases from there. One that names no type takes what `[defaults]` of its file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kamlab.foundation.language import LANGUAGES, Text
from kamlab.foundation.nearest import fold


@dataclass(frozen=True, slots=True)
class Column:
    """One input column.

    Parameters
    ----------
    name : str
        The name in a company's DataFrame.
    type : str
        One of the types in `convert.DTYPES`.
    label, meaning : Text
        The heading people see, and what the column holds.
    required : bool
        Whether the table must have it, filled in every row.
    unit : Text or None
    minimum, maximum : float or None
        The range allowed, both ends included.
    values : mapping of str to Text
        For a category: the codes allowed and their words.
    aliases : tuple of str
        Other headings under which exports have the column.
    refers_to : str or None
        The table that must know every value.
    """

    name: str
    type: str
    label: Text
    meaning: Text
    required: bool = False
    unit: Text | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: Mapping[str, Text] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    refers_to: str | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading by which the column is known."""
        return (self.name, *_wordings(self.label), *self.aliases)


@dataclass(frozen=True)
class Table:
    """One input table: what a row is, which columns it has, what identifies a row."""

    name: str
    label: Text
    row: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    ordered: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def headings(self) -> tuple[str, ...]:
        """Every sheet or file name by which the table is known."""
        return (self.name, *_wordings(self.label), *self.aliases)

    @cached_property
    def column_headings(self) -> Mapping[str, Column]:
        """The columns by every heading by which one is known."""
        return {heading: column for column in self.columns for heading in column.headings}

    @cached_property
    def by_heading(self) -> Mapping[str, Column]:
        """The columns by folded heading."""
        return {fold(heading): column for heading, column in self.column_headings.items()}


@dataclass(frozen=True, slots=True)
class Construct:
    """Something a survey measures by several items.

    Parameters
    ----------
    name, code : str
        The name that begins its columns, and the short code of the literature.
    label, definition : Text
    status, items_status : str
        How well the definition is known, and whose items these are (see `foundation.claims`).
    items : tuple of Text
        The statements that respondents rate.
    """

    name: str
    code: str
    label: Text
    definition: Text
    status: str
    items_status: str
    items: tuple[Text, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in the survey, in the order of the items."""
        return tuple(f"{self.name}_{number}" for number in range(1, len(self.items) + 1))


def _wordings(text: Text) -> list[str]:
    return [text.in_language(language) for language in LANGUAGES]
