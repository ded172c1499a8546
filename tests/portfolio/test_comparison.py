from functools import partial

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.portfolio.comparison.agreement import (
    adjusted_mutual_information,
    cohen_kappa,
    jackknife,
)
from kamlab.portfolio.comparison.compare import compare_portfolios
from tests.portfolio.making import accounts_in

MARKET, CAPTIVE, PARTNER = "market_exchange", "captive_buyer", "strategic_partnership"
CASH, MAINTAIN, INVEST = "manage_for_cash", "maintain", "invest_for_growth"
# Cells of bensaou and of millman_wilson; efforts 0, 1, 2 in this order of cells in both.
PAIRS = (
    [(MARKET, CASH)] * 4 + [(CAPTIVE, MAINTAIN)] * 3 + [(PARTNER, INVEST)] * 5
    + [(MARKET, MAINTAIN)] * 2 + [(CAPTIVE, INVEST)] + [(MARKET, INVEST)] * 2
)  # fmt: skip
BY_EFFORT = np.array([[4, 2, 2], [0, 3, 1], [0, 0, 5]])
MODELS = ["bensaou", "millman_wilson"]


def table_of(pairs):
    first, second = zip(*pairs, strict=True)
    one, other = accounts_in("bensaou", first), accounts_in("millman_wilson", second)
    return one.merge(other, on="account_id")


@pytest.fixture
def both():
    return compare_portfolios(table_of(PAIRS), MODELS)


def test_kappa_is_of_the_effort_and_information_of_the_cells(both):
    row = both.tidy().iloc[0]
    assert row[["term", "model", "other", "n_accounts"]].tolist() == [
        "bensaou x millman_wilson", "bensaou", "millman_wilson", 17
    ]  # fmt: skip
    kappa = jackknife(partial(cohen_kappa, weights="linear"), BY_EFFORT)
    expected = (kappa.estimate, kappa.conf_low, kappa.conf_high)
    assert row[["kappa", "kappa_low", "kappa_high"]].tolist() == pytest.approx(expected)
    # Every effort has one cell here, so the cells' table is the efforts' with names changed.
    ami = jackknife(adjusted_mutual_information, BY_EFFORT)
    expected = (ami.estimate, ami.conf_low, ami.conf_high)
    assert row[["ami", "ami_low", "ami_high"]].tolist() == pytest.approx(expected)


def test_cells_of_one_effort_agree_on_effort_but_not_on_cells():
    pairs = [(MARKET, CASH)] * 3 + [(CAPTIVE, MAINTAIN), ("captive_supplier", MAINTAIN)] * 3
    row = compare_portfolios(table_of(pairs), MODELS).tidy().iloc[0]
    assert row["kappa"] == pytest.approx(1)
    assert row["ami"] < 1


def test_the_whole_in_one_row(both):
    glance = both.glance().iloc[0]
    assert glance[["n_models", "n_accounts", "n_unscored", "n_disputed"]].tolist() == [2, 17, 0, 2]
    assert glance["mean_kappa"] == pytest.approx(both.tidy()["kappa"].mean())


def test_there_is_one_row_for_each_pair_of_models(company):
    found = compare_portfolios(company)
    assert found.tidy()["term"].tolist() == [
        "webster x millman_wilson", "webster x bensaou", "webster x four_s",
        "millman_wilson x bensaou", "millman_wilson x four_s", "bensaou x four_s",
    ]  # fmt: skip
    for what in ("kappa", "ami"):
        low, middle, high = (found.tidy()[f"{what}{end}"] for end in ("_low", "", "_high"))
        assert (low < middle).all()
        assert (middle < high).all()
    assert found.glance()["mean_ami"].item() == pytest.approx(found.tidy()["ami"].mean())


def test_the_most_disputed_accounts_come_first_and_ties_keep_their_order(both):
    table = both.augment()
    assert table["account_id"].tolist()[:6] == ["A15", "A16", "A12", "A13", "A14", "A0"]
    assert table["effort_spread"].tolist() == [2, 2, 1, 1, 1] + [0] * 12
    first = table.iloc[0]
    assert (first["effort_bensaou"], first["effort_millman_wilson"]) == (0, 2)


