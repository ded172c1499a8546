"""Currencies and units that stand in a cell beside its amount."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kamlab.accounts.cells.parsed import Misfit, joined
from kamlab.accounts.cells.reading import Reading

UNITS: Mapping[str, tuple[float, str]] = {
    "千": (1e3, "unit_thousand"),
    "k": (1e3, "unit_thousand"),
    "thousand": (1e3, "unit_thousand"),
    "万": (1e4, "unit_ten_thousand"),
    "百万": (1e6, "unit_million"),
    "M": (1e6, "unit_million"),
    "mn": (1e6, "unit_million"),
    "million": (1e6, "unit_million"),
    "千万": (1e7, "unit_ten_million"),
    "億": (1e8, "unit_hundred_million"),
    "十億": (1e9, "unit_billion"),
    "bn": (1e9, "unit_billion"),
    "billion": (1e9, "unit_billion"),
    "兆": (1e12, "unit_trillion"),
}
"""How many units of the currency a word stands for, and the rule that says so."""

_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"})
_CODES = (
    "JPY", "USD", "EUR", "GBP", "CNY", "KRW", "TWD", "HKD", "SGD", "THB", "VND", "IDR", "INR",
    "MYR", "PHP", "AUD", "NZD", "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY",
    "ILS", "AED", "SAR", "ZAR", "BRL", "MXN", "CLP",
)  # fmt: skip
_NAMES: Mapping[str, frozenset[str]] = {
    "円": frozenset({"JPY"}),
    "yen": frozenset({"JPY"}),
    "ドル": _DOLLARS,
    "米ドル": frozenset({"USD"}),
    "ユーロ": frozenset({"EUR"}),
    "ポンド": frozenset({"GBP"}),
    "元": frozenset({"CNY"}),
    "人民元": frozenset({"CNY"}),
    "ウォン": frozenset({"KRW"}),
}
_SIGNS: Mapping[str, frozenset[str]] = {
    "¥": frozenset({"JPY", "CNY"}),
    "\\": frozenset({"JPY"}),  # how a Japanese keyboard's yen sign arrives from Shift_JIS
    "$": _DOLLARS,
    "us$": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "nt$": frozenset({"TWD"}),
    "s$": frozenset({"SGD"}),
    "a$": frozenset({"AUD"}),
    "c$": frozenset({"CAD"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "₩": frozenset({"KRW"}),
    "฿": frozenset({"THB"}),
    "₹": frozenset({"INR"}),
    "rmb": frozenset({"CNY"}),
    **{code.lower(): frozenset({code}) for code in _CODES},
}
CURRENCIES: Mapping[str, frozenset[str]] = {**_NAMES, **_SIGNS}
"""The currencies that a sign, name or code (in small letters) may mean."""

_UNIT = re.compile(
    r"(?P<word>十億|億|兆|百万|千万|千|万|(?i:thousand|million|mn|billion|bn)|[kK]|M)\s*(?P<rest>.*)"
)


def unit_of(before: str, after: str, reading: Reading) -> tuple[float, str]:
    """Return by how much to multiply an amount, and the rules for what stands beside it.

    Parameters
    ----------
    before, after : str
        What stands before and after the digits, widths unified; "" for nothing.
    reading : Reading

    Returns
    -------
    factor : float
    rules : str

    Raises
    ------
    Misfit
        `money_currency`: another currency; `money_unit`: thousands and the like, and the
        column's unit is not declared; `money_unit_unclear`: a bare currency sign in a column
        of thousands, so that either may be meant; `number`: anything else.

    Examples
    --------
    >>> unit_of("¥", "", Reading())
    (1.0, 'currency')
    >>> unit_of("", "百万円", Reading(scale=1000.0))
    (1000000.0, 'unit_million')
    """
    unit, rest = ("", after) if _currencies(after, reading) else _split(after)
    signs = [sign for sign in (before, rest) if sign]
    for sign in signs:
        _check(sign, reading)
    if unit:
        if not reading.unit_declared:
            raise Misfit("money_unit")
        factor, rule = UNITS[unit]
        return factor, joined("currency" if before else "", rule)
    if signs and reading.scale != 1:
        if before or rest.casefold() not in _NAMES:
            raise Misfit("money_unit_unclear")
        return 1.0, "unit_one"
    if signs:
        return 1.0, "currency"
    return reading.scale, "" if reading.scale == 1 else "scaled"


def _split(after: str) -> tuple[str, str]:
    match = _UNIT.fullmatch(after)
    if match is None:
        return "", after
    word = match["word"]
    return word if word in UNITS else word.lower(), match["rest"]


def _currencies(sign: str, reading: Reading) -> frozenset[str] | None:
    known = sign.casefold()
    if known == reading.currency.casefold():
        return frozenset({reading.currency})
    return CURRENCIES.get(known)


def _check(sign: str, reading: Reading) -> None:
    meant = _currencies(sign, reading)
    if meant is None:
        raise Misfit("number")
    if reading.currency not in meant:
        raise Misfit("money_currency")
