"""What number formats tell: which cells are days, which are shown divided or with a unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from kamlab.intake.sources.xml_parts import read_events

JAPANESE_DATE_FORMATS = frozenset(map(str, [*range(27, 37), *range(50, 59)]))
"""Numbers of formats for days and times that a Japanese Excel has built in (ECMA-376, 18.8.30)."""

_SHOWN = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|([¥￥$€£円])|\[[^\]]*\]|[_*].')
_WORDS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
_DIVIDING = re.compile(r"[0#?](,+)(?:\.|[^0#?,.]*$)")


@dataclass(frozen=True)
class Styles:
    """What styles of cells tell, by the number that cells name them by.

    Parameters
    ----------
    days : mapping of str to bool
        Those that show days or times: whether they show a duration.
    divided : mapping of str to int
        Those by which Excel shows a number divided: by what. The number itself stays whole.
    shown : mapping of str to str
        Those by which Excel shows something beside a number, such as 千円 or €: what.
    """

    days: Mapping[str, bool] = field(default_factory=dict)
    divided: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


def read_styles(stream: IO[bytes]) -> Styles:
    """Read the part of a workbook that holds its styles."""
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    own: set[str] = set()
    used: list[str] = []
    within = False

    def start(element: str, given: Mapping[str, str]) -> None:
        nonlocal within
        if element == "numFmt":
            formats[given["numFmtId"]] = given.get("formatCode", "")
            own.add(given["numFmtId"])
        elif element == "cellXfs":
            within = True
        elif element == "xf" and within:
            used.append(given.get("numFmtId", "0"))

    def end(element: str) -> None:
        nonlocal within
        within = within and element != "cellXfs"

    with stream:
        read_events(stream, start, end)
    days, divided, shown = {}, {}, {}
    for style, number in enumerate(used):
        code = formats.get(number)
        if is_date_format(code) or (code is None and number in JAPANESE_DATE_FORMATS):
            days[str(style)] = bool(is_timedelta_format(code))
            continue
        if (divisor := divisor_of(code or "")) > 1:
            divided[str(style)] = divisor
        # A built-in format shows the currency of whoever opens the file: it says nothing.
        if number in own and (words := shown_by(code or "")):
            shown[str(style)] = words
    return Styles(days, divided, shown)


def divisor_of(code: str) -> int:
    """Return by what a number format divides what it shows: each comma behind the digits by 1000.

    Examples
    --------
    >>> divisor_of('#,##0,"千円"')
    1000
    """
    commas = _DIVIDING.search(_WORDS.sub("", code.partition(";")[0]))
    return 1000 ** len(commas[1]) if commas else 1


def shown_by(code: str) -> str:
    """Return what a number format shows beside a number.

    Examples
    --------
    >>> shown_by('#,##0"千円"'), shown_by("[$€-407] #,##0.00"), shown_by("0.0_);[Red](0.0)")
    ('千円', '€', '')
    """
    found = _SHOWN.findall(code.partition(";")[0])
    shown = unicodedata.normalize("NFKC", "".join("".join(words) for words in found))
    return shown.strip(" ()-+")
