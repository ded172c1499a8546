"""PySpark gives what pandas gives, to the last digit; run by `make test-spark`."""

import pandas as pd
import pytest

import kamlab as kl

pytestmark = pytest.mark.spark

SCHEMA = "account_id string, ordered_on timestamp_ntz, amount double"


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "Asia/Tokyo")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def to_spark(spark):
    def convert(log, schema=SCHEMA):
        cells = zip(log["account_id"], log["ordered_on"], log["amount"], strict=True)
        rows = [
            (
                None if pd.isna(account) else str(account),
                None if pd.isna(day) else day.to_pydatetime(),
                None if amount is None else float(amount),
            )
            for account, day, amount in cells
        ]
        return spark.createDataFrame(rows, schema)

    return convert


@pytest.mark.parametrize("period", ["W", "D"])
@pytest.mark.parametrize("end", [None, "1971-06-30"])
def test_spark_gives_what_pandas_gives(log, to_spark, period, end):
    found = kl.summarise_transactions(to_spark(log), period=period, end=end)
    expected = kl.summarise_transactions(log, period=period, end=end)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs


@pytest.mark.parametrize("period", ["W", "D"])
def test_histories_are_those_of_pandas(log, to_spark, period):
    found = kl.summarise_transactions(to_spark(log), period=period, per="history")
    expected = kl.summarise_transactions(log, period=period, per="history")
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_amounts_of_many_decimals_are_rounded_alike(log, to_spark):
    log["amount"] = log["amount"] / 7
    found = kl.summarise_transactions(to_spark(log))
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)
    assert found.attrs == {"decimals": 6, "rounded": True}


def test_other_types_and_names_are_read(log, to_spark):
    frame = to_spark(log).selectExpr(
        "account_id as `顧.客`",
        "to_date(ordered_on) as `日付`",
        "cast(amount as decimal(12, 2)) as `金額`",
    )
    found = kl.summarise_transactions(frame, account="顧.客", date="日付", amount="金額")
    pd.testing.assert_frame_equal(found, kl.summarise_transactions(log), check_exact=True)


def test_moments_have_their_day_in_the_time_zone_of_the_session(spark):
    frame = spark.sql(
        "select 'A' as account_id, 1.0D as amount, timestamp_seconds(0) as ordered_on"
    )
    assert kl.summarise_transactions(frame)["first"].item() == pd.Timestamp("1970-01-01")
    late = spark.sql("select 'A' account_id, 1.0D amount, timestamp_seconds(54000) ordered_on")
    assert kl.summarise_transactions(late)["first"].item() == pd.Timestamp("1970-01-02")


def test_all_that_is_wrong_is_counted(log, to_spark, language):
    broken = log.astype({"amount": object})
    broken.loc[[3, 4], "account_id"] = None
    broken.loc[5, "ordered_on"] = pd.NaT
    broken.loc[6, "ordered_on"] = pd.Timestamp("1899-12-31")
    broken.loc[[7, 8], "amount"] = [None, float("nan")]
    broken.loc[9, "amount"] = float("-inf")
    with pytest.raises(kl.DataError) as caught:
        kl.summarise_transactions(to_spark(broken))
    counts = [(one.column, str(one.what)) for one in caught.value.problems]
    expected = [("account_id", "2"), ("ordered_on", "1"), ("amount", "1"), ("ordered_on", "1")]
    for (column, what), (name, count) in zip(counts, [*expected, ("amount", "2")], strict=True):
        assert column == name
        assert count in what


def test_columns_that_are_missing_or_hold_something_else_are_named(log, to_spark, language):
    with pytest.raises(kl.NotApplicable, match="amount"):
        kl.summarise_transactions(to_spark(log).drop("amount"))
    text = to_spark(log).selectExpr("account_id", "string(ordered_on) ordered_on", "true amount")
    with pytest.raises(kl.DataError, match=r"(?s)ordered_on.*String.*amount.*Boolean"):
        kl.summarise_transactions(text)
