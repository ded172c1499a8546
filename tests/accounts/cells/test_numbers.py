"""Numbers as people type them: read where there is one meaning, told where there is not."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.cells.numbers import all_times, times
from kamlab.accounts.cells.reading import Reading
from kamlab.accounts.tables import table

AMOUNT = table("transactions")["amount"]


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("1234", 1234, ""),
        ("-1234.5", -1234.5, ""),
        ("+5", 5, ""),
        (".5", 0.5, ""),
        ("5.", 5, ""),
        ("1e6", 1e6, ""),
        (" 1e6", 1e6, "spaces"),
        ("0012", 12, ""),
        (1234, 1234, ""),
        (0.1, 0.1, ""),
        (" 7 ", 7, "spaces"),
        ("\u3000" + "7", 7, "spaces"),
        ("\u200b7\ufeff", 7, "invisible"),
        ("\u00a07", 7, "invisible+spaces"),
        ("\uff11\uff12", 12, "width"),
        ("\uff11\uff0c\uff12\uff13\uff14", 1234, "separators+width"),
        ("1,234", 1234, "separators"),
        ("1,234,567.5", 1234567.5, "separators"),
        ("-1,234", -1234, "separators"),
        ("\uff0d500", -500, "width"),
        ("−500", -500, "negative"),
        ("‐500", -500, "negative"),
        ("–500", -500, "negative"),
        ("▲500", -500, "negative"),
        ("△ 500", -500, "negative"),
        ("▲1,234", -1234, "separators+negative"),
        ("(1,234)", -1234, "separators+negative"),
        ("（500）", -500, "width+negative"),
        ("1,234-", -1234, "separators+negative"),
        ("▲0", 0, "negative"),
    ],
)
@pytest.mark.parametrize("kind", ["number", "money"])
def test_a_number_has_one_meaning(read, kind, cell, value, rules):
    assert read(kind, cell) == (value, None, rules)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", None),
        ("abc", "number"),
        ("千円", "number"),
        ("1 234", "number"),
        ("1\u00a0234", "number"),
        ("--5", "number"),
        ("(-5)", "number"),
        ("(5", "number"),
        ("5)", "number"),
        ("▲(5)", "number"),
        ("▼500", "number"),
        ("1_000", "number"),
        ("٣٤", "number"),
        ("三百", "number"),
        ("35%", "number"),
        ("5人分", "number"),
        ("500(税込)", "number"),
        ("inf", "number"),
        ("1e999", "infinite"),
        ("1,234.-", "number"),
        ("1,23", "number_comma"),
        ("0,123", "number_comma"),
        ("1,2345", "number_comma"),
        ("12,34,567", "number_comma"),
        ("1.234,56", "number_comma"),
        ("1.234.567", "number_comma"),
        (",5", "number_comma"),
        ("約120", "number_about"),
        ("およそ 1,200", "number_about"),
        ("120以上", "number_about"),
        ("120名程度", "number_about"),
        ("100～200", "number_about"),
        ("100〜200", "number_about"),
        ("100-200", "number_about"),
        ("100から200", "number_about"),
        ("120+", "number_about"),
        (">120", "number_about"),
        ("about 50", "number_about"),
        ("10²", "odd_digit"),
        ("①", "odd_digit"),
        ("⑴", "odd_digit"),
        ("½", "odd_digit"),
        ("#REF!", "excel_error"),
        (" #DIV/0! ", "excel_error"),
        (True, "number"),
    ],
)
@pytest.mark.parametrize("kind", ["number", "money"])
def test_what_has_no_or_two_meanings_is_told(read, kind, cell, reason):
    assert read(kind, cell) == (None, reason, "")


NOTHING = "- － — ― ー n/a NA Null nan #N/A 不明 未回答 該当なし"


@pytest.mark.parametrize("word", [*NOTHING.split(), " 未定 ", "\u3000", "  "])
@pytest.mark.parametrize("kind", ["number", "money", "share", "rating", "integer"])
def test_a_word_for_no_value_is_missing_and_logged(read, kind, word):
    assert read(kind, word) == (None, None, "blank_word")


@pytest.mark.parametrize("kind", ["integer", "number", "rating"])
@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("120名", 120, "counter"),
        ("5 点", 5, "counter"),
        ("1,200社", 1200, "separators+counter"),
        ("３回", 3, "width+counter"),
    ],
)
def test_a_word_of_counting_is_taken_off(read, kind, cell, value, rules):
    assert read(kind, cell) == (value, None, rules)


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("integer", "3.5", "integer"),
        ("integer", "FY2026", "integer"),
        ("integer", "(3)", "integer"),
        ("integer", "1万人", "integer"),
        ("integer", "約120名", "number_about"),
        ("rating", "(1)", "number"),
        ("rating", "5 / 7", "number"),
        ("share", "3割", "share"),
        ("share", "(5%)", "share"),
        ("share", "5人", "share"),
        ("money", "5人", "number"),
    ],
)
def test_what_a_type_does_not_allow(read, kind, cell, reason):
    assert read(kind, cell) == (None, reason, "")


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("0.35", 0.35, ""),
        ("35", 35, ""),
        ("35%", 0.35, "percent"),
        ("35 ％", 0.35, "width+percent"),
        ("99.9%", 0.999, "percent"),
        ("-5%", -0.05, "percent"),
        ("35percent", 0.35, "percent"),
    ],
)
def test_percent_is_divided_only_where_the_cell_says_so(read, cell, value, rules):
    assert read("share", cell) == (value, None, rules)


def test_a_share_in_percent_is_divided_where_the_user_says_so(read):
    assert read("share", "35", scale=0.01) == (0.35, None, "scaled")
    assert read("share", 35.5, scale=0.01) == (0.355, None, "scaled")
    assert read("share", "35%", scale=0.01) == (0.35, None, "percent")


@pytest.mark.parametrize("number", [0.0, 1.0, -3.0, 1.005, 0.1, 2.675, 1e-7, 123456789.123, -1.1])
@pytest.mark.parametrize("factor", [0.01, 1.0, 12.0, 1e3, 1e4, 1e6, 1e8, -1.0, -1e3])
def test_multiplying_is_done_on_decimals(number, factor):
    exact = Fraction(repr(number)) * Fraction(repr(factor))
    assert times(number, factor) == float(exact)
    assert all_times(np.array([number, np.nan]), factor)[0] == float(exact)


def test_typed_numbers_are_scaled_as_their_text_is():
    numbers = [1.005, 0.1, 7.0, -2.675, np.nan, 1e-3]
    texts = pd.Series(["" if np.isnan(number) else repr(number) for number in numbers])
    for cells in (pd.Series(numbers), pd.Series(numbers, dtype=object), texts):
        converted = convert(AMOUNT, cells, Reading(scale=1000))
        assert converted.values.tolist()[:4] == [1005, 100, 7000, -2675]
        assert converted.changes.to_dict() == dict.fromkeys([0, 1, 2, 3, 5], "scaled")


def test_a_scaled_count_must_be_whole():
    employees = table("accounts")["employees"]
    for cells in (pd.Series([1.2, 1.2345]), pd.Series(["1.2", "1.2345"])):
        converted = convert(employees, cells, Reading(scale=1000))
        assert converted.values.tolist()[0] == 1200
        assert converted.misfits == {1: "integer"}
        assert converted.changes.to_dict() == {0: "scaled"}


def test_a_number_that_means_no_answer_is_declared(read):
    declared = {"blank": frozenset({"9", "９９"})}
    for cell in ("9", 9, 9.0, "９", " 99 "):
        assert read("rating", cell, **declared) == (None, None, "blank_word")
    assert read("rating", "7", **declared) == (7, None, "")
    typed = convert(table("accounts")["buyer_ties"], pd.Series([9.0, 7.0]), Reading(**declared))
    assert typed.values.isna().tolist() == [True, False]
    assert typed.changes.to_dict() == {0: "blank_word"}


def test_words_of_a_scale_are_declared(read):
    declared = {"values": {"そう思う": "6", "非常にそう思う": "7"}}
    assert read("rating", "そう思う", **declared) == (6, None, "own_word")
    assert read("rating", " そう 思う", **declared) == (6, None, "own_word")
    assert read("rating", "思わない", **declared) == (None, "number", "")
