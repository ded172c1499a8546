"""Orders in Parquet or CSV files, read by the embedded engine, DuckDB.

Cells of a CSV file are read as text, so that account ids keep their zeros and no date is guessed.
"""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import join, same, say

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

MEMORY = "3GB"
"""What the engine may use before it writes to the disk: with Python beside it, 4 GB suffice."""
FEWEST_THREADS = 3
"""With one or two threads DuckDB grows one large table where it would else cut it into pieces that
fit the processor's cache; grouping into about as many groups as there are orders takes longer."""
KINDS = {".parquet": "parquet", ".csv": "csv", ".csv.gz": "csv"}


@contextmanager
def embedded() -> Iterator[DuckDBPyConnection]:
    """Open a DuckDB of our own, which leaves nothing behind and calls no network."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="kamlab-") as spill:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": max(FEWEST_THREADS, os.cpu_count() or 1),
            "memory_limit": MEMORY,
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
        connection = duckdb.connect(config=settings)
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        try:
            yield connection
        finally:
            connection.close()


def files_of(path: str | os.PathLike[str]) -> list[str]:
    """Return the files that a path, a folder or a pattern with `*` means, in order.

    Raises
    ------
    ArgumentError
        If there are none, or they are not all Parquet or all CSV.
    """
    place = Path(path)
    if place.is_dir():
        found = sorted(str(one) for one in place.iterdir() if _kind(one.name))
    elif place.exists():
        found = [str(place)]
    else:
        found = sorted(one for one in glob.glob(str(path)) if not os.path.isdir(one))
    if not found:
        raise ArgumentError(say("accounts.transactions_no_file", path=repr(str(path))))
    kinds = {_kind(one) for one in found}
    if len(kinds) > 1 or None in kinds:
        names = join([same(suffix) for suffix in KINDS])
        raise ArgumentError(say("accounts.transactions_suffix", path=repr(str(path)), known=names))
    return found


def read_files(connection: DuckDBPyConnection, files: list[str]) -> DuckDBPyRelation:
    """Return files as one relation; nothing but headings is read yet."""
    if _kind(files[0]) == "parquet":
        return connection.read_parquet(files, union_by_name=len(files) > 1)
    paths: Any = files  # the stub knows single files only
    return connection.read_csv(paths, header=True, all_varchar=True, union_by_name=len(files) > 1)


def is_text_only(files: list[str]) -> bool:
    """Return whether the files hold text that has yet to become dates and numbers."""
    return _kind(files[0]) == "csv"


def _kind(name: str) -> str | None:
    return next((kind for suffix, kind in KINDS.items() if name.lower().endswith(suffix)), None)
