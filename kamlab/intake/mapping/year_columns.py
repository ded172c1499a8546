"""Sheets that are wider than they should be: one column a year in place of one row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import fold

_YEAR = re.compile(
    r"(?:fy|cy)?(?:19|20)[0-9]{2}(?:年度?|年?[0-9]{1,2}月期)?|(?:令和|平成)[0-9]{1,2}年度?|fy[0-9]{2}"
)


def year_columns(headings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the headings that differ by nothing but a year, each with all that are like it.

    Examples
    --------
    >>> year_columns(["2023年度売上", "2024年度売上", "2024年度計画"])["2023年度売上"]
    ('2023年度売上', '2024年度売上')
    """
    stems: dict[str, list[str]] = {}
    for heading in dict.fromkeys(headings):
        folded = fold(unicodedata.normalize("NFKC", heading))
        stem, years = _YEAR.subn("*", folded)
        if years == 1:
            stems.setdefault(stem, []).append(heading)
    groups = (tuple(alike) for alike in stems.values() if len(alike) > 1)
    return {heading: alike for alike in groups for heading in alike}


def say_wide(headings: Iterable[str]) -> Text:
    """Return what is to be done about columns of single years."""
    return say("intake.why_year_columns", headings=listed(headings))
