import dataclasses

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.columns import column, glossary, labelled
from kamlab.selection.capacity import plan_capacity
from kamlab.selection.cover import LEVELS, REASONS
from kamlab.selection.coverage import account_coverage
from kamlab.selection.select import select_accounts

INPUT = {c.name for name in TABLES for c in table(name).columns}
LAST_DAY = pd.Timestamp("2026-03-31")

# Who holds each account, whether it is a key account, its contacts as days before the last day.
FIRM = {
    "A": ("Abe", "hunter", "key", True, [10, 400]),
    "B": ("Abe", "hunter", "account", False, [180, 300]),
    "C": (None, "both", "global", False, [20, 30]),
    "D": ("Ito", "farmer", "global", True, [181, 200]),
    "E": ("Ito", "farmer", "account", False, [5]),
    "F": ("Ito", "both", "national", False, []),
}
REASONS_BY_HAND = {
    "A": {"hunter_only"},
    "B": set(),
    "C": {"no_manager"},
    "D": {"silent", "over_load"},
    "E": {"single_contact", "over_load"},
    "F": {"single_contact", "over_load"},
}
# A manager has 100 hours; a key account needs 60, any other 30: Abe 90, Ito 120.
PLAN = {
    "hours_a_year": 200,
    "share_for_accounts": 0.5,
    "hours_key_account": 60,
    "hours_other_account": 30,
}


@pytest.fixture
def firm():
    columns = ["manager", "manager_role", "manager_level", "is_key"]
    accounts = pd.DataFrame(
        [(one, *row[:4]) for one, row in FIRM.items()], columns=["account_id", *columns]
    )
    contacts = [
        (f"{one}-{n}", one, LAST_DAY - pd.Timedelta(days=days))
        for one, row in FIRM.items()
        for n, days in enumerate(row[4])
    ]
    periods = pd.DataFrame(
        {
            "account_id": list(FIRM),
            "period": 2025,
            "start": pd.Timestamp("2025-04-01"),
            "end": LAST_DAY,
            "stayed": pd.array([True] * 6, dtype="boolean"),
            "revenue": [100.0, 20.0, 30.0, 40.0, np.nan, 60.0],
        }
    )
    people = pd.DataFrame(contacts, columns=["contact_id", "account_id", "last_contact"])
    return kl.Company(accounts=accounts, contacts=people, periods=periods)


@pytest.fixture
def cover(firm):
    return account_coverage(firm, plan=plan_capacity(6, **PLAN))


@pytest.fixture(scope="module")
def sample(company):
    return account_coverage(company)


def reasons_of(result):
    table = result.augment().set_index("account_id")
    flags = [name for name in table if name.startswith("thin_")]
    return {
        one: {flag.removeprefix("thin_") for flag in flags if row[flag]}
        for one, row in table.iterrows()
    }


def test_the_reasons_are_those_found_by_hand(cover):
    assert reasons_of(cover) == REASONS_BY_HAND
    table = cover.augment().set_index("account_id")
    assert table["thin"].to_dict() == {one: bool(why) for one, why in REASONS_BY_HAND.items()}


def test_the_load_is_hours_needed_over_hours_there_are(cover):
    table = cover.augment().set_index("account_id")
    assert table.loc[["A", "D"], "load"].tolist() == pytest.approx([0.9, 1.2])
    assert table.loc[["A", "D"], "accounts_of_manager"].tolist() == [2, 3]
    assert table.loc["C", ["load", "accounts_of_manager"]].isna().all()


def test_managers_have_their_highest_level_and_both_roles_where_they_differ(cover):
    rows = cover.tidy()
    assert rows["manager"].tolist()[:2] == ["Abe", "Ito"]
    assert pd.isna(rows["manager"].iloc[2])
    assert rows["level"].tolist()[:2] == ["key", "global"]
    assert rows["role"].tolist()[:2] == ["hunter", "both"]
    assert rows[["level", "role"]].iloc[2].isna().all()
    assert rows[["n_accounts", "n_key", "n_thin"]].to_numpy().tolist() == [
        [2, 1, 1], [3, 1, 3], [1, 0, 1]
    ]  # fmt: skip
    assert rows["revenue_held"].tolist() == [120, 100, 30]
    assert rows["load"].tolist() == pytest.approx([0.9, 1.2, np.nan], nan_ok=True)


