"""Units that a sheet says of its money, in words or in what Excel shows, and nobody declared."""

from __future__ import annotations

from collections.abc import Iterator

from kamlab.accounts.cells.money import unit_of
from kamlab.accounts.cells.parsed import Misfit
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.findings import their_name
from kamlab.accounts.spec import Column
from kamlab.accounts.tables import table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import say
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.rules import ColumnRule, SheetRule
from kamlab.intake.mapping.stated_units import unit_above, unit_in_heading
from kamlab.intake.mapping.units import UNITS
from kamlab.intake.problems import problem
from kamlab.intake.sources.found import FoundTable

SIGNS = "¥$€£"
"""Signs of currencies that may stand before an amount whose unit stands behind it."""


def contradictions(found: FoundTable, rule: SheetRule, currency: str) -> Iterator[Problem]:
    """Tell of money that is read in one unit, while its sheet says another.

    Parameters
    ----------
    found : FoundTable
    rule : SheetRule
        The columns that are read.
    currency : str
        Of the company.

    Yields
    ------
    Problem
        An error where nobody has declared the unit, or the sheet says another one in words, as
        next quarter's export may; else a warning, since number formats are often careless.
    """
    places = {fold(heading): at for at, heading in enumerate(found.headings)}
    for each in rule.columns:
        column, at = table(rule.table)[each.column], places.get(fold(each.heading))
        if column.type == "money" and at is not None:
            divisor = found.divided[at] if found.divided else 1
            read_as = _factor(each) * divisor
            yield from _in_words(found, rule, each, column, read_as, currency)
            yield from _in_format(found, rule, each, at, read_as, currency)


def _in_words(
    found: FoundTable,
    rule: SheetRule,
    each: ColumnRule,
    column: Column,
    read_as: float,
    currency: str,
) -> Iterator[Problem]:
    stated = unit_in_heading(each.heading, column) or unit_above(found.above, column)
    if stated is None:
        return
    other_money = bool(stated.currency) and stated.currency != currency
    factor = UNITS[stated.unit].factor
    if factor != read_as or other_money:
        severe = not each.unit or factor not in (1, read_as)
        yield _told(found, rule, each, "stated_unit", stated.words, severe=severe)


def _in_format(
    found: FoundTable, rule: SheetRule, each: ColumnRule, at: int, read_as: float, currency: str
) -> Iterator[Problem]:
    for words in found.shown[at] if found.shown else ():
        try:
            before, after = (words[0], words[1:]) if words[0] in SIGNS else ("", words)
            factor, _ = unit_of(before, after, Reading(currency=currency, unit_declared=True))
        except Misfit as misfit:
            if misfit.args[0] == "money_currency":
                yield _told(found, rule, each, "shown_currency", words, severe=not each.unit)
            continue
        if factor != read_as:
            yield _told(found, rule, each, "shown_unit", words, severe=not each.unit)


def _factor(each: ColumnRule) -> float:
    return UNITS[each.unit].factor if each.unit else 1.0


def _told(
    found: FoundTable, rule: SheetRule, each: ColumnRule, kind: str, words: str, *, severe: bool
) -> Problem:
    return problem(
        their_name(found.name, rule.table),
        kind,
        say("intake.allowed_one_unit"),
        severity="error" if severe else "warning",
        column=their_name(each.heading, each.column),
        words=words,
        unit=each.unit or "1",
    )
