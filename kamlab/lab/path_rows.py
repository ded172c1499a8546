"""Which effects and correlations the path explorer shows beside its diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kamlab.foundation.language import Text, join, say
from kamlab.lab.path_model import ROUNDING, Flags, Path, PathModel
from kamlab.lab.path_what_if import PathWhatIf, slider_values
from kamlab.sem.engine.structure import Floats, Places
from kamlab.sem.picture.names import number

MOST_ROWS = 7

Kind = Literal["total", "correlation"]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A list of numbers, the one that the slider changes most first.

    Attributes
    ----------
    title : Text
    kind : {"total", "correlation"}
        The matrix that the numbers are from.
    row, column : ndarray, shape (k,)
        Their places in it.
    labels : tuple of Text, length k
    changes : ndarray of bool, shape (k,)
        Whether the slider changes the number at all.
    limits : (float, float)
        Range of the numbers over all possible values of the slider; it includes 0.
    """

    title: Text
    kind: Kind
    row: Places
    column: Places
    labels: tuple[Text, ...]
    changes: Flags
    limits: tuple[float, float]

    def of(self, view: PathWhatIf) -> Floats:
        """Return the numbers at the estimate and at the value, shape (2, k)."""
        found: Floats = getattr(view, self.kind)[:, self.row, self.column]
        return found

    def told(self, view: PathWhatIf) -> Text:
        """Say the numbers that change."""
        rows = [
            say("lab.path_alt_row", label=label, before=number(before), after=number(after))
            for label, changes, (before, after) in zip(
                self.labels, self.changes, self.of(view).T, strict=True
            )
            if changes
        ]
        return say("lab.path_alt_effects", title=self.title, rows=join(rows))


def shown_rows(model: PathModel, path: Path, outcome: int) -> tuple[Rows, Rows, Rows]:
    """Return effects of the path's cause, effects on the outcome, and correlations that change."""
    n, cause, called = len(model.names), path[0], model.called
    estimate = float(model.paths[path[1], cause])
    found = model.consequences(path, np.r_[estimate, slider_values(estimate)])
    is_possible = model.possible(found)
    total, correlation = found.total[is_possible], found.correlation[is_possible]
    later = np.array([j for j in model.later(path) if j != cause], dtype=np.intp)
    causes = np.flatnonzero(model.reach[outcome] & (np.arange(n) != outcome))
    one, other = np.nonzero(np.tril(np.ptp(correlation, axis=0) > ROUNDING, -1))
    return (
        _ranked(
            say("lab.path_effects_of", cause=called(cause)),
            "total",
            total,
            later,
            np.full(len(later), cause),
            [called(j) for j in later],
        ),
        _ranked(
            say("lab.path_effects_on", outcome=called(outcome)),
            "total",
            total,
            np.full(len(causes), outcome),
            causes,
            [called(j) for j in causes],
        ),
        _ranked(
            say("lab.path_correlations"),
            "correlation",
            correlation,
            one,
            other,
            [
                say("lab.path_pair", one=called(j), other=called(i))
                for i, j in zip(one, other, strict=True)
            ],
        ),
    )


def _ranked(
    title: Text, kind: Kind, found: Floats, row: Places, column: Places, labels: Sequence[Text]
) -> Rows:
    numbers = found[:, row, column]
    change = np.ptp(numbers, axis=0)
    first = np.argsort(-change, kind="stable")[:MOST_ROWS]
    if kind == "total" and len(first) < len(row):
        title = say("lab.path_of_most", title=title)
    return Rows(
        title=title,
        kind=kind,
        row=row[first],
        column=column[first],
        labels=tuple(labels[k] for k in first),
        changes=change[first] > ROUNDING,
        limits=(numbers[:, first].min(initial=0.0), numbers[:, first].max(initial=0.0)),
    )
