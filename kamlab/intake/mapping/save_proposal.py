"""A proposal as a mapping file in which what is open is marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kamlab.accounts.tables import table
from kamlab.foundation.language import say
from kamlab.intake.mapping.confirm import mapping_of, rule_of
from kamlab.intake.mapping.files import KEEP
from kamlab.intake.mapping.proposed import ProposedColumn, ProposedSheet
from kamlab.intake.mapping.units import units_for
from kamlab.intake.mapping.write_mapping import ColumnLine, SheetBlock, mapping_text, rule_fields


def proposal_text(sheets: Iterable[ProposedSheet]) -> str:
    """Return the content of a mapping file; ``open`` lists what may stand in its place."""
    sheets = tuple(sheets)
    mapping = mapping_of(sheets)
    top: dict[str, Any] = {"currency": mapping.currency} if mapping.currency else {}
    top |= {"unread": mapping.unread} if mapping.unread else {}
    blocks = [_block(sheet) for sheet in sheets if sheet.table or sheet.candidates]
    return mapping_text(top, blocks, say("intake.mapping_head_open", keep=KEEP))


def _block(sheet: ProposedSheet) -> SheetBlock:
    if sheet.is_open:
        fields = {"name": sheet.name, "open": sheet.candidates}
        return SheetBlock(fields, [], [str(sheet.why)])
    return SheetBlock({"name": sheet.name, "table": sheet.table}, list(_lines(sheet)))


def _lines(sheet: ProposedSheet) -> Iterator[ColumnLine]:
    for column in sheet.columns:
        comment = str(column.why) if column.open or column.unknown else ""
        yield ColumnLine(column.heading, dict(_fields(sheet, column)), comment)


def _fields(sheet: ProposedSheet, column: ProposedColumn) -> Iterator[tuple[str, Any]]:
    if not column.column:
        if column.open:
            yield "open", (*column.candidates, KEEP)
        else:
            yield "column", KEEP
        return
    spec = table(sheet.table)[column.column]
    fields = rule_fields(rule_of(column))
    if "values" in column.open:
        fields["values"] = column.values | dict.fromkeys(column.unknown, "")
    for question in ("unit", "date_order"):
        if question in column.open:
            fields[question] = ""
    yield from fields.items()
    choices = {
        "unit": units_for(spec),
        "values": tuple(spec.values) or ("TRUE", "FALSE"),
        "date_order": ("dmy", "mdy"),
    }
    if column.open:
        yield "open", tuple(choice for question in column.open for choice in choices[question])
