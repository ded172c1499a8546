"""Help that fits a terminal, in a language with spaces between words and in one without."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from unicodedata import east_asian_width

NOT_FIRST = "、。，．：；！？）」』】・ー％…"
NOT_LAST = "（「『【"
"""Characters that begin and that end no line in Japanese."""


class HelpFormatter(argparse.HelpFormatter):
    """Wraps by the width that characters have on the screen; indented lines stay as they are."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = [
            indent + line
            for each in text.splitlines()
            for line in ([each] if each.startswith(" ") else wrapped(each, width) or [""])
        ]
        return "\n".join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines at most `width` columns wide, a wide character counting as two.

    Examples
    --------
    >>> wrapped("表を書き出します。", 10)
    ['表を書き出', 'します。']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if _is_wide(character) else 1 for character in text)


def _pieces(text: str) -> Iterator[str]:
    """Yield what may not be broken: words with the space behind them, single wide characters."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(former: str, following: str) -> bool:
    if following.isspace() or following in NOT_FIRST or former in NOT_LAST:
        return False
    return former.isspace() or _is_wide(former) or _is_wide(following)


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
