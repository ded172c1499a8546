import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import same, speaking
from kamlab.foundation.nearest import fold
from kamlab.intake.mapping.files import KEEP, mapping_of_text, read_mapping
from kamlab.intake.mapping.rules import ColumnRule, ExportMapping, SheetRule
from kamlab.intake.mapping.units import UNITS, units_for
from kamlab.intake.mapping.write_mapping import (
    ColumnLine,
    SheetBlock,
    mapping_text,
    put_file,
    write_mapping,
)

GOOD = """\
currency = "JPY"
unread = ["メモ"]

[[sheet]]
name = "取引先一覧"
table = "accounts"
header_row = 4
[sheet.columns]
"取引先コード" = "account_id"
"担当者" = "manager"
"備考" = "keep"
"平均注文額（千円）" = { column = "mean_order_value", unit = "千円", blank = ["未定"] }
"契約" = { column = "has_contract", values = { "済" = true, "未締結" = "FALSE" } }
"取引開始" = { column = "customer_since", date_order = "dmy", timezone = "Asia/Tokyo" }

[[sheet]]
name = "アンケート"
table = "survey"
[sheet.columns]
"取引先コード" = "account_id"
"回答者" = "respondent_id"
"回" = "wave"
"日" = "answered_on"
"""


def test_a_file_by_hand_says_what_the_rules_say():
    mapping = mapping_of_text(GOOD, "crm.toml")
    accounts, survey = mapping.sheets
    assert (mapping.currency, mapping.name, mapping.unread) == ("JPY", "", ("メモ",))
    assert (accounts.name, accounts.table, accounts.header_row) == ("取引先一覧", "accounts", 4)
    assert accounts.columns == (
        ColumnRule("account_id", "取引先コード"),
        ColumnRule("manager", "担当者"),
        ColumnRule("mean_order_value", "平均注文額（千円）", "千円", ("未定",)),
        ColumnRule("has_contract", "契約", values={"済": "TRUE", "未締結": "FALSE"}),
        ColumnRule("customer_since", "取引開始", date_order="dmy", timezone="Asia/Tokyo"),
    )
    assert accounts.headings[2] == "備考"
    assert len(accounts.headings) == 6
    assert survey.header_row is None


def test_a_column_may_be_a_block_of_its_own_and_a_file_may_have_a_byte_order_mark(tmp_path):
    text = '[[sheet]]\nname = "a"\ntable = "accounts"\n[sheet.columns."ID"]\ncolumn="account_id"'
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8-sig")
    assert read_mapping(path).sheets[0].columns == (ColumnRule("account_id", "ID"),)


def refusal(text):
    with pytest.raises(KamlabError) as error:
        mapping_of_text(text, "crm.toml")
    return error.value.text


def broken(old, new):
    assert old in GOOD
    return refusal(GOOD.replace(old, new))


