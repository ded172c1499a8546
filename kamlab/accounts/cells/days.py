"""Days without their time, in every form that leaves no doubt which day is meant."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from kamlab.accounts.cells.eras import ERAS, FIRST_YEAR, SHORT, day_of_era
from kamlab.accounts.cells.parsed import Misfit
from kamlab.accounts.cells.reading import DateOrder

SERIALS = (18264, 73050)
"""Excel's count of days from 1950-01-01 to 2099-12-31; other numbers are hardly days."""

_EXCEL_DAY_0 = datetime(1899, 12, 30)
_EXCEL_DAY_0_OF_1904 = datetime(1904, 1, 1)

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_NAMED = [
    re.compile(rf"{_DAY}[\s-]+{_MONTH},?[\s-]+{_YEAR}", re.I),
    re.compile(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}", re.I),
    re.compile(rf"{_YEAR}[\s-]+{_MONTH}[\s-]+{_DAY}", re.I),
]
_ERA = rf"(?P<era>{'|'.join([*ERAS, *SHORT])})\s*(?P<year>[0-9]{{1,2}}|{FIRST_YEAR})"
_OF_ERA = re.compile(
    rf"{_ERA}\s*(?:(?P<mark>[-/.])\s*(?P<month>[0-9]{{1,2}})\s*(?P=mark)\s*(?P<day>[0-9]{{1,2}})"
    r"|年\s*(?P<month_ja>[0-9]{1,2})\s*月\s*(?P<day_ja>[0-9]{1,2})\s*日)",
    re.I,
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})\s*(?:"
    r"(?P<mark>[-/.])\s*(?P<month>[0-9]{1,2})\s*(?P=mark)\s*(?P<day>[0-9]{1,2})"
    r"|年\s*(?P<month_ja>[0-9]{1,2})\s*月\s*(?P<day_ja>[0-9]{1,2})\s*日)"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEAR_LAST = re.compile(
    r"(?P<one>[0-9]{1,2})\s*(?P<mark>[-/.])\s*(?P<two>[0-9]{1,2})\s*(?P=mark)\s*"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
_SHORT_YEAR = re.compile(
    r"'?[0-9]{1,2}\s*(?:(?P<mark>[-/.])\s*[0-9]{1,2}\s*(?P=mark)\s*[0-9]{1,2}"
    r"|年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日)"
)
_NO_DAY = re.compile(
    rf"[0-9]{{4}}\s*(?:[-/]\s*[0-9]{{1,2}}|年度?(?:\s*[0-9]{{1,2}}\s*月度?)?)"
    rf"|{_ERA}\s*(?:年度?(?:\s*[0-9]{{1,2}}\s*月度?)?|[-/.]\s*[0-9]{{1,2}})"
    r"|(?:FY|CY)\s*[0-9]{2,4}|[0-9]{4}\s*Q[1-4]"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?[\s-]+[0-9]{2,4}",
    re.I,
)


def year_first(text: str) -> date | None:
    """Return the day if the year stands first (2026-04-01, 2026/4/1, 2026年4月1日), else None.

    Raises
    ------
    ValueError
        If the calendar has no such day.
    """
    match = _YEAR_FIRST.fullmatch(text)
    return _date(match["year"], *_month_and_day(match)) if match else None


def day_of(text: str, order: DateOrder) -> tuple[date, str]:
    """Return the day that a text means, and the rule by which it was read.

    Parameters
    ----------
    text : str
        Widths unified, without day of the week and time.
    order : {"ymd", "mdy", "dmy"}
        How a date is meant whose year stands last.

    Raises
    ------
    Misfit
        With the reason, if it is no day or leaves a doubt.
    ValueError
        If the calendar has no such day.

    Examples
    --------
    >>> day_of("令和8年4月1日", "ymd")
    (datetime.date(2026, 4, 1), 'era')
    """
    found = year_first(text)
    if found is not None:
        return found, "date_form"
    if match := _COMPACT.fullmatch(text):
        return _date(match["year"], match["month"], match["day"]), "date_form"
    if match := _OF_ERA.fullmatch(text):
        month, day = _month_and_day(match)
        return day_of_era(match["era"], match["year"], int(month), int(day)), "era"
    for form in _NAMED:
        if match := form.fullmatch(text):
            number = MONTHS.index(match["month"][:3].lower()) + 1
            return _date(_whole(match["year"]), str(number), match["day"]), "date_form"
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match, order), "date_order"
    if _SHORT_YEAR.fullmatch(text):
        raise Misfit("date_two_digits")
    raise Misfit("date_no_day" if _NO_DAY.fullmatch(text) else "date")


def moment_of_serial(number: float, epoch_1904: bool) -> datetime:
    """Return the moment that Excel counts as a number of days, to the millisecond.

    Raises
    ------
    Misfit
        `date_serial`: the number lies outside `SERIALS`.

    Examples
    --------
    >>> moment_of_serial(46113.5, epoch_1904=False)
    datetime.datetime(2026, 4, 1, 12, 0)
    """
    first = _EXCEL_DAY_0_OF_1904 if epoch_1904 else _EXCEL_DAY_0
    shift = (first - _EXCEL_DAY_0).days
    if not SERIALS[0] <= number + shift < SERIALS[1] + 1:
        raise Misfit("date_serial")
    return first + timedelta(milliseconds=round(number * 86_400_000))


def _year_last(match: re.Match[str], order: DateOrder) -> date:
    if order == "ymd":
        raise Misfit("date_ambiguous")
    year, one, two = _whole(match["year"]), match["one"], match["two"]
    month, day = (one, two) if order == "mdy" else (two, one)
    if int(month) > 12 >= int(day):
        raise Misfit("date_order")
    return _date(year, month, day)


def _whole(year: str) -> str:
    if len(year) == 2:
        raise Misfit("date_two_digits")
    return year


def _month_and_day(match: re.Match[str]) -> tuple[str, str]:
    return match["month"] or match["month_ja"], match["day"] or match["day_ja"]


def _date(year: str, month: str, day: str) -> date:
    return date(int(year), int(month), int(day))
