"""What holds of every cell, not only of those that somebody thought of."""

import math
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.numbers import NUMERIC, bare_numbers, number_parser
from kamlab.accounts.cells.parsed import Misfit
from kamlab.accounts.cells.reading import Reading
from tests.accounts.cells.conftest import COLUMNS

FULL_WIDTH = str.maketrans("0123456789,.-+", "０１２３４５６７８９，．－＋")
NEGATIVE_MARKS = ["▲{}", "△{}", "▲ {}", "−{}", "‐{}", "({})", "{}-"]
SCALES = [0.01, 1e3, 1e4, 1e6, 1e8]
ERAS = [("明治", "M", 1867), ("大正", "T", 1911), ("昭和", "S", 1925), ("平成", "H", 1988),
        ("令和", "R", 2018)]  # fmt: skip
ERA_ENDS = [date(1912, 7, 29), date(1926, 12, 24), date(1989, 1, 7), date(2019, 4, 30)]
WEEKDAYS = "月火水木金土日"

# What people type, and pieces of it in any order.
PIECES = st.sampled_from([
    "0", "1", "12", "123", "1234", ",", ".", "-", "+", "e6", "¥", "￥", "$", "円", "千円", "百万円",
    "億", "k", "M", "%", "％", "▲", "△", "−", "(", ")", "（", "）", "名", "点", "約", "以上", "～",
    "令和", "R", "8", "年", "4", "月", "1", "日", "/", "2026", "2026-04-01", "20260401", "46113",
    "(水)", "Apr", "T", "Z", "+09:00", "9:30", "午後", "○", "×", "はい", "未", "不明", "n/a",
    "#N/A", "#REF!", "none", "accepted", "承諾", "\u200b", "\u00a0", "\u3000", " ", "①", "²", "A-",
])  # fmt: skip
TYPED = st.one_of(st.lists(PIECES, max_size=5).map("".join), st.text(max_size=8), PIECES)
WHOLE = st.integers(-(10**14), 10**14)
DECIMALS = st.decimals(-(10**9), 10**9, places=3).map(lambda number: f"{number:f}")
DAYS = st.dates(date(1873, 1, 1), date(2099, 12, 31))
READINGS = st.builds(
    Reading,
    scale=st.sampled_from([1.0, *SCALES]),
    blank=st.sampled_from([frozenset(), frozenset({"9", "12"})]),
    values=st.sampled_from([{}, {"1": "1", "○": "accepted"}]),
    date_order=st.sampled_from(["ymd", "mdy", "dmy"]),
    timezone=st.sampled_from(["", "Asia/Tokyo"]),
    epoch_1904=st.booleans(),
    currency=st.sampled_from(["JPY", "USD"]),
    unit_declared=st.booleans(),
)

thorough = settings(max_examples=300, deadline=None, derandomize=True)


def read(kind, cell, **declared):
    converted = convert(COLUMNS[kind], pd.Series([cell], dtype=object), Reading(**declared))
    return converted.values.iloc[0], converted.misfits.get(0), converted.changes.get(0, "")


@thorough
@given(st.sampled_from(list(COLUMNS)), st.lists(TYPED, max_size=6), READINGS)
def test_each_cell_is_read_as_if_alone_and_never_both_refused_and_changed(kind, cells, reading):
    column = COLUMNS[kind]
    together = convert(column, pd.Series(cells, dtype=object), reading)
    assert len(together.values) == len(cells)
    assert not set(together.misfits) & set(together.changes.index)
    assert together.values.iloc[list(together.misfits)].isna().all()
    for at, cell in enumerate(cells):
        alone = convert(column, pd.Series([cell], dtype=object), reading)
        assert alone.misfits.get(0) == together.misfits.get(at)
        assert alone.changes.get(0) == together.changes.get(at)
        first, second = alone.values.iloc[0], together.values.iloc[at]
        assert (pd.isna(first) and pd.isna(second)) or first == second


@thorough
@given(st.sampled_from(list(COLUMNS)), TYPED, READINGS)
def test_no_filled_cell_goes_missing_without_a_word(kind, cell, reading):
    converted = convert(COLUMNS[kind], pd.Series([cell], dtype=object), reading)
    if cell and converted.values.isna().iloc[0]:
        assert converted.misfits or converted.changes.get(0) in ("blank_word", "own_word")


@thorough
@given(st.sampled_from([kind for kind in COLUMNS if kind != "text"]), TYPED, READINGS)
def test_what_was_read_reads_the_same_again_without_a_change(kind, cell, reading):
    column = COLUMNS[kind]
    first = convert(column, pd.Series([cell], dtype=object), reading).values
    again = convert(column, first)
    pd.testing.assert_series_equal(again.values, first)
    assert len(again.changes) == len(again.misfits) == 0


@thorough
@given(st.lists(TYPED, max_size=6), st.sampled_from(NUMERIC), READINGS)
def test_numbers_read_together_are_those_read_one_by_one(texts, kind, reading):
    together = bare_numbers(texts, kind, reading)
    parse = number_parser(kind, reading)
    known = [text for text, each in zip(texts, together.known, strict=True) if each]
    assert [parse(text) for text in known] == list(
        zip(together.numbers.tolist(), together.rules, strict=True)
    )


@thorough
@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["number", "money"]))
def test_a_number_written_plainly_is_itself(number, kind):
    assert read(kind, repr(number)) == (number, None, "")
    assert read(kind, number) == (number, None, "")


