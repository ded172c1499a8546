"""Identifiers: empty, twice, unknown, shortened."""

from __future__ import annotations

from tests.intake.broken.builders import (
    CONTACTS,
    LOG,
    ORDERS,
    PERIODS,
    SURVEY,
    Broken,
    accounts,
    csv_folder,
)

BROKEN = {
    "empty identifier": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\n,y\n"),
        ["table accounts, column account_id, row 3: The cell is empty", "Fill the cell in"],
        ["列「account_id」、3行目", "空欄です"],
    ),
    "identifier that says it is none": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\n不明,y\n"),
        ["table accounts, column account_id, row 3: '不明' says that there is no identifier"],
        ["列「account_id」、3行目", "「不明」は、識別番号がない"],
    ),
    "dash for an identifier": Broken(
        csv_folder(transactions=f"{ORDERS}\n1,-,2026-04-01\n"),
        ["table transactions, column account_id, row 2: '-' says that there is no identifier"],
        ["列「account_id」、2行目", "「-」は、識別番号がない"],
    ),
    "same account twice, other content": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\nA-2,y\nA-1,z\n"),
        ["row 4: account_id A-1 stands in row 2 already, with other content", "Decide which row"],
        ["4行目", "account_id A-1 は2行目にもありますが、内容が異なります", "正しい行だけを残す"],
    ),
    "same row twice": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\nA-2,y\nA-1,x\n"),
        [
            "row 4: Row 2 says the same already, in every column that kamlab reads",
            "kamlab reads (account_id A-1)",
            "Take one",
        ],
        ["4行目", "kamlab が読む列はすべて2行目と同じです", "どちらか一方を取り除いて"],
    ),
    "same identifier in two widths": Broken(
        csv_folder(accounts="account_id,name\nA-1,x\nＡ－１,y\n"),
        ["row 3: account_id A-1 stands in row 2 already"],
        ["3行目", "A-1 は2行目にもあります"],
    ),
    "same answer twice": Broken(
        csv_folder(survey=f"{SURVEY},trust_1\nA-1,R-1,1,2026-04-01,5\nA-1,R-1,1,2026-04-01,6\n"),
        ["row 3: account_id A-1, respondent_id R-1, wave 1 stands in row 2"],
        ["同じ account_id + respondent_id + wave は1行だけ"],
    ),
    "same order twice": Broken(
        csv_folder(transactions=f"{ORDERS},amount\n1,A-1,2026-04-01,5\n1,A-2,2026-04-02,7\n"),
        ["table transactions", "row 3: order_id 1 stands in row 2", "Decide which row"],
        ["3行目", "order_id 1 は2行目にもあります"],
    ),
    "same period twice": Broken(
        csv_folder(
            periods=f"{PERIODS}\nA-1,2025,2025-04-01,2026-03-31\nA-1,2025,2024-04-01,2025-03-31\n"
        ),
        ["table periods", "row 3: account_id A-1, period 2025 stands in row 2"],
        ["3行目", "同じ account_id + period は1行だけ"],
    ),
    "same contact twice": Broken(
        csv_folder(contacts=f"{CONTACTS},name\nC-1,A-1,x\nC-1,A-2,y\n"),
        ["table contacts", "row 3: contact_id C-1 stands in row 2"],
        ["3行目", "contact_id C-1 は2行目"],
    ),
    "lost zeros": Broken(
        csv_folder(accounts="account_id\n017\n", survey=f"{SURVEY}\n17,R-1,1,2026-04-01\n"),
        [
            "table survey, column account_id, row 2: The table accounts has no '17'",
            "(did you mean '017'?)",
            "leading zeros count",
        ],
        ["「17」は表「accounts」にありません（「017」の誤り"],
    ),
    "other case": Broken(
        csv_folder(interactions=f"{LOG}\nI-1,a-1,2026-04-01\n"),
        ["table interactions, column account_id, row 2: The table accounts has no 'a-1'", "'A-1'"],
        ["「a-1」は表「accounts」にありません（「A-1」の誤り"],
    ),
    "unknown customer": Broken(
        csv_folder(periods=f"{PERIODS}\nZ-9,2025,2025-04-01,2026-03-31\n"),
        ["table periods, column account_id, row 2: The table accounts has no 'Z-9'", "Add it"],
        ["列「account_id」、2行目", "「Z-9」は表「accounts」にありません"],
    ),
    "name in place of the identifier": Broken(
        csv_folder(
            accounts="account_id,name\n017,山田商店\n",
            transactions=f"{ORDERS}\n1,山田商店,2026-04-01\n",
        ),
        ["table transactions, column account_id, row 2: The table accounts has no '山田商店'"],
        ["「山田商店」は表「accounts」にありません"],
    ),
    "shortened identifier": Broken(
        csv_folder(accounts="account_id\n1.23457E+15\n"),
        ["row 2: '1.23457E+15' is a number that a spreadsheet has shortened", "formatted as text"],
        ["末尾の桁", "「文字列」"],
    ),
    "failed look-up for an identifier": Broken(
        csv_folder(survey=f"{SURVEY}\n#N/A,R-1,1,2026-04-01\n"),
        ["table survey, column account_id, row 2: '#N/A' is an error", "Mend the formula"],
        ["列「account_id」、2行目", "「#N/A」は表計算の数式エラー"],
    ),
    "empty wave": Broken(
        csv_folder(survey=f"{SURVEY}\nA-1,R-1,未回答,2026-04-01\n"),
        ["table survey, column wave, row 2", "is empty, but the column is compulsory"],
        ["列「wave」、2行目", "必須の列ですが、空欄です"],
    ),
    "nobody left": Broken(
        accounts("employees", "many"),
        ["column employees, row 2: 'many' is not a whole number"],
        ["列「employees」、2行目"],
    ),
}
