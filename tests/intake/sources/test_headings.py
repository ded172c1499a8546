"""Where the headings stand, found by what is known, by shape, or by what the user says."""

import pytest

from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.grid import Area, Grid
from kamlab.intake.sources.headings import SEARCHED, find_headings

KNOWN = {"顧客id", "顧客名", "業種", "売上高"}
HEADINGS = ["顧客ID", "顧客名", "業種"]
RECORDS = [["A-1", "甲", "機械"], ["A-2", "乙", "食品"]]


def grid(*rows, merged=(), first=1):
    """Rows counted from `first`; an empty list is an empty row."""
    filled = [(number, row) for number, row in enumerate(rows, first) if row]
    numbers, cells = zip(*filled, strict=True)
    return Grid(list(numbers), list(cells), tuple(Area(*area) for area in merged))


def row_of(found_in, known=frozenset(), header_row=None):
    return find_headings(found_in, known, header_row).row


TITLES = [["取引先一覧"], ["出力日", "2026-04-01"], []]


@pytest.mark.parametrize("known", [KNOWN, frozenset()])
def test_headings_under_titles_are_found_with_and_without_known_ones(known):
    assert row_of(grid(*TITLES, HEADINGS, *RECORDS), known) == 4


def test_headings_in_the_first_row_stay_there():
    assert row_of(grid(HEADINGS, *RECORDS), KNOWN) == 1
    assert row_of(grid(["x", "y", "z"], *RECORDS)) == 1


def test_the_row_with_most_known_headings_wins():
    rows = grid(["顧客名", "甲"], ["業種", "すべて"], HEADINGS, *RECORDS)
    assert row_of(rows, KNOWN) == 3


def test_one_known_word_in_a_title_is_chance():
    assert row_of(grid(["顧客名"], ["コード", "会社", "分類"], *RECORDS), KNOWN) == 2


def test_one_known_word_in_a_record_is_chance():
    rows = grid(["コード", "会社", "分類"], ["A-1", "業種", "x"], ["A-2", "乙", "食品"])
    assert row_of(rows, KNOWN) == 1


def test_one_known_heading_is_enough_where_the_shape_tells_nothing():
    assert row_of(grid(["顧客ID", 2024, 2025], ["A-1", 1, 2]), KNOWN) == 1
    assert row_of(grid(["顧客ID", "x", "x"], ["A-1", "甲", "乙"]), KNOWN) == 1
    assert row_of(grid(["顧客ID"], ["A-1"], ["A-2"]), KNOWN) == 1


@pytest.mark.parametrize(
    "title", [["2026-04-01", "第1期", "x"], [46113, "a", "b"], ["a", "a", "b"], ["a", "b"]]
)
def test_without_known_headings_a_row_must_hold_different_words_as_wide_as_the_table(title):
    assert row_of(grid(title, ["コード", "会社", "分類"], *RECORDS, *RECORDS)) == 2


def test_a_note_under_the_table_is_no_heading():
    rows = grid(["a", "a", "b"], ["A-1", 5, 1], ["A-2", 6, 1], ["※ 速報値"])
    assert row_of(rows) == 1


def test_figures_lower_down_are_no_headings():
    with pytest.raises(UnreadableSheet) as caught:
        row_of(grid([1, 2], [3, 4], first=3))
    assert (caught.value.kind, caught.value.allowed) == ("no_headings", "headings")


def test_the_user_may_name_the_row():
    rows = grid(["顧客ID", "顧客名"], ["コード", "会社"], ["A-1", "甲"])
    assert row_of(rows, KNOWN, 2) == 2
    found = find_headings(rows, KNOWN, 2)
    assert dict(found.names) == {0: "コード", 1: "会社"}


def test_the_row_named_may_lie_below_what_is_searched():
    rows = grid(*[["x"]] * SEARCHED, *[["y"]] * 5, HEADINGS, *RECORDS)
    assert row_of(rows, KNOWN, SEARCHED + 6) == SEARCHED + 6


def test_an_empty_row_that_the_user_names_is_refused():
    with pytest.raises(UnreadableSheet) as caught:
        row_of(grid(HEADINGS, [], *RECORDS), KNOWN, 2)
    assert (caught.value.kind, caught.value.row) == ("no_headings_there", 2)


