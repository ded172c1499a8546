"""Yes and no, categories, identifiers and text."""

import pytest

YES = "はい ○ 〇 ◯ 有 あり レ ✓ ✔ 済 可 該当 対象 1 Yes Y on T"
NO = "いいえ × ✕ 無 なし 未 否 不可 非該当 対象外 0 No n off f"


@pytest.mark.parametrize(
    ("word", "value"),
    [*((word, True) for word in YES.split()), *((word, False) for word in NO.split())],
)
def test_words_for_yes_and_no(read, word, value):
    assert read("boolean", word) == (value, None, "yes_no")


@pytest.mark.parametrize(("cell", "value"), [("TRUE", True), ("false", False), (True, True)])
def test_true_and_false_are_plain(read, cell, value):
    assert read("boolean", cell) == (value, None, "")


@pytest.mark.parametrize(
    ("cell", "value"), [(1, True), (0.0, False), ("１", True), ("✔\ufe0f", True)]
)
def test_other_ways_to_say_it(read, cell, value):
    assert read("boolean", cell)[:2] == (value, None)


@pytest.mark.parametrize("word", ["◎", "△", "x", "X", "●", "maybe", "2", "?", "検討中"])
def test_what_may_mean_either_is_told(read, word):
    assert read("boolean", word) == (None, "boolean", "")
    assert read("boolean", "①") == (None, "odd_digit", "")


@pytest.mark.parametrize("kind", ["boolean", "category"])
@pytest.mark.parametrize("word", ["-", "不明", "該当なし", "N/A", "#N/A", " ", "空白"])
def test_a_word_for_no_value_is_missing_and_logged(read, kind, word):
    assert read(kind, word) == (None, None, "blank_word")


def test_words_that_the_user_declares(read):
    declared = {"values": {"●": "TRUE", "契約中": "はい", "解約": "FALSE"}}
    assert read("boolean", "●", **declared) == (True, None, "own_word")
    assert read("boolean", " 契約中", **declared) == (True, None, "own_word")
    assert read("boolean", "解約", **declared) == (False, None, "own_word")
    assert read("boolean", "○", **declared) == (True, None, "yes_no")
    assert read("category", "OK", values={"ok": "accepted"}) == ("accepted", None, "own_word")
    assert read("category", "承諾", values={"ok": "accepted"}) == ("accepted", None, "label")


def test_a_declared_word_must_mean_a_value(read):
    assert read("category", "OK", values={"OK": "great"}) == (None, "category", "")
    assert read("boolean", "OK", values={"OK": "great"}) == (None, "boolean", "")


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("accepted", "accepted", ""),
        (" accepted", "accepted", "spaces"),
        ("Accepted", "accepted", "label"),
        ("承諾", "accepted", "label"),
        ("ACCEPTED", "accepted", "label"),
        ("ａccepted", "accepted", "width"),
        ("No answer needed", "none", "label"),
    ],
)
def test_a_category_becomes_its_code(read, cell, value, rules):
    assert read("category", cell) == (value, None, rules)


def test_a_code_comes_before_a_word_for_no_value(read):
    """`none` is a code of the outcome: no answer needed."""
    assert read("category", "none") == ("none", None, "")
    assert read("category", "null") == (None, None, "blank_word")


@pytest.mark.parametrize(
    ("cell", "value", "reason", "rules"),
    [
        ("0017", "0017", None, ""),
        (17.0, "17", None, ""),
        ("17.0", "17.0", None, ""),
        (" A-1 ", "A-1", None, "spaces"),
        ("Ａ－１", "A-1", None, "width"),
        ("A\u200b-1\ufeff", "A-1", None, "invisible"),
        ("A\u00a01", "A 1", None, "invisible"),
        ("", None, None, ""),
        ("\u3000", None, None, "blank_word"),
        ("\u200b", None, None, "blank_word"),
        ("-", None, "id_blank_word", ""),
        ("－", None, "id_blank_word", ""),
        ("不明", None, "id_blank_word", ""),
        ("N/A", None, "id_blank_word", ""),
        ("#N/A", None, "excel_error", ""),
        ("1.23457E+15", None, "id_shortened", ""),
    ],
)
def test_identifiers(read, cell, value, reason, rules):
    assert read("id", cell) == (value, reason, rules)


@pytest.mark.parametrize(
    "text", ["-", "不明", "n/a", " ㈱ 山田 ", "１２３", "▲1,234", "none", "a\u200bb"]
)
def test_text_is_kept_to_the_letter(read, text):
    assert read("text", text) == (text, None, "")


def test_text_is_missing_only_where_the_user_says_so(read):
    assert read("text", "不明", blank=frozenset({"不明"})) == (None, None, "blank_word")
    assert read("text", "#N/A", blank=frozenset({"#N/A"})) == (None, None, "blank_word")
    assert read("text", "#N/A") == (None, "excel_error", "")
    assert read("id", "-", blank=frozenset({"-"})) == (None, None, "blank_word")
