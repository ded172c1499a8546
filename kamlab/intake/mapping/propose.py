"""Read an export and propose how it becomes a company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

from kamlab.foundation.language import Text, say
from kamlab.intake.mapping.automatic import known_headings
from kamlab.intake.mapping.crm import crm_headings
from kamlab.intake.mapping.proposal import MappingProposal
from kamlab.intake.mapping.propose_sheets import propose_sheets
from kamlab.intake.sources.found import FoundTable, UnreadableSheet
from kamlab.intake.sources.open_sources import open_sources


def propose_mapping(path: str | PathLike[str]) -> MappingProposal:
    """Propose which sheets and columns of an export are which of ours.

    Parameters
    ----------
    path : str or path
        As in `kl.read_company`: a workbook, a CSV, Parquet or DuckDB file, or a folder of these.

    Returns
    -------
    MappingProposal
        It shows itself as a table. Names decide: kamlab's own, their aliases in English and
        Japanese, the headings that CRM systems export. What is only alike is proposed where
        little hangs on it and said to be so; where two columns are wanted, a compulsory column
        is only alike, or money has no unit, it stays open until `confirm` answers it.

    Raises
    ------
    KamlabError
        If the path cannot be read as a whole.

    Examples
    --------
    >>> proposal = kl.propose_mapping("private/crm.xlsx")  # doctest: +SKIP
    >>> proposal.table().query("certainty == 'open'")  # doctest: +SKIP
    """
    path = Path(path)
    known = known_headings() | crm_headings()
    found: list[FoundTable] = []
    unreadable: dict[str, Text] = {}
    for source in open_sources(path):
        try:
            found.append(source.read(known, None))
        except UnreadableSheet as error:
            unreadable[source.name] = say(f"intake.what_{error.kind}", **_words(error))
    return propose(path.name, found, unreadable)


def propose(
    file: str, found: Iterable[FoundTable], unreadable: Mapping[str, Text] | None = None
) -> MappingProposal:
    """Propose a mapping for tables that were found in a file."""
    found = tuple(found)
    return MappingProposal(file, propose_sheets(found, {}, {}), unreadable or {}, found)


def _words(error: UnreadableSheet) -> dict[str, object]:
    return {"column": error.column, "row": error.row, "value": "", **error.words}