# old text, new text, line of the problem, words of it
BROKEN = {
    "unknown column": (
        '"担当者" = "manager"',
        '"担当者" = "manger"',
        10,
        "no column manger (did you mean 'manager'?)",
    ),
    "label for a name": ('"担当者" = "manager"', '"担当者" = "営業担当"', 10, "no column 営業担当"),
    "no unit": ('unit = "千円", ', "", 12, "has no unit, and kamlab guesses none. Write unit ="),
    "wrong unit": (
        'unit = "千円"',
        'unit = "sen"',
        12,
        "no unit 'sen'. For mean_order_value (Mean order value), use",
    ),
    "unit of a share": (
        'unit = "千円"',
        'unit = "%"',
        12,
        "'%' does not go with the column mean_order_value",
    ),
    "unit of a text": (
        '"担当者" = "manager"',
        '"担当者" = { column = "manager", unit = "円" }',
        10,
        "does not go with the column manager",
    ),
    "yen in dollars": ('"JPY"', '"USD"', 12, "is yen, but the currency is USD"),
    "bad currency": ('"JPY"', '"yen"', 1, "'yen' is no code of a currency"),
    "number for a currency": ('"JPY"', "1", 1, "1 is no text"),
    "column twice": (
        '"備考" = "keep"',
        '"備考" = "manager"',
        11,
        "担当者, 備考 are all given the column manager",
    ),
    "unknown code": (
        '済" = true',
        '済" = "done"',
        13,
        "no value 'done' for the word '済'. Use one of: TRUE, FALSE",
    ),
    "number for a code": ('済" = true', '済" = 1', 13, "1 is no text"),
    "values of a text": (
        '"担当者" = "manager"',
        '"担当者" = { column = "manager", values = { "a" = "b" } }',
        10,
        "neither a category nor yes and no",
    ),
    "date order": ('"dmy"', '"mdyy"', 14, "'mdyy' is no order of year, month and day"),
    "time zone": ("Asia/Tokyo", "Tokio", 14, "'Tokio' is no time zone"),
    "path for a zone": ("Asia/Tokyo", "../etc", 14, "'../etc' is no time zone"),
    "date order of a text": (
        '"担当者" = "manager"',
        '"担当者" = { column = "manager", date_order = "dmy" }',
        10,
        "holds no dates",
    ),
    "unknown entry": (
        "header_row = 4",
        "header = 4",
        7,
        "no such entry (did you mean 'header_row'?)",
    ),
    "unknown entry of a column": (
        "timezone =",
        "time_zone =",
        14,
        "no such entry (did you mean 'timezone'?)",
    ),
    "unknown entry on top": ("unread =", "unred =", 2, "no such entry (did you mean 'unread'?)"),
    "row zero": ("header_row = 4", "header_row = 0", 7, "0 is no row"),
    "row in words": ("header_row = 4", 'header_row = "4"', 7, "4 is no row"),
    "yes for a row": ("header_row = 4", "header_row = true", 7, "True is no row"),
    "list for a column": (
        '"担当者" = "manager"',
        '"担当者" = ["manager"]',
        10,
        "['manager'] is no table of entries",
    ),
    "empty entry": ('"担当者" = "manager"', '"担当者" = {}', 10, "column is missing or empty"),
    "text for blank": (
        '["未定"]',
        '"未定"',
        12,
        '未定 is no list of texts. Write blank = ["…", "…"]',
    ),
    "number in blank": ('["未定"]', "[0]", 12, "[0] is no list of texts"),
    "text for unread": ('["メモ"]', '"メモ"', 2, "no list of texts"),
    "open column": (
        '"担当者" = "manager"',
        '"担当者" = { open = ["manager", "keep"] }',
        10,
        "which column this is. Write one of these on the right: manager, keep",
    ),
    "open unit": (
        'unit = "千円"',
        'unit = "", open = ["円", "千円"]',
        12,
        "still open how its cells are meant. Put one of these where",
    ),
    "open sheet": (
        'table = "survey"',
        'open = ["survey", "periods"]',
        18,
        "still open which table this sheet is",
    ),
    "unknown table": (
        'table = "survey"',
        'table = "surveys"',
        18,
        "no table surveys (did you mean 'survey'?)",
    ),
    "no table": ('table = "survey"\n', "", 16, "table is missing or empty"),
    "no name": ('name = "アンケート"\n', "", 16, "name is missing or empty"),
    "sheet twice": (
        'name = "アンケート"',
        'name = "取引先 一覧"',
        17,
        "stands in the mapping twice",
    ),
    "missing column": (
        '"回" = "wave"',
        '"回" = "keep"',
        16,
        "Table survey needs the column wave (Wave), which no heading is",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_is_named_with_its_line_and_its_remedy(case):
    old, new, line, words = BROKEN[case]
    text = broken(old, new)
    assert f"line {line}, " in text.en
    assert words in text.en
    assert f"{line}行目、" in text.ja
    assert text.en.count("\n- ") == text.ja.count("\n- ") == 1


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    text = GOOD
    for old, new in (
        ("header_row = 4", "header_row = 0"),
        ('"manager"', '"manger"'),
        ('unit = "千円", ', ""),
        ('"dmy"', '"x"'),
        ('"回" = "wave"', '"回" = "waves"'),
    ):
        text = text.replace(old, new)
    lines = [int(n) for n in re.findall(r"\n- line (\d+),", refusal(text).en)]
    assert lines == [7, 10, 12, 14, 16, 22]
    assert "entries to mend: 6" in refusal(text).en


def test_sheets_that_are_joined_are_given_alike():
    block = GOOD[GOOD.index("[[sheet]]") : GOOD.index('[[sheet]]\nname = "アンケート"')]
    second = block.replace("取引先一覧", "取引先 西日本").replace('千円"', '円"')
    text = refusal(GOOD + "\n" + second).en
    assert "line 33, 平均注文額（千円）: mean_order_value (Mean order value)" in text
    assert "is given otherwise in the sheet 取引先一覧" in text
    assert text.count("\n- ") == 1
    alike = mapping_of_text(GOOD + "\n" + second.replace('"円"', '"千円"'), "crm.toml")
    assert [sheet.table for sheet in alike.sheets] == ["accounts", "survey", "accounts"]


def test_without_accounts_nothing_can_be_read():
    survey = GOOD[GOOD.index('[[sheet]]\nname = "アンケート"') :]
    assert "No sheet is the compulsory table accounts" in refusal(survey).en
    assert "No sheet is declared" in refusal('currency = "JPY"').en
    assert "Each sheet is a block of its own" in refusal('[sheet]\nname = "a"').en


@pytest.mark.parametrize(("unit", "currency"), [("千円", "JPY"), ("thousand", None), ("1", None)])
def test_yen_say_the_currency_and_other_units_do_not(unit, currency):
    text = GOOD.replace('currency = "JPY"\n', "").replace('unit = "千円"', f'unit = "{unit}"')
    if currency:
        assert mapping_of_text(text, "crm.toml").currency == currency
    else:
        assert 'such as currency = "USD"' in refusal(text).en


def test_without_money_no_currency_need_be_said():
    text = "\n".join(line for line in GOOD.split("\n") if "mean_order" not in line)
    assert mapping_of_text(text.replace('currency = "JPY"\n', ""), "x").currency == "JPY"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'"a = 1', "not valid TOML"),
        (b'"a" = 1\n"a" = 2', "a heading may stand in a sheet only once"),
        ('name = "顧客"'.encode("cp932"), "not in UTF-8"),
        (b"a = " + b"[" * 5000, "not valid TOML"),
    ],
)
def test_a_file_that_is_no_mapping_is_named(tmp_path, content, words):
    path = tmp_path / "crm.toml"
    path.write_bytes(content)
    with pytest.raises(KamlabError, match=r"crm\.toml") as error:
        read_mapping(path)
    assert words in error.value.text.en


