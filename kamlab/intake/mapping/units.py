"""What one unit of a bare number stands for: declared by the user, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from kamlab.accounts.cells.money import UNITS as SCALES
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.spec import Column
from kamlab.intake.mapping.rules import ColumnRule

YEN = "JPY"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in which a column may be given.

    Parameters
    ----------
    name : str
        As a mapping writes it.
    factor : float
        What one stands for.
    currency : str
        The currency that it implies; "" if it scales any.
    types : tuple of str
        The types of columns that may have it.
    """

    name: str
    factor: float
    currency: str = ""
    types: tuple[str, ...] = ("money", "integer", "number")


_JAPANESE = ("千", "万", "百万", "億", "十億")
_ENGLISH = ("thousand", "million", "billion")


def _every_unit() -> Iterator[Unit]:
    yen = ("money",)
    yield Unit("円", 1.0, YEN, yen)
    yield from (Unit(f"{word}円", SCALES[word][0], YEN, yen) for word in _JAPANESE)
    yield Unit("1", 1.0, types=("money", "share", "integer", "number"))
    yield from (Unit(word, SCALES[word][0]) for word in (*_ENGLISH, *_JAPANESE))
    yield Unit("%", 0.01, types=("share",))


UNITS = MappingProxyType({unit.name: unit for unit in _every_unit()})
"""Every unit by its name."""


def units_for(column: Column) -> tuple[str, ...]:
    """Return the names of the units that a column may have; none for a date or a text.

    Examples
    --------
    >>> from kamlab.accounts.tables import table
    >>> units_for(table("accounts")["share_of_wallet"])
    ('1', '%')
    """
    return tuple(name for name, unit in UNITS.items() if column.type in unit.types)


def reading_of(
    rule: ColumnRule,
    column: Column,
    currency: str,
    epoch_1904: bool = False,
) -> Reading:
    """Return how the cells of a column are read.

    Parameters
    ----------
    rule : ColumnRule
    column : Column
        What it is declared to be.
    currency : str
        Of the company.
    epoch_1904 : bool
        From the `FoundTable`.

    Examples
    --------
    >>> from kamlab.accounts.tables import table
    >>> revenue = table("periods")["revenue"]
    >>> reading_of(ColumnRule("revenue", "売上高", unit="千円"), revenue, "JPY").scale
    1000.0
    """
    return Reading(
        scale=UNITS[rule.unit].factor if rule.unit else 1.0,
        blank=frozenset(rule.blank),
        values=rule.values,
        date_order=rule.date_order,
        timezone=rule.timezone,
        epoch_1904=epoch_1904 and column.type == "date",
        currency=currency,
        unit_declared=bool(rule.unit),
    )


def currency_of(units: Iterable[str]) -> str:
    """Return the currency that units imply; "" if they imply none, or are no units.

    Examples
    --------
    >>> currency_of(["千円", "1"]), currency_of(["thousand"])
    ('JPY', '')
    """
    known = (UNITS[name].currency for name in units if name in UNITS)
    return next(filter(None, known), "")
