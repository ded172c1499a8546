"""Days in every form that leaves no doubt which day is meant."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.dates import parse_date
from kamlab.accounts.cells.eras import SHORT, day_of_era
from kamlab.accounts.cells.parsed import Misfit
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.tables import table

DAY = pd.Timestamp("2026-04-01")


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        ("2026-04-01", ""),
        (datetime(2026, 4, 1), ""),
        (date(2026, 4, 1), ""),
        (DAY, ""),
        ("2026-04-01 ", "spaces"),
        ("2026/4/1", "date_form"),
        ("2026-4-1", "date_form"),
        ("2026.04.01", "date_form"),
        ("2026. 4. 1", "date_form"),
        ("2026年4月1日", "date_form"),
        ("2026年 4月 1日", "date_form"),
        ("２０２６年４月１日", "width+date_form"),
        ("20260401", "date_form"),
        (20260401, "date_form"),
        ("1 Apr 2026", "date_form"),
        ("1st April 2026", "date_form"),
        ("01-APR-2026", "date_form"),
        ("Apr 1, 2026", "date_form"),
        ("Apr. 1 2026", "date_form"),
        ("2026-Apr-01", "date_form"),
        ("令和8年4月1日", "era"),
        ("令和 8年 4月 1日", "era"),
        ("㋿8年4月1日", "width+era"),
        ("令和 8 年 4 月 1 日", "era"),
        ("令8.4.1", "era"),
        ("R8.4.1", "era"),
        ("r8/4/1", "era"),
        ("R08-04-01", "era"),
        ("Ｒ８．４．１", "width+era"),
        ("46113", "serial"),
        (46113, "serial"),
        (46113.0, "serial"),
        ("2026-04-01 (Wed)", "weekday"),
        ("2026-04-01(水)", "weekday"),
        ("2026/4/1（水）", "width+weekday+date_form"),
        ("2026年4月1日水曜日", "weekday+date_form"),
        ("令和8年4月1日(水曜日)", "weekday+era"),
        ("Wednesday, April 1, 2026", "weekday+date_form"),
    ],
)
def test_a_day(read, cell, rules):
    assert read("date", cell) == (DAY, None, rules)


@pytest.mark.parametrize(
    ("cell", "time", "rules"),
    [
        ("2026-04-01 09:30", "09:30:00", ""),
        ("2026-04-01T09:30:05.25", "09:30:05.25", ""),
        (datetime(2026, 4, 1, 9, 30), "09:30:00", ""),
        ("2026-04-01 9:30", "09:30:00", ""),
        ("2026/04/01 09:30:05", "09:30:05", "date_form"),
        ("2026年4月1日9時30分", "09:30:00", "date_form"),
        ("2026年4月1日 9時", "09:00:00", "date_form"),
        ("2026/4/1(水) 10:00", "10:00:00", "weekday+date_form"),
        ("2026-04-01 3:05 PM", "15:05:00", "date_form"),
        ("2026-04-01 12:05 a.m.", "00:05:00", "date_form"),
        ("令和8年4月1日 午後3:05", "15:05:00", "era"),
        ("46113.3958333333", "09:30:00", "serial"),
        (46113.5, "12:00:00", "serial"),
    ],
)
def test_a_time_of_day_is_kept(read, cell, time, rules):
    assert read("date", cell) == (DAY + pd.Timedelta(time), None, rules)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", "date"),
        ("2026-4/1", "date"),
        ("12:30", "date"),
        ("2026-04-01-", "date"),
        ("2026-04-01 水", "date"),
        ("2026-02-30", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("20261301", "date_impossible"),
        ("0000-00-00", "date_impossible"),
        ("2026-04-01 25:00", "date_impossible"),
        ("2026-04-01 13:00 PM", "date_impossible"),
        ("令和8年2月30日", "date_impossible"),
        ("31 Apr 2026", "date_impossible"),
        ("03/04/2026", "date_ambiguous"),
        ("25/12/2026", "date_ambiguous"),
        ("3.4.26", "date_ambiguous"),
        ("26/4/1", "date_two_digits"),
        ("8年4月1日", "date_two_digits"),
        ("1-Apr-26", "date_two_digits"),
        ("2026年4月", "date_no_day"),
        ("2026/04", "date_no_day"),
        ("2026-04", "date_no_day"),
        ("令和8年4月", "date_no_day"),
        ("2026年", "date_no_day"),
        ("2026年度", "date_no_day"),
        ("Apr 2026", "date_no_day"),
        ("FY2026", "date_no_day"),
        ("1234", "date_serial"),
        (1950, "date_serial"),
        ("18263", "date_serial"),
        ("73051", "date_serial"),
        ("-46113", "date_serial"),
        ("平成31年5月1日", "date_era"),
        ("令和元年4月30日", "date_era"),
        ("令和0年4月1日", "date_era"),
        ("明治5年12月2日", "date_era"),
        ("2026/4/1(木)", "date_weekday"),
        ("2026-04-01 (Thu)", "date_weekday"),
        ("Thursday, April 1, 2026", "date_weekday"),
        ("2026-04-01T09:30:00Z", "date_zone"),
        ("2026-04-01 09:30:00+09:00", "date_zone"),
        (pd.Timestamp("2026-04-01", tz="Asia/Tokyo"), "date_zone"),
        ("2026年4月①日", "odd_digit"),
        ("#VALUE!", "excel_error"),
        *((word, None) for word in ("", None)),
    ],
)
def test_what_leaves_a_doubt_is_told(read, cell, reason):
    assert read("date", cell) == (None, reason, "")


@pytest.mark.parametrize("word", ["-", "未定", "不明", "#N/A", "\u3000"])
def test_a_word_for_no_day_is_missing_and_logged(read, word):
    assert read("date", word) == (None, None, "blank_word")


def test_a_day_that_stands_for_never_is_declared(read):
    declared = {"blank": frozenset({"9999-12-31", "0000-00-00"})}
    assert read("date", "9999-12-31", **declared) == (None, None, "blank_word")
    assert read("date", "0000-00-00", **declared) == (None, None, "blank_word")
    typed = pd.Series(pd.to_datetime(["9999-12-31", "2026-04-01"]).astype("datetime64[us]"))
    converted = convert(table("survey")["answered_on"], typed, Reading(**declared))
    assert converted.values.isna().tolist() == [True, False]
    assert converted.changes.to_dict() == {0: "blank_word"}


@pytest.mark.parametrize(
    ("order", "cell", "value", "reason"),
    [
        ("dmy", "03/04/2026", "2026-04-03", None),
        ("mdy", "03/04/2026", "2026-03-04", None),
        ("dmy", "3.4.2026", "2026-04-03", None),
        ("dmy", "25-12-2026", "2026-12-25", None),
        ("mdy", "4/1/2026 9:30 PM", "2026-04-01 21:30", None),
        ("mdy", "25/12/2026", None, "date_order"),
        ("dmy", "12/25/2026", None, "date_order"),
        ("dmy", "13/13/2026", None, "date_impossible"),
        ("dmy", "31/02/2026", None, "date_impossible"),
        ("dmy", "3.4.26", None, "date_two_digits"),
    ],
)
def test_day_and_month_in_the_order_declared(read, order, cell, value, reason):
    rules = "" if reason else "date_order"
    expected = None if value is None else pd.Timestamp(value)
    assert read("date", cell, date_order=order) == (expected, reason, rules)


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_a_year_in_front_is_clear_in_any_order(read, order):
    assert read("date", "2026-04-01", date_order=order) == (DAY, None, "")
    assert read("date", "2026/4/1", date_order=order) == (DAY, None, "date_form")


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("2026-03-31T15:30:00Z", "2026-04-01 00:30", "timezone"),
        ("2026-03-31 15:30:00.000+00:00", "2026-04-01 00:30", "timezone"),
        ("2026-03-31T10:30:00-0500", "2026-04-01 00:30", "timezone"),
        ("2026/04/01 00:30 JST", "2026-04-01 00:30", "date_form+timezone"),
        (pd.Timestamp("2026-03-31 15:30", tz="UTC"), "2026-04-01 00:30", "timezone"),
        ("2026-04-01 00:30", "2026-04-01 00:30", ""),
    ],
)
def test_a_time_with_a_zone_becomes_the_local_time_declared(read, cell, value, rules):
    declared = {"timezone": "Asia/Tokyo"}
    assert read("date", cell, **declared) == (pd.Timestamp(value), None, rules)


def test_daylight_saving_counts(read):
    summer = read("date", "2026-07-01T12:00:00Z", timezone="Europe/Berlin")
    winter = read("date", "2026-01-01T12:00:00Z", timezone="Europe/Berlin")
    assert (summer[0].hour, winter[0].hour) == (14, 13)


def test_a_typed_column_with_a_zone():
    column = table("survey")["answered_on"]
    aware = pd.Series(pd.to_datetime(["2026-03-31 15:30", None]).tz_localize("UTC"), index=[7, 8])
    told = convert(column, aware)
    assert (told.misfits, len(told.changes)) == ({0: "date_zone"}, 0)
    assert told.values.isna().all()
    assert told.values.index.tolist() == [7, 8]
    local = convert(column, aware, Reading(timezone="Asia/Tokyo"))
    assert local.values.iloc[0] == pd.Timestamp("2026-04-01 00:30")
    assert local.values.dtype == "datetime64[us]"
    assert local.changes.to_dict() == {0: "timezone"}


def test_workbooks_that_count_from_1904(read):
    assert read("date", "44651", epoch_1904=True) == (DAY, None, "serial")
    assert read("date", 44651.5, epoch_1904=True) == (DAY + pd.Timedelta("12h"), None, "serial")
    assert read("date", "73050", epoch_1904=True)[1] == "date_serial"


@pytest.mark.parametrize("serial", [18264, 25569, 36526, 46113, 73050])
def test_serials_are_counted_as_excel_does(read, serial):
    """Excel holds 1900 for a leap year, so that from March 1900 its day 1 is 1899-12-31."""
    expected = datetime(1899, 12, 30) + timedelta(days=serial)
    assert read("date", str(serial)) == (pd.Timestamp(expected), None, "serial")


# First day, last day and name of each era as the government's notices have them.
BY_HAND = [
    (date(1873, 1, 1), date(1912, 7, 30), "明治", "M", 1867),
    (date(1912, 7, 30), date(1926, 12, 25), "大正", "T", 1911),
    (date(1926, 12, 25), date(1989, 1, 7), "昭和", "S", 1925),
    (date(1989, 1, 8), date(2019, 4, 30), "平成", "H", 1988),
    (date(2019, 5, 1), date(2040, 12, 31), "令和", "R", 2018),
]


@pytest.mark.parametrize(("first", "last", "name", "letter", "before"), BY_HAND)
def test_every_day_of_every_era(first, last, name, letter, before):
    """Each day within 400 days of an era, and it alone, belongs to the era."""
    day = first - timedelta(days=400)
    while day <= min(last + timedelta(days=400), date(2040, 12, 31)):
        year = day.year - before
        if first <= day <= last:
            for era in (name, letter, name[0]):
                assert day_of_era(era, str(year), day.month, day.day) == day
            if year == 1:
                assert day_of_era(name, "元", day.month, day.day) == day
        else:
            with pytest.raises(Misfit, match="date_era"):
                day_of_era(name, str(year), day.month, day.day)
        day += timedelta(days=1)


def test_each_era_has_a_letter_and_a_character():
    assert {SHORT[letter] for _, _, _, letter, _ in BY_HAND} == {era[2] for era in BY_HAND}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-01", datetime(2026, 4, 1)),
        ("2026/4/1 9:30", datetime(2026, 4, 1, 9, 30)),
        ("2026年4月1日", datetime(2026, 4, 1)),
        ("2026-04-01T09:30:05.25", datetime(2026, 4, 1, 9, 30, 5, 250_000)),
    ],
)
def test_parse_date_takes_the_plain_forms_alone(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text", ["46113", "20260401", "令和8年4月1日", "2026.4.1", "2026-02-30", "x"]
)
def test_parse_date_refuses_the_rest(text):
    with pytest.raises(Misfit, match="date"):
        parse_date(text)
