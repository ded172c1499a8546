"""Every filled row is accounted for, whatever the sheet looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlab.intake.sources import limits
from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.grid import Area, Grid, is_filled
from kamlab.intake.sources.layout import lay_out

KNOWN = {"顧客id", "顧客名", "売上高", "備考"}
HEADINGS = ["顧客ID", "顧客名", "売上高", "備考"]


def laid_out(rows, merged=(), **more):
    """Lay out rows; an empty list is an empty row."""
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(map(is_filled, row))]
    numbers, cells = [n for n, _ in filled], [r for _, r in filled]
    grid = Grid(numbers, cells, tuple(Area(*area) for area in merged), **more)
    return lay_out(grid, KNOWN, None, name="x", file="x.xlsx")


def test_records_keep_their_cells_as_they_are():
    records = [["A-1", " 甲 ", 1.5, None], ["A-2", None, True, "x"]]
    found = laid_out([HEADINGS, *records])
    assert found.cells.to_numpy().tolist() == records
    assert list(found.cells.columns) == [0, 1, 2, 3]
    assert set(map(str, found.cells.dtypes)) == {"object"}


def test_short_rows_of_a_sheet_are_empty_at_the_end():
    found = laid_out([HEADINGS, ["A-1"], ["A-2", "乙", 5]])
    assert found.cells.to_numpy().tolist() == [["A-1", None, None, None], ["A-2", "乙", 5, None]]


def test_merged_cells_of_records_are_filled_and_told():
    rows = [HEADINGS, ["A-1", "甲", 1], [None, None, 2], ["A-2", "乙", 3, None]]
    found = laid_out(rows, merged=[(2, 0, 3, 0), (2, 1, 3, 1), (4, 2, 4, 3)])
    assert found.cells.to_numpy().tolist() == [
        ["A-1", "甲", 1, None],
        ["A-1", "甲", 2, None],
        ["A-2", "乙", 3, 3],
    ]
    assert sorted(found.filled_down) == [(1, 0), (1, 1), (2, 3)]


def test_a_row_that_is_empty_but_for_a_cell_merged_down_makes_no_record():
    found = laid_out([HEADINGS, ["A-1", "甲", 1], [], ["A-2", "乙", 3]], merged=[(2, 0, 3, 0)])
    assert found.rows.tolist() == [2, 4]
    assert found.blank_rows == 1


def test_merged_cells_of_titles_and_headings_fill_no_record():
    rows = [["一覧"], HEADINGS, [None, "甲", 1]]
    found = laid_out(rows, merged=[(1, 0, 1, 3), (2, 0, 3, 0)])
    assert found.rows.size + len(found.above) + 1 >= 2
    assert found.filled_down == ()


def test_a_total_between_merged_cells_is_not_filled():
    rows = [HEADINGS, ["A-1", "甲", 1], [None, "小計", 1], [None, "乙", 2]]
    found = laid_out(rows, merged=[(2, 0, 4, 0)])
    assert found.rows.tolist() == [2, 4]
    assert [each.cells for each in found.no_records] == [("小計", "1")]
    assert found.cells[0].tolist() == ["A-1", "A-1"]


def test_formulas_without_result_are_refused_where_they_matter():
    rows = [["一覧", None], HEADINGS, ["A-1", None, None], ["合計", None, None, 1]]
    assert laid_out(rows, uncomputed=((1, 1), (4, 2))).rows.tolist() == [3]
    with pytest.raises(UnreadableSheet) as caught:
        laid_out(rows, uncomputed=((1, 1), (3, 2), (3, 5)))
    error = caught.value
    assert (error.kind, error.column, error.row, error.words) == (
        "uncomputed", "売上高", 3, {"count": 2},
    )  # fmt: skip


def test_a_stray_cell_far_away_is_told_and_allocates_nothing():
    stray = [*[None] * 16_383, "?"]
    grid = Grid([1, 2, 1_048_576], [HEADINGS, ["A-1", "甲"], stray])
    found = lay_out(grid, KNOWN, None, name="x", file="x.xlsx")
    assert found.cells.shape == (1, 4)
    assert [(each.row, each.cells) for each in found.no_records] == [(1_048_576, ("?",))]
    assert found.blank_rows == 1_048_573
    beside = lay_out(Grid([1, 2], [HEADINGS, stray]), KNOWN, None, name="x", file="x.xlsx")
    assert [(each.letter, each.row, each.value) for each in beside.unnamed] == [("XFD", 2, "?")]


def test_too_many_cells_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CELLS", 7)
    with pytest.raises(UnreadableSheet) as caught:
        laid_out([HEADINGS, ["A-1"], ["A-2"]])
    assert (caught.value.kind, caught.value.words) == ("too_many_cells", {"limit": "7"})


def test_merged_areas_that_overlap_endlessly_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CELLS", 20)
    rows = [HEADINGS, ["A-1", "甲", 1, "x"], ["A-2"]]
    with pytest.raises(UnreadableSheet):
        laid_out(rows, merged=[(2, 0, 3, 3)] * 10)


def test_nothing_is_refused():
    with pytest.raises(UnreadableSheet) as caught:
        laid_out([])
    assert caught.value.kind == "empty_file"


words = st.text("甲乙丙ABCabc", min_size=1, max_size=5)
records = st.tuples(
    st.integers(0, 999).map("A-{:03}".format),
    words,
    st.none() | st.integers(-9, 9) | st.floats(allow_nan=False),
    st.none() | words,
).map(list)
titles = st.lists(
    st.sampled_from([["取引先一覧"], ["出力日", "2026-04-01"], [], [None, None, "（単位：千円）"]]),
    max_size=4,
)
between = st.lists(
    st.tuples(st.just("record"), records)
    | st.tuples(st.just("blank"), st.sampled_from([[], [None], [" ", "　"]]))
    | st.tuples(st.just("total"), st.just(["合計", None, 5.0]))
    | st.tuples(st.just("note"), st.sampled_from([["※ 速報値"], ["注：税抜き", "x"]]))
    | st.tuples(st.just("heading_again"), st.just(HEADINGS)),
    max_size=20,
)


@given(titles, between)
def test_every_row_of_a_generated_sheet_is_what_it_was_made_as(above, body):
    rows = [*above, HEADINGS, *(row for _, row in body)]
    found = laid_out(rows)
    header = len(above) + 1
    made = {header + n: kind for n, (kind, _) in enumerate(body, 1)}
    assert found.header_row == header
    assert len(found.above) == sum(1 for row in above if row)
    assert found.rows.tolist() == [n for n, kind in made.items() if kind == "record"]
    assert {each.row: each.kind for each in found.no_records} == {
        n: kind for n, kind in made.items() if kind not in ("record", "blank")
    }
    assert found.cells.to_numpy().tolist() == [row for kind, row in body if kind == "record"]


anything = st.none() | st.integers(-5, 5) | st.sampled_from(
    ["", " ", "顧客ID", "顧客名", "合計", "※", "注", "A-1", "甲", "以上", "2026", "計", "Total"]
)  # fmt: skip
areas = st.tuples(
    st.integers(1, 9), st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)
).map(lambda a: (a[0], a[1], a[0] + a[2], a[1] + a[3]))  # fmt: skip


@given(st.lists(st.lists(anything, max_size=5), max_size=9), st.lists(areas, max_size=3))
def test_no_row_of_any_sheet_is_lost(rows, merged):
    filled = [number for number, row in enumerate(rows, 1) if any(map(is_filled, row))]
    try:
        found = laid_out(rows, merged)
    except UnreadableSheet:
        return
    before = [number for number in filled if number < found.header_row]
    after = [*found.rows.tolist(), *(each.row for each in found.no_records)]
    assert len(found.above) == len(before)
    assert sorted(after) == [number for number in filled if number > found.header_row]
    assert found.cells.shape == (len(found.rows), len(found.headings))
    assert len(found.columns) == len(found.headings)
    for record, number in enumerate(found.rows.tolist()):
        given_cells = rows[number - 1]
        for position, column in enumerate(found.columns):
            given_cell = given_cells[column] if column < len(given_cells) else None
            if is_filled(given_cell):
                assert found.cells.iloc[record, position] == given_cell
            elif (record, position) not in found.filled_down:
                assert not is_filled(found.cells.iloc[record, position])
        named = set(found.columns)
        stray = [c for c, cell in enumerate(given_cells) if is_filled(cell) and c not in named]
        letters = {each.letter for each in found.unnamed}
        assert {"ABCDEFGH"[c] for c in stray} <= letters
