from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.portfolio.comparison.design_match import design_claims, match_design
from tests.portfolio.making import accounts_in

MARKET, BUYER, SUPPLIER = "market_exchange", "captive_buyer", "captive_supplier"
PARTNER = "strategic_partnership"
# Recommended, practised, verdict.
BY_HAND = [
    (MARKET, MARKET, "match"),
    (MARKET, BUYER, "over_design"),
    (MARKET, PARTNER, "over_design"),
    (BUYER, MARKET, "under_design"),
    (BUYER, SUPPLIER, "wrong_side"),
    (SUPPLIER, BUYER, "wrong_side"),
    (SUPPLIER, PARTNER, "over_design"),
    (PARTNER, SUPPLIER, "under_design"),
    (PARTNER, PARTNER, "match"),
    (PARTNER, None, None),
    (None, None, None),
]


def boards(rows=BY_HAND):
    asked, done = ([row[number] for row in rows] for number in (0, 1))
    return (
        kl.classify(accounts_in("bensaou_context", asked), "bensaou_context"),
        kl.classify(accounts_in("bensaou_management", done), "bensaou_management"),
    )


@pytest.fixture
def matched():
    return match_design(*boards())


def test_every_verdict_is_that_worked_by_hand(matched):
    table = matched.augment()
    found = table[["cell_recommended", "cell_practised", "design_verdict"]]
    expected = pd.DataFrame(BY_HAND, columns=found.columns)
    for name in found:
        assert found[name].where(found[name].notna(), None).tolist() == expected[name].tolist()


def test_verdicts_are_counted_and_the_shares_are_of_those_judged(matched):
    tidy = matched.tidy().set_index("term")
    assert tidy["n_accounts"].to_dict() == {
        "match": 2, "over_design": 3, "under_design": 2, "wrong_side": 2
    }  # fmt: skip
    assert tidy["share"].tolist() == pytest.approx([2 / 9, 3 / 9, 2 / 9, 2 / 9])
    glance = matched.glance().iloc[0]
    assert glance.to_dict() == pytest.approx(
        {
            "n_accounts": 9, "n_unscored": 2, "share_match": 2 / 9,
            "n_over_design": 3, "n_under_design": 2, "n_wrong_side": 2,
        }
    )  # fmt: skip


def test_turned_round_over_design_is_under_design(matched):
    asked, done = boards()
    turned = match_design(done, asked).tidy().set_index("term")["n_accounts"]
    own = matched.tidy().set_index("term")["n_accounts"]
    assert (
        turned[["over_design", "under_design"]].tolist()
        == own[["under_design", "over_design"]].tolist()
    )
    assert turned[["match", "wrong_side"]].tolist() == own[["match", "wrong_side"]].tolist()


def test_the_order_of_accounts_and_of_cells_does_not_matter(matched):
    asked, done = boards()
    other_order = replace(done.model, cells=done.model.cells[::-1])
    shuffled = done.accounts.sample(frac=1, random_state=1)
    found = match_design(asked, kl.classify(shuffled, other_order))
    pd.testing.assert_frame_equal(found.tidy(), matched.tidy())
    pd.testing.assert_frame_equal(
        found.augment()[["account_id", "design_verdict"]],
        matched.augment()[["account_id", "design_verdict"]],
    )


def test_an_account_in_one_portfolio_only_has_no_verdict():
    asked, done = boards([(MARKET, MARKET), (BUYER, PARTNER)])
    fewer = kl.classify(done.accounts.iloc[1:], "bensaou_management")
    found = match_design(asked, fewer)
    assert found.augment()["design_verdict"].isna().tolist() == [True, False]
    assert found.glance()["n_unscored"].item() == 1


