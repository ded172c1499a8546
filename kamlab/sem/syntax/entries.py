"""What a model's text says, formula by formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kamlab.sem.syntax.expressions import Node


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What stands before a variable: `0.5*x`, `a*x`, `start(1)*x`.

    Each is one value for all groups, or one a group.

    Parameters
    ----------
    fixed : tuple of float
        Values that the parameter is fixed at, NaN where it is free; empty if nothing is said.
    start : tuple of float
        Starting values.
    labels : tuple of str
        An empty text where a group has none.
    is_reference : bool
        Whether the labels name another parameter, as in `equal("f=~x1")`.
    """

    fixed: tuple[float, ...] = ()
    start: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    is_reference: bool = False


NONE: Final = Modifiers()


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter that the text names.

    Parameters
    ----------
    lhs, op, rhs : str
        `op` is `=~`, `~`, `~~` or `~1`; `rhs` of the last one is empty.
    modifiers : Modifiers
    at : int
        Offset in the model's text.
    """

    lhs: str
    op: str
    rhs: str
    modifiers: Modifiers
    at: int


@dataclass(frozen=True, slots=True)
class Defined:
    """A quantity that the text defines by `:=`.

    Parameters
    ----------
    name : str
    text : str
        What stands behind `:=`, without blanks.
    node : Node
    at : int
    """

    name: str
    text: str
    node: Node
    at: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A constraint: `op` is `==` (node = 0) or `>` (node >= 0).

    Parameters
    ----------
    text : str
        As it was written.
    op : str
    node : Node
        Left side less right side; the other way round for `<`.
    at : int
    """

    text: str
    op: str
    node: Node
    at: int


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of a model by their parts, each list in lavaan's order.

    Parameters
    ----------
    observed, latent : tuple of str
    covariates : tuple of str
        Observed variables that only explain, and of which the text names no variance,
        covariance or mean.
    freed_covariates : tuple of str
        Those that only explain but whose variance, covariance or mean the text names.
    exogenous_latent : tuple of str
        Latent variables that nothing explains or indicates.
    outcomes : tuple of str
        Explained variables that neither explain nor indicate: the latent ones first.
    """

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    covariates: tuple[str, ...]
    freed_covariates: tuple[str, ...]
    exogenous_latent: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statements:
    """A model as it was read.

    Parameters
    ----------
    text : str
        The model's text, to point at.
    entries : tuple of Entry
        In the order of the text.
    definitions : tuple of Defined
    comparisons : tuple of Compared
    variables : Variables
    """

    text: str
    entries: tuple[Entry, ...]
    definitions: tuple[Defined, ...]
    comparisons: tuple[Compared, ...]
    variables: Variables
