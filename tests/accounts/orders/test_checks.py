"""What is wrong with orders is counted and named on every engine, all at once."""

import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import kamlab as kl


@pytest.fixture
def broken(log):
    """Orders that lack something, or lie too early."""
    log = log.copy()
    log.loc[[3, 4], "account_id"] = None
    log.loc[5, "ordered_on"] = pd.NaT
    log.loc[6, "ordered_on"] = pd.Timestamp("1899-12-31")
    log.loc[[7, 8, 9], "amount"] = np.nan
    return log


def test_empty_cells_and_strange_days_are_counted_on_every_engine(broken, other_engine):
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(other_engine(broken))
    found = [(one.column, str(one.what)) for one in caught.value.problems]
    expected = [("account_id", "2"), ("ordered_on", "1"), ("amount", "3"), ("ordered_on", "1")]
    for (column, what), (name, count) in zip(found, expected, strict=True):
        assert column == name
        assert count in what


def test_pandas_names_the_first_row_of_each(broken, language):
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(broken)
    found = [(one.column, one.row) for one in caught.value.problems]
    assert found == [("account_id", 5), ("ordered_on", 7), ("amount", 9)]


def test_days_out_of_range_are_refused(log, engine):
    log.loc[[2, 5], "ordered_on"] = [pd.Timestamp("1066-10-14"), pd.Timestamp("2259-01-01")]
    with pytest.raises(kl.DataError, match=r"(?s)ordered_on.*2.*1900"):
        kl.summarise_transactions(engine(log))


@pytest.mark.parametrize("day", ["1900-01-01", "2258-11-09"])
def test_the_first_and_the_last_day_that_can_be(log, engine, day):
    log.loc[2, "ordered_on"] = pd.Timestamp(day)
    found = kl.summarise_transactions(engine(log))
    account = found.set_index("account_id").loc[log.loc[2, "account_id"]]
    assert pd.Timestamp(day) in (account["first"], account["last"])


@pytest.mark.parametrize("amount", [np.inf, -np.inf, np.nan])
def test_amounts_that_are_not_finite_are_refused(log, amount, language):
    frame = pl.from_pandas(log).with_columns(
        amount=pl.when(pl.col("order_id") == 7).then(pl.lit(amount)).otherwise(pl.col("amount"))
    )
    relation = duckdb.sql("select * from frame")
    for source in (frame, frame.lazy(), relation):
        with pytest.raises(kl.DataError, match=r"(?s)amount.*1"):
            kl.summarise_transactions(source)


def test_late_orders_are_counted_on_every_engine(log, engine):
    end = log["ordered_on"].sort_values().iloc[-12]
    late = int((log["ordered_on"] > end).sum())
    with pytest.raises(kl.DataError, match=f"(?s){late}.*{end.date()}"):
        kl.summarise_transactions(engine(log), end=end)


@pytest.mark.parametrize(
    ("column", "change", "got"),
    [
        ("account_id", pl.col("order_id") * 0.5, "Float64"),
        ("account_id", pl.col("ordered_on"), "Datetime"),
        ("ordered_on", pl.col("ordered_on").cast(pl.String), "String"),
        ("ordered_on", pl.col("ordered_on").dt.replace_time_zone("Asia/Tokyo"), "Asia/Tokyo"),
        ("amount", pl.col("amount").cast(pl.String), "String"),
        ("amount", pl.col("amount") > 0, "Boolean"),
    ],
)
def test_columns_of_another_type_are_named_with_it(log, tmp_path, column, change, got, language):
    frame = pl.from_pandas(log).with_columns(change.alias(column))
    frame.write_parquet(tmp_path / "orders.parquet")
    for source in (frame, frame.lazy(), tmp_path / "orders.parquet"):
        with pytest.raises(kl.DataError, match=f"(?s){column}.*(?i:{got}|UTC)"):
            kl.summarise_transactions(source)


def test_all_columns_of_another_type_are_named_at_once(log, language):
    true = pl.lit(True)
    frame = pl.from_pandas(log).with_columns(account_id=true, ordered_on=true, amount=true)
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(frame)
    assert [one.column for one in caught.value.problems] == ["account_id", "ordered_on", "amount"]


def test_missing_columns_are_all_named(log, engine):
    source = engine(log[["account_id", "order_id"]])
    with pytest.raises(kl.NotApplicable, match=r"(?s)ordered_on.*amount"):
        kl.summarise_transactions(source)


def test_infinite_dates_are_no_dates(language):
    relation = duckdb.sql("select 'A' as account_id, date 'infinity' as ordered_on, 1 as amount")
    with pytest.raises(kl.DataError, match=r"(?s)ordered_on.*1"):
        kl.summarise_transactions(relation)


def large(amount):
    return pd.DataFrame(
        {"account_id": "A", "ordered_on": [datetime.date(2026, 1, 5)] * 2, "amount": amount}
    )


@pytest.mark.parametrize("amount", [[1e300, 1.0], [2e13, 1.0], [-1e13, -9e12]])
def test_amounts_too_large_to_sum_exactly_are_refused(amount, engine):
    log = large(amount).assign(ordered_on=pd.Timestamp("2026-01-05"))
    with pytest.raises(kl.DataError, match=r"(?s)amount.*1\.8e\+13"):
        kl.summarise_transactions(engine(log))


def test_how_large_amounts_may_be_is_said_in_both_languages(language):
    with pytest.raises(kl.DataError, match=r"1\.8e\+13"):
        kl.summarise_transactions(large([2e13, 0.0]))


def test_large_amounts_lose_decimals_before_they_are_refused():
    with pytest.warns(kl.DataWarning, match="0 decimal"):
        found = kl.summarise_transactions(large([1e13 + 0.25, 2e12]))
    assert found["total"].item() == 12e12
    assert found.attrs == {"decimals": 0, "rounded": True}


def test_large_whole_amounts_lose_nothing():
    found = kl.summarise_transactions(large([1e13, 2e12 + 1]))
    assert found["total"].item() == 12e12 + 1
    assert found.attrs == {"decimals": 0, "rounded": False}
