"""Which of kamlab's own sentences a text is: results hand on words, not the key of the words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kamlab.foundation.language import say

TOO_FEW_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "panel.collinear": ("formula",),
    "panel.too_few": ("count", "fewest"),
    "retention.all_alike": ("count",),
    "retention.renewal_separated": ("formula", "names"),
    "retention.check_too_early": ("period", "left", "stayed", "fewest", "terms"),
}
"""Refusals that come to this: too few accounts left, or differ, for what was asked."""


LOST_AT_MOST = 0.05
"""Part of the redraws that may have no solution before a caution says so: our design."""


def parts_of(text: str, key: str, places: tuple[str, ...]) -> Mapping[str, str] | None:
    """Return what fills the places of an entry within a text; None if it is not in there.

    Parameters
    ----------
    text : str
        In the language of the moment.
    key : str
        Of the entry.
    places : tuple of str
        All of its places.
    """
    pattern = re.escape(str(say(key, **{place: f"«{place}»" for place in places})))
    for place in places:
        pattern = pattern.replace(f"«{place}»", f"(?P<{place}>.*?)", 1).replace(f"«{place}»", ".*?")
    found = re.search(pattern, text, flags=re.DOTALL)
    return None if found is None else found.groupdict()


def is_too_few(reason: str) -> bool:
    """Return whether a refusal comes to too few accounts that left or differ."""
    return any(
        parts_of(reason, key, places) is not None for key, places in TOO_FEW_ACCOUNTS.items()
    )


def missing_columns(reason: str) -> list[str]:
    """Return the columns that a refusal names as missing; none if that is not its reason."""
    found = parts_of(reason, "panel.unknown_columns", ("formula", "unknown"))
    return [] if found is None else re.findall(r"(?:^|[,、]\s*)(\w+)", found["unknown"])


def is_harmless(warned: str) -> bool:
    """Return whether a warning is of redraws without a solution that are few enough to ignore."""
    found = parts_of(warned, "panel.draws_lost", ("lost", "draws"))
    if found is None:
        return False
    lost, draws = (int(found[name].replace(",", "")) for name in ("lost", "draws"))
    return lost <= LOST_AT_MOST * draws
