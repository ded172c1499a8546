"""What a user has confirmed about an export: which sheet is which table, which column is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from kamlab.accounts.cells.reading import DateOrder

KEEP = "keep"
"""In a file, stands for a column in place of ours: it stays as it is, under its own heading."""


@dataclass(frozen=True)
class ColumnRule:
    """One of the user's columns that is one of ours.

    Parameters
    ----------
    column : str
        kamlab's name.
    heading : str
        The heading in the user's sheet.
    unit : str
        A key of `units.UNITS` (such as 円, 千円, 百万円, thousand, %); "" where the column has
        none. Compulsory for money.
    blank : tuple of str
        Further words that mean "no value" in this column.
    values : mapping of str to str
        The user's words for a category or for yes and no.
    date_order : {"ymd", "mdy", "dmy"}
    timezone : str
    """

    column: str
    heading: str
    unit: str = ""
    blank: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder = "ymd"
    timezone: str = ""


@dataclass(frozen=True)
class SheetRule:
    """One of the user's sheets that is one of our tables.

    Parameters
    ----------
    name : str
        Of the sheet, file or database table.
    table : str
        One of `TABLES`. Several sheets may be the same table; their rows are joined.
    columns : tuple of ColumnRule
    header_row : int or None
        Where the headings stand; None to find them by the headings that `columns` names.
    headings : tuple of str
        All headings that the sheet had when the user confirmed, so that the next export can
        be compared.
    """

    name: str
    table: str
    columns: tuple[ColumnRule, ...]
    header_row: int | None = None
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportMapping:
    """How an export becomes a company.

    Parameters
    ----------
    sheets : tuple of SheetRule
    currency : str
        Code of the currency of all money.
    name : str
        The company's name; "" if it says none.
    unread : tuple of str
        Sheets that the user knows of and leaves out.
    simulated : bool
        Whether the data are made up; every figure then says so.
    """

    sheets: tuple[SheetRule, ...]
    currency: str = "JPY"
    name: str = ""
    unread: tuple[str, ...] = ()
    simulated: bool = False

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the mapping to a TOML file that `read_mapping` reads and people can edit.

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
            If a file is there already, or the mapping has mistakes.
        """
        from kamlab.intake.mapping.write_mapping import write_mapping  # it imports these rules

        return write_mapping(self, path, overwrite=overwrite)
