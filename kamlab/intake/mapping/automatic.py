"""Which sheet is which table, by exact names only: all of it is declared, nothing likely."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePath

from kamlab.accounts.findings import SUFFIXES
from kamlab.accounts.spec import Table
from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.sources.found import FoundTable

DATA_SUFFIXES = (*SUFFIXES, ".xls", ".xlsb", ".xlsx", ".xlsm", ".duckdb", ".db")
"""Endings that do not belong to a table's name."""

ALL_TABLES = (*TABLES, SETTINGS)


def table_of_name(name: str) -> str | None:
    """Return the table whose name, label or alias a sheet, file or database table bears.

    Parameters
    ----------
    name : str
        As in `Source.name`: "顧客一覧", "accounts.csv", "crm.xlsx/取引先".

    Returns
    -------
    str or None
        One of `TABLES` or `SETTINGS`; None if it bears none.

    Examples
    --------
    >>> table_of_name("crm.xlsx/取引先"), table_of_name("Survey_Answers.CSV"), table_of_name("メモ")
    ('accounts', 'survey', None)
    """
    return _table_names().get(fold(plain_name(name)))


def plain_name(name: str) -> str:
    """Return the name of a sheet or file without workbook and ending."""
    last = name.rpartition("/")[2]
    file = PurePath(last)
    return file.stem if file.suffix.lower() in DATA_SUFFIXES else last


def known_headings(table_name: str | None = None) -> frozenset[str]:
    """Return the folded headings by which kamlab knows the columns of one table, or of all."""
    names = ALL_TABLES if table_name is None else (table_name,)
    return frozenset(heading for name in names for heading in table(name).by_heading)


def kept_name(heading: str, spec: Table) -> str:
    """Return the name in the company of a column that stays as it is.

    Examples
    --------
    >>> kept_name("担当者", table("accounts")), kept_name("備考", table("accounts"))
    ('export:担当者', '備考')
    """
    return f"export:{heading}" if fold(heading) in spec.by_heading else heading


def automatic_rules(found: FoundTable) -> SheetRule | None:
    """Return the rules that names and aliases alone make; None if the name is that of no table.

    Parameters
    ----------
    found : FoundTable

    Returns
    -------
    SheetRule or None
        A column that two headings name stands in it twice: who reads has to refuse it.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame([["A1", "北山精機"]])
    >>> found = FoundTable("顧客", "crm.xlsx", ("顧客ID", "担当"), cells, rows=[2])
    >>> [rule.column for rule in automatic_rules(found).columns]
    ['account_id']
    """
    name = table_of_name(found.name)
    if name is None:
        return None
    by_heading = table(name).by_heading
    columns = tuple(
        ColumnRule(by_heading[fold(heading)].name, heading)
        for heading in found.headings
        if fold(heading) in by_heading
    )
    return SheetRule(found.name, name, columns, headings=found.headings)


def rule_for(mapping: ExportMapping, name: str) -> SheetRule | None:
    """Return the rule of a mapping that a sheet, file or database table falls under.

    Parameters
    ----------
    mapping : ExportMapping
    name : str
        As in `Source.name`. Width, case, spaces and underscores do not count; in a rule's name
        ``*`` stands for any characters, so that 売上_*.csv is next quarter's file too.

    Returns
    -------
    SheetRule or None
        The first that fits; a name without ``*`` goes before one with it.
    """
    rules = sorted(mapping.sheets, key=lambda rule: "*" in rule.name)
    return next((rule for rule in rules if _fits(rule.name, name)), None)


def is_unread(mapping: ExportMapping, name: str) -> bool:
    """Return whether the user knows of a sheet and leaves it out."""
    return any(_fits(pattern, name) for pattern in mapping.unread)


def _fits(pattern: str, name: str) -> bool:
    parts = [re.escape(fold(part)) for part in pattern.split("*")]
    return re.fullmatch(".*".join(parts), fold(name), re.DOTALL) is not None


@cache
def _table_names() -> dict[str, str]:
    return {fold(word): name for name in ALL_TABLES for word in table(name).headings}
