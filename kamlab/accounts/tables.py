"""The input tables and constructs, read once from `declarations/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from kamlab.accounts.spec import Column, Construct, Table
from kamlab.foundation.language import Text, join, same, say

TABLES = ("accounts", "survey", "periods", "transactions", "contacts", "interactions")
"""The tables of a company; only the first is compulsory."""

SETTINGS = "settings"
"""What a written company says of itself; declared in the same way, but no table of its data."""

ITEM_RANGE = (1, 7)
"""Lowest and highest answer to a survey item."""


def table(name: str) -> Table:
    """Return the declaration of an input table.

    Parameters
    ----------
    name : str
        One of `TABLES`, or `SETTINGS`.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        If there is no such table.

    Examples
    --------
    >>> table("accounts").key
    ('account_id',)
    """
    if name not in (*TABLES, SETTINGS):
        raise ValueError(str(say("accounts.no_such_table", name=name, known=", ".join(TABLES))))
    return _load(name)


@cache
def constructs() -> tuple[Construct, ...]:
    """Return the constructs of the survey, in the order of the theory.

    Examples
    --------
    >>> [construct.code for construct in constructs()][5:7]
    ['RC', 'T']
    """
    declared = _read("constructs")
    return tuple(
        Construct(
            name=entry["name"],
            code=entry["code"],
            label=Text.from_toml(entry["label"]),
            definition=Text.from_toml(entry["definition"]),
            status=entry["status"],
            items_status=declared["items_status"],
            items=tuple(Text.from_toml(item) for item in entry["items"]),
        )
        for entry in declared["construct"]
    )


def dictionary() -> pd.DataFrame:
    """Return the data dictionary in the current language: one row per column of every table.

    Returns
    -------
    DataFrame
        With the columns table, column, label, type, unit, required, allowed, meaning.

    Examples
    --------
    >>> dictionary().query("column == 'share_of_wallet'")["allowed"].item()
    '0 to 1'
    """
    return pd.DataFrame(
        [
            {
                "table": name,
                "column": column.name,
                "label": str(column.label),
                "type": str(say(f"accounts.type_{column.type}")),
                "unit": str(column.unit or ""),
                "required": column.required,
                "allowed": str(allowed(column)),
                "meaning": str(column.meaning),
            }
            for name in TABLES
            for column in table(name).columns
        ]
    )


def allowed(column: Column) -> Text:
    """Return what a column allows, in words."""
    if column.values:
        return join([same(value) + _bracketed(word) for value, word in column.values.items()])
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return say("accounts.allowed_range", low=f"{low:g}", high=f"{high:g}")
    if low is not None:
        return say("accounts.allowed_from", low=f"{low:g}")
    return say(f"accounts.allowed_{column.type}")


def _bracketed(word: Text) -> Text:
    return Text(f" ({word.en})", f"（{word.ja}）")


def _read(name: str) -> dict[str, Any]:
    source = files("kamlab.accounts").joinpath("declarations", f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def _load(name: str) -> Table:
    declared = _read(name)
    head = declared["table"]
    entries = _entries(declared)
    for further in head.get("continued_in", ()):
        entries += _entries(_read(further))
    columns = [_column(entry) for entry in entries]
    if name == "survey":
        columns += [column for construct in constructs() for column in _items(construct)]
    return Table(
        name=head["name"],
        label=Text.from_toml(head["label"]),
        row=Text.from_toml(head["row"]),
        key=tuple(head["key"]),
        columns=tuple(columns),
        ordered=tuple((first, second) for first, second in head.get("ordered", [])),
        aliases=tuple(head["aliases"]),
    )


def _entries(declared: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a file declares of columns; one that names no type takes the defaults."""
    defaults = declared.get("defaults", {})
    typed = {"type", "refers_to"}
    return [entry if typed & set(entry) else defaults | entry for entry in declared["column"]]


def _column(entry: dict[str, Any]) -> Column:
    if "refers_to" in entry:
        there = _load(entry["refers_to"])
        target = there[there.key[0]]
        kind, label, aliases = target.type, target.label, target.aliases
    else:
        kind, label = entry["type"], Text.from_toml(entry["label"])
        aliases = tuple(entry.get("aliases", ()))
    return Column(
        name=entry["name"],
        type=kind,
        label=label,
        meaning=Text.from_toml(entry["meaning"]),
        required=entry.get("required", False),
        unit=_unit(kind, entry),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        values={value["value"]: Text.from_toml(value) for value in entry.get("values", ())},
        aliases=aliases,
        refers_to=entry.get("refers_to"),
    )


def _unit(kind: str, entry: dict[str, Any]) -> Text | None:
    if "unit" in entry:
        return Text.from_toml(entry["unit"])
    return say(f"accounts.unit_{kind}") if kind in ("money", "share", "rating") else None


def _items(construct: Construct) -> list[Column]:
    low, high = ITEM_RANGE
    return [
        Column(
            name=name,
            type="rating",
            label=Text(f"{construct.label.en} {number}", f"{construct.label.ja}{number}"),
            meaning=item,
            unit=say("accounts.unit_rating"),
            minimum=low,
            maximum=high,
            aliases=(f"{construct.code}{number}",),
        )
        for number, (name, item) in enumerate(
            zip(construct.columns, construct.items, strict=True), start=1
        )
    ]
