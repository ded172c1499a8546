"""Write a mapping, confirmed or only proposed, to a file that people edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from kamlab.accounts.spec import Table
from kamlab.accounts.tables import table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, say
from kamlab.intake.giving.whole import put_text
from kamlab.intake.mapping.automatic import kept_name
from kamlab.intake.mapping.mistakes import codes_of, find_mistakes, in_a_call, refuse
from kamlab.intake.mapping.proposed import ProposedColumn, ProposedSheet
from kamlab.intake.mapping.rules import KEEP, ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.units import units_for


@dataclass(frozen=True)
class ColumnLine:
    """One line of the file: a heading, what is said of it, and a comment behind it."""

    heading: str
    fields: Mapping[str, Any]
    comment: str = ""


@dataclass(frozen=True)
class SheetBlock:
    """One sheet of the file."""

    fields: Mapping[str, Any]
    lines: Sequence[ColumnLine]
    comments: Sequence[str] = field(default=())


def write_mapping(mapping: ExportMapping, path: str | PathLike[str], *, overwrite: bool) -> Path:
    """Write a mapping so that `read_mapping` gives it back; refuse one that has mistakes."""
    refuse([in_a_call(mistake) for mistake in find_mistakes(mapping)])
    blocks = [_block(sheet) for sheet in mapping.sheets]
    text = mapping_text(_top(mapping), blocks, say("intake.mapping_head", keep=KEEP))
    return _put_file(text, path, overwrite)


def write_proposal(
    sheets: Iterable[ProposedSheet],
    mapping: ExportMapping,
    path: str | PathLike[str],
    *,
    overwrite: bool,
) -> Path:
    """Write what is proposed, and the mapping that it would make; what is open is marked so."""
    blocks = [_proposed_block(sheet) for sheet in sheets if sheet.table or sheet.candidates]
    text = mapping_text(_top(mapping), blocks, say("intake.mapping_head_open", keep=KEEP))
    return _put_file(text, path, overwrite)


def mapping_text(top: Mapping[str, Any], blocks: Iterable[SheetBlock], head: Text) -> str:
    """Return the content of a mapping file, with a comment in the current language on top."""
    lines = [f"# {_comment(line)}" for line in str(head).split("\n")]
    lines += ["", *(f"{key} = {toml(value)}" for key, value in top.items())]
    for block in blocks:
        lines += ["", "[[sheet]]", *(f"{key} = {toml(v)}" for key, v in block.fields.items())]
        lines += [f"# {_comment(comment)}" for comment in block.comments]
        lines += ["[sheet.columns]", *map(_line, block.lines)]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml(key)} = {toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(line: ColumnLine) -> str:
    fields = ", ".join(f"{key} = {toml(value)}" for key, value in line.fields.items())
    plain = tuple(line.fields) == ("column",)
    said = toml(line.fields["column"]) if plain else f"{{ {fields} }}"
    comment = f"  # {_comment(line.comment)}" if line.comment else ""
    return f"{toml(line.heading)} = {said}{comment}"


def _comment(words: str) -> str:
    """Return words that stay on one line of TOML, whose comments take no control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in words)


def _put_file(text: str, path: str | PathLike[str], overwrite: bool) -> Path:
    path = Path(path)
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    put_text(text, path)
    return path


def _top(mapping: ExportMapping) -> dict[str, Any]:
    return _said(
        name=mapping.name,
        currency=mapping.currency,
        simulated=mapping.simulated,
        unread=mapping.unread,
    )


def _block(sheet: SheetRule) -> SheetBlock:
    fields = _said(name=sheet.name, table=sheet.table, header_row=sheet.header_row)
    rules = {rule.heading: rule for rule in sheet.columns}
    headings = dict.fromkeys([*sheet.headings, *rules])
    spec = table(sheet.table)
    lines = [
        ColumnLine(h, _rule_fields(rules.get(h)), "" if h in rules else _own_name(h, spec))
        for h in headings
    ]
    return SheetBlock(fields, lines)


def _own_name(heading: str, spec: Table) -> str:
    """Return a comment on the name of a column that stays as it is; none where it has its own."""
    name = kept_name(heading, spec)
    return "" if name == heading else str(say("intake.why_own_name", name=name))


def _proposed_block(sheet: ProposedSheet) -> SheetBlock:
    if sheet.is_open:
        fields = {"name": sheet.name, "open": sheet.candidates}
        return SheetBlock(fields, [], [str(sheet.why)])
    lines = [
        ColumnLine(
            column.heading,
            _proposed_fields(sheet, column),
            str(column.why) if column.open or column.unknown else "",
        )
        for column in sheet.columns
    ]
    return SheetBlock({"name": sheet.name, "table": sheet.table}, lines)


def _proposed_fields(sheet: ProposedSheet, column: ProposedColumn) -> dict[str, Any]:
    if not column.column:
        open_ = (*column.candidates, KEEP)
        return {"open": open_} if column.open else {"column": KEEP}
    spec = table(sheet.table)[column.column]
    gaps = {
        "unit": ("", units_for(spec)),
        "values": ({**column.values, **dict.fromkeys(column.unknown, "")}, codes_of(spec)),
        "date_order": ("", ("dmy", "mdy")),
        "timezone": ("", ("Asia/Tokyo", "UTC")),
    }
    choices: list[str] = []
    fields = _rule_fields(column)
    for question in column.open:
        fields[question], possible = gaps[question]
        choices += possible
    return fields | _said(open=choices)


def _rule_fields(rule: ColumnRule | None) -> dict[str, Any]:
    """Return what a rule says beyond its heading, without what is left at its default."""
    if rule is None:
        return {"column": KEEP}
    return _said(
        column=rule.column,
        unit=rule.unit,
        blank=rule.blank,
        values=rule.values,
        date_order="" if rule.date_order == "ymd" else rule.date_order,
        timezone=rule.timezone,
    )


def _said(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}
