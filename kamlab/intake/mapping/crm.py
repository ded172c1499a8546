"""The headings under which CRM systems in common use export their data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from kamlab.accounts.tables import table
from kamlab.foundation.claims import Claim, Status
from kamlab.foundation.language import Text
from kamlab.foundation.nearest import fold


@dataclass(frozen=True)
class CrmExport:
    """What one CRM system calls the columns of one table.

    Parameters
    ----------
    system : str
        Such as Salesforce.
    table : str
        kamlab's table.
    names : tuple of str
        What the system calls its records; sheets and files often bear that name.
    headings : Claim
        Heading to kamlab's column, with source and status.
    caution : Text or None
        Why such a sheet needs a look before it is taken for the table.
    """

    system: str
    table: str
    names: tuple[str, ...]
    headings: Claim
    caution: Text | None = None


@cache
def crm_exports() -> tuple[CrmExport, ...]:
    """Return the exports that are declared in `crm_headings.toml`.

    Examples
    --------
    >>> crm_exports()[0].system
    'Salesforce'
    """
    source = files("kamlab.intake.mapping").joinpath("crm_headings.toml")
    return tuple(map(_export, tomllib.loads(source.read_text(encoding="utf-8"))["export"]))


@dataclass
class CrmName:
    """Which systems call a column of ours by a heading, and whether anybody has checked it."""

    systems: list[str] = field(default_factory=list)
    checked: bool = False


@cache
def crm_columns(table_name: str) -> Mapping[str, Mapping[str, CrmName]]:
    """Return, by folded heading, the columns of a table that systems call so."""
    found: dict[str, dict[str, CrmName]] = {}
    for export in crm_exports():
        if export.table == table_name:
            for heading, column in export.headings.value.items():
                name = found.setdefault(fold(heading), {}).setdefault(column, CrmName())
                name.systems += [export.system] if export.system not in name.systems else []
                name.checked |= export.headings.status is not Status.RECALLED
    return found


def crm_named(name: str) -> tuple[CrmExport, ...]:
    """Return the exports whose records a sheet's name says it has."""
    return tuple(e for e in crm_exports() if fold(name) in map(fold, e.names))


def crm_caution(headings: Iterable[str], table_name: str) -> Text | None:
    """Return why headings that only a CRM system has call for a decision; None if none do."""
    ours = table(table_name).by_heading
    theirs = {fold(heading) for heading in headings} - set(ours)
    exports = [e for e in crm_exports() if e.table == table_name and e.caution]
    fitting = (e.caution for e in exports if theirs & set(map(fold, e.headings.value)))
    return next(fitting, None)


def crm_headings() -> frozenset[str]:
    """Return every folded heading."""
    return frozenset(fold(h) for export in crm_exports() for h in export.headings.value)


def _export(entry: Mapping[str, Any]) -> CrmExport:
    return CrmExport(
        system=entry["system"],
        table=entry["table"],
        names=tuple(entry.get("names", ())),
        headings=Claim.from_toml(entry, entry["headings"]),
        caution=Text.from_toml(entry["caution"]) if "caution" in entry else None,
    )
