"""Any engine's orders in one shape: account as text, day as a whole number, amount as a float.

Only this step is native to each engine: no common expression makes days of dates on all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from kamlab.accounts.orders.calendar import BEFORE_1970, ORIGIN
from kamlab.accounts.orders.checks import check_columns, check_kinds
from kamlab.accounts.orders.files import embedded, files_of, is_text_only, read_files
from kamlab.accounts.orders.frames import read_orders
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.foundation.progress import watched

Engine = nw.Implementation


@dataclass(frozen=True, slots=True)
class Columns:
    """What the user calls the columns; `amount` is None where amounts do not matter."""

    account: str
    date: str
    amount: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are needed."""
        named = (self.account, self.date, self.amount)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders of any engine.

    Attributes
    ----------
    frame : LazyFrame
        `account_id`, `day` (after 1 January 1900) and `amount`; what cannot be read is missing.
        Orders from text have `date_text` and `amount_text` too.
    collect : callable
        Runs a frame that was made of it, and returns a pandas table.
    """

    frame: nw.LazyFrame[Any]
    collect: Callable[[nw.LazyFrame[Any]], pd.DataFrame]


@contextmanager
def opened(source: Any, columns: Columns) -> Iterator[Orders]:
    """Open orders wherever they are.

    Parameters
    ----------
    source : DataFrame of pandas, Polars or PySpark, DuckDB relation, or path
    columns : Columns

    Raises
    ------
    ArgumentError
        If it is none of them, or there is no such file.
    NotApplicable
        If columns are missing.
    DataError
        If columns hold no accounts, dates or amounts.
    """
    if isinstance(source, str | os.PathLike):
        with opened_files(source, columns) as orders:
            yield orders
        return
    frame = nw.from_native(source, pass_through=True)
    engine = getattr(frame, "implementation", None)
    if engine not in NATIVE:
        raise ArgumentError(say("accounts.transactions_source", got=type(source).__name__))
    if engine is Engine.PANDAS:
        yield Orders(nw.from_native(_from_pandas(source, columns)).lazy(), _collect)
        return
    schema = frame.collect_schema()
    check_columns(columns.names, schema)
    check_kinds(columns.names, schema, zoned=engine in SPARK)
    yield Orders(nw.from_native(NATIVE[engine](source, columns)), _collect)


@contextmanager
def opened_files(path: str | os.PathLike[str], columns: Columns) -> Iterator[Orders]:
    """Open orders in Parquet or CSV files."""
    import duckdb

    files = files_of(path)
    with embedded() as connection:

        def collect(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
            with watched(say("accounts.transactions_work"), connection.query_progress):
                return _collect(frame)

        try:
            relation = read_files(connection, files)
            schema = nw.from_native(relation).collect_schema()
            check_columns(columns.names, schema)
            if is_text_only(files):
                native = _from_text(relation, columns)
            else:
                check_kinds(columns.names, schema, zoned=False)
                native = _from_duckdb(relation, columns)
            yield Orders(nw.from_native(native), collect)
        except duckdb.Error as problem:
            words = {"path": repr(str(path)), "reason": str(problem).split("\n")[0]}
            raise ArgumentError(say("accounts.transactions_unreadable", **words)) from problem


def _from_pandas(source: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    orders = read_orders(source, columns.account, columns.date, columns.amount)
    days = (orders["ordered_on"] - ORIGIN).dt.days
    return orders.assign(day=days.astype("int64")).drop(columns="ordered_on")


def _from_polars(source: Any, columns: Columns) -> Any:
    pl = Engine.POLARS.to_native_namespace()
    day = pl.col(columns.date).cast(pl.Date).cast(pl.Int32) + BEFORE_1970
    made = [pl.col(columns.account).cast(pl.String).alias("account_id"), day.alias("day")]
    if columns.amount is not None:
        made.append(pl.col(columns.amount).cast(pl.Float64).alias("amount"))
    return source.lazy().select(made)


def _from_duckdb(source: Any, columns: Columns) -> Any:
    account, *rest = (_quoted(name) for name in columns.names)
    return source.project(", ".join(_sql(account, *rest)))


def _from_text(source: Any, columns: Columns) -> Any:
    account, date, *amount = (_quoted(name) for name in columns.names)
    day = f"CASE WHEN regexp_full_match({date}, '{DATE}') THEN try_cast({date} AS TIMESTAMP) END"
    # DuckDB would read 1_000 as a number, which no spreadsheet writes.
    numbers = [f"CASE WHEN NOT contains({a}, '_') THEN {a} END" for a in amount]
    texts = [f"{date} AS date_text", *(f"{a} AS amount_text" for a in amount)]
    return source.project(", ".join([*_sql(account, day, *numbers), *texts]))


def _sql(account: str, date: str, *amount: str) -> list[str]:
    day = f"CAST(CAST({date} AS DATE) - DATE '{ORIGIN.date()}' AS INTEGER)"
    made = [f"CAST({account} AS VARCHAR) AS account_id"]
    made.append(f"CASE WHEN isfinite({date}) THEN {day} END AS day")
    return made + [f"try_cast({one} AS DOUBLE) AS amount" for one in amount]


def _from_spark(source: Any, columns: Columns) -> Any:
    functions = Engine.PYSPARK.to_native_namespace().functions
    account, date, *amount = (
        functions.col("`" + name.replace("`", "``") + "`") for name in columns.names
    )
    origin = functions.to_date(functions.lit(str(ORIGIN.date())))
    made = [account.cast("string").alias("account_id")]
    made.append(functions.datediff(functions.to_date(date), origin).alias("day"))
    made += [one.cast("double").alias("amount") for one in amount]
    return source.select(*made)


DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?"
"""Year first: 03/04/2026 is March to one reader and April to another."""
SPARK = (Engine.PYSPARK, Engine.PYSPARK_CONNECT)
"""Its usual timestamps are moments, which have a day in the time zone of the session."""
NATIVE: Mapping[Any, Callable[[Any, Columns], Any]] = {
    Engine.PANDAS: _from_pandas,
    Engine.POLARS: _from_polars,
    Engine.DUCKDB: _from_duckdb,
    Engine.PYSPARK: _from_spark,
    Engine.PYSPARK_CONNECT: _from_spark,
}


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _collect(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    native: Any = frame.to_native()
    if frame.implementation is Engine.DUCKDB:
        return pd.DataFrame(native.df())
    with watched(say("accounts.transactions_work")):
        if frame.implementation in SPARK:
            return pd.DataFrame([tuple(row) for row in native.collect()], columns=native.columns)
        if frame.implementation is Engine.POLARS:
            table = native.collect(engine="streaming")
            return pd.DataFrame({one.name: _numpy(one) for one in table.get_columns()})
        return pd.DataFrame(native)


def _numpy(column: Any) -> Any:
    return column.to_numpy() if column.dtype.is_numeric() else column.to_list()
