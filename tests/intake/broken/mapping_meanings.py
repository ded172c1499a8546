"""Mappings that can be read but mean nothing, or do not fit the export."""

from __future__ import annotations

from tests.intake.broken.builders import SURVEY, Broken, csv_folder
from tests.intake.broken.mapping_files import COLUMNS, SHEET, TOP, mapped

MONEY = '"売上" = {{ column = "mean_order_value"{more} }}\n'
SURVEY_SHEET = """[[sheet]]
name = "answers.csv"
table = "survey"
[sheet.columns]
"account_id" = "account_id"
"respondent_id" = "respondent_id"
"wave" = "wave"
"""
DAY = '"answered_on" = {{ column = "answered_on"{more} }}\n'


def money(more: str, top: str = TOP) -> str:
    """Return a mapping with one column of money."""
    return top + SHEET + COLUMNS + MONEY.format(more=more)


def accounts_only(cells: str, entry: str) -> dict[str, object]:
    """Return an export with one more column, and how it is mapped."""
    return {"export": csv_folder(accounts=f"コード,値\nA-1,{cells}\n"), "mapping": entry}


def read_as(cell: str, entry: str, english: list[str], japanese: list[str]) -> Broken:
    """Return accounts with one more column 値, mapped so that its cell does not fit."""
    mapping = TOP + SHEET + COLUMNS + f'"値" = {entry}\n'
    export = csv_folder(accounts=f'コード,値\nA-1,"{cell}"\n')
    return mapped(mapping, english, japanese, export=export)


def answered(cell: str, more: str, english: list[str], japanese: list[str]) -> Broken:
    """Return a survey whose only answer has this day, mapped so that it does not fit."""
    mapping = TOP + SHEET + COLUMNS + SURVEY_SHEET + DAY.format(more=more)
    export = csv_folder(accounts="コード\nA-1\n", answers=f'{SURVEY}\nA-1,R-1,1,"{cell}"\n')
    return mapped(mapping, english, japanese, export=export)


