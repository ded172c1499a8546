"""Whole sheets: what is on them, and what they say where something is missing."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import speaking
from kamlab.report.analyses import Analyses
from kamlab.report.sheets.knowledge import Knowledge
from kamlab.report.sheets.pages import account_pages, known_accounts

PARTS = {
    "en": ("Who they are", "Beside the others", "Place in the portfolio", "Relationship quality"),
    "ja": ("顧客の概要", "ほかの顧客との比較", "ポートフォリオでの位置", "関係の質"),
}


def analyses_of(company):
    return Analyses(
        company=company,
        hypotheses=None,
        model=None,
        raise_by={"trust": 1},
        discount_rate=0.1,
        top=10,
        seed=0,
    )


@pytest.fixture(scope="module")
def analyses(company):
    return analyses_of(company)


@pytest.fixture(scope="module")
def known(analyses):
    return Knowledge(analyses)


class Seen(HTMLParser):
    """The words of a page, and the tags in it."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(html)

    def handle_data(self, data):
        self.words.append(data)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def seen(analyses, accounts, language="en"):
    with speaking(language):
        return Seen(account_pages(analyses, accounts, language=language))


def of_kind(known, test):
    return next(account for account in known.accounts.index if test(account))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_account_has_a_sheet_with_every_part_and_the_last_page_says_how_to_read(
    analyses, language
):
    page = seen(analyses, ["A-042", "A-001"], language)
    sheets = [attrs for tag, attrs in page.tags if tag == "section" and attrs["class"] == "sheet"]
    assert len(sheets) == 3
    assert all(page.text.count(part) >= 2 for part in PARTS[language])
    assert len({attrs["id"] for attrs in sheets}) == 3
    pictures = [attrs for tag, attrs in page.tags if tag == "img"]
    assert [("A-042" in p["alt"], "A-001" in p["alt"]) for p in pictures] == [
        (True, False),
        (False, True),
    ]


def test_a_sheet_has_the_numbers_of_the_analyses(analyses, known):
    text = seen(analyses, ["A-042"]).text
    row = known.stay.result.loc["A-042"]
    assert f"{row['stay_probability']:.0%} ({row['stay_low']:.0%} to" in text
    cell = known.places.result.loc["A-042", "cell_label"]
    assert f"A-042: {cell}." in text
    assert f"{known.facts.loc['A-042', 'revenue']:,.0f}" in text
    people = known.contacts.result
    assert all(name in text for name in people[people["account_id"] == "A-042"]["name"])


def test_simulated_data_are_marked_in_each_heading_and_picture(analyses, company):
    page = seen(analyses, ["A-042"])
    assert "A-042 Asagiri Chemicals Co., Ltd. (simulated data)" in page.text
    assert all("Simulated data" in a["alt"] for tag, a in page.tags if tag == "img")
    real = seen(analyses_of(replace(company, simulated=False)), ["A-042"])
    assert "imulated" not in real.text


def test_one_who_left_gets_no_forecast_and_no_advice(analyses, known):
    gone = of_kind(known, lambda account: not known.present[account])
    text = seen(analyses, [gone]).text
    assert "did not stay" in text
    assert "The rules are for present accounts" in text
    assert "Probability of staying" not in text


def test_one_without_periods_is_told_why_there_is_no_forecast(analyses, known):
    orders = of_kind(
        known, lambda account: known.present[account] and account not in known.current.result.index
    )
    assert "has no periods with a renewal" in seen(analyses, [orders]).text


def test_the_least_likely_to_stay_and_those_worth_most_are_named(analyses, known):
    risk, gain = known.stay.result.index[0], known.gain.result.index[0]
    assert "Talk before the renewal" in seen(analyses, [risk]).text
    assert "Work on the relationship here first" in seen(analyses, [gain]).text
    calm = of_kind(
        known,
        lambda a: a in known.stay.result.index[10:] and a not in known.gain.result.index[:10],
    )
    text = seen(analyses, [calm]).text
    assert "Talk before the renewal" not in text
    assert "Work on the relationship" not in text


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("survey", "Relationship quality needs the table survey"),
        ("periods", "needs the table periods"),
        ("contacts", "The list of people needs the table contacts"),
        ("interactions", "The line of time needs the table interactions"),
    ],
)
def test_a_missing_table_is_named_where_it_is_missed(table, said):
    company = replace(kl.simulate_company(n_accounts=30, seed=5), **{table: None})
    account = company.accounts["account_id"].iloc[0]
    assert said in seen(analyses_of(company), [account]).text


def test_a_list_of_customers_alone_makes_sheets_and_hostile_names_do_no_harm(language):
    accounts = pd.DataFrame({"account_id": ["1", "<b>2"], "name": ["<script>x()</script>", None]})
    page = seen(analyses_of(kl.Company(accounts=accounts)), ["1", "<b>2"], language)
    assert "<script>x()</script>" in page.text
    assert not [tag for tag, _ in page.tags if tag in ("script", "b")]
    assert "nan" not in page.text


def test_progress_is_told_account_by_account(analyses):
    told = []
    account_pages(
        analyses, ["A-042", "A-001"], language="en", progress=lambda *step: told.append(step)
    )
    assert [step[:2] for step in told] == [(1, 2), (2, 2)]
    assert "A-001" in str(told[1][2])


def test_unknown_accounts_are_all_named_with_the_nearest(company):
    with pytest.raises(ArgumentError) as refusal:
        known_accounts(company, ["Ａ-017 ", "A-001", "ZZZ"])
    assert "Ａ-017  (did you mean 'A-017'?), ZZZ." in str(refusal.value)
    assert "A-001" not in str(refusal.value)
    with pytest.raises(ArgumentError, match="No account is named"):
        known_accounts(company, [])


def test_an_account_named_twice_or_alone_has_one_sheet(company):
    assert known_accounts(company, ["A-001", "A-001"]) == ["A-001"]
    assert known_accounts(company, "A-001") == ["A-001"]


def test_write_report_writes_sheets(company, tmp_path):
    path = kl.write_report(company, tmp_path / "s.html", language="ja", accounts=["A-017"])
    text = path.read_text(encoding="utf-8")
    assert '<html lang="ja">' in text
    assert "A-017 葦原精機株式会社" in text


def test_bare_tables_make_bare_parts_and_claim_nothing():
    whole = kl.simulate_company(n_accounts=30, seed=5)
    company = replace(
        whole,
        contacts=whole.contacts[["contact_id", "account_id"]],
        interactions=whole.interactions[["interaction_id", "account_id", "occurred_on"]],
        survey=whole.survey.drop_duplicates(["account_id", "wave"]),
    )
    account = company.contacts["account_id"].value_counts().index[0]
    text = seen(analyses_of(company), [account]).text
    assert "in – functions; for us: –, sceptical: –" in text
    assert "most influential first" not in text
    assert "respondents: 1" in text
