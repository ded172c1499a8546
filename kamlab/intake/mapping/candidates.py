"""Which of our columns one of the user's headings may be, and why."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from kamlab.accounts.spec import Column, Table
from kamlab.accounts.tables import table
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.crm import crm_columns
from kamlab.intake.mapping.proposed import LIKELY, RECALLED, STATED, SURE, USUAL
from kamlab.intake.mapping.stated_units import plain_heading

HINT = 0.8
"""Likeness (difflib's ratio) from which a heading is said to be close to one of ours."""

NEAR = 0.88
"""Likeness from which an optional column is proposed: one sign may be added to
four, not to three, for 担当者名 may be anybody."""


@dataclass(frozen=True)
class Candidate:
    """A column of ours, how sure it is, and why."""

    column: Column
    confidence: float
    why: Text

    @property
    def by_name(self) -> bool:
        """Whether a name says it, rather than a likeness."""
        return self.confidence > LIKELY


def candidates(heading: str, table_name: str) -> tuple[Candidate, ...]:
    """Return the columns that a heading names; else those that it is like, the likest first.

    Parameters
    ----------
    heading : str
    table_name : str
        One of our tables.

    Examples
    --------
    >>> [c.column.name for c in candidates("売上高（千円）", "periods")]
    ['revenue']
    """
    spec = table(table_name)
    return named(heading, spec) or _alike(heading, spec)


def named(heading: str, spec: Table) -> tuple[Candidate, ...]:
    """Return the columns that a heading names: by name, label, alias, or as a CRM system does."""
    plain = plain_heading(heading)
    found: dict[str, Candidate] = {}
    crm = crm_columns(spec.name)
    for words in dict.fromkeys((heading, plain)):
        sure = SURE if words == heading else STATED
        if column := spec.by_heading.get(fold(words)):
            told = "alias" if words == heading else "alias_with_unit"
            why = say(f"intake.why_{told}", heading=words)
            found.setdefault(column.name, Candidate(column, sure, why))
        for name, usage in crm.get(fold(words), {}).items():
            key = "crm" if usage.checked else "crm_recalled"
            why = say(f"intake.why_{key}", systems=listed(usage.systems))
            confidence = USUAL if usage.checked else RECALLED
            found.setdefault(name, Candidate(spec[name], confidence, why))
    return tuple(found.values())


def _alike(heading: str, spec: Table) -> tuple[Candidate, ...]:
    words = fold(plain_heading(heading))
    best: dict[str, tuple[float, str]] = {}
    matcher = SequenceMatcher(autojunk=False, b=words)
    for folded, (column, theirs) in _folded(spec.name).items():
        matcher.set_seq1(folded)
        if matcher.real_quick_ratio() < HINT or matcher.quick_ratio() < HINT:
            continue
        likeness = matcher.ratio()
        if likeness >= HINT and likeness > best.get(column, (0.0, ""))[0]:
            best[column] = (likeness, theirs)
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    return tuple(
        Candidate(spec[column], LIKELY * likeness, say("intake.why_alike", heading=theirs))
        for column, (likeness, theirs) in ranked
    )


def is_near(candidate: Candidate) -> bool:
    """Return whether a candidate is so alike that it may be proposed."""
    return candidate.by_name or candidate.confidence >= LIKELY * NEAR


@cache
def _folded(table_name: str) -> dict[str, tuple[str, str]]:
    headings = table(table_name).column_headings
    return {fold(heading): (column.name, heading) for heading, column in headings.items()}