def test_thin_cover_is_counted_by_reason(cover):
    row = cover.glance().iloc[0]
    counts = {reason: row[f"n_thin_{reason}"] for reason in REASONS}
    assert counts == {
        reason: sum(reason in why for why in REASONS_BY_HAND.values()) for reason in REASONS
    }
    assert row[["n_accounts", "n_key", "n_managers", "n_thin"]].tolist() == [6, 2, 2, 5]


def test_thresholds_may_be_the_users(firm):
    plan = plan_capacity(6, **PLAN)
    loose = account_coverage(firm, plan=plan, silent_days=181, fewest_contacts=0, full_load=1.2)
    assert reasons_of(loose) == {
        one: why & {"no_manager", "hunter_only"} for one, why in REASONS_BY_HAND.items()
    }
    strict = account_coverage(firm, plan=plan, silent_days=9, fewest_contacts=3, full_load=0.5)
    assert all("single_contact" in why for why in reasons_of(strict).values())
    assert {one for one, why in reasons_of(strict).items() if "silent" in why} == set("ABCD")


def test_a_threshold_may_be_a_number_out_of_an_array(firm):
    plan = plan_capacity(6, **PLAN)
    days = np.array([9])[0]
    found, expected = (account_coverage(firm, plan=plan, silent_days=d) for d in (days, 9))
    assert reasons_of(found) == reasons_of(expected)


def test_the_chosen_are_the_key_accounts(firm):
    plan = plan_capacity(6, **PLAN)
    result = account_coverage(firm, ["B", "C"], plan=plan)
    table = result.augment().set_index("account_id")
    assert table.index[table["key"]].tolist() == ["B", "C"]
    assert "hunter_only" in reasons_of(result)["B"]
    assert "hunter_only" not in reasons_of(result)["A"]


def test_a_selection_may_be_covered(company):
    selection = select_accounts(company, n=10, draws=5)
    result = account_coverage(company, selection)
    table = result.augment()
    assert set(table.loc[table["key"], "account_id"]) == set(selection.members)
    assert account_coverage(company, selection.members).glance().equals(result.glance())


def test_what_is_not_known_is_no_reason_and_is_said(firm, language):
    accounts = firm.accounts[["account_id", "manager"]]
    result = account_coverage(kl.Company(accounts=accounts), plan=plan_capacity(6, **PLAN))
    assert set(result.unchecked) == {"hunter_only", "single_contact", "silent"}
    assert {reason for why in reasons_of(result).values() for reason in why} == {"no_manager"}
    assert result.glance()[["n_thin_silent", "n_thin_hunter_only"]].isna().all(axis=None)
    notes = " ".join(str(note) for note in result.notes)
    words = {"en": ["Not checked", "Nobody says"], "ja": ["確かめられなかった", "is_key"]}
    assert all(word in notes for word in words[language])
    assert "nan" not in result.report().lower()
    result.plot()


def test_contacts_without_a_date_are_not_silent(firm):
    people = firm.contacts.assign(last_contact=pd.NaT)
    result = account_coverage(dataclasses.replace(firm, contacts=people))
    assert not any("silent" in why for why in reasons_of(result).values())


def test_accounts_that_left_need_no_cover(firm, language):
    periods = firm.periods.assign(
        stayed=pd.array([True, False, True, True, None, False], dtype="boolean")
    )
    result = account_coverage(dataclasses.replace(firm, periods=periods), ["A", "B"])
    assert result.augment()["account_id"].tolist() == ["A", "C", "D", "E"]
    assert result.n_gone == 2
    notes = " ".join(str(note) for note in result.notes)
    assert {"en": "1 of the chosen", "ja": "選ばれた顧客のうち1社"}[language] in notes


def test_without_managers_there_is_no_table():
    with pytest.raises(kl.NotApplicable, match="manager"):
        account_coverage(kl.Company(accounts=pd.DataFrame({"account_id": ["A"]})))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"chosen": ["A", "Q"]}, "no accounts Q"),
        ({"chosen": "A"}, "list of account ids"),
        ({"chosen": 5}, "list of account ids"),
        ({"plan": 8}, "plan_capacity"),
        ({"silent_days": -1}, "silent_days=-1"),
        ({"fewest_contacts": "two"}, "fewest_contacts='two'"),
        ({"full_load": float("nan")}, "full_load=nan"),
    ],
)
def test_arguments_that_cannot_be_are_refused(firm, given, match):
    with pytest.raises(kl.ArgumentError, match=match):
        account_coverage(firm, **given)


