"""How people write one and the same value in different ways."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from tools.messy_export.page import Cell

ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
)
WIDE = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
WEEKDAYS = "月火水木金土日"


def wide(text: object) -> str:
    """Return text with full-width digits."""
    return str(text).translate(WIDE)


def era_day(day: date) -> str:
    """Return a day with the Japanese era: 平成元年4月1日."""
    name, _, year = _era(day)
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def era_short(day: date) -> str:
    """Return a day with the letter of the era: R8.4.1."""
    _, letter, year = _era(day)
    return f"{letter}{year}.{day.month}.{day.day}"


def slashes(day: date) -> str:
    """Return a day as a spreadsheet shows it: 2026/4/1."""
    return f"{day.year}/{day.month}/{day.day}"


def with_weekday(day: date) -> str:
    """Return a day with the weekday behind it: 2026/4/1（水）."""
    return f"{slashes(day)}（{WEEKDAYS[day.weekday()]}）"


def dashes(day: date) -> str:
    """Return a day as a database writes it."""
    return day.isoformat()


def typed(day: date) -> date:
    """Leave a day to Excel."""
    return day


def triangle(number: float) -> str:
    """Return a number with thousands separators, and ▲ when it is negative."""
    return f"{'▲' if number < 0 else ''}{abs(number):,.0f}"


def day_of(stamp: object) -> date:
    """Return the day of a timestamp."""
    return pd.Timestamp(str(stamp)).date()


def moment_of(stamp: object, minute: int) -> datetime:
    """Return a timestamp at so many minutes after nine."""
    return (pd.Timestamp(str(stamp)) + pd.Timedelta(hours=9, minutes=minute)).to_pydatetime()


def whole(number: float) -> Cell:
    """Return a number as Excel holds it: whole where it is whole, missing as an empty cell."""
    if np.isnan(number):
        return None
    return int(number) if float(number).is_integer() else round(float(number), 6)


def _era(day: date) -> tuple[str, str, int]:
    start, name, letter = next(era for era in ERAS if day >= era[0])
    return name, letter, day.year - start.year + 1
