"""Cells as text, so that a file and a workbook with the same content read alike."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from kamlab.accounts.cells.parsed import Misfit, Parsed, joined

EXACT_BELOW = 10**15
"""A spreadsheet keeps 15 digits of a number; identifiers from here on have lost some."""

EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"})

# Soft hyphen, zero-width and direction marks, joiners, emoji variants, byte-order mark.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff]"
)
_FIXED_SPACE = re.compile("[\u00a0\u2007\u202f]")
_FULL_WIDTH_DIGITS = range(0xFF10, 0xFF1A)


def as_text(cells: pd.Series) -> NDArray[np.object_]:
    """Return cells as text, so that a file and a workbook with the same content read alike."""
    if types.infer_dtype(cells, skipna=True) == "string":
        return cells.to_numpy(dtype=object)
    return np.array([cell_text(cell) for cell in cells.tolist()], dtype=object)


def cell_text(cell: object) -> str | None:
    """Return one cell as text: 17.0 is "17", a day is "2026-04-01", missing is None."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, bool | np.bool_):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float | np.integer | np.floating):
        number = float(cell)
        if np.isnan(number):
            return None
        whole = abs(number) < EXACT_BELOW and number == int(number)
        return str(int(number)) if whole else repr(number)
    if isinstance(cell, datetime):
        midnight = cell.tzinfo is None and cell.time() == datetime.min.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def is_blank(text: object) -> bool:
    """Return whether a cell that was made text is missing or holds nothing but spaces."""
    return not isinstance(text, str) or not text.strip()


def clean(text: str) -> tuple[str, str]:
    """Take off spaces around and what nobody sees, and unify widths.

    Parameters
    ----------
    text : str

    Returns
    -------
    plain, rules : str
        The text in Unicode's form NFKC, and the rules that changed it: `invisible`, `spaces`,
        `width`.

    Examples
    --------
    >>> clean(" １２３ ")
    ('123', 'spaces+width')
    """
    if text.isascii():
        plain = text.strip()
        return plain, "" if len(plain) == len(text) else "spaces"
    seen = _FIXED_SPACE.sub(" ", _INVISIBLE.sub("", text))
    bare = seen.strip()
    plain = unicodedata.normalize("NFKC", bare).strip()
    return plain, joined(
        "" if seen == text else "invisible",
        "" if bare == seen else "spaces",
        "" if plain == bare else "width",
    )


def clean_digits(text: str) -> tuple[str, str]:
    """Clean a text whose digits count.

    Raises
    ------
    Misfit
        `odd_digit`: a raised, circled or bracketed digit would pass for a plain one. NFKC turns
        10² into 102, and ⑴ into (1), which is a negative number to an accountant.
    """
    plain, rules = clean(text)
    if "width" in rules and any(map(_is_odd_digit, text)):
        raise Misfit("odd_digit")
    return plain, rules


def _is_odd_digit(character: str) -> bool:
    if character.isascii() or ord(character) in _FULL_WIDTH_DIGITS:
        return False
    return re.search("[0-9]", unicodedata.normalize("NFKC", character)) is not None


def parse_text(text: str) -> Parsed:
    """Keep text to the letter."""
    return Parsed(text)