@thorough
@given(WHOLE)
def test_thousands_separators_change_nothing_but_the_form(number):
    value, reason, rules = read("integer", f"{number:,}")
    assert (value, reason) == (number, None)
    assert rules == ("separators" if abs(number) >= 1000 else "")


@thorough
@given(st.integers(10**3, 10**12), st.sets(st.integers(1, 12), min_size=1))
def test_separators_elsewhere_than_after_three_digits_are_refused(number, places):
    digits = str(number)
    grouped = f"{number:,}"
    cuts = [0, *sorted(place for place in places if place < len(digits)), len(digits)]
    text = ",".join(digits[a:b] for a, b in pairwise(cuts))
    expected = number if text in (grouped, digits) else None
    value, reason, _ = read("money", text)
    assert (value == expected) if expected is not None else (reason == "number_comma")


@thorough
@given(DECIMALS, st.sampled_from(SCALES))
def test_a_scaled_cell_is_the_exact_product(text, scale):
    value, reason, rules = read("money", text, scale=scale)
    assert value == float(Fraction(text) * Fraction(repr(scale)))
    assert (reason, rules) == (None, "scaled")
    assert value / scale == pytest.approx(float(text), rel=1e-15)
    typed = read("money", float(text), scale=scale)
    assert typed == (value, None, "scaled")


@thorough
@given(DECIMALS, st.sampled_from(NEGATIVE_MARKS))
def test_every_mark_of_a_negative_number_is_a_minus(text, mark):
    bare = text.removeprefix("-")
    value, reason, rules = read("money", mark.format(bare))
    assert (value, reason, rules) == (-float(bare), None, "negative")
    assert math.copysign(1, value) == 1 or value < 0


@thorough
@given(DECIMALS)
def test_full_width_digits_are_digits(text):
    assert read("money", text.translate(FULL_WIDTH)) == (float(text), None, "width")


@thorough
@given(st.decimals(0, 100, places=2).map(lambda number: f"{number:f}"))
def test_percent_is_a_hundredth(text):
    assert read("share", f"{text}%") == (float(Fraction(text) / 100), None, "percent")


@thorough
@given(st.text().filter(str.strip))
def test_text_is_never_changed(text):
    value, reason, rules = read("text", text)
    assert (value == text and not reason and not rules) or reason == "excel_error"


@thorough
@given(DAYS)
def test_a_day_is_the_same_in_every_form(day):
    name, letter, before = ERAS[sum(day > end for end in ERA_ENDS)]
    year = day.year - before
    expected = pd.Timestamp(day)
    plain = day.isoformat()
    assert read("date", plain) == (expected, None, "")
    assert read("date", datetime(day.year, day.month, day.day)) == (expected, None, "")
    forms = {
        f"{day.year}/{day.month}/{day.day}": "date_form",
        f"{day:%Y%m%d}": "date_form",
        f"{day.year}年{day.month}月{day.day}日": "date_form",
        f"{plain} ({WEEKDAYS[day.weekday()]})": "weekday",
        f"{name}{year}年{day.month}月{day.day}日": "era",
        f"{letter}{year}.{day.month}.{day.day}": "era",
        f"{letter}{year:02}/{day.month:02}/{day.day:02}": "era",
    }
    for form, rules in forms.items():
        assert read("date", form) == (expected, None, rules), form
    assert read("date", f"{day.day}/{day.month}/{day.year}", date_order="dmy")[0] == expected
    assert read("date", f"{day.month}/{day.day}/{day.year}", date_order="mdy")[0] == expected
    wrong = WEEKDAYS[(day.weekday() + 1) % 7]
    assert read("date", f"{plain} ({wrong})")[1] == "date_weekday"


@thorough
@given(st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)), st.booleans())
def test_a_serial_number_is_the_day_that_excel_shows(moment, epoch_1904):
    moment = moment.replace(microsecond=0)
    first = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)
    serial = (moment - first).total_seconds() / 86_400
    for cell in (serial, repr(serial)):
        expected = (pd.Timestamp(moment), None, "serial")
        assert read("date", cell, epoch_1904=epoch_1904) == expected


@thorough
@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)))
def test_a_written_moment_is_itself(moment):
    for text in (moment.isoformat(), moment.isoformat(sep=" ")):
        assert read("date", text) == (pd.Timestamp(moment), None, "")
    slashed = text.replace("-", "/")
    assert read("date", slashed) == (pd.Timestamp(moment), None, "date_form")
    assert read("date", f"{slashed[:10]}  {slashed[11:]}") == read("date", slashed)


@pytest.mark.parametrize("kind", COLUMNS)
def test_the_index_of_the_cells_is_kept_and_changes_count_positions(kind):
    cells = pd.Series(["?!", " 1 ", "", None, " 1 "], index=["a", "b", "b", "c", "d"], dtype=object)
    converted = convert(COLUMNS[kind], cells)
    assert converted.values.index.tolist() == cells.index.tolist()
    assert {*converted.misfits, *converted.changes.index} <= set(range(5))
    assert converted.changes.dtype == object


def test_a_misfit_is_named_once_per_cell():
    cells = pd.Series(["about 5", "7", "about 5"])
    assert convert(COLUMNS["money"], cells).misfits == {0: "number_about", 2: "number_about"}
    with pytest.raises(Misfit, match="number_about"):
        number_parser("money")("about 5")
    assert np.isnan(convert(COLUMNS["money"], cells).values.iloc[0])
