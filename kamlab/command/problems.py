"""Problems of an export as lines, as many as people read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kamlab.command.streams import lines
from kamlab.foundation.errors import SHOWN_AT_MOST, DataError, KamlabError, Problem
from kamlab.foundation.language import Text, say


def listed_problems(problems: Sequence[Problem]) -> Iterator[Text]:
    """Yield the first problems, one a line, and how many more there are."""
    for problem in problems[:SHOWN_AT_MOST]:
        yield say("command.item", text=problem.sentence)
    if len(problems) > SHOWN_AT_MOST:
        yield say("command.problems_more", count=len(problems) - SHOWN_AT_MOST)


def told(error: KamlabError) -> Text:
    """Return an error in words; that of an export says which command lists all of it."""
    if not isinstance(error, DataError):
        return error.text
    found = say("foundation.problems_found", count=len(error.problems))
    return lines([found, *listed_problems(error.problems)])
