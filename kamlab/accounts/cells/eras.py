"""Japanese eras: which days each of them has."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kamlab.accounts.cells.parsed import Misfit


class Era(NamedTuple):
    """An era: its first year and its first and last day (the last day may begin the next era)."""

    year: int
    first: date
    last: date


ERAS = {
    # Until the end of Meiji 5 the calendar was lunar: such days have no date of this form.
    "明治": Era(1868, date(1873, 1, 1), date(1912, 7, 30)),
    "大正": Era(1912, date(1912, 7, 30), date(1926, 12, 25)),
    "昭和": Era(1926, date(1926, 12, 25), date(1989, 1, 7)),
    "平成": Era(1989, date(1989, 1, 8), date(2019, 4, 30)),
    "令和": Era(2019, date(2019, 5, 1), date.max),
}
SHORT = dict(zip("MTSHR", ERAS, strict=True)) | {name[0]: name for name in ERAS}
"""The letter and the character by which an era is abbreviated."""

FIRST_YEAR = "元"


def day_of_era(era: str, year: str, month: int, day: int) -> date:
    """Return the day that a date of a Japanese era means.

    Parameters
    ----------
    era : str
        Its name, its first character or its letter.
    year : str
        Digits, or 元 for the first year.
    month, day : int

    Raises
    ------
    Misfit
        `date_era`: the day lies outside the era.
    ValueError
        If the calendar has no such day.

    Examples
    --------
    >>> day_of_era("R", "8", 4, 1)
    datetime.date(2026, 4, 1)
    """
    meant = ERAS[SHORT.get(era.upper(), era)]
    number = 1 if year == FIRST_YEAR else int(year)
    found = date(meant.year + number - 1, month, day)
    if not meant.first <= found <= meant.last:
        raise Misfit("date_era")
    return found
