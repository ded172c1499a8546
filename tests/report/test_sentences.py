"""Words from rows: what a sentence says, whatever made the numbers."""

import pandas as pd
import pytest

from kamlab.foundation.language import Text
from kamlab.report.sections.hypotheses import declared_before, found, verdicts
from kamlab.report.sections.intake import company_came, rows_came, span
from kamlab.report.sections.next_steps import first_accounts
from kamlab.report.sections.portfolio import few_bring_most, placed
from kamlab.report.sections.quality import measured_so_well, true_share
from kamlab.report.sections.staying import (
    came_true,
    expected_leavers,
    explained_with,
    goes_with_staying,
)
from kamlab.report.sections.value import (
    goes_with_value,
    raised_words,
    ranking_doubt,
    worth_in_all,
)

TRUST = Text("Trust", "信頼")


def test_rows_that_came_in():
    row = {"n_tables": 6, "rows_read": 1921, "rows_accepted": 1750, "rows_set_aside": 171}
    assert rows_came("crm.xlsx", row | {"n_warnings": 0}) == Text(
        "crm.xlsx: 1,921 rows were read in 6 tables; 1,750 were accepted and 171 set aside, each "
        "with its reason.",
        "crm.xlsx：6つの表から1,921行を読み、1,750行を取り込み、171行を理由を付けて除外しました。",
    )
    doubtful = rows_came("crm.xlsx", row | {"n_warnings": 10})
    assert "10 things about the rows accepted look doubtful" in doubtful.en
    assert "疑わしい点が10件" in doubtful.ja


def test_what_a_company_has(small_company):
    tables = small_company.tables
    rows = sum(len(frame) for frame in tables.values())
    assert f"40 accounts; all their tables together hold {rows:,} rows" in str(
        company_came(small_company)
    )


def test_the_days_that_a_table_tells_of():
    days = pd.to_datetime(["2026-03-31", "2022-04-01", None])
    frame = pd.DataFrame({"occurred_on": days})
    assert span("interactions", frame) == Text("2022-04-01 to 2026-03-31", "2022-04-01〜2026-03-31")
    assert span("contacts", frame) == ""
    assert span("interactions", frame.iloc[[2]]) == ""


def test_cells_and_how_many_are_in_doubt():
    counts = pd.DataFrame({"cell_label": ["Partner", "Captive"], "n_accounts": [1200, 3]})
    said = placed(Text("Bensaou", "ベンサウ"), counts, 51)
    assert said.en.startswith(
        "“Bensaou” places 1,203 accounts (Partner 1200, Captive 3); for 51 of them this is in doubt"
    )
    assert said.ja.startswith(
        "「ベンサウ」により1,203社を分類しました（Partner1200社、Captive3社）。うち51社"
    )


def test_how_few_bring_most():
    row = {"sum_of_values": 4.81e9, "n_accounts": 154, "n_for_most": 67, "effective_number": 76.9}
    said = few_bring_most(row, "JPY")
    assert said.en == (
        "The latest revenue known of each of 154 accounts adds up to 4.81 billion JPY, and 67 of "
        "them bring 80% of it; it is as concentrated as if 77 accounts of equal size brought it "
        "all."
    )
    assert "合計48.1億円は154社によるもので、うち67社で80%を占めます" in said.ja


def test_scores_and_their_reliability():
    table = pd.DataFrame({"term": ["trust"], "mean": [4.897], "alpha": [0.887]})
    said = measured_so_well({"nobs": 2082, "n_accounts": 240}, table, {"trust": TRUST})
    assert "from 2,082 answers for 240 accounts: Trust 4.9 (alpha 0.89)." in said.en
    assert "平均点は信頼4.9（α係数0.89）です（240社、回答2,082件）" in said.ja


def test_what_is_true_of_the_scores():
    table = pd.DataFrame({"term": ["trust"], "reliability": [0.841]})
    assert "chance: Trust 84%." in true_share(table, {"trust": TRUST}).en


def test_expected_leavers():
    said = expected_leavers(pd.Series([0.5, 0.9, 0.8]))
    assert said.en.startswith("Of 3 present accounts, about 0.8 would leave")
    assert said.en.endswith("the least likely to stay is 50%.")
    assert "3社" in said.ja
    assert "約0.8社" in said.ja
    assert "No account" in expected_leavers(pd.Series(dtype=float)).en


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (0.03, 0.16, "the forecasts help"),
        (-0.03, 0.16, "it is not sure that the forecasts help"),
        (-0.16, -0.03, "do not use these probabilities"),
        (0.0, 0.1, "it is not sure"),
    ],
)
def test_forecasts_help_only_where_the_whole_interval_says_so(low, high, says):
    measures = {
        "auc": {"estimate": 0.77, "conf_low": 0.71, "conf_high": 0.83},
        "brier_skill": {"estimate": (low + high) / 2, "conf_low": low, "conf_high": high},
    }
    said = came_true(measures)
    assert says in said.en
    assert "77% (71% to 83%)" in said.en
    assert "77%（71%〜83%）" in said.ja


