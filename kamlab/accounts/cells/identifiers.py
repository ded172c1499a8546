"""Identifiers: text that must be the same wherever it stands."""

from __future__ import annotations

import re

from kamlab.accounts.cells.parsed import Misfit, Parsed
from kamlab.accounts.cells.text import clean
from kamlab.accounts.cells.words import is_blank_word

_SHORTENED = re.compile(r"\d(\.\d+)?e\+\d+|\d{16,}\.0", re.I)


def parse_id(text: str) -> Parsed:
    """Unify widths and take off spaces around; leading zeros stay.

    Raises
    ------
    Misfit
        `id_shortened`: a spreadsheet has lost its last digits; `id_blank_word`: a word that
        says that there is none.

    Examples
    --------
    >>> parse_id("Ａ－０１７")
    Parsed(value='A-017', rules='width')
    """
    plain, rules = clean(text)
    if _SHORTENED.fullmatch(plain):
        raise Misfit("id_shortened")
    if is_blank_word(plain):
        raise Misfit("id_blank_word")
    return Parsed(plain, rules)
