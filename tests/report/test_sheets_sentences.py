"""What sheets say, on fixed numbers: the analyses behind them are tested elsewhere."""

import numpy as np
import pandas as pd
import pytest

from kamlab.accounts.tables import table
from kamlab.foundation.language import speaking
from kamlab.report.phrases import raised_words
from kamlab.report.sheets.events import timeline, what_happened
from kamlab.report.sheets.outlook import is_worth, may_stay
from kamlab.report.sheets.people import who_is_known
from kamlab.report.sheets.position import last_scores
from kamlab.report.sheets.steps import first
from kamlab.report.sheets.who import compare, shown

STAYING = {"period": "2026", "stay_probability": 0.842, "stay_low": 0.706, "stay_high": 0.995}
WORTH = {
    "value_now": 30_100_000,
    "gain": 21_490_000,
    "gain_low": 9_110_000,
    "gain_high": 33_770_000,
    "rank": 37,
    "rank_low": 25,
    "rank_high": 75,
}


def test_staying_is_told_with_its_interval_and_its_place_among_the_others():
    told = may_stay(STAYING, pd.Series([0.5, 0.842, 0.9, 0.95]))
    assert told.en == (
        "Probability of staying in period 2026: 84% (71% to >99%). Of 4 present accounts, 1 are "
        "less likely to stay; the median is 87%."
    )
    assert "84%（71%〜>99%）" in told.ja
    assert "4社のうち、これより確率の低い顧客は1社" in told.ja


def test_worth_is_told_as_an_association_with_interval_and_rank():
    told = is_worth(WORTH, raised_words({"trust": 1, "commitment": 0.5}), 115, "JPY")
    for words in ("30.1 million JPY", "Trust +1, Commitment +0.5", "if the association is causal"):
        assert words in told.en
    assert "rank 37 of 115 accounts (by its doubt, 25 to 75)" in told.en
    for words in ("3,010万円", "信頼+1点", "因果であれば", "115社のうち37位", "25～75位"):
        assert words in told.ja


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ({}, "We know nobody"),
        ({"stance": ["supporter"]}, "hangs on one thread"),
        (
            {"stance": ["supporter", "sceptic", "sceptic"], "function": ["a", "a", None]},
            "3 people there, in 1 functions; for us: 1, sceptical: 2",
        ),
        ({"influence": [1.0, 2.0]}, "2 people there, in – functions; for us: –, sceptical: –"),
    ],
)
def test_people_are_counted_and_a_single_thread_is_named(people, said):
    assert said in who_is_known(pd.DataFrame(people)).en


def log():
    days = pd.to_datetime(["2024-01-05", "2024-03-01", "2025-07-09", "2025-08-01", "2025-07-01"])
    return pd.DataFrame(
        {
            "account_id": "A",
            "occurred_on": days,
            "kind": ["meeting", "complaint", "meeting", None, "meeting"],
            "direction": ["outbound", "inbound", "inbound", None, "inbound"],
        }
    )


def test_the_line_of_time_says_in_words_what_it_shows():
    told = what_happened(log(), "A")
    assert "Meeting 3, Complaint 1, not known 1" in told.en
    assert (
        "Of 5 events, the customer took the first step in 3; the last was on 2025-08-01" in told.en
    )
    assert "面談3件、苦情1件、不明1件" in told.ja


def test_the_line_of_time_has_a_row_a_kind_and_fills_what_the_customer_began(language):
    span = pd.to_datetime(["2023-01-01", "2026-01-01"])
    ax = timeline(log(), "A", span)
    labels = [text.get_text() for text in ax.get_yticklabels()]
    with speaking(language):
        assert labels[0] == str(table("interactions")["kind"].values["meeting"])
    assert len(labels) == 3
    marks = {(len(line.get_xdata()), line.get_markerfacecolor() == "white") for line in ax.lines}
    assert {(1, True), (1, False), (2, False)} <= marks
    assert sum(len(line.get_xdata()) for line in ax.lines) == 5


def test_without_directions_every_mark_is_hollow():
    ax = timeline(
        log().drop(columns="direction"), "A", pd.to_datetime(["2023-01-01", "2026-01-01"])
    )
    assert not sum(len(line.get_xdata()) for line in ax.lines if line.get_mfc() != "white")


def test_facts_stand_beside_the_median_of_those_who_are_still_customers():
    facts = pd.DataFrame(
        {
            "revenue": [10.0, 20.0, 60.0, 1000.0],
            "orders_a_year": np.nan,
            "net_margin": [np.nan] * 4,
        },
        index=["A", "B", "C", "D"],
    )
    present = pd.Series([True, True, True, False], index=facts.index)
    assert compare(facts, "A", present).to_dict("list") == {
        "fact": ["revenue"],
        "own": [10.0],
        "median": [20.0],
    }
    assert compare(facts, "D", present)["own"].tolist() == [1000.0]


def test_scores_are_the_last_wave_s_with_the_one_before_and_the_median_of_last_waves():
    waves = pd.DataFrame(
        {
            "account_id": ["A", "B", "A", "C"],
            "answered_on": pd.to_datetime(["2024-01-01", "2024-01-02", "2025-01-01", "2025-01-02"]),
            "n_respondents": 1,
            "trust": [3.0, 4.0, 5.0, 7.0],
            "error_trust": [0.1, 0.2, 0.3, 0.4],
        }
    )
    row = last_scores(waves, "A").iloc[0]
    assert row["last_score"] == 5.0
    assert row["last_error"] == 0.3
    assert row["former_score"] == 3.0
    assert row["median_score"] == 5.0
    assert np.isnan(last_scores(waves, "B")["former_score"].iloc[0])
    assert np.isnan(last_scores(waves.drop(columns="error_trust"), "A")["last_error"].iloc[0])


@pytest.mark.parametrize(
    ("column", "cell", "en", "ja"),
    [
        ("is_key", True, "yes", "はい"),
        ("is_key", pd.NA, "not known", "不明"),
        ("customer_since", pd.Timestamp("1994-11-24"), "1994-11-24", "1994-11-24"),
        ("share_of_wallet", 0.456, "46%", "46%"),
        ("employees", 12345.0, "12,345", "12,345"),
        ("manager_role", "hunter", "Hunter", "新規開拓"),
        ("industry", "<機械>", "<機械>", "<機械>"),
    ],
)
def test_cells_are_shown_as_people_read_them(column, cell, en, ja):
    told = shown(table("accounts")[column], cell)
    assert (told.en, told.ja) == (en, ja)


@pytest.mark.parametrize(("accounts", "called_for"), [(1, 1), (3, 1), (18, 4), (40, 10), (500, 10)])
def test_never_more_than_one_in_four_is_called_for(accounts, called_for):
    assert len(first(pd.DataFrame({"x": range(accounts)}), top=10)) == called_for
