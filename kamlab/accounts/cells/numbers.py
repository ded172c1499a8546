"""Numbers as people type them: separators, signs of negative amounts, units, percent, counters."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kamlab.accounts.cells.money import unit_of
from kamlab.accounts.cells.parsed import Misfit, Parsed, joined
from kamlab.accounts.cells.reading import AS_DECLARED, Reading
from kamlab.accounts.cells.text import clean_digits

NUMERIC = ("number", "money", "rating", "share", "integer")
"""The types whose values are numbers."""

COUNTERS = frozenset("名人社点件回")
"""Words of counting that may follow the digits of a count or a rating."""

PERCENT = frozenset({"%", "percent", "パーセント"})
BRACKETED = frozenset({"number", "money"})
"""The types in which brackets mean less than nothing; elsewhere (1) may be a label."""

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?", re.I)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_BARE = re.compile(f"(?:{_PLAIN.pattern}|{_GROUPED.pattern})", re.I)
_ONE_NUMBER = re.compile(
    r"(?P<before>[^0-9.,]*)(?P<digits>[0-9](?:[0-9.,]*[0-9])?)(?P<after>[^0-9.,]*)"
)
_MINUS = r"\-−‐‑–"
_NEGATIVE = rf"{_MINUS}▲△"
_WORD = rf"[^\s0-9.,()+~〜<>{_NEGATIVE}]"
_TYPED = re.compile(
    rf"(?P<opened>\(?)\s*(?P<mark>[+{_NEGATIVE}]?)\s*(?P<before>{_WORD}{{0,4}}?)\s*"
    rf"(?P<mark_inside>[+{_NEGATIVE}]?)\s*(?P<digits>[.,]?[0-9][0-9.,]*)\s*"
    rf"(?P<inside>(?:{_WORD}+\s*)*?)(?P<closed>\)?)\s*(?P<outside>(?:{_WORD}+\s*)*)"
    rf"(?P<trailing>[{_MINUS}]?)"
)
_ABOUT = re.compile(
    r"約|およそ|ほぼ|以上|以下|未満|超|前後|程度|[弱強余]|くらい|ぐらい|[~〜≧≦≒<>±?]|[0-9]\+"
    r"|\b(?:about|approx|approximately|ca|circa|over|under|more|less|up to)\b"
    r"|^\D*[0-9.,]+\D?\s*(?:[-–]|から|to)\s*[0-9.,]+\D*$",
    re.I,
)


class Bare(NamedTuple):
    """Numbers of texts that are digits and separators alone.

    Parameters
    ----------
    known : array of bool, shape (texts,)
        Which texts are such; the others need `number_parser`.
    numbers : array of float, shape (texts known,)
    rules : list of str, one for each text known
    """

    known: NDArray[np.bool_]
    numbers: NDArray[np.float64]
    rules: list[str]


def number_parser(kind: str, reading: Reading = AS_DECLARED) -> Callable[[str], Parsed]:
    """Return what reads the cells of a numeric column.

    Parameters
    ----------
    kind : str
        One of `NUMERIC`.
    reading : Reading

    Returns
    -------
    function of str
        Gives `Parsed` with a float, or raises `Misfit`.

    Examples
    --------
    >>> number_parser("money")("▲1,234円")
    Parsed(value=-1234.0, rules='separators+negative+currency')
    """
    # What stands beside the digits repeats from cell to cell, and says all but the digits.
    factor_beside = cache(lambda before, after: _typed(f"{before}1{after}", kind, reading))

    def parse(text: str) -> Parsed:
        parts = _ONE_NUMBER.fullmatch(text)
        if parts is None:
            number, rules = _typed(text, kind, reading)
        else:
            factor, beside = factor_beside(parts["before"], parts["after"])
            digits, separators = _digits(parts["digits"])
            number, rules = times(digits, factor), joined(separators, beside)
        if not math.isfinite(number):
            raise Misfit("infinite")
        if kind == "integer" and not number.is_integer():
            raise Misfit("integer")
        return Parsed(number + 0.0, rules)  # so that ▲0 is 0, not -0

    return parse


def bare_numbers(texts: Sequence[str], kind: str, reading: Reading = AS_DECLARED) -> Bare:
    """Read at once those texts that are digits and separators alone, as `number_parser` does.

    Examples
    --------
    >>> bare_numbers(["1,234", "7", "¥5"], "money").numbers
    array([1234.,    7.])
    """
    known = np.array([_BARE.fullmatch(text) is not None for text in texts], dtype=bool)
    bare = [text for text, each in zip(texts, known.tolist(), strict=True) if each]
    read = np.array([float(text.replace(",", "")) for text in bare], dtype=np.float64)
    numbers = all_times(read, reading.scale) + 0.0
    good = np.isfinite(numbers)
    if kind == "integer":
        good &= np.where(good, numbers, 0.5) % 1 == 0
    known[known] = good
    scaling = _scaling(reading)
    parted = joined("separators", scaling)
    rules = [
        parted if "," in text else scaling
        for text, each in zip(bare, good.tolist(), strict=True)
        if each
    ]
    return Bare(known, numbers[good], rules)


def times(number: float, factor: float) -> float:
    """Multiply as a person does on paper: 1.005 thousand is 1005, and 35 % is 0.35.

    Examples
    --------
    >>> times(1.005, 1000), 1.005 * 1000
    (1005.0, 1004.9999999999999)
    """
    whole = abs(factor) >= 1 and number.is_integer()
    if abs(factor) == 1 or whole or not math.isfinite(number):
        return number * factor
    return float(Decimal(repr(number)) * Decimal(repr(factor)))


def all_times(numbers: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Multiply an array as `times` does."""
    if factor == 1:
        return numbers
    product = numbers * factor
    broken = np.isfinite(numbers)
    broken[broken] = (numbers[broken] % 1 != 0) | (abs(factor) < 1)
    some, places = np.unique(numbers[broken], return_inverse=True)
    product[broken] = np.array([times(number, factor) for number in some.tolist()])[places]
    return product