def names(*rows, merged=(), known=KNOWN):
    return dict(find_headings(grid(*rows, merged=merged), known, None).names)


def test_cells_merged_down_reach_the_last_row_of_the_headings():
    upper = ["顧客ID", "顧客名", "実績", None]
    lower = [None, None, "売上高", "粗利"]
    merged = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)]
    rows = [upper, lower, ["A-1", "甲", 1, 2]]
    for known in (KNOWN, frozenset()):
        found = find_headings(grid(*rows, merged=merged), known, None)
        assert found.row == 2
        assert list(found.names.values()) == ["顧客ID", "顧客名", "売上高", "粗利"]


def test_where_all_headings_are_merged_over_two_rows_records_begin_under_them():
    merged = [(1, column, 2, column) for column in range(3)]
    found = find_headings(grid(HEADINGS, [], *RECORDS, merged=merged), KNOWN, None)
    assert found.row == 2
    assert list(found.names.values()) == HEADINGS


def test_headings_that_are_not_merged_down_with_the_others_are_kept():
    merged = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 4, 1, 5)]
    rows = [
        ["顧客ID", "顧客名", "備考", "売上高", "実績", None],
        [None, None, None, "（千円）", None, "粗利"],
        ["A-1", "甲", "x", 1, 2, 3],
    ]
    found = find_headings(grid(*rows, merged=merged), KNOWN, None)
    assert found.row == 2
    assert list(found.names.values()) == [
        "顧客ID", "顧客名", "備考", "売上高 （千円）", "実績", "粗利",
    ]  # fmt: skip


def test_merged_cells_without_content_are_no_headings():
    found = find_headings(grid(HEADINGS, *RECORDS, merged=[(1, 3, 3, 3)]), KNOWN, None)
    assert (found.row, list(found.names)) == (1, [0, 1, 2])


def test_groups_stand_before_leaves_that_are_not_unique():
    upper = ["顧客ID", "2024年度", None, "2025年度", None, "備考"]
    lower = [None, "売上高", "粗利", "売上高", "粗利", None]
    merged = [(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5)]
    assert list(names(upper, lower, ["A", 1, 2, 3, 4, "x"], merged=merged).values()) == [
        "顧客ID", "2024年度 売上高", "2024年度 粗利", "2025年度 売上高", "2025年度 粗利", "備考",
    ]  # fmt: skip


def test_three_levels_are_used_as_far_as_needed():
    rows = [
        ["ID", "国内", None, None, None, "海外", None],
        [None, "A事業", None, "B事業", None, "A事業", None],
        [None, "売上", "粗利", "売上", "原価", "売上", "在庫"],
        ["A-1", 1, 2, 3, 4, 5, 6],
    ]
    merged = [(1, 0, 3, 0), (1, 1, 1, 4), (1, 5, 1, 6), (2, 1, 2, 2), (2, 3, 2, 4), (2, 5, 2, 6)]
    assert list(names(*rows, merged=merged, known=frozenset()).values()) == [
        "ID", "国内 A事業 売上", "粗利", "B事業 売上", "原価", "海外 A事業 売上", "在庫",
    ]  # fmt: skip


def test_headings_that_a_title_cannot_tell_apart_stay_as_they_are():
    rows = [["一覧", None, None], ["顧客ID", "備考", "備考"], ["A", "x", "y"]]
    found = names(*rows, merged=[(1, 0, 1, 2)], known={"顧客id", "備考"})
    assert list(found.values()) == ["顧客ID", "備考", "備考"]


def test_a_decoration_merged_beside_the_table_swallows_no_record():
    rows = [[*HEADINGS, "メモ"], *RECORDS, ["A-3", "丙", "機械"]]
    for bottom in (3, 4):
        assert find_headings(grid(*rows, merged=[(1, 3, bottom, 3)]), KNOWN, None).row == 1


def test_numbers_may_be_headings():
    assert names(["顧客ID", "顧客名", 2024, 2025.0], ["A", "甲", 1, 2]) == {
        0: "顧客ID", 1: "顧客名", 2: "2024", 3: "2025",
    }  # fmt: skip


def test_spaces_around_headings_are_taken_off_and_empty_ones_left_out():
    assert names([" 顧客ID　", None, "顧客名\n", " "], ["A", 1, "甲"]) == {0: "顧客ID", 2: "顧客名"}
