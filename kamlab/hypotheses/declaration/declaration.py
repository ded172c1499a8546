"""Hypotheses declared together, and what became of the declaration since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, same, say
from kamlab.foundation.nearest import nearest_hint
from kamlab.hypotheses.declaration.content import canonical_text, parts_of
from kamlab.hypotheses.declaration.seal import Seal
from kamlab.hypotheses.declaration.tables import change_table, hypothesis_table
from kamlab.hypotheses.hypothesis import Hypothesis

if TYPE_CHECKING:
    import pandas as pd

Correction = Literal["holm", "bh", "none"]
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)
State = Literal["sealed", "changed", "broken", "unsealed"]


@dataclass(frozen=True, eq=False, repr=False)
class Declaration:
    """Hypotheses declared together; made by `declare_hypotheses` and `load_hypotheses`.

    Attributes
    ----------
    hypotheses : tuple of Hypothesis
    correction : {"holm", "bh", "none"}
        How hypotheses of one family are corrected for one another.
    conf_level : float
        Of every interval.
    title : Text
    seals : tuple of Seal
        In the order in which they were set.
    path : Path or None
        The file.

    Notes
    -----
    A seal keeps the text of everything declared, with its date and SHA-256. It shows slips: what
    was changed since, and what was not. It is no proof against fraud, for whoever can write the
    file can write another seal, and the date is that of their own clock. To convince others, send
    them the hash on the day of declaring.

    Examples
    --------
    >>> podcast = kl.load_hypotheses("podcast")
    >>> podcast.state, podcast.correction
    ('unsealed', 'holm')
    """

    hypotheses: tuple[Hypothesis, ...]
    correction: Correction = "holm"
    conf_level: float = 0.95
    title: Text = field(default_factory=lambda: same(""))
    seals: tuple[Seal, ...] = ()
    path: Path | None = None

    def __len__(self) -> int:
        """Return the number of hypotheses."""
        return len(self.hypotheses)

    def __iter__(self) -> Iterator[Hypothesis]:
        """Give the hypotheses in their order."""
        return iter(self.hypotheses)

    def __getitem__(self, name: str) -> Hypothesis:
        """Return a hypothesis by its name, or raise `ArgumentError`."""
        by_name = {hypothesis.name: hypothesis for hypothesis in self.hypotheses}
        if name not in by_name:
            hint = nearest_hint(name, by_name)
            raise ArgumentError(say("hypotheses.no_such_hypothesis", name=name, hint=hint))
        return by_name[name]

    def __repr__(self) -> str:
        """Return title, number and standing."""
        words = {"title": self.title, "count": len(self), "standing": self.standing}
        return str(say("hypotheses.declaration_in_short", **words))

    @property
    def text(self) -> str:
        """The text that a seal of what is declared now holds."""
        return canonical_text(self.hypotheses, self.correction, self.conf_level)

    @property
    def state(self) -> State:
        """How the declaration stands.

        `"sealed"`: as it was sealed; `"changed"`: not as in any seal; `"broken"`: no seal has
        the text that it was made for; `"unsealed"`: never sealed.
        """
        if self.sealed_on is not None:
            return "sealed"
        if not self.seals:
            return "unsealed"
        return "broken" if self.first_declared_on is None else "changed"

    @property
    def standing(self) -> Text:
        """How the declaration stands, in words."""
        days = {"sealed": self.sealed_on, "changed": self.first_declared_on}
        return say(f"hypotheses.state_{self.state}", day=days.get(self.state))

    @property
    def sealed_on(self) -> date | None:
        """The day of the first seal that holds what is declared now; None without one."""
        fitting = [seal for seal in self.intact if seal.text == self.text]
        return fitting[0].declared_on if fitting else None

    @property
    def first_declared_on(self) -> date | None:
        """The day of the first seal, whatever it holds; None without one."""
        return self.intact[0].declared_on if self.intact else None

    def declared_on(self, name: str) -> date | None:
        """Return the day of the first seal that holds a hypothesis, and the rules, as they are now.

        Other hypotheses may have come or gone since. None where no seal has it; `ArgumentError`
        if no hypothesis has that name.
        """
        alone = parts_of(canonical_text([self[name]], self.correction, self.conf_level))
        having = [seal for seal in self.intact if alone.items() <= seal.parts.items()]
        return having[0].declared_on if having else None

    @property
    def intact(self) -> tuple[Seal, ...]:
        """The seals that are not broken."""
        return tuple(seal for seal in self.seals if not seal.is_broken)

    def table(self) -> pd.DataFrame:
        """Return one row per hypothesis, worded in the current language.

        Returns
        -------
        DataFrame
            With the columns hypothesis, statement, claim, method, model, effect_of (the term),
            family, status and source (of who says so), not_measurable (why not). Missing is
            what a hypothesis does not have.
        """
        return hypothesis_table(self.hypotheses)

    def changes(self) -> pd.DataFrame:
        """Return what is declared now other than in the first seal.

        Returns
        -------
        DataFrame
            One row per hypothesis and field that differs, with the columns hypothesis
            (`"declaration"` for correction and level), field, was, is, since: the day of the
            seal that first had what is there now, missing where none has it. A hypothesis added
            or taken away is one row, with the field `"hypothesis"` and its statement.

        Raises
        ------
        NotApplicable
            If there is no seal that is not broken.
        """
        return change_table(self.intact, parts_of(self.text), self.standing)
