"""Mistakes in a model's text: each with its place, all told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width

from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import Text, same, say


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, and where.

    Parameters
    ----------
    at : int
        Offset in the model's text, from 0.
    what : Text
        What is wrong and how to mend it.
    """

    at: int
    what: Text


class Misread(Exception):
    """Leaves the reading of one formula; the reader gathers the mistakes of all."""

    def __init__(self, at: int, what: Text) -> None:
        super().__init__(what)
        self.mistake = Mistake(at, what)


def model_error(text: str, mistakes: Iterable[Mistake]) -> ModelError:
    """Return one error that shows every mistake in its line, with a caret below the place."""
    ordered = sorted(mistakes, key=lambda mistake: mistake.at)
    told = say("sem.model_mistakes", count=len(ordered))
    for mistake in ordered:
        told += same("\n\n") + _shown(text, mistake)
    return ModelError(told)


def _shown(text: str, mistake: Mistake) -> Text:
    start = text.rfind("\n", 0, mistake.at) + 1
    line = text[start:].partition("\n")[0].replace("\t", " ").rstrip()
    before = text[start : mistake.at]
    told = say(
        "sem.model_mistake",
        line=text.count("\n", 0, mistake.at) + 1,
        column=len(before) + 1,
        what=mistake.what,
    )
    return told + same(f"\n    {line}\n    {_blank(before)}^")


def _blank(before: str) -> str:
    """Return blanks as wide as a text is when letters of Japan take two places."""
    return "".join("\u3000" if east_asian_width(sign) in "WF" else " " for sign in before)
