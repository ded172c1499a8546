"""Take problems back to Excel: a copy of the export with a comment at every cell concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.giving import look
from kamlab.intake.giving.copies import copy_tables, copy_workbook, title_for, write_cell
from kamlab.intake.giving.remarks import Remark, gather_remarks
from kamlab.intake.giving.target import make_way
from kamlab.intake.taking_in import TakenIn

MOST_COMMENTS = 10_000
"""Cells with a comment; Excel slows down with more. The list of problems has them all."""

MOST_LISTED = 100_000
"""Problems in the list; the rest is counted there."""

LIST_WIDTHS = (10, 18, 9, 20, 24, 52, 36, 52)


def write_comments(taken: TakenIn, path: Path, *, overwrite: bool = False) -> Path:
    """Write a copy of an export with its problems: comments at the cells, and a list with links.

    Parameters
    ----------
    taken : TakenIn
    path : Path
        Of the copy, an .xlsx.
    overwrite : bool
        Whether a former copy may be replaced. The export itself never is.

    Returns
    -------
    Path

    Raises
    ------
    KamlabError
        If the name does not end in .xlsx, is that of the export or lies in its folder, or is
        taken.

    Notes
    -----
    A workbook is copied with its formats and formulas; charts and macros stay behind. Other
    files, and workbooks of more than `copies.LARGEST_WORKBOOK` cells, become a plain workbook in
    which the first column says where each row stood.

    Examples
    --------
    >>> kl.check_company("crm.xlsx").write_comments("private/checked.xlsx")  # doctest: +SKIP
    """
    _check_place(taken.path, path, overwrite)
    make_way(path)
    remarks = gather_remarks(taken)
    copy = copy_workbook(taken) or copy_tables(taken, remarks)
    cells = [copy.cell_of(remark) for remark in remarks]
    _mark(remarks, cells)
    _list(copy.book, remarks, cells)
    copy.book.save(path)
    return path


def _check_place(export: Path, path: Path, overwrite: bool) -> None:
    if path.suffix.lower() != ".xlsx":
        raise KamlabError(say("intake.not_xlsx", path=path))
    here, there = path.resolve(), export.resolve()
    if here == there or there in here.parents:
        raise KamlabError(say("intake.comments_place", path=path))
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))


def _mark(remarks: Sequence[Remark], cells: Sequence[Cell | None]) -> None:
    by_cell: dict[tuple[str, str], tuple[Cell, list[Remark]]] = {}
    for remark, cell in zip(remarks, cells, strict=True):
        if cell is not None:
            key = (cell.parent.title, cell.coordinate)
            by_cell.setdefault(key, (cell, []))[1].append(remark)
    for cell, about in islice(by_cell.values(), MOST_COMMENTS):
        former = [cell.comment.text] if cell.comment else []
        cell.comment = look.comment("\n\n".join([*former, *map(_told, about)]))
        faulty = any(remark.severity == "error" for remark in about)
        cell.fill = look.fill(look.FAULT if faulty else look.DOUBT)


def _told(remark: Remark) -> str:
    kind = say(f"intake.comments_{remark.severity}")
    allowed = say("intake.template_allowed", allowed=remark.allowed)
    lines = [f"{kind}{remark.what}", str(allowed), str(remark.remedy)]
    return "\n".join(line for line in lines if line)


def _list(book: Workbook, remarks: Sequence[Remark], cells: Sequence[Cell | None]) -> None:
    """Put the list of all problems before the other sheets, each with a link to its cell."""
    sheet = book.create_sheet(title_for(str(say("intake.comments_list")), book.sheetnames), 0)
    names = ("severity", "sheet", "cell", "heading", "value", "what", "allowed", "remedy")
    look.write_headings(sheet, [str(say(f"intake.comments_{name}")) for name in names])
    look.set_widths(sheet, LIST_WIDTHS)
    pairs = zip(remarks, cells, strict=True)
    for row, (remark, cell) in enumerate(islice(pairs, MOST_LISTED), 2):
        texts = _texts(remark, cell)
        sheet.row_dimensions[row].height = look.height_for(texts.values(), LIST_WIDTHS)
        for number, text in enumerate(texts.values(), 1):
            here = sheet.cell(row, number)
            assert isinstance(here, Cell)
            write_cell(here, text)
            here.font, here.alignment, here.border = look.font(), look.WRAPPED, look.UNDERLINE
        sheet.cell(row, 1).fill = look.fill(
            look.FAULT if remark.severity == "error" else look.DOUBT
        )
        if cell is not None:
            there = f"{quote_sheetname(cell.parent.title)}!{cell.coordinate}"
            link = sheet.cell(row, 3)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=there)
            link.font = look.font(color="0563C1")
    if (more := len(remarks) - MOST_LISTED) > 0:
        sheet.append([str(say("intake.comments_more", count=f"{more:,}"))])
    elif not remarks:
        sheet.append([str(say("intake.comments_none"))])
    sheet.auto_filter.ref = sheet.dimensions
    look.fit_to_page(sheet)
    for other in book.worksheets:
        other.sheet_view.tabSelected = False
    book.active = 0


def _texts(remark: Remark, cell: Cell | None) -> Mapping[str, str]:
    return {
        "severity": str(say(f"intake.comments_is_{remark.severity}")),
        "sheet": remark.source,
        "cell": cell.coordinate if cell is not None else "",
        "heading": remark.heading,
        "value": remark.value,
        "what": str(remark.what),
        "allowed": str(remark.allowed),
        "remedy": str(remark.remedy),
    }
