"""One section of a report: what a hurried reader should know first, then the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kamlab.foundation.language import Text, say
from kamlab.report import page
from kamlab.report.outcome import Outcome


@dataclass(frozen=True, repr=False)
class Section:
    """A part of a report, finished in one language; a notebook shows it as HTML.

    Attributes
    ----------
    name : str
        By which `report[name]` finds it.
    heading : str
    lead : str
        The sentence that also stands at a glance; "" if it has none.
    blocks : tuple of Html
        What comes after the lead.
    """

    name: str
    heading: str
    lead: str
    blocks: tuple[page.Html, ...]

    def __repr__(self) -> str:
        """Return heading and lead as plain text."""
        return f"{self.heading}\n{self.lead}".strip()

    def _repr_html_(self) -> str:
        return page.section(self.name, self.heading, self.body)

    @property
    def body(self) -> tuple[page.Html, ...]:
        """The lead and all that comes after it."""
        return (page.paragraph(self.lead, strong=True), *self.blocks) if self.lead else self.blocks


def made(name: str, lead: Text | None, blocks: Iterator[page.Html]) -> Section:
    """Return a section in the current language, under the heading that the room's words have."""
    heading, first = str(say(f"report.heading_{name}")), str(lead) if lead else ""
    return Section(name, heading, first, tuple(blocks))


def unanswered(reason: Text) -> page.Html:
    """Return a frame that says why there is no answer, and what would be needed."""
    sentence = Text(reason.en[:1].upper() + reason.en[1:], reason.ja)
    return page.caution(say("report.missing", reason=sentence))


def reason_and_cautions(outcome: Outcome[Any]) -> Iterator[page.Html]:
    """Yield what would be needed, if there is no result, and what somebody should look at."""
    if outcome.reason is not None:
        yield unanswered(outcome.reason)
    for each in outcome.cautions:
        yield page.caution(each)


def is_told(remark: str, notes: Sequence[str]) -> bool:
    """Return whether notes give the reason for which a remark says that rows were left out."""
    reason = re.split("：|: ", remark, maxsplit=1)[-1].rstrip(".。")
    return any(reason in each for each in notes)


def notes(*outcomes: Outcome[Any]) -> page.Html:
    """Return the notes of results and what was remarked on the way, each once.

    What a caution has said already is left out.
    """
    said = {each for outcome in outcomes for each in outcome.cautions}
    there = [(each.result, each.remarks) for each in outcomes if each.result is not None]
    own = [str(each) for result, _ in there for each in result.notes]
    remarks = [each for _, told_on_the_way in there for each in told_on_the_way]
    told = [*own, *(each for each in remarks if not is_told(each, own))]
    return page.note(dict.fromkeys(each for each in told if each not in said))
