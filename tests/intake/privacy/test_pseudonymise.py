import dataclasses
import re
import warnings

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError, DataWarning, KamlabError
from kamlab.foundation.language import LANGUAGES
from kamlab.intake.privacy.key import write_key
from kamlab.intake.privacy.pseudonymise import pseudonym_table, pseudonymise

IDS = re.compile(r"_id$")
PSEUDONYM = re.compile("[A-Z]-[A-Z2-7]{16}")


def quietly(company, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return pseudonymise(company, **more)


def warned(company, **more):
    with pytest.warns(DataWarning) as caught:
        pseudonymise(company, **more)
    return str(caught[0].message)


@pytest.fixture
def safe(small_company, key):
    return quietly(small_company, key=key)


@pytest.fixture
def made():
    """A company whose accounts are three a class, with more columns if wanted."""

    def make(**columns):
        accounts = pd.DataFrame(
            {
                "account_id": [f"Acme-{n}" for n in range(6)],
                "name": [f"北斗{n}工業株式会社" for n in range(6)],
                "industry": ["機械", "食品"] * 3,
                **columns,
            }
        )
        return kl.Company(accounts=accounts)

    return make


def everything(company):
    """All that can be read in a company, as one text."""
    cells = [frame.astype(str).to_csv() for frame in company.tables.values()]
    return "\n".join([*cells, repr(company), company._repr_html_(), repr(vars(company))])


def test_no_identifier_and_no_name_is_left_anywhere(small_company, safe):
    seen = everything(safe)
    secrets = {small_company.name, small_company.source}
    for frame in small_company.tables.values():
        for column in frame.columns:
            if IDS.search(column) or column in ("name", "name_en", "manager"):
                secrets |= set(frame[column].dropna())
    assert len(secrets) > 1000
    assert [secret for secret in secrets if secret and secret in seen] == []
    assert safe.truth is None


def test_every_identifier_is_a_pseudonym(safe):
    for frame in safe.tables.values():
        for column in filter(IDS.search, frame.columns):
            assert frame[column].str.fullmatch(PSEUDONYM).all()


def test_tables_still_belong_together(small_company, safe, key):
    back = pseudonym_table(small_company, key=key).set_index("pseudonym")["account_id"]
    for name, frame in safe.tables.items():
        mine = frame["account_id"].map(back).value_counts().sort_index()
        theirs = small_company.tables[name]["account_id"].value_counts().sort_index()
        pd.testing.assert_series_equal(mine, theirs)
    both = safe.survey["respondent_id"].nunique(), safe.accounts["manager"].nunique()
    was = small_company.survey["respondent_id"], small_company.accounts["manager"]
    assert both == tuple(column.nunique() for column in was)


def test_numbers_dates_codes_and_currency_are_as_they_were(small_company, safe, key):
    back = pseudonym_table(small_company, key=key).set_index("pseudonym")["account_id"]
    own = safe.periods.assign(account_id=safe.periods["account_id"].map(back))
    same_order = own.sort_values(["account_id", "period"], ignore_index=True)
    expected = small_company.periods.sort_values(["account_id", "period"], ignore_index=True)
    pd.testing.assert_frame_equal(same_order, expected)
    assert (safe.currency, safe.simulated) == (small_company.currency, True)


def test_analyses_find_the_same(small_company, safe):
    fits = [kl.fit_retention("stayed ~ trust + tenure", one) for one in (small_company, safe)]
    estimates = [fit.tidy()["estimate"].to_numpy() for fit in fits]
    np.testing.assert_allclose(*estimates, rtol=1e-6)


def test_the_next_quarter_has_the_same_pseudonyms(small_company, safe, key):
    later = dataclasses.replace(
        small_company,
        accounts=small_company.accounts.iloc[::-1],
        survey=small_company.survey.iloc[::2],
    )
    again = quietly(later, key=key)
    assert set(again.accounts["account_id"]) == set(safe.accounts["account_id"])
    assert set(again.survey["respondent_id"]) <= set(safe.survey["respondent_id"])


def test_another_key_gives_other_pseudonyms(small_company, safe, tmp_path):
    other = quietly(small_company, key=write_key(tmp_path / "other.key"))
    assert not set(other.accounts["account_id"]) & set(safe.accounts["account_id"])


def test_the_order_of_rows_tells_nothing(small_company, safe, key):
    turned = {n: f.sample(frac=1, random_state=3) for n, f in small_company.tables.items()}
    again = quietly(dataclasses.replace(small_company, **turned), key=key)
    for name, frame in safe.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame)


