"""Open an Excel workbook and read its sheets. Macros are never run, links never followed."""

from __future__ import annotations

from collections.abc import Container
from functools import partial
from pathlib import Path

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.sources.found import FoundTable, Source, UnreadableSheet
from kamlab.intake.sources.layout import lay_out
from kamlab.intake.sources.limits import LARGEST_WORKBOOK, check_archive, read_bytes
from kamlab.intake.sources.package import DAMAGES, Package, SheetPart
from kamlab.intake.sources.sheet_cells import read_cells
from kamlab.intake.sources.xml_parts import UnsafeXml

OLE_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Begins old .xls files, and new ones that a password protects."""

LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path) -> tuple[Source, ...]:
    """Find the worksheets of a workbook, hidden ones included; sheets of charts are left out.

    Parameters
    ----------
    path : Path

    Raises
    ------
    KamlabError
        If it is no workbook, in the old format, locked, damaged or unpacks to too much.
    OSError
        If the system cannot read it.
    """
    content = read_bytes(path, LARGEST_WORKBOOK)
    if not content:
        raise KamlabError(say("intake.empty_workbook", path=path))
    if content.startswith(OLE_SIGNATURE):
        kind = "locked_workbook" if LOCKED_STREAM in content else "old_workbook"
        raise KamlabError(say(f"intake.{kind}", path=path))
    try:
        package = Package(content, partial(check_archive, path))
    except UnsafeXml as error:
        raise KamlabError(say("intake.unsafe_workbook", path=path)) from error
    except DAMAGES as error:
        raise KamlabError(say("intake.not_a_workbook", path=path)) from error
    return tuple(
        Source(sheet.title, path.name, partial(_read, package, sheet, path.name))
        for sheet in package.sheets
    )


def _read(
    package: Package, sheet: SheetPart, file: str, known: Container[str], header_row: int | None
) -> FoundTable:
    try:
        grid = read_cells(package, sheet.part)
    except UnsafeXml as error:
        reason = say("intake.unsafe_workbook", path=file)
        raise UnreadableSheet("unopened", allowed="files", reason=reason) from error
    except DAMAGES as error:
        raise UnreadableSheet("damaged_sheet", allowed="files") from error
    about = {"epoch_1904": package.epoch_1904, "hidden": sheet.hidden}
    return lay_out(grid, known, header_row, name=sheet.title, file=file, **about)
