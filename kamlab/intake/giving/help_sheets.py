"""The sheets of the template that hold no data."""

from __future__ import annotations

from kamlab.foundation.language import LANGUAGES, say
from kamlab.foundation.nearest import fold

HELP_SHEETS = ("start", "dictionary", "choices")


def is_help(sheet: str) -> bool:
    """Return whether a sheet's name is that of one which only explains the template."""
    words = [say(f"intake.template_{name}") for name in HELP_SHEETS]
    return fold(sheet) in {fold(word.in_language(to)) for word in words for to in LANGUAGES}
