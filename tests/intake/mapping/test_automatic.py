import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.intake.mapping.automatic import (
    automatic_rules,
    is_unread,
    known_headings,
    rule_for,
    table_of_name,
)
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.sources.found import FoundTable


def found(name, headings):
    cells = pd.DataFrame([["x"] * len(headings)], columns=range(len(headings)))
    return FoundTable(name, "export.xlsx", tuple(headings), cells, np.array([2]))


@pytest.mark.parametrize("name", [*TABLES, SETTINGS])
def test_a_table_is_known_by_name_label_and_alias(name):
    spec = table(name)
    for heading in spec.headings:
        assert table_of_name(heading) == name
        assert table_of_name(f"{heading.upper()} ") == name
        assert table_of_name(f"book.xlsx/{heading}") == name
        assert table_of_name(f"{heading}.CSV") == table_of_name(f"{heading}.parquet") == name


@pytest.mark.parametrize("name", ["メモ", "accounts_2026", "accounts.docx", "accounts.old.csv", ""])
def test_a_name_that_is_only_like_a_tables_is_none(name):
    assert table_of_name(name) is None


def test_aliases_alone_make_the_rules_whatever_the_width_and_case():
    rules = automatic_rules(found("取引先一覧", ["取引先コード", "備考", "ＯＷＮＥＲ", "name"]))
    assert rules == SheetRule(
        "取引先一覧",
        "accounts",
        (
            ColumnRule("account_id", "取引先コード"),
            ColumnRule("manager", "ＯＷＮＥＲ"),
            ColumnRule("name", "name"),
        ),
        headings=("取引先コード", "備考", "ＯＷＮＥＲ", "name"),
    )


def test_a_column_named_twice_stands_in_the_rules_twice():
    rules = automatic_rules(found("accounts.csv", ["account_id", "担当者", "Owner", "Owner"]))
    assert [(r.column, r.heading) for r in rules.columns[1:]] == [
        ("manager", "担当者"),
        ("manager", "Owner"),
        ("manager", "Owner"),
    ]


def test_nothing_likely_is_taken():
    assert automatic_rules(found("取引先リスト", ["取引先コード"])) is None
    rules = automatic_rules(found("accounts", ["取引先コードx", "売上高（千円）"]))
    assert rules.columns == ()


def test_every_heading_of_a_table_is_known_folded():
    assert "取引先コード" in known_headings("accounts")
    assert "accountid" in known_headings("survey")
    assert "回答日" not in known_headings("accounts")
    assert known_headings() == frozenset().union(*map(known_headings, [*TABLES, SETTINGS]))


MAPPING = ExportMapping(
    (
        SheetRule("売上_*.csv", "transactions", ()),
        SheetRule("売上_総括.csv", "periods", ()),
        SheetRule("Account List", "accounts", ()),
        SheetRule("a+b (1)", "contacts", ()),
    ),
    unread=("メモ*",),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("売上_2026Q1.csv", "transactions"),
        ("売上_.CSV", "transactions"),
        ("売上_総括.csv", "periods"),
        ("account_list", "accounts"),
        ("Account List 2", None),
        ("a+b (1)", "contacts"),
        ("aab 1", None),
        ("x売上_1.csv", None),
        ("", None),
    ],
)
def test_a_star_stands_for_any_characters_and_an_exact_name_goes_first(name, expected):
    rule = rule_for(MAPPING, name)
    assert (rule and rule.table) == expected


def test_a_sheet_that_is_left_out_may_have_a_star_as_well():
    assert is_unread(MAPPING, "メモ 4月")
    assert not is_unread(MAPPING, "ひかえメモ")
