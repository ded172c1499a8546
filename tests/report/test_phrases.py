import pandas as pd
import pytest

from kamlab.foundation.language import Text
from kamlab.report.phrases import (
    chance,
    money_range,
    only_row,
    percent,
    points,
    rows_by_term,
    scales_of_table,
    with_range,
)


def row(value, low, high):
    return {"value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, ">99%"), (0.9951, ">99%"), (0.99, "99%"), (0.44, "44%"), (0.01, "1%"), (0.0, "<1%")],
)
def test_a_chance_never_claims_certainty(share, words):
    assert chance(share) == words


def test_shares_and_points():
    assert percent(0.126) == "13%"
    assert (points(0.0705), points(-0.006)) == ("+7.0", "-0.6")


@pytest.mark.parametrize(
    ("numbers", "en", "ja"),
    [
        ((2.27e9, 1.35e9, 3.23e9), "2.27 (1.35 to 3.23) billion JPY", "22.7（13.5〜32.3）億円"),
        (
            (7.191e7, 4.19e7, 1.0e8),
            "71.9 (41.9 to 100.0) million JPY",
            "7,191（4,190〜10,000）万円",
        ),
        ((5e4, -2e3, 1.2e5), "50.0 (-2.0 to 120.0) thousand JPY", "5.00（-0.20〜12.00）万円"),
        ((12.0, 3.4, 20.6), "12.0 (3.4 to 20.6) JPY", "12.0（3.4〜20.6）円"),
        ((-4e6, -8e6, 1e3), "-4.00 (-8.00 to 0.00) million JPY", "-400（-800〜0）万円"),
        ((0.0, 0.0, 0.0), "0.00 (0.00 to 0.00) JPY", "0.00（0.00〜0.00）円"),
    ],
)
def test_an_amount_and_its_limits_have_one_unit_and_the_same_decimals(numbers, en, ja):
    assert money_range(row(*numbers), "value", "low", "high", "JPY") == Text(en, ja)


def test_other_currencies_keep_their_code():
    words = money_range(row(2e6, 1e6, 3e6), "value", "low", "high", "EUR")
    assert words == Text("2.00 (1.00 to 3.00) million EUR", "200（100〜300）万 EUR")


@pytest.mark.parametrize(
    ("amounts", "unit", "numbers"),
    [
        ([1.09e8, 4.2e7], Text("million JPY", "百万円"), "109 (42 to 0)"),
        ([1.09e8, -4.2e6], Text("million JPY", "百万円"), "109.0 (-4.2 to 0.0)"),
        ([3.3e4, 200.0], Text("thousand JPY", "千円"), "33.00 (0.20 to 0.00)"),
        ([12.0, 11.0], Text("JPY", "円"), "12 (11 to 0)"),
        ([0.0, 0.0], Text("JPY", "円"), "0.00 (0.00 to 0.00)"),
    ],
)
def test_amounts_of_a_table_are_written_alike(amounts, unit, numbers):
    scales = scales_of_table(pd.Series(amounts), "JPY")
    assert scales.unit == unit
    assert scales.range({"a": amounts[0], "b": amounts[1], "c": 0.0}, "a", "b", "c").en == numbers


def test_a_range_in_both_languages():
    assert with_range("7", "3", "11") == Text("7 (3 to 11)", "7（3〜11）")


def test_rows_keep_whole_numbers_whole():
    assert only_row(pd.DataFrame({"n": [3], "share": [0.5]})) == {"n": 3, "share": 0.5}
    table = pd.DataFrame({"term": ["a", "b"], "n": [1, 2]})
    assert rows_by_term(table)["b"]["n"] == 2
