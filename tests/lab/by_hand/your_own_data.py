"""Answers of notebook C1, counted in the workbook itself and one customer after another."""

from collections import Counter

from openpyxl import load_workbook

import kamlab as kl
from tests.lab.by_hand.question import Question

CODE = "取引先コード"


def codes(sheet):
    """Return the customers' codes that stand under the heading of a sheet; none in other sheets."""
    heads = [cell for row in sheet.iter_rows(max_row=4) for cell in row if cell.value == CODE]
    if not heads:
        return []
    below = sheet.iter_rows(
        min_row=heads[0].row + 1, min_col=heads[0].column, max_col=heads[0].column
    )
    return [str(row[0].value) for row in below if row[0].value]


def rows_by_customer():
    """Return how many rows of other sheets each customer has that did not come in."""
    workbook = load_workbook(kl.example_file("messy_export_ja.xlsx"))
    listed, *others = (codes(sheet) for sheet in workbook)
    intake = kl.check_company(
        kl.example_file("messy_export_ja.xlsx"), mapping=kl.example_file("messy_export_ja.toml")
    )
    out = set(listed) - set(intake.company().accounts["account_id"])
    return Counter(code for sheet in others for code in sheet if code in out)


def mend_first(_company=None):
    return rows_by_customer().most_common(1)[0][0]


def second(_company):
    return rows_by_customer().most_common(2)[1][0]


def key_cells(company):
    pairs = zip(company.accounts["industry"], company.accounts["is_key"], strict=True)
    return Counter((str(industry), str(is_key)) for industry, is_key in pairs)


def small_cells(company):
    return sum(count < 5 for count in key_cells(company).values())


def customers_in_small_cells(company):
    return sum(count for count in key_cells(company).values() if count < 5)


QUESTIONS = (
    Question(
        "C1-mend-first",
        mend_first,
        hint="intake.set_aside()",
        wrong=(second, "000999", "226"),  # 000999 is in no list of customers
        of_company=False,
    ),
    Question(
        "C1-small-cells",
        small_cells,
        hint="small_cells",
        wrong=(customers_in_small_cells, lambda company: len(key_cells(company))),
    ),
)