def test_a_file_that_is_not_there_is_named_with_what_makes_one(tmp_path):
    with pytest.raises(KamlabError, match="propose_mapping"):
        read_mapping(tmp_path / "no.toml")
    with pytest.raises(KamlabError, match="cannot be opened"):
        read_mapping(tmp_path)


def test_keep_is_no_column_of_ours():
    assert KEEP not in {c.name for name in (*TABLES, SETTINGS) for c in table(name).columns}


def test_a_mapping_is_saved_once_and_replaced_only_on_request(tmp_path):
    mapping = mapping_of_text(GOOD, "crm.toml")
    path = mapping.save(tmp_path / "new" / "crm.toml")
    assert read_mapping(path) == mapping
    with pytest.raises(KamlabError, match="overwrite=True"):
        mapping.save(path)
    assert mapping.save(path, overwrite=True) == path
    with speaking("ja"):
        mapping.save(path, overwrite=True)
    assert path.read_text(encoding="utf-8").startswith("# どのシート")
    assert read_mapping(path) == mapping


def test_what_could_not_be_read_is_not_written(tmp_path):
    sheet = SheetRule("a", "accounts", (ColumnRule("mean_order_value", "売上"),))
    with pytest.raises(KamlabError) as error:
        write_mapping(ExportMapping((sheet,)), tmp_path / "crm.toml")
    assert "has no unit" in error.value.text.en
    assert "needs the column account_id" in error.value.text.en
    twice = SheetRule("a", "accounts", (ColumnRule("account_id", "x"), ColumnRule("name", "x")))
    with pytest.raises(KamlabError, match="x is given several columns"):
        write_mapping(ExportMapping((twice,)), tmp_path / "crm.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_comment_stays_on_its_line(tmp_path):
    line = ColumnLine("a", {"column": "account_id"}, 'first\n"second"\x00\x7f\u2028 third')
    block = SheetBlock({"name": "s", "table": "accounts"}, [line], ["one\rtwo"])
    text = mapping_text({}, [block], same("head\x00"))
    assert mapping_of_text(text, "x").sheets[0].columns == (ColumnRule("account_id", "a"),)
    assert put_file(text, tmp_path / "x.toml", overwrite=False).read_bytes().endswith(b"\n")


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
plain_words = st.one_of(
    words,
    st.sampled_from(
        ["売上高（千円）", "a.b", '"', "'", "\\", "#", "=", "[[sheet]]", "é", "\x7f", "\x85", "\n"]
    ),
)


@st.composite
def column_rules(draw, column, heading):
    units = units_for(column)
    unit = draw(st.sampled_from(units)) if column.type == "money" else ""
    if units and column.type != "money":
        unit = draw(st.sampled_from(["", *units]))
    codes = list(column.values) or (["TRUE", "FALSE"] if column.type == "boolean" else [])
    dates = column.type == "date"
    return ColumnRule(
        column.name,
        heading,
        unit,
        tuple(draw(st.lists(plain_words, max_size=2))),
        draw(st.dictionaries(plain_words, st.sampled_from(codes), max_size=2)) if codes else {},
        draw(st.sampled_from(["ymd", "mdy", "dmy"])) if dates else "ymd",
        draw(st.sampled_from(["", "Asia/Tokyo", "UTC"])) if dates else "",
    )


@st.composite
def mappings(draw):
    names = draw(st.lists(plain_words, min_size=1, max_size=3, unique_by=fold))
    others = draw(st.permutations([*TABLES[1:], SETTINGS]))
    sheets = []
    for at, name in enumerate(names):
        spec = table("accounts" if at == 0 else others[at - 1])
        optional = [c for c in spec.columns if not c.required]
        chosen = [c for c in spec.columns if c.required]
        chosen += draw(st.lists(st.sampled_from(optional), max_size=5, unique_by=lambda c: c.name))
        more = draw(st.integers(0, 2))
        size = len(chosen) + more
        headings = draw(st.lists(plain_words, min_size=size, max_size=size, unique=True))
        rules = tuple(
            draw(column_rules(column, heading))
            for column, heading in zip(chosen, headings[more:], strict=True)
        )
        row = draw(st.none() | st.integers(1, 1000))
        sheets.append(SheetRule(name, spec.name, rules, row, tuple(headings)))
    return ExportMapping(
        tuple(sheets), "JPY", draw(st.just("") | plain_words), tuple(draw(st.lists(plain_words)))
    )


@settings(deadline=None, max_examples=150)
@given(mappings())
def test_whatever_is_written_is_read_back(tmp_path_factory, mapping):
    path = tmp_path_factory.mktemp("m") / "crm.toml"
    assert read_mapping(mapping.save(path)) == mapping


def test_the_units_are_those_of_the_messages():
    assert all(
        unit in refusal(GOOD.replace('unit = "千円", ', "")).en for unit in UNITS if unit != "%"
    )
