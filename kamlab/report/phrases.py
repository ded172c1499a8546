"""Numbers in words that every section uses."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kamlab.foundation.language import Text, join, say, unit
from kamlab.panel.labels import term_labels

Row = Mapping[Hashable, Any]
"""One row of a result's table."""

STAY = ("stay_probability", "stay_low", "stay_high")

DIGITS = 3
"""Significant digits of an amount."""

UNITS_EN = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"), (1.0, ""))
UNITS_JA = ((1e8, "億"), (1e4, "万"), (1.0, ""))

# As the pictures have it, and as tables of Japanese companies do.
UNITS_OF_TABLES_EN = ((1e6, "million"), (1e3, "thousand"), (1.0, ""))
UNITS_OF_TABLES_JA = ((1e6, "百万"), (1e3, "千"), (1.0, ""))


def only_row(table: pd.DataFrame) -> Row:
    """Return the row of a table that has one."""
    return table.to_dict("records")[0]


def rows_by_term(table: pd.DataFrame) -> dict[str, Row]:
    """Return the rows of a result's table by what they are about."""
    return {str(row["term"]): row for row in table.to_dict("records")}


def percent(share: float) -> str:
    """Return a share as whole percent.

    Examples
    --------
    >>> percent(0.126)
    '13%'
    """
    return f"{share:.0%}"


def chance(share: float) -> str:
    """Return a probability as whole percent that never claims certainty.

    Examples
    --------
    >>> chance(0.999), chance(0.42)
    ('>99%', '42%')
    """
    if share > 0.99:
        return ">99%"
    return "<1%" if share < 0.01 else percent(share)


def points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(0.0705)
    '+7.0'
    """
    return f"{100 * share:+.1f}"


def semicolons(texts: Iterable[Text]) -> Text:
    """Join words that may hold commas: semicolons in English, 、 in Japanese."""
    parts = list(texts)
    return Text("; ".join(each.en for each in parts), "、".join(each.ja for each in parts))


def raised_words(raise_by: Mapping[str, float]) -> Text:
    """Return what is raised and by how much, in words."""
    labels = term_labels(raise_by)
    return join(
        [say("report.raised", score=labels[name], by=f"{by:+g}") for name, by in raise_by.items()]
    )


def account_names(table: pd.DataFrame) -> list[str]:
    """Return each account's id with its name behind it."""
    names = table["name"] if "name" in table else pd.Series("", index=table.index)
    return [
        f"{key} {name}" if isinstance(name, str) and name else str(key)
        for key, name in zip(table["account_id"], names, strict=True)
    ]


def chances_of(table: pd.DataFrame) -> list[str | float]:
    """Return each account's probability of staying with its interval; NaN where not known."""
    return [
        str(with_range(*(chance(row[name]) for name in STAY)))
        if pd.notna(row["stay_probability"])
        else np.nan
        for row in table.to_dict("records")
    ]


def with_range(value: object, low: object, high: object) -> Text:
    """Return a number with its interval behind it.

    Examples
    --------
    >>> str(with_range("7", "3", "11"))
    '7 (3 to 11)'
    """
    return say("report.with_range", value=value, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Scale:
    """How several amounts are written alike in one language: in which unit, how finely.

    Attributes
    ----------
    divisor : float
    unit : str
    decimals : int
    """

    divisor: float
    unit: str
    decimals: int

    def number(self, amount: float) -> str:
        """Return an amount without the unit."""
        return f"{amount / self.divisor:z,.{self.decimals}f}"


@dataclass(frozen=True, slots=True)
class Scales:
    """How several amounts are written alike: million JPY, 万円."""

    en: Scale
    ja: Scale

    @property
    def unit(self) -> Text:
        """The unit, as it stands behind a number."""
        return Text(self.en.unit, self.ja.unit)

    def range(self, row: Row, value: str, low: str, high: str) -> Text:
        """Return an amount of a row with its interval, without the unit."""
        amounts = [row[name] for name in (value, low, high)]
        return with_range(*(Text(self.en.number(a), self.ja.number(a)) for a in amounts))


def scales_of(amount: float, currency: str) -> Scales:
    """Return how amounts are written beside this one, which gets three significant digits.

    Examples
    --------
    >>> scales_of(15_790_112, "JPY").unit
    Text(en='million JPY', ja='万円')
    """
    return _with_currency(_scale(amount, UNITS_EN), _scale(amount, UNITS_JA), currency)


def scales_of_table(amounts: pd.Series, currency: str) -> Scales:
    """Return how the amounts of a column are written: one unit, two digits for the smallest.

    Examples
    --------
    >>> scales_of_table(pd.Series([1.09e8, 4.2e7]), "JPY").ja
    Scale(divisor=1000000.0, unit='百万円', decimals=0)
    """
    sizes = amounts.abs()
    en, ja = (_scale(sizes.max(), of) for of in (UNITS_OF_TABLES_EN, UNITS_OF_TABLES_JA))
    smallest = sizes[sizes > 0].min() / en.divisor
    decimals = 0 if smallest >= 10 else 1 if smallest >= 1 else 2
    return _with_currency(replace(en, decimals=decimals), replace(ja, decimals=decimals), currency)


def money_range(row: Row, value: str, low: str, high: str, currency: str) -> Text:
    """Return an amount of a row with its interval behind it, in one unit.

    Examples
    --------
    >>> row = {"gain": 2_270_000_000, "low": 1_350_000_000, "high": 3_230_000_000}
    >>> str(money_range(row, "gain", "low", "high", "JPY"))
    '2.27 (1.35 to 3.23) billion JPY'
    """
    scales = scales_of(row[value], currency)
    return say("report.amount", number=scales.range(row, value, low, high), unit=scales.unit)


def _with_currency(en: Scale, ja: Scale, currency: str) -> Scales:
    of = unit(currency)
    return Scales(
        replace(en, unit=f"{en.unit} {of.en}".strip()),
        replace(ja, unit=f"{ja.unit}{of.ja}".strip()),
    )


def _scale(amount: float, units: Sequence[tuple[float, str]]) -> Scale:
    size, word = next((each for each in units if abs(amount) >= each[0]), units[-1])
    whole_digits = len(f"{abs(amount) / size:.0f}")
    return Scale(size, word, max(0, DIGITS - whole_digits))