def test_a_table_is_no_company(firm):
    with pytest.raises(kl.ArgumentError, match="whole company"):
        account_coverage(firm.accounts)


def test_the_sample_company_is_stretched(sample):
    row = sample.glance().iloc[0]
    assert row[["n_accounts", "n_key", "n_managers", "n_thin_no_manager"]].tolist() == [
        154,
        31,
        8,
        0,
    ]
    rows = sample.tidy()
    assert rows["n_accounts"].sum() == 154
    assert rows["n_thin"].sum() == row["n_thin"]
    facts = sample.augment()
    assert row["n_thin_single_contact"] == (facts["n_contacts"] < 2).sum() > 0
    assert row["n_thin_silent"] == (facts["days_since_contact"] > 180).sum() > 0
    assert rows["revenue_held"].sum() == pytest.approx(facts["revenue"].sum())


def test_the_order_of_the_rows_decides_nothing(company, sample):
    mixed = company.accounts.sample(frac=1, random_state=1).reset_index(drop=True)
    again = account_coverage(dataclasses.replace(company, accounts=mixed))
    pd.testing.assert_frame_equal(again.tidy(), sample.tidy())


def test_every_column_is_declared_or_was_put_in(sample, cover):
    families = tuple(name for name in glossary() if name.endswith("_"))
    facts = {"revenue", "n_contacts", "days_since_contact"}
    for verb in ("tidy", "glance", "augment"):
        for name in getattr(sample, verb)():
            known = name in glossary() or name in INPUT or name in facts
            assert known or name.startswith(families), name


@pytest.mark.parametrize(("own", "there"), [("level", "manager_level"), ("role", "manager_role")])
def test_levels_and_roles_have_the_words_of_the_account_table(own, there):
    declared = table("accounts")[there].values
    assert dict(column(own).values) == dict(declared)
    if own == "level":
        assert set(LEVELS) == set(declared)


def test_the_result_speaks_both_languages(sample, cover, language):
    words = {
        "en": ("8 managers look after 154 accounts", "our design"),
        "ja": ("担当者8人が顧客154社", "本ツールの設計"),
    }[language]
    assert all(word in sample.report() for word in words)
    assert "{" not in sample.report() + str(sample)
    headings = labelled(sample.glance()).columns.tolist()
    assert {"en": "Thin: no manager", "ja": "手薄：担当者なし"}[language] in headings
    assert {"en": "key account held by a hunter", "ja": "ハンター"}[language] in cover.report()
    why = cover.augment().set_index("account_id").loc["E", "reasons"]
    assert (
        why
        == {
            "en": "too few contacts, manager over the load",
            "ja": "接点が少ない、担当者が過負荷",
        }[language]
    )


def test_the_picture_shows_every_managers_load_with_its_thin_part(cover, language):
    ax = cover.plot()
    bars = [patch for patch in ax.patches if patch.get_height() > 0]
    sound, thin = (
        [bar.get_width() for bar in bars if (bar.get_hatch() is not None) == hatched]
        for hatched in (False, True)
    )
    # From the highest level down: Ito (D silent, E and F short of contacts), Abe (A), nobody (C).
    assert sound == pytest.approx([0, 30, 0])
    assert thin == pytest.approx([120, 60, 30])
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    who = {
        "en": ["Ito (Global account manager)", "Abe (Key account manager)", "nobody"],
        "ja": ["Ito（グローバル顧客担当）", "Abe（重要顧客担当）", "担当者なし"],
    }
    assert labels == who[language]
    assert any(list(line.get_xdata()) == [100, 100] for line in ax.lines)
    assert "120%" in ax.figure.alt


def test_the_picture_does_not_hatch_what_only_the_load_makes_thin(firm):
    loose = account_coverage(firm, plan=plan_capacity(6, **PLAN), fewest_contacts=0)
    assert {one for one, why in reasons_of(loose).items() if why == {"over_load"}} == {"E", "F"}
    bars = [patch for patch in loose.plot().patches if patch.get_height() > 0]
    hatched = [bar.get_width() for bar in bars if bar.get_hatch() is not None]
    assert hatched == pytest.approx([60, 60, 30])
