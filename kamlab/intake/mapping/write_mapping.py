"""Write a mapping to a file that people edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, say
from kamlab.intake.mapping.files import KEEP
from kamlab.intake.mapping.mistakes import find_mistakes, refuse
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule


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


def write_mapping(
    mapping: ExportMapping, path: str | PathLike[str], *, overwrite: bool = False
) -> Path:
    """Write a mapping so that `read_mapping` gives it back.

    Parameters
    ----------
    mapping : ExportMapping
    path : str or path
        Where to; a name that ends in .toml.
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
    refuse(find_mistakes(mapping))
    blocks = [_block(sheet) for sheet in mapping.sheets]
    text = mapping_text(_top(mapping), blocks, say("intake.mapping_head", keep=KEEP))
    return put_file(text, path, overwrite=overwrite)


def mapping_text(top: Mapping[str, Any], blocks: Iterable[SheetBlock], head: Text) -> str:
    """Return the content of a mapping file, with a comment in the current language on top."""
    lines = [f"# {_comment(line)}" for line in str(head).split("\n")]
    lines += ["", *(f"{key} = {toml(value)}" for key, value in top.items())]
    for block in blocks:
        lines += ["", "[[sheet]]", *(f"{key} = {toml(v)}" for key, v in block.fields.items())]
        lines += [f"# {_comment(comment)}" for comment in block.comments]
        lines += ["[sheet.columns]", *map(_line, block.lines)]
    return "\n".join(lines) + "\n"


def put_file(text: str, path: str | PathLike[str], *, overwrite: bool) -> Path:
    """Write a text to a file; refuse to replace one unless told to."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise KamlabError(say("intake.exists", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


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


def _top(mapping: ExportMapping) -> dict[str, Any]:
    top: dict[str, Any] = {"name": mapping.name} if mapping.name else {}
    top |= {"currency": mapping.currency}
    return top | ({"unread": mapping.unread} if mapping.unread else {})


def _block(sheet: SheetRule) -> SheetBlock:
    fields: dict[str, Any] = {"name": sheet.name, "table": sheet.table}
    if sheet.header_row is not None:
        fields["header_row"] = sheet.header_row
    return SheetBlock(fields, list(_lines(sheet)))


def _lines(sheet: SheetRule) -> Iterator[ColumnLine]:
    rules = {rule.heading: rule for rule in sheet.columns}
    named = [*sheet.headings, *(heading for heading in rules if heading not in sheet.headings)]
    for heading in dict.fromkeys(named):
        kept = {"column": KEEP}
        yield ColumnLine(heading, rule_fields(rules[heading]) if heading in rules else kept)


def rule_fields(rule: ColumnRule) -> dict[str, Any]:
    """Return what a rule says beyond its heading, without what is left at its default."""
    said = {
        "column": rule.column,
        "unit": rule.unit,
        "blank": rule.blank,
        "values": rule.values,
        "date_order": "" if rule.date_order == "ymd" else rule.date_order,
        "timezone": rule.timezone,
    }
    return {key: value for key, value in said.items() if value}
