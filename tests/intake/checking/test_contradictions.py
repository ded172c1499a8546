"""Records that contradict one another are told of, each with its place; consistent ones are not."""

import pandas as pd
import pytest

from kamlab.intake.checking.namesakes import bare_name


def day(*texts):
    return pd.to_datetime(list(texts), format="ISO8601")


def years(account, *numbers, **columns):
    """Fiscal years of one account, April to March."""
    return {
        "account_id": [account] * len(numbers),
        "period": list(numbers),
        "start": day(*(f"{number}-04-01" for number in numbers)),
        "end": day(*(f"{number + 1}-03-31" for number in numbers)),
        **columns,
    }


def orders(account, *days, **columns):
    return {
        "order_id": [f"{account}{at}" for at in range(len(days))],
        "account_id": [account] * len(days),
        "ordered_on": day(*days),
        **columns,
    }


def only(found, place, *parts):
    assert list(found) == [place]
    for part in parts:
        assert part in found[place]


def test_a_period_after_leaving(doubts_of):
    periods = years("A", 2023, 2024, 2025, stayed=[True, False, None])
    place = ("periods", "period", 4)
    told = "The account has period 2025, but left in period 2024 (row 3)."
    only(doubts_of(periods=periods), place, told)


def test_revenue_after_leaving(doubts_of):
    periods = years("A", 2025, 2024, stayed=[None, False], revenue=[10, 5])
    place = ("periods", "revenue", 2)
    only(
        doubts_of(periods=periods), place, "revenue in period 2025, but left in period 2024 (row 3)"
    )


def test_an_order_after_leaving_but_not_a_return(doubts_of):
    periods = years("A", 2024, stayed=[False])
    log = orders("A", "2025-03-31", "2025-04-01", "2025-04-02", amount=[1, 1, -1])
    place = ("transactions", "ordered_on", 3)
    told = "left in the period that ended on 2025-03-31 (periods, row 2)"
    only(doubts_of(periods=periods, transactions=log), place, told)


def test_an_account_that_stayed_and_is_gone(doubts_of):
    gone, there = years("A", 2023, stayed=[True]), years("B", 2023, 2024, stayed=[True, True])
    periods = pd.concat([pd.DataFrame(gone), pd.DataFrame(there)])
    place = ("periods", "stayed", 2)
    only(doubts_of(periods=periods), place, "this is its last period", "goes on to period 2024")


@pytest.mark.parametrize("stayed", [False, None])
def test_an_account_that_left_or_may_have_left_is_gone_for_good(doubts_of, stayed):
    gone, there = years("A", 2023, stayed=[stayed]), years("B", 2023, 2024, stayed=[True, True])
    assert doubts_of(periods=pd.concat([pd.DataFrame(gone), pd.DataFrame(there)])) == {}


def test_a_margin_above_the_revenue_unless_returns_prevail(doubts_of):
    amounts = {"revenue": [1000, -10, 5, 0], "margin": [1000.5, -4, 5, 1]}
    found = doubts_of(periods=years("A", 2022, 2023, 2024, 2025, **amounts))
    assert list(found) == [("periods", "margin", 2), ("periods", "margin", 5)]
    told = "The margin 1,000.5 is more than the revenue 1,000."
    assert told in found["periods", "margin", 2]


def test_overlapping_periods_with_any_earlier_one(doubts_of):
    periods = {
        "account_id": ["A", "A", "A", "B"],
        "period": [1, 2, 3, 1],
        "start": day("2023-01-01", "2023-02-01", "2023-06-01", "2023-06-01"),
        "end": day("2023-12-31", "2023-02-28", "2023-06-30", "2023-06-30"),
    }
    found = doubts_of(periods=periods)
    assert list(found) == [("periods", "start", 3), ("periods", "start", 4)]
    periods["start"] = day("2023-01-01", "2023-12-31", "2024-06-01", "2023-06-01")
    periods["end"] = day("2023-12-31", "2024-02-28", "2024-06-30", "2023-06-30")
    assert list(doubts_of(periods=periods)) == [("periods", "start", 3)]
    assert "an earlier one of this account ends on 2023-12-31" in found["periods", "start", 4]


def test_period_numbers_that_run_against_the_dates(doubts_of):
    periods = years("A", 2023, 2024, 2025) | {"period": [1, 3, 2]}
    only(
        doubts_of(periods=periods),
        ("periods", "period", 4),
        "Period 2 begins later than period 3, though its number is smaller.",
    )


def test_renewal_offered_without_a_contract(doubts_of):
    accounts = {"account_id": ["A", "B"], "has_contract": [False, True]}
    offered = pd.concat(
        [pd.DataFrame(years(a, 2024, offered_renewal=[True])) for a in accounts["account_id"]]
    )
    found = doubts_of(accounts=accounts, periods=offered)
    only(found, ("periods", "offered_renewal", 2), "is said to have no contract")


@pytest.mark.parametrize(
    ("table", "rows", "told"),
    [
        ("periods", years("A", 2022, 2021), "a period that ended on 2022-03-31 (periods, row 3)"),
        (
            "transactions",
            orders("A", "2023-05-01", "2023-03-30"),
            "ordered on 2023-03-30 (transactions, row 3)",
        ),
        (
            "survey",
            {
                "account_id": ["A"],
                "respondent_id": ["r"],
                "wave": [1],
                "answered_on": day("2023-03-31 10:00"),
            },
            "answered the survey on 2023-03-31 (survey, row 2)",
        ),
    ],
)
def test_a_beginning_after_the_first_record(doubts_of, table, rows, told):
    accounts = {"account_id": ["Z", "A"], "customer_since": day("2030-01-01", "2023-04-01")}
    found = doubts_of(accounts=accounts, **{table: rows})
    only(found, ("accounts", "customer_since", 3), "begun on 2023-04-01", told)


