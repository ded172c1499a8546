"""Currencies and units beside an amount: nothing is rescaled unless somebody has said so."""

import pytest

UNITS = {
    "千": 1e3, "千円": 1e3, "k": 1e3, "K": 1e3, "thousand": 1e3, "万": 1e4, "万円": 1e4,
    "百万円": 1e6, "M": 1e6, "million": 1e6, "Million JPY": 1e6, "千万円": 1e7, "億円": 1e8,
    "億": 1e8, "十億円": 1e9, "billion": 1e9, "bn": 1e9, "兆円": 1e12,
}  # fmt: skip


@pytest.mark.parametrize("cell", ["¥1200", "￥1200", "¥ 1200", "1200円", "1200 円", "JPY 1200",
                                  "1200 JPY", "1200yen", "¥1200円", "\\1200"])  # fmt: skip
def test_a_sign_of_the_companys_currency_is_taken_off(read, cell):
    value, reason, rules = read("money", cell)
    assert (value, reason) == (1200, None)
    assert rules.removeprefix("width+") == "currency"


@pytest.mark.parametrize(
    ("cell", "rules"),
    [
        ("-¥500", "currency"),
        ("¥-500", "currency"),
        ("▲¥500", "negative+currency"),
        ("¥▲500", "negative+currency"),
        ("(¥500)", "negative+currency"),
        ("(500円)", "negative+currency"),
        ("(500)円", "negative+currency"),
        ("▲500円", "negative+currency"),
    ],
)
def test_a_negative_amount_with_a_currency(read, cell, rules):
    assert read("money", cell) == (-500, None, rules)


@pytest.mark.parametrize("cell", ["¥500-", "500円-", "¥(500)", "-¥-500", "¥500円円", "(500円)千円"])
def test_marks_and_units_that_do_not_go_together(read, cell):
    assert read("money", cell) == (None, "number", "")


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("$5", "JPY"),
        ("5ドル", "JPY"),
        ("USD 5", "JPY"),
        ("5 EUR", "JPY"),
        ("€5", "JPY"),
        ("3万ドル", "JPY"),
        ("¥5", "USD"),
        ("5千円", "USD"),
        ("US$5", "CAD"),
    ],
)
def test_another_currency_is_told(read, cell, currency):
    assert read("money", cell, currency=currency) == (None, "money_currency", "")


@pytest.mark.parametrize(
    ("cell", "currency"),
    [("$5", "USD"), ("$5", "SGD"), ("5 usd", "USD"), ("€5", "EUR"), ("5元", "CNY"), ("¥5", "CNY"),
     ("5 SEK", "SEK"), ("5 KRW", "KRW"), ("5MYR", "MYR"), ("HK$5", "HKD"),
     ("£5", "GBP"), ("5 QAR", "QAR")],
)  # fmt: skip
def test_signs_of_other_currencies_are_known(read, cell, currency):
    assert read("money", cell, currency=currency) == (5, None, "currency")


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_in_a_cell_needs_a_declared_column(read, unit):
    assert read("money", f"12{unit}") == (None, "money_unit", "")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("declared", [{"scale": 1000.0}, {"unit_declared": True}, {"scale": 1e6}])
def test_a_cells_own_unit_counts_in_place_of_the_columns(read, unit, declared):
    value, reason, rules = read("money", f"12{unit}", **declared)
    assert (value, reason) == (12 * UNITS[unit], None)
    assert rules.startswith("unit_")


def test_every_scale_has_a_rule_of_its_own(read):
    rules = {scale: set() for scale in UNITS.values()}
    for unit, scale in UNITS.items():
        rules[scale].add(read("money", f"1{unit}", scale=1000.0)[2])
    assert all(len(names) == 1 for names in rules.values())
    assert len(set.union(*rules.values())) == len(rules)


@pytest.mark.parametrize(
    ("cell", "value", "rules"),
    [
        ("1,234", 1234000, "separators+scaled"),
        (1234, 1234000, "scaled"),
        ("0", 0, "scaled"),
        ("▲1.005", -1005, "negative+scaled"),
        ("1,234円", 1234, "separators+unit_one"),
        ("(12)千円", -12000, "negative+unit_thousand"),
        ("¥3百万", 3000000, "currency+unit_million"),
        ("1.5億円", 150000000, "unit_hundred_million"),
    ],
)
def test_a_column_of_thousands(read, cell, value, rules):
    assert read("money", cell, scale=1000.0) == (value, None, rules)


@pytest.mark.parametrize("cell", ["¥1,234", "1,234 JPY", "JPY 5", "¥5円"])
def test_a_bare_sign_in_a_column_of_thousands_has_two_meanings(read, cell):
    assert read("money", cell, scale=1000.0) == (None, "money_unit_unclear", "")


@pytest.mark.parametrize("cell", ["¥1,234", "1,234円", "1,234 JPY"])
def test_a_bare_sign_in_a_column_declared_in_yen_has_one(read, cell):
    assert read("money", cell, unit_declared=True) == (1234, None, "separators+currency")
