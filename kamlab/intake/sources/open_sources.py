"""Open whatever a user names: a workbook, a text file, Parquet, DuckDB, or a folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, same, say
from kamlab.intake.sources.columnar import open_database, read_parquet
from kamlab.intake.sources.found import FoundTable, Source, UnreadableSheet
from kamlab.intake.sources.limits import size_of
from kamlab.intake.sources.text_file import read_text_file
from kamlab.intake.sources.workbook import open_workbook

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
PARQUET_SUFFIXES = (".parquet", ".pq")
DATABASE_SUFFIXES = (".duckdb", ".db")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb")
"""The last two are not read; opening them says what to do."""

SUFFIXES = (*TEXT_SUFFIXES, *PARQUET_SUFFIXES, *DATABASE_SUFFIXES, *WORKBOOK_SUFFIXES)

LEFT_BY_PROGRAMS = (".", "~$")
"""Begins the names of files that a system hides and that an open Excel leaves beside its own."""

Opened = tuple[Source, ...]


def open_sources(path: Path) -> tuple[Source, ...]:
    """Find the sheets, files and tables that a path holds.

    Parameters
    ----------
    path : Path
        A workbook (.xlsx, .xlsm), a text file (.csv, .tsv, .txt), a Parquet file (.parquet, .pq),
        a DuckDB file (.duckdb, .db), or a folder in which such files lie. Folders within the
        folder, hidden files and files of other kinds are passed over.

    Returns
    -------
    tuple of Source
        Sheets bear their title, database tables their name, other files the file's name. Where
        several workbooks of a folder share a title, it stands behind the file's name:
        "crm.xlsx/Customers". Nothing is read before `Source.read` is called; a file in a folder
        that cannot be opened says so then.

    Raises
    ------
    KamlabError
        If the path does not exist, cannot be opened, is of no kind that kamlab reads, or is
        larger than the limits in `limits`.

    Examples
    --------
    >>> [source.name for source in open_sources(Path("private/crm.xlsx"))]  # doctest: +SKIP
    ['顧客マスタ', '受注明細']
    """
    try:
        if path.is_dir():
            return _folder(path)
        size_of(path)
        return _opener(path)(path)
    except FileNotFoundError as error:
        raise KamlabError(say("intake.no_such_path", path=path)) from error
    except OSError as error:
        raise KamlabError(say("intake.unreadable", path=path, reason=_reason(error))) from error


def _opener(path: Path) -> Callable[[Path], Opened]:
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return partial(_one_table, read_text_file)
    if suffix in PARQUET_SUFFIXES:
        return partial(_one_table, read_parquet)
    if suffix in DATABASE_SUFFIXES:
        return open_database
    if suffix in WORKBOOK_SUFFIXES:
        return open_workbook
    raise KamlabError(say("intake.unknown_format", path=path))


def _one_table(
    read: Callable[[Path, Container[str], int | None], FoundTable], path: Path
) -> Opened:
    return (Source(path.name, path.name, partial(_guarded, read, path)),)


def _guarded(
    read: Callable[[Path, Container[str], int | None], FoundTable],
    path: Path,
    known: Container[str],
    header_row: int | None,
) -> FoundTable:
    """Read a file that may have been moved or locked since it was found."""
    try:
        return read(path, known, header_row)
    except OSError as error:
        raise _unopened(_reason(error)) from error
    except KamlabError as error:
        raise _unopened(error.text) from error


def _folder(folder: Path) -> Opened:
    files = [
        file
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in SUFFIXES
        and not file.name.startswith(LEFT_BY_PROGRAMS)
        and not file.is_dir()
    ]
    if not files:
        raise KamlabError(say("intake.nothing_to_read", path=folder))
    sources = [source for file in files for source in _in_folder(file)]
    times = Counter(source.name for source in sources)
    return tuple(
        replace(source, name=f"{source.file}/{source.name}") if times[source.name] > 1 else source
        for source in sources
    )


def _in_folder(file: Path) -> Iterator[Source]:
    """Open a file; what keeps it from being opened is told when it is read."""
    try:
        size_of(file)
        yield from _opener(file)(file)
    except OSError as error:
        yield Source(file.name, file.name, partial(_refuse, _reason(error)))
    except KamlabError as error:
        yield Source(file.name, file.name, partial(_refuse, error.text))


def _refuse(reason: Text, known: Container[str], header_row: int | None) -> FoundTable:
    raise _unopened(reason)


def _unopened(reason: Text) -> UnreadableSheet:
    return UnreadableSheet("unopened", allowed="files", reason=reason)


def _reason(error: OSError) -> Text:
    return same(error.strerror or type(error).__name__)
