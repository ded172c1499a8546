"""Cells as Excel and other programs write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kamlab.intake.sources.found import UnreadableSheet
from kamlab.intake.sources.styles import divisor_of
from kamlab.intake.sources.workbook import open_workbook

KNOWN = {"accountid", "name", "顧客id"}


def test_values_have_the_types_of_excel(saved):
    book = Workbook()
    sheet = book.active
    sheet.title = "顧客マスタ"
    values = ["A-1", 5, 2.5, True, dt.datetime(2026, 4, 1), dt.time(9, 30), None]
    sheet.append(["account_id", *"bcdefg"])
    sheet.append(values)
    (source,) = saved(book)
    found = source.read(KNOWN, None)
    assert (source.name, source.file, found.name, found.file) == (
        "顧客マスタ", "crm.xlsx", "顧客マスタ", "crm.xlsx",
    )  # fmt: skip
    assert found.cells.iloc[0].tolist() == values
    assert list(map(type, found.cells.iloc[0])) == list(map(type, values))
    assert (found.encoding, found.epoch_1904, found.hidden) == ("", False, False)
    assert found.divided == ()


@pytest.mark.parametrize("number", [14, 22, 27, 31, 36, 50, 57, 58])
def test_days_in_the_formats_of_a_japanese_excel_are_days(read, number):
    styles = (
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf/><xf numFmtId="{number}"/></cellXfs>'
    )
    sheet = (
        '<sheetData><row><c t="str"><v>account_id</v></c></row>'
        '<row><c s="1"><v>46113</v></c></row><row><c s="0"><v>46113</v></c></row></sheetData>'
    )
    assert read(sheet, styles=styles).cells[0].tolist() == [dt.datetime(2026, 4, 1), 46113]


@pytest.mark.parametrize(
    ("code", "is_day"),
    [
        ('[$-411]ggge"年"m"月"d"日"', True),
        ("yyyy/mm/dd", True),
        ("[h]:mm", True),
        ('#,##0"千円"', False),
        ("[Red]#,##0;[Blue]-#,##0", False),
        ('0"day"', False),
    ],
)
def test_own_formats_are_days_if_they_show_days(making, read, code, is_day):
    escaped = code.replace('"', "&quot;")
    styles = f'<numFmts><numFmt numFmtId="170" formatCode="{escaped}"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="170"/></cellXfs>'
    found = read(making.rows(["account_id"], [46113.5]), styles=styles)
    assert isinstance(found.cells.iloc[0, 0], float) != is_day


@pytest.mark.parametrize(
    ("code", "divisor"),
    [
        ("#,##0,", 1000),
        ('#,##0,"千円"', 1000),
        ("#,##0,,;[Red]-#,##0,,", 10**6),
        ("0.0,", 1000),
        ("#,##0,.0", 1000),
        ("#,##0", 1),
        ('#,##0" ,"', 1),
        ("General", 1),
        ("0.00_);(0.00)", 1),
        ("", 1),
    ],
)
def test_a_format_that_shows_numbers_divided_is_told(code, divisor):
    assert divisor_of(code) == divisor


def test_numbers_that_excel_shows_divided_stay_whole_and_are_told(saved):
    book = Workbook()
    book.active.append(["account_id", None, "sales"])
    book.active.append(["A", None, 1_234_000])
    book.active["C2"].number_format = "#,##0,"
    found = saved(book)[0].read(KNOWN, None)
    assert found.cells[1].tolist() == [1_234_000]
    assert found.divided == (1, 1000)


def test_a_number_too_large_for_a_day_stays_a_number(making, read):
    found = read(
        making.rows(["account_id"], [99999999999]), styles='<cellXfs><xf numFmtId="14"/></cellXfs>'
    )
    assert found.cells[0].tolist() == [99999999999]


def test_how_a_name_is_pronounced_is_no_part_of_it(read):
    strings = "<si><t>顧客ID</t></si>"
    strings += "<si><t>東京</t><rPh sb='0'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>"
    strings += "<si><r><rPr/><t>大</t></r><r><t xml:space='preserve'> 阪</t></r></si><si/>"
    sheet = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in range(4))
    found = read(f"<sheetData>{sheet}</sheetData>", strings=strings)
    assert found.headings == ("顧客ID",)
    assert found.cells[0].tolist() == ["東京", "大 阪"]


def test_inline_text_in_runs_is_joined_and_its_pronunciation_left_out(making, read):
    runs = "<r><t>東</t></r><r><t>京</t></r><rPh><t>トウ</t></rPh>"
    sheet = making.rows(["name"], ["x"]).replace("<t>x</t>", runs)
    assert read(sheet).cells[0].tolist() == ["東京"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x00zz_", "_x00zz_"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_escapes_are_undone(making, read, written, meant):
    strings = f"<si><t>name</t></si><si><t>{written}</t></si>"
    shared = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in range(2))
    assert read(f"<sheetData>{shared}</sheetData>", strings=strings).cells[0].tolist() == [meant]
    assert read(making.rows(["name"], [written])).cells[0].tolist() == [meant]


def test_cells_and_rows_without_places_follow_each_other(making, read):
    found = read(making.rows(["account_id", None, "name"], [], ["A-1", None, "x"], ["A-2"]))
    assert found.rows.tolist() == [3, 4]
    assert found.cells.to_numpy().tolist() == [["A-1", "x"], ["A-2", None]]


def test_places_decide_where_cells_stand_and_rows_may_be_left_out(read):
    sheet = """<dimension ref="A1"/><sheetData>
      <row r="3"><c r="B3" t="str"><v>account_id</v></c>
                 <c r="D3" t="str"><v>name</v></c></row>
      <row r="7"><c r="D7" t="str"><v>x</v></c></row><row r="9"><c r="B9"><v>5</v></c></row>
    </sheetData>"""
    found = read(sheet)
    assert (found.header_row, found.columns, found.rows.tolist()) == (3, (1, 3), [7, 9])
    assert found.cells.to_numpy().tolist() == [[None, "x"], [5, None]]


def test_results_of_formulas_are_used(read):
    sheet = """<sheetData><row><c t="str"><v>account_id</v></c><c t="str"><v>x</v></c></row>
      <row><c t="str"><f>"A"</f><v>A</v></c><c><f>1+1</f><v>2</v></c></row>
      <row><c t="str"><f>"B"</f><v>B</v></c><c t="str"><f>""</f><v></v></c></row>
      <row><c t="str"><f>"C"</f><v>C</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
      </sheetData>"""
    assert read(sheet).cells[1].tolist() == [2, None, "#DIV/0!"]


def test_formulas_without_result_are_told(read):
    sheet = """<sheetData><row r="2"><c r="A2" t="str"><v>account_id</v></c></row>
      <row r="4"><c r="A4"><f>1+1</f></c></row>
      <row r="5"><c r="A5"><v>1</v></c><c r="C5"><f>A5</f><v/></c></row>
      </sheetData>"""
    with pytest.raises(UnreadableSheet) as caught:
        read(sheet)
    error = caught.value
    assert (error.kind, error.column, error.row, error.words) == (
        "uncomputed", "account_id", 4, {"count": 2},
    )  # fmt: skip


def test_merged_cells_are_found(saved):
    book = Workbook()
    sheet = book.active
    for row in (["顧客一覧"], ["account_id", "name"], ["A-1", "x"], [None, "y"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    found = saved(book)[0].read(KNOWN, None)
    assert found.above == ("顧客一覧",)
    assert found.cells[0].tolist() == ["A-1", "A-1"]
    assert found.filled_down == ((1, 0),)


SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.integers(-(10**9), 10**9).map(lambda number: number / 8)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
    | st.dates(dt.date(1950, 1, 1), dt.date(2099, 1, 1)).map(
        lambda day: dt.datetime.combine(day, dt.time(9, 30))
    )
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(st.lists(SCALAR, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_openpyxl_writes_is_read(tmp_path_factory, records):
    book = Workbook()
    book.active.append(["account_id", "b", "c"])
    for number, record in enumerate(records):
        book.active.append([f"A-{number}"])
        for column, value in enumerate(record, 2):
            cell = book.active.cell(number + 2, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    path = tmp_path_factory.mktemp("book") / "crm.xlsx"
    book.save(path)
    found = open_workbook(path)[0].read({"accountid", "b", "c"}, None)
    assert found.cells[[1, 2]].to_numpy().tolist() == records


@pytest.mark.parametrize(
    "sheet",
    [
        "<sheetData><row>",
        '<sheetData><row r="0"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row r="2"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row></sheetData>',
        '<sheetData><row><c r="XFE1"><v>1</v></c></row></sheetData>',
        '<sheetData><row><c r="???"><v>1</v></c></row></sheetData>',
        '<sheetData><row><c t="s"><v>7</v></c></row></sheetData>',
        "<sheetData><row><c><v>one</v></c></row></sheetData>",
        '<sheetData><row><c t="what"><v>1</v></c></row></sheetData>',
        '<sheetData/><mergeCells><mergeCell ref="?"/></mergeCells>',
    ],
)
def test_a_damaged_sheet_is_told(read, sheet):
    with pytest.raises(UnreadableSheet) as caught:
        read(sheet)
    assert (caught.value.kind, caught.value.allowed) == ("damaged_sheet", "files")


def test_rows_that_a_filter_hides_are_read_and_counted(saved):
    book = Workbook()
    for row in (["account_id", "name"], ["A", "x"], ["B", "y"], ["C", "z"], ["合計", 3]):
        book.active.append(row)
    for hidden in (1, 3, 4, 5):
        book.active.row_dimensions[hidden].hidden = True
    found = saved(book)[0].read(KNOWN, None)
    assert (found.cells[0].tolist(), found.hidden_rows) == (["A", "B", "C"], 2)


def test_what_excel_shows_beside_numbers_is_told_by_column(saved):
    book = Workbook()
    for row in (["account_id", "name", "x"], ["A", 1, 2], ["B", 3, 4], ["C", "text", 5]):
        book.active.append(row)
    for place, code in {"B2": '0"千円"', "B3": '"¥"0', "B4": '0"k"', "C2": "0.00"}.items():
        book.active[place].number_format = code
    assert saved(book)[0].read(KNOWN, None).shown == ((), ("¥", "千円"), ())
