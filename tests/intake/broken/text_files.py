"""Text files: characters, quotation marks, fields."""

from __future__ import annotations

from tests.intake.broken.builders import GOOD, SURVEY, Broken, csv_folder, file

NAMES = "account_id,顧客名\nA-1,株式会社山田\nA-2,乙\n"

BROKEN = {
    "empty file": Broken(csv_folder(survey=""), ["table survey", "nothing in it"], ["取り除いて"]),
    "nothing but empty lines": Broken(
        csv_folder(survey="\n,,\n\n"), ["table survey", "nothing in it"], ["取り除いて"]
    ),
    "headings only": Broken(
        csv_folder(accounts="account_id\n"),
        ["table accounts", "headings but no rows", "Add at least one row"],
        ["データの行がありません"],
    ),
    "EUC-JP": Broken(
        csv_folder(accounts=NAMES.encode("euc_jp")),
        ["table accounts", "EUC-JP"],
        ["EUC-JP"],
    ),
    "ISO-2022-JP": Broken(
        csv_folder(accounts=NAMES.encode("iso2022_jp")),
        ["table accounts", "ISO-2022-JP"],
        ["ISO-2022-JP"],
    ),
    "Windows-1252": Broken(
        csv_folder(accounts="account_id,name\nA-1,Señor Muñoz SA\n".encode("cp1252")),
        ["table accounts", "Windows-1252"],
        ["Windows-1252"],
    ),
    "picture named as text": Broken(
        csv_folder(accounts=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\xff\xfe\xfd"),
        ["neither UTF-8 nor UTF-16 nor Shift_JIS", "save as CSV UTF-8"],
        ["文字コード", "CSV UTF-8"],
    ),
    "UTF-16 cut in two": Broken(
        csv_folder(accounts="\ufeffaccount_id\nA-1\n".encode("utf-16-le") + b"A"),
        ["table accounts", "save as CSV UTF-8"],
        ["文字コード"],
    ),
    "open quote": Broken(
        csv_folder(accounts='account_id,name\nA-1,x\nA-2,"y\nA-3,z\n'),
        ["table accounts, row 3", "quotation mark is not closed", "double those inside"],
        ["引用符", "3行目"],
    ),
    "quote inside a cell": Broken(
        csv_folder(accounts='account_id,name\nA-1,"山田"商店"\n'),
        ["table accounts, row 2", "quotation mark", "double those inside"],
        ["2行目", "引用符"],
    ),
    "short row": Broken(
        csv_folder(顧客="顧客ID,顧客名,業種\n0017,株式会社\n山田,機械\n0018,乙\n", accounts=None),
        [
            "table 顧客.csv (accounts), row 2: The row has 2 of 3 fields",
            "too short: 3)",
            "line break inside a cell",
            "export again with quotation marks",
        ],
        ["2行目", "3項目のうち2項目しかありません（項目が足りない行：3行）", "セルの中の改行"],
    ),
    "line cut off": Broken(
        csv_folder(accounts='account_id,name,industry\nA-1,"x\ny",z\n\nA-2,y'),
        ["table accounts, row 4: The row has 2 of 3 fields", "cut off"],
        ["4行目", "途中で切れた行"],
    ),
    "headings broken in two": Broken(
        csv_folder(accounts="account_id,na\nme\nA-1,x\n"),
        ["row 2: The row has 1 of 2 fields"],
        ["2行目", "2項目のうち1項目"],
    ),
    "comma in an amount": Broken(
        csv_folder(accounts="account_id,name,mean_order_value\nA-1,x,1,200\n"),
        ["row 2", "Column D of the sheet has the value '200' but no heading", "quotation marks"],
        ["D列には見出しがありません", "引用符で囲みます"],
    ),
    "no heading": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\nA-2,y,3\n"),
        ["row 3", "Column C of the sheet has the value '3' but no heading", "quotation marks"],
        ["C列には見出しがありません", "引用符で囲みます"],
    ),
    "damaged UTF-8": Broken(
        csv_folder(accounts=NAMES.encode()[:-2]),
        ["table accounts: Line 3 holds a damaged character", "Export the file again"],
        ["3行目（改行で数えた行）", "もう一度書き出して"],
    ),
    "damaged UTF-8 with mark": Broken(
        csv_folder(accounts=b"\xef\xbb\xbfaccount_id,name\nA-1,\x8eR\n"),
        ["Line 2 holds a damaged character"],
        ["2行目（改行で数えた行）"],
    ),
    "fields between bars": Broken(
        csv_folder(accounts="account_id|name\nA-1|x\n"),
        ["table accounts, column account_id", "did you mean 'account_id|name'?"],
        ["列「account_id」", "「account_id|name」の誤り"],
    ),
    "one table that is not the customers": Broken(
        file("survey.csv", f"{SURVEY}\nA-1,R-1,1,2026-04-01\n"),
        ["compulsory table accounts is missing; found: survey.csv"],
        ["必須の表「accounts」がありません", "survey.csv"],
    ),
    "a name that is no table's": Broken(
        file("export_20260410.csv", GOOD),
        ["compulsory table accounts is missing; found: export_20260410.csv"],
        ["必須の表「accounts」がありません", "export_20260410.csv"],
    ),
}
