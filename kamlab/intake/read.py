"""Read a company from any export."""

from __future__ import annotations

from os import PathLike
from typing import Literal

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, DataError
from kamlab.foundation.language import say
from kamlab.intake.check import MappingOrPath, check_company

BadRows = Literal["refuse", "set_aside"]


def read_company(
    path: str | PathLike[str],
    *,
    mapping: MappingOrPath | None = None,
    currency: str | None = None,
    bad_rows: BadRows = "refuse",
) -> Company:
    """Read a company's tables, or say everything that is wrong with them.

    Parameters
    ----------
    path : str or path
        A workbook (.xlsx), a CSV file (UTF-8, UTF-16 or cp932 as a Japanese Excel writes;
        commas, tabs or semicolons), a Parquet file, a DuckDB file, or a folder of these.
    mapping : ExportMapping or path, optional
        Which of your sheets and columns is which of ours: see `kl.propose_mapping`. Without
        it, file, sheet and column names must be kamlab's names, their labels or aliases, in
        English or Japanese; width, case, spaces and underscores do not count.
    currency : str, optional
        Code of the currency of all amounts. Without it, what the mapping or the file notes,
        or else JPY. Nothing is converted.
    bad_rows : {"refuse", "set_aside"}
        Whether a row with an error refuses the whole export, or is set aside and warned of.
        `kl.check_company` shows these rows, and the reason of each.

    Returns
    -------
    Company
        `company.source` tells how many rows each table had. Columns that are not declared are
        kept under their own heading: as numbers, dates or TRUE/FALSE if all their cells are
        (digits with leading zeros are text), else as text.

    Raises
    ------
    DataError
        If anything in the tables does not fit; it names all problems, with rows as Excel
        counts them.
    KamlabError
        If the file cannot be read as a whole.

    Warns
    -----
    DataWarning
        About rows set aside, what looks doubtful, and columns or sheets that are not declared.

    Examples
    --------
    >>> company = kl.read_company("private/crm.xlsx", mapping="private/crm.toml")  # doctest: +SKIP
    """
    if bad_rows not in ("refuse", "set_aside"):
        raise ArgumentError(say("intake.bad_rows", given=bad_rows))
    intake = check_company(path, mapping=mapping, currency=currency)
    errors = intake.errors
    if errors and bad_rows == "refuse":
        raise DataError(errors)
    company = intake.company()
    intake.warn(stacklevel=2)
    return company
