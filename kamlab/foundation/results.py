"""What every result can do: the same six verbs, whatever was analysed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from kamlab.foundation.columns import labelled
from kamlab.foundation.language import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class Summary:
    """A result as people read it: title, the whole in one row, the terms, notes.

    `str` gives plain text and a notebook shows HTML, both in the language of the moment at
    which the summary was made.
    """

    title: str
    whole: pd.DataFrame
    terms: pd.DataFrame
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """Return the summary as plain text."""
        with pd.option_context(
            "display.unicode.east_asian_width", True, "display.max_colwidth", None
        ):
            whole = self.whole.T.to_string(header=False)
            terms = self.terms.to_string(index=False)
        return "\n\n".join([self.title, whole, terms, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        whole = self.whole.T.to_html(header=False, border=0)
        terms = self.terms.to_html(index=False, border=0)
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in self.notes)
        return (
            f"<h4>{escape(self.title)}</h4>"
            f"<h5>{say('foundation.summary_terms')}</h5>{terms}"
            f"<h5>{say('foundation.summary_whole')}</h5>{whole}{notes}"
        )


class Result(ABC):
    """The base of every result: immutable, and speaking the same six verbs.

    `tidy()` one row per term, `glance()` one row, `augment()` one row per account,
    `summary()` for people, `plot()` a picture, `report()` sentences. A verb that has no answer
    raises `NotApplicable` with the reason. Column names are the same in both languages and
    declared in the `columns.toml` of a room; `summary()` shows their labels.
    """

    @property
    @abstractmethod
    def title(self) -> Text:
        """What was analysed, as a heading."""

    @property
    def notes(self) -> tuple[Text, ...]:
        """What a reader must know beside the numbers: rows left out, assumptions, sources."""
        return ()

    @property
    def term_labels(self) -> Mapping[str, Text]:
        """Words for the names that stand in the column `term`."""
        return {}

    @property
    def summary_columns(self) -> Sequence[str] | None:
        """The columns of `tidy()` that a summary shows; all of them if None."""
        return None

    @abstractmethod
    def tidy(self) -> pd.DataFrame:
        """Return one row per term."""

    def by_term(self) -> pd.DataFrame:
        """Return `tidy()` with a column `term`, which sets it beside other results."""
        return self.tidy()

    @abstractmethod
    def glance(self) -> pd.DataFrame:
        """Return the whole result in one row."""

    @abstractmethod
    def augment(self) -> pd.DataFrame:
        """Return one row per account (or per row analysed) with what the result says of it."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result, on `ax` if given, and return the Axes."""

    @abstractmethod
    def report(self) -> str:
        """Return the result in sentences, in the current language."""

    def summary(self) -> Summary:
        """Return the result as people read it, in the current language."""
        terms = named_terms(self.tidy(), self.term_labels)
        return Summary(
            title=str(self.title),
            whole=labelled(self.glance()),
            terms=labelled(terms[list(self.summary_columns or terms.columns)]),
            notes=tuple(str(note) for note in self.notes),
        )

    def __repr__(self) -> str:
        """Return the summary as plain text."""
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()


def named_terms(frame: pd.DataFrame, labels: Mapping[str, Text]) -> pd.DataFrame:
    """Return a copy in which known names in the column `term` are in the current language."""
    if "term" not in frame:
        return frame
    words = {name: str(label) for name, label in labels.items()}
    return frame.assign(term=[words.get(str(term), str(term)) for term in frame["term"]])
