"""What one unit of a bare number stands for: declared by the user, never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

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


def _yen(name: str, factor: float) -> Unit:
    return Unit(name, factor, YEN, ("money",))


UNITS = MappingProxyType(
    {
        unit.name: unit
        for unit in (
            _yen("円", 1.0),
            _yen("千円", 1e3),
            _yen("万円", 1e4),
            _yen("百万円", 1e6),
            _yen("億円", 1e8),
            _yen("十億円", 1e9),
            Unit("1", 1.0, types=("money", "share", "integer", "number")),
            Unit("thousand", 1e3),
            Unit("million", 1e6),
            Unit("billion", 1e9),
            Unit("千", 1e3),
            Unit("万", 1e4),
            Unit("百万", 1e6),
            Unit("億", 1e8),
            Unit("十億", 1e9),
            Unit("%", 0.01, types=("share",)),
        )
    }
)
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
    """Return the currency that units imply; "" if they imply none.

    Examples
    --------
    >>> currency_of(["千円", "1"]), currency_of(["thousand"])
    ('JPY', '')
    """
    return next((UNITS[name].currency for name in units if UNITS[name].currency), "")