def test_the_table_for_people_speaks_the_language_in_use(both, language):
    table = labelled(both.augment())
    words = {
        "en": ("Cell: Bensaou", "Market exchange", "Effort: Millman & Wilson", "much"),
        "ja": ("セル：ベンサウ", "市場取引型", "労力：ミルマン＆ウィルソン", "多い"),
    }
    cell, market, effort, much = words[language]
    assert table[cell].iloc[0] == market
    assert table[effort].iloc[0] == much


def test_the_cross_table_counts_accounts_by_the_cells_of_two_models(both, language):
    table = both.cross("millman_wilson", "bensaou")
    assert table.to_numpy().sum() == len(PAIRS)
    cells = {
        name: {c.name: str(c.label) for c in board.model.cells}
        for name, board in both.portfolios.items()
    }
    rows, columns = cells["millman_wilson"], cells["bensaou"]
    assert table.loc[rows[INVEST], columns[MARKET]] == 2
    assert table.loc[rows[CASH], columns[MARKET]] == 4
    pd.testing.assert_frame_equal(table.T, both.cross("bensaou", "millman_wilson"))


def test_a_model_that_is_not_compared_is_told_the_nearest(both, language):
    with pytest.raises(kl.ArgumentError, match=r"'bensaou'|「bensaou」"):
        both.cross("millman_wilson", "bensau")


def test_the_order_of_accounts_and_of_models_does_not_matter(company):
    frame = table_of(PAIRS)
    shuffled = frame.sample(frac=1, random_state=3)
    one = compare_portfolios(frame, MODELS).tidy().iloc[0]
    for other in (
        compare_portfolios(shuffled, MODELS).tidy().iloc[0],
        compare_portfolios(frame, MODELS[::-1]).tidy().iloc[0],
        compare_portfolios(frame.assign(account_id="Z" + frame["account_id"]), MODELS)
        .tidy()
        .iloc[0],
    ):
        numbers = one.index[3:]
        assert other[numbers].tolist() == pytest.approx(one[numbers].tolist(), abs=1e-12)


def test_models_that_cannot_be_applied_are_named_with_their_reason(language):
    found = compare_portfolios(table_of(PAIRS), [*MODELS, "four_s"])
    assert list(found.portfolios) == MODELS
    note = str(found.notes[-1])
    assert "four_s" in note
    assert "relationship_benefits_1" in note


def test_fewer_than_two_models_that_apply_do_not_make_a_comparison(language):
    frame = accounts_in("bensaou", [MARKET, PARTNER])
    with pytest.raises(kl.NotApplicable) as caught:
        compare_portfolios(frame, ["bensaou", "millman_wilson", "four_s"])
    for part in ("millman_wilson", "four_s", "attract_budget"):
        assert part in str(caught.value)


@pytest.mark.parametrize("models", ["bensaou", ["bensaou"], [], 7, {}])
def test_a_comparison_needs_two_models(models, language):
    with pytest.raises(kl.ArgumentError, match="classify"):
        compare_portfolios(table_of(PAIRS), models)


def test_the_same_model_twice_needs_names_of_ones_own(language):
    frame = table_of(PAIRS)
    with pytest.raises(kl.ArgumentError, match="bensaou"):
        compare_portfolios(frame, ["bensaou", "bensaou"])
    names = {"mine": "bensaou", "strict": kl.classify(frame, "bensaou", cut=6.5)}
    found = compare_portfolios(frame, names)
    assert found.tidy()["term"].tolist() == ["mine x strict"]
    assert "strict" in str(found.term_labels["mine x strict"])


