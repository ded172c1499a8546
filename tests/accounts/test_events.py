"""What the log says of each account: by hand at every border, and against plain loops."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.events import EVENT_FACTS
from kamlab.accounts.facts import account_facts
from kamlab.accounts.tables import table
from tests.accounts.event_loops import event_facts

EXACT = 1e-12  # the same few operations on doubles in another order
NAN = float("nan")
TODAY = "2026-03-31"


def a_log(*events):
    """Return a company of A and B; events are (account, day, kind, outcome, direction)."""
    names = ["account_id", "occurred_on", "kind", "outcome", "direction"]
    frame = pd.DataFrame(events, columns=names)
    frame["occurred_on"] = pd.to_datetime(frame["occurred_on"], format="mixed")
    frame["interaction_id"] = [f"I{number}" for number in range(len(frame))]
    accounts = pd.DataFrame({"account_id": ["A", "B"]})
    accounts["customer_since"] = pd.to_datetime(["2010-04-01", "2023-02-28"])
    return kl.Company(accounts=accounts, interactions=frame)


def of(company, name, account="A", as_of=TODAY):
    return account_facts(company, as_of).set_index("account_id")[name].loc[account]


LOST = ("A", "2024-05-01", "lost_deal", "none", "inbound")
AGAIN = ("A", "2024-05-02", "lost_deal", "none", "inbound")


def won(day, kind="proposal"):
    return ("A", day, kind, "accepted", "outbound")


@pytest.mark.parametrize(
    ("events", "wins"),
    [
        ([LOST, won("2025-01-01")], 0),
        ([LOST, AGAIN, won("2024-05-02")], 0),  # which came first that day, nobody knows
        ([LOST, AGAIN, won("2024-05-03")], 1),
        ([LOST, AGAIN, won("2024-05-03", "re_proposal"), won("2026-03-31 23:59")], 2),
        ([LOST, AGAIN, won("2024-05-03"), won("2026-04-01")], 1),
        ([LOST, LOST, won("2024-05-02")], 1),
        ([LOST, AGAIN, ("A", "2025-01-01", "meeting", "accepted", "outbound")], 0),
        ([LOST, AGAIN, ("A", "2025-01-01", "proposal", "deferred", "outbound")], 0),
        ([LOST, ("B", "2024-05-02", "lost_deal", "none", "inbound"), won("2025-01-01")], 0),
    ],
)
def test_a_win_counts_after_two_lost_deals_of_earlier_days(events, wins):
    assert of(a_log(*events), "wins_after_losses") == wins


FIRST = ("A", "2023-03-31", "meeting", "none", "outbound")


@pytest.mark.parametrize(
    ("event", "broken"),
    [
        (("A", "2025-03-30", "request_for_proposal", "none", "inbound"), 0),
        (("A", "2025-03-31", "request_for_proposal", "none", "inbound"), 1),
        (("A", "2025-03-31", "meeting", "none", "inbound"), 1),
        (("A", "2025-03-31", "meeting", "none", "outbound"), 0),
        (("A", "2025-03-31", "meeting", "none", None), 0),
        (("A", "2025-03-31", "inbound_after_silence", "none", "inbound"), 1),  # not twice
        (("A", "2023-04-01", "inbound_after_silence", "none", None), 1),  # as recorded
    ],
)
def test_a_silence_of_24_months_is_broken_by_the_customer(event, broken):
    assert of(a_log(FIRST, event), "silence_broken") == broken


@pytest.mark.parametrize("between", ["2023-04-01", "2025-03-30"])
def test_an_event_between_ends_the_silence(between):
    call = ("A", "2025-03-31", "request_for_proposal", "none", "inbound")
    events = [FIRST, ("A", between, "meeting", "none", "outbound"), call]
    assert of(a_log(*events), "silence_broken") == 0


@pytest.mark.parametrize(("day", "broken"), [("2025-02-27", 0), ("2025-02-28", 1)])
def test_a_customers_first_event_breaks_a_silence_that_we_could_have_heard(day, broken):
    call = ("B", day, "request_for_proposal", "none", "inbound")
    company = a_log(("A", "2023-01-01", "meeting", "none", "outbound"), call)
    assert of(company, "silence_broken", "B") == broken
    nobody_knows = company.accounts.assign(customer_since=pd.NaT)
    assert of(replace(company, accounts=nobody_knows), "silence_broken", "B") == 0


REFUSED = ("A", "2024-08-31", "re_proposal", "refused", "outbound")


@pytest.mark.parametrize(
    ("day", "invited"),
    [
        ("2025-02-27", 0),
        ("2025-02-28", 1),
        ("2026-02-28", 1),
        ("2026-03-01", 0),
    ],
)
def test_an_invitation_counts_from_6_to_18_months_after_a_refusal(day, invited):
    refused = ("A", "2024-08-28", "proposal", "refused", "outbound")
    asked = ("A", day, "request_for_proposal", "none", "inbound")
    assert of(a_log(refused, asked), "invited_after_refusal") == invited


def test_an_invitation_after_two_refusals_counts_once():
    asked = ("A", "2025-08-31", "request_for_proposal", "none", "inbound")
    more = ("A", "2024-10-01", "proposal", "refused", "outbound")
    assert of(a_log(REFUSED, more, asked), "invited_after_refusal") == 1
    assert of(a_log(REFUSED, more), "invited_after_refusal") == 0


def test_shares_rates_and_days_are_what_a_pencil_gives():
    company = a_log(
        ("A", "2024-04-01", "meeting", "none", "outbound"),
        ("A", "2024-10-01", "meeting", None, "inbound"),
        ("A", "2025-04-01", "complaint", "none", "inbound"),
        ("A", "2025-05-01", "complaint", "none", None),
        ("A", "2025-06-01", "re_proposal", "accepted", "outbound"),
        ("A", "2025-07-01", "re_proposal", "deferred", "outbound"),
        ("A", "2025-08-01", "re_proposal", "none", "outbound"),
        ("A", "2025-09-01", "proposal", "refused", "outbound"),
    )
    expected = {
        "meetings_a_year": 2 / (730 / 365.25),
        "inbound_share": 2 / 7,
        "had_complaint": 1,
        "years_since_complaint": 364 / 365.25,
        "reproposals": 3,
        "reproposal_acceptance": 1 / 2,
        "acceptance_rate": 1 / 3,
        "deferred_share": 1 / 3,
        "days_since_event": 211,
    }
    facts = account_facts(company, TODAY).set_index("account_id")
    np.testing.assert_allclose(facts.loc["A", [*expected]], [*expected.values()], rtol=EXACT)
    never = {"meetings_a_year": 0, "had_complaint": 0, "reproposals": 0, "silence_broken": 0}
    assert facts.loc["B", [*never]].to_dict() == never
    unknown = ["inbound_share", "years_since_complaint", "deferred_share", "days_since_event"]
    assert facts.loc["B", unknown].isna().all()


def test_before_the_log_begins_nothing_is_known():
    company = a_log(FIRST)
    day_before = account_facts(company, "2023-03-30")
    assert day_before[list(EVENT_FACTS)].isna().all(axis=None)
    assert of(company, "reproposals", "B", as_of="2023-03-31") == 0


def any_log(seed, n_events=400):
    """Return a company whose events fall anywhere, with long silences and missing cells."""
    rng = np.random.default_rng(seed)
    ids = [f"A{number}" for number in range(25)]
    crowd = np.geomspace(1, 50, len(ids))  # some accounts with many events, some with few
    cells = {
        "kind": [*table("interactions")["kind"].values, None],
        "outcome": ["accepted", "deferred", "refused", "none", None],
        "direction": ["inbound", "outbound", None],
    }
    days = pd.Timestamp("2018-01-10") + pd.to_timedelta(rng.integers(0, 3000, n_events), unit="D")
    # Month's ends and the same days again and again, where borders lie.
    days = days.where(rng.random(n_events) < 0.5, days.to_period("M").to_timestamp("M").normalize())
    frame = pd.DataFrame(
        {
            "interaction_id": np.arange(n_events).astype(str),
            "account_id": rng.choice(ids, n_events, p=crowd / crowd.sum()),
            "occurred_on": days + pd.to_timedelta(rng.integers(0, 24, n_events), unit="h"),
            **{name: rng.choice(np.array(each, object), n_events) for name, each in cells.items()},
        }
    )
    since = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 2500, 25), unit="D")
    accounts = pd.DataFrame({"account_id": ids, "customer_since": since})
    accounts.loc[::7, "customer_since"] = pd.NaT
    return kl.Company(accounts=accounts, interactions=frame)


@pytest.mark.parametrize("as_of", ["2018-01-05", "2019-02-28", "2021-06-30", "2026-12-31"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_facts_of_any_log_are_what_loops_give(seed, as_of):
    company, end = any_log(seed), pd.Timestamp(as_of)
    events = company.interactions
    first = events["occurred_on"].min().normalize()
    rows = [
        event_facts(
            events[events["account_id"] == account.account_id].to_dict("records"),
            end, account.customer_since, None, first,
        )
        for account in company.accounts.itertuples()
    ]  # fmt: skip
    found = account_facts(company, as_of)[list(EVENT_FACTS)]
    pd.testing.assert_frame_equal(found, pd.DataFrame(rows), rtol=EXACT, check_dtype=False)


def test_the_random_logs_hold_what_the_loops_are_to_judge():
    facts = pd.concat([account_facts(any_log(seed), "2026-12-31") for seed in (1, 2, 3)])
    assert facts["silence_broken"].sum() > facts["inbound_after_silence"].sum() + 5
    assert facts["wins_after_losses"].sum() > 20
    assert facts["invited_after_refusal"].sum() > 5


def test_the_order_of_events_in_the_log_does_not_matter():
    company = any_log(4)
    shuffled = company.interactions.sample(frac=1, random_state=1)
    found = account_facts(replace(company, interactions=shuffled), "2024-01-31")
    pd.testing.assert_frame_equal(found, account_facts(company, "2024-01-31"), check_exact=True)


@pytest.mark.parametrize(
    ("column", "gone"),
    [
        ("outcome", {
            "acceptance_rate", "reproposals_accepted", "reproposal_acceptance", "deferred_share",
            "wins_after_losses", "invited_after_refusal",
        }),
        ("direction", {"inbound_share", "silence_broken"}),
        ("kind", set(EVENT_FACTS) - {"inbound_share", "days_since_event"}),
    ],
)  # fmt: skip
def test_without_a_column_its_facts_are_no_columns(column, gone):
    company = any_log(1)
    less = replace(company, interactions=company.interactions.drop(columns=column))
    assert set(EVENT_FACTS) - set(account_facts(less, TODAY)) == gone
