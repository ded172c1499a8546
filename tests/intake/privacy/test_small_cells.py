import itertools
import warnings

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.foundation.errors import ArgumentError, DataWarning
from kamlab.intake.privacy.small_cells import small_cells


def quietly(*arguments, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return small_cells(*arguments, **more)


cells = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1.0, 2.0, None])), min_size=1)


@given(cells, st.integers(2, 6))
def test_it_is_what_counting_gives(rows, at_least):
    table = pd.DataFrame(rows, columns=["letter", "number"])
    expected = {
        pair: rows.count(pair)
        for pair in itertools.product("abc", [1.0, 2.0, None])
        if 0 < rows.count(pair) < at_least
    }
    found = quietly(table, ["letter", "number"], at_least)
    records = found.itertuples(index=False)
    got = {(letter, None if pd.isna(n) else n): count for letter, n, count in records}
    assert got == expected
    assert found["n_accounts"].is_monotonic_increasing


def test_accounts_are_counted_and_not_their_rows():
    survey = pd.DataFrame({"account_id": list("aaab"), "role": ["buyer"] * 3 + ["user"]})
    assert quietly(survey, ["role"], 2)["n_accounts"].tolist() == [1, 1]


def test_a_company_means_its_accounts(small_company):
    found = quietly(small_company, by=["industry", "region"])
    counts = small_company.accounts.groupby(["industry", "region"]).size()
    assert found["n_accounts"].sum() == counts[counts < 5].sum()
    assert found.columns.tolist() == ["industry", "region", "n_accounts"]


def test_it_warns_with_what_to_do(small_company, language):
    with pytest.warns(DataWarning) as caught:
        found = small_cells(small_company, by=["industry", "region"])
    message = str(caught[0].message)
    assert str(len(found)) in message
    assert {"en": "Merge classes", "ja": "区分をまとめて"}[language] in message


def test_without_small_cells_it_is_silent_and_empty():
    table = pd.DataFrame({"region": ["east"] * 5 + ["west"] * 5})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = small_cells(table, "region")
    assert found.empty
    assert found.columns.tolist() == ["region", "n_accounts"]


def test_codes_that_do_not_occur_are_no_cells():
    table = pd.DataFrame({"c": pd.Categorical(["a"], categories=["a", "b"])})
    assert len(quietly(table, ["c"])) == 1


def test_it_can_be_read_by_people():
    kl.use_language("ja")
    assert "顧客数" in labelled(quietly(pd.DataFrame({"region": ["x"]}), ["region"])).columns


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((pd.DataFrame({"region": ["x"]}), ["regoin"]), "no column regoin.*'region'"),
        ((pd.DataFrame({"region": ["x"]}), []), "by names no column"),
        ((pd.DataFrame({"region": ["x"]}), ["region"], 1), "at_least=1"),
        ((pd.DataFrame({"region": ["x"]}), ["region"], 2.5), r"at_least=2\.5"),
        ((pd.DataFrame({"region": ["x"]}), ["region"], True), "at_least=True"),
        (([1, 2], ["region"]), "not list"),
    ],
)
def test_what_does_not_fit_is_told(arguments, said):
    with pytest.raises(ArgumentError, match=said):
        small_cells(*arguments)
