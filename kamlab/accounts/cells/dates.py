"""Dates as people and systems write them: with day of the week, time of day and time zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kamlab.accounts.cells.days import day_of, moment_of_serial, year_first
from kamlab.accounts.cells.parsed import Misfit, Parsed, joined
from kamlab.accounts.cells.reading import AS_DECLARED, Reading
from kamlab.accounts.cells.text import clean_digits

_TIME = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
_ISO = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_TIME}")
_SLASHED = re.compile(rf"[0-9]{{4}}/[0-9]{{2}}/[0-9]{{2}}{_TIME}")
_COUNT = re.compile(r"[+-]?[0-9]{1,7}(?:\.[0-9]*)?|[+-]?[0-9]{9,}|[+-]?[0-9]*\.[0-9]+")
_CLOCK = (
    r"(?P<half>午前|午後|[AP]M)?\s*(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"|時(?:\s*(?P<minute_ja>[0-9]{1,2})分(?:\s*(?P<second_ja>[0-9]{1,2})秒)?)?)"
    r"\s*(?P<half_after>[AP]\.?M\.?)?\s*(?P<zone>Z|UTC|GMT|JST|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_WEEKDAY_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_WEEKDAY = rf"\(\s*(?:[月火水木金土日](?:曜日?)?|{_WEEKDAY_EN})\s*\)|[月火水木金土日]曜日?"
_WHOLE = re.compile(
    rf"(?:(?P<front>{_WEEKDAY_EN}),?\s+)?(?P<day>.+?)\s*(?P<weekday>{_WEEKDAY})?"
    rf"(?:(?:\s*T|\s+|(?<=[日)]))\s*{_CLOCK})?",
    re.I,
)
_YEAR_FIRST = re.compile(
    r"(?P<day>[0-9]{4}[^.]*?)(?:[T ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?)?"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS_JA = "月火水木金土日"


def parse_date(text: str) -> datetime:
    """Read a day, with or without a time, written as 2026-04-01, 2026/4/1 or 2026年4月1日.

    Raises
    ------
    Misfit
        If it is written otherwise.

    Examples
    --------
    >>> parse_date("2026年4月1日 9:30")
    datetime.datetime(2026, 4, 1, 9, 30)
    """
    plain, _ = clean_digits(text)
    match = _YEAR_FIRST.fullmatch(plain)
    try:
        day = year_first(match["day"]) if match else None
        if match and day:
            return datetime.combine(day, _time(match.groupdict()))
    except ValueError:
        raise Misfit("date_impossible") from None
    raise Misfit("date")


def date_parser(reading: Reading = AS_DECLARED) -> Callable[[str], Parsed]:
    """Return what reads the cells of a column of dates.

    Parameters
    ----------
    reading : Reading

    Returns
    -------
    function of str
        Gives `Parsed` with a datetime without zone, or raises `Misfit`.

    Raises
    ------
    ZoneInfoNotFoundError
        If there is no time zone of the name `reading.timezone`.

    Examples
    --------
    >>> date_parser()("R8.4.1（水）")
    Parsed(value=datetime.datetime(2026, 4, 1, 0, 0), rules='width+weekday+era')
    """
    home = ZoneInfo(reading.timezone) if reading.timezone else None

    def parse(text: str) -> Parsed:
        try:
            if _ISO.fullmatch(text):
                return Parsed(datetime.fromisoformat(text))
            if _SLASHED.fullmatch(text):
                return Parsed(datetime.fromisoformat(text.replace("/", "-")), "date_form")
            plain, rules = clean_digits(text)
            if _COUNT.fullmatch(plain):
                moment = moment_of_serial(float(plain), reading.epoch_1904)
                return Parsed(moment, joined(rules, "serial"))
            moment, written = _moment(plain, reading, home)
            return Parsed(moment, joined(rules, written))
        except Misfit:
            raise
        except (ValueError, OverflowError):
            raise Misfit("date_impossible") from None

    return parse


def _moment(plain: str, reading: Reading, home: ZoneInfo | None) -> tuple[datetime, str]:
    match = _WHOLE.fullmatch(plain)
    if match is None:
        raise Misfit("date")
    day, rule = day_of(match["day"], reading.date_order)
    weekday = match["weekday"] or match["front"]
    if weekday and day.weekday() != _number(weekday):
        raise Misfit("date_weekday")
    moment = datetime.combine(day, _time(match.groupdict()))
    zone = match["zone"]
    if zone:
        moment = _at_home(moment, zone, home)
    other_form = not _ISO.fullmatch(match["day"]) or _clock_in_words(match)
    return moment, joined(
        "weekday" if weekday else "",
        rule if other_form else "",
        "timezone" if zone else "",
    )


def _clock_in_words(match: re.Match[str]) -> bool:
    return any(match[name] for name in ("half", "half_after")) or "時" in match[0]


def _number(weekday: str) -> int:
    bare = weekday.strip("( ")
    if bare[0] in _WEEKDAYS_JA:
        return _WEEKDAYS_JA.index(bare[0])
    return _WEEKDAYS.index(bare[:3].lower())


def _time(part: dict[str, str | None]) -> time:
    """Return the time of day that a match names; midnight if it names none."""
    if part["hour"] is None:
        return time()
    hour = int(part["hour"])
    half = (part.get("half") or part.get("half_after") or "").upper().replace(".", "")
    if half:
        if hour > 12:
            raise Misfit("date_impossible")
        hour = hour % 12 + (12 if half in ("PM", "午後") else 0)
    minute = part["minute"] or part.get("minute_ja") or 0
    second = part["second"] or part.get("second_ja") or 0
    fraction = (part["fraction"] or "")[:6].ljust(6, "0")
    return time(hour, int(minute), int(second), int(fraction))


def _at_home(moment: datetime, zone: str, home: ZoneInfo | None) -> datetime:
    if home is None:
        raise Misfit("date_zone")
    return (
        (moment - _ahead(zone))
        .replace(tzinfo=ZoneInfo("UTC"))
        .astimezone(home)
        .replace(tzinfo=None)
    )


def _ahead(zone: str) -> timedelta:
    """Return by how much a zone is ahead of Greenwich."""
    if zone.upper() == "JST":
        return timedelta(hours=9)
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return size if zone[0] == "+" else -size