def test_models_are_called_by_their_authors_where_that_tells_them_apart(company, language):
    short = compare_portfolios(company, ["bensaou", "four_s"])
    full = compare_portfolios(company, ["bensaou", "bensaou_context"])
    names = {name: str(board.model.name) for name, board in full.portfolios.items()}
    assert str(full.term_labels["bensaou x bensaou_context"]) == " × ".join(names.values())
    assert names["bensaou"] not in str(short.title)


def test_an_unknown_model_is_refused(language):
    with pytest.raises(kl.ArgumentError, match="bensaou"):
        compare_portfolios(table_of(PAIRS), ["bensaou", "bensauo"])


def test_without_data_only_portfolios_can_be_compared(both, language):
    boards = dict(both.portfolios)
    pd.testing.assert_frame_equal(compare_portfolios(models=boards).tidy(), both.tidy())
    with pytest.raises(kl.ArgumentError, match="four_s"):
        compare_portfolios(models={**boards, "more": "four_s"})


def test_accounts_are_matched_by_their_ids(both):
    boards = {
        "a": kl.classify(accounts_in("bensaou", [MARKET, PARTNER, CAPTIVE]), "bensaou"),
        "b": kl.classify(accounts_in("bensaou", [PARTNER, PARTNER]).iloc[::-1], "bensaou"),
    }
    found = compare_portfolios(models=boards)
    assert found.tidy()["n_accounts"].item() == 2
    assert found.glance()[["n_accounts", "n_unscored"]].iloc[0].tolist() == [2, 1]
    table = found.augment().set_index("account_id")
    assert table["effort_spread"].tolist() == [2, 0, pd.NA]
    assert table.loc["A2", "cell_a"] == "Captive buyer"
    assert pd.isna(table.loc["A2", "cell_b"])
    assert "1" in str(found.notes[3])


def test_a_model_that_asks_the_same_of_all_has_no_kappa_and_that_is_said(language):
    frame = table_of([(MARKET, CASH), (MARKET, INVEST), (MARKET, MAINTAIN)])
    found = compare_portfolios(frame, MODELS)
    assert found.tidy()[["kappa", "ami"]].isna().all(axis=None)
    assert str(found.term_labels["bensaou x millman_wilson"]) in str(found.notes[-1])
    assert found.report()
    assert found.summary()


def test_the_report_names_the_closest_the_furthest_and_the_disputed(company, language):
    found = compare_portfolios(company)
    pairs = found.tidy().set_index("term")["kappa"]
    text = found.report()
    for term in (pairs.idxmax(), pairs.idxmin()):
        assert str(found.term_labels[term]) in text
        assert f"{pairs[term]:z.2f}" in text
    assert str(found.glance()["n_disputed"].item()) in text
    for praise in ("substantial", "moderate", "強い一致", "中程度の一致"):
        assert praise not in text


def test_one_pair_is_not_called_the_closest(both, language):
    text = both.report()
    assert {"en": "closest", "ja": "最も近い"}[language] not in text
    assert f"{both.tidy()['kappa'].item():.2f}" in text


def test_the_notes_say_who_ranked_the_cells(both, language):
    assert str(both.portfolios["bensaou"].model.effort.status.label) in str(both.notes[0])


def test_the_picture_has_a_column_per_model_and_a_place_for_accounts_without_a_cell(language):
    frame = table_of([*PAIRS, (MARKET, CASH)])
    ratings = [c for c in frame if c.startswith("attract_")]
    frame.loc[frame.index[-1], ratings] = np.nan
    found = compare_portfolios(frame, MODELS)
    ax = found.plot()
    shown = [text.get_text() for text in ax.texts]
    no_cell = {"en": "No cell: 1", "ja": "分類なし：1社"}[language]
    assert any(no_cell in text for text in shown)
    assert ax.figure.alt


def test_what_a_reader_does_to_a_table_does_not_change_the_result(both):
    pairs, accounts = both.tidy(), both.augment()
    pairs["kappa"] = 0.0
    accounts["effort_spread"] = 9
    assert both.tidy()["kappa"].item() != 0
    assert both.augment()["effort_spread"].max() == 2
