"""What is wrong with some rows of a table, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.spec import Column, Table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, say
from kamlab.foundation.nearest import fold

Positions = NDArray[np.intp]
Severity = Literal["error", "warning"]

FIRST_ROW = 2
"""The row, as Excel counts, of the first record: the headings are row 1."""

LISTED = 20
"""Rows listed one by one per finding; further ones are counted."""

SHOWN_CHARACTERS = 60
"""Where the content of a cell is cut in a message."""

NOWHERE: Positions = np.array([], dtype=np.intp)


@dataclass(frozen=True)
class Place:
    """A sheet or file that rows come from.

    Parameters
    ----------
    name : str
        Its name.
    headings : mapping of str to str
        For kamlab's columns, the headings there.
    header_row : int or None
        The row in which they stand, where there are rows.
    """

    name: str
    headings: Mapping[str, str] = field(default_factory=dict)
    header_row: int | None = None


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table on its way into a company.

    Parameters
    ----------
    spec : Table
    given : DataFrame, shape (n, columns)
        Cells as they came, under kamlab's names; the index counts from 0.
    typed : DataFrame, shape (n, columns)
        The same with the declared types; what does not fit is missing.
    rows : array of int, shape (n,)
        The row of each record as Excel counts.
    places : tuple of Place
        Where the records come from.
    origin : array of int, shape (n,)
        For each record, its place in `places`.
    """

    spec: Table
    given: pd.DataFrame
    typed: pd.DataFrame
    rows: NDArray[np.int64]
    places: tuple[Place, ...]
    origin: Positions

    @property
    def columns(self) -> list[Column]:
        """The declared columns that it has."""
        return [column for column in self.spec.columns if column.name in self.given]

    def has(self, *names: str) -> bool:
        """Return whether it has all these columns."""
        return set(names) <= set(self.typed.columns)

    def shown(self, column: str, at: int) -> str:
        """Return a cell as it came, cut where it is long."""
        return shown(self.given[column].iloc[at])


Words = Callable[[int], tuple[Text, Text]]
"""For the position of a record: what is wrong with it, and how to mend it."""


@dataclass(frozen=True, eq=False)
class Finding:
    """One kind of thing that is wrong with a column, and where.

    Parameters
    ----------
    table, column : str
        kamlab's names; `column` is "" where no single one is meant.
    words : function of int
        What is wrong with the record at a position, and how to mend it.
    allowed : Text
        What is allowed, as a sentence without its full stop.
    positions : array of int
        The records; none where the table as a whole is meant.
    severity : {"error", "warning"}
        A row with an error cannot be accepted.
    also : array of int
        Records that cannot be accepted either because of those at `positions`.
    """

    table: str
    column: str
    words: Words
    allowed: Text
    positions: Positions = field(default_factory=NOWHERE.copy)
    severity: Severity = "error"
    also: Positions = field(default_factory=NOWHERE.copy)

    @property
    def refused(self) -> Positions:
        """The records that cannot be accepted."""
        wrong = np.union1d(self.positions, self.also)
        return wrong.astype(np.intp) if self.severity == "error" else NOWHERE

    @property
    def of_the_table(self) -> bool:
        """Whether the table as a whole cannot be accepted."""
        return self.severity == "error" and not len(self.positions)

    def lifted(self, kept: Positions) -> Finding:
        """Return it for the table of which its own rows are those at `kept`."""
        place = {int(position): at for at, position in enumerate(kept)}
        return replace(
            self,
            positions=kept[self.positions],
            also=kept[self.also],
            words=lambda at: self.words(place[at]) if len(self.positions) else self.words(at),
        )

    def problems(self, sheet: Sheet) -> list[Problem]:
        """Return it in words: the first rows one by one, the others as a number."""
        if not len(self.positions):
            return [self._problem(sheet, None, 0)]
        told = [self._problem(sheet, int(at), int(at)) for at in self.positions[:LISTED]]
        if (more := len(self.positions) - LISTED) > 0:
            what, remedy = say("accounts.what_more", count=more), say("accounts.remedy_more")
            told.append(self._told(sheet, sheet.places[0], None, what, remedy))
        return told

    def _problem(self, sheet: Sheet, at: int | None, word_at: int) -> Problem:
        what, remedy = self.words(word_at)
        place = sheet.places[0 if at is None else int(sheet.origin[at])]
        return self._told(sheet, place, at, what, remedy)

    def _told(
        self, sheet: Sheet, place: Place, at: int | None, what: Text, remedy: Text
    ) -> Problem:
        value = ""
        if at is not None and self.column in sheet.given:
            value = sheet.shown(self.column, at)
        return Problem(
            severity=self.severity,
            table=their_name(place.name, self.table),
            column=their_name(place.headings.get(self.column, self.column), self.column),
            row=None if at is None else int(sheet.rows[at]),
            value=value or None,
            what=what,
            allowed=self.allowed + Text(".", "。"),
            remedy=remedy,
        )


def their_name(theirs: str, ours: str) -> str:
    """Return a name as the user's file has it, with kamlab's beside it where they differ."""
    bare = Path(theirs).stem if Path(theirs).suffix.lower() in SUFFIXES else theirs
    return ours if fold(bare) == fold(ours) else f"{theirs} ({ours})"


SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".pq")
"""What a file's name may end in that holds one table."""


def shown(cell: object) -> str:
    """Return a cell as text for a message, cut where it is long."""
    text = cell_text(cell) or ""
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
