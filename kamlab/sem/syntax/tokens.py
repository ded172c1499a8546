"""The words and signs that a model's text is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kamlab.foundation.language import say
from kamlab.sem.syntax.mistakes import Mistake

PATHS: Final = frozenset({"=~", "~", "~~"})
COMPARISONS: Final = frozenset({":=", "==", "<", ">", "<=", ">="})
UNSUPPORTED: Final = frozenset({"<~", "~*~", "|", "%", "="})
OPERATORS: Final = PATHS | COMPARISONS | UNSUPPORTED
BLOCKS: Final = frozenset({"group", "level", "block", "class"})

# Signs as a Japanese keyboard or a word processor gives them, and blanks that nobody sees; one for
# one, so that places in the text stay the same.
PLAIN: Final = str.maketrans(
    "˜～〜＝＋＊（），；：＜＞＃！／＾－−＂“”‘’｜％\ufeff\u200b",
    '~~~=+*(),;:<>#!/^--"""\'\'|%  ',
)
TOKEN: Final = re.compile(
    r"""(?P<space>[^\S\n]+|[#!][^\n]*)
    |(?P<end>[\n;])
    |(?P<name>(?:[^\W\d]|\.(?!\d))[\w.・\u0300-\u036f\u3099\u309a]*)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<sign>=~|<~|~\*~|~~|:=|==|<=|>=|\*\*|[~<>:|%=+\-*/^(),?])
    |(?P<string>"[^"\n]*"|'[^'\n]*')
    |(?P<other>.)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word or a sign.

    Parameters
    ----------
    kind : {"name", "number", "sign", "string"}
    text : str
    at : int
        Offset in the model's text, from 0.
    """

    kind: str
    text: str
    at: int

    @property
    def after(self) -> int:
        """The offset just behind it."""
        return self.at + len(self.text)


Tokens = list[Token]


def formulas_of(text: str) -> tuple[list[Tokens], list[Mistake]]:
    """Return the tokens of each formula, and what cannot be a part of any.

    A formula begins on each line that has an operator, and goes on over the lines that have none;
    a semicolon ends a line. So does lavaan.
    """
    formulas: list[Tokens] = []
    mistakes: list[Mistake] = []
    for line in _lines(text, mistakes):
        if has_operator(line):
            formulas.append(line)
        elif formulas:
            formulas[-1] += line
        else:
            mistakes.append(Mistake(line[0].at, say("sem.no_operator")))
    return formulas, mistakes


def has_operator(tokens: Tokens) -> bool:
    """Tell whether a formula begins here."""
    names_a_block = len(tokens) > 1 and tokens[0].kind == "name" and tokens[1].text == ":"
    return names_a_block or any(t.text in OPERATORS for t in tokens)


def split(tokens: Tokens, signs: frozenset[str]) -> list[Tokens]:
    """Split at signs that stand outside parentheses; the signs are left out."""
    parts: list[Tokens] = []
    start = 0
    for place in _outside(tokens, signs):
        parts.append(tokens[start:place])
        start = place + 1
    return [*parts, tokens[start:]]


def signs_between(tokens: Tokens, signs: frozenset[str]) -> Tokens:
    """Return the signs at which `split` splits."""
    return [tokens[place] for place in _outside(tokens, signs)]


def _outside(tokens: Tokens, signs: frozenset[str]) -> Iterator[int]:
    depth = 0
    for place, token in enumerate(tokens):
        if depth == 0 and token.text in signs:
            yield place
        depth += (token.text == "(") - (token.text == ")")


def _lines(text: str, mistakes: list[Mistake]) -> list[Tokens]:
    lines: list[Tokens] = [[]]
    for found in TOKEN.finditer(text.translate(PLAIN)):
        kind = found.lastgroup
        if kind == "end":
            lines.append([])
        elif kind == "other":
            mistakes.append(_stray(found[0], found.start()))
        elif kind != "space":
            lines[-1].append(Token(str(kind), found[0], found.start()))
    return [line for line in lines if line]


def _stray(sign: str, at: int) -> Mistake:
    if sign in "\"'":
        return Mistake(at, say("sem.open_quote"))
    return Mistake(at, say("sem.stray_sign", sign=sign))
