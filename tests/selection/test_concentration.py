import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.selection.measure import measure_concentration

EXACT = 1e-12


@pytest.fixture
def losing():
    return measure_concentration([-20.0, 10.0, 30.0, 80.0], "net_margin")


def test_one_row_says_it_all():
    row = measure_concentration([40.0, 30.0, 20.0, 10.0]).glance().iloc[0]
    assert row[["gini", "hhi"]].tolist() == pytest.approx([0.25, 0.30], abs=EXACT)
    assert row["effective_number"] == pytest.approx(1 / 0.3, abs=EXACT)
    assert row[["n_accounts", "n_left_out", "n_for_most", "sum_of_values"]].tolist() == [
        4,
        0,
        3,
        100,
    ]
    assert np.isnan(row["key_share"])


def test_the_top_parts_are_told():
    table = measure_concentration(np.arange(1, 101)).tidy()
    assert table["accounts_counted"].tolist() == pytest.approx([1, 5, 10, 20])
    sums = [100, 490, 955, 1810]
    assert table["share_of_total"].tolist() == pytest.approx([s / 5050 for s in sums], abs=EXACT)


def test_accounts_are_ranked_and_the_index_names_them():
    table = measure_concentration(pd.Series({"x": 10.0, "y": 30.0, "z": 10.0})).augment()
    assert table["account_id"].tolist() == ["y", "x", "z"]
    assert table["rank"].tolist() == [1, 2, 2]
    assert table["share_so_far"].tolist() == pytest.approx([0.6, 0.8, 1.0])


def test_plain_amounts_are_numbered_from_one():
    assert measure_concentration([5, 7]).augment()["account_id"].tolist() == ["2", "1"]


def test_missing_amounts_are_counted_warned_of_and_said(language):
    with pytest.warns(kl.RowsLeftOutWarning, match="1"):
        result = measure_concentration([1.0, np.nan, 3.0])
    assert result.glance()["n_left_out"].item() == 1
    assert result.glance()["n_accounts"].item() == 2
    assert any({"en": "1 account(s)", "ja": "1社"}[language] in str(note) for note in result.notes)


def test_below_zero_gini_and_hhi_are_missing_and_the_notes_say_so(losing, language):
    row = losing.glance().iloc[0]
    assert row["n_negative"] == 1
    assert row[["gini", "hhi", "effective_number"]].isna().all()
    assert losing.tidy()["share_of_total"].iloc[-1] == pytest.approx(0.8 * 80 / 100)
    word = {"en": "below zero", "ja": "負"}[language]
    assert any(word in str(note) for note in losing.notes)
    assert not re.search(r"\bnan\b", losing.report())


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-3.0, 1.0], [np.nan]])
def test_without_a_positive_sum_there_is_nothing_to_share(values):
    with pytest.raises(kl.NotApplicable, match="above 0"):
        measure_concentration(values)


@pytest.mark.parametrize(
    "values", [["a", "b"], "text", {"x": "y"}, pd.DataFrame({"a": [1, 2]}), [[1, 2], [3, 4]]]
)
def test_what_is_no_list_of_numbers_is_refused(values):
    with pytest.raises(kl.ArgumentError, match="numbers"):
        measure_concentration(values)


def test_infinite_amounts_are_refused():
    with pytest.raises(kl.ArgumentError, match="1 amount"):
        measure_concentration([1.0, np.inf])


def test_a_company_brings_its_customers_of_today(company):
    result = measure_concentration(company)
    facts = kl.account_facts(company)
    last = company.periods.sort_values("start").drop_duplicates("account_id", keep="last")
    gone = set(last.loc[last["stayed"].eq(False).fillna(False), "account_id"])
    here = facts[~facts["account_id"].isin(gone)]
    assert len(gone) > 50
    row = result.glance().iloc[0]
    assert row[["n_accounts", "n_gone"]].tolist() == [len(here), len(gone)]
    assert row["sum_of_values"] == pytest.approx(here["revenue"].sum())
    is_key = company.accounts.set_index("account_id")["is_key"][here["account_id"]].to_numpy()
    share = here["revenue"][is_key].sum() / here["revenue"].sum()
    assert row["key_share"] == pytest.approx(share)


def test_any_number_of_the_company_can_be_measured(company):
    people = measure_concentration(company, "employees")
    assert people.glance()["n_accounts"].item() == 154
    assert "JPY" not in people.report()
    assert "JPY" in measure_concentration(company).report()


def test_a_number_that_the_company_does_not_have_is_refused_with_those_there_are(company):
    with pytest.raises(kl.ArgumentError, match=r"'turnover'.*revenue.*employees"):
        measure_concentration(company, "turnover")


def test_the_unverified_figure_is_quoted_only_beside_revenue_and_as_unverified(company, language):
    notes = " ".join(str(note) for note in measure_concentration(company).notes)
    assert "23%" in notes
    assert {"en": "unverified", "ja": "裏づけがなく"}[language] in notes
    assert "Wikipedia" in notes
    others = [measure_concentration(company, "employees"), measure_concentration([1, 2])]
    assert not any("23%" in str(note) for result in others for note in result.notes)


def test_the_result_speaks_both_languages(company, language):
    result = measure_concentration(company)
    assert "{" not in result.report() + str(result)
    word = {"en": "Gini", "ja": "ジニ"}[language]
    assert word in result.report()
    assert labelled(result.glance()).columns[0] == {"en": "Amount", "ja": "対象"}[language]


def test_the_picture_is_the_lorenz_curve(company):
    result = measure_concentration(company)
    ax = result.plot()
    curve = max(ax.lines, key=lambda line: len(line.get_xdata()))
    assert len(curve.get_xdata()) == 155
    assert "154" in ax.figure.alt


def test_a_company_without_key_accounts_has_no_share_of_them(company):
    bare = dataclasses.replace(company, accounts=company.accounts.drop(columns="is_key"))
    assert measure_concentration(bare).glance()["key_share"].isna().all()


def test_nobody_can_change_the_result(company):
    result = measure_concentration(company)
    lent = result.accounts
    lent["value"] = 0.0
    assert result.glance()["sum_of_values"].item() > 0


def test_a_number_in_the_account_table_goes_before_a_fact_as_in_a_classification():
    company = kl.sample_company()
    accounts = company.accounts.assign(revenue=1.0)
    own = measure_concentration(dataclasses.replace(company, accounts=accounts))
    assert set(own.values) == {1.0}


def test_key_accounts_that_nobody_knows_have_no_share():
    company = kl.sample_company()
    unknown = company.accounts.assign(is_key=pd.array([pd.NA] * 240, dtype="boolean"))
    found = measure_concentration(dataclasses.replace(company, accounts=unknown))
    assert found.glance()["key_share"].isna().all()
