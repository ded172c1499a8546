"""Inputs that can be read and are hardly right: told as warnings, and kept."""

from __future__ import annotations

from kamlab.accounts.tables import constructs
from tests.intake.broken.builders import (
    ORDERS,
    PERIODS,
    SURVEY,
    Broken,
    csv_folder,
)

ITEMS = [name for construct in constructs() for name in construct.columns]
HEAD = ",".join([SURVEY, *ITEMS])
MIXED = [1 + (3 * at + at // 4) % 7 for at in range(len(ITEMS))]


def answers(*rows: str) -> object:
    """Return a builder of a survey with all items."""
    return csv_folder(survey="\n".join([HEAD, *rows]) + "\n")


def row(who: str, given: list[object]) -> str:
    return ",".join([who, *map(str, given)])


def shifted(by: int) -> list[int]:
    return MIXED[by:] + MIXED[:by]


DOUBTFUL = {
    "all answers alike": Broken(
        answers(row("A-1,R-1,1,2026-04-01", [4] * len(ITEMS))),
        ["survey", " 2 ", "answers are 4", "Ask the respondent"],
        ["回答がすべて 4 です", "回答者に確かめるか"],
    ),
    "one answer for a long time": Broken(
        answers(row("A-1,R-1,1,2026-04-01", [5] * 30 + MIXED[30:])),
        ["survey", "in a row have the answer 5"],
        ["続けて 5 と答えています"],
    ),
    "hardly any answers": Broken(
        answers(row("A-1,R-1,1,2026-04-01", MIXED[:5] + [""] * (len(ITEMS) - 5))),
        ["survey", "statements have no answer"],
        ["項目に回答がありません"],
    ),
    "answers of another": Broken(
        answers(row("A-1,R-1,1,2026-04-01", MIXED), row("A-1,R-2,1,2026-04-02", MIXED)),
        ["survey", " 3 ", "answers are those of row 2, which is another respondent"],
        ["別の回答者（2行目）と同じ"],
    ),
    "respondent of two customers": Broken(
        answers(row("A-1,R-1,1,2026-04-01", MIXED), row("A-2,R-1,1,2026-04-02", shifted(3))),
        ["The respondent R-1 also answers for the account A-1 (row 2)"],
        ["回答者「R-1」", "「A-1」"],
    ),
    "later wave, earlier day": Broken(
        answers(row("A-1,R-1,1,2026-04-01", MIXED), row("A-1,R-1,2,2025-04-01", shifted(3))),
        ["Wave 2 was not answered later than wave 1"],
        ["調査回2の回答日が、調査回1の回答日"],
    ),
    "margin above revenue": Broken(
        csv_folder(periods=f"{PERIODS},revenue,margin\nA-1,1,2025-04-01,2026-03-31,20,8155\n"),
        ["periods", "margin 8,155", "more than the revenue 20"],
        ["貢献利益 8,155", "売上高 20"],
    ),
    "periods that overlap": Broken(
        csv_folder(
            periods=f"{PERIODS}\nA-1,1,2025-04-01,2026-03-31\nA-1,2,2026-01-01,2026-12-31\n"
        ),
        ["periods", " 3 ", "begins on 2026-01-01", "ends on 2026-03-31"],
        ["2026-01-01 に始まります", "2026-03-31 に終わっています"],
    ),
    "there after leaving": Broken(
        csv_folder(
            periods=f"{PERIODS},stayed\nA-1,1,2025-04-01,2026-03-31,no\n"
            "A-1,2,2026-04-01,2027-03-31,yes\n"
        ),
        ["period 2", "left in period 1 (row 2)"],
        ["期2", "期1で離れています（2行目）"],
    ),
    "customer after the first order": Broken(
        csv_folder(
            accounts="account_id,customer_since\nA-1,2026-05-01\n",
            transactions=f"{ORDERS}\n1,A-1,2026-04-01\n",
        ),
        ["begun on 2026-05-01", "ordered on 2026-04-01 (transactions, row 2)"],
        ["取引開始日は 2026-05-01", "2026-04-01 に注文"],
    ),
    "renewal without contract": Broken(
        csv_folder(
            accounts="account_id,has_contract\nA-1,no\n",
            periods=f"{PERIODS},offered_renewal\nA-1,1,2025-04-01,2026-03-31,yes\n",
        ),
        ["Renewal was offered, but the account is said to have no contract"],
        ["契約なしとされています"],
    ),
    "one customer under two identifiers": Broken(
        csv_folder(accounts="account_id,name\n000170,星ヶ森電子株式会社\n000527,星ヶ森電子 (株)\n"),
        ["'星ヶ森電子 (株)' is also the name of 000170 (row 2)", "join the rows under one id"],
        ["「星ヶ森電子 (株)」", "「000170」（2行目）と同じ名称"],
    ),
    "identifiers that differ in zeros": Broken(
        csv_folder(accounts="account_id\n017\n17\n"),
        ["'17' differs from '017' (row 2)", "leading zeros"],
        ["「17」と「017」（2行目）の違いは"],
    ),
}
