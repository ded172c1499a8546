"""Text on its way into files that a spreadsheet opens, and back."""

from __future__ import annotations

import re

# In a Japanese Excel the full-width signs (from U+FF0B on) begin a formula as well.
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_ESCAPE = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Take off the apostrophe of `guard`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def to_workbook(text: str) -> str:
    """Write what XML cannot hold, such as control characters, as `_x000D_`, as Excel does."""
    marked = _LIKE_ESCAPE.sub("_x005F_x", text)
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", marked)


def from_workbook(text: str) -> str:
    """Undo `to_workbook`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
