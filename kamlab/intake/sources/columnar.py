"""Read Parquet files and DuckDB databases, whose columns have types already."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from openpyxl.utils.cell import get_column_letter

from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import say
from kamlab.intake.sources.found import FoundTable, Source, Unnamed, UnreadableSheet
from kamlab.intake.sources.grid import is_filled
from kamlab.intake.sources.limits import LARGEST_TEXT, check_cells

Config = dict[str, str | bool | int | float | list[str]]

FIRST_ROW = 2
"""The row of the first record, were the table shown in Excel with its headings above."""

ALONE: Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
CLOSED: Config = {**ALONE, "enable_external_access": "false"}
"""A database's views may name files and hosts; with this they are refused, not opened."""

READ_AS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), "BIGINT"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER"), "BIGINT"),
    **dict.fromkeys(("UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM"), "VARCHAR"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "DOUBLE"),
    **dict.fromkeys(("VARCHAR", "ENUM", "UUID", "JSON", "TIME", "INTERVAL"), "VARCHAR"),
    **dict.fromkeys(("DATE", "TIMESTAMP"), "TIMESTAMP"),
    **dict.fromkeys(("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "TIMESTAMP"),
    "BOOLEAN": "BOOLEAN",
    "TIMESTAMP WITH TIME ZONE": "VARCHAR",
    "TIME WITH TIME ZONE": "VARCHAR",
    '"NULL"': "VARCHAR",
}
"""How each type of DuckDB is read. Integers of more digits than a float keeps become text, and so
do times with a zone, for only the reader of cells may say which day they are."""

WHOLE_DIGITS = 18
"""Digits up to which a DECIMAL without decimals is an integer; identifiers often come so."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")


class _Field(NamedTuple):
    name: str
    type: str
    read_as: str

    @property
    def quoted(self) -> str:
        return _quoted(self.name)


def open_database(path: Path) -> tuple[Source, ...]:
    """Find the tables and views of a DuckDB file, in the order of their names.

    Raises
    ------
    KamlabError
        If it is no DuckDB database.
    """
    query = (
        "select table_schema, table_name from information_schema.tables"
        " where table_catalog = current_database() order by all"
    )
    try:
        with duckdb.connect(path, read_only=True, config=CLOSED) as connection:
            found = connection.execute(query).fetchall()
    except duckdb.Error as error:
        raise KamlabError(say("intake.not_a_database", path=path)) from error
    return tuple(_table_source(path, schema, name) for schema, name in found)


def _table_source(path: Path, schema: str, name: str) -> Source:
    title = name if schema == "main" else f"{schema}.{name}"
    relation = f"{_quoted(schema)}.{_quoted(name)}"
    return Source(title, path.name, partial(_read_table, path, title, relation))


def _read_table(
    path: Path, title: str, relation: str, known: Container[str], header_row: int | None
) -> FoundTable:
    try:
        with duckdb.connect(path, read_only=True, config=CLOSED) as connection:
            return _found(connection, relation, title, path.name)
    except duckdb.Error as error:
        raise UnreadableSheet("unreadable_table", allowed="files") from error


def read_parquet(path: Path, known: Container[str], header_row: int | None) -> FoundTable:
    """Read a Parquet file; `known` and `header_row` have no say, as its columns have names.

    Raises
    ------
    UnreadableSheet
        If it is no such file, is too large, or has columns of lists and the like.
    """
    try:
        with duckdb.connect(config=ALONE) as connection:
            return _found(connection, f"read_parquet({_literal(path)})", path.name, path.name)
    except duckdb.Error as error:
        raise UnreadableSheet("unreadable_table", allowed="files") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(path: Path) -> str:
    """Return a path as SQL text in which no character stands for others."""
    plain = re.sub(r"[*?\[]", lambda sign: f"[{sign[0]}]", str(path))
    return "'" + plain.replace("'", "''") + "'"


def _found(
    connection: duckdb.DuckDBPyConnection, relation: str, title: str, file: str
) -> FoundTable:
    connection.execute("set TimeZone = 'UTC'")
    described = connection.execute(f"describe select * from {relation}").fetchall()
    fields = [_Field(name, kind, _read_as(name, kind)) for name, kind, *_ in described]
    fields = _checked(connection, relation, fields)
    wanted = ", ".join(f"cast({f.quoted} as {f.read_as}) as c{n}" for n, f in enumerate(fields))
    arrays = connection.execute(f"select {wanted} from {relation}").fetchnumpy()
    columns = [_column(arrays[f"c{n}"], field.read_as) for n, field in enumerate(fields)]
    filled = _filled(columns)
    named = [n for n, field in enumerate(fields) if field.name.strip()]
    cells = pd.DataFrame(
        {at: columns[n][filled].reset_index(drop=True) for at, n in enumerate(named)},
        index=range(int(filled.sum())),
    )
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    return FoundTable(
        name=title,
        file=file,
        headings=tuple(fields[n].name.strip() for n in named),
        cells=cells,
        rows=np.flatnonzero(filled) + FIRST_ROW,
        blank_rows=last - len(cells),
        unnamed=tuple(_unnamed(columns, named)),
    )


def _read_as(name: str, kind: str) -> str:
    if decimal := _DECIMAL.fullmatch(kind):
        digits, decimals = map(int, decimal.groups())
        return "DOUBLE" if decimals else "BIGINT" if digits <= WHOLE_DIGITS else "VARCHAR"
    known = READ_AS.get(kind if kind in READ_AS else kind.partition("(")[0])
    if known is None or kind.endswith("]"):
        raise UnreadableSheet("nested_column", allowed="plain_columns", column=name, type=kind)
    return known


def _checked(
    connection: duckdb.DuckDBPyConnection, relation: str, fields: list[_Field]
) -> list[_Field]:
    """Refuse what does not fit into memory; read days that are infinite as text."""
    tests = [
        f"coalesce(bool_or(isinf({f.quoted})), false)"
        if f.read_as == "TIMESTAMP"
        else f"coalesce(sum(strlen(cast({f.quoted} as varchar))), 0)"
        if f.read_as == "VARCHAR"
        else "0"
        for f in fields
    ]
    query = f"select count(*), {', '.join(tests)} from {relation}"
    count, *found = connection.execute(query).fetchall()[0]
    check_cells(count * len(fields))
    length = sum(n for f, n in zip(fields, found, strict=True) if f.read_as == "VARCHAR")
    if length > LARGEST_TEXT:
        raise UnreadableSheet("too_many_cells", allowed="size", limit=f"{LARGEST_TEXT:,}")
    return [
        f._replace(read_as="VARCHAR") if f.read_as == "TIMESTAMP" and endless else f
        for f, endless in zip(fields, found, strict=True)
    ]


def _column(values: Any, kind: str) -> pd.Series:
    missing = np.ma.getmaskarray(values)
    data = np.ma.getdata(values)
    if kind == "BIGINT":
        whole = pd.Series(pd.arrays.IntegerArray(data.astype("int64"), missing))
        return whole if missing.any() else whole.astype("int64")
    if kind == "BOOLEAN":
        return pd.Series(pd.arrays.BooleanArray(data.astype(bool), missing))
    if kind == "DOUBLE":
        return pd.Series(np.where(missing, np.nan, data.astype("float64")))
    if kind == "TIMESTAMP":
        return pd.Series(np.where(missing, np.datetime64("NaT"), data.astype("datetime64[us]")))
    texts = data.astype(object)
    texts[missing] = None
    return pd.Series(texts, dtype=object)


def _filled(columns: list[pd.Series]) -> NDArray[np.bool_]:
    """Return which rows have anything in them."""
    filled = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        open_rows = np.flatnonzero(~filled)
        if not len(open_rows):
            break
        cells = column.iloc[open_rows]
        filled[open_rows] = cells.map(is_filled) if cells.dtype == object else cells.notna()
    return filled


def _unnamed(columns: list[pd.Series], named: list[int]) -> Iterator[Unnamed]:
    for n, column in enumerate(columns):
        if n not in named and (values := column.dropna()).size:
            row = FIRST_ROW + int(values.index[0])
            yield Unnamed(get_column_letter(n + 1), row, str(values.iloc[0]))
