"""How large and how strange a file may be; what goes beyond is refused before it is unpacked.

Exports come from outside. A file of a few kilobytes can unpack to more than a machine holds, so
each limit lies well above any honest export and well below what would stop a laptop.
"""

from __future__ import annotations

import stat
from pathlib import Path
from zipfile import ZipFile

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.sources.found import UnreadableSheet

MEGABYTE = 2**20

LARGEST_TEXT = 1024 * MEGABYTE
"""Bytes of a text file. It is decoded and split in memory, which takes about ten times as much."""

LARGEST_WORKBOOK = 256 * MEGABYTE
"""Bytes of a workbook as packed: a million rows of 40 columns take about 150 MB."""

MOST_UNPACKED = 4096 * MEGABYTE
"""Bytes of a workbook's parts together: a full sheet of a million rows takes about 3 GB."""

ALWAYS_UNPACKED = 256 * MEGABYTE
"""Bytes up to which the ratio does not count: sheets formatted to the last row pack very well."""

MOST_RATIO = 300
"""Unpacked bytes to a packed one: exports reach 10 to 50, formatted empty rows about 200, and
what is made to fill a machine about 1000."""

MOST_PARTS = 10_000
"""Parts in a workbook: one a sheet, picture or comment; books of some hundred sheets have 2000."""

MOST_CELLS = 50_000_000
"""Cells of a sheet, empty ones before the last filled one of a row included: 400 MB of memory
before anything stands in them."""

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384
"""The size of a sheet in Excel; a cell beyond it cannot come from there."""


def read_bytes(path: Path, most: int) -> bytes:
    """Read a regular file that is not too large.

    Raises
    ------
    KamlabError
        If it is a pipe or a device, which might never end, or larger than `most` bytes.
    OSError
        If the system cannot read it.
    """
    size = size_of(path)
    if size > most:
        words = {"size": size // MEGABYTE, "limit": most // MEGABYTE}
        raise KamlabError(say("intake.file_too_large", path=path, **words))
    return path.read_bytes()


def size_of(path: Path) -> int:
    """Return the bytes of a regular file.

    Raises
    ------
    KamlabError
        If it is a pipe or a device, which might never end.
    OSError
        If it is not there, or the system does not let it be seen.
    """
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise KamlabError(say("intake.not_regular", path=path))
    return about.st_size


def check_archive(path: Path, archive: ZipFile) -> None:
    """Refuse a workbook that unpacks to more than any honest one.

    The sizes are those that the archive declares; `zipfile` reads no more than that from a part.
    Archives within the archive are never opened.

    Raises
    ------
    KamlabError
    """
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or (unpacked > ALWAYS_UNPACKED and unpacked / packed > MOST_RATIO)
    ):
        words = {"size": unpacked // MEGABYTE, "ratio": unpacked // packed, "parts": len(parts)}
        raise KamlabError(say("intake.zip_bomb", path=path, **words))


def check_cells(count: int) -> None:
    """Refuse a sheet or table with more cells than fit.

    Raises
    ------
    UnreadableSheet
    """
    if count > MOST_CELLS:
        raise UnreadableSheet("too_many_cells", allowed="size", limit=f"{MOST_CELLS:,}")
