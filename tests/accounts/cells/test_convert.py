"""Cells become typed values as declared; what does not fit is told and never guessed."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.cells.convert import convert, infer
from kamlab.accounts.tables import table
from kamlab.intake.giving.escaping import from_workbook, guard, to_workbook, unguard

COLUMN = {
    "id": table("accounts")["account_id"],
    "text": table("accounts")["name"],
    "category": table("contacts")["stance"],
    "integer": table("accounts")["employees"],
    "money": table("transactions")["amount"],
    "share": table("accounts")["share_of_wallet"],
    "rating": table("accounts")["buyer_ties"],
    "date": table("survey")["answered_on"],
    "boolean": table("accounts")["is_key"],
}
DAY = pd.Timestamp("2026-04-01")


def one(kind, cell):
    converted = convert(COLUMN[kind], pd.Series([cell], dtype=object))
    return converted.values.iloc[0], converted.misfits.get(0)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("id", "0017", "0017"),
        ("id", 17.0, "17"),
        ("id", 17, "17"),
        ("id", " A-017 ", "A-017"),
        ("id", "\uff21\uff0d\uff10\uff11\uff17", "A-017"),  # full width
        ("id", "17.0", "17.0"),
        ("text", " ㈱ 山田 ", " ㈱ 山田 "),
        ("text", 1990, "1990"),
        ("category", "supporter", "supporter"),
        ("category", "Supporter", "supporter"),
        ("category", " 懐疑的 ", "sceptic"),
        ("integer", "12,345", 12345),
        ("integer", "3.0", 3),
        ("money", "1,234,567.5", 1234567.5),
        ("money", "-500", -500),
        ("money", "−500", -500),
        ("money", "\uff11\uff0c\uff12\uff13\uff14", 1234),  # full width
        ("money", ".5", 0.5),
        ("money", "1e6", 1e6),
        ("share", "0.35", 0.35),
        ("rating", "7", 7),
        ("rating", 4.5, 4.5),
        ("date", "2026-04-01", DAY),
        ("date", "2026/4/1", DAY),
        ("date", "2026年4月1日", DAY),
        ("date", "2026/04/01", DAY),
        ("date", datetime(2026, 4, 1), DAY),
        ("date", date(2026, 4, 1), DAY),
        ("date", "2026-04-01 09:30", DAY + pd.Timedelta("9h30min")),
        ("date", "2026-04-01T09:30:05.25", DAY + pd.Timedelta("9h30min5.25s")),
        *(("boolean", cell, True) for cell in ("TRUE", "true", 1, 1.0, True, "はい", "○", "yes")),
        *(("boolean", cell, False) for cell in ("FALSE", 0, False, "いいえ", "×", "No", "0")),
    ],
)
def test_a_cell_as_people_type_it(kind, cell, value):
    assert one(kind, cell) == (value, None)


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("id", "1.23457E+15", "id_shortened"),
        ("id", 1234567890123456, "id_shortened"),
        ("id", 1.2e20, "id_shortened"),
        ("category", "friend", "category"),
        ("integer", "3.5", "integer"),
        ("integer", "FY2026", "integer"),
        ("money", "1 000", "number"),
        ("money", "inf", "number"),
        ("money", "千円", "number"),
        ("money", True, "number"),
        ("money", DAY, "number"),
        ("date", "03/04/2026", "date_ambiguous"),
        ("date", "3.4.26", "date_ambiguous"),
        ("date", "2026-02-30", "date_impossible"),
        ("date", "2026-04-01 25:00", "date_impossible"),
        ("date", "2026-4/1", "date"),
        ("boolean", "maybe", "boolean"),
        ("boolean", 2, "boolean"),
        *((kind, "#REF!", "excel_error") for kind in COLUMN),
    ],
)
def test_what_does_not_fit_is_missing_and_told(kind, cell, reason):
    value, told = one(kind, cell)
    assert told == reason
    assert pd.isna(value)


@pytest.mark.parametrize("kind", COLUMN)
@pytest.mark.parametrize("blank", ["", "  ", "\u3000", None, np.nan, pd.NA, pd.NaT])
def test_blank_is_missing(kind, blank):
    value, told = one(kind, blank)
    assert pd.isna(value)
    assert told is None


@pytest.mark.parametrize(
    ("kind", "cells", "dtype"),
    [
        ("id", ["a", ""], "str"),
        ("category", ["neutral", ""], "str"),
        ("integer", ["1", ""], "float64"),
        ("money", ["1", ""], "float64"),
        ("boolean", ["1", ""], "boolean"),
        ("date", ["2026-04-01", ""], "datetime64[us]"),
    ],
)
def test_the_dtype_is_the_same_with_and_without_gaps(kind, cells, dtype):
    for some in (cells, cells[:1], cells[1:], []):
        assert convert(COLUMN[kind], pd.Series(some, dtype=object)).values.dtype == dtype


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("money", pd.Series([1, 2])),
        ("money", pd.Series([1, pd.NA], dtype="Int64")),
        ("boolean", pd.Series([True, False])),
        ("date", pd.Series(pd.to_datetime(["2026-04-01"])).astype("datetime64[ns]")),
        ("id", pd.Series(["a", np.nan], dtype="str")),
    ],
)
def test_typed_columns_pass_and_pass_again(kind, values):
    first = convert(COLUMN[kind], values)
    assert first.misfits == {}
    pd.testing.assert_series_equal(convert(COLUMN[kind], first.values).values, first.values)


def test_typed_numbers_are_checked_too():
    infinite = convert(COLUMN["money"], pd.Series([1.0, np.inf]))
    assert infinite.misfits == {1: "infinite"}
    assert infinite.values.isna().tolist() == [False, True]
    assert convert(COLUMN["integer"], pd.Series([1.0, 1.5])).misfits == {1: "integer"}
    aware = pd.Series(pd.to_datetime(["2026-04-01"]).tz_localize("Asia/Tokyo"))
    assert convert(COLUMN["date"], aware).misfits == {0: "date_zone"}


def test_equal_looking_cells_of_different_kinds_are_kept_apart():
    """1, 1.0 and True are equal in Python; a column of money must not take the last."""
    cells = pd.Series([1, 1.0, True, "1"], dtype=object)
    assert convert(COLUMN["money"], cells).misfits == {2: "number"}


@pytest.mark.parametrize(
    ("cells", "dtype", "first"),
    [
        (["1,200", ""], "float64", 1200.0),
        (["2026/4/1", ""], "datetime64[us]", DAY),
        (["TRUE", "FALSE"], "boolean", True),
        (["0012", "0013"], "str", "0012"),
        (["1e5", "2E3"], "str", "1e5"),
        (["+81312345678"], "str", "+81312345678"),
        (["12345678901234567"], "str", "12345678901234567"),
        (["1,234,567,890,123,456"], "str", "1,234,567,890,123,456"),
        (["-007"], "str", "-007"),
        (["123456789012345", "-.5"], "float64", 123456789012345.0),
        ([1e-9, 1e16], "float64", 1e-9),
        (["1", "two"], "str", "1"),
        ([" a "], "str", " a "),
        (["", ""], "str", np.nan),
        ([1, 0], "float64", 1.0),
    ],
)
def test_an_undeclared_column_is_typed_only_when_all_cells_agree(cells, dtype, first):
    inferred = infer(pd.Series(cells, dtype=object))
    assert inferred.dtype == dtype
    assert inferred.iloc[0] == first or pd.isna(first)


FULL_WIDTH = [f"{sign}1" for sign in "\uff1d\uff0b\uff0d\uff20"]


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@a", "'=1", "''@", "\t=", "\r", *FULL_WIDTH])
def test_formulas_are_made_harmless_and_come_back(text):
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["plain", "'quoted", "a=1", "", *"09:;<>?A,.'"])
def test_other_text_is_left_alone(text):
    assert guard(text) == unguard(text) == text


@pytest.mark.parametrize("text", ["a\r\nb", "\x00\x1f", "_x000D_", "_x005F_x000D_", "a_xb_"])
def test_control_characters_survive_a_workbook(text):
    written = to_workbook(text)
    assert all(character >= " " or character in "\t\n" for character in written)
    assert from_workbook(written) == text