def test_a_verdict_that_a_small_change_could_turn_is_marked():
    asked, done = boards([(MARKET, MARKET), (MARKET, MARKET)])
    close = asked.accounts.copy()
    ratings = [c for c in close if c.startswith("context_")]
    close.loc[0, ratings] = 3.9
    found = match_design(kl.classify(close, "bensaou_context"), done).augment()
    assert found["near_border"].tolist() == [True, False]
    fewer = kl.classify(close.iloc[:1], "bensaou_context")
    assert match_design(fewer, done).augment()["near_border"].tolist() == [True, False]


def test_the_table_for_people_speaks_the_language_in_use(matched, language):
    row = labelled(matched.augment()).iloc[1]
    words = {
        "en": ("Market exchange", "Captive buyer", "over-design"),
        "ja": ("市場取引型", "買い手拘束型", "過剰設計"),
    }
    assert set(words[language]) <= set(row)
    assert words[language][2] in str(matched.summary())


def test_the_claims_are_shown_with_their_status(matched, language):
    notion, rule = design_claims()
    assert (notion.status, rule.status) == ("recalled", "design")
    notes = " ".join(map(str, matched.notes))
    for claim in (notion, rule):
        assert str(claim.value) in notes
        assert str(claim.status.label) in notes
    assert "Bensaou" in notes


def test_the_report_gives_every_count(matched, language):
    text = matched.report()
    expected = {
        "en": "Of 9 accounts, 2 are run as their context asks, 3 with more effort, 2 with less",
        "ja": "9社のうち、状況に合った関係は2社、労力が過剰な関係は3社、過小な関係は2社",
    }
    assert expected[language] in text
    assert str(matched.recommended.model.name) in text


def test_models_with_other_cells_are_refused_with_their_names(company, language):
    asked, _ = boards()
    cells = [
        replace(cell, name="captive_buyers") if cell.name == BUYER else cell
        for cell in asked.model.cells
    ]
    renamed = kl.classify(asked.accounts, replace(asked.model, cells=tuple(cells)))
    with pytest.raises(kl.ArgumentError) as caught:
        match_design(asked, renamed)
    text = str(caught.value)
    assert text.count("captive_buyers") == 2
    with pytest.raises(kl.ArgumentError, match="streamline"):
        match_design(asked, kl.classify(company, "four_s"))


def test_models_that_rank_a_cell_differently_are_refused(language):
    asked, done = boards()
    cells = [replace(cell, effort=2) if cell.name == BUYER else cell for cell in done.model.cells]
    other = kl.classify(done.accounts, replace(done.model, cells=tuple(cells)))
    with pytest.raises(kl.ArgumentError, match=r"captive_buyer.*1.*2"):
        match_design(asked, other)


@pytest.mark.parametrize("wrong", [None, "bensaou_context", pd.DataFrame()])
def test_what_is_no_portfolio_is_refused(wrong, language):
    with pytest.raises(kl.ArgumentError, match="classify"):
        match_design(wrong, boards()[1])


def test_nobody_to_judge_gives_zero_and_no_share(language):
    found = match_design(*boards([(MARKET, None)]))
    assert found.tidy()["n_accounts"].tolist() == [0, 0, 0, 0]
    assert np.isnan(found.glance()["share_match"].item())
    assert found.report()
    assert found.plot().figure.alt


def test_the_picture_has_a_bar_per_verdict_with_its_count(matched, language):
    ax = matched.plot()
    assert [bar.get_width() for bar in ax.patches] == [2, 3, 2, 2]
    shown = [text.get_text() for text in ax.texts]
    assert shown[1] == {"en": "3 (33%)", "ja": "3社（33%）"}[language]
    for name, label in matched.term_labels.items():
        assert str(label) in ax.figure.alt, name
    assert str(matched.title) == ax.get_title(loc="left")


def test_the_sample_is_judged_whole(company):
    context, practice = (
        kl.classify(company, f"bensaou_{side}") for side in ("context", "management")
    )
    found = match_design(context, practice)
    assert found.glance()["n_accounts"].item() == len(company.accounts)
    assert (found.tidy()["n_accounts"] > 0).all()
