"""Names as people write them: compared without their accidents, and the one probably meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from kamlab.foundation.language import Text, same, say

ALIKE = 0.7
"""Likeness (difflib's ratio) from which a name is suggested in place of another."""


_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Characters that nobody sees: soft hyphens, zero widths, marks of direction and of byte order."""


def fold(heading: object) -> str:
    """Return a heading as it is compared: width, case, spaces and underscores do not count.

    Nor do characters that nobody sees, as a byte-order mark in front of a first heading.
    """
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", str(heading)))
    return re.sub(r"[\s_]+", "", plain.casefold())


def nearest_name(name: object, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a name was probably meant to be, or None."""
    folded = {fold(candidate): candidate for candidate in candidates}
    close = get_close_matches(fold(name), folded, n=1, cutoff=ALIKE)
    return folded[close[0]] if close else None


def nearest_hint(name: object, candidates: Iterable[str]) -> Text:
    """Return words that suggest the candidate that was probably meant; none where none is near."""
    return suggestion(nearest_name(name, candidates))


def suggestion(name: str | None) -> Text:
    """Return words that suggest a name, or none."""
    return say("foundation.nearest", name=name) if name else same("")