BROKEN = {
    "table that is none": mapped(
        TOP + SHEET.replace('"accounts"', '"acounts"') + COLUMNS,
        ["line 4, accounts.csv: There is no table acounts (did you mean 'accounts'?)", "Write one"],
        ["4行目、accounts.csv", "「acounts」という表はありません（「accounts」の誤り"],
    ),
    "column that is none": mapped(
        TOP + SHEET + COLUMNS + '"売上" = "revenu"\n',
        ["line 7, 売上: Table accounts has no column revenu", '"keep"'],
        ["7行目、売上", "列「revenu」はありません"],
    ),
    "no customers": mapped(
        TOP + SURVEY_SHEET + DAY.format(more=""),
        ["No sheet is the compulsory table accounts", 'table = "accounts"'],
        ["必須の表「accounts」"],
    ),
    "sheet twice": mapped(
        TOP + (SHEET + COLUMNS) * 2,
        ["line 8, accounts.csv: The sheet stands in the mapping twice", "Keep one"],
        ["8行目、accounts.csv", "2回あります"],
    ),
    "column given twice": mapped(
        TOP + SHEET + COLUMNS + '"売上" = "account_id"\n',
        ["line 7, 売上: コード, 売上 are all given the column account_id", '"keep"'],
        ["7行目、売上", "どれも列「account_id」"],
    ),
    "compulsory column missing": mapped(
        TOP + SHEET + '[sheet.columns]\n"売上" = "name"\n',
        ["accounts.csv: Table accounts needs the column account_id", "Write it beside"],
        ["accounts.csv", "必要な列「account_id", "右側に列名"],
    ),
    "money without unit": mapped(
        money(""),
        ["line 7, 売上: The money column mean_order_value", "has no unit", 'unit = "…"', "千円"],
        ["7行目、売上", "単位がありません", "千円"],
    ),
    "unit that is none": mapped(
        money(', unit = "千えん"'),
        ["line 7, 売上: There is no unit '千えん'", "百万円"],
        ["7行目、売上", "「千えん」という単位はありません"],
    ),
    "unit of another kind": mapped(
        money(', unit = "%"'),
        ["line 7, 売上: The unit '%' does not go with the column mean_order_value"],
        ["7行目、売上", "単位「%」"],
    ),
    "yen in a company of dollars": mapped(
        money(', unit = "千円"', 'currency = "USD"\n'),
        ["line 7, 売上: The unit '千円'", "is yen, but the currency is USD", "converts no money"],
        ["7行目、売上", "通貨が USD", "換算しません"],
    ),
    "money without currency": mapped(
        money(', unit = "thousand"', ""),
        ["The currency of the money is not known", "above the first sheet"],
        ["通貨がわかりません", "最初のシートより上に"],
    ),
    "currency in words": mapped(
        'currency = "円"\n' + SHEET + COLUMNS,
        ["line 1, currency: '円' is no code of a currency", '"JPY"'],
        ["1行目、currency", "「円」は通貨コードではありません"],
    ),
    "words for a text": mapped(
        TOP + SHEET + COLUMNS + '"売上" = { column = "manager", values = { "a" = "b" } }\n',
        ["line 7, 売上: The column manager", "neither a category nor yes and no", "Take values"],
        ["7行目、売上", "values を消してください"],
    ),
    "word for a value that is none": mapped(
        TOP + SHEET + COLUMNS + '"売上" = { column = "is_key", values = { "重点" = "YES!" } }\n',
        ["line 7, 売上", "has no value 'YES!' for the word '重点'", "TRUE, FALSE"],
        ["7行目、売上", "「重点」にあてられた「YES!」", "TRUE、FALSE"],
    ),
    "order of days for a text": mapped(
        TOP + SHEET + COLUMNS + '"売上" = { column = "name", date_order = "mdy" }\n',
        ["line 7, 売上", "holds no dates", "Take date_order"],
        ["7行目、売上", "日付の列ではありません"],
    ),
    "order of days that is none": answered(
        "4/1/2026",
        ', date_order = "usa"',
        ["line 14, answered_on: 'usa' is no order of year, month and day", "mdy"],
        ["14行目、answered_on", "「usa」は年月日の並び順ではありません"],
    ),
    "time zone that is none": answered(
        "2026-04-01",
        ', timezone = "Tokyo"',
        ["line 14, answered_on: 'Tokyo' is no time zone", "Asia/Tokyo"],
        ["14行目、answered_on", "「Tokyo」というタイムゾーンはありません"],
    ),
    "month that is none in the declared order": answered(
        "25/12/2026",
        ', date_order = "mdy"',
        ["column answered_on, row 2: '25/12/2026'"],
        ["列「answered_on」、2行目", "「25/12/2026」"],
    ),
    "yen sign in a column of thousands": read_as(
        "¥1,234",
        '{ column = "mean_order_value", unit = "千円" }',
        ["column 値 (mean_order_value), row 2: '¥1,234'"],
        ["列「値 (mean_order_value)」、2行目", "「¥1,234」"],
    ),
    "share beyond the whole in percent": read_as(
        "135",
        '{ column = "share_of_wallet", unit = "%" }',
        ["column 値 (share_of_wallet), row 2: '135' is out of range"],
        ["列「値 (share_of_wallet)」、2行目", "「135」は範囲外"],
    ),
    "word that the mapping does not name": read_as(
        "検討中",
        '{ column = "is_key", values = { "重点" = "TRUE", "一般" = "FALSE" } }',
        ["column 値 (is_key), row 2: '検討中' is neither yes nor no"],
        ["列「値 (is_key)」、2行目", "「検討中」"],
    ),
    "sheet of the mapping is gone": mapped(
        TOP + SHEET + COLUMNS + SURVEY_SHEET + DAY.format(more=""),
        ["The mapping has a sheet answers.csv (table survey), which the export has not", "name ="],
        ["シート「answers.csv」（表「survey」）が、今回のデータにありません", "name ="],
    ),
    "customers of the mapping are gone": mapped(
        TOP + SHEET.replace("accounts.csv", "取引先.csv") + COLUMNS,
        ["The mapping has a sheet 取引先.csv (table accounts)", "found: accounts.csv"],
        ["シート「取引先.csv」（表「accounts」）", "見つかったもの：accounts.csv"],
    ),
    "compulsory heading of the mapping is gone": mapped(
        TOP + SHEET + COLUMNS,
        ["row 1: None of the headings that the mapping names", "row 1 has: 取引先コード, 売上"],
        ["1行目：対応表にある見出しが1つも見つかりません", "取引先コード、売上"],
        export=csv_folder(accounts="取引先コード,売上\nA-1,5\n"),
    ),
}
