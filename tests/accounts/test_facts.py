"""What the records say of each account, against arithmetic by hand and against plain loops."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.events import EVENT_FACTS
from kamlab.accounts.facts import FACTS, account_facts
from kamlab.foundation.columns import glossary
from tests.accounts.event_loops import event_facts

EXACT = 1e-12  # the same few operations on doubles in another order
YEAR = 365.25
NAN = float("nan")
DATED = {
    "transactions": "ordered_on",
    "contacts": "last_contact",
    "interactions": "occurred_on",
}


@pytest.fixture(scope="module")
def sample():
    return kl.sample_company()


def day(text):
    return pd.Timestamp(text)


def a_company(**changes):
    """Five accounts: C ordered by contract, L left, F buys freely, N is new, S is silent."""
    tables = {
        "accounts": pd.DataFrame(
            {
                "account_id": ["N", "C", "F", "L", "S"],
                "customer_since": pd.to_datetime(
                    ["2026-06-01", "2020-04-01", "2023-01-01", "2022-04-01", None]
                ),
            }
        ),
        "periods": pd.DataFrame(
            [
                ("C", 2023, "2023-04-01", "2024-03-31", True, 800.0, 300.0, 100.0),
                ("C", 2024, "2024-04-01", "2025-03-31", True, 1000.0, 400.0, 50.0),
                ("C", 2025, "2025-04-01", "2026-03-31", True, 1500.0, 450.0, 75.0),
                ("C", 2026, "2026-04-01", "2027-03-31", None, None, None, None),
                ("L", 2023, "2023-04-01", "2024-03-31", True, 500.0, 100.0, 120.0),
                ("L", 2024, "2024-04-01", "2025-03-31", False, 400.0, 80.0, 20.0),
            ],
            columns=[
                "account_id", "period", "start", "end", "stayed",
                "revenue", "margin", "cost_to_serve",
            ],
        ).astype({"start": "datetime64[us]", "end": "datetime64[us]"}),
        "transactions": pd.DataFrame(
            [
                ("F", "2024-03-31", 70.0), ("F", "2024-04-01", 100.0), ("F", "2025-03-31", 60.0),
                ("F", "2025-04-01", 40.0), ("F", "2026-03-31 23:59", 200.0),
                ("F", "2025-05-05", -30.0), ("F", "2026-04-01", 900.0),
            ],
            columns=["account_id", "ordered_on", "amount"],
        ).assign(order_id=list("abcdefg")),
        "contacts": pd.DataFrame(
            [
                ("C", "buying", "2026-03-01"), ("C", "buying", "2026-03-21"),
                ("C", "quality", None), ("F", None, "2026-04-02"), ("L", "buying", "2025-03-31"),
            ],
            columns=["account_id", "function", "last_contact"],
        ).assign(contact_id=list("abcde")),
        "interactions": pd.DataFrame(
            [
                ("C", "2022-04-01", "meeting", "none"),
                ("C", "2023-05-01", "proposal", "refused"),
                ("C", "2023-06-01", "re_proposal", "accepted"),
                ("C", "2023-07-01", "proposal", "none"),
                ("C", "2023-08-01", "re_proposal", "deferred"),
                ("C", "2024-01-01", "introduction", "none"),
                ("C", "2024-02-01", "instruction", "none"),
                ("C", "2024-03-01", None, "none"),
                ("C", "2026-03-31 18:00", "request_for_proposal", "none"),
                ("C", "2026-04-01", "complaint", "none"),
                ("F", "2025-01-01", "inbound_after_silence", "none"),
                ("L", "2024-04-01", "complaint", "none"),
                ("L", "2024-05-01", "complaint", "none"),
            ],
            columns=["account_id", "occurred_on", "kind", "outcome"],
        ).assign(
            interaction_id=list("abcdefghijklm"),
            direction=[*5 * ["outbound"], "inbound", "inbound", None, *5 * ["inbound"]],
        ),
    }  # fmt: skip
    for name, dated in DATED.items():
        tables[name][dated] = pd.to_datetime(tables[name][dated], format="mixed")
    return kl.Company(**(tables | changes))


IN_LOG = 1461 / YEAR  # 1 April 2022, the log's first day, to 31 March 2026, both included
LEFT_AFTER = 1096 / YEAR  # to 31 March 2025, when L left
FREE = 731 / YEAR  # F in the order log: 31 March 2024 to 31 March 2026
BY_HAND = {
    #                         N     C                 F          L                   S
    "revenue":               [NAN, 1500, 210, 400, NAN],
    "net_margin":            [NAN, 375, NAN, 60, NAN],
    "margin_rate":           [NAN, 0.3, NAN, 0.2, NAN],
    "service_rate":          [NAN, 0.05, NAN, 0.05, NAN],
    "revenue_growth":        [NAN, 0.5, 210 / 160 - 1, -0.2, NAN],
    "orders":                [0, NAN, 5, NAN, 0],
    "orders_a_year":         [NAN, NAN, 5 / FREE, NAN, 0],
    "order_size":            [NAN, NAN, 94, NAN, NAN],
    "tenure_years":          [NAN, 2190 / YEAR, 1185 / YEAR, 1095 / YEAR, NAN],
    "ten_years":             [NAN, 0, 0, 0, NAN],
    "n_contacts":            [0, 3, 1, 1, 0],
    "n_functions":           [0, 2, NAN, 1, 0],
    "days_since_contact":    [NAN, 10, NAN, 365, NAN],
    "acceptance_rate":       [NAN, 1 / 3, NAN, NAN, NAN],
    "reproposals_accepted":  [0, 1, 0, 0, 0],
    "introductions_a_year":  [NAN, 1 / IN_LOG, 0, 0, 0],
    "inbound_after_silence": [0, 0, 1, 0, 0],
    "requests_for_proposal": [0, 1, 0, 0, 0],
    "instruction_share":     [NAN, 1 / 8, 0, 0, NAN],
    "proposals_a_year":      [NAN, 4 / IN_LOG, 0, 0, 0],
    "complaints_a_year":     [NAN, 0, 0, 2 / LEFT_AFTER, 0],
    "meetings_a_year":       [NAN, 1 / IN_LOG, 0, 0, 0],
    "reproposals":           [0, 2, 0, 0, 0],
    "reproposal_acceptance": [NAN, 1 / 2, NAN, NAN, NAN],
    "wins_after_losses":     [0, 0, 0, 0, 0],
    "deferred_share":        [NAN, 1 / 3, NAN, NAN, NAN],
    "inbound_share":         [NAN, 3 / 8, 1, 1, NAN],
    "silence_broken":        [0, 1, 1, 1, 0],
    "invited_after_refusal": [0, 0, 0, 0, 0],
    "had_complaint":         [0, 0, 0, 1, 0],
    "years_since_complaint": [NAN, NAN, NAN, 729 / YEAR, NAN],
    "days_since_event":      [NAN, 0, 454, 699, NAN],
}  # fmt: skip


def test_the_facts_by_hand_are_all_there_are():
    assert tuple(BY_HAND) == FACTS
    assert list(account_facts(a_company())) == ["account_id", *FACTS]


@pytest.mark.parametrize("fact", BY_HAND)
@pytest.mark.parametrize("as_of", [None, "2026-03-31"])
def test_every_fact_is_what_a_pencil_gives(fact, as_of):
    found = account_facts(a_company(), as_of=as_of)
    assert found["account_id"].tolist() == ["N", "C", "F", "L", "S"]
    np.testing.assert_allclose(found[fact], BY_HAND[fact], rtol=EXACT)


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_is_in_the_glossary(fact):
    assert fact in glossary()


def fact(company, name, account, as_of=None):
    return account_facts(company, as_of=as_of).set_index("account_id").loc[account, name]


def test_a_period_that_still_runs_says_nothing_yet():
    running = a_company().periods.assign(revenue=[800.0, 1000.0, 1500.0, 7.0, 500.0, 400.0])
    company = a_company(periods=running)
    assert fact(company, "revenue", "C", as_of="2027-03-30") == 1500
    assert fact(company, "revenue", "C", as_of="2027-03-31") == 7


def test_amounts_of_two_periods_are_never_mixed():
    periods = a_company().periods
    periods.loc[2, ["revenue", "cost_to_serve"]] = np.nan
    found = account_facts(a_company(periods=periods), as_of="2026-03-31").set_index("account_id")
    assert found.loc["C", ["revenue", "net_margin", "margin_rate"]].isna().all()


def test_a_period_without_any_amount_gives_way_to_the_one_before():
    periods = a_company().periods
    periods.loc[2, ["revenue", "margin", "cost_to_serve"]] = np.nan
    company = a_company(periods=periods)
    assert fact(company, "revenue", "C", as_of="2026-03-31") == 1000
    assert fact(company, "revenue_growth", "C", as_of="2026-03-31") == pytest.approx(0.25)


def test_growth_is_not_reckoned_over_a_gap():
    periods = a_company().periods.drop(index=1)  # L still has 2024
    assert np.isnan(fact(a_company(periods=periods), "revenue_growth", "C", as_of="2026-03-31"))


@pytest.mark.parametrize("before", [0.0, -10.0])
def test_growth_from_nothing_or_less_is_missing(before):
    periods = a_company().periods
    periods.loc[1, "revenue"] = before
    assert np.isnan(fact(a_company(periods=periods), "revenue_growth", "C", as_of="2026-03-31"))


@pytest.mark.parametrize("revenue", [0.0, -10.0])
def test_rates_of_no_revenue_are_missing(revenue):
    periods = a_company().periods
    periods.loc[2, "revenue"] = revenue
    found = account_facts(a_company(periods=periods), as_of="2026-03-31").set_index("account_id")
    assert found.loc["C", ["margin_rate", "service_rate"]].isna().all()
    assert found.loc["C", "net_margin"] == 375


def test_an_account_that_came_back_has_not_left():
    later = pd.DataFrame(
        {"account_id": ["L"], "period": 2026, "start": day("2026-04-01"), "end": day("2027-03-31")}
    )
    company = a_company(periods=pd.concat([a_company().periods, later]))
    assert fact(company, "tenure_years", "L", as_of="2026-03-31") == pytest.approx(1095 / YEAR)
    assert fact(company, "tenure_years", "L", as_of="2026-04-01") == pytest.approx(1461 / YEAR)


@pytest.mark.parametrize(
    ("as_of", "complete"), [("2030-03-30", 0), ("2030-03-31", 1), ("2030-04-01", 1)]
)
def test_ten_years_are_complete_at_the_end_of_the_day_before_the_jubilee(as_of, complete):
    assert fact(a_company(), "ten_years", "C", as_of=as_of) == complete
    assert fact(a_company(), "ten_years", "L", as_of="2035-01-01") == 0  # it left after three


@pytest.mark.parametrize(("days", "known"), [(-36, True), (0, True), (36, True), (37, False)])
def test_the_period_before_ends_about_where_the_next_begins(days, known):
    periods = a_company().periods  # a tenth of a year is 36 days
    periods.loc[1, "end"] -= pd.Timedelta(days=days)
    periods.loc[1, "start"] -= pd.Timedelta(days=days)
    growth = fact(a_company(periods=periods), "revenue_growth", "C", as_of="2026-03-31")
    assert np.isnan(growth) != known


def test_an_order_of_unknown_amount_makes_the_years_amount_unknown():
    orders = a_company().transactions
    orders.loc[3, "amount"] = np.nan
    found = account_facts(a_company(transactions=orders), as_of="2026-03-31")
    found = found.set_index("account_id").loc["F"]
    assert found[["revenue", "revenue_growth"]].isna().all()
    assert found["orders"] == 5
    assert found["order_size"] == pytest.approx((70 + 100 + 60 + 200) / 4)


@pytest.mark.parametrize(("first", "known"), [("2024-04-01", True), ("2024-04-02", False)])
def test_growth_of_orders_needs_a_log_that_reaches_back(first, known):
    orders = a_company().transactions.iloc[2:].assign()
    orders.loc[2, "ordered_on"] = day(first)
    growth = fact(a_company(transactions=orders), "revenue_growth", "F", as_of="2026-03-31")
    assert np.isnan(growth) != known


def test_a_customer_who_stopped_ordering_has_a_revenue_of_nothing():
    assert fact(a_company(), "revenue", "F", as_of="2028-03-31") == 0
    assert fact(a_company(), "revenue_growth", "F", as_of="2027-06-01") == -1


def test_events_before_the_first_day_as_a_customer_lengthen_the_presence():
    accounts = a_company().accounts
    accounts.loc[2, "customer_since"] = day("2026-01-01")  # F inquired a year before
    enquiry = a_company(accounts=accounts).interactions
    enquiry.loc[10, "kind"] = "complaint"
    company = a_company(accounts=accounts, interactions=enquiry)
    years = (day("2026-03-31") - day("2025-01-01")).days + 1
    assert fact(company, "complaints_a_year", "F") == pytest.approx(YEAR / years)


def test_events_after_the_last_period_lengthen_the_presence():
    events = a_company().interactions
    events.loc[12, "occurred_on"] = day("2025-09-30")
    years = ((day("2025-09-30") - day("2022-04-01")).days + 1) / YEAR
    company = a_company(interactions=events)
    assert fact(company, "complaints_a_year", "L") == pytest.approx(2 / years)


def by_loops(company, as_of):
    """Return the facts from plain loops over rows, as the docstring words them."""
    end = day(as_of)
    tables = {name: frame.to_dict("records") for name, frame in company.tables.items()}

    def log_begins(name):
        days = [row[DATED[name]] for row in tables[name] if row[DATED[name]] <= end]
        return min(days, default=None)

    orders_first, events_first = log_begins("transactions"), log_begins("interactions")
    rows = []
    for account in tables["accounts"]:
        own = {
            name: [r for r in tables[name] if r["account_id"] == account["account_id"]]
            for name in ("periods", "transactions", "contacts", "interactions")
        }
        row = dict.fromkeys(FACTS, NAN)
        begun = [p for p in own["periods"] if p["start"] <= end]
        ended = [p for p in begun if p["end"] <= end]
        money = {p["period"]: p for p in ended if p["revenue"] == p["revenue"]}
        if money:
            last = money[max(money)]
            row["revenue"] = last["revenue"]
            row["net_margin"] = last["margin"] - last["cost_to_serve"]
            row["margin_rate"] = last["margin"] / last["revenue"]
            row["service_rate"] = last["cost_to_serve"] / last["revenue"]
            if before := money.get(max(money) - 1):
                row["revenue_growth"] = last["revenue"] / before["revenue"] - 1
        left = None
        if begun and begun[-1] in ended and begun[-1]["stayed"] is False:
            left = begun[-1]["end"]

        def years(log_first, days, since=account["customer_since"], left=left):
            first = max(log_first, since)
            first, last = min([first, *days]), end if left is None else max([left, *days])
            return ((last - first).days + 1) / YEAR

        orders = [o for o in own["transactions"] if o["ordered_on"] <= end]
        if orders or not begun:
            row["orders"] = len(orders)
            if orders_first is not None:
                row["orders_a_year"] = len(orders) / years(
                    orders_first, [o["ordered_on"] for o in orders]
                )
        if orders:
            row["order_size"] = sum(o["amount"] for o in orders) / len(orders)
            if not begun:
                ages = [((end - o["ordered_on"]).days, o["amount"]) for o in orders]
                row["revenue"] = sum(a for age, a in ages if age < 365)
                before = sum(a for age, a in ages if 365 <= age < 730)
                if before and (end - orders_first).days >= 729:
                    row["revenue_growth"] = row["revenue"] / before - 1
        row["tenure_years"] = ((left or end) - account["customer_since"]).days / YEAR
        complete = account["customer_since"] + pd.DateOffset(years=10)
        row["ten_years"] = float((left or end) + pd.Timedelta(days=1) >= complete)
        row["n_contacts"] = len(own["contacts"])
        row["n_functions"] = len({c["function"] for c in own["contacts"]})
        met = [c["last_contact"] for c in own["contacts"] if c["last_contact"] <= end]
        if met:
            row["days_since_contact"] = (end - max(met)).days
        since = account["customer_since"]
        row |= event_facts(own["interactions"], end, since, left, events_first)
        rows.append({"account_id": account["account_id"], **row})
    return pd.DataFrame(rows)


@pytest.mark.parametrize("as_of", ["2022-03-31", "2023-03-31", "2024-09-30", "2026-03-31"])
def test_facts_are_what_loops_over_the_rows_give(small_company, as_of):
    found, expected = account_facts(small_company, as_of=as_of), by_loops(small_company, as_of)
    pd.testing.assert_frame_equal(found, expected, rtol=EXACT, check_dtype=False)


@pytest.mark.parametrize("as_of", ["2022-03-31", "2023-06-30", "2024-03-31", "2025-12-24"])
def test_nothing_after_the_day_counts(sample, as_of):
    end = day(as_of)
    periods, contacts = sample.periods, sample.contacts
    running = periods["end"] > end
    unknown = ["stayed", "revenue", "margin", "cost_to_serve"]
    periods[unknown] = periods[unknown].mask(running)
    contacts["last_contact"] = contacts["last_contact"].where(contacts["last_contact"] <= end)
    as_it_was = replace(
        sample,
        periods=periods[periods["start"] <= end],
        transactions=sample.transactions[sample.transactions["ordered_on"] <= end],
        interactions=sample.interactions[sample.interactions["occurred_on"] <= end],
        contacts=contacts,
    )
    found, then = account_facts(sample, as_of=as_of), account_facts(as_it_was, as_of=as_of)
    pd.testing.assert_frame_equal(found, then, check_exact=True)


def test_the_order_of_rows_does_not_matter(sample):
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in sample.tables.items()}
    found = account_facts(replace(sample, **shuffled)).set_index("account_id")
    expected = account_facts(sample).set_index("account_id")
    assert found.index.tolist() == shuffled["accounts"]["account_id"].tolist()
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, rtol=EXACT)


def test_money_in_another_unit_scales_with_it(sample):
    amounts = ["revenue", "margin", "cost_to_serve"]
    thousands = replace(
        sample,
        periods=sample.periods.assign(**sample.periods[amounts] / 1000),
        transactions=sample.transactions.assign(amount=sample.transactions["amount"] / 1000),
    )
    found, expected = account_facts(thousands), account_facts(sample)
    money = ["revenue", "net_margin", "order_size"]
    pd.testing.assert_frame_equal(found[money] * 1000, expected[money], rtol=EXACT)
    rest = expected.columns.drop(money)
    pd.testing.assert_frame_equal(found[rest], expected[rest], rtol=EXACT)


OF_TABLE = {
    "periods": {"net_margin", "margin_rate", "service_rate"},
    "transactions": {"orders", "orders_a_year", "order_size"},
    "contacts": {"n_contacts", "n_functions", "days_since_contact"},
    "interactions": set(EVENT_FACTS),
}


@pytest.mark.parametrize("name", OF_TABLE)
def test_without_a_table_its_facts_are_no_columns(name):
    found = account_facts(a_company(**{name: None}), as_of="2026-03-31")
    assert set(FACTS) - set(found) == OF_TABLE[name]


@pytest.mark.parametrize(
    ("name", "column", "gone"),
    [
        ("accounts", "customer_since", {"tenure_years", "ten_years"}),
        ("periods", "margin", {"net_margin", "margin_rate"}),
        ("periods", "cost_to_serve", {"net_margin", "service_rate"}),
        ("periods", "revenue", {"margin_rate", "service_rate"}),
        ("periods", "stayed", set()),
        ("transactions", "amount", {"order_size"}),
        ("contacts", "function", {"n_functions"}),
        ("contacts", "last_contact", {"days_since_contact"}),
    ],
)
def test_without_a_column_its_facts_are_no_columns(name, column, gone):
    company = a_company()
    less = replace(company, **{name: company.tables[name].drop(columns=column)})
    found = account_facts(less, as_of="2026-03-31")
    assert set(FACTS) - set(found) == gone
    assert len(found) == 5


def test_without_a_revenue_anywhere_there_is_none():
    company = a_company(periods=a_company().periods.drop(columns="revenue"), transactions=None)
    assert not {"revenue", "revenue_growth"} & set(account_facts(company))


def test_contract_customers_get_no_revenue_from_orders():
    company = a_company(periods=a_company().periods.drop(columns="revenue"))
    found = account_facts(company, as_of="2026-03-31")["revenue"]
    np.testing.assert_allclose(found, [NAN, NAN, 210, NAN, NAN])


@pytest.mark.parametrize("name", ["periods", "transactions", "contacts", "interactions"])
def test_a_table_without_rows_is_no_stumbling_block(name):
    company = a_company()
    empty = replace(company, **{name: company.tables[name].iloc[:0]})
    assert len(account_facts(empty, as_of="2026-03-31")) == 5


def test_the_last_day_is_that_of_money_then_orders_then_events():
    whole = a_company()
    unpaid = whole.periods.drop(columns=["revenue", "margin", "cost_to_serve"])
    later = whole.interactions.assign(occurred_on=day("2026-04-02"))
    days = {
        "2026-03-31": whole,
        "2026-04-01": replace(whole, periods=unpaid),
        "2026-04-02": replace(whole, periods=None, transactions=None, interactions=later),
    }
    for last, each in days.items():
        expected = account_facts(each, as_of=last)
        pd.testing.assert_frame_equal(account_facts(each), expected, check_exact=True)
        earlier = account_facts(each, as_of=day(last) - pd.Timedelta(days=1))
        assert not earlier.equals(expected)


def test_without_a_day_only_contacts_are_counted():
    company = a_company(periods=None, transactions=None, interactions=None)
    assert list(account_facts(company)) == ["account_id", "n_contacts", "n_functions"]
    bare = replace(company, contacts=None)
    assert list(account_facts(bare)) == ["account_id"]


@pytest.mark.parametrize(
    "as_of",
    [
        "2024-03-31", "2024/3/31", "2024年3月31日", date(2024, 3, 31), datetime(2024, 3, 31, 12),
        day("2024-03-31 23:59"), np.datetime64("2024-03-31"),
    ],
)  # fmt: skip
def test_a_day_may_be_written_in_many_ways(as_of):
    assert fact(a_company(), "revenue", "C", as_of=as_of) == 800


@pytest.mark.parametrize(
    "as_of",
    [
        "yesterday", "03/04/2026", "2026-02-30", "", 2026, 20260331, 1.5, True, pd.NaT, NAN, pd.NA,
        np.datetime64("NaT"), day("2026-03-31").tz_localize("Asia/Tokyo"), ["2026-03-31"],
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(as_of, language):
    with pytest.raises(kl.ArgumentError, match="2026-03-31"):
        account_facts(a_company(), as_of=as_of)


def test_what_is_no_company_is_refused(language):
    with pytest.raises(kl.ArgumentError, match="DataFrame"):
        account_facts(a_company().accounts)
