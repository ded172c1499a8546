"""What is wrong with a mapping, wherever it comes from: a file or a user's answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.reading import DateOrder
from kamlab.accounts.spec import Column, Table
from kamlab.accounts.tables import table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text, listed, same, say
from kamlab.foundation.nearest import fold, nearest_name, suggestion
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.units import UNITS, Unit, units_for

DATE_ORDERS = get_args(DateOrder)
COUNTED = ("rating", "integer", "number")
"""Types of numbers in which a word may stand for one; money and shares have units."""
CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with a mapping.

    Parameters
    ----------
    kind : str
        `mapping_what_<kind>` in words.toml; how to mend it is `mapping_in_file_<kind>` or
        `mapping_in_call_<kind>`.
    sheet, heading : str
        Where; "" where the whole mapping or sheet is meant.
    key : str
        The entry of the sheet or column that is wrong; "" for all of it.
    words : mapping
        What goes into the words.
    """

    kind: str
    sheet: str = ""
    heading: str = ""
    key: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)


def find_mistakes(mapping: ExportMapping) -> Iterator[Mistake]:
    """Find everything in a mapping that could not be read with.

    Names of tables, columns and units must exist; that is for who makes the rules to see.
    """
    for sheet in mapping.sheets:
        spec = table(sheet.table)
        yield from _about_sheet(sheet, spec)
        for rule in sheet.columns:
            yield from _about_column(sheet.name, rule, spec[rule.column], mapping.currency)
    if all(sheet.table != "accounts" for sheet in mapping.sheets):
        yield Mistake("no_accounts")
    yield from _read_differently(mapping)
    names = [fold(sheet.name) for sheet in mapping.sheets]
    for at, sheet in enumerate(mapping.sheets):
        if names[at] in names[:at]:
            yield Mistake("sheet_twice", sheet.name, key="name")


def currency_mistakes(currency: str) -> Iterator[Mistake]:
    """Find what is wrong with the code of a currency."""
    if not currency:
        yield Mistake("no_currency")
    elif not CURRENCY.fullmatch(currency):
        yield Mistake("currency", key="currency", words={"got": currency})


def refuse(texts: Sequence[Text]) -> None:
    """Raise `KamlabError` with everything that is open or wrong, if there is any."""
    if texts:
        told = say("intake.mapping_open", count=len(texts))
        for text in texts:
            told += same("\n- ") + text
        raise KamlabError(told)


def codes_of(column: Column) -> tuple[str, ...]:
    """Return what a word may mean in a category, in yes and no or in a rating; else nothing."""
    if column.type == "rating" and column.minimum is not None and column.maximum is not None:
        return tuple(map(str, range(int(column.minimum), int(column.maximum) + 1)))
    return tuple(column.values) or (("TRUE", "FALSE") if column.type == "boolean" else ())


def possible_values(column: Column) -> Text:
    """Return, in words, what a word may mean in a column."""
    if column.type not in COUNTED:
        return listed(codes_of(column))
    low, high = column.minimum, column.maximum
    if low is None or high is None:
        return say("intake.values_number")
    return say("intake.values_between", low=f"{low:g}", high=f"{high:g}")


def as_code(meaning: str | float | bool) -> str:
    """Return what a word means as a mapping writes it."""
    return meaning if isinstance(meaning, str) else str(meaning).upper()


def in_a_call(mistake: Mistake) -> Text:
    """Return a mistake with its place and how to mend it in a call."""
    what = say(f"intake.mapping_what_{mistake.kind}", **mistake.words)
    remedy = say(f"intake.mapping_in_call_{mistake.kind}", **mistake.words)
    place = "/".join(part for part in (mistake.sheet, mistake.heading) if part)
    return (same(place) + Text(": ", "：") if place else same("")) + what + Text(" ", "") + remedy


