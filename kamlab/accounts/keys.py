"""Who is who: records that stand twice, and records of customers that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kamlab.accounts.findings import Finding, Positions, Sheet, shown
from kamlab.accounts.spec import Column
from kamlab.foundation.language import Text, same, say
from kamlab.foundation.nearest import fold, suggestion


def duplicates(sheet: Sheet) -> Iterator[Finding]:
    """Tell of records with the key of an earlier one.

    Where the later row says the same in every declared column, it cannot be accepted. Where
    they differ, none of them can be: to keep one would be a guess.
    """
    key = list(sheet.spec.key)
    if not key or not sheet.has(*key):
        return
    keys = sheet.typed[key].dropna()
    later = keys.duplicated()
    if not later.any():
        return
    group = keys.groupby(key, sort=False).ngroup()
    first = pd.Series(keys.index, index=keys.index).groupby(group).transform("first")
    declared = sheet.typed[[column.name for column in sheet.columns]].astype(str)
    content = pd.util.hash_pandas_object(declared, index=False)
    same_row = content.loc[keys.index].to_numpy() == content.loc[first].to_numpy()
    differs = pd.Series(~same_row, index=keys.index).groupby(group).transform("any")
    allow = say("accounts.allowed_once", columns=" + ".join(key))

    def told(kind: str, rows: pd.Series) -> Iterator[Finding]:
        def words(at: int) -> tuple[Text, Text]:
            given = {
                "record": ", ".join(f"{name} {shown(keys.loc[at, name])}" for name in key),
                "first": int(sheet.rows[first[at]]),
                "there": _elsewhere(sheet, at, int(first[at])),
            }
            return say(f"accounts.what_{kind}", **given), say(f"accounts.remedy_{kind}", **given)

        if rows.any():
            where = keys.index[rows].to_numpy(dtype=np.intp)
            also = first[rows].unique().astype(np.intp)
            finding = Finding(sheet.spec.name, key[-1], words, allow, where)
            yield finding if kind == "repeated" else replace(finding, also=also)

    yield from told("repeated", later & ~differs)
    yield from told("duplicate", later & differs)


def _elsewhere(sheet: Sheet, at: int, first: int) -> Text:
    """Return in which sheet the first record stands, where it is another one."""
    if sheet.origin[at] == sheet.origin[first]:
        return same("")
    return say("accounts.of_sheet", sheet=sheet.places[int(sheet.origin[first])].name)


def orphans(sheet: Sheet, sheets: Mapping[str, Sheet]) -> Iterator[Finding]:
    """Tell of records that name a customer whom the table of customers does not have."""
    for column in sheet.columns:
        there = sheets.get(column.refers_to or "")
        if there is not None and there.has(there.spec.key[0]):
            yield from _unknown(sheet, column, there)


def _unknown(sheet: Sheet, column: Column, there: Sheet) -> Iterator[Finding]:
    cells, known = sheet.typed[column.name], there.typed[there.spec.key[0]].dropna()
    unknown: Positions = np.flatnonzero(cells.notna() & ~cells.isin(known))
    if not len(unknown):
        return
    # Lost zeros, 17.0 and changed case are the usual causes, and cheap to look for at any size.
    alike = {_bare(value): value for value in known}

    def words(at: int) -> tuple[Text, Text]:
        given = {
            "value": shown(cells.iloc[at]),
            "there": there.spec.name,
            "nearest": suggestion(alike.get(_bare(cells.iloc[at]))),
        }
        return say("accounts.what_orphan", **given), say("accounts.remedy_orphan", **given)

    allow = say("accounts.allowed_known", table=there.spec.name)
    yield Finding(sheet.spec.name, column.name, words, allow, unknown)


def _bare(value: object) -> str:
    return fold(value).removesuffix(".0").lstrip("0")
