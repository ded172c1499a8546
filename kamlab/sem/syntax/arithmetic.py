"""Reading arithmetic: the sides of `:=`, `==`, `<` and `>`, and numbers such as `1/2`."""

from __future__ import annotations

import math

import numpy as np

from kamlab.foundation.language import join, same, say
from kamlab.sem.syntax.expressions import FUNCTIONS, Binary, Call, Name, Negative, Node, Number
from kamlab.sem.syntax.mistakes import Misread
from kamlab.sem.syntax.tokens import Token, Tokens


def read_expression(tokens: Tokens, at: int) -> Node:
    """Read an expression; powers bind to the right and before a minus sign, as in R.

    Parameters
    ----------
    tokens : list of Token
    at : int
        Offset to point at if there are none.
    """
    reader = _Reader(tokens, at)
    node = reader.sum()
    if reader.here is not None:
        raise Misread(reader.here.at, say("sem.not_expected", sign=reader.here.text))
    return node


def read_number(tokens: Tokens, at: int) -> float:
    """Read arithmetic without names and return what it comes to; `NA` gives NaN."""
    if len(tokens) == 1 and tokens[0].text == "NA":
        return math.nan
    node = read_expression(tokens, at)
    for name in node.names():
        raise Misread(name.at, say("sem.name_in_number", name=name.name))
    with np.errstate(all="ignore"):
        number = float(node.value(np.empty(0)))
    if not math.isfinite(number):
        raise Misread(tokens[0].at, say("sem.no_finite_number"))
    return number


class _Reader:
    def __init__(self, tokens: Tokens, at: int) -> None:
        self.tokens = tokens
        self.next = 0
        self.end = tokens[-1].after if tokens else at

    @property
    def here(self) -> Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def take(self, *signs: str) -> str:
        """Return one of the signs and go on if it stands here; otherwise an empty text."""
        if self.here is not None and self.here.text in signs:
            self.next += 1
            return self.tokens[self.next - 1].text
        return ""

    def sum(self) -> Node:
        node = self.product()
        while sign := self.take("+", "-"):
            node = Binary(sign, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while sign := self.take("*", "/"):
            node = Binary(sign, node, self.signed())
        return node

    def signed(self) -> Node:
        if sign := self.take("+", "-"):
            node = self.signed()
            return Negative(node) if sign == "-" else node
        return self.power()

    def power(self) -> Node:
        node = self.atom()
        return Binary("^", node, self.signed()) if self.take("^", "**") else node

    def atom(self) -> Node:
        token = self.here
        if token is None:
            raise Misread(self.end, say("sem.ends_too_soon"))
        self.next += 1
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "name":
            return self.call(token) if self.take("(") else Name(token.text, token.at)
        if token.text == "(":
            return self.closed()
        raise Misread(token.at, say("sem.not_expected", sign=token.text))

    def call(self, token: Token) -> Node:
        if token.text not in FUNCTIONS:
            known = join([same(name) for name in FUNCTIONS])
            raise Misread(token.at, say("sem.unknown_function", name=token.text, known=known))
        return Call(token.text, self.closed())

    def closed(self) -> Node:
        node = self.sum()
        if self.take(")"):
            return node
        if self.here is None:
            raise Misread(self.end, say("sem.open_parenthesis"))
        raise Misread(self.here.at, say("sem.not_expected", sign=self.here.text))
