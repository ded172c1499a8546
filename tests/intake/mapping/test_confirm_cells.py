"""What is asked about sheets and cells in doubt, and that the answers count when cells are read."""

import pandas as pd
import pytest

from kamlab.accounts.cells.convert import convert
from kamlab.accounts.tables import table
from kamlab.foundation.errors import KamlabError
from kamlab.foundation.language import Text
from kamlab.intake.mapping.propose import propose
from kamlab.intake.mapping.read_mapping import read_mapping
from kamlab.intake.mapping.units import reading_of

UTC = {"取引先コード": ["1", "2"], "取引開始日": ["2024-01-15T20:30:00.000Z", "2024-02-01"]}
ANSWERED = ["7 とてもそう思う", "とてもそう思う", "4", "棄権"]


def refused(proposal, **answers):
    with pytest.raises(KamlabError) as error:
        proposal.confirm(**answers)
    return error.value.text


def test_a_sheet_that_cannot_be_read_is_told_with_the_reason(found_table):
    reason = Text("A formula has no result.", "数式に結果がありません。")
    accounts = found_table("取引先", {"取引先コード": ["1"]})
    proposal = propose("crm.xlsx", [accounts], {"年度実績": reason})
    text = refused(proposal, sheets={"年度実績": "periods"})
    assert "年度実績 cannot be read" in text.en
    assert "A formula has no result. Mend it" in text.en
    assert "読み込めないため、表にあてられません：数式に結果がありません。" in text.ja
    assert "no sheet 年度実績" in refused(propose("crm", [accounts]), sheets={"年度実績": None}).en
    for sheets in ({"年度実績": None}, {}):
        assert proposal.confirm(sheets=sheets).unread == ("年度実績",)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", {"取引開始日": "Asia/Tokyo"}])
def test_times_with_a_zone_ask_for_the_place_and_take_it(found_table, zone):
    proposal = propose("crm", [found_table("取引先", UTC)])
    text = refused(proposal)
    assert text.en.count("\n- ") == 1
    assert all("timezone='Asia/Tokyo'" in words for words in (text.en, text.ja))
    assert "do not fit" not in text.en
    (_, rule) = proposal.confirm(timezone=zone).sheets[0].columns
    assert (rule.column, rule.timezone) == ("customer_since", "Asia/Tokyo")
    since = table("accounts")["customer_since"]
    read = convert(since, pd.Series(UTC["取引開始日"]), reading_of(rule, since, "JPY"))
    assert read.values.dt.strftime("%Y-%m-%d").tolist() == ["2024-01-16", "2024-02-01"]


def test_a_saved_proposal_leaves_the_zone_open(found_table, tmp_path):
    path = propose("crm", [found_table("取引先", UTC)]).save(tmp_path / "crm.toml")
    with pytest.raises(KamlabError, match='where "" stands: Asia/Tokyo'):
        read_mapping(path)
    decided = path.read_text("utf-8").replace('timezone = ""', 'timezone = "Asia/Tokyo"')
    path.write_text(decided, encoding="utf-8")
    assert read_mapping(path).sheets[0].columns[1].timezone == "Asia/Tokyo"


@pytest.fixture
def survey(found_table):
    """A survey whose answers are words."""
    asked = {"取引先コード": ["1"] * 4, "回答者": list("abcd"), "調査回": ["1"] * 4}
    asked |= {"回答日": ["2026-01-01"] * 4, "commitment_1": ANSWERED}
    accounts = found_table("取引先", {"取引先コード": ["1"], "従業員数": ["多数"]})
    return propose("crm.xlsx", [accounts, found_table("アンケート", asked)])


def test_answers_in_words_are_asked_for_like_a_category(survey):
    text = refused(survey)
    for words in ("7 とてもそう思う, とてもそう思う, 棄権", "a number from 1 to 7"):
        assert words in text.en
    assert "使えるもの：1～7の数値" in text.ja
    assert "values={'commitment_1': {'7 とてもそう思う': '…'}}" in text.ja


def test_words_of_ratings_and_numbers_are_read_as_answered(survey, tmp_path):
    words = {"7 とてもそう思う": "7", "とてもそう思う": 6, "棄権": None}
    values = {"commitment_1": words, "従業員数": {"多数": "300"}}
    mapping = survey.confirm(values=values)
    assert read_mapping(mapping.save(tmp_path / "crm.toml")) == mapping
    employees, rating = (sheet.columns[-1] for sheet in mapping.sheets)
    assert (dict(employees.values), rating.blank) == ({"多数": "300"}, ("棄権",))
    item = table("survey")["commitment_1"]
    read = convert(item, pd.Series(ANSWERED), reading_of(rating, item, "JPY"))
    assert read.values.fillna(0).tolist() == [7, 6, 4, 0]
    assert not read.misfits


@pytest.mark.parametrize("number", ["8", "0", "よい", ""])
def test_a_word_of_a_rating_means_a_number_in_its_range(survey, number):
    words = {**dict.fromkeys(ANSWERED), "とてもそう思う": number}
    text = refused(survey, values={"commitment_1": words}).en
    assert f"has no value {number!r} for the word 'とてもそう思う'" in text
    assert "Use one of: a number from 1 to 7" in text
