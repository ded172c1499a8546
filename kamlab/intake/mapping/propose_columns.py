"""Propose which of our columns the headings of a sheet are; what is in doubt stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kamlab.accounts.spec import Column
from kamlab.accounts.tables import table
from kamlab.foundation.language import Text, listed, say
from kamlab.intake.mapping.answers import Known
from kamlab.intake.mapping.automatic import kept_name
from kamlab.intake.mapping.candidates import Candidate, candidates, is_near
from kamlab.intake.mapping.evidence import FIT, MOST_WORDS, Distinct, Evidence, examine
from kamlab.intake.mapping.propose_meaning import with_meaning
from kamlab.intake.mapping.proposed import SURE, ProposedColumn, also
from kamlab.intake.mapping.year_columns import say_wide, year_columns


@dataclass(frozen=True, eq=False)
class _Heading:
    """A heading with its cells, and the columns that it may be."""

    heading: str
    cells: Distinct
    options: tuple[Candidate, ...]
    told: bool = False

    @property
    def rank(self) -> int:
        """Who gets a column that several want: what the user said, then names, then likeness."""
        return 2 if self.told else int(bool(self.options) and self.options[0].by_name)


def propose_columns(known: Known) -> tuple[ProposedColumn, ...]:
    """Propose a column of ours for every heading, or say what is open about it."""
    found = known.found
    headings = [
        _Heading(
            heading,
            Distinct.of(found.cells.iloc[:, at], *found.divided[at : at + 1]),
            *_options(heading, known),
        )
        for heading, at in _distinct(found.headings).items()
    ]
    wanted = _wanted(headings)
    years = year_columns(each.heading for each in headings if not each.told)
    return tuple(_explained(_proposed(each, wanted, known), years, known) for each in headings)


def _explained(
    column: ProposedColumn, years: Mapping[str, tuple[str, ...]], known: Known
) -> ProposedColumn:
    """Add what a reason does not tell: a sheet of another shape, a name of its own."""
    if alike := years.get(column.heading):
        column = replace(column, why=also(column.why, say_wide(alike)))
    name = kept_name(column.heading, table(known.table))
    if column.column or column.open or name == column.heading:
        return column
    return replace(column, why=also(column.why, say("intake.why_own_name", name=name)))


def _options(heading: str, known: Known) -> tuple[tuple[Candidate, ...], bool]:
    told = known.answers.columns
    if heading not in told:
        return candidates(heading, known.table), False
    name = told[heading]
    if name is None:
        return (), True
    return (Candidate(table(known.table)[name], SURE, say("intake.why_told")),), True


def _wanted(headings: Iterable[_Heading]) -> dict[str, list[_Heading]]:
    """Return, for each column, the headings that want it most: one, or several in doubt."""
    wanted: dict[str, list[_Heading]] = {}
    for each in headings:
        certain = [option for option in each.options if option.by_name]
        most = max((option.confidence for option in each.options), default=0.0)
        near = [o for o in each.options if is_near(o) and o.confidence == most]
        for option in certain or near:
            wanted.setdefault(option.column.name, []).append(each)
    ranks = {name: max(each.rank for each in those) for name, those in wanted.items()}
    return {
        name: [each for each in those if each.rank == ranks[name]] for name, those in wanted.items()
    }


def _proposed(each: _Heading, wanted: Mapping[str, list[_Heading]], known: Known) -> ProposedColumn:
    kept = ProposedColumn(
        "", each.heading, examples=each.cells.examples, why=say("intake.why_none")
    )
    if not each.options:
        return replace(kept, why=say("intake.why_told")) if each.told else kept
    if not is_near(each.options[0]):
        return replace(kept, why=each.options[0].why)
    free = [option for option in each.options if each in wanted.get(option.column.name, ())]
    if not free:
        owner = wanted[each.options[0].column.name][0].heading
        words = {"column": each.options[0].column.name, "heading": owner}
        return replace(kept, why=say("intake.why_taken", **words))
    first = free[0]
    if known.found.headings.count(each.heading) > 1:
        return _open(kept, free, say("intake.why_repeated"))
    if each.told:
        return with_meaning(kept, first, each.cells, known)
    evidence = examine(first.column, each.cells, known.answers.reading(each.heading))
    if not first.by_name and evidence.fits < FIT:
        return replace(kept, why=first.why)
    rivals = [other.heading for other in wanted[first.column.name] if other is not each]
    doubt = _doubt(free, rivals, evidence)
    if rivals and len(free) == 1:
        kept = replace(kept, rivals=tuple(rivals))
    return _open(kept, free, doubt) if doubt else with_meaning(kept, first, each.cells, known)


def _doubt(free: list[Candidate], rivals: list[str], evidence: Evidence) -> Text | None:
    """Return why a column stays open: several candidates, or one that is not sure enough."""
    first = free[0]
    if len(free) > 1:
        return say("intake.why_several", columns=listed(option.column.name for option in free))
    if rivals:
        return also(first.why, say("intake.why_rivals", headings=listed(rivals)))
    if first.by_name:
        return also(first.why, _misfit(first.column, evidence)) if _is_other(evidence) else None
    return first.why if _matters(first.column) else None


def _is_other(evidence: Evidence) -> bool:
    """Return whether the cells are something else than the heading says."""
    words = len(evidence.unknown)
    return evidence.fits < FIT and not 0 < words <= MOST_WORDS


def _matters(column: Column) -> bool:
    """Return whether a wrong column would spoil everything: keys, what is compulsory, money."""
    return column.required or column.type in ("id", "money")


def _open(kept: ProposedColumn, options: Iterable[Candidate], why: Text) -> ProposedColumn:
    names = tuple(option.column.name for option in options)
    return replace(kept, candidates=names, why=why, open=("column",))


def _misfit(column: Column, evidence: Evidence) -> Text:
    kind = say(f"accounts.type_{column.type}")
    return say("intake.why_misfit", share=f"{1 - evidence.fits:.0%}", type=kind)


def _distinct(headings: tuple[str, ...]) -> dict[str, int]:
    """Return the position of each heading; of those that come twice, the first."""
    first: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if heading:
            first.setdefault(heading, at)
    return first
