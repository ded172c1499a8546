"""A classification model: what its file declares, as immutable objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.claims import Claim
from kamlab.foundation.language import Text, same, say

if TYPE_CHECKING:
    from kamlab.portfolio.declaration.card import Card

Cut = str | tuple[float, ...]
"""`"midpoint"`, `"median"`, or the scores from which the next level begins."""


@dataclass(frozen=True, slots=True)
class Item:
    """A column that counts towards an axis.

    Attributes
    ----------
    column : str
    weight : float
    reverse : bool
        Whether a low rating counts as much.
    bounds : tuple of float or None
        For a fact: the values that become the bottom and the top of the scale.
    ranked : bool
        For a fact: whether its rank among the accounts counts, not its value.
    """

    column: str
    weight: float
    reverse: bool = False
    bounds: tuple[float, float] | None = None
    ranked: bool = False

    @property
    def is_rating(self) -> bool:
        """Whether somebody judged it, so that another judge might have differed."""
        return self.bounds is None and not self.ranked


@dataclass(frozen=True, slots=True)
class Condition:
    """What a fact must be: `at_least`, `at_most` or `below` a number, or yes or no (`is`)."""

    column: str
    test: str
    value: float


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions that all must hold for a level."""

    level: str
    needs: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: rated items with weights and a cut, or a ladder of rules.

    Attributes
    ----------
    name : str
    label : Text
    levels : tuple of str
        From the lowest up.
    items : tuple of Item
        Empty on a ladder.
    rules : tuple of Rule
        One per level on a ladder; empty otherwise.
    origin, measure, weighting, cut : Claim
        Where the axis comes from, its items or rules, their weights, its cut.
    """

    name: str
    label: Text
    levels: tuple[str, ...]
    items: tuple[Item, ...]
    rules: tuple[Rule, ...]
    origin: Claim
    measure: Claim
    weighting: Claim
    cut: Claim

    @property
    def is_ladder(self) -> bool:
        """Whether rules decide the level, and not a score."""
        return bool(self.rules)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The items' weights."""
        return np.array([item.weight for item in self.items])

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the axis needs; one of no weight is not needed."""
        if not self.is_ladder:
            return tuple(item.column for item in self.items if item.weight > 0)
        return tuple(dict.fromkeys(need.column for rule in self.rules for need in rule.needs))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the levels that it covers, what it means, what to do.

    Attributes
    ----------
    name : str
    label : Text
    levels : tuple of tuple of str
        Per axis, the levels that belong to it.
    effort : int
        How much of our effort it asks for: 0 little, 1 some, 2 much.
    origin, prescription : Claim
    description : Claim or None
        A `Text` with its status.
    """

    name: str
    label: Text
    levels: tuple[tuple[str, ...], ...]
    effort: int
    origin: Claim
    description: Claim | None
    prescription: Claim


@dataclass(frozen=True, slots=True)
class Model:
    """A classification model; `card()` shows it on one page.

    Attributes
    ----------
    id : str
    name : Text
    citation, scale, effort : Claim
        The work; lowest and highest score; where the ranking of the cells comes from.
    axes : tuple of Axis
    cells : tuple of Cell
    missing, remarks : tuple of Text
        What the source has and we do not; what must be said beside every result.
    """

    id: str
    name: Text
    citation: Claim
    scale: Claim
    effort: Claim
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    missing: tuple[Text, ...]
    remarks: tuple[Text, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model needs."""
        return tuple(dict.fromkeys(column for axis in self.axes for column in axis.columns))

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of levels of every axis."""
        return tuple(len(axis.levels) for axis in self.axes)

    @property
    def cell_of_levels(self) -> NDArray[np.int64]:
        """The number of the cell at every combination of levels.

        Returns
        -------
        ndarray of int, shape (levels of the first axis, levels of the second, ...)
        """
        table = np.full(self.shape, -1)
        for number, cell in enumerate(self.cells):
            for combination in product(*cell.levels):
                table[self.level_numbers(combination)] = number
        return table

    def level_numbers(self, levels: tuple[str, ...]) -> tuple[int, ...]:
        """Return the number of each named level."""
        pairs = zip(self.axes, levels, strict=True)
        return tuple(axis.levels.index(level) for axis, level in pairs)

    def level_label(self, axis: int, level: str) -> Text:
        """Return what a level is called: by the only cell that has it, or by its own name."""
        own = [cell.label for cell in self.cells if cell.levels[axis] == (level,)]
        return own[0] if len(own) == 1 else same(level)

    def card(self) -> Card:
        """Return the model on one page, in the current language."""
        from kamlab.portfolio.declaration.card import Card

        return Card(self)

    def claims(self) -> pd.DataFrame:
        """Return every statement that the model makes, with its status and source.

        Returns
        -------
        DataFrame
            With the columns statement, wording, status, source.
        """
        rows = [
            (str(what), str(claim.value), claim.status.value, str(claim.source))
            for what, claim in self._statements()
        ]
        return pd.DataFrame(rows, columns=["statement", "wording", "status", "source"])

    def _statements(self) -> Iterator[tuple[Text, Claim]]:
        yield say("portfolio.claim_citation"), self.citation
        yield say("portfolio.claim_scale"), self.scale
        yield say("portfolio.claim_effort"), self.effort
        for axis in self.axes:
            yield axis.label, axis.origin
            yield say("portfolio.claim_measure", axis=axis.label), axis.measure
            if not axis.is_ladder:
                yield say("portfolio.claim_weights", axis=axis.label), axis.weighting
                yield say("portfolio.claim_cut", axis=axis.label), axis.cut
        for cell in self.cells:
            yield cell.label, cell.origin
            if cell.description is not None:
                yield say("portfolio.claim_description", cell=cell.label), cell.description
            yield say("portfolio.claim_prescription", cell=cell.label), cell.prescription
