"""On which line of a TOML file something stands; the parser itself does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'")
HEADER = re.compile(
    r"""\s*\[\[?\s*(\w[\w\-]*(?:\.(?:[\w\-]+|"[^"]*"|'[^']*'))*)\s*\]\]?\s*(?:#.*)?$"""
)


class Places:
    """The lines of a file, with what is quoted or a comment blanked out."""

    def __init__(self, text: str) -> None:
        typed = text.splitlines()
        blanked = (QUOTED.sub(lambda m: " " * len(m[0]), line) for line in typed)
        self.lines = [line.partition("#")[0] for line in blanked]
        self.headers = {
            number: re.sub("[\"']", "", found[1])
            for number, line in enumerate(typed, start=1)
            if (found := HEADER.match(line))
        }

    def block(self, kind: str, number: int = 1) -> int:
        """Return the line of the n-th block of a kind; the first line where there is none."""
        found = [line for line, name in self.headers.items() if name == kind]
        return found[number - 1] if len(found) >= number else self.table(1, kind, number)

    def key(self, start: int, key: str) -> int:
        """Return the line of a key of the block that begins on a line; that line without one."""
        within_a_line = start > 1 and start not in self.headers
        before = r".*\b" if within_a_line else r"\s*"
        pattern = re.compile(rf"{before}{re.escape(key)}\s*=")
        for number in self._of_block(start):
            if pattern.match(self.lines[number - 1]):
                return number
        headed = [n for n, name in self.headers.items() if n >= start and _is_of(name, key)]
        return headed[0] if headed else start

    def table(self, start: int, key: str, number: int) -> int:
        """Return the line of the n-th table in the list `key = [{...}, {...}]`."""
        line, depth, tables = self.key(start, key), 0, 0
        for here in range(line, len(self.lines) + 1):
            text = self.lines[here - 1]
            if here == line:
                text = re.split(rf"\b{re.escape(key)}\s*=", text, maxsplit=1)[-1]
            for sign in text:
                depth += (sign in "[{") - (sign in "]}")
                tables += sign == "{" and depth == 2
                if tables == number:
                    return here
            if depth <= 0:
                break
        return line

    def _of_block(self, start: int) -> Iterator[int]:
        after = (number for number in self.headers if number > start)
        return iter(range(start, min(after, default=len(self.lines) + 1)))


def _is_of(header: str, key: str) -> bool:
    return header == key or header.endswith(f".{key}")
