"""Amounts in merged cells: one number for several rows, which must not be counted in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kamlab.accounts.findings import Finding, Sheet
from kamlab.foundation.language import say
from kamlab.intake.problems import finding
from kamlab.intake.records import Records


def merged_amounts(
    sheets: Mapping[str, Sheet], parts: Mapping[str, Sequence[Records]]
) -> Iterator[Finding]:
    """Tell of money that took the value of a merged cell.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        By table.
    parts : mapping of str to sequence of Records
        What each of them was joined from.

    Yields
    ------
    Finding
        Errors; the row above, from which the amount comes, cannot be accepted either.
    """
    for name, sheet in sheets.items():
        filled = set(_filled(parts[name]))
        for column in sheet.columns:
            at = np.array(sorted(n for n, where in filled if where == column.name), dtype=np.intp)
            if column.type == "money" and len(at):
                above = np.setdiff1d(np.maximum(at - 1, 0), at).astype(np.intp)
                allow = say("intake.allowed_own_amount")
                yield finding(
                    name,
                    "merged_amount",
                    allow,
                    at,
                    column=column.name,
                    severity="error",
                    also=above,
                )


def _filled(parts: Sequence[Records]) -> Iterator[tuple[int, str]]:
    """Yield the position among all records, and kamlab's column, of each cell that was filled."""
    before = 0
    for part in parts:
        names = {heading: name for name, heading in part.headings.items()}
        for at, column in part.found.filled_down:
            yield before + at, names.get(part.found.headings[column], "")
        before += len(part.frame)
