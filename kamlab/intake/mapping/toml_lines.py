"""On which line of a mapping file an entry stands; the parser itself does not tell."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_KEY = re.compile(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+|[ \t]*\.[ \t]*)+)\s*=""")
_HEADER = re.compile(r"\s*\[")


class TomlLines:
    r"""The line of every entry of a file in which ``[[sheet]]`` is repeated.

    Parameters
    ----------
    text : str
        It must be TOML.

    Examples
    --------
    >>> lines = TomlLines('currency = "JPY"\n[[sheet]]\n[sheet.columns]\n"ID" = "keep"')
    >>> lines.of("currency"), lines.of_sheet(1), lines.of_sheet(1, "columns", "ID")
    (1, 2, 4)
    """

    def __init__(self, text: str) -> None:
        self._places: dict[tuple[int, tuple[str, ...]], int] = {}
        sheets = 0
        within: tuple[int, tuple[str, ...]] = (0, ())
        for line, words in enumerate(text.split("\n"), start=1):
            if _HEADER.match(words) and (path := _path(words)):
                sheets += path == ("sheet",)
                if path[0] == "sheet":
                    self._note(0, ("sheet",), line)
                within = (sheets, path[1:]) if path[0] == "sheet" else (0, path)
                self._note(*within, line)
                self._note(0, path, line)
            elif (found := _KEY.match(words)) and (path := _path(f"{found[1]} = 0")):
                self._note(within[0], within[1] + path, line)

    def _note(self, number: int, path: tuple[str, ...], line: int) -> None:
        self._places.setdefault((number, path), line)

    def of(self, *path: str) -> int:
        """Return the line of an entry that stands above all sheets; 1 if it is not there."""
        return self.of_sheet(0, *path)

    def of_sheet(self, number: int, *path: str) -> int:
        """Return the line of an entry of the n-th sheet, or of the nearest thing it stands in."""
        for end in range(len(path), -1, -1):
            if (number, path[:end]) in self._places:
                return self._places[number, path[:end]]
        return 1


def _path(words: str) -> tuple[str, ...]:
    """Return the keys that a header or an entry names; none where it is neither."""
    try:
        node: Any = tomllib.loads(words)
    except tomllib.TOMLDecodeError:
        return ()
    keys = []
    while isinstance(node, dict | list) and node:
        if isinstance(node, list):
            node = node[0]
            continue
        key, node = next(iter(node.items()))
        keys.append(key)
    return tuple(keys)
