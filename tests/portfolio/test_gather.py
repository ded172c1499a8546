"""What is known of each account, from a company, a table, or several raters."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.language import same
from kamlab.portfolio.engine.gather import gather
from tests.portfolio.model_texts import make_model

nan = np.nan
OF = same("the test")


def a_company(**changes):
    """Three accounts in an order of their own; C answered in the first wave only, B never."""
    answers = [
        ("A", "r1", 1, 2.0, 2.0),
        ("A", "r1", 2, 4.0, 6.0),
        ("A", "r2", 2, 7.0, nan),
        ("C", "r3", 1, 3.0, 5.0),
    ]
    survey = pd.DataFrame(
        answers, columns=["account_id", "respondent_id", "wave", "trust_1", "trust_2"]
    )
    survey["answered_on"] = pd.to_datetime("2025-01-01") + pd.to_timedelta(
        365 * survey["wave"], "D"
    )
    orders = [("1", "C", "2025-01-01"), ("2", "A", "2025-02-01"), ("3", "C", "2025-03-01")]
    transactions = pd.DataFrame(orders, columns=["order_id", "account_id", "ordered_on"])
    tables = {
        "accounts": pd.DataFrame({"account_id": ["C", "A", "B"], "x": [1.0, 2.0, 3.0]}),
        "survey": survey,
        "transactions": transactions.astype({"ordered_on": "datetime64[us]"}).assign(amount=1.0),
    }
    return kl.Company(**(tables | changes))


def values(data, *columns, **more):
    return gather(data, columns, of=OF, **more).values


# A company.


def test_a_company_is_searched_for_columns_facts_and_answers():
    found = values(a_company(), "trust_1", "x", "orders")
    assert found.columns.tolist() == ["trust_1", "x", "orders"]
    np.testing.assert_array_equal(found["x"], [1, 2, 3])
    np.testing.assert_array_equal(found["orders"], [2, 1, 0])
    np.testing.assert_array_equal(found["trust_1"], [3, 5.5, nan])


@pytest.mark.parametrize(
    ("wave", "expected"), [(None, [3, 5.5, nan]), (1, [3, 2, nan]), (2, [nan, 5.5, nan])]
)
def test_answers_are_those_of_a_wave_or_of_each_accounts_last(wave, expected):
    np.testing.assert_array_equal(values(a_company(), "trust_1", wave=wave)["trust_1"], expected)


def test_an_answer_left_out_does_not_count_towards_the_mean():
    np.testing.assert_array_equal(values(a_company(), "trust_2")["trust_2"], [5, 6, nan])


def test_respondents_are_the_raters_of_their_account():
    raters = gather(a_company(), ["trust_1", "x"], of=OF).raters
    rows = raters.sort_values("trust_1").reset_index(names="account")
    assert rows[["account", "trust_1"]].to_numpy().tolist() == [[0, 3], [1, 4], [1, 7]]
    assert "x" not in raters
    assert gather(a_company(), ["x"], of=OF).raters is None


@pytest.mark.parametrize("wave", [3, 0, "1"])
@pytest.mark.parametrize("column", ["trust_1", "x"])
def test_an_unknown_wave_is_refused_with_those_that_are_known(wave, column, language):
    with pytest.raises(kl.ArgumentError) as caught:
        values(a_company(), column, wave=wave)
    assert "1, 2" in str(caught.value)


def test_a_wave_is_refused_where_there_is_no_survey(language):
    with pytest.raises(kl.KamlabError, match="wave"):
        values(a_company(survey=None), "x", wave=1)
    with pytest.raises(kl.KamlabError, match="wave"):
        values(pd.DataFrame({"account_id": ["A"], "x": [1.0]}), "x", wave=1)


def test_the_account_table_goes_before_facts_and_facts_before_answers():
    given = pd.DataFrame(
        {"account_id": ["C", "A", "B"], "orders": [7.0, 8.0, 9.0], "trust_1": [1.0, 2.0, 3.0]}
    )
    found = gather(a_company(accounts=given), ["orders", "trust_1"], of=OF)
    np.testing.assert_array_equal(found.values["orders"], [7, 8, 9])
    np.testing.assert_array_equal(found.values["trust_1"], [1, 2, 3])
    assert found.raters is None
    np.testing.assert_array_equal(found.accounts["orders"], [7, 8, 9])


def test_accounts_have_their_own_columns_and_all_facts():
    company = a_company()
    found = gather(company, ["x"], of=OF).accounts
    assert found["account_id"].tolist() == ["C", "A", "B"]
    facts = kl.account_facts(company)
    assert {"x", *facts} == set(found)
    for name in facts:
        pd.testing.assert_series_equal(found[name], facts[name])


def test_what_is_nowhere_is_named_all_at_once(language):
    with pytest.raises(kl.NotApplicable) as caught:
        values(a_company(), "x", "y", "trust_1", "trust_9", "ordres")
    for name in ("the test", "y", "trust_9", "ordres"):
        assert name in str(caught.value)
    for name in ("x", "trust_1"):
        assert f" {name}," not in str(caught.value)


def test_a_company_whose_accounts_bear_another_index_is_read_by_account():
    given = pd.DataFrame({"account_id": ["C", "A", "B"], "x": [1.0, 2.0, 3.0]}, index=[7, 7, 0])
    found = values(a_company(accounts=given), "x", "orders", "trust_1")
    np.testing.assert_array_equal(found["orders"], [2, 1, 0])
    np.testing.assert_array_equal(found["trust_1"], [3, 5.5, nan])


def test_a_company_without_survey_or_transactions_has_its_accounts():
    company = kl.Company(accounts=pd.DataFrame({"account_id": ["A"], "x": [4.0]}))
    assert values(company, "x")["x"].tolist() == [4.0]
    with pytest.raises(kl.NotApplicable, match="trust_1"):
        values(company, "trust_1")


# A table.


def test_a_table_needs_its_columns_all_at_once(language):
    with pytest.raises(kl.NotApplicable) as caught:
        values(pd.DataFrame({"x": [1.0]}), "x", "y", "z")
    for name in ("account_id", "y", "z"):
        assert name in str(caught.value)


@pytest.mark.parametrize("data", [None, 3, "accounts.csv", {"account_id": ["A"]}, [1]])
def test_anything_else_than_a_company_or_a_table_is_refused(data, language):
    with pytest.raises(kl.ArgumentError):
        values(data, "x")


def test_several_rows_of_an_account_are_averaged_in_the_order_of_first_rows():
    frame = pd.DataFrame(
        {
            "account_id": ["B", "A", "B", "B", "A"],
            "x": [1.0, 2.0, nan, 5.0, 4.0],
            "name": list("vwxyz"),
        },
        index=[3, 3, 1, 0, 9],
    )
    found = gather(frame, ["x"], of=OF)
    np.testing.assert_array_equal(found.values["x"], [3, 3])
    assert found.accounts[["account_id", "name"]].to_numpy().tolist() == [["B", "v"], ["A", "w"]]
    # Who rated nothing is no rater.
    np.testing.assert_array_equal(found.raters.index, [0, 1, 0, 1])
    np.testing.assert_array_equal(found.raters["x"], frame["x"].dropna())


def test_one_row_each_is_no_disagreement():
    frame = pd.DataFrame({"account_id": ["B", "A"], "x": [1, 2]}, index=[5, 5])
    found = gather(frame, ["x"], of=OF)
    assert found.raters is None
    assert found.values.index.tolist() == [0, 1]
    assert found.accounts["account_id"].tolist() == ["B", "A"]


def test_a_column_may_be_called_account(tmp_path):
    frame = pd.DataFrame({"account_id": ["A", "A", "B"], "account": [2.0, 3.0, 6.0]})
    board = kl.classify(frame, make_model(tmp_path, {"a": ["account"]}))
    assert board.augment()["score_a"].tolist() == [2.5, 6.0]


@pytest.mark.parametrize("ids", [["A", None], [None, None], ["A", nan], [1.0, nan]])
def test_rows_without_an_account_are_refused(ids, language):
    frame = pd.DataFrame({"account_id": ids, "x": [1.0, 2.0]})
    with pytest.raises(kl.KamlabError, match="account_id"):
        values(frame, "x")


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["5", "6"]),
        pd.Series(["high", "low"]),
        pd.Series(pd.to_datetime(["2025-01-01", "2025-01-02"])),
        pd.Series([3, "x"], dtype=object),
        pd.Series([[3], [4]]),
    ],
)
def test_columns_of_text_are_refused_all_at_once(column, language):
    frame = pd.DataFrame({"account_id": ["A", "B"], "x": column, "y": column, "z": [1.0, 2.0]})
    with pytest.raises(kl.ArgumentError) as caught:
        values(frame, "x", "y", "z")
    assert "x" in str(caught.value)
    assert "y" in str(caught.value)


DTYPES = ["int8", "int64", "float32", "Int64", "Float64", "object"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_numbers_of_any_type_are_understood(dtype):
    frame = pd.DataFrame({"account_id": ["A", "B"], "x": pd.Series([3, 5]).astype(dtype)})
    found = values(frame, "x")["x"]
    assert found.dtype == float
    assert found.tolist() == [3, 5]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "object"])
def test_missing_numbers_of_any_type_are_missing(dtype):
    frame = pd.DataFrame({"account_id": ["A", "B"], "x": pd.array([3, None], dtype=dtype)})
    np.testing.assert_array_equal(values(frame, "x")["x"], [3, nan])


def test_a_column_that_is_there_twice_is_refused_as_such(language):
    frame = pd.DataFrame([["A", 1.0, 2.0]], columns=["account_id", "x", "x"])
    with pytest.raises(kl.KamlabError) as caught:
        values(frame, "x")
    words = {"en": "text", "ja": "文字"}[language]
    assert words not in str(caught.value)


# What is given stays as it is.


def test_neither_company_nor_table_is_changed():
    company = a_company()
    before = {name: frame.copy(deep=True) for name, frame in company.tables.items()}
    found = gather(company, ["x", "trust_1", "orders"], of=OF)
    for lent in (found.values, found.accounts):
        lent["x"] = 0
    for name, frame in company.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    table = pd.DataFrame({"account_id": ["A", "A"], "x": [1, 2]}, index=[4, 4])
    copied = table.copy(deep=True)
    raters = gather(table, ["x"], of=OF).raters
    raters["x"] = 0
    pd.testing.assert_frame_equal(table, copied)


def test_what_was_gathered_cannot_be_changed():
    found = gather(a_company(), ["x", "trust_1"], of=OF)
    for name in ("accounts", "values", "raters"):
        lent = getattr(found, name)
        before = lent.copy(deep=True)
        lent.iloc[:, -1] = 0
        pd.testing.assert_frame_equal(getattr(found, name), before)


def test_facts_are_those_of_the_company_at_hand():
    """Two companies that differ in their orders only are not mixed up."""
    first = a_company()
    second = replace(first, transactions=first.transactions.iloc[:1])
    for _ in range(2):
        np.testing.assert_array_equal(values(first, "orders")["orders"], [2, 1, 0])
        np.testing.assert_array_equal(values(second, "orders")["orders"], [1, 0, 0])


@pytest.mark.parametrize("blank", [None, nan, pd.NA])
def test_a_blank_of_any_kind_among_yes_and_no_or_numbers_is_missing(blank):
    given = {"yes": [True, blank], "number": [2, blank]}
    table = pd.DataFrame({"account_id": ["A", "B"], **given}, dtype=object)
    np.testing.assert_array_equal(values(table, "yes", "number"), [[1, 2], [nan, nan]])
