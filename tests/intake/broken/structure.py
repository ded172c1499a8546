"""Tables and headings: what is missing, twice or under another name."""

from __future__ import annotations

from tests.intake.broken.builders import GOOD, PERIODS, SURVEY, Broken, csv_folder

BROKEN = {
    "no accounts": Broken(
        csv_folder(accounts=None, survey=f"{SURVEY}\nA-1,R-1,1,2026-04-01\n"),
        ["compulsory table accounts is missing; found: survey.csv", "Name the customer list"],
        ["必須の表「accounts」がありません", "survey.csv"],
    ),
    "accounts twice": Broken(
        csv_folder(顧客=GOOD),
        ["accounts.csv, 顧客.csv are all the table accounts", "Keep one of them"],
        ["accounts.csv、顧客.csv", "1つだけ残す"],
    ),
    "misspelt compulsory column": Broken(
        csv_folder(accounts="acount_id,name\nA-1,x\n"),
        [
            "table accounts, column account_id",
            "did you mean 'acount_id'?",
            "give the right one the heading account_id (or Account ID)",
        ],
        ["必須の列「account_id」がありません", "「acount_id」の誤り", "顧客ID"],
    ),
    "two compulsory columns missing": Broken(
        csv_folder(survey="account_id,respondent_id,trust_1\nA-1,R-1,5\n"),
        ["table survey, column wave", "table survey, column answered_on", "is missing"],
        ["必須の列「wave」がありません", "必須の列「answered_on」がありません"],
    ),
    "one column twice": Broken(
        csv_folder(accounts="顧客コード,account_id\nA-1,A-1\n"),
        ["The headings 顧客コード, account_id mean the same column", "Keep one of them"],
        ["見出し「顧客コード、account_id」は、同じ列"],
    ),
    "headings that differ in width only": Broken(
        csv_folder(accounts="account_id,ｅｍｐｌｏｙｅｅｓ,Employees\nA-1,1,2\n"),
        ["The headings ｅｍｐｌｏｙｅｅｓ, Employees mean the same column"],
        ["見出し「ｅｍｐｌｏｙｅｅｓ、Employees」"],
    ),
    "foreign heading and file name": Broken(
        csv_folder(アンケート=f"{SURVEY.replace('wave', '調査回')}\nA-1,R-1,x,2026-04-01\n"),
        ["table アンケート.csv (survey), column 調査回 (wave), row 2"],
        ["表「アンケート.csv (survey)」、列「調査回 (wave)」"],
    ),
    "currency in small letters": Broken(
        csv_folder(settings="name,currency,simulated\nX,usd,FALSE\n"),
        ["'usd' is not a currency code", "three capital letters"],
        ["大文字3文字"],
    ),
    "end before start": Broken(
        csv_folder(periods=f"{PERIODS}\nA-1,2026,2027-03-31,2026-04-01\n"),
        ["start is '2027-03-31' but end is '2026-04-01'", "perhaps they are swapped"],
        ["入れ替わっている"],
    ),
    "recency over T": Broken(
        csv_folder(accounts="account_id,recency,T\nA-1,30,20\n"),
        ["column recency, row 2: recency is '30' but T is '20'", "recency not after T"],
        ["recencyがTを超えない"],
    ),
}
