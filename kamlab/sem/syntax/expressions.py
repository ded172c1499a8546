"""Expressions over parameters: their value and their exact gradient."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kamlab.sem.engine.structure import Floats

Slopes = dict[int, Any]

ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
}
DERIVATIVES: Final[dict[str, Callable[[Any], Any]]] = {
    "exp": np.exp,
    "log": lambda x: 1 / x,
    "sqrt": lambda x: 0.5 / np.sqrt(x),
    "abs": np.sign,
    "sin": np.cos,
    "cos": lambda x: -np.sin(x),
    "tan": lambda x: 1 / np.cos(x) ** 2,
}


class Node:
    """A part of an expression."""

    __slots__ = ()

    def parts(self) -> tuple[Node, ...]:
        """Return the parts that it is made of."""
        return ()

    def bind(self, lookup: Callable[[Name], Node]) -> Node:
        """Return the same with every name replaced by what it stands for."""
        return self

    def value(self, theta: Floats) -> Any:
        """Return the value; `theta` is bound only to `Free`, so that a bare name has none."""
        raise NotImplementedError

    def slopes(self, theta: Floats) -> tuple[Any, Slopes]:
        """Return the value and its derivative by each parameter in it (forward mode)."""
        return self.value(theta), {}

    def names(self) -> Iterator[Name]:
        """Yield the names in it, from left to right."""
        for part in self.parts():
            yield from part.names()


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number."""

    number: float

    def value(self, theta: Floats) -> Any:
        """Return the number, as NumPy's: a division by zero gives inf, and no error."""
        return np.float64(self.number)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name that is not bound yet.

    Parameters
    ----------
    name : str
    at : int
        Offset in the model's text.
    """

    name: str
    at: int

    def bind(self, lookup: Callable[[Name], Node]) -> Node:
        """Return what the name stands for."""
        return lookup(self)

    def names(self) -> Iterator[Name]:
        """Yield itself."""
        yield self


@dataclass(frozen=True, slots=True)
class Free(Node):
    """A free parameter, by its number."""

    place: int

    def value(self, theta: Floats) -> Any:
        """Return the parameter."""
        return theta[..., self.place]

    def slopes(self, theta: Floats) -> tuple[Any, Slopes]:
        """Return the parameter and 1."""
        return theta[..., self.place], {self.place: 1.0}


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """The negative of an expression."""

    of: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the expression."""
        return (self.of,)

    def bind(self, lookup: Callable[[Name], Node]) -> Node:
        """Return it with names bound."""
        return Negative(self.of.bind(lookup))

    def value(self, theta: Floats) -> Any:
        """Return the value."""
        return -self.of.value(theta)

    def slopes(self, theta: Floats) -> tuple[Any, Slopes]:
        """Return the value and its slopes."""
        value, slopes = self.of.slopes(theta)
        return -value, {place: -slope for place, slope in slopes.items()}


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of an expression; `function` is one of `FUNCTIONS`."""

    function: str
    of: Node

    def parts(self) -> tuple[Node, ...]:
        """Return the argument."""
        return (self.of,)

    def bind(self, lookup: Callable[[Name], Node]) -> Node:
        """Return it with names bound."""
        return Call(self.function, self.of.bind(lookup))

    def value(self, theta: Floats) -> Any:
        """Return the value."""
        return FUNCTIONS[self.function](self.of.value(theta))

    def slopes(self, theta: Floats) -> tuple[Any, Slopes]:
        """Return the value and its slopes by the chain rule."""
        inner, slopes = self.of.slopes(theta)
        outer = DERIVATIVES[self.function](inner)
        return FUNCTIONS[self.function](inner), _combined(outer, slopes, 0.0, {})


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two expressions and a sign of `ARITHMETIC` between them."""

    sign: str
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        """Return both sides."""
        return self.left, self.right

    def bind(self, lookup: Callable[[Name], Node]) -> Node:
        """Return it with names bound."""
        return Binary(self.sign, self.left.bind(lookup), self.right.bind(lookup))

    def value(self, theta: Floats) -> Any:
        """Return the value."""
        return ARITHMETIC[self.sign](self.left.value(theta), self.right.value(theta))

    def slopes(self, theta: Floats) -> tuple[Any, Slopes]:
        """Return the value and its slopes."""
        left, by_left = self.left.slopes(theta)
        right, by_right = self.right.slopes(theta)
        value = ARITHMETIC[self.sign](left, right)
        if self.sign in "+-":
            factors = 1.0, 1.0 if self.sign == "+" else -1.0
        elif self.sign == "*":
            factors = right, left
        elif self.sign == "/":
            factors = 1 / right, -value / right
        else:
            # A constant exponent has no slope: log(left) of a negative base must not spoil it.
            factors = right * left ** (right - 1), value * np.log(left) if by_right else 0.0
        return value, _combined(factors[0], by_left, factors[1], by_right)


def _combined(a: Any, by_left: Slopes, b: Any, by_right: Slopes) -> Slopes:
    slopes = {place: a * slope for place, slope in by_left.items()}
    for place, slope in by_right.items():
        slopes[place] = slopes.get(place, 0.0) + b * slope
    return slopes


@dataclass(frozen=True, slots=True)
class Expression:
    """A function of the free parameters.

    Parameters
    ----------
    node : Node
        With every name bound to a parameter's number or to a fixed value.
    """

    node: Node

    def value(self, theta: Floats) -> Any:
        """Return the value; NaN or inf where it is not defined.

        Parameters
        ----------
        theta : ndarray, shape (..., q)
            The free parameters, of one fit or of many draws.

        Returns
        -------
        float or ndarray, shape (...)
        """
        with np.errstate(all="ignore"):
            value = np.broadcast_to(self.node.value(theta), theta.shape[:-1])
        return float(value) if theta.ndim == 1 else value.copy()

    def gradient(self, theta: Floats) -> Floats:
        """Return the exact derivative by each free parameter.

        Parameters
        ----------
        theta : ndarray, shape (..., q)

        Returns
        -------
        ndarray, shape (..., q)
        """
        gradient = np.zeros(theta.shape)
        with np.errstate(all="ignore"):
            for place, slope in self.node.slopes(theta)[1].items():
                gradient[..., place] = slope
        return gradient