def test_the_company_given_is_not_changed(small_company, key):
    before = {name: frame.copy() for name, frame in small_company.tables.items()}
    quietly(small_company, key=key)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(small_company.tables[name], frame)


def test_an_account_and_a_person_with_the_same_number_cannot_be_linked(key):
    accounts = pd.DataFrame({"account_id": ["17"]})
    contacts = pd.DataFrame({"contact_id": ["17"], "account_id": ["17"]})
    safe = quietly(kl.Company(accounts=accounts, contacts=contacts), key=key)
    assert safe.accounts["account_id"][0][2:] != safe.contacts["contact_id"][0][2:]
    assert safe.accounts["account_id"][0] == safe.contacts["account_id"][0]


def test_columns_that_nobody_declared_go_and_are_listed(made, key):
    company = made(メモ=["x"] * 6, phone=range(6))
    safe, message = quietly(company, key=key), warned(company, key=key)
    assert safe.accounts.columns.tolist() == ["account_id", "industry"]
    assert "Taken out: accounts.name, accounts.メモ, accounts.phone." in message
    assert "Kept in your own words: accounts.industry." in message
    assert "small_cells" in message


def test_the_warning_is_there_in_japanese(made, key):
    kl.use_language("ja")
    message = warned(made(メモ=["x"] * 6), key=key)
    assert "取り除いた列：accounts.name、accounts.メモ。" in message
    assert "日付、金額" in message


def test_what_is_asked_for_is_kept_and_said(made, key):
    company = made(segment=["a", "b"] * 3)
    safe = quietly(company, key=key, keep=["segment", "accounts.name"])
    assert safe.accounts["segment"].value_counts().to_dict() == {"a": 3, "b": 3}
    assert set(safe.accounts["name"]) == set(company.accounts["name"])
    assert "accounts.segment" in warned(company, key=key, keep="segment").split("Kept")[1]


def test_a_place_keeps_one_table_only(small_company, key):
    safe = quietly(small_company, key=key, keep=["contacts.name"])
    assert "name" in safe.contacts
    assert "name" not in safe.accounts


@pytest.mark.parametrize(
    "telling",
    ["北斗3担当", "機械（ACME-4）", "佐藤部長", "ﾎｸﾄ精機向け", "元 Hokuto Works"],
    ids=["name without legal form", "identifier", "manager", "width", "English name"],
)
def test_classes_that_contain_a_name_go(made, key, telling):
    company = made(
        name=[f"北斗{n}工業株式会社" for n in range(3)] + ["北斗3（株）", "ホクト精機㈱", "北斗5"],
        name_en=["Hokuto Works Co., Ltd.", *[None] * 5],
        manager=["佐藤", "鈴木"] * 3,
        industry=["機械", telling] * 3,
    )
    assert "industry" not in quietly(company, key=key).accounts
    assert re.search(r"contains a name.*accounts\.industry;", warned(company, key=key))
    assert "industry" in quietly(company, key=key, keep=["industry"]).accounts


def test_classes_that_hardly_two_rows_share_go(made, key):
    company = made(region=[f"place {n}" for n in range(4)] + ["place 0", None])
    assert "region" not in quietly(company, key=key).accounts
    shared = made(region=["east", "east", "west", "west", None, None])
    assert "region" in quietly(shared, key=key).accounts


def test_labels_that_a_table_carries_do_not_go_along(made, key):
    company = made()
    company.__dict__["_accounts"].attrs["secret"] = "北斗"
    assert quietly(company, key=key).accounts.attrs == {}


def test_an_unknown_column_to_keep_is_refused_with_the_nearest(made, key, language):
    with pytest.raises(ArgumentError) as caught:
        pseudonymise(made(), key=key, keep=["industri", "nothing"])
    assert all(word in str(caught.value) for word in ("industri", "industry", "nothing"))


@pytest.mark.parametrize("word", ["account_id", "accounts.account_id"])
def test_an_identifier_cannot_be_kept(made, key, word):
    with pytest.raises(ArgumentError, match=f"{word} cannot be kept"):
        pseudonymise(made(), key=key, keep=[word])


def test_a_missing_key_is_told(made, tmp_path):
    with pytest.raises(KamlabError, match="write_key"):
        pseudonymise(made(), key=tmp_path / "none.key")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_back_names_every_account(made, key, language):
    kl.use_language(language)
    company = made()
    table = pseudonym_table(company, key=key)
    assert table.columns.tolist() == ["account_id", "name", "pseudonym"]
    assert table["account_id"].tolist() == company.accounts["account_id"].tolist()
    assert set(table["pseudonym"]) == set(quietly(company, key=key).accounts["account_id"])
