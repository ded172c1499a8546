import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab
from kamlab.accounts.tables import TABLES, constructs, table
from kamlab.foundation.columns import (
    FORMATS,
    column,
    gather_columns,
    glossary,
    labelled,
    with_labels,
)
from kamlab.foundation.language import LANGUAGES, Text

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
    # The field writes the length of observation as T, and so does an input column.
    assert name == "T" or re.fullmatch("[a-z_][a-z_0-9]*", name)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_member_of_a_family_has_the_familys_label_and_format(name):
    member, family = column(f"{name}trust"), glossary()[name]
    assert member.format == family.format
    for language in LANGUAGES:
        label = member.label.in_language(language)
        assert "{" not in label
        assert label != f"{name}trust"


DECLARED = """
[{name}]
en = "A"
ja = "あ"
format = "code"
meaning = {{ en = "A.", ja = "あ。" }}
values = {{ 0 = {{ en = "none", ja = "なし" }} }}
"""


@pytest.fixture
def rooms(tmp_path):
    """Make a package of rooms, each with a glossary of its own."""

    def make(**names):
        for room, declared in names.items():
            (tmp_path / room).mkdir()
            text = "".join(DECLARED.format(name=name) for name in declared)
            (tmp_path / room / "columns.toml").write_text(text, encoding="utf-8")
        (tmp_path / "without").mkdir()
        (tmp_path / "py.typed").touch()
        return tmp_path

    return make


def test_the_glossary_has_the_columns_of_every_room():
    files = list(Path(kamlab.__file__).parent.glob("*/columns.toml"))
    headings = [
        line for path in files for line in re.findall(r"(?m)^\[(\w+)\]$", path.read_text("utf-8"))
    ]
    assert len(files) > 5
    assert sorted(headings) == sorted(glossary())


def test_columns_are_gathered_from_the_rooms_that_declare_some(rooms):
    assert set(gather_columns(rooms(one=["a", "b"], two=["c"]))) == {"a", "b", "c"}


def test_columns_are_gathered_from_a_package_in_an_archive(rooms, tmp_path):
    package = rooms(one=["a"], two=["b"])
    with zipfile.ZipFile(tmp_path / "wheel.zip", "w") as wheel:
        for path in package.glob("*/columns.toml"):
            wheel.write(path, Path("package", path.relative_to(package)))
    assert set(gather_columns(zipfile.Path(tmp_path / "wheel.zip", "package/"))) == {"a", "b"}


def test_columns_declared_in_two_rooms_are_all_refused_by_name(rooms):
    with pytest.raises(ValueError, match=r"a \(one, two\); b \(one, three\)"):
        gather_columns(rooms(one=["a", "b"], two=["a"], three=["b", "c"]))


@pytest.mark.parametrize("cell", [0, 0.0, np.int64(0), np.float64(0), "0"])
def test_a_code_that_is_a_number_is_worded_whatever_its_type(rooms, cell):
    assert gather_columns(rooms(one=["a"]))["a"].show(cell) == "none"


def test_a_code_without_words_is_shown_as_it_stands(rooms):
    declared = gather_columns(rooms(one=["a"]))["a"]
    assert [declared.show(cell) for cell in (7, 0.5, "x")] == ["7", "0.5", "x"]


def test_effort_is_worded_also_beside_accounts_without_a_cell(language):
    frame = pd.DataFrame({"effort": [0, 1, 2, None]})
    words = {"en": ["little", "some", "much", "–"], "ja": ["少ない", "中程度", "多い", "–"]}
    assert labelled(frame).iloc[:, 0].tolist() == words[language]
    assert labelled(frame.astype("Int64")).iloc[:, 0].tolist() == words[language]


TRUST = Text("Trust", "信頼")


def test_a_table_may_bring_words_for_its_columns(language):
    frame = pd.DataFrame({"score_a": [1.0], "score_b": [2.0], "estimate": [3.0], "own": ["x"]})
    own = {"score_a": TRUST, "estimate": TRUST, "own": TRUST}
    headings = labelled(with_labels(frame, own)).columns.tolist()
    expected = {
        "en": ["Score: Trust", "Score: b", "Trust", "Trust"],
        "ja": ["評点：信頼", "評点：b", "信頼", "信頼"],
    }
    assert headings == expected[language]


def test_words_that_a_table_brings_leave_the_first_table_and_the_numbers_alone():
    frame = pd.DataFrame({"score_a": [1.234]})
    named = with_labels(frame, {"score_a": TRUST})
    pd.testing.assert_frame_equal(frame, named)
    assert not frame.attrs
    assert labelled(named).iloc[0, 0] == labelled(frame).iloc[0, 0] == "1.23"
    both = with_labels(named, {"score_b": TRUST}).assign(score_b=1.0)
    assert labelled(both).columns.tolist() == ["Score: Trust", "Score: Trust"]
    assert json.loads(json.dumps(both.attrs)) == both.attrs


@pytest.mark.parametrize(
    "work",
    [
        lambda frame: frame.head(1),
        lambda frame: frame[["score_a"]],
        lambda frame: frame.assign(more=1),
        lambda frame: frame.query("score_a > 0"),
        lambda frame: frame.sort_values("score_a"),
        lambda frame: frame[frame["score_a"] > 0].reset_index(drop=True),
        lambda frame: frame.copy(deep=True),
    ],
)
def test_words_that_a_table_brings_outlive_everyday_work(work):
    frame = with_labels(pd.DataFrame({"score_a": [1.0, 2.0]}), {"score_a": TRUST})
    assert labelled(work(frame)).columns[0] == "Score: Trust"


def test_a_table_that_lost_its_words_shows_names():
    frame = with_labels(pd.DataFrame({"score_a": [1.0], "k": [1]}), {"score_a": TRUST})
    joined = frame.merge(pd.DataFrame({"k": [1]}), on="k")
    assert labelled(joined).columns[0] in ("Score: Trust", "Score: a")


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
    dates = [name for name in frame if glossary()[name].format == "date"]
    frame[dates] = pd.Timestamp("2026-04-01")
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


@pytest.mark.parametrize("name", ["revenue", "stay_probability", "period", "answered_on"])
def test_words_where_a_number_is_declared_are_shown_as_they_stand(name):
    assert labelled(pd.DataFrame({name: ["n/a"]})).iloc[0, 0] == "n/a"
