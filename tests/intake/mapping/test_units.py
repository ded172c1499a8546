import pytest

from kamlab.accounts.cells.convert import DTYPES
from kamlab.accounts.cells.reading import AS_DECLARED
from kamlab.accounts.tables import TABLES, table
from kamlab.intake.mapping.rules import ColumnRule
from kamlab.intake.mapping.units import UNITS, currency_of, reading_of, units_for


@pytest.mark.parametrize(
    ("name", "factor", "currency"),
    [
        ("円", 1, "JPY"),
        ("千円", 1_000, "JPY"),
        ("万円", 10_000, "JPY"),
        ("百万円", 1_000_000, "JPY"),
        ("億円", 100_000_000, "JPY"),
        ("十億円", 1_000_000_000, "JPY"),
        ("1", 1, ""),
        ("thousand", 1_000, ""),
        ("million", 1_000_000, ""),
        ("billion", 1_000_000_000, ""),
        ("千", 1_000, ""),
        ("万", 10_000, ""),
        ("百万", 1_000_000, ""),
        ("億", 100_000_000, ""),
        ("十億", 1_000_000_000, ""),
        ("%", 0.01, ""),
    ],
)
def test_a_unit_stands_for_what_people_mean(name, factor, currency):
    assert (UNITS[name].factor, UNITS[name].currency) == (factor, currency)


def test_no_unit_is_left_untested():
    assert len(UNITS) == 16
    assert {kind for unit in UNITS.values() for kind in unit.types} <= set(DTYPES)


def test_a_share_is_a_fraction_or_in_percent_and_money_never_is():
    assert units_for(table("accounts")["share_of_wallet"]) == ("1", "%")
    assert "%" not in units_for(table("periods")["revenue"])
    assert "円" not in units_for(table("accounts")["employees"])
    assert units_for(table("periods")["start"]) == ()


def test_every_money_column_may_have_every_unit_of_money():
    money = [c for name in TABLES for c in table(name).columns if c.type == "money"]
    assert len(money) >= 4
    assert {units_for(column) for column in money} == {tuple(name for name in UNITS if name != "%")}


DAY = table("survey")["answered_on"]
REVENUE = table("periods")["revenue"]


def test_what_is_declared_becomes_a_reading():
    rule = ColumnRule("answered_on", "日付", "", ("未定",), {}, "dmy", "Asia/Tokyo")
    reading = reading_of(rule, DAY, "USD", epoch_1904=True)
    assert reading.blank == {"未定"}
    assert (reading.date_order, reading.timezone) == ("dmy", "Asia/Tokyo")
    assert (reading.epoch_1904, reading.currency) == (True, "USD")
    words = reading_of(ColumnRule("stayed", "継続", values={"済": "TRUE"}), REVENUE, "JPY").values
    assert words == {"済": "TRUE"}


def test_a_unit_counts_as_declared_even_where_it_is_one():
    thousands = reading_of(ColumnRule("revenue", "売上", "千円"), REVENUE, "JPY")
    assert (thousands.scale, thousands.unit_declared) == (1_000, True)
    single = reading_of(ColumnRule("revenue", "売上", "円"), REVENUE, "JPY")
    assert (single.scale, single.unit_declared) == (1, True)
    assert not reading_of(ColumnRule("revenue", "売上"), REVENUE, "JPY").unit_declared


def test_what_aliases_alone_say_is_read_as_declared():
    rule = ColumnRule("name", "名前")
    plain = reading_of(rule, table("accounts")["name"], "JPY", epoch_1904=True)
    assert plain == AS_DECLARED


def test_yen_tell_the_currency_and_plain_numbers_do_not():
    assert currency_of(["1", "百万円"]) == "JPY"
    assert currency_of(["thousand", "%"]) == ""
    assert currency_of([]) == ""
