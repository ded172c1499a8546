"""Rows set aside, written for the person who can mend them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from kamlab.accounts.cells.convert import cell_text
from kamlab.accounts.tables import table
from kamlab.foundation.columns import column
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.giving.escaping import guard, to_workbook
from kamlab.intake.giving.target import make_way


def write_set_aside(
    frames: Mapping[str, pd.DataFrame], path: Path, *, overwrite: bool = False
) -> Path:
    """Write one sheet a table: where the row stood, why it is set aside, and the row itself.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        `Intake.set_aside()`.
    path : Path
        An .xlsx.
    overwrite : bool

    Raises
    ------
    KamlabError
        If the name does not end in .xlsx, or the file is there already.
    """
    if path.suffix.lower() != ".xlsx":
        raise KamlabError(say("intake.not_xlsx", path=path))
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    make_way(path)
    book = Workbook(write_only=True)
    for name, frame in frames.items():
        # No name of a table: read on its own, it would lack what stood above the headings.
        sheet = book.create_sheet(str(say("intake.aside_sheet", table=table(name).label)))
        origin = [str(column(each).label) for each in ("sheet", "excel_row", "reason")]
        sheet.append([*origin, *(to_workbook(guard(str(c))) for c in frame.columns[3:])])
        for row in frame.itertuples(index=False, name=None):
            sheet.append([_cell(cell) for cell in row])
    if not frames:
        book.create_sheet(str(say("intake.nothing_set_aside")))
    book.save(path)
    return path


def _cell(cell: object) -> object:
    if isinstance(cell, str):
        return to_workbook(guard(cell))
    return cell if isinstance(cell, bool | int) else cell_text(cell)
