"""What came in: rows accepted and set aside, changes, problems; and the company made of it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import DataError, DataWarning, Problem, problem_table
from kamlab.foundation.language import Text, say
from kamlab.foundation.results import Result
from kamlab.intake import accounting, sentences
from kamlab.intake.giving.comments import write_comments
from kamlab.intake.giving.set_aside_file import write_set_aside
from kamlab.intake.taking_in import TakenIn

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class Intake(Result):
    """What `kl.check_company` found in an export; nothing of it is lost.

    `tidy()` has one row a table, `glance()` one row, `augment()` one row per row of the export
    with what became of it. `problems()`, `changes()`, `set_aside()` and `sheets()` go into
    detail, `write_comments()` and `write_set_aside()` take it back to Excel, and `company()`
    is what can be worked with.
    """

    _taken: TakenIn

    @property
    def path(self) -> Path:
        """The file or folder that was read."""
        return self._taken.path

    @property
    def title(self) -> Text:
        """What was read."""
        return say("intake.title", file=self._taken.path.name)

    @property
    def notes(self) -> tuple[Text, ...]:
        """What should be known of the file beside its problems."""
        return tuple(sentences.notes(self._taken))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which rows are set aside or a table cannot be read.

        Rows that only follow their customer are left out: mending the customer mends them.
        """
        return tuple(each for each in self._taken.problems if each.severity == "error")

    def tidy(self) -> pd.DataFrame:
        """Return one row a table: rows read, accepted and set aside, cells changed, problems.

        Returns
        -------
        DataFrame
            `rows_read` = `rows_accepted` + `rows_set_aside`, always. Empty rows count nowhere.
        """
        return accounting.by_table(self._taken)

    def glance(self) -> pd.DataFrame:
        """Return the whole export in one row."""
        return accounting.in_total(self.tidy())

    def augment(self) -> pd.DataFrame:
        """Return one row per row read, with the reason where it was set aside."""
        return accounting.by_row(self._taken)

    def problems(self) -> pd.DataFrame:
        """Return all problems, worded in the current language: one row each.

        Returns
        -------
        DataFrame
            severity ("error": the row is set aside, or the table cannot be read; "warning":
            it is kept), table, column, row as Excel counts, value, what is wrong, what is
            allowed, how to mend it. Of many alike, the first are listed and the rest counted.
        """
        sheets, followers = self._taken.checked.sheets, self._taken.followers
        following = [p for each in followers for p in each.problems(sheets[each.table])]
        return problem_table([*self._taken.problems, *following])

    def changes(self) -> pd.DataFrame:
        """Return every cell that was changed in more than form: one row each.

        Returns
        -------
        DataFrame
            table, sheet, excel_row, heading, column, was, became, rule.
        """
        return accounting.changes(self._taken)

    def set_aside(self) -> dict[str, pd.DataFrame]:
        """Return the rows set aside, table by table, as they stood in the export.

        Returns
        -------
        dict of str to DataFrame
            Their own headings, before them `sheet`, `excel_row` and `reason`.
        """
        return accounting.set_aside(self._taken)

    def sheets(self) -> pd.DataFrame:
        """Return one row a sheet: which table it is, where its headings stand, its encoding."""
        return accounting.sheets(self._taken)

    def company(self) -> Company:
        """Return the company made of the rows accepted.

        Raises
        ------
        DataError
            If something is wrong that setting rows aside does not mend, such as a missing
            column, or no customer is left.
        """
        if self._taken.refused:
            raise DataError(self.errors)
        frames: dict[str, Any] = {name: each.table for name, each in self._taken.tables.items()}
        if frames["accounts"].empty:
            raise DataError([sentences.nobody_left(), *self.errors])
        return Company(**self._taken.settings, **frames, source=str(sentences.source(self._taken)))

    def write_comments(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write a copy of the export with a comment at every cell that has a problem.

        Parameters
        ----------
        path : str or path
            Of the copy, an .xlsx; the export itself is never changed.
        overwrite : bool

        Returns
        -------
        Path
        """
        return write_comments(self._taken, Path(path), overwrite=overwrite)

    def write_set_aside(self, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the rows set aside, with the reason beside each, to a workbook.

        Parameters
        ----------
        path : str or path
        overwrite : bool

        Returns
        -------
        Path
        """
        return write_set_aside(self.set_aside(), Path(path), overwrite=overwrite)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw, for each table, how many rows came in and how many were set aside."""
        from kamlab.intake.picture import rows_in_and_aside

        return rows_in_and_aside(self.tidy(), ax)

    def report(self) -> str:
        """Return what came in, what was set aside and what was changed, in sentences."""
        return str(sentences.report(self._taken, self.tidy()))

    def warn(self, *, stacklevel: int) -> None:
        """Warn of what a user of the company must know; `stacklevel` counts from the caller."""
        told = [*sentences.notes(self._taken), *sentences.doubts(self._taken)]
        if told:
            text = say("intake.note_head", source=self._taken.path.name)
            for each in told:
                text += Text("\n- ", "\n- ") + each
            warnings.warn(str(text), DataWarning, stacklevel=stacklevel + 1)
