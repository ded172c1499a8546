"""What a user answers about an export, sorted by sheet and heading; what fits nothing is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.tables import table
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import fold, nearest_hint
from kamlab.intake.mapping.automatic import ALL_TABLES
from kamlab.intake.mapping.mistakes import as_code, nearest_column
from kamlab.intake.mapping.proposed import ProposedSheet
from kamlab.intake.sources.found import FoundTable

Meaning = str | float | bool | None
"""What a word may be said to mean."""

KINDS = ("columns", "units", "values", "date_order", "timezone")


@dataclass(frozen=True)
class SheetAnswers:
    """What a user has said about one sheet.

    Parameters
    ----------
    columns : mapping of str to str or None
        Heading to our column; None to keep it as it is.
    units, date_order, timezone : mapping of str to str
        By heading.
    values : mapping of str to mapping
        By heading: the user's words to codes or numbers; None for "no value".
    any_date_order, any_timezone : str
        For every column of dates that needs it and is not named.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    date_order: Mapping[str, Any] = field(default_factory=dict)
    timezone: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Meaning]] = field(default_factory=dict)
    any_date_order: str = ""
    any_timezone: str = ""

    def blank(self, heading: str) -> tuple[str, ...]:
        """Return the words that mean "no value" under a heading."""
        return tuple(w for w, code in self.values.get(heading, {}).items() if code is None)

    def meant(self, heading: str) -> dict[str, str]:
        """Return the words under a heading that mean a code or a number."""
        given = self.values.get(heading, {})
        return {w: as_code(meaning) for w, meaning in given.items() if meaning is not None}

    def reading(self, heading: str) -> Reading:
        """Return how the cells under a heading are read, as far as words go."""
        return Reading(blank=frozenset(self.blank(heading)), values=self.meant(heading))


NO_ANSWERS = SheetAnswers()


@dataclass(frozen=True, eq=False)
class Known:
    """What a proposal for a sheet starts from.

    Parameters
    ----------
    found : FoundTable
    table : str
        Which of our tables it is.
    answers : SheetAnswers
        They go before everything else.
    whole_units : str
        The currency whose whole units all money is in, where the file itself says so; else "".
    """

    found: FoundTable
    table: str
    answers: SheetAnswers = NO_ANSWERS
    whole_units: str = ""


@dataclass
class SortedAnswers:
    """Answers by sheet, and what is wrong with those that fit none.

    Parameters
    ----------
    by_sheet : mapping of str to SheetAnswers
    problems : list of Text
    """

    by_sheet: dict[str, SheetAnswers] = field(default_factory=dict)
    problems: list[Text] = field(default_factory=list)


def sort_tables(
    told: Mapping[str, str | None], names: Iterable[str], unreadable: Mapping[str, Text]
) -> tuple[dict[str, str | None], list[Text]]:
    """Return what is said about sheets that can be read, and what is wrong with the rest."""
    names = list(names)
    known: dict[str, str | None] = {}
    problems = []
    for name, ours in told.items():
        if name in unreadable:
            if ours is not None:
                words = {"sheet": name, "reason": unreadable[name]}
                problems.append(say("intake.answer_unreadable", **words))
        elif name not in names:
            words = {"sheet": name, "nearest": nearest_hint(name, names), "known": listed(names)}
            problems.append(say("intake.answer_no_sheet", **words))
        elif ours is not None and ours not in ALL_TABLES:
            words = {"sheet": name, "got": ours, "nearest": nearest_hint(ours, ALL_TABLES)}
            problems.append(say("intake.answer_no_table", **words, known=listed(ALL_TABLES)))
        else:
            known[name] = ours
    return known, problems


def sort_answers(
    sheets: Iterable[ProposedSheet], answers: Mapping[str, str | Mapping[str, Any]]
) -> SortedAnswers:
    """Sort answers by sheet and heading.

    Parameters
    ----------
    sheets : iterable of ProposedSheet
        As they are proposed without answers about columns.
    answers : mapping of str to mapping
        For each of `KINDS`, key to answer; a text alone is for all dates.
    """
    taken = [sheet for sheet in sheets if sheet.table]
    sorted_answers = SortedAnswers()
    parts: dict[str, dict[str, dict[str, Any]]] = {
        sheet.name: {kind: {} for kind in KINDS} for sheet in taken
    }
    for kind in KINDS:
        given = answers[kind]
        for key, answer in {} if isinstance(given, str) else given.items():
            places = list(_places(key, taken))
            sorted_answers.problems += _doubts(kind, key, places, taken)
            for sheet, heading in places if len(places) == 1 else ():
                problem = _about_answer(kind, sheet, heading, answer)
                if problem is None:
                    parts[sheet.name][kind][heading] = answer
                else:
                    sorted_answers.problems.append(problem)
    order, zone = answers["date_order"], answers["timezone"]
    for name, part in parts.items():
        sorted_answers.by_sheet[name] = SheetAnswers(
            **part,
            any_date_order=order if isinstance(order, str) else "",
            any_timezone=zone if isinstance(zone, str) else "",
        )
    return sorted_answers


def key_of(sheet: ProposedSheet, heading: str, sheets: Iterable[ProposedSheet]) -> str:
    """Return the key by which a user answers about a heading."""
    places = list(_places(heading, [each for each in sheets if each.table]))
    return heading if len(places) == 1 else f"{sheet.name}/{heading}"


def _places(key: str, sheets: Iterable[ProposedSheet]) -> Iterator[tuple[ProposedSheet, str]]:
    for sheet in sheets:
        for column in sheet.columns:
            if fold(key) in (fold(column.heading), fold(f"{sheet.name}/{column.heading}")):
                yield sheet, column.heading


def _doubts(
    kind: str,
    key: str,
    places: list[tuple[ProposedSheet, str]],
    sheets: Iterable[ProposedSheet],
) -> Iterator[Text]:
    if not places:
        headings = [column.heading for sheet in sheets for column in sheet.columns]
        hint = nearest_hint(key, headings)
        yield say("intake.answer_no_heading", kind=kind, key_=key, nearest=hint)
    elif len(places) > 1:
        keys = listed(f"{sheet.name}/{heading}" for sheet, heading in places)
        yield say("intake.answer_several", kind=kind, key_=key, keys=keys)


def _about_answer(kind: str, sheet: ProposedSheet, heading: str, answer: Any) -> Text | None:
    spec = table(sheet.table)
    if kind == "columns" and answer is not None:
        names = {column.name for column in spec.columns}
        if answer not in names:
            hint = nearest_column(answer, spec)
            words = {"heading": heading, "got": answer, "table": spec.name, "nearest": hint}
            return say("intake.answer_no_column", **words)
    wants = Mapping if kind == "values" else str
    if kind != "columns" and not isinstance(answer, wants):
        return say(f"intake.answer_not_{kind}", heading=heading, got=repr(answer))
    return None
