"""What the cells of a column say for or against a proposal: support only, never its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.reading import AS_DECLARED, DateOrder, Reading
from kamlab.accounts.cells.text import as_text, is_blank
from kamlab.accounts.spec import Column
from kamlab.foundation.nearest import fold

FIT = 0.5
"""Share of cells that must fit a column's type for its name to be believed: exports are messy,
but a column of dates in which most cells are no dates is something else."""

EXAMPLES = 3
SHOWN = 40
"""Characters of an example; a note may be a page long."""

MANY = 0.1
"""Share of cells from which a doubt about them is asked; fewer are told, and set aside when the
export is read, so that a handful of odd cells does not keep an analyst from the rest."""

MOST_WORDS = 30
"""Different words from which a column is no category with a few codes of the user's own."""

UNIT_IN_CELLS = Reading(unit_declared=True)
"""Every unit of money that a cell may carry itself."""


@dataclass(frozen=True)
class Evidence:
    """What the cells say.

    Parameters
    ----------
    fits : float
        Share of the filled cells that fit the type; 1 where none is filled.
    unknown : tuple of str
        Words of a category, of yes and no or of a rating that are not known.
    doubtful : float
        Share of the filled cells that have such words, or dates whose day and month may be
        either way round.
    zoned : float
        Share of the filled cells that are times with a zone; they fit once a place is declared.
    date_order : {"ymd", "mdy", "dmy"} or ""
        The only order in which no month is beyond 12; "" if both are such, or none.
    """

    fits: float
    unknown: tuple[str, ...] = ()
    doubtful: float = 0.0
    date_order: DateOrder | str = ""
    zoned: float = 0.0


@dataclass(frozen=True, eq=False)
class Distinct:
    """The different filled cells of a column as text, in the order in which they come.

    Parameters
    ----------
    texts : Series of str
    counts : array of int
        How often each comes.
    divisor : int
        By what Excel divides the numbers that it shows; the texts are undivided.
    """

    texts: pd.Series
    counts: NDArray[np.int64]
    divisor: int = 1

    @classmethod
    def of(cls, cells: pd.Series, divisor: int = 1) -> Distinct:
        """Gather cells as found; what takes long is then done once for each different one."""
        codes, texts = pd.factorize(as_text(cells))
        counts = np.bincount(codes[codes >= 0], minlength=len(texts))
        filled = np.array([not is_blank(text) for text in texts], dtype=bool)
        return cls(pd.Series(texts[filled], dtype=object), counts[filled], divisor)

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few values, cut off where they are long."""
        first = [str(text).strip() for text in self.texts.head(EXAMPLES)]
        return tuple(t if len(t) <= SHOWN else t[:SHOWN] + "…" for t in first)

    @property
    def bare_numbers(self) -> NDArray[np.float64]:
        """Those that are numbers without any sign behind them."""
        numbers = pd.to_numeric(self.texts, errors="coerce").to_numpy(dtype="float64")
        return np.asarray(numbers[np.isfinite(numbers)])

    def share(self, positions: Iterable[int]) -> float:
        """Return the share of the filled cells that have the texts at some positions."""
        total = int(self.counts.sum())
        return float(self.counts[list(positions)].sum()) / total if total else 0.0


def examine(column: Column, cells: Distinct, answered: Reading = AS_DECLARED) -> Evidence:
    """Hold the cells of a column against its declaration.

    Parameters
    ----------
    column : Column
    cells : Distinct
    answered : Reading
        What the user has said about words.
    """
    reading = replace(answered, unit_declared=column.type == "money")
    misfits = convert(column, cells.texts, reading).misfits
    wrong = cells.share(misfits)
    if column.type in ("category", "boolean", "rating"):
        return Evidence(1 - wrong, _words(cells.texts.iloc[list(misfits)]), wrong)
    ambiguous = [at for at, reason in misfits.items() if reason == "date_ambiguous"]
    if ambiguous:
        return _about_order(column, cells, cells.share(ambiguous))
    zoned = cells.share(at for at, reason in misfits.items() if reason == "date_zone")
    return Evidence(1 - wrong + zoned, zoned=zoned)


def _words(texts: pd.Series) -> tuple[str, ...]:
    known = {fold(text): str(text).strip() for text in texts}
    return tuple(known.values())


def _about_order(column: Column, cells: Distinct, doubtful: float) -> Evidence:
    orders: tuple[DateOrder, ...] = ("dmy", "mdy")
    misfits = {o: convert(column, cells.texts, Reading(date_order=o)).misfits for o in orders}
    fewest = min(map(cells.share, misfits.values()))
    possible = [o for o in orders if "date_order" not in misfits[o].values()]
    return Evidence(1 - fewest, (), doubtful, possible[0] if len(possible) == 1 else "")
