"""What changed in the shape of an export since its mapping was confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kamlab.accounts.tables import table
from kamlab.foundation.errors import Problem
from kamlab.foundation.language import Text, listed, same, say
from kamlab.foundation.nearest import fold, nearest_name
from kamlab.intake.mapping.automatic import is_unread, rule_for
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.stated_units import plain_heading, unit_in_heading
from kamlab.intake.problems import problem
from kamlab.intake.sources.found import FoundTable


def shape_changes(
    mapping: ExportMapping, found: Iterable[FoundTable], others: Iterable[str] = ()
) -> tuple[Problem, ...]:
    """Compare the sheets and headings of an export with those of its mapping.

    Parameters
    ----------
    mapping : ExportMapping
    found : iterable of FoundTable
        What was read by the mapping.
    others : iterable of str
        Names of sheets, files or database tables that were not read.

    Returns
    -------
    tuple of Problem
        A sheet or a compulsory column that is gone is an error, all else a warning; remedies
        say what to write into the mapping. `foundation.errors.problem_table` makes a table.

    Examples
    --------
    >>> sheet = SheetRule("取引先", "accounts", (ColumnRule("account_id", "コード"),))
    >>> shape_changes(ExportMapping((sheet,)), [], ["取引先マスタ"])[0].severity
    'error'
    """
    tables = list(found)
    names = [*(each.name for each in tables), *others]
    problems = list(_about_sheets(mapping, names))
    for each in tables:
        rule = rule_for(mapping, each.name)
        if rule is not None:
            problems += _about_headings(rule, each)
    return tuple(problems)


def _about_sheets(mapping: ExportMapping, names: list[str]) -> Iterator[Problem]:
    rules = {name: rule_for(mapping, name) for name in names}
    new = [n for n, rule in rules.items() if rule is None and not is_unread(mapping, n)]
    gone = [rule for rule in mapping.sheets if all(rule is not used for used in rules.values())]
    for rule in gone:
        near = nearest_name(rule.name, new)
        yield problem(
            rule.name,
            "sheet_gone",
            _allowed(),
            sheet=rule.name,
            table_=same(rule.table),
            nearest=_renamed(near),
            name=near or "…",
            found=listed(names),
        )
    for name in new:
        near = nearest_name(name, [rule.name for rule in gone])
        yield _warning(name, "sheet_new", sheet=name, nearest=_renamed(near))


def _about_headings(rule: SheetRule, found: FoundTable) -> Iterator[Problem]:
    place = found.name
    there = {fold(heading) for heading in found.headings}
    known = {fold(heading) for heading in (*rule.headings, *(c.heading for c in rule.columns))}
    gone = [column for column in rule.columns if fold(column.heading) not in there]
    new = [heading for heading in found.headings if heading and fold(heading) not in known]
    if gone and len(gone) == len(rule.columns):
        kind = "headings_elsewhere" if rule.header_row else "headings_gone"
        row, seen = found.header_row, listed(found.headings)
        yield problem(place, kind, _allowed(), row=row, at=row, found=seen)
        return
    for column in gone:
        yield _gone(place, column, rule.table, new)
    kept = [heading for heading in rule.headings if fold(heading) not in there]
    kept = [heading for heading in kept if heading not in {column.heading for column in gone}]
    if kept:
        yield _warning(place, "kept_gone", headings=listed(kept))
    if new and rule.headings:
        yield _warning(place, "headings_new", headings=listed(new), first=same(new[0]))


def _gone(place: str, column: ColumnRule, table_name: str, new: list[str]) -> Problem:
    near = _renamed_from(column.heading, new)
    spec = table(table_name)[column.column]
    stated = unit_in_heading(near, spec) if near and column.unit else None
    return problem(
        place,
        "unit_heading_gone" if column.unit else "heading_gone",
        _allowed(),
        severity="error" if spec.required else "warning",
        column=column.heading,
        ours=same(column.column),
        nearest=_renamed(near),
        name=near or "…",
        unit=stated.unit if stated else "…",
        before=column.unit,
    )


def _renamed_from(heading: str, new: list[str]) -> str | None:
    """Return the new heading that an old one probably is; the same in another unit goes first."""
    plain = fold(plain_heading(heading))
    same_but_unit = [name for name in new if fold(plain_heading(name)) == plain]
    if len(same_but_unit) == 1:
        return same_but_unit[0]
    return nearest_name(heading, new) or _longer_or_shorter(heading, new)


def _renamed(near: str | None) -> Text:
    return say("intake.shape_nearest", name=near) if near else same("")


def _longer_or_shorter(heading: str, new: list[str]) -> str | None:
    """Return the only new heading that says the same in more words or fewer: 従業員数（連結）."""
    own = fold(heading)
    inside = [name for name in new if own in fold(name) or fold(name) in own]
    return inside[0] if len(inside) == 1 else None


def _warning(place: str, kind: str, **words: Any) -> Problem:
    return problem(place, kind, _allowed(), severity="warning", **words)


def _allowed() -> Text:
    return say("intake.allowed_shape")