def test_what_staying_is_explained_with():
    said = explained_with(["trust", "tenure"], 86)
    assert "explained with Trust; Tenure, years, known before each decision, and rest on 86" in (
        said.en
    )
    assert "離脱86件" in said.ja


def test_what_goes_with_staying_and_value():
    stay = goes_with_staying({"ame": 0.0705, "ame_low": 0.031, "ame_high": 0.11}, TRUST)
    assert stay.en == (
        "One more point of Trust goes with +7.0 (+3.1 to +11.0) percentage points of staying, all "
        "else equal."
    )
    worth = goes_with_value({"change": 0.134, "change_low": -0.02, "change_high": 0.2}, TRUST)
    assert (
        worth.en
        == "One more point of Trust goes with +13% (-2% to +20%) of margin, all else equal."
    )
    assert "利益の差が+13%（-2%〜+20%）" in worth.ja


def total(low):
    return {"estimate": 2.27e9, "conf_low": low, "conf_high": 3.23e9}


def test_what_a_raise_is_worth_is_said_under_its_condition():
    said = worth_in_all(raised_words({"trust": 1}), total(1.35e9), 115, 86, "JPY")
    assert said == Text(
        "Trust +1 at all 115 present accounts goes with 2.27 (1.35 to 3.23) billion JPY of "
        "lifetime value, if the association is causal.",
        "取引継続中の115社すべてで信頼+1点となった場合、関連が因果であれば、生涯価値の増加は合計"
        "22.7（13.5〜32.3）億円です。",
    )


def test_an_interval_with_0_shows_no_worth():
    said = worth_in_all(TRUST, total(-1e6), 115, 86, "JPY")
    assert "these data do not show that it is worth anything" in said.en
    assert "価値があるとは" in said.ja


def test_few_leavers_are_named_beside_the_amount():
    assert "rests on only 9 cases of leaving" in worth_in_all(TRUST, total(1e9), 31, 9, "JPY").en
    assert "only" not in worth_in_all(TRUST, total(1e9), 31, 20, "JPY").en


def test_several_raises_are_listed():
    assert raised_words({"trust": 1, "commitment": 0.5}).en == "Trust +1, Commitment +0.5"


def test_the_order_is_in_doubt():
    said = ranking_doubt({"top": 10, "top_kept": 0.783})
    assert "of the first 10 accounts, 78% would be among the first 10 again" in said.en


def test_verdicts_are_counted():
    row = {
        **{"n_hypotheses": 41, "n_supported": 1, "n_refuted": 0},
        **{"n_undecided": 17, "n_not_applicable": 23},
    }
    assert verdicts(row) == Text(
        "Of 41 hypotheses, the data support 1, refute 0 and leave 17 open; 23 cannot be tested "
        "with these data.",
        "41件の仮説のうち、支持1件、反証0件、未決17件、このデータでは検証不能23件です。",
    )


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (["not_declared", "after", "changed", "partly"], "None of them was declared"),
        (["before", "after", "before"], "known: 2 of those tested"),
        ([], "None of them"),
    ],
)
def test_only_what_was_declared_before_all_outcomes_counts_as_declared(when, says):
    assert says in declared_before(pd.Series(when, dtype=str)).en


def test_what_was_found_has_its_unit_and_interval():
    row = {"effect_is": "log odds", "estimate": 0.7296, "conf_low": 0.31, "conf_high": 1.148}
    assert found(row) == Text("log odds: 0.730 (0.310 to 1.148)", "log odds：0.730（0.310〜1.148）")


@pytest.mark.parametrize(
    ("order", "says"),
    [("gain", "the most value"), ("staying", "least likely to stay"), ("effort", "most effort")],
)
def test_the_first_accounts_are_named_with_the_reason(order, says):
    table = pd.DataFrame(
        {"account_id": ["A", "B", "C", "D"], "name": ["Aomine", None, "C & D", "D"]}
    )
    said = first_accounts(table, order).en
    assert "A Aomine, B, C C & D" in said
    assert says in said
    assert " D D" not in said
