"""Mapping files that cannot be read, or whose entries are not what may stand there."""

from __future__ import annotations

from tests.intake.broken.builders import NO_FILE, Broken, csv_folder

TOP = 'currency = "JPY"\n'
SHEET = '[[sheet]]\nname = "accounts.csv"\ntable = "accounts"\n'
COLUMNS = '[sheet.columns]\n"コード" = "account_id"\n'
EXPORT = csv_folder(accounts="コード,売上\nA-1,5\n")


def mapped(
    mapping: str | bytes, english: list[str], japanese: list[str], *, export=EXPORT
) -> Broken:
    """Return an export that is in order, with a mapping that is not."""
    return Broken(export, english, japanese, mapping=mapping)


BROKEN = {
    "no such file": mapped(
        NO_FILE,
        ["crm.toml cannot be opened", 'crm.toml")', "kl.propose_mapping"],
        ["crm.toml", "開けません"],
    ),
    "not UTF-8": mapped(
        (TOP + SHEET + COLUMNS).encode("cp932"),
        ["crm.toml is not in UTF-8", "save it as UTF-8"],
        ["UTF-8 で保存"],
    ),
    "not TOML": mapped(
        TOP + SHEET + '[sheet.columns]\n"コード = "account_id"\n',
        ["crm.toml is not valid TOML", "line 6", "quotation mark"],
        ["TOMLとして読めません", "line 6"],
    ),
    "heading twice": mapped(
        TOP + SHEET + COLUMNS + '"コード" = "name"\n',
        ["crm.toml is not valid TOML", "a heading may stand in a sheet only once"],
        ["同じ見出しは一度しか書けません"],
    ),
    "empty": mapped("", ["No sheet is declared", "[[sheet]]"], ["シートが1つも書かれていません"]),
    "misspelt entry": mapped(
        TOP + SHEET.replace("table", "tabel") + COLUMNS,
        ["line 4, tabel: There is no such entry (did you mean 'table'?)", "header_row"],
        ["4行目、tabel", "「table」の誤り"],
    ),
    "misspelt entry of a column": mapped(
        TOP + SHEET + COLUMNS + '"売上" = { column = "mean_order_value", units = "円" }\n',
        ["line 7, 売上 → units: There is no such entry (did you mean 'unit'?)"],
        ["7行目、売上 → units", "「unit」の誤り"],
    ),
    "sheet in single brackets": mapped(
        TOP + SHEET.replace("[[sheet]]", "[sheet]") + COLUMNS,
        ["line 2, sheet: Each sheet is a block of its own", "two brackets"],
        ["2行目、sheet", "二重の括弧"],
    ),
    "sheet without a name": mapped(
        TOP + '[[sheet]]\nname = ""\ntable = "accounts"\n' + COLUMNS,
        ["line 3, name: name is missing or empty"],
        ["3行目、name", "空です"],
    ),
    "row of headings in words": mapped(
        TOP + SHEET + 'header_row = "4行目"\n' + COLUMNS,
        ["line 5, header_row", "4行目 is no row", "such as header_row = 4"],
        ["5行目、header_row", "行番号ではありません"],
    ),
    "row zero": mapped(
        TOP + SHEET + "header_row = 0\n" + COLUMNS,
        ["line 5, header_row: 0 is no row", "counted from 1"],
        ["5行目、header_row", "1から数えて"],
    ),
    "number for a column": mapped(
        TOP + SHEET + COLUMNS + '"売上" = 3\n',
        ["line 7, 売上: 3 is no table of entries"],
        ["7行目、売上"],
    ),
    "one word for a list": mapped(
        TOP + SHEET + '[sheet.columns]\n"コード" = { column = "account_id", blank = "なし" }\n',
        ["line 6, コード → blank", 'Write blank = ["…", "…"]'],
        ["6行目、コード → blank", "リスト"],
    ),
    "sheet still open": mapped(
        TOP + SHEET + COLUMNS + '[[sheet]]\nname = "メモ"\nopen = ["contacts", "interactions"]\n',
        ["line 9, open", "still open which table", "contacts, interactions"],
        ["9行目、open", "まだ決まっていません", "contacts, interactions"],
    ),
    "column still open": mapped(
        TOP + SHEET + COLUMNS + '"担当者" = { open = ["manager", "keep"] }\n',
        ["line 7, 担当者", "still open which column", "manager, keep"],
        ["7行目、担当者", "まだ決まっていません", "manager, keep"],
    ),
    "unit still open": mapped(
        TOP
        + SHEET
        + COLUMNS
        + '"売上" = { column = "mean_order_value", unit = "", open = ["円", "千円"] }\n',
        ["line 7, 売上", "still open how its cells are meant", "円, 千円"],
        ["7行目、売上", "まだ決まっていません", "円, 千円"],
    ),
}