def _typed(text: str, kind: str, reading: Reading) -> tuple[float, str]:
    plain, rules = clean_digits(text)
    if _PLAIN.fullmatch(plain):
        return times(float(plain), reading.scale), joined(rules, _scaling(reading))
    match = _TYPED.fullmatch(plain)
    if match is None:
        raise _misfit("number", plain, kind)
    try:
        sign, sign_rule = _sign(match, kind)
        before, after = match["before"], (match["inside"] or match["outside"]).strip()
        factor, unit_rules = _beside(before, after, kind, reading)
    except Misfit as misfit:
        raise _misfit(misfit.args[0], plain, kind) from None
    digits, separators = _digits(match["digits"])
    return times(sign * digits, factor), joined(separators, rules, sign_rule, unit_rules)


def _sign(match: re.Match[str], kind: str) -> tuple[int, str]:
    """Return -1 or 1, and the rule if the mark is other than a minus in front."""
    marks = [match[name] for name in ("opened", "mark", "mark_inside", "trailing") if match[name]]
    bracketed = bool(match["opened"])
    beside = match["before"] or match["inside"] or match["outside"]
    if (
        len(marks) > 1
        or bracketed != bool(match["closed"])
        or (bracketed and kind not in BRACKETED)
        or (match["inside"] and match["outside"])
        # A dash may only close an amount: neither ¥1,234- nor 1,234.- is a negative number.
        or (match["trailing"] and (beside or match["digits"].endswith(".")))
    ):
        raise Misfit("number")
    if not marks or marks[0] == "+":
        return 1, ""
    return -1, "" if marks[0] == "-" and not match["trailing"] else "negative"


def _digits(digits: str) -> tuple[float, str]:
    if _PLAIN.fullmatch(digits):
        return float(digits), ""
    if _GROUPED.fullmatch(digits):
        return float(digits.replace(",", "")), "separators"
    raise Misfit("number_comma")


def _beside(before: str, after: str, kind: str, reading: Reading) -> tuple[float, str]:
    if kind == "money":
        return unit_of(before, after, reading)
    if before:
        raise Misfit("number")
    if kind == "share" and after.casefold() in PERCENT:
        return 0.01, "percent"
    counted = kind != "share" and after in COUNTERS
    if after and not counted:
        raise Misfit("number")
    return reading.scale, joined("counter" if counted else "", _scaling(reading))


def _scaling(reading: Reading) -> str:
    return "" if reading.scale == 1 else "scaled"


def _misfit(reason: str, plain: str, kind: str) -> Misfit:
    """Return the most telling reason: a general one becomes that of the type."""
    if reason != "number":
        return Misfit(reason)
    if re.search("[0-9]", plain) and _ABOUT.search(plain):
        return Misfit("number_about")
    return Misfit(kind if kind in ("share", "integer") else "number")
