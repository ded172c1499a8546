"""A proposed mapping: shown, confirmed, or saved and edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from kamlab.foundation.columns import labelled
from kamlab.foundation.language import Text, say
from kamlab.intake.mapping.answers import Meaning
from kamlab.intake.mapping.confirm import confirmed, mapping_of, open_questions
from kamlab.intake.mapping.proposed import USUAL, ProposedSheet
from kamlab.intake.mapping.rules import ExportMapping
from kamlab.intake.mapping.write_mapping import write_proposal
from kamlab.intake.sources.found import FoundTable

Values = Mapping[str, Mapping[str, Meaning]]


@dataclass(frozen=True, eq=False, repr=False)
class MappingProposal:
    """Which of the user's sheets and columns are probably which of ours.

    Parameters
    ----------
    file : str
        Name of the export.
    sheets : tuple of ProposedSheet
    unreadable : mapping of str to Text
        Sheets that cannot be read, and why.
    found : tuple of FoundTable
        What the proposal was made from.

    Examples
    --------
    >>> proposal = kl.propose_mapping("private/crm.xlsx")  # doctest: +SKIP
    >>> mapping = proposal.confirm({"担当者": "manager"}, {"売上高": "千円"})  # doctest: +SKIP
    """

    file: str
    sheets: tuple[ProposedSheet, ...]
    unreadable: Mapping[str, Text] = field(default_factory=dict)
    found: tuple[FoundTable, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return one row a column of the export, worded in the current language.

        Returns
        -------
        DataFrame
            With the columns sheet, their_column, our_table, our_column, confidence (1 down to
            0), certainty, unit, why, examples. Where something is open, our_column has the
            candidates with question marks. A sheet that is not read has one row.
        """
        rows = [row for sheet in self.sheets for row in _rows(sheet)]
        names = ["sheet", "their_column", "our_table", "our_column", "confidence", "certainty"]
        names += ["unit", "why", "examples"]
        return pd.DataFrame(rows, columns=names)

    def questions(self) -> tuple[Text, ...]:
        """Return what is still open, each with how to answer it."""
        return tuple(open_questions(self.sheets, mapping_of(self.sheets)))

    def confirm(
        self,
        columns: Mapping[str, str | None] | None = None,
        units: Mapping[str, str] | None = None,
        *,
        sheets: Mapping[str, str | None] | None = None,
        values: Values | None = None,
        date_order: str | Mapping[str, str] | None = None,
        timezone: str | Mapping[str, str] | None = None,
        currency: str | None = None,
        name: str = "",
        simulated: bool = False,
    ) -> ExportMapping:
        """Answer what is open and take over the rest as it is proposed.

        Parameters
        ----------
        columns : mapping of str to str or None, optional
            Your heading to our column; None keeps a column as it is. A heading that stands in
            several sheets is written "sheet/heading", here and below.
        units : mapping of str to str, optional
            Your heading to a unit, such as {"売上高": "千円"}.
        sheets : mapping of str to str or None, optional
            Your sheet to our table; None leaves a sheet out.
        values : mapping of str to mapping, optional
            For categories and yes/no: your heading to {your word: our code}; for ratings and
            other numbers without a unit: to {your word: the number}, such as {"とても": "7"}.
            None for a word that means "no value", in any column; a mapping file has such words
            under `blank`.
        date_order : str or mapping of str to str, optional
            "dmy" or "mdy", for all dates whose day and month are unclear, or by heading.
        timezone : str or mapping of str to str, optional
            Where days are meant, such as "Asia/Tokyo", if times carry a zone; for all dates or
            by heading.
        currency : str, optional
            Code of the currency of all money; needless where a unit says it.
        name : str
            Of your company.
        simulated : bool
            Whether the data are made up, so that every figure says so.

        Returns
        -------
        ExportMapping

        Raises
        ------
        KamlabError
            If anything that matters is still open or an answer does not fit; it names all of it.
        """
        answers: dict[str, Any] = {
            "columns": columns or {},
            "units": units or {},
            "values": values or {},
            "date_order": date_order or {},
            "timezone": timezone or {},
        }
        mapping = confirmed(self.found, sheets or {}, answers, currency or "", self.unreadable)
        return replace(mapping, name=name, simulated=simulated)

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the proposal to a TOML file in which what is open is marked, to edit it there.

        Parameters
        ----------
        path : str or path
        overwrite : bool
            Whether a file that is there may be replaced.

        Returns
        -------
        Path

        Raises
        ------
        KamlabError
            If a file is there already.
        """
        return write_proposal(self.sheets, mapping_of(self.sheets), path, overwrite=overwrite)

    def __repr__(self) -> str:
        """Return the table and what is open as plain text."""
        with pd.option_context(
            "display.unicode.east_asian_width", True, "display.max_colwidth", None
        ):
            table = labelled(self.table()).to_string(index=False)
        return "\n\n".join([str(self._head()), table, *map(str, self._notes())])

    def _repr_html_(self) -> str:
        table = labelled(self.table()).to_html(index=False, border=0)  # it escapes
        notes = "".join(f"<li>{escape(str(note))}</li>" for note in self._notes())
        return f"<h4>{escape(str(self._head()))}</h4>{table}<ul>{notes}</ul>"

    def _head(self) -> Text:
        return say("intake.proposal_head", file=self.file, count=len(self.questions()))

    def _notes(self) -> Iterator[Text]:
        for name, reason in self.unreadable.items():
            yield say("intake.proposal_unreadable", sheet=name, reason=reason)
        yield from self.questions()


def _rows(sheet: ProposedSheet) -> Iterator[tuple[Any, ...]]:
    if not sheet.table:
        tables = _candidates(sheet.candidates)
        level = _certainty(sheet.confidence, bool(sheet.candidates), bool(sheet.candidates))
        yield (sheet.name, "", tables, "", sheet.confidence, level, "", str(sheet.why), "")
    for column in sheet.columns:
        is_open = bool(column.open)
        ours = column.column or _candidates(column.candidates)
        yield (
            sheet.name,
            column.heading,
            sheet.table,
            ours,
            column.confidence,
            _certainty(column.confidence, is_open, bool(ours)),
            column.unit or ("?" if "unit" in column.open else ""),
            str(column.why),
            " / ".join(column.examples),
        )


def _candidates(names: tuple[str, ...]) -> str:
    return " / ".join(f"{name}?" for name in names)


def _certainty(confidence: float, is_open: bool, is_ours: bool) -> str:
    if is_open:
        return "open"
    if not is_ours:
        return "kept"
    return "high" if confidence >= USUAL else "medium"