def _about_sheet(sheet: SheetRule, spec: Table) -> Iterator[Mistake]:
    headings: dict[str, list[str]] = {}
    for rule in sheet.columns:
        headings.setdefault(rule.column, []).append(rule.heading)
    for column, theirs in headings.items():
        if len(theirs) > 1:
            words = {"column": column, "headings": listed(theirs)}
            yield Mistake("column_twice", sheet.name, theirs[-1], words=words)
    named_twice = Counter(rule.heading for rule in sheet.columns)
    for heading in (heading for heading, count in named_twice.items() if count > 1):
        yield Mistake("heading_twice", sheet.name, heading, words={"heading": heading})
    missing = [column for column in spec.columns if column.required and column.name not in headings]
    for absent in missing:
        words = spoken(absent) | {
            "name": absent.name,
            "table": spec.name,
            "sheet": sheet.name,
        }
        yield Mistake("missing", sheet.name, words=words)


def _about_column(sheet: str, rule: ColumnRule, column: Column, currency: str) -> Iterator[Mistake]:
    units = units_for(column)
    takes_words = column.type in COUNTED or bool(codes_of(column))
    common = spoken(column) | {
        "heading": rule.heading,
        "currency": currency,
        "units": listed(units or ["–"]),
        "codes": possible_values(column),
        "orders": listed(DATE_ORDERS),
    }

    def bad(kind: str, key: str, got: str = "", **words: str) -> Mistake:
        return Mistake(kind, sheet, rule.heading, key, common | {"got": got} | words)

    if not rule.unit and column.type == "money":
        yield bad("no_unit", "")
    elif rule.unit and rule.unit not in UNITS:
        yield bad("unknown_unit", "unit", rule.unit)
    elif rule.unit and rule.unit not in units:
        yield bad("unit_not_for", "unit", rule.unit)
    elif rule.unit and _is_of_another(UNITS[rule.unit], currency):
        yield bad("unit_currency", "unit", rule.unit)
    if rule.values and not takes_words:
        yield bad("values_not_for", "values")
    for word, code in rule.values.items() if takes_words else ():
        if not _may_mean(code, column):
            yield bad("unknown_code", "values", code, word=word)
    if column.type != "date" and (rule.date_order != "ymd" or rule.timezone):
        yield bad("not_a_date", "timezone" if rule.timezone else "date_order")
    if rule.date_order not in DATE_ORDERS:
        yield bad("date_order", "date_order", rule.date_order)
    if rule.timezone and not _is_zone(rule.timezone):
        yield bad("timezone", "timezone", rule.timezone)


def _may_mean(code: str, column: Column) -> bool:
    if column.type not in COUNTED:
        return code in codes_of(column)
    number = convert(column, pd.Series([code], dtype=object)).values
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    return bool(number.between(low, high).all())


def _read_differently(mapping: ExportMapping) -> Iterator[Mistake]:
    """Find columns that two sheets of one table give in different units or words.

    Their rows are joined before they are read, so that one of the two would be misread.
    """
    first: dict[tuple[str, str], tuple[str, ColumnRule]] = {}
    for sheet in mapping.sheets:
        for rule in sheet.columns:
            other, known = first.setdefault((sheet.table, rule.column), (sheet.name, rule))
            if replace(known, heading=rule.heading) != rule:
                words = spoken(table(sheet.table)[rule.column]) | {"other": other}
                yield Mistake("differs", sheet.name, rule.heading, words=words)


def spoken(column: Column) -> dict[str, Any]:
    """Return a column's name with its label, as words take it."""
    label = Text(f"{column.name} ({column.label.en})", f"{column.name}（{column.label.ja}）")
    return {"column": label}


def nearest_column(name: str, spec: Table) -> Text:
    """Return words that suggest the column, by its name, that was probably meant."""
    near = nearest_name(name, spec.column_headings)
    return suggestion(spec.column_headings[near].name if near else None)


def _is_of_another(unit: Unit, currency: str) -> bool:
    return bool(CURRENCY.fullmatch(currency)) and unit.currency not in ("", currency)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no key at all, or a folder of zones
        return False
    return True
