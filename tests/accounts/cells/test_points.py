"""A point may part thousands: 1.234 is never read a thousand times too small in silence."""

import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.cells.convert import convert
from kamlab.accounts.tables import table

MONEY, COUNT = table("transactions")["amount"], table("accounts")["employees"]


def converted(column, *cells):
    return convert(column, pd.Series(cells, dtype=object))


@pytest.mark.parametrize("beyond_doubt", ["1.234,56", "-1.234,5", "1.234.567", "€ 1.234,00"])
def test_beside_a_decimal_comma_no_point_is_decimal(beyond_doubt):
    read = converted(MONEY, "1.234", beyond_doubt, "12.500", "999", "0.5")
    assert set(read.misfits.values()) <= {"number_comma", "money_currency"}
    assert sorted(read.misfits) == [0, 1, 2]
    assert read.values.dropna().tolist() == [999, 0.5]


@pytest.mark.parametrize("cell", ["3.000", "1.200", "-12.500", "３．０００"])
def test_three_thousand_people_are_not_three(cell):
    read = converted(COUNT, cell, "7")
    assert (read.misfits, read.values.dropna().tolist()) == ({0: "number_comma"}, [7])
    assert len(read.changes) == 0


def test_whole_numbers_with_other_zeros_and_typed_cells_stay():
    assert converted(COUNT, "3.0", "12.00", 3.0, "5").values.tolist() == [3, 12, 3, 5]
    assert converted(MONEY, "1.234", "0.5", 2.345).values.tolist() == [1.234, 0.5, 2.345]


@pytest.mark.parametrize(
    ("amounts", "rows"),
    [
        (["1.234", "12.500", "999"], [2, 3]),
        (["1.234", "12.5", "999"], []),
        (["0.234", "1234.567"], []),
        (["1.234", "1.234,5"], []),
    ],
)
def test_a_column_whose_points_all_stand_before_three_digits_is_doubted(tmp_path, amounts, rows):
    lines = [f'{n},A,2026-04-01,"{amount}"' for n, amount in enumerate(amounts)]
    (tmp_path / "accounts.csv").write_text("account_id\nA\n", encoding="utf-8")
    orders = "\n".join(["order_id,account_id,ordered_on,amount", *lines])
    (tmp_path / "transactions.csv").write_text(orders, encoding="utf-8")
    problems = kl.check_company(tmp_path).problems()
    doubted = problems[problems["severity"] == "warning"]
    assert doubted["row"].tolist() == rows
    assert doubted["problem"].str.contains("a thousand times as much").all()
