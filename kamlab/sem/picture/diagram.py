"""What a path diagram shows: variables and arrows, with or without estimates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal

Kind = Literal["path", "loading", "covariance"]


@dataclass(frozen=True, slots=True)
class Node:
    """A variable.

    Attributes
    ----------
    name : str
        As in the model.
    latent : bool
        Drawn as an ellipse; an observed variable is a rectangle.
    r_squared, mean : float
        Written into the shape; nan for none.
    """

    name: str
    latent: bool = False
    r_squared: float = nan
    mean: float = nan


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from a cause to its effect, or between two variables that vary together.

    Attributes
    ----------
    cause, effect : str
        Names of variables; for a covariance in either order.
    kind : {"path", "loading", "covariance"}
        A loading goes from a latent variable to what it is measured by.
    estimate, standardised : float
        nan before the model is fitted; the value of a fixed parameter is its `estimate`.
    conf_low, conf_high : float
        Interval of the estimate; an arrow whose interval includes 0 is drawn as unclear.
    mark : str
        Written behind the value, such as stars.
    label : str
        Name of the parameter in the model, such as ``a``.
    fixed : bool
        Not estimated.
    """

    cause: str
    effect: str
    kind: Kind = "path"
    estimate: float = nan
    standardised: float = nan
    conf_low: float = nan
    conf_high: float = nan
    mark: str = ""
    label: str = ""
    fixed: bool = False

    @property
    def unclear(self) -> bool:
        """Whether the interval includes 0."""
        return not self.fixed and self.conf_low <= 0 <= self.conf_high

    @property
    def fitted(self) -> bool:
        """Whether the parameter has been estimated."""
        return not self.fixed and isfinite(self.estimate)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A model as variables and arrows.

    Variances are left out by whoever draws it: an edge from a variable to itself is not shown.

    Raises
    ------
    ValueError
        If two nodes have the same name, or an edge names none.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        """Refuse a diagram whose edges do not fit its nodes."""
        counts = Counter(node.name for node in self.nodes)
        if twice := [name for name, count in counts.items() if count > 1]:
            raise ValueError(f"nodes named twice: {twice}")
        ends = {end for edge in self.edges for end in (edge.cause, edge.effect)}
        if unknown := sorted(ends - set(counts)):
            raise ValueError(f"edges to variables that are no nodes: {unknown}")

    @property
    def fitted(self) -> bool:
        """Whether there are estimates."""
        return any(edge.fitted for edge in self.edges)

    def arrows(self) -> list[Edge]:
        """Return paths and loadings."""
        return [
            edge for edge in self.edges if edge.kind != "covariance" and edge.cause != edge.effect
        ]

    def covariances(self) -> list[Edge]:
        """Return the covariances between two variables, without those that are fixed at 0."""
        return [
            edge
            for edge in self.edges
            if edge.kind == "covariance"
            and edge.cause != edge.effect
            and not (edge.fixed and edge.estimate == 0)
        ]

    def only(self, names: set[str]) -> Diagram:
        """Return the part between some of the variables."""
        return Diagram(
            tuple(node for node in self.nodes if node.name in names),
            tuple(e for e in self.edges if e.cause in names and e.effect in names),
        )
