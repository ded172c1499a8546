"""Read a mapping from its file, or say everything that is wrong with it, line by line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from kamlab.accounts.spec import Table
from kamlab.accounts.tables import table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.intake.mapping.automatic import ALL_TABLES
from kamlab.intake.mapping.entries import Entries, Refusals
from kamlab.intake.mapping.mistakes import Mistake, currency_mistakes, find_mistakes, nearest_column
from kamlab.intake.mapping.rules import KEEP, ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.toml_lines import TomlLines
from kamlab.intake.mapping.units import YEN, currency_of

TOP = ("name", "currency", "simulated", "unread", "sheet")
SHEET = ("name", "table", "header_row", "columns", "open")
COLUMN = ("column", "unit", "blank", "values", "date_order", "timezone", "open")


def read_mapping(path: str | PathLike[str]) -> ExportMapping:
    """Read a mapping that `save` wrote, edited or not.

    Parameters
    ----------
    path : str or path
        A TOML file in UTF-8.

    Returns
    -------
    ExportMapping

    Raises
    ------
    KamlabError
        If the file cannot be read, or anything in it does not fit or is still open; it names
        every such entry with its line.

    Examples
    --------
    >>> mapping = read_mapping("private/crm.toml")  # doctest: +SKIP
    """
    path = Path(path)
    return mapping_of_text(_text(path), path.name)


def mapping_of_text(text: str, file: str) -> ExportMapping:
    """Read a mapping from the content of a file; `file` is its name, for messages."""
    try:
        declared = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise KamlabError(say("intake.mapping_no_toml", file=file, reason=error)) from error
    refusals = Refusals(file, TomlLines(text))
    mapping = _mapping(declared, refusals)
    for mistake in find_mistakes(mapping):
        refusals.add(mistake)
    refusals.refuse()
    return mapping


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise KamlabError(say("intake.mapping_not_utf8", path=path)) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KamlabError(say("intake.mapping_no_file", path=path, reason=reason)) from error


def _mapping(declared: Mapping[str, Any], refusals: Refusals) -> ExportMapping:
    top = Entries(declared, refusals)
    top.only(TOP)
    blocks = top.blocks("sheet")
    sheets = [_sheet(Entries(block, refusals, at)) for at, block in enumerate(blocks, start=1)]
    if not blocks:
        refusals.note(1, "sheet", say("intake.mapping_no_sheets"))
    rules = tuple(sheet for sheet in sheets if sheet is not None)
    return ExportMapping(
        sheets=rules,
        currency=_currency(top, rules),
        name=top.text("name"),
        unread=top.texts("unread"),
        simulated=top.flag("simulated"),
    )


def _currency(top: Entries, sheets: tuple[SheetRule, ...]) -> str:
    """Return the code that is given, or that the units imply; money without either is refused."""
    given = top.text("currency")
    columns = [(table(s.table)[rule.column], rule) for s in sheets for rule in s.columns]
    money = [rule for column, rule in columns if column.type == "money"]
    currency = given or currency_of(rule.unit for rule in money) or ("" if money else YEN)
    for mistake in currency_mistakes(currency):
        top.refusals.add(mistake)
    return currency


def _sheet(block: Entries) -> SheetRule | None:
    block.only(SHEET)
    name = block.text("name", needed=True)
    block.refusals.sheets[name] = block.number
    if block.still_open():
        return None
    table_name = block.text("table", needed=True)
    if table_name not in ALL_TABLES:
        if table_name:
            hint = nearest_hint(table_name, ALL_TABLES)
            known = listed(ALL_TABLES)
            words = {"got": table_name, "known": known, "nearest": hint}
            block.refusals.add(Mistake("unknown_table", name, key="table", words=words))
        return None
    header_row = block.row("header_row")
    columns = Entries(block.table("columns"), block.refusals, block.number, ("columns",))
    rules = [_column(columns, heading, table(table_name)) for heading in columns.given]
    return SheetRule(
        name=name,
        table=table_name,
        columns=tuple(rule for rule in rules if rule is not None),
        header_row=header_row,
        headings=tuple(columns.given),
    )


def _column(columns: Entries, heading: str, spec: Table) -> ColumnRule | None:
    given = columns.given[heading]
    entry = {"column": given} if isinstance(given, str) else columns.table(heading)
    block = Entries(entry, columns.refusals, columns.number, ("columns", heading))
    block.only(COLUMN)
    if block.still_open() or (entry == {} and given != {}):
        return None
    column = block.text("column", needed=True)
    if column in ("", KEEP):
        return None
    if column not in {each.name for each in spec.columns}:
        block.bad("column", _no_such_column(column, spec))
        return None
    return ColumnRule(
        column=column,
        heading=heading,
        unit=block.text("unit"),
        blank=block.texts("blank"),
        values=block.words("values"),
        date_order=block.text("date_order") or "ymd",  # type: ignore[arg-type]
        timezone=block.text("timezone"),
    )


def _no_such_column(name: str, spec: Table) -> Text:
    hint = nearest_column(name, spec)
    words = {"got": name, "table": spec.name, "nearest": hint, "keep": KEEP}
    return say("intake.mapping_what_unknown_column", **words)
