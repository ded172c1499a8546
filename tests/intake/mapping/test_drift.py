import dataclasses

import pytest

from kamlab.foundation.errors import problem_table
from kamlab.intake.mapping.drift import shape_changes
from kamlab.intake.mapping.propose import propose
from kamlab.intake.mapping.rules import ExportMapping

ACCOUNTS = {"取引先コード": ["1"], "取引先名": ["a"], "業種": ["b"], "備考": ["c"]}
SURVEY = {"取引先コード": ["1"], "回答者": ["r"], "調査回": [1], "回答日": ["2026-01-01"]}


@pytest.fixture
def mapping(found_table):
    tables = [found_table("取引先一覧", ACCOUNTS), found_table("アンケート", SURVEY)]
    return propose("crm", tables).confirm()


def changes(mapping, found, others=()):
    return [
        (problem.severity, problem.table, problem.column, problem.what.en, problem.remedy.en)
        for problem in shape_changes(mapping, found, others)
    ]


def renamed(columns, **names):
    return {names.get(heading, heading): cells for heading, cells in columns.items()}


def test_an_export_of_the_same_shape_has_no_changes(mapping, found_table):
    folded = renamed(ACCOUNTS, 取引先コード="取引先 コード")
    found = [found_table("取引先一覧", folded), found_table("アンケート", SURVEY)]
    assert changes(mapping, found) == []


def test_a_compulsory_heading_that_is_gone_is_an_error_and_another_a_warning(mapping, found_table):
    found = [
        found_table("取引先一覧", renamed(ACCOUNTS, 業種="業界の種別")),
        found_table("アンケート", renamed(SURVEY, 回答者="回答者さん")),
    ]
    told = changes(mapping, found)
    assert [each[:3] for each in told] == [
        ("warning", "取引先一覧", "業種"),
        ("warning", "取引先一覧", ""),
        ("error", "アンケート", "回答者"),
        ("warning", "アンケート", ""),
    ]
    assert '"回答者さん" = "respondent_id"' in told[2][4]
    assert "did you mean '回答者さん'?" in told[2][3]
    assert '"業界の種別" = "keep"' in told[1][4]
    assert "industry" in told[0][3]


@pytest.mark.parametrize(
    ("new", "suggested"),
    [
        (["業種（大分類）"], "業種（大分類）"),
        (["業種（大分類）", "業種（小分類）"], "…"),
        (["住所"], "…"),
    ],
)
def test_a_heading_in_more_words_is_suggested_if_it_is_the_only_one(
    mapping, found_table, new, suggested
):
    columns = {k: v for k, v in ACCOUNTS.items() if k != "業種"} | {
        heading: ["x"] for heading in new
    }
    told = changes(mapping, [found_table("取引先一覧", columns), found_table("アンケート", SURVEY)])
    assert f'write "{suggested}" = "industry"' in told[0][4]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (["売上高（百万円）"], ("売上高（百万円）", "百万円")),
        (["売上高（前年）", "売上高（億円）"], ("売上高（億円）", "億円")),
        (["売上高(税抜)"], ("売上高(税抜)", "…")),
        (["住所"], ("…", "…")),
    ],
)
def test_money_under_a_new_heading_is_told_with_its_unit(found_table, new, told):
    periods = {"取引先コード": ["1"], "年度": ["1"], "期首": ["2025-04-01"], "期末": ["2026-03-31"]}
    sheets = [found_table("取引先", {"取引先コード": ["1"]})]
    before = propose("crm", [*sheets, found_table("実績", {**periods, "売上高": ["1"]})])
    mapping = before.confirm(units={"売上高": "円"}, sheets={"実績": "periods"})
    after = [*sheets, found_table("実績", periods | {heading: ["1"] for heading in new})]
    (gone, _) = changes(mapping, after)
    assert gone[:3] == ("warning", "実績", "売上高")
    assert "which the company lacks without it" in gone[3]
    name, unit = told
    assert f'"{name}" = {{ column = "revenue", unit = "{unit}" }}' in gone[4]


def test_kept_headings_that_come_and_go_are_told_in_one_line_each(mapping, found_table):
    columns = {k: v for k, v in ACCOUNTS.items() if k != "備考"} | {"住所": ["x"], "電話": ["y"]}
    told = changes(mapping, [found_table("取引先一覧", columns), found_table("アンケート", SURVEY)])
    assert [each[0] for each in told] == ["warning", "warning"]
    assert told[0][3] == "Headings that were kept as they are, are gone: 備考."
    assert told[1][3].endswith("kept as they are: 住所, 電話.")


def test_a_sheet_that_is_gone_is_an_error_that_names_what_is_like_it(mapping, found_table):
    told = changes(mapping, [found_table("取引先一覧", ACCOUNTS)], ["アンケート2026", "表紙"])
    assert [each[:2] for each in told] == [
        ("error", "アンケート"), ("warning", "アンケート2026"), ("warning", "表紙")
    ]  # fmt: skip
    assert 'name = "アンケート2026"' in told[0][4]
    assert "table survey" in told[0][3]


def test_sheets_that_are_left_out_or_match_a_star_are_no_change(mapping, found_table):
    sheets = [dataclasses.replace(sheet, name=sheet.name + "*") for sheet in mapping.sheets]
    starred = ExportMapping(tuple(sheets), unread=("メモ*",))
    found = [found_table("取引先一覧 4月", ACCOUNTS), found_table("アンケート_2026", SURVEY)]
    assert changes(starred, found, ["メモ 4月"]) == []


@pytest.mark.parametrize(("row", "words"), [(None, "kl.propose_mapping"), (4, "header_row")])
def test_headings_that_are_all_gone_are_told_once(mapping, found_table, row, words):
    sheets = [dataclasses.replace(sheet, header_row=row) for sheet in mapping.sheets]
    moved = found_table("取引先一覧", {"2026年": ["x"], "作成者": ["y"]}, header_row=4)
    found = [moved, found_table("アンケート", SURVEY)]
    (problem,) = shape_changes(ExportMapping(tuple(sheets)), found)
    assert (problem.severity, problem.row) == ("error", 4)
    assert words in problem.remedy.en
    assert "2026年, 作成者" in problem.what.en


def test_a_mapping_that_names_only_some_headings_calls_no_others_new(mapping, found_table):
    bare = ExportMapping(tuple(dataclasses.replace(sheet, headings=()) for sheet in mapping.sheets))
    columns = ACCOUNTS | {"住所": ["x"]}
    found = [found_table("取引先一覧", columns), found_table("アンケート", SURVEY)]
    assert changes(bare, found) == []


def test_the_changes_make_a_table(mapping, found_table):
    table = problem_table(shape_changes(mapping, [found_table("取引先一覧", ACCOUNTS)]))
    assert table["severity"].tolist() == ["error"]
    assert table.loc[0, "allowed"] == "the sheets and headings that the mapping names."
