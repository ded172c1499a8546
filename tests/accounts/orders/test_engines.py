"""Every engine gives the same summary, to the last digit."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest

import kamlab as kl

MONDAY = pd.Timestamp("1900-01-01")
TYPES = ["str", "datetime64[us]", "datetime64[us]", *["int64"] * 3, *["float64"] * 3]
COLUMNS = ["account_id", "first", "last", "frequency", "recency", "T"]
COLUMNS += ["mean_order_value", "total", "first_value"]


def by_fractions(log, days, end=None):
    """Summarise by loops and whole cents."""
    rows = []
    day = (log["ordered_on"] - MONDAY).dt.days
    end = day.max() if end is None else (pd.Timestamp(end) - MONDAY).days
    for account in sorted(set(log["account_id"])):
        own = log["account_id"] == account
        purchases = {}
        for number, amount in zip(day[own], log.loc[own, "amount"], strict=True):
            exact = Fraction(repr(float(amount)))
            if (exact * 10**6).denominator > 1:
                exact = Fraction(math.floor(amount * 10**6 + 0.5), 10**6)
            purchases[number // days] = purchases.get(number // days, 0) + exact
        first, last, total = day[own].min(), day[own].max(), sum(purchases.values())
        rows.append(
            (
                account,
                *(MONDAY + pd.Timedelta(days=int(number)) for number in (first, last)),
                len(purchases) - 1,
                last // days - first // days,
                end // days - first // days,
                float(total) / len(purchases),
                float(total),
                float(purchases[first // days]),
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize(("period", "days"), [("W", 7), ("D", 1)])
@pytest.mark.parametrize("end", [None, "1971-06-30"])
def test_every_engine_gives_what_loops_over_whole_cents_give(log, engine, period, days, end):
    found = kl.summarise_transactions(engine(log), period=period, end=end)
    assert found.columns.tolist() == COLUMNS
    assert found.dtypes.astype(str).tolist() == TYPES
    for name, column in by_fractions(log, days, end).items():
        assert found[name].tolist() == column.tolist(), name


@pytest.mark.parametrize(
    ("amounts", "decimals", "rounded"),
    [
        (lambda rng: rng.integers(0, 9_000_000, 500).astype(float), 2, False),
        (lambda rng: rng.integers(0, 9_000_000, 500) / 8, 3, False),
        (lambda rng: rng.integers(0, 9_000_000, 500) / 10**6, 6, False),
        (lambda rng: rng.lognormal(8, 2, 500), 6, True),
        (lambda rng: rng.integers(0, 10**12, 500).astype(float), 0, False),
    ],
)
def test_amounts_of_any_decimals_are_summed_alike(engine, amounts, decimals, rounded):
    rng = np.random.default_rng(1)
    log = pd.DataFrame(
        {
            "account_id": rng.integers(0, 9, 500).astype(str),
            "ordered_on": pd.Timestamp("2025-01-01")
            + pd.to_timedelta(rng.integers(0, 60, 500), "D"),
            "amount": amounts(rng),
        }
    )
    found, expected = kl.summarise_transactions(engine(log)), by_fractions(log, 7)
    for name in ("total", "mean_order_value", "first_value"):
        assert found[name].tolist() == expected[name].tolist()
    assert found.attrs == {"decimals": decimals, "rounded": rounded}


def test_halves_of_the_last_unit_are_rounded_alike(engine):
    log = pd.DataFrame(
        {
            "account_id": [str(number) for number in range(8)],
            "ordered_on": pd.Timestamp("2025-01-01"),
            "amount": [2.0**-7 * number - 3 * 2.0**-7 for number in range(8)],
        }
    )
    found = kl.summarise_transactions(engine(log))
    units = np.floor(log["amount"] * 10**6 + 0.5)
    assert (log["amount"] * 10**6 % 1 == 0.5).sum() == 4
    assert found["total"].tolist() == (units / 10**6).tolist()


@pytest.mark.parametrize("kind", ["int32", "float32", "int64"])
def test_amounts_may_have_other_types(log, other_engine, kind):
    log["amount"] = log["amount"].round().astype(kind)
    found = kl.summarise_transactions(other_engine(log))
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_exact_decimals_and_days_may_have_their_own_types(log, tmp_path):
    import duckdb

    connection = duckdb.connect()
    connection.register("given", log)
    relation = connection.sql(
        "select account_id, ordered_on::date as ordered_on, amount::decimal(18, 2) as amount"
        " from given"
    )
    expected = kl.summarise_transactions(log)
    for source in (relation, relation.pl(), relation.pl().lazy()):
        found = kl.summarise_transactions(source)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)
    relation.write_parquet(str(tmp_path / "typed.parquet"))
    found = kl.summarise_transactions(tmp_path / "typed.parquet")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_an_hour_of_the_day_changes_no_day(log, engine):
    hours = pd.to_timedelta(np.arange(len(log)) % 24, "h")
    found = kl.summarise_transactions(engine(log.assign(ordered_on=log["ordered_on"] + hours)))
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_columns_may_have_any_name(log, engine):
    names = {"account_id": '顧"客', "ordered_on": "date of order", "amount": "day"}
    renamed = log.rename(columns=names)
    found = kl.summarise_transactions(
        engine(renamed), account='顧"客', date="date of order", amount="day"
    )
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_a_log_without_orders_gives_a_summary_without_rows(log, other_engine):
    found = kl.summarise_transactions(other_engine(log.iloc[:0]))
    assert len(found) == 0
    assert found.columns.tolist() == COLUMNS
    assert found.dtypes.astype(str).tolist() == TYPES


def test_accounts_of_categories_are_text(log):
    frame = pl.from_pandas(log).with_columns(pl.col("account_id").cast(pl.Categorical))
    found = kl.summarise_transactions(frame)
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


@pytest.mark.parametrize("source", [3, ["a"], {"account_id": []}, None])
def test_what_is_no_source_is_refused(source, language):
    with pytest.raises(kl.ArgumentError, match="PySpark"):
        kl.summarise_transactions(source)


def test_a_company_is_no_source(company, language):
    with pytest.raises(kl.ArgumentError, match=r"company\.transactions"):
        kl.summarise_transactions(company)
