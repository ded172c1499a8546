"""Reading one formula: `f =~ x1 + x2`, `y ~ a*x + 1`, `x ~~ y`, `ab := a*b`, `a == b`."""

from __future__ import annotations

from typing import Final

from kamlab.foundation.language import Text, say
from kamlab.sem.syntax.arithmetic import read_expression
from kamlab.sem.syntax.entries import NONE, Compared, Defined, Entry, Modifiers
from kamlab.sem.syntax.expressions import Binary
from kamlab.sem.syntax.mistakes import Misread
from kamlab.sem.syntax.modifiers import merge, read_modifier, times
from kamlab.sem.syntax.tokens import (
    BLOCKS,
    COMPARISONS,
    OPERATORS,
    UNSUPPORTED,
    Token,
    Tokens,
    signs_between,
    split,
)

PLUS: Final = frozenset({"+"})
TIMES: Final = frozenset({"*", "?"})
INTERCEPT: Final = ""


def read_formula(tokens: Tokens) -> list[Entry] | Defined | Compared:
    """Read one formula.

    Raises
    ------
    Misread
        At the first thing in it that is not understood.
    """
    _refuse_colon(tokens)
    _refuse_unpaired(tokens)
    found = [place for place, token in enumerate(tokens) if token.text in OPERATORS]
    operator = tokens[found[0]]
    if operator.text in UNSUPPORTED:
        raise Misread(operator.at, _unsupported(operator.text))
    if len(found) > 1:
        raise Misread(tokens[found[1]].at, say("sem.second_operator"))
    left, right = tokens[: found[0]], tokens[found[0] + 1 :]
    if not left:
        raise Misread(operator.at, say("sem.no_left_side", op=operator.text))
    if not right:
        raise Misread(operator.after, say("sem.no_right_side", op=operator.text))
    if operator.text == ":=":
        if len(left) > 1:
            raise Misread(left[1].at, say("sem.one_name_left"))
        node = read_expression(right, operator.after)
        return Defined(_name(left), _written(right), node, left[0].at)
    if operator.text in COMPARISONS:
        return _comparison(left, operator, right)
    return _entries(left, operator, right)


def _comparison(left: Tokens, operator: Token, right: Tokens) -> Compared:
    one = read_expression(left, operator.at)
    other = read_expression(right, operator.after)
    if operator.text in ("<", "<="):
        one, other = other, one
    text = f"{_written(left)} {operator.text} {_written(right)}"
    op = "==" if operator.text == "==" else ">"
    return Compared(text, op, Binary("-", one, other), left[0].at)


def _written(tokens: Tokens) -> str:
    return "".join(token.text for token in tokens)


def _entries(left: Tokens, operator: Token, right: Tokens) -> list[Entry]:
    for token in left:
        if token.text in TIMES:
            raise Misread(token.at, _modified(left[0].text))
    terms = _terms(right, operator)
    entries = []
    for side in split(left, PLUS):
        lhs = _name(side) if side else _no_term(left, operator)
        for name, (modifiers, at) in terms.items():
            op = "~1" if name == INTERCEPT else operator.text
            if lhs == name and op != "~~":
                raise Misread(at, _of_itself(op, lhs))
            entries.append(Entry(lhs, op, name, modifiers, at))
    return entries


def _terms(tokens: Tokens, operator: Token) -> dict[str, tuple[Modifiers, int]]:
    """Return the terms by name; one that is repeated within a formula gathers its modifiers."""
    parts = split(tokens, PLUS)
    before = [operator.at, *(sign.at for sign in signs_between(tokens, PLUS))]
    if not parts[0]:
        parts, before = parts[1:], before[1:]
    terms: dict[str, tuple[Modifiers, int]] = {}
    for part, at_sign in zip(parts, before, strict=True):
        if not part:
            raise Misread(at_sign, say("sem.no_term"))
        name, modifiers = _term(part, operator)
        at = part[0].at
        if name in terms:
            former, at_first = terms[name]
            terms[name] = merge(former, modifiers, at), at_first
        else:
            terms[name] = modifiers, at
    return terms


def _term(tokens: Tokens, operator: Token) -> tuple[str, Modifiers]:
    if len(tokens) == 1 and tokens[0].kind == "name":  # by far the most: no need to look further
        return _name(tokens), NONE
    factors = split(tokens, TIMES)
    signs = signs_between(tokens, TIMES)
    name, modifiers = _variable(factors[-1], operator, tokens, is_alone=not signs)
    for factor, sign in zip(factors[:-1], signs, strict=True):
        given = read_modifier(factor, sign.at)
        if sign.text == "?":
            given = Modifiers(start=given.fixed)
        modifiers = times(modifiers, given, factor[0].at)
    return name, modifiers


def _variable(
    tokens: Tokens, operator: Token, term: Tokens, *, is_alone: bool
) -> tuple[str, Modifiers]:
    """Return the name that ends a term, or that of an intercept for `1` and for a lone `0`."""
    if not tokens:
        raise Misread(term[-1].after, say("sem.no_variable"))
    if operator.text == "~" and len(tokens) == 1 and tokens[0].text in ("1", "0"):
        if tokens[0].text == "1":
            return INTERCEPT, NONE
        if is_alone:
            return INTERCEPT, Modifiers(fixed=(0.0,))
    return _name(tokens), NONE


def _name(tokens: Tokens) -> str:
    first = tokens[0]
    if first.text == "-":
        raise Misread(first.at, say("sem.no_minus"))
    if first.kind != "name" or first.text == "NA":
        raise Misread(first.at, say("sem.no_name", sign=first.text))
    if len(tokens) > 1:
        raise Misread(tokens[1].at, _behind_name(first.text, tokens[1].text))
    return first.text


def _behind_name(name: str, sign: str) -> Text:
    if sign == "-":
        return say("sem.no_minus")
    if sign == "(":
        return say("sem.unknown_modifier", name=name)
    return say("sem.missing_plus", name=name, sign=sign)


def _modified(first: str) -> Text:
    if first == "efa":
        return say("sem.unsupported_modifier", name=first)
    return say("sem.modifier_on_left")


def _no_term(tokens: Tokens, operator: Token) -> str:
    raise Misread(tokens[-1].after, say("sem.no_left_side", op=operator.text))


def _of_itself(op: str, name: str) -> Text:
    if op == "=~":
        return say("sem.measured_by_itself", name=name)
    return say("sem.explained_by_itself", name=name)


def _unsupported(sign: str) -> Text:
    return {
        "<~": say("sem.no_composites"),
        "~*~": say("sem.no_scaling"),
        "|": say("sem.no_thresholds"),
        "%": say("sem.no_percent"),
        "=": say("sem.lone_equals"),
    }[sign]


def _refuse_unpaired(tokens: Tokens) -> None:
    opened: Tokens = []
    for token in tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")":
            if not opened:
                raise Misread(token.at, say("sem.not_expected", sign=token.text))
            opened.pop()
    if opened:
        raise Misread(opened[-1].at, say("sem.open_parenthesis"))


def _refuse_colon(tokens: Tokens) -> None:
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.text == ":":
            if before is not None and before.text.lower() in BLOCKS:
                raise Misread(before.at, say("sem.no_blocks", name=before.text))
            raise Misread(token.at, say("sem.no_interactions"))
