import pytest

from kamlab.accounts.tables import table
from kamlab.intake.mapping.stated_units import plain_heading, unit_above, unit_in_heading

REVENUE = table("periods")["revenue"]
EMPLOYEES = table("accounts")["employees"]
SHARE = table("accounts")["share_of_wallet"]


@pytest.mark.parametrize(
    ("heading", "unit", "currency"),
    [
        ("売上高（千円）", "千円", "JPY"),
        ("売上高(税抜、千円)", "千円", "JPY"),
        ("売上高　[単位：百万円]", "百万円", "JPY"),
        ("売上高【億円】", "億円", "JPY"),
        ("売上高_千円", "千円", "JPY"),
        ("売上高（円）", "円", "JPY"),
        ("売上高（¥）", "円", "JPY"),
        ("売上高（万ドル）", "万", ""),
        ("売上高（千米ドル）", "千", "USD"),
        ("Revenue (JPY thousand)", "千円", "JPY"),
        ("Revenue (in thousands of yen)", "千円", "JPY"),
        ("Revenue (¥ million)", "百万円", "JPY"),
        ("Revenue (JPY bn)", "十億円", "JPY"),
        ("Revenue ($K)", "thousand", ""),
        ("Revenue (US$ m)", "million", "USD"),
        ("Revenue (€m)", "million", "EUR"),
        ("Revenue (USD)", "1", "USD"),
        ("Revenue [kEUR]", "thousand", "EUR"),
        ("Amount ('000)", "thousand", ""),
        ("Amount (INR)", "1", "INR"),
    ],
)
def test_a_heading_states_a_unit_of_money(heading, unit, currency):
    stated = unit_in_heading(heading, REVENUE)
    assert (stated.unit, stated.currency) == (unit, currency)


@pytest.mark.parametrize(
    "heading",
    [
        "売上高",
        "売上高（前年）",
        "売上（m）",
        "Sales (k)",
        "売上高（千円/百万円）",
        "千円札",
        "売上高（%）",
        "",
    ],
)
def test_a_heading_without_a_clear_unit_states_none(heading):
    assert unit_in_heading(heading, REVENUE) is None


def test_counts_may_be_in_thousands_and_shares_in_percent():
    assert unit_in_heading("従業員数（千人）", EMPLOYEES).unit == "千"
    assert unit_in_heading("従業員数（人）", EMPLOYEES) is None
    assert unit_in_heading("従業員数（千円）", EMPLOYEES) is None
    assert unit_in_heading("シェア（％）", SHARE).unit == "%"
    assert unit_in_heading("Share (percent)", SHARE).unit == "%"
    assert unit_in_heading("シェア（千円）", SHARE) is None
    assert unit_in_heading("開始日（千円）", table("periods")["start"]) is None


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        (["2026年3月期 得意先別実績（単位：千円）", "作成日 2026/4/1"], "千円"),
        (["単位: 百万円"], "百万円"),
        (["Unit: JPY million"], "百万円"),
        (["All amounts in thousands of yen, unaudited"], "千円"),
        (["(単位：千円)", "単位：千円"], "千円"),
    ],
)
def test_a_line_above_the_headings_states_a_unit(lines, unit):
    assert unit_above(lines, REVENUE).unit == unit


@pytest.mark.parametrize(
    "lines", [["(単位：千円)", "(単位：円)"], ["実績（2026年）"], ["(1)"], ["千円単位で丸めた"], []]
)
def test_two_units_or_none_state_nothing(lines):
    assert unit_above(lines, REVENUE) is None


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("売上高（千円）", "売上高"),
        ("売上高(税抜、千円)", "売上高"),
        ("従業員数 [名]", "従業員数"),
        ("*顧客名（必須）", "顧客名"),
        ("売上高（前年）", "売上高（前年）"),
        ("Company Name (English)", "Company Name (English)"),
        ("（千円）", "（千円）"),
        ("売上高（）", "売上高（）"),
    ],
)
def test_only_what_changes_no_meaning_is_taken_off(heading, plain):
    assert plain_heading(heading) == plain
