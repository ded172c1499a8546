"""Parquet files and DuckDB databases, whose columns have types."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest

from kamlab.foundation.errors import KamlabError
from kamlab.intake.sources import columnar, limits
from kamlab.intake.sources.columnar import open_database, read_parquet
from kamlab.intake.sources.found import UnreadableSheet


@pytest.fixture
def database(tmp_path):
    def make(*statements):
        path = tmp_path / "crm.duckdb"
        with duckdb.connect(path) as connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return make


@pytest.fixture
def column(database):
    """What one column of a table of one expression a row becomes."""

    def read(*expressions):
        query = " union all by name ".join(
            f"select {n} as n, {e} as x" for n, e in enumerate(expressions)
        )
        path = database(f"create table t as from ({query}) order by n")
        return open_database(path)[0].read(set(), None).cells[1]

    return read


@pytest.fixture
def parquet(tmp_path):
    def write(frame, name="accounts.parquet"):
        frame.to_parquet(tmp_path / name)
        return read_parquet(tmp_path / name, set(), None)

    return write


def test_a_parquet_file_keeps_its_types(parquet):
    frame = pd.DataFrame(
        {
            "account_id": ["001", "A-2", "㈱"],
            "employees": pd.array([1, None, 2**60], dtype="Int64"),
            "revenue": [1.5, np.nan, -2.0],
            "is_key": pd.array([True, None, False], dtype="boolean"),
            "since": pd.to_datetime(["2019-04-01 09:30", None, "2020-01-01 00:00"]),
            "wave": [1, 2, 3],
        }
    )
    found = parquet(frame)
    assert found.name == found.file == "accounts.parquet"
    assert found.headings == tuple(frame.columns)
    assert list(map(str, found.cells.dtypes)) == [
        "object", "Int64", "float64", "boolean", "datetime64[us]", "int64",
    ]  # fmt: skip
    for position, name in enumerate(frame):
        expected = frame[name].astype(found.cells[position].dtype)
        pd.testing.assert_series_equal(found.cells[position], expected, check_names=False)
    assert found.rows.tolist() == [2, 3, 4]
    assert (found.header_row, found.blank_rows, found.above, found.no_records) == (1, 0, (), ())


def test_missing_text_is_none(parquet):
    assert parquet(pd.DataFrame({"a": ["x", None], "b": [1, 2]})).cells[0].tolist() == ["x", None]


def test_wholly_empty_rows_are_left_out_and_counted(parquet):
    frame = pd.DataFrame({"a": ["x", None, " ", "y", None], "b": [1, None, None, None, None]})
    found = parquet(frame)
    assert found.rows.tolist() == [2, 5]
    assert found.blank_rows == 2


def test_an_empty_table_has_its_headings(parquet):
    found = parquet(
        pd.DataFrame({"account_id": pd.Series(dtype="str"), "wave": pd.Series(dtype="int64")})
    )
    assert (found.headings, found.cells.shape, found.blank_rows) == (
        ("account_id", "wave"),
        (0, 2),
        0,
    )


def test_a_column_without_name_is_told(parquet):
    found = parquet(pd.DataFrame({"a": [1, 2], " ": [None, "x"]}))
    assert found.headings == ("a",)
    assert [(each.letter, each.row, each.value) for each in found.unnamed] == [("B", 3, "x")]


@pytest.mark.parametrize(
    "name", ["a[1]*?.parquet", "it's.parquet", "顧客 一覧.parquet", '"q".parquet']
)
def test_a_file_may_bear_any_name(parquet, name):
    assert parquet(pd.DataFrame({"a": [1]}), name).name == name


def test_signs_in_a_name_stand_for_no_other_file(parquet, tmp_path):
    parquet(pd.DataFrame({"a": [1]}), "x1.parquet")
    found = parquet(pd.DataFrame({"a": [2]}), "x[1].parquet")
    assert found.cells[0].tolist() == [2]


@pytest.mark.parametrize(
    ("expressions", "dtype", "values"),
    [
        (["1.50::decimal(10,2)", "null"], "float64", [1.5, np.nan]),
        (["12::decimal(18,0)"], "int64", [12]),
        (["12345678901234567890::decimal(38,0)"], "object", ["12345678901234567890"]),
        (["12345678901234567890::hugeint", "1"], "object", ["12345678901234567890", "1"]),
        (["1::utinyint", "null"], "Int64", [1, pd.NA]),
        (["'b'::enum('a', 'b')"], "object", ["b"]),
        (["time '09:30'"], "object", ["09:30:00"]),
        (["interval 3 days"], "object", ["3 days"]),
        (["'{\"a\": 1}'::json"], "object", ['{"a": 1}']),
        (["date '2026-04-01'"], "datetime64[us]", [pd.Timestamp("2026-04-01")]),
        (["timestamp_ns '2026-04-01 09:30'"], "datetime64[us]", [pd.Timestamp("2026-04-01 09:30")]),
        (["timestamptz '2026-04-01 09:30+09'"], "object", ["2026-04-01 00:30:00+00"]),
        (["date '0001-01-01'"], "datetime64[us]", [pd.Timestamp(dt.datetime(1, 1, 1))]),
        (["null"], "object", [None]),
    ],
)  # fmt: skip
def test_every_type_of_a_database_has_its_reading(column, expressions, dtype, values):
    found = column(*expressions)
    pd.testing.assert_series_equal(found, pd.Series(values, dtype=dtype), check_names=False)


def test_days_without_end_become_text_and_never_a_wrong_day(column):
    assert column("date 'infinity'", "date '2026-04-01'").tolist() == [
        "infinity", "2026-04-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "[1, 2]",
        "{'a': 1}",
        "map {'a': 1}",
        "'x'::blob",
        "'101'::bit",
        "array_value(1, 2)",
        "[[1.5::decimal(4,1)]]",
    ],
)
def test_values_that_no_cell_holds_are_refused_by_name(column, expression):
    with pytest.raises(UnreadableSheet) as caught:
        column(expression)
    assert (caught.value.kind, caught.value.column) == ("nested_column", "x")
    assert caught.value.words["type"]


def test_tables_and_views_of_all_schemas_are_found(database):
    path = database(
        'create table "b t" as select 1 as i',
        'create view a as select i + 1 as j from "b t"',
        "create schema other",
        "create table other.c as select 3 as k",
    )
    sources = open_database(path)
    assert [(source.name, source.file) for source in sources] == [
        ("a", "crm.duckdb"), ("b t", "crm.duckdb"), ("other.c", "crm.duckdb"),
    ]  # fmt: skip
    assert [source.read(set(), None).cells.iloc[0, 0] for source in sources] == [2, 1, 3]


def test_a_view_reads_no_other_file(database, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    path = database(f"create view v as select * from read_csv('{secret}')")
    (source,) = open_database(path)
    with pytest.raises(UnreadableSheet) as caught:
        source.read(set(), None)
    assert caught.value.kind == "unreadable_table"


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + bytes(4000), b"x" * 20_000])
def test_what_is_no_database_is_told(tmp_path, content):
    path = tmp_path / "crm.db"
    path.write_bytes(content)
    with pytest.raises(KamlabError, match="not a DuckDB database"):
        open_database(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PAR1" + bytes(100) + b"PAR1"])
def test_what_is_no_parquet_file_is_told(tmp_path, content):
    path = tmp_path / "accounts.parquet"
    path.write_bytes(content)
    with pytest.raises(UnreadableSheet) as caught:
        read_parquet(path, set(), None)
    assert caught.value.kind == "unreadable_table"


def test_too_many_cells_or_characters_are_refused(parquet, monkeypatch):
    frame = pd.DataFrame({"a": ["x" * 10, "y" * 10], "b": [1, 2]})
    monkeypatch.setattr(limits, "MOST_CELLS", 3)
    with pytest.raises(UnreadableSheet) as caught:
        parquet(frame)
    assert caught.value.kind == "too_many_cells"
    monkeypatch.setattr(limits, "MOST_CELLS", 4)
    monkeypatch.setattr(columnar, "LARGEST_TEXT", 19)
    with pytest.raises(UnreadableSheet) as caught:
        parquet(frame)
    assert caught.value.words == {"limit": "19"}


def test_the_order_of_records_is_kept(parquet):
    values = list(range(200_000))
    assert parquet(pd.DataFrame({"a": values})).cells[0].tolist() == values
