"""Words from rows: what a sentence says, whatever made the numbers."""

import pandas as pd
import pytest

from kamlab.foundation.language import Text, say
from kamlab.report.phrases import raised_words
from kamlab.report.population import Population, called, population_of, standing
from kamlab.report.sections.glance import counted
from kamlab.report.sections.hypotheses import (
    declared_before,
    found,
    in_words,
    plain_reason,
    untested,
    verdicts,
)
from kamlab.report.sections.intake import company_came, money_in_doubt, rows_came, span
from kamlab.report.sections.next_steps import first_accounts, prescribed
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
    left_out_of_worth,
    parts_in_doubt,
    ranking_doubt,
    rests_on,
    worth_in_all,
)
from kamlab.value.regression.log_linear import HeavyRow

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
        "「ベンサウ」により1,203社を分類しました（Partner1200社、Captive3社）。51社は不確かで"
    )
    gone = placed(Text("Bensaou", "ベンサウ"), counts, 51, left=9)
    assert "(Partner 1200, Captive 3), 9 that have left included; for 51" in gone.en
    assert "取引の終わった9社を含みます。51社" in gone.ja


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
    assert said.en.startswith("Of the 3 accounts whose next renewal is open, about 0.8 would")
    assert said.en.endswith("the least likely to stay is 50%.")
    assert "3社" in said.ja
    assert "約0.8社" in said.ja
    more = expected_leavers(pd.Series([0.5]), unrecorded=15)
    assert more.en.endswith("A further 15 have no renewal on record and are not in this.")
    assert more.ja.endswith("ほかに15社は更新の記録がないため、ここには入っていません。")
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
    assert stay == Text(
        "Where Trust is one point higher, the probability of staying is 7.0 points higher (95% "
        "interval +3.1 to +11.0), all else equal.",
        "信頼が1点高い顧客では、ほかの条件が同じなら、継続確率が7.0ポイント高くなっています"
        "（95%区間：+3.1〜+11.0）。",
    )
    less = goes_with_staying({"ame": -0.02, "ame_low": -0.05, "ame_high": 0.01}, TRUST)
    assert "2.0 points lower (95% interval of the change -5.0 to +1.0)" in less.en
    assert "2.0ポイント低く" in less.ja
    worth = goes_with_value({"change": 0.134, "change_low": -0.02, "change_high": 0.2}, TRUST)
    assert worth.en == (
        "Where Trust is one point higher, the margin is 13% larger (95% interval -2% to +20%), all "
        "else equal."
    )
    assert "利益が13%大きくなっています（95%区間：-2%〜+20%）" in worth.ja
    smaller = goes_with_value({"change": -0.134, "change_low": -0.2, "change_high": 0.02}, TRUST)
    assert "13% smaller" in smaller.en
    assert "13%小さく" in smaller.ja


def total(low):
    return {"estimate": 2.27e9, "conf_low": low, "conf_high": 3.23e9}


def test_what_a_raise_is_worth_is_said_under_its_condition():
    said = worth_in_all(raised_words({"trust": 1}), total(1.35e9), 115, 86, "JPY")
    assert said == Text(
        "Trust +1 at all 115 accounts that can be valued goes with 2.27 (1.35 to 3.23) billion JPY "
        "of lifetime value, if the association is causal.",
        "価値を計算できる115社すべてで信頼+1点となった場合、関連が因果であれば、生涯価値の増加は"
        "合計22.7（13.5〜32.3）億円です。",
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
    [("gain", "largest estimated"), ("staying", "least likely to stay"), ("effort", "most effort")],
)
def test_the_first_accounts_are_named_with_the_reason(order, says):
    table = pd.DataFrame(
        {"account_id": ["A", "B", "C", "D"], "name": ["Aomine", None, "C & D", "D"]}
    )
    said = first_accounts(table, order).en
    assert "A Aomine, B, C C & D" in said
    assert says in said
    assert " D D" not in said


def test_a_row_that_all_amounts_rest_on_is_named():
    (said,) = rests_on(HeavyRow("000408", "2022", 0.912))
    assert said == Text(
        "91% of the step from logs to money rests on one row (account 000408, period 2022): do not "
        "quote this amount before that row is checked.",
        "この金額は1行（顧客000408、期「2022」）の利益に大きく左右されます（対数を金額に戻す係数の"
        "91%）。その行を確かめるまで、この金額を引用しないでください。",
    )
    assert rests_on(None) == []


