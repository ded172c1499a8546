"""Propose how the cells of a column are meant: unit, words, order of day and month."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.reading import DateOrder
from kamlab.accounts.spec import Column
from kamlab.foundation.language import Text, listed, same, say
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.answers import Known
from kamlab.intake.mapping.candidates import Candidate
from kamlab.intake.mapping.evidence import MANY, UNIT_IN_CELLS, Distinct, Evidence, examine
from kamlab.intake.mapping.proposed import ProposedColumn, Question, also
from kamlab.intake.mapping.stated_units import Stated, unit_above, unit_in_heading
from kamlab.intake.mapping.units import YEN

SOME = 10
"""Unknown words that are named."""


def with_meaning(
    kept: ProposedColumn, candidate: Candidate, cells: Distinct, known: Known
) -> ProposedColumn:
    """Return a column that is settled, with what is known and open about its cells."""
    column = candidate.column
    zone = known.answers.any_timezone if column.type == "date" else ""
    settled = replace(
        kept,
        column=column.name,
        confidence=candidate.confidence,
        why=candidate.why,
        timezone=known.answers.timezone.get(kept.heading, zone),
    )
    settled = _with_unit(settled, column, cells, known)
    return _with_words(settled, column, cells, known)


def _with_unit(
    settled: ProposedColumn, column: Column, cells: Distinct, known: Known
) -> ProposedColumn:
    if settled.heading in known.answers.units:
        return replace(settled, unit=known.answers.units[settled.heading])
    if column.type == "share":
        return _with_share(settled, column, cells)
    stated, why = _stated(settled.heading, column, cells, known)
    if stated is None:
        return _ask(settled, "unit", why) if column.type == "money" else settled
    settled = replace(settled, currency=stated.currency, why=also(settled.why, why))
    if stated.words and cells.divisor > 1:
        divided = say("intake.why_divided", divisor=f"{cells.divisor:,}")
        return _ask(replace(settled, divisor=cells.divisor), "unit", divided)
    return replace(settled, unit=stated.unit)


def _stated(
    heading: str, column: Column, cells: Distinct, known: Known
) -> tuple[Stated | None, Text]:
    """Return the unit that the export states for a column, the nearest words first, and where."""
    if stated := unit_in_heading(heading, column):
        return stated, say("intake.why_unit_in_heading", words=stated.words)
    if column.type == "money":
        if stated := unit_above(known.found.above, column):
            return stated, say("intake.why_unit_above", words=stated.words)
        if currency := known.whole_units:
            unit = "円" if currency == YEN else "1"
            return Stated(unit, currency, ""), say("intake.why_unit_settings")
        if _all_yen(column, cells):
            return Stated("円", YEN, ""), say("intake.why_unit_in_cells")
    return None, say("intake.why_no_unit")


def _with_share(settled: ProposedColumn, column: Column, cells: Distinct) -> ProposedColumn:
    """Propose % only where heading and numbers agree; cells that say % themselves need no unit."""
    numbers = cells.bare_numbers
    if not len(numbers):
        return settled
    percent = unit_in_heading(settled.heading, column) is not None
    fraction = bool((np.abs(numbers) <= 1).all())
    if percent == fraction:
        return _ask(settled, "unit", say("intake.why_share_unclear"))
    unit = "%" if percent else "1"
    return replace(settled, unit=unit, why=also(settled.why, say("intake.why_share", unit=unit)))


def _with_words(
    settled: ProposedColumn, column: Column, cells: Distinct, known: Known
) -> ProposedColumn:
    heading = settled.heading
    values, blank = known.answers.meant(heading), known.answers.blank(heading)
    answered = known.answers.reading(heading)
    order = cast("DateOrder", known.answers.date_order.get(heading, "ymd"))
    settled = replace(settled, values=values, blank=blank, date_order=order)
    if column.type not in ("category", "boolean", "rating", "date"):
        return settled
    evidence = examine(column, cells, answered)
    if column.type == "date":
        settled = _with_zone(settled, evidence)
        return _with_order(settled, evidence, known) if evidence.doubtful else settled
    meant = {fold(word) for word in values}
    unknown = tuple(word for word in evidence.unknown if fold(word) not in meant)
    if not unknown:
        return settled
    why = say("intake.why_words", words=_some(unknown))
    return _doubted(replace(settled, unknown=unknown), "values", why, evidence.doubtful)


def _with_zone(settled: ProposedColumn, evidence: Evidence) -> ProposedColumn:
    if not evidence.zoned or settled.timezone:
        return settled
    return _doubted(settled, "timezone", say("intake.why_timezone"), evidence.zoned)


def _with_order(settled: ProposedColumn, evidence: Evidence, known: Known) -> ProposedColumn:
    told = known.answers.date_order.get(settled.heading) or known.answers.any_date_order
    order = cast("DateOrder", told or evidence.date_order)
    if not order:
        return _doubted(settled, "date_order", say("intake.why_date_order"), evidence.doubtful)
    why = settled.why if told else also(settled.why, say(f"intake.why_{order}"))
    return replace(settled, date_order=order, why=why)


def _doubted(
    settled: ProposedColumn, question: Question, why: Text, share: float
) -> ProposedColumn:
    """Ask about cells in doubt if there are many, else tell of them."""
    if share >= MANY:
        return _ask(settled, question, why)
    rare = say("intake.why_rare", why=why, share=f"{share:.1%}")
    return replace(settled, why=also(settled.why, rare))


def _ask(settled: ProposedColumn, question: Question, why: Text) -> ProposedColumn:
    return replace(settled, why=also(settled.why, why), open=(*settled.open, question))


def _all_yen(column: Column, cells: Distinct) -> bool:
    """Return whether every amount bears ¥ or 円 itself, and none a thousand or the like."""
    rules = convert(column, cells.texts, UNIT_IN_CELLS).changes.astype(str)
    plain = rules.str.contains("currency") & ~rules.str.contains("unit_")
    return bool(len(cells.texts)) and int(plain.sum()) == len(cells.texts)


def _some(words: tuple[str, ...]) -> Text:
    more = same("…" if len(words) > SOME else "")
    return listed(words[:SOME]) + more
