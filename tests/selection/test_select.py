import dataclasses

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.columns import column, glossary, labelled
from kamlab.foundation.results import Result
from kamlab.selection.criteria import load_criteria
from kamlab.selection.select import select_accounts
from kamlab.selection.selection import STABLE

INPUT = {c.name for name in TABLES for c in table(name).columns}


@pytest.fixture(scope="module")
def chosen(company):
    return select_accounts(company)


@pytest.fixture
def tiny(criteria):
    return criteria({"a": 3, "b": 1}, {"c": 1})


def test_scores_worked_by_hand(rated, tiny):
    firm = rated(a=[8.0, 2.0, 5.0], b=[4.0, 6.0, 5.0], c=[1.0, 9.0, 5.0])
    table = select_accounts(firm, 1, tiny, balance=0.25, draws=10).augment()
    expected = {"A": 0.75 * 7 + 0.25 * 1, "B": 0.75 * 3 + 0.25 * 9, "C": 5.0}
    scores = dict(zip(table["account_id"], table["score"], strict=True))
    assert scores == pytest.approx(expected)
    assert table["account_id"].tolist() == ["A", "C", "B"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["chosen"].tolist() == [True, False, False]
    assert table["cell_label"].tolist() == ["high low", "high high", "low high"]


@pytest.mark.parametrize(("balance", "first"), [(0, "A"), (1, "B")])
def test_the_balance_says_which_axis_counts(rated, tiny, balance, first):
    firm = rated(a=[8.0, 2.0], b=[6.0, 4.0], c=[1.0, 9.0])
    result = select_accounts(firm, 1, tiny, balance=balance, draws=50)
    assert result.members == [first]
    share = result.augment().set_index("account_id")["inclusion"]
    assert share[first] == 1
    weights = result.tidy().set_index("term")["weight"]
    assert weights.tolist() == pytest.approx([(1 - balance) * 0.75, (1 - balance) * 0.25, balance])


def test_ties_at_the_border_are_all_chosen_and_said(rated, tiny, language):
    firm = rated(a=[9.0, 5.0, 5.0, 1.0], b=[9.0, 5.0, 5.0, 1.0], c=[9.0, 5.0, 5.0, 1.0])
    result = select_accounts(firm, 2, tiny, draws=20)
    assert sorted(result.members) == ["A", "B", "C"]
    table = result.augment().set_index("account_id")
    assert table["tied"].to_dict() == {"A": False, "B": True, "C": True, "D": False}
    row = result.glance().iloc[0]
    assert row[["n_chosen", "n_tied"]].tolist() == [3, 2]
    word = {"en": "share the score of place 2", "ja": "2位の評点に2社が並んで"}[language]
    assert any(word in str(note) for note in result.notes)


def test_equals_that_all_find_a_place_are_no_tie(rated, tiny):
    firm = rated(a=[9.0, 5.0, 5.0, 1.0], b=[9.0, 5.0, 5.0, 1.0], c=[9.0, 5.0, 5.0, 1.0])
    result = select_accounts(firm, 3, tiny, draws=20)
    assert result.glance()["n_tied"].item() == 0
    assert not result.augment()["tied"].any()


def test_missing_ratings_are_shown_and_too_many_leave_no_score(rated, tiny, language):
    firm = rated(a=[8.0, np.nan, 6.0], b=[np.nan, 6.0, 6.0], c=[1.0, 9.0, np.nan])
    result = select_accounts(firm, 2, tiny, draws=10)
    table = result.augment().set_index("account_id")
    assert table.loc["A", ["share_rated", "score"]].tolist() == [0.75, (8 + 1) / 2]
    assert table.loc[["B", "C"], ["rank", "inclusion", "score"]].isna().all(axis=None)
    assert result.members == ["A"]
    assert result.tidy().set_index("term")["accounts_rated"].tolist() == pytest.approx([2 / 3] * 3)
    row = result.glance().iloc[0]
    assert row[["n_candidates", "n_without_score", "n_chosen"]].tolist() == [1, 2, 1]
    words = {"en": ["2 candidate(s) without", "Only 1"], "ja": ["2社は", "1社で"]}[language]
    notes = " ".join(str(note) for note in result.notes)
    assert all(word in notes for word in words)


def test_a_column_that_is_nowhere_counts_as_not_rated_and_is_named(rated, tiny):
    firm = rated(a=[8.0, 2.0], c=[1.0, 9.0])
    result = select_accounts(firm, 1, tiny, balance=0.25, draws=10)
    assert result.absent == ("b",)
    assert any("b" in str(note) for note in result.notes)
    assert result.augment()["share_rated"].tolist() == [0.75, 0.75]
    assert result.tidy().set_index("term").loc["b", "accounts_rated"] == 0


def test_nobody_scored_names_what_is_missing(rated, tiny, language):
    with pytest.raises(kl.NotApplicable, match="a"):
        select_accounts(rated(b=[8.0, 2.0], c=[1.0, 9.0]), 1, tiny)
    with pytest.raises(kl.NotApplicable, match={"en": "none", "ja": "なし"}[language]):
        select_accounts(rated(a=[np.nan], b=[8.0], c=[1.0]), 1, tiny)


def test_one_axis_is_enough_where_only_it_counts(rated, tiny):
    firm = rated(a=[8.0, 2.0], b=[8.0, 2.0])
    assert select_accounts(firm, 1, tiny, balance=0, draws=10).members == ["A"]
    with pytest.raises(kl.NotApplicable):
        select_accounts(firm, 1, tiny, balance=0.1, draws=10)


def test_ratings_off_the_scale_are_refused(rated, tiny):
    with pytest.raises(kl.ArgumentError, match="11"):
        select_accounts(rated(a=[8.0, 11.0], b=[1.0, 2.0], c=[1.0, 2.0]), 1, tiny)


def test_a_criterion_alike_for_all_has_no_correlation(rated, tiny):
    firm = rated(a=[8.0, 2.0, 5.0], b=[4.0, 4.0, 4.0], c=[1.0, 9.0, 5.0])
    row = select_accounts(firm, 1, tiny, draws=10).tidy().set_index("term").loc["b"]
    assert np.isnan(row["correlation"])
    assert row["n_changed"] == 0


def test_the_only_criterion_of_an_axis_cannot_be_left_out(rated, tiny):
    firm = rated(a=[8.0, 2.0], b=[4.0, 6.0], c=[1.0, 9.0])
    result = select_accounts(firm, 1, tiny, draws=10)
    assert result.tidy().set_index("term")["n_changed"].isna().tolist() == [False, False, True]
    assert "–" in str(result)
    assert "nan" not in result.report()


def test_accounts_that_left_are_no_candidates(company, chosen):
    last = company.periods.sort_values("start").drop_duplicates("account_id", keep="last")
    gone = set(last.loc[last["stayed"].eq(False).fillna(False), "account_id"])
    assert chosen.n_gone == len(gone) == 86
    assert set(chosen.augment()["account_id"]) == set(company.accounts["account_id"]) - gone


def test_nobody_left_is_said(company):
    ids = company.accounts["account_id"].head(3)
    accounts = company.accounts.head(3)
    periods = company.periods.drop_duplicates("account_id").head(3)
    periods = periods.assign(account_id=ids.to_numpy(), stayed=pd.array([False] * 3, "boolean"))
    with pytest.raises(kl.NotApplicable, match="still a customer"):
        select_accounts(kl.Company(accounts=accounts, periods=periods))


def test_the_sample_company_has_a_list_of_twenty(company, chosen):
    row = chosen.glance().iloc[0]
    assert row[["n_candidates", "n_without_score", "n_chosen", "n_key"]].tolist() == [
        154,
        0,
        20,
        31,
    ]
    table = chosen.augment()
    on = table[table["chosen"]]
    assert on["rank"].tolist() == list(range(1, 21))
    assert row["cut_score"] == on["score"].min() > table[~table["chosen"]]["score"].max()
    assert row["n_stable"] == (on["inclusion"] >= STABLE).sum() > 0
    assert row["n_key_chosen"] == on["is_key"].sum() > 0
    assert table["inclusion"].between(0, 1).all()
    assert table["inclusion"].sum() == pytest.approx(20, abs=1e-9)  # each draw lists 20
    assert chosen.members == on["account_id"].tolist()


def test_criteria_weigh_one_in_all_and_half_each_axis(chosen):
    table = chosen.tidy()
    assert table["weight"].sum() == pytest.approx(1)
    assert table.groupby("block")["weight"].sum().tolist() == pytest.approx([0.5, 0.5])
    known = table["accounts_rated"]
    assert known.between(0, 1).all()
    assert table.set_index("term").loc["order_size", "accounts_rated"] < 0.5


def test_what_changes_without_a_criterion_is_what_a_zero_weight_gives(company, chosen):
    changes = chosen.tidy().set_index("term")["n_changed"]
    for term in ("revenue", "acceptance_rate", "tenure_years"):
        without = select_accounts(company, weights={term: 0}, draws=1)
        assert changes[term] == len(set(chosen.members) - set(without.members))


def test_whose_weights_they_are_is_said(company, chosen, language):
    own = select_accounts(company, weights={"revenue": 3}, draws=1)
    ours, yours = {"en": ("our design", "your choice"), "ja": ("本ツールの設計", "利用者の指定")}[
        language
    ]
    assert ours in str(chosen.notes[0])
    assert yours in str(own.notes[0])
    assert ours not in str(own.notes[0])


def test_the_order_of_the_rows_decides_nothing(company, chosen):
    mixed = company.accounts.sample(frac=1, random_state=3).reset_index(drop=True)
    again = select_accounts(dataclasses.replace(company, accounts=mixed))
    one, other = (r.augment().set_index("account_id").sort_index() for r in (chosen, again))
    pd.testing.assert_frame_equal(one, other)


def test_the_same_seed_draws_the_same(company, chosen):
    again = select_accounts(company)
    assert (again.inclusion == chosen.inclusion).all()
    assert (select_accounts(company, seed=1).inclusion != chosen.inclusion).any()


def test_a_wider_spread_makes_the_list_less_stable(company):
    stable = [
        select_accounts(company, spread=spread).glance()["n_stable"].item() for spread in (0.1, 0.6)
    ]
    assert stable[0] > stable[1]


def test_criteria_may_come_from_a_file_or_as_a_model(company, chosen):
    model = load_criteria("key_accounts")
    assert select_accounts(company, criteria=model, draws=1).members == chosen.members


def test_a_company_without_key_accounts_of_today_compares_with_none(company):
    bare = dataclasses.replace(company, accounts=company.accounts.drop(columns="is_key"))
    result = select_accounts(bare, draws=5)
    assert result.glance()[["n_key", "n_key_chosen"]].isna().all(axis=None)
    assert "is_key" not in result.augment()
    assert "{" not in result.report()
    result.plot()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"n": 0}, ["n=0"]),
        ({"n": 2.5}, ["n=2.5"]),
        ({"n": True}, ["n=True"]),
        ({"balance": 1.5}, ["balance=1.5"]),
        ({"balance": float("nan")}, ["balance=nan"]),
        ({"spread": 0, "draws": 0, "seed": -1}, ["spread=0", "draws=0", "seed=-1"]),
        ({"balance": "half", "spread": 1}, ["balance='half'", "spread=1"]),
    ],
)
def test_arguments_that_cannot_be_are_refused_all_at_once(company, given, named):
    with pytest.raises(kl.ArgumentError) as error:
        select_accounts(company, **given)
    assert str(error.value).count("\n- ") == len(named)
    assert all(name in str(error.value) for name in named)