def test_accounts_left_out_of_the_worth_are_counted():
    assert left_out_of_worth(0) == []
    assert "Left out are 4" in left_out_of_worth(4)[0].en


@pytest.mark.parametrize(
    ("may_be_0", "low", "says"),
    [([True, True], 1e8, True), ([True, False], 1e8, False), ([True, True], -1e8, False)],
)
def test_a_sum_surely_above_0_of_parts_that_may_be_0_is_doubted(may_be_0, low, says):
    said = parts_in_doubt(may_be_0, total(low))
    assert bool(said) is says
    assert all("not shown to differ from 0" in each.en for each in said)


def test_accounts_are_divided_by_what_is_known_of_their_renewals():
    rows = pd.DataFrame(
        {
            "account_id": ["A", "A", "B", "C"],
            "period": ["2022", "2023", "2022", "2022"],
            "start": pd.to_datetime(["2022-04-01", "2023-04-01", "2022-04-01", "2022-04-01"]),
            "stayed": pd.array([True, None, False, True], dtype="boolean"),
        }
    )
    of = population_of(pd.DataFrame({"account_id": list("ABCDE")}), rows)
    assert of == Population(5, 1, 2, 2, "2022", "2023")
    assert standing(Text("Acme", "アクメ"), of) == Text(
        "Acme: 5 accounts, of which 1 left, 2 have their next renewal ahead and 2 have no "
        "renewal on record; periods 2022 to 2023.",
        "アクメの顧客5社（離脱1社、更新待ち2社、更新の記録なし2社）、対象の期：2022〜2023。",
    )
    assert standing(Text("", ""), of).en.startswith("5 accounts")


def test_a_seed_is_not_given_out_as_a_name(small_company):
    assert called(small_company) == Text("simulated company No. 5", "模擬会社 No. 5")


def test_which_number_is_about_how_many():
    table = counted([("placed", 55), ("valued", 30)])
    assert table["n_accounts"].tolist() == [55, 30]
    assert table["which_accounts"][1] == "of these, those with a margin above 0"


def test_doubtful_rows_that_touch_money_are_named():
    rows = pd.DataFrame(
        {
            "severity": ["warning", "warning", "error"],
            "table": ["年度実績 (periods)", "accounts", "periods"],
            "column": ["貢献利益（千円） (margin)", "name", "margin"],
            "row": [37, 2, 3],
            "problem": ["The margin is more than the revenue.", "twice", "no number"],
        }
    )
    (said,) = money_in_doubt(rows)
    assert said.en == (
        "Those that touch amounts: 1; the first is in 年度実績 (periods), row 37: "
        "The margin is more than the revenue."
    )
    assert money_in_doubt(rows[1:]) == []


def test_log_odds_are_told_as_a_ratio_of_odds():
    row = {
        "effect_is": "change of the log odds of staying per unit of Trust",
        **{"about": "Trust", "estimate": 0.693147, "conf_low": 0.0, "conf_high": 1.386294},
    }
    assert found(row).en == "odds of staying, times per unit of Trust: 2 (1 to 4)"


def test_logs_are_told_in_words():
    assert in_words("change of log(revenue) per unit") == "change of the log of Revenue per unit"


def test_reasons_are_told_plainly_and_alike_ones_together(language):
    few = str(say("retention.all_alike", count=9))
    lacking = str(say("panel.unknown_columns", formula="a ~ 1", unknown="strategic_fit"))
    table = pd.DataFrame(
        {
            "statement": ["a", "b", "c", "d"],
            "reason": ["Nobody records it.", lacking, f"model: {few}", "Nobody."],
            "verdict": ["not_applicable"] * 3 + ["supported"],
        }
    )
    shown = untested(table)
    assert shown["statement"].tolist() == ["c", "b", "a"]
    assert shown["reason"].iloc[0] == str(say("report.too_few_for_it"))
    assert "strategic_fit" not in shown["reason"].iloc[1]
    assert shown["reason"].iloc[2] == "Nobody records it."
    assert plain_reason("Other.") == (2, "Other.")


def test_much_to_gain_where_little_effort_is_advised_asks_for_a_talk():
    row = {"prescription": "Serve at low cost.", "gain": 1e6, "little_effort": True}
    assert (
        prescribed(row) == "Serve at low cost. But much is to gain here: ask the account’s manager."
    )
    assert prescribed(row | {"little_effort": False}) == "Serve at low cost."
