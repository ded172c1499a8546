"""Parquet files and DuckDB databases, whose columns have types already."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.intake.broken.builders import Broken, Build


def parquet(query: str, name: str = "accounts") -> Build:
    """Return a builder of a folder with the Parquet file that a query makes."""

    def build(place: Path) -> Path:
        duckdb.sql(f"copy ({query}) to '{place / name}.parquet' (format parquet)")
        return place

    return build


def database(*statements: str) -> Build:
    """Return a builder of a database; {place} stands for its folder."""

    def build(place: Path) -> Path:
        with duckdb.connect(place / "crm.duckdb") as connection:
            for statement in statements:
                connection.execute(statement.format(place=place))
        return place / "crm.duckdb"

    return build


ACCOUNTS = "create table accounts as select 'A-1' as account_id"
SURVEY = "create table survey as select 'A-1' as account_id, 'R-1' as respondent_id, 1 as wave"

BROKEN = {
    "list in a column": Broken(
        parquet("select 'A-1' as account_id, ['x', 'y'] as contacts"),
        ["table accounts", "column contacts", "values of the type VARCHAR[]"],
        ["列「contacts」", "VARCHAR[]"],
    ),
    "fields within a column": Broken(
        parquet("select 'A-1' as account_id, {'street': 'x', 'town': 'y'} as address"),
        ["table accounts", "column address", "values of the type STRUCT"],
        ["列「address」", "STRUCT"],
    ),
    "pictures in a column": Broken(
        parquet("select 'A-1' as account_id, 'x'::blob as logo"),
        ["table accounts", "column logo", "values of the type BLOB"],
        ["列「logo」", "BLOB"],
    ),
    "no records": Broken(
        parquet("select 'A-1' as account_id where false"),
        ["table accounts: There are headings but no rows", "Add at least one row"],
        ["表「accounts」：見出しはありますが", "1行以上のデータ"],
    ),
    "no identifier": Broken(
        parquet("select 'x' as name"),
        ["table accounts, column account_id: The compulsory column account_id is missing"],
        ["必須の列「account_id」がありません"],
    ),
    "empty identifier": Broken(
        parquet("select * from (values ('A-1'), (null)) as t(account_id), (values (1)) as s(x)"),
        ["table accounts, column account_id, row 3: The cell is empty", "Fill the cell in"],
        ["列「account_id」、3行目", "空欄です"],
    ),
    "nobody works there": Broken(
        parquet("select 'A-1' as account_id, 0 as employees"),
        ["column employees, row 2: '0' is out of range", "1 or more"],
        ["列「employees」、2行目", "1以上"],
    ),
    "half a person": Broken(
        parquet("select 'A-1' as account_id, 12.5::double as employees"),
        ["column employees, row 2: '12.5' is not a whole number"],
        ["「12.5」は整数ではありません"],
    ),
    "infinite money": Broken(
        parquet("select 'A-1' as account_id, 'inf'::double as mean_order_value"),
        ["column mean_order_value, row 2: 'inf' is not a finite number"],
        ["列「mean_order_value」、2行目", "有限の数値ではありません"],
    ),
    "number for yes": Broken(
        parquet("select 'A-1' as account_id, 2 as is_key"),
        ["column is_key, row 2: '2' is neither yes nor no"],
        ["列「is_key」、2行目", "「2」"],
    ),
    "moments with a zone": Broken(
        database(ACCOUNTS, f"{SURVEY}, timestamptz '2026-04-01 23:30:00+00' as answered_on"),
        ["table survey, column answered_on, row 2", "has a time zone", "timezone ="],
        ["列「answered_on」、2行目", "タイムゾーン", "timezone ="],
    ),
    "day without end": Broken(
        database(ACCOUNTS, f"{SURVEY}, 'infinity'::date as answered_on"),
        ["table survey, column answered_on, row 2: 'infinity' is not a date"],
        ["列「answered_on」、2行目", "「infinity」は日付ではありません"],
    ),
    "no table of ours": Broken(
        database("create table sales as select 1 as x"),
        ["compulsory table accounts is missing; found: sales", "kl.propose_mapping"],
        ["必須の表「accounts」がありません", "見つかったもの：sales"],
    ),
    "no table at all": Broken(
        database("create schema empty"), ["accounts is missing"], ["「accounts」がありません"]
    ),
    "two tables of ours": Broken(
        database(ACCOUNTS, "create table 顧客 as select 'A-1' as 顧客ID"),
        ["accounts, 顧客 are all the table accounts", "Keep one of them"],
        ["accounts、顧客", "1つだけ残す"],
    ),
    "view that reads another file": Broken(
        database(
            "copy (select 'A-1' as account_id) to '{place}/other.csv'",
            "create view accounts as select * from read_csv('{place}/other.csv')",
        ),
        ["table accounts", "refers to other files", "store a view that reads other files as a"],
        ["表「accounts」", "別のファイルを参照", "テーブルとして保存し直します"],
    ),
}
