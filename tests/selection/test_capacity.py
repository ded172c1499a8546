import dataclasses

import pandas as pd
import pytest

import kamlab as kl
from kamlab.selection.capacity import plan_capacity
from kamlab.selection.select import select_accounts

OURS = {
    "hours_a_year": 1500,
    "share_for_accounts": 0.8,
    "hours_key_account": 240,
    "hours_other_account": 40,
}


def test_a_firm_worked_by_hand():
    plan = plan_capacity(100, managers=5, n_key=20, **OURS)
    row = plan.glance().iloc[0]
    assert row[["n_accounts", "n_managers", "n_key"]].tolist() == [100, 5, 20]
    assert row[["key_per_manager", "key_possible", "managers_needed"]].tolist() == [5, 10, 7]
    assert row["load"] == pytest.approx((20 * 240 + 80 * 40) / (5 * 1200))


def test_every_row_has_its_status_and_source(language):
    table = plan_capacity(100, managers=5, n_key=20).tidy()
    assert table["kind"].value_counts().to_dict() == {"assumption": 4, "result": 4, "practice": 3}
    assert set(table["status"]) == {"design", "computed", "published", "secondary"}
    assert table["source"].str.len().min() > 5
    known = table[table["value"].notna()]
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()


def test_practice_is_quoted_as_it_was_read():
    rows = plan_capacity(100).tidy().set_index("term")
    practice = rows[rows["kind"] == "practice"]
    assert practice[["low", "high"]].to_numpy().tolist() == [[15, 30], [15, 35], [1, 4]]
    assert practice["status"].tolist() == ["published", "secondary", "secondary"]


def test_what_is_not_known_is_not_made_up(language):
    plan = plan_capacity(100)
    row = plan.glance().iloc[0]
    assert row[["n_managers", "n_key", "key_possible", "managers_needed", "load"]].isna().all()
    assert "managers=" in plan.report()
    assert plan_capacity(100, n_key=10).glance()["managers_needed"].item() > 0


def test_a_company_brings_accounts_managers_and_key_accounts_of_today(company):
    row = plan_capacity(company).glance().iloc[0]
    assert row[["n_accounts", "n_managers", "n_key"]].tolist() == [154, 8, 31]
    bare = company.accounts[["account_id"]]
    alone = plan_capacity(kl.Company(accounts=bare)).glance().iloc[0]
    assert alone["n_accounts"] == 240
    assert alone[["n_managers", "n_key"]].isna().all()


def test_a_selection_brings_those_that_it_chose(company):
    chosen = select_accounts(company, n=12, draws=10)
    row = plan_capacity(chosen).glance().iloc[0]
    assert row[["n_accounts", "n_managers", "n_key"]].tolist() == [154, 8, 12]
    own = plan_capacity(chosen, managers=3, n_key=5).glance().iloc[0]
    assert own[["n_managers", "n_key"]].tolist() == [3, 5]


def test_managers_nobody_names_are_not_counted(company):
    accounts = company.accounts.assign(manager=pd.Series(pd.NA, index=range(240), dtype="str"))
    plan = plan_capacity(dataclasses.replace(company, accounts=accounts))
    assert plan.glance()["n_managers"].isna().all()


@pytest.mark.parametrize("accounts", ["many", 3.5, None, pd.DataFrame()])
def test_accounts_are_a_number_a_company_or_a_selection(accounts):
    with pytest.raises(kl.ArgumentError, match="plan_capacity"):
        plan_capacity(accounts)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"managers": 0}, "managers=0"),
        ({"managers": 2.5}, r"managers=2\.5"),
        ({"n_key": -1}, "n_key=-1"),
        ({"n_key": 101}, "101 key accounts"),
        ({"n_key": True}, "n_key=True"),
    ],
)
def test_counts_that_cannot_be_are_refused(given, match):
    with pytest.raises(kl.ArgumentError, match=match):
        plan_capacity(100, **given)


def test_a_negative_number_of_accounts_is_refused():
    with pytest.raises(kl.ArgumentError, match="accounts=-3"):
        plan_capacity(-3)


def test_a_plan_has_no_rows_of_accounts():
    with pytest.raises(kl.NotApplicable, match="tidy"):
        plan_capacity(100).augment()


def test_the_report_says_the_numbers_in_both_languages(language):
    said = plan_capacity(100, managers=5, n_key=20, **OURS).report()
    words = {
        "en": ("can hold 10 of them", "20 key accounts need 7 managers", "133%"),
        "ja": ("受け持てるのは10社", "重要顧客20社には担当者が7人", "133%"),
    }
    assert all(word in said for word in words[language])
    assert "{" not in said


def test_the_picture_shows_what_is_possible_beside_practice_and_what_is_wanted(language):
    plan = plan_capacity(100, managers=5, n_key=20, **OURS)
    ax = plan.plot()
    assert len(ax.get_yticklabels()) == 4
    assert any(list(line.get_xdata()) == [20, 20] for line in ax.lines)
    assert {"en": "20 wanted", "ja": "希望20社"}[language] in ax.figure.alt
    assert {"en": "5 to 20", "ja": "5〜20"}[language] in ax.figure.alt  # 1 to 4, times 5 managers
    alone = plan_capacity(100).plot()
    assert len(alone.get_yticklabels()) == 2


def test_key_accounts_that_nobody_knows_are_not_none():
    company = kl.sample_company()
    unknown = company.accounts.assign(is_key=pd.array([pd.NA] * 240, dtype="boolean"))
    assert plan_capacity(dataclasses.replace(company, accounts=unknown)).n_key is None
