"""One log of orders, and the engines and files that it can be in."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

FIRST_DAY = pd.Timestamp("1968-12-30")


@pytest.fixture
def log():
    """Orders of every awkward kind: returns, same-day ones, dates before 1970, ids with zeros."""
    rng = np.random.default_rng(3)
    n = 1_000
    ids = np.array([f"{number:04d}" for number in range(60)] + ["顧客 1", "a", "B", "-", "00012"])
    cents = rng.integers(-20_000, 500_000, n)
    return pd.DataFrame(
        {
            "ordered_on": FIRST_DAY + pd.to_timedelta(rng.integers(0, 700, n), "D"),
            "account_id": ids[rng.integers(0, len(ids), n)],
            "amount": cents / 100,
            "order_id": np.arange(n),
        }
    )


def to_duckdb(log, folder):
    connection = duckdb.connect()
    connection.register("given", log)
    connection.execute("create table orders as select * from given")
    return connection.table("orders")


def to_parquet(log, folder):
    log.to_parquet(folder / "orders.parquet", index=False)
    return folder / "orders.parquet"


def to_csv(log, folder):
    log.to_csv(folder / "orders.csv", index=False, encoding="utf-8")
    return str(folder / "orders.csv")


ENGINES = {
    "pandas": lambda log, folder: log,
    "polars": lambda log, folder: pl.from_pandas(log),
    "polars, lazy": lambda log, folder: pl.from_pandas(log).lazy(),
    "duckdb": to_duckdb,
    "parquet": to_parquet,
    "csv": to_csv,
}


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    """Put a log into an engine or a file."""
    return lambda log: ENGINES[request.param](log, tmp_path)


@pytest.fixture(params=[name for name in ENGINES if name != "pandas"])
def other_engine(request, tmp_path):
    """Put a log into an engine other than pandas, whose errors name rows."""
    return lambda log: ENGINES[request.param](log, tmp_path)
