"""Errors and warnings that teach: what is wrong, where, what is allowed, how to mend it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kamlab.foundation.language import Text, say

if TYPE_CHECKING:
    import pandas as pd

SHOWN_AT_MOST = 30


class KamlabError(Exception):
    """An error of kamlab's own; `str` gives it in the current language.

    Parameters
    ----------
    text : Text
        What is wrong and how to mend it, in both languages.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        """Return the message in the current language."""
        return str(self.text)


class ArgumentError(KamlabError, ValueError):
    """A name or value given to a function is not one that it knows or takes."""


class ModelError(KamlabError):
    """A formula, a model file or a model's input does not fit."""


class NotApplicable(KamlabError):
    """An analysis does not apply; the message is the reason.

    Raised by a verb that has no answer, or kept as a value in a table of results.
    """


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a company's tables.

    Parameters
    ----------
    severity : {"error", "warning"}
    table, column : str
        Where; an empty string where the whole table or file is meant.
    row : int or None
        The row as Excel counts it (the headings are row 1).
    value : object
        What stands there.
    what, allowed, remedy : Text
        What is wrong, what is allowed, how to mend it.
    """

    severity: Literal["error", "warning"]
    table: str
    column: str
    row: int | None
    value: object
    what: Text
    allowed: Text
    remedy: Text

    @property
    def place(self) -> Text:
        """Where it is: table, column and row."""
        place = say("foundation.place_table", table=self.table)
        if self.column:
            place += say("foundation.place_column", column=self.column)
        if self.row is not None:
            place += say("foundation.place_row", row=self.row)
        return place

    @property
    def sentence(self) -> Text:
        """The whole problem as one line."""
        return say(
            "foundation.problem",
            place=self.place,
            what=self.what,
            allowed=self.allowed,
            remedy=self.remedy,
        )


class DataError(KamlabError):
    """A company's tables do not fit; all problems at once.

    Parameters
    ----------
    problems : iterable of Problem
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = say("foundation.problems_found", count=len(self.problems))
        for problem in self.problems[:SHOWN_AT_MOST]:
            lines += Text("\n- ", "\n- ") + problem.sentence
        if len(self.problems) > SHOWN_AT_MOST:
            lines += Text("\n", "\n") + say(
                "foundation.problems_more", count=len(self.problems) - SHOWN_AT_MOST
            )
        super().__init__(lines)

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...]]]:
        """Make anew from the problems, as when it crosses from one process to another."""
        return DataError, (self.problems,)

    def table(self) -> pd.DataFrame:
        """Return one row a problem, worded in the current language."""
        return problem_table(self.problems)


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return problems as a table, one row each, worded in the current language."""
    import pandas as pd

    columns = ["severity", "table", "column", "row", "value", "problem", "allowed", "remedy"]
    rows = [
        (p.severity, p.table, p.column, p.row, p.value, str(p.what), str(p.allowed), str(p.remedy))
        for p in problems
    ]
    return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})


class KamlabWarning(UserWarning):
    """A warning of kamlab's own; the classes below can be filtered one by one."""


class DataWarning(KamlabWarning):
    """The data fit, but something about them should be known."""


class RowsLeftOutWarning(KamlabWarning):
    """An analysis had to leave rows out; the message counts them and says why."""


def warn_left_out(count: int, total: int, reason: Text, *, stacklevel: int) -> None:
    """Warn that rows were left out; `stacklevel` counts from the function that calls this."""
    message = say("foundation.rows_left_out", count=count, total=total, reason=reason)
    warnings.warn(str(message), RowsLeftOutWarning, stacklevel=stacklevel + 1)


class ImproperSolutionWarning(KamlabWarning):
    """Estimates that no population could have: a negative variance, a correlation beyond one."""


class RecalledClaimWarning(KamlabWarning):
    """A number or statement in use is remembered, not read in its source."""
