"""Words of the user's own that tell who an account or a person is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from kamlab.accounts.company import Company

NAMES = (
    ("accounts", "name"),
    ("accounts", "name_en"),
    ("accounts", "manager"),
    ("contacts", "name"),
)
IDENTIFIERS = (("accounts", "account_id"), ("contacts", "contact_id"))

SHORTEST_NAME = 2
"""Characters of the shortest name looked for: many Japanese family names have two."""
SHORTEST_IDENTIFIER = 4
"""Shorter ones, such as 12, stand in many words by chance."""

SHARED_BY = 2
"""Rows that a value must have on average, else the column is free text rather than a class."""

_LEGAL_FORM = re.compile(
    r"(株式|有限|合同|合資|合名)会社|\((株|有|同)\)"
    r"|[ ,.]*\b(co|corporation|company|corp|ltd|limited|inc|incorporated|llc|gmbh|ag)\b[ ,.]*"
)


def telling_words(company: Company) -> frozenset[str]:
    """Return the names, with and without legal form, and identifiers of accounts and persons."""
    names = [_folded(value) for value in _values(company, NAMES)]
    names += [_LEGAL_FORM.sub("", name).strip() for name in names]
    identifiers = (_folded(value) for value in _values(company, IDENTIFIERS))
    return frozenset(name for name in names if len(name) >= SHORTEST_NAME) | frozenset(
        word for word in identifiers if len(word) >= SHORTEST_IDENTIFIER
    )


def holds_telling_words(values: pd.Series, words: frozenset[str]) -> bool:
    """Return whether any value contains one of the words."""
    lengths = {len(word) for word in words}
    return any(
        text[start : start + length] in words
        for text in map(_folded, values.dropna().unique())
        for length in lengths
        for start in range(len(text) - length + 1)
    )


def is_free_text(values: pd.Series) -> bool:
    """Return whether values are so seldom shared that each tells its row apart."""
    filled = values.dropna()
    return len(filled) < SHARED_BY * filled.nunique()


def _values(company: Company, places: Iterable[tuple[str, str]]) -> Iterable[str]:
    for table, column in places:
        frame = company.tables.get(table)
        if frame is not None and column in frame:
            yield from frame[column].dropna().unique()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
