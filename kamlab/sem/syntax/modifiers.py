"""Reading what stands before a variable, such as `a*`, `0.5*` and `start(1)*`."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Final

from kamlab.foundation.language import say
from kamlab.sem.syntax.arithmetic import read_number
from kamlab.sem.syntax.entries import Modifiers
from kamlab.sem.syntax.mistakes import Misread
from kamlab.sem.syntax.tokens import Token, Tokens, split

COMMA: Final = frozenset({","})
UNSUPPORTED: Final = frozenset({"lower", "upper", "rv", "prior", "efa"})
TAKING: Final = frozenset({"c", "start", "label", "equal"})


def read_modifier(tokens: Tokens, at: int) -> Modifiers:
    """Read one modifier.

    Parameters
    ----------
    tokens : list of Token
        What stands before the `*`, without it.
    at : int
        Offset to point at if there are none.
    """
    first = tokens[0] if tokens else None
    if first is None:
        raise Misread(at, say("sem.empty_modifier"))
    if len(tokens) == 1 and (first.kind == "string" or _is_name(first)):
        return Modifiers(labels=(_plain(first),))
    if first.kind == "name" and len(tokens) > 1 and tokens[1].text == "(":
        if first.text in UNSUPPORTED:
            raise Misread(first.at, say("sem.unsupported_modifier", name=first.text))
        if first.text in TAKING:
            return _of_function(first, tokens)
    return Modifiers(fixed=(read_number(tokens, at),))


def merge(first: Modifiers, second: Modifiers, at: int) -> Modifiers:
    """Join two modifiers of one parameter; two that say different things of it are refused."""
    for kind in ("fixed", "start", "labels"):
        one, other = getattr(first, kind), getattr(second, kind)
        if one and other and repr(one) != repr(other):
            raise Misread(at, say("sem.modifiers_disagree"))
    return Modifiers(
        fixed=first.fixed or second.fixed,
        start=first.start or second.start,
        labels=first.labels or second.labels,
        is_reference=first.is_reference or second.is_reference,
    )


def _of_function(function: Token, tokens: Tokens) -> Modifiers:
    values = _arguments(function, tokens)
    if function.text == "c":
        return _by_group(function, values)
    if function.text == "start":
        return Modifiers(start=tuple(_start(value, function.at) for value in values))
    labels = tuple(_label(value, function) for value in values)
    return Modifiers(labels=labels, is_reference=function.text == "equal")


def _arguments(function: Token, tokens: Tokens) -> list[Tokens]:
    """Return what stands in the parentheses, one list of tokens an argument; `c()` is opened."""
    if tokens[-1].text != ")":
        raise Misread(tokens[-1].at, say("sem.not_expected", sign=tokens[-1].text))
    values = split(tokens[2:-1], COMMA)
    if len(values) == 1 and len(values[0]) > 1 and values[0][0].text == "c":
        return _arguments(values[0][0], values[0])
    for value in values:
        if not value:
            raise Misread(function.at, say("sem.empty_argument", name=function.text))
    return values


def _by_group(function: Token, values: list[Tokens]) -> Modifiers:
    labels = [_is_label(value) for value in values]
    if not any(labels):
        return Modifiers(fixed=tuple(read_number(value, function.at) for value in values))
    missing = [len(value) == 1 and value[0].text == "NA" for value in values]
    for value, is_label, is_missing in zip(values, labels, missing, strict=True):
        if not is_label and not is_missing:
            raise Misread(value[0].at, say("sem.mixed_list"))
    return Modifiers(labels=tuple(_label(value, function) for value in values))


def _is_label(value: Tokens) -> bool:
    return len(value) == 1 and (value[0].kind == "string" or _is_name(value[0]))


def _label(value: Tokens, function: Token) -> str:
    if len(value) == 1 and value[0].text == "NA":
        return ""
    if not _is_label(value):
        raise Misread(value[0].at, say("sem.no_label", name=function.text))
    return _plain(value[0])


def _start(value: Tokens, at: int) -> float:
    number = read_number(value, at)
    if math.isnan(number):
        raise Misread(value[0].at, say("sem.no_finite_number"))
    return number


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text != "NA"


def _plain(token: Token) -> str:
    """Return a label without quotes and blanks: lavaan drops the blanks, too."""
    return re.sub(r"[\"'\s]", "", token.text)


def times(first: Modifiers, second: Modifiers, at: int) -> Modifiers:
    """Join two modifiers with `*` between them: two numbers are multiplied."""
    if len(first.fixed) == len(second.fixed) == 1:
        product = first.fixed[0] * second.fixed[0]
        if math.isnan(product):
            raise Misread(at, say("sem.modifiers_disagree"))
        return merge(replace(first, fixed=(product,)), replace(second, fixed=()), at)
    return merge(first, second, at)