def test_a_beginning_within_the_first_period_or_on_the_first_order_is_no_contradiction(doubts_of):
    accounts = {"account_id": ["A"], "customer_since": day("2023-08-01 12:00")}
    rest = {"periods": years("A", 2023), "transactions": orders("A", "2023-08-01")}
    assert doubts_of(accounts=accounts, **rest) == {}


def test_days_after_the_export_only_where_its_day_is_known(doubts_of):
    tables = {
        "accounts": {"account_id": ["A"]},
        "interactions": {
            "interaction_id": ["1", "2"],
            "account_id": ["A", "A"],
            "occurred_on": day("2026-03-31 23:00", "2026-04-01"),
        },
        "periods": years("A", 2026),
    }
    assert doubts_of(**tables) == {}
    place = ("interactions", "occurred_on", 3)
    only(doubts_of(as_of=pd.Timestamp("2026-03-31"), **tables), place, "the export, 2026-03-31")


def test_one_name_under_two_ids(doubts_of):
    names = ["㈱ヤマダ 商店", "別の会社", "ヤマダ商店株式会社", None, None, "株式会社", "（株）"]
    accounts = {"account_id": list("ABCDEFG"), "name": names}
    only(
        doubts_of(accounts=accounts),
        ("accounts", "name", 4),
        "'ヤマダ商店株式会社' is also the name of A (row 2)",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈱山田", "株式会社 山田"),
        ("山田（株）", "(株)山田"),
        ("ＡＢＣ工業", "abc 工業"),
        ("Yamada Co., Ltd.", "YAMADA Inc."),
        ("A-B Corp", "AB Corporation"),
    ],
)
def test_legal_form_and_width_do_not_make_another_company(one, other):
    assert bare_name(one) == bare_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山田商店", "山田商会"),
        ("山田 大阪支店", "山田 東京支店"),
        ("Cooper", "Per"),
        ("Incheon Steel", "Heon Steel"),
        ("カップ", "カッフ"),
    ],
)
def test_other_names_stay_apart(one, other):
    assert bare_name(one) != bare_name(other)


def test_ids_that_differ_in_form_only(doubts_of):
    found = doubts_of(accounts={"account_id": ["017", "a-1", "17", "A-1", "170"]})
    assert list(found) == [("accounts", "account_id", 4), ("accounts", "account_id", 5)]
    assert "'17' differs from '017' (row 2)" in found["accounts", "account_id", 4]


WEEKLY = ("2026-01-05", "2026-01-06", "2026-01-20", "2026-03-02")


def bought(**columns):
    """Five customers with the same orders, of whom the last one's summary may differ."""
    ids = list("ABCDE")
    log = pd.concat([pd.DataFrame(orders(one, *WEEKLY, amount=[1.0] * 4)) for one in ids])
    usual = {"frequency": 2, "recency": 8, "T": 8}
    accounts = {"account_id": ids}
    for name, value in columns.items():
        accounts[name] = [usual[name]] * 4 + [value]
    return {"accounts": accounts, "transactions": log}


def test_a_summary_that_agrees_with_the_orders_is_not_doubted(doubts_of):
    assert doubts_of(**bought(frequency=2, recency=8, T=8)) == {}


@pytest.mark.parametrize(
    ("name", "value", "counted"), [("frequency", 3, 2), ("recency", 5, 8), ("T", 20, 8)]
)
def test_a_summary_that_the_orders_contradict(doubts_of, name, value, counted):
    right = {"frequency": 2, "recency": 8, "T": 8}
    found = doubts_of(**bought(**{**right, name: value}))
    told = f"{name} is {value}, but the orders, counted by weeks, make {counted}."
    only(found, ("accounts", name, 6), told)


def test_observation_may_have_ended_after_the_last_order(doubts_of):
    tables = bought(frequency=2, recency=8, T=30)
    tables["accounts"]["T"] = [30] * 5
    assert doubts_of(**tables) == {}
    tables["accounts"]["T"] = [30] * 4 + [25]
    only(doubts_of(**tables), ("accounts", "T", 6), "T is 25", "make 30")


def test_a_summary_in_no_known_unit_is_told_once(doubts_of):
    tables = bought(frequency=2)
    tables["accounts"]["frequency"] = [11] * 5
    only(doubts_of(**tables), ("accounts", "frequency", None), "for 0% of 5 accounts at most")


def test_returns_are_no_purchases(doubts_of):
    tables = bought(frequency=2, recency=8)
    back = pd.DataFrame(orders("A", "2026-04-06", amount=[-1.0])).assign(order_id="back")
    tables["transactions"] = pd.concat([tables["transactions"], back])
    assert doubts_of(**tables) == {}


def test_a_first_purchase_has_no_second_one(doubts_of):
    accounts = {"account_id": ["A", "B", "C"], "frequency": [0, 1, 0], "recency": [2, 0, 0]}
    found = doubts_of(accounts=accounts)
    assert list(found) == [("accounts", "frequency", 2), ("accounts", "frequency", 3)]
    assert "frequency is 0, but recency is 2" in found["accounts", "frequency", 2]
