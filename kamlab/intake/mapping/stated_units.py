"""Units that an export states in words: in a heading, or in a line above the headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from kamlab.accounts.cells.money import CURRENCIES
from kamlab.accounts.spec import Column
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.units import UNITS, YEN, units_for

SCALES = {
    "1": ("",),
    "thousand": ("k", "thousand", "thousands", "000", "000s", "'000", "'000s", "1000s"),
    "million": ("m", "mm", "mn", "mio", "million", "millions"),
    "billion": ("b", "bn", "billion", "billions"),
    "千": ("千",),
    "万": ("万",),
    "百万": ("百万",),
    "億": ("億",),
    "十億": ("十億",),
}
MORE_CURRENCIES = {
    "¥": "JPY",
    "日本円": "JPY",
    "euro": "EUR",
    "euros": "EUR",
    "台湾ドル": "TWD",
    "香港ドル": "HKD",
    "シンガポールドル": "SGD",
    "豪ドル": "AUD",
    "バーツ": "THB",
    "元": "",
}
"""Words for currencies in headings, beside those in cells. "" where several countries' may be
meant: such a word tells the scale only."""

PEOPLE = ("人", "名", "社", "件", "個", "回", "点")
"""What is counted: it stands behind a scale, as in 千人, and says nothing on its own."""

HARMLESS = frozenset(
    {"必須", "任意", "required", "optional", "○×", "yyyy/mm/dd", "yyyy-mm-dd", "税抜", "税抜き"}
)
"""What may stand in a heading's brackets without changing which column it is."""

_BRACKETS = re.compile(r"[(\[【〔「<]([^()\[\]【】〔〕「」<>]*)[)\]】〕」>]")
_STATED = re.compile(r"(?:単位|units?)\s*:?\s*([^\s、;()\[\]【】〔〕]+(?:\s[a-z]+)?)", re.I)
_ENDING = re.compile(r"[\s_/・:-]*(十億円|百万円|億円|万円|千円|%)$")


@dataclass(frozen=True)
class Stated:
    """A unit that words state.

    Parameters
    ----------
    unit : str
        A key of `UNITS`.
    currency : str
        "" if the words do not say.
    words : str
        As they stand.
    """

    unit: str
    currency: str
    words: str


def unit_in_heading(heading: str, column: Column) -> Stated | None:
    """Return the unit that a heading states for a column; None if it states none, or two.

    Examples
    --------
    >>> from kamlab.accounts.tables import table
    >>> unit_in_heading("売上高（税抜、千円）", table("periods")["revenue"]).unit
    '千円'
    >>> unit_in_heading("Net Sales (USD k)", table("periods")["revenue"])
    Stated(unit='thousand', currency='USD', words='USD k')
    """
    plain = unicodedata.normalize("NFKC", heading)
    pieces = [piece for content in _BRACKETS.findall(plain) for piece in _pieces(content)]
    pieces += _ENDING.findall(plain)
    return _only(pieces, column)


def unit_above(lines: Iterable[str], column: Column) -> Stated | None:
    """Return the unit that lines above the headings state, such as "（単位：千円）"."""
    return _only([piece for line in lines for piece in _stated(line)], column)


def plain_heading(heading: str) -> str:
    """Return a heading without units and other harmless words in brackets.

    Examples
    --------
    >>> (
    ...     plain_heading("売上高（千円）"),
    ...     plain_heading("従業員数 [名]"),
    ...     plain_heading("売上高（前年）"),
    ... )
    ('売上高', '従業員数', '売上高（前年）')
    """
    plain = unicodedata.normalize("NFKC", heading)
    rest = _BRACKETS.sub(lambda found: "" if _is_harmless(found[1]) else found[0], plain)
    rest = _ENDING.sub("", rest).strip(" _*※")
    return rest if rest != plain and rest else heading


def _stated(line: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", line)
    yield from _STATED.findall(plain)
    for content in _BRACKETS.findall(plain):
        yield from _pieces(content)
    if found := re.search(r"\bin ((?:thousands|millions|billions) of [a-z]+)\b", plain, re.I):
        yield found[1]


def _pieces(content: str) -> list[str]:
    """Return what may be a unit within brackets: the whole of it, and its parts."""
    parts = [part for part in re.split(r"[、;・/]|,\s", content) if part.strip()]
    return list(dict.fromkeys([content, *parts]))


def _only(pieces: Iterable[str], column: Column) -> Stated | None:
    units = units_for(column)
    found = {
        (unit, currency): piece.strip()
        for piece in pieces
        for unit, currency in [_meant(piece, column.type)]
        if unit in units
    }
    if len(found) != 1:
        return None
    (((unit, currency), words),) = found.items()
    return Stated(unit, currency, words)


def _meant(piece: str, kind: str) -> tuple[str, str]:
    word = re.sub(r"^(?:単位|units?):?|^in(?!r)", "", fold(piece)).replace("of", "")
    return _wordings(kind).get(word, ("", ""))


def _is_harmless(content: str) -> bool:
    pieces = _pieces(content)[1:] or [content]
    return all(
        fold(piece) in {*HARMLESS, *PEOPLE}
        or any(_meant(piece, kind)[0] for kind in ("money", "share", "number"))
        for piece in pieces
    )


@cache
def _wordings(kind: str) -> dict[str, tuple[str, str]]:
    """Return every folded wording of a unit of a type of column: the unit and its currency."""
    if kind == "share":
        return dict.fromkeys(("%", "percent", "パーセント"), ("%", ""))
    if kind == "money":
        return _wordings_of_money()
    counted = [(scale, word) for scale, words in SCALES.items() for word in words if word]
    return {fold(word + of): (scale, "") for scale, word in counted for of in PEOPLE}


def _wordings_of_money() -> dict[str, tuple[str, str]]:
    wordings: dict[str, tuple[str, str]] = {}
    yen = {unit.factor: name for name, unit in UNITS.items() if unit.currency == YEN}
    for scale, words in SCALES.items():
        for (money, code), one in product(_currency_words().items(), words):
            unit = yen.get(UNITS[scale].factor, scale) if code == YEN else scale
            wordings[fold(one + money)] = wordings[fold(money + one)] = (unit, code)
        # A letter on its own may be metres, months or men.
        wordings |= {fold(word): (scale, "") for word in words if word and word not in "kmb"}
    return wordings


def _currency_words() -> dict[str, str]:
    one = {word: next(iter(c)) if len(c) == 1 else "" for word, c in CURRENCIES.items()}
    return one | MORE_CURRENCIES