def test_a_table_is_no_company(company):
    with pytest.raises(kl.ArgumentError, match="whole company"):
        select_accounts(company.accounts)


def test_every_column_is_declared_or_was_put_in(chosen):
    families = tuple(name for name in glossary() if name.endswith("_"))
    for verb in ("tidy", "glance", "augment"):
        for name in getattr(chosen, verb)():
            assert name in glossary() or name in INPUT or name.startswith(families), name


def test_the_result_speaks_both_languages(chosen, language):
    assert isinstance(chosen, Result)
    words = {
        "en": ("Of 154 candidates, 20 are chosen", "Not available to us", "P12"),
        "ja": ("候補154社から20社を選びました", "入手できていないもの", "P12"),
    }[language]
    assert all(word in chosen.report() for word in words)
    assert "{" not in chosen.report() + str(chosen)
    headings = labelled(chosen.augment()).columns.tolist()
    assert {"en": "Score: Behaviour", "ja": "評点：関係と行動"}[language] in headings
    assert str(column("inclusion").label) in headings
    assert {"en": "Behaviour", "ja": "関係と行動"}[language] in str(chosen)


def test_the_picture_shows_the_border_with_inclusion(chosen, language):
    ax = chosen.plot()
    table = chosen.augment()
    bars = [patch for patch in ax.patches if patch.get_height() > 0]
    assert len(bars) == 24
    widths = sorted(bar.get_width() for bar in bars)
    shown = table.iloc[8:32]
    assert widths == pytest.approx(sorted(100 * shown["inclusion"]))
    assert sum(bar.get_hatch() is not None for bar in bars) == 12
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[0].startswith(table.loc[8, "account_id"])
    assert labels[0].endswith(" 9")
    border = [line for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    assert [list(line.get_ydata()) for line in border] == [[11.5, 11.5]]
    stars = next(line for line in ax.lines if line.get_marker() == "*")
    assert len(stars.get_ydata()) == shown["is_key"].sum()
    for account in (table.loc[19, "account_id"], table.loc[20, "account_id"]):
        assert account in ax.figure.alt


def test_a_list_that_takes_everybody_has_no_border(rated, tiny):
    firm = rated(a=[8.0, 2.0], b=[4.0, 6.0], c=[1.0, 9.0])
    ax = select_accounts(firm, 5, tiny, draws=10).plot()
    assert len([patch for patch in ax.patches if patch.get_height() > 0]) == 2
    assert not any(
        len(set(line.get_ydata())) == 1 and line.get_linewidth() > 1.2 for line in ax.lines
    )


def test_the_candidates_on_their_map_keep_the_currency_of_the_company(chosen, company):
    assert chosen.board.evidence.currency == company.currency
