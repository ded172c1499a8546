"""The table of a model's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kamlab.foundation.language import Text
from kamlab.sem.engine.structure import Places
from kamlab.sem.syntax.expressions import Expression

Origin = Literal["user", "default", "exogenous"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table.

    Parameters
    ----------
    lhs, op, rhs : str
        `op` is `=~`, `~`, `~~` or `~1`; `rhs` of the last one is empty.
    group : int
        From 1.
    label : str
        The user's, or `.p<row>.` of the first row among those that are held equal, as in lavaan.
    free : bool
    value : float
        Of a fixed parameter; NaN of a free one and of a moment taken from the sample.
    start : float
        The user's starting value; NaN without one.
    origin : {"user", "default", "exogenous"}
        Whether the text names it, lavaan's defaults add it, or it is a moment of a covariate
        that is fixed at the sample's.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    label: str
    free: bool
    value: float
    start: float
    origin: Origin


@dataclass(frozen=True, slots=True)
class Definition:
    """A quantity defined by `:=`.

    Parameters
    ----------
    name : str
    expression : Expression
    text : str
        What stands behind `:=`.
    """

    name: str
    expression: Expression
    text: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint on the free parameters.

    Parameters
    ----------
    text : str
        As it was written.
    expression : Expression
        0 where an equality holds, not negative where an inequality holds.
    """

    text: str
    expression: Expression


@dataclass(frozen=True, slots=True, eq=False)
class ParameterTable:
    """All parameters of a model.

    Parameters
    ----------
    parameters : tuple of Parameter
        In the order of lavaan's table, group after group.
    numbers : ndarray, shape (len(parameters),)
        Which free parameter a row is; rows held equal share a number; -1 where it is fixed.
    observed, latent : tuple of str
    exogenous : tuple of str
        Covariates with moments fixed at those of the sample.
    n_groups : int
    has_means : bool
    definitions : tuple of Definition
    equalities, inequalities : tuple of Constraint
        Those that the text states; rows that share a number are no constraints any more.
    notes : tuple of Text
        What a user should know of how the text was taken.
    """

    parameters: tuple[Parameter, ...]
    numbers: Places
    observed: tuple[str, ...]
    latent: tuple[str, ...]
    exogenous: tuple[str, ...]
    n_groups: int
    has_means: bool
    definitions: tuple[Definition, ...]
    equalities: tuple[Constraint, ...]
    inequalities: tuple[Constraint, ...]
    notes: tuple[Text, ...]

    @property
    def n_free(self) -> int:
        """The number q of distinct free parameters."""
        return int(self.numbers.max(initial=-1)) + 1
