"""What is no record is told and kept; what might be a record stays one."""

import pytest

from kamlab.intake.sources.grid import Area, Grid
from kamlab.intake.sources.layout import lay_out

HEADINGS = ["顧客ID", "顧客名", "業種", "売上高"]
RECORDS = [["A-1", "甲", "機械", 1], ["A-2", "乙", "食品", 2]]


def told(*under, headings=HEADINGS, merged=()):
    """What is told of rows under two records; an empty list is an empty row."""
    rows = [headings, *[record[: len(headings)] for record in RECORDS], *under]
    filled = [(number, row) for number, row in enumerate(rows, 1) if row]
    grid = Grid([n for n, _ in filled], [r for _, r in filled], tuple(Area(*a) for a in merged))
    found = lay_out(grid, {"顧客id", "顧客名"}, None, name="x", file="x.xlsx")
    assert len(found.rows) + len(found.no_records) == len(filled) - 1
    return [(each.row, each.kind) for each in found.no_records]


@pytest.mark.parametrize(
    "row",
    [
        ["※ 速報値を含む"],
        ["※1", "速報値"],
        [None, "※", "速報値"],
        ["＊出典：経理部"],
        ["* preliminary"],
        ["注：税抜き"],
        ["注1）税抜き"],
        ["(注) 税抜き"],
        ["（注１）税抜き"],
        ["注記", "税抜き"],
        ["備考：税抜き"],
        ["Note: without tax"],
        ["Notes"],
        ["note 1", "without tax"],
    ],
)
def test_marked_notes_are_told_wherever_they_stand(row):
    assert told(row) == [(4, "note")]
    assert told(row, ["A-3", "丙", "機械", 3]) == [(4, "note")]


@pytest.mark.parametrize(
    "row",
    [
        ["※-1", "甲", "機械"],
        ["*A", "甲", None, 5],
        ["注文堂", "甲"],
        ["注文堂"],
        ["備考堂"],
        ["Noteworthy Ltd"],
        ["Notes Inc", "x"],
        ["NOTE-A", "x", "y"],
        ["計量器工業"],
        ["合計会計事務所", None, None, 5],
        ["Total Energies", None, None, 5],
        ["Summit", "x"],
        ["A-3"],
        [17],
        [None, None, None, 5],
        ["顧客ID", "丙", "業種", 3],
        ["顧客ID"],
    ],
)
def test_what_only_resembles_them_is_a_record(row):
    assert told(row) == []
    assert told(row, ["A-4", "丙", "機械", 3]) == []


@pytest.mark.parametrize(
    "word",
    [
        "合計",
        "総計",
        "小計",
        "計",
        "総合計",
        "合\u3000計",
        "合計：",
        "Total",
        "GRAND_TOTAL",
        "Subtotal",
        "Sum",
        "ＴＯＴＡＬ:",
    ],
)
def test_totals_are_told_wherever_they_stand(word):
    assert told([word, None, None, 3]) == [(4, "total")]
    assert told([None, word, None, 3], ["A-3", "丙", "機械", 3]) == [(4, "total")]


def test_headings_that_printed_pages_repeat_are_told():
    again = ["顧客ID", " 顧客名 ", "業種", "売上高"]
    assert told(again, ["A-3", "丙", "機械", 3], again) == [
        (4, "heading_again"),
        (6, "heading_again"),
    ]


def test_both_rows_of_repeated_headings_are_told():
    upper, lower = ["顧客ID", "実績", None], [None, "売上高", "粗利"]
    rows = [upper, lower, ["A-1", 1, 2], upper, lower, ["A-2", 3, 4]]
    merged = (Area(1, 0, 2, 0), Area(1, 1, 1, 2), Area(4, 0, 5, 0), Area(4, 1, 4, 2))
    grid = Grid(list(range(1, 7)), rows, merged)
    found = lay_out(grid, {"顧客id", "売上高"}, None, name="x", file="x.xlsx")
    assert [(each.row, each.kind) for each in found.no_records] == [
        (4, "heading_again"),
        (5, "heading_again"),
    ]
    assert found.rows.tolist() == [3, 6]


@pytest.mark.parametrize("words", [["以上"], ["社外秘"], ["出力者 佐藤", "出力日 4月1日"]])
def test_single_cells_apart_under_the_table_are_notes(words):
    rows = [[word] for word in words]
    assert told([], *rows) == [(5 + n, "note") for n in range(len(words))]
    assert told(*rows) == []


def test_remarks_after_a_total_are_notes():
    assert told(["合計", None, None, 3], [], ["以上"]) == [(4, "total"), (6, "note")]


@pytest.mark.parametrize("row", [["A-3"], ["B-17"], [None, "丙"], [None, None, None, 3]])
def test_a_single_cell_like_those_above_it_stays_a_record(row):
    assert told([], row) == []


def test_where_single_cells_are_usual_none_is_a_note():
    assert told(["第3"], [], ["以上"]) == []


def test_two_columns_are_too_few_to_tell_a_remark():
    assert told([], ["以上"], headings=["顧客ID", "顧客名"]) == []


def test_a_banner_merged_across_the_table_is_a_note():
    record = ["A-3", "丙", "機械", 3]
    assert told(["関東支店"], record, merged=[(4, 0, 4, 3)]) == [(4, "note")]
    assert told(["A-9"], record, merged=[(4, 1, 4, 1)]) == []


def test_a_row_inside_a_cell_merged_down_stays_a_record():
    rows = [["A-3", "丙", "機械", 3], [], [None, "丁"]]
    assert told(*rows, merged=[(4, 0, 6, 0)]) == []


def test_what_stands_in_them_is_kept():
    rows = [HEADINGS, *RECORDS, ["合計", None, " ", 3.0], ["※", "速報"]]
    found = lay_out(Grid([1, 2, 3, 4, 6], rows), {"顧客id"}, None, name="x", file="x.xlsx")
    assert [(n.row, n.kind, n.cells) for n in found.no_records] == [
        (4, "total", ("合計", "3")),
        (6, "note", ("※", "速報")),
    ]


def test_headings_behind_a_mark_of_byte_order_are_no_record():
    """Text files put one behind the other keep the mark of each."""
    assert told(["\ufeff顧客ID", *HEADINGS[1:]], ["\ufeffA-3", "丙", "機械", 3]) == [
        (4, "heading_again")
    ]


def test_headings_with_characters_that_nobody_sees_are_known():
    headings = ["\ufeff顧客ID", "顧客\u200b名", "業種", "売上高"]
    assert told(HEADINGS, headings=headings) == [(4, "heading_again")]
