import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.model import load_model
from kamlab.portfolio.scoring import axis_score, cut_value, place

BUYER = [
    f"buyer_{i}" for i in ("buildings", "machines", "systems", "knowledge", "training", "ties")
]
SUPPLIER = [
    f"supplier_{i}"
    for i in ("buildings", "logistics", "systems", "development", "training", "ties")
]
nan = np.nan
# Six ratings of the customer's investment, six of ours; means, cell and distance from 4 by hand.
BY_HAND = {
    "A": ([1] * 6, [2] * 6, 1.0, 2.0, "market_exchange", 2.0),
    "B": ([7, 6, 5, 4, 5, 6], [3, 3, 3, 3, 3, 4], 5.5, 19 / 6, "captive_buyer", 5 / 6),
    "C": ([2, 3, 2, 3, 2, 3], [5, 5, 5, 5, 5, 5], 2.5, 5.0, "captive_supplier", 1.0),
    "D": ([7] * 6, [6] * 6, 7.0, 6.0, "strategic_partnership", 2.0),
    "on the cut": ([4] * 6, [1, 7, 1, 7, 1, 7], 4.0, 4.0, "strategic_partnership", 0.0),
    "just under": ([4, 4, 4, 4, 4, 3], [4] * 6, 23 / 6, 4.0, "captive_supplier", 0.0),
    "half rated": ([7, 7, 7, nan, nan, nan], [1] * 6, 7.0, 1.0, "captive_buyer", 3.0),
}
TOO_FEW = {"third rated": ([7, 7, nan, nan, nan, nan], [1] * 6)}


def accounts(*names):
    ratings = {**{k: v[:2] for k, v in BY_HAND.items()}, **TOO_FEW}
    rows = [(name, *ratings[name][0], *ratings[name][1]) for name in names or ratings]
    frame = pd.DataFrame(rows, columns=["account_id", *BUYER, *SUPPLIER])
    return frame.astype(dict.fromkeys([*BUYER, *SUPPLIER], float))


@pytest.mark.parametrize("name", BY_HAND)
def test_scores_cell_and_distance_are_those_worked_by_hand(name):
    _, _, buyer, supplier, cell, distance = BY_HAND[name]
    row = kl.classify(accounts()).augment().set_index("account_id").loc[name]
    assert row["score_buyer_investment"] == pytest.approx(buyer)
    assert row["score_supplier_investment"] == pytest.approx(supplier)
    assert row["cell"] == cell
    assert row["distance"] == pytest.approx(distance)
    assert row["near_border"] == (distance < 0.25)


def test_an_account_with_less_than_half_rated_has_no_cell_and_is_counted(language):
    board = kl.classify(accounts())
    row = board.augment().set_index("account_id").loc["third rated"]
    assert row[["cell", "cell_label", "prescription", "distance"]].isna().all()
    glance = board.glance().iloc[0]
    assert (glance["n_unscored"], glance["n_accounts"]) == (1, len(BY_HAND))
    with pytest.raises(kl.NotApplicable, match="third rated"):
        board.explain("third rated")
    assert "1" in str(board.notes[-1])


def test_the_table_counts_accounts_by_cell_and_the_shares_sum_to_one():
    tidy = kl.classify(accounts()).tidy().set_index("term")
    assert tidy["n_accounts"].to_dict() == {
        "market_exchange": 1, "captive_buyer": 2, "captive_supplier": 2, "strategic_partnership": 2
    }  # fmt: skip
    assert tidy["share"].sum() == pytest.approx(1)
    assert tidy["n_near_border"].to_dict() == {
        "market_exchange": 0, "captive_buyer": 0, "captive_supplier": 1, "strategic_partnership": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("midpoint", 4.0), ("median", 2.5), (5, 5.0), (2.25, 2.25)],
)
def test_cut_rules(rule, expected):
    scores = np.array([1.0, 2.0, 3.0, 7.0, nan])
    assert cut_value(rule, scores, (1.0, 7.0)) == expected


def test_a_median_cut_makes_half_of_the_accounts_high(company):
    board = kl.classify(company.accounts, cut="median")
    high = board.placement.high.mean(axis=0)
    assert ((high >= 0.5) & (high < 0.6)).all()


@pytest.mark.parametrize("cut", [2.0, 6.5])
def test_a_cut_of_ones_own_moves_accounts_and_is_told_as_ones_own(cut, language):
    board = kl.classify(accounts("D", "A"), cut=cut)
    expected = {
        2.0: ["strategic_partnership", "captive_supplier"],
        6.5: ["captive_buyer", "market_exchange"],
    }
    assert board.augment()["cell"].tolist() == expected[cut]
    note = next(str(n) for n in board.notes if f"{cut:g}" in str(n))
    shipped = str(kl.classify(accounts("D")).model.cut.status.label)
    assert shipped not in note


@pytest.mark.parametrize("cut", ["mean", "", "Midpoint"])
def test_an_unknown_cut_rule_is_refused_with_those_that_exist(cut, language):
    with pytest.raises(kl.ArgumentError, match="median"):
        kl.classify(accounts(), cut=cut)


def test_a_cut_that_is_no_number_is_refused():
    with pytest.raises(kl.ArgumentError):
        kl.classify(accounts(), cut=nan)


