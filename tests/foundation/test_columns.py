import re

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.tables import TABLES, constructs, table
from kamlab.foundation.columns import FORMATS, column, glossary, labelled
from kamlab.foundation.language import LANGUAGES

INPUT = {c.name for name in TABLES for c in table(name).columns}
FAMILIES = tuple(name for name in glossary() if name.endswith("_"))


@pytest.mark.parametrize("name", glossary())
def test_every_declared_column_has_words_in_both_languages_and_a_format(name):
    declared = glossary()[name]
    for language in LANGUAGES:
        assert declared.label.in_language(language).strip()
        assert declared.meaning.in_language(language).strip()
    assert declared.format in FORMATS | {"code": None}
    assert (declared.format == "code") == bool(declared.values)
    assert re.fullmatch("[a-z_]+", name)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_member_of_a_family_has_the_familys_label_and_format(name):
    member, family = column(f"{name}trust"), glossary()[name]
    assert member.format == family.format
    for language in LANGUAGES:
        label = member.label.in_language(language)
        assert "{" not in label
        assert label != f"{name}trust"


def test_an_undeclared_column_is_shown_as_it_stands():
    assert str(column("own_note").label) == "own_note"
    assert column("own_note").show("x") == "x"


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("estimate", 0.12345, "0.123"),
        ("estimate", -1234.5, "-1,234"),
        ("estimate", np.nan, "–"),
        ("p_value", 0.0004, "<0.001"),
        ("p_value", 0.0321, "0.032"),
        ("p_value", 0.0, "<0.001"),
        ("share", 0.256, "25.6%"),
        ("nobs", 1234, "1,234"),
        ("ltv", 1234567.8, "1,234,568"),
        ("near_border", True, "yes"),
        ("near_border", np.False_, "no"),
        ("verdict", "refuted", "refuted"),
        ("answered_on", pd.Timestamp("2026-04-01"), "2026-04-01"),
        ("answered_on", pd.NaT, "–"),
        ("cell", None, "–"),
        ("cell", pd.NA, "–"),
        ("alpha", 0.8149, "0.81"),
    ],
)
def test_cells_are_shown_by_their_columns_format(name, cell, expected):
    assert column(name).show(cell) == expected


def test_codes_and_answers_are_worded_in_the_language_in_use(language):
    assert column("verdict").show("supported") == {"en": "supported", "ja": "支持"}[language]
    assert column("near_border").show(True) == {"en": "yes", "ja": "はい"}[language]


def test_a_table_for_people_keeps_every_column_even_where_two_have_one_label(language):
    frame = pd.DataFrame({name: [1] for name in glossary() if name not in FAMILIES})
    frame["answered_on"] = pd.Timestamp("2026-04-01")
    assert labelled(frame).shape == frame.shape


def test_a_table_for_people_leaves_the_frame_as_it_was():
    frame = pd.DataFrame({"estimate": [0.5], "term": ["a"]}, index=[7])
    before = frame.copy(deep=True)
    assert labelled(frame).index.tolist() == [7]
    pd.testing.assert_frame_equal(frame, before)


VERBS = ("tidy", "glance", "augment")
RESULTS = ("board", "quality", "theory", "stay", "worth", "gain", "both")
TABLES_OF_RESULTS = [(n, v) for n in RESULTS for v in VERBS if (n, v) != ("both", "augment")]


@pytest.mark.parametrize(("name", "verb"), TABLES_OF_RESULTS)
def test_every_column_that_a_result_returns_is_declared_or_was_put_in(results, name, verb):
    given = INPUT | {construct.name for construct in constructs()}
    for column_name in getattr(results[name], verb)():
        assert (
            column_name in glossary() or column_name in given or column_name.startswith(FAMILIES)
        ), column_name
