"""The declarations are whole, in both languages, and leave no heading in doubt."""

import re
import string
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from kamlab.accounts.cells import convert
from kamlab.accounts.tables import SETTINGS, TABLES, constructs, dictionary, table
from kamlab.foundation.claims import Status
from kamlab.foundation.language import Text, speaking
from kamlab.foundation.nearest import fold

WORDS = tomllib.loads(files("kamlab.accounts").joinpath("words.toml").read_text(encoding="utf-8"))
JAPANESE = re.compile("[぀-ヿ一-鿿]")
COLUMNS = [
    pytest.param(column, id=f"{name}.{column.name}")
    for name in (*TABLES, SETTINGS)
    for column in table(name).columns
]


def both_said(text: Text) -> bool:
    return bool(text.en.strip()) and not JAPANESE.search(text.en) and bool(JAPANESE.search(text.ja))


@pytest.mark.parametrize("name", [*TABLES, SETTINGS])
def test_a_heading_means_one_column(name):
    headings = [fold(h) for column in table(name).columns for h in {*map(fold, column.headings)}]
    assert [heading for heading, count in Counter(headings).items() if count > 1] == []


@pytest.mark.parametrize("column", COLUMNS)
def test_an_alias_says_something_new(column):
    known = {fold(column.name), fold(column.label.en), fold(column.label.ja)}
    aliases = [fold(alias) for alias in column.aliases]
    assert len({*aliases} - known) == len(aliases)


def test_a_sheet_name_means_one_table():
    names = [fold(h) for name in (*TABLES, SETTINGS) for h in {*map(fold, table(name).headings)}]
    assert max(Counter(names).values()) == 1


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_is_fully_declared(column):
    assert both_said(column.label)
    assert both_said(column.meaning)
    assert column.type in convert.DTYPES
    assert all(both_said(word) for word in column.values.values())
    assert bool(column.values) == (column.type == "category")
    if column.type in ("rating", "share"):
        assert column.minimum < column.maximum


@pytest.mark.parametrize("name", [*TABLES, SETTINGS])
def test_a_table_is_fully_declared(name):
    spec = table(name)
    assert spec.name == name
    assert both_said(spec.label)
    assert both_said(spec.row)
    named = {column.name for column in spec.columns}
    assert {*spec.key, *(column for pair in spec.ordered for column in pair)} <= named
    assert all(spec[column].required for column in spec.key)
    assert len(named) == len(spec.columns)


@pytest.mark.parametrize("name", TABLES[1:])
def test_every_table_points_to_the_accounts(name):
    column, target = table(name)["account_id"], table("accounts")["account_id"]
    assert column.refers_to == "accounts"
    assert (column.type, column.label, column.aliases) == ("id", target.label, target.aliases)


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("accounts", ["account_id"]),
        ("survey", ["account_id", "respondent_id", "wave", "answered_on"]),
        ("periods", ["account_id", "period", "start", "end"]),
        ("transactions", ["order_id", "account_id", "ordered_on"]),
        ("contacts", ["contact_id", "account_id"]),
        ("interactions", ["interaction_id", "account_id", "occurred_on"]),
    ],
)
def test_little_is_compulsory(name, required):
    assert [column.name for column in table(name).columns if column.required] == required


def test_the_constructs_stand_in_the_order_of_the_theory():
    codes = ["RTC", "RB", "SV", "COM", "OPP", "RC", "T", "ACQ", "PL", "COOP", "FC", "UNC", "SAT"]
    assert [construct.code for construct in constructs()] == codes
    assert {c.name: len(c.items) for c in constructs() if len(c.items) != 3} == {
        "commitment": 4,
        "trust": 4,
    }


def test_the_items_are_ours_and_their_definitions_have_a_status():
    for construct in constructs():
        assert construct.items_status == Status.DESIGN
        assert construct.status in list(Status)
        assert all(both_said(text) for text in (construct.label, construct.definition))
        assert all(both_said(item) for item in construct.items)


def test_the_survey_has_a_column_for_every_item():
    items = [name for construct in constructs() for name in construct.columns]
    assert [column.name for column in table("survey").columns][5:] == items
    assert items[:2] == ["termination_costs_1", "termination_costs_2"]
    trust = table("survey")["trust_4"]
    assert (trust.minimum, trust.maximum) == (1, 7)
    assert trust.meaning == constructs()[6].items[3]
    assert trust.headings == ("trust_4", "Trust 4", "信頼4", "T4")


def test_investments_are_rated_on_both_sides():
    for side in ("buyer", "supplier"):
        ratings = [c for c in table("accounts").columns if c.name.startswith(f"{side}_")]
        assert len(ratings) == 6
        assert {(c.type, c.minimum, c.maximum) for c in ratings} == {("rating", 1, 7)}


def test_the_dictionary_speaks_both_languages():
    with speaking("ja"):
        japanese = dictionary()
    english = dictionary()
    assert list(english) == [
        "table",
        "column",
        "label",
        "type",
        "unit",
        "required",
        "allowed",
        "meaning",
    ]
    assert len(english) == sum(len(table(name).columns) for name in TABLES)
    assert not english["label"].str.contains(JAPANESE).any()
    assert (
        japanese[["label", "type", "allowed", "meaning"]]
        .apply(lambda column: column.str.contains(r"[^\x00-\x7f]").all())
        .all()
    )
    row = english.set_index(["table", "column"]).loc[("contacts", "stance")]
    assert row["allowed"] == "supporter (Supporter), neutral (Neutral), sceptic (Sceptic)"


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match=r"no table 'orders'.*transactions"):
        table("orders")


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("key", WORDS)
def test_words_are_said_in_both_languages(key):
    english, japanese = WORDS[key]["en"], WORDS[key]["ja"]
    assert places(japanese) == places(english)
    assert english.strip()
    assert JAPANESE.search(japanese) or not re.search("[a-z]{4}", re.sub("{.*?}", "", japanese))


def test_every_problem_has_a_remedy():
    kinds = {key.removeprefix("what_") for key in WORDS if key.startswith("what_")}
    assert kinds == {key.removeprefix("remedy_") for key in WORDS if key.startswith("remedy_")}