@pytest.mark.parametrize(
    "weights",
    [
        [0.1] * 6,
        [0.1, 0.2, 0.3, 0.15, 0.15, 0.1],
        [0.7, 0.1, 0.1, 0.05, 0.03, 0.02],
        [1 / 3] * 6,
        [15, 35, 20, 30, 7, 3],
    ],
)
@pytest.mark.parametrize("score", [4.0, 3.3, 5.1])
def test_a_score_exactly_on_the_cut_is_high_whatever_the_weights(weights, score):
    scores = axis_score(np.full((1, 6), score), np.array(weights))
    placed = place(scores[:, None], np.array([score]))
    assert placed.high.item()
    assert placed.distance.item() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "weights", [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.15, 0.15, 0.3], [1, 1, 2]]
)
def test_exactly_half_of_the_weight_is_enough(weights):
    largest = int(np.argmax(weights))
    ratings = np.full((1, 3), nan)
    ratings[0, largest] = 6.0
    assert axis_score(ratings, np.array(weights, dtype=float)).item() == 6.0


@pytest.mark.parametrize(
    ("ratings", "weights", "expected"),
    [
        ([2, 4, 6], [1, 1, 2], 4.5),
        ([2, 4, nan], [1, 1, 2], 3.0),
        ([nan, nan, 6], [1, 2, 2], nan),
        ([nan, 4, 6], [0, 1, 3], 5.5),
        ([3, nan, nan], [0, 1, 3], nan),
        ([nan, nan, nan], [1, 1, 1], nan),
        ([7, 1, 1], [5, 0, 0], 7.0),
    ],
)
def test_an_axis_is_the_weighted_mean_of_the_rated_items(ratings, weights, expected):
    found = axis_score(np.array([ratings], dtype=float), np.array(weights, dtype=float))
    np.testing.assert_allclose(found, [expected])


def test_distance_is_to_the_nearest_border_of_all_axes():
    placed = place(np.array([[4.5, 2.0], [1.0, 3.9], [nan, 4.0]]), np.array([4.0, 4.0]))
    np.testing.assert_allclose(placed.distance, [0.5, 0.1, nan])
    np.testing.assert_array_equal(placed.scored, [True, True, False])


def test_row_order_labels_and_index_do_not_matter(company):
    frame = company.accounts
    expected = kl.classify(frame).augment()
    shuffled = frame.sample(frac=1, random_state=5)
    found = kl.classify(shuffled).augment()
    assert found["account_id"].tolist() == shuffled["account_id"].tolist()
    pd.testing.assert_frame_equal(found.sort_values("account_id", ignore_index=True), expected)
    renamed = kl.classify(frame.assign(account_id="Z" + frame["account_id"])).augment()
    pd.testing.assert_frame_equal(
        renamed.drop(columns="account_id"), expected.drop(columns="account_id")
    )


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "object"])
def test_ratings_of_any_number_type_are_understood(dtype):
    frame = accounts()
    typed = frame.astype(dict.fromkeys([*BUYER, *SUPPLIER], dtype))
    pd.testing.assert_frame_equal(kl.classify(typed).augment(), kl.classify(frame).augment())


def test_the_callers_table_is_not_changed():
    frame = accounts()
    before = frame.copy(deep=True)
    kl.classify(frame).augment()
    pd.testing.assert_frame_equal(frame, before)


def test_missing_columns_are_all_named(language):
    with pytest.raises(kl.NotApplicable) as caught:
        kl.classify(accounts().drop(columns=["buyer_ties", "supplier_logistics"]))
    assert "buyer_ties" in str(caught.value)
    assert "supplier_logistics" in str(caught.value)


def test_an_explanation_gives_cell_scores_cut_border_and_prescription(language):
    board = kl.classify(accounts())
    text = board.explain("B")
    row = board.augment().set_index("account_id").loc["B"]
    for part in ("B", row["cell_label"], "5.50", "3.17", "0.83", row["prescription"]):
        assert part in text


def test_an_account_near_the_border_is_told_so(language):
    frame = accounts("just under", "A")
    on_border = kl.classify(frame).explain("just under")
    near, clear = (
        kl.classify(frame.assign(**dict.fromkeys(SUPPLIER, 6.0))).explain(name)
        for name in ("just under", "A")
    )
    words = {"en": "stands only", "ja": "わずか"}[language]
    assert words in near
    assert words not in clear
    assert {"en": "exactly on the border", "ja": "ちょうど境界上"}[language] in on_border


def test_an_unknown_account_is_told_the_nearest(language):
    with pytest.raises(kl.ArgumentError, match="just under"):
        kl.classify(accounts("just under", "A")).explain("just undr")


def test_an_unknown_account_does_not_apply(language):
    with pytest.raises(kl.ArgumentError, match="nobody"):
        kl.classify(accounts()).explain("nobody")


@pytest.mark.parametrize("cut", ["midpoint", "median"])
def test_accounts_without_any_rating_are_counted_not_crashed_on(cut, language):
    frame = accounts("A", "B")
    frame[[*BUYER, *SUPPLIER]] = nan
    board = kl.classify(frame, cut=cut)
    assert board.glance()[["n_accounts", "n_unscored"]].iloc[0].tolist() == [0, 2]
    assert board.tidy()["n_accounts"].sum() == 0
    assert board.summary()
    assert board.report()


def test_an_empty_account_table_gives_an_empty_board():
    board = kl.classify(accounts("A").iloc[:0])
    assert len(board.augment()) == 0
    assert board.tidy()["n_accounts"].sum() == 0


def test_the_sample_fills_every_cell(company):
    assert (kl.classify(company.accounts).tidy()["n_accounts"] > 0).all()


def test_every_statement_of_the_shipped_model_has_a_status_and_a_source():
    model = load_model("bensaou")
    claims = [model.citation, model.scale, model.cut]
    claims += [axis.origin for axis in model.axes]
    claims += [claim for cell in model.cells for claim in (cell.origin, cell.prescription_origin)]
    assert all(claim.source for claim in claims)
    assert model.cut.status == "design"
    assert model.scale.status == "design"
