import re

import pytest

from kamlab.accounts.tables import SETTINGS, TABLES, table
from kamlab.foundation.errors import KamlabError
from kamlab.intake.mapping.read_mapping import mapping_of_text, read_mapping
from kamlab.intake.mapping.rules import KEEP, ColumnRule
from kamlab.intake.mapping.units import UNITS

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


def test_data_are_simulated_only_where_the_file_says_so():
    assert not mapping_of_text(GOOD, "crm.toml").simulated
    assert mapping_of_text("simulated = true\n" + GOOD, "crm.toml").simulated
    assert not mapping_of_text("simulated = false\n" + GOOD, "crm.toml").simulated


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
    "label for a name, in English": (
        '"担当者" = "manager"',
        '"担当者" = "Account manager"',
        10,
        "no column Account manager (did you mean 'manager'?)",
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
    "word for yes": ('"JPY"\n', '"JPY"\nsimulated = "yes"\n', 2, "yes is neither yes nor no"),
    "number for yes": ('"JPY"\n', '"JPY"\nsimulated = 1\n', 2, "Write simulated = true or"),
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


@pytest.mark.parametrize(
    ("unit", "words"), [("", "has no unit"), ('unit = "sen"', "no unit 'sen'")]
)
def test_a_unit_that_is_none_is_told_beside_the_currency_that_nothing_says(unit, words):
    text = GOOD.replace('currency = "JPY"\n', "").replace('unit = "千円", ', unit and unit + ", ")
    told = refusal(text).en
    assert words in told
    assert 'such as currency = "USD"' in told
    assert told.count("\n- ") == 2


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


def test_the_units_are_those_of_the_messages():
    assert all(
        unit in refusal(GOOD.replace('unit = "千円", ', "")).en for unit in UNITS if unit != "%"
    )
