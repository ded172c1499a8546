"""What a command says: results on the standard output, all else on the standard error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable

from kamlab.foundation.language import Text


def speak_utf8() -> None:
    """Write UTF-8 whatever the system thinks, so that no name of a customer stops a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def say_result(text: object) -> None:
    """Write a result, at once, so that it stands in its place among the words of progress."""
    print(text, flush=True)


def say_aside(text: object) -> None:
    """Write what is no result: progress, notes and errors."""
    print(text, file=sys.stderr, flush=True)


def let_go_of_output() -> None:
    """Write no more: whoever read the output has gone, as `head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def lines(texts: Iterable[Text]) -> Text:
    """Join texts, each on a line of its own."""
    each = list(texts)
    return Text("\n".join(text.en for text in each), "\n".join(text.ja for text in each))
