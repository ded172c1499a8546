"""From a company or a table to the cells: what comes out, what does not matter, what is refused."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.declaration.library import load_model, shipped_models
from tests.portfolio.model_texts import make_model

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


# What comes out.


@pytest.mark.parametrize("name", BY_HAND)
def test_scores_cell_and_distance_are_those_worked_by_hand(name):
    _, _, buyer, supplier, cell, distance = BY_HAND[name]
    row = kl.classify(accounts()).augment().set_index("account_id").loc[name]
    assert row["score_buyer_investment"] == pytest.approx(buyer)
    assert row["score_supplier_investment"] == pytest.approx(supplier)
    assert row["cell"] == cell
    assert row["distance"] == pytest.approx(distance)
    assert row["near_border"] == (distance < 0.25)
    assert row["share_rated"] == (0.5 if name == "half rated" else 1)


def test_every_account_has_the_words_of_its_cell(language):
    board = kl.classify(accounts())
    cells = {cell.name: cell for cell in board.model.cells}
    for row in board.augment().dropna(subset="cell").itertuples():
        assert row.cell_label == str(cells[row.cell].label)
        assert row.prescription == str(cells[row.cell].prescription.value)
        assert row.effort == cells[row.cell].effort
    assert [cell and cell.name for cell in board.cells()] == [
        *(known[4] for known in BY_HAND.values()),
        None,
    ]


def test_the_columns_of_the_table_are_those_promised(company):
    for frame, name in ((accounts(), []), (company, ["name"])):
        assert kl.classify(frame).augment().columns.tolist() == [
            "account_id", *name, "score_buyer_investment", "score_supplier_investment", "cell",
            "cell_label", "effort", "distance", "near_border", "share_rated", "flips_weights",
            "flips_ratings", "flips_respondents", "prescription",
        ]  # fmt: skip


def test_an_account_with_less_than_half_rated_has_no_cell_and_is_counted(language):
    board = kl.classify(accounts())
    row = board.augment().set_index("account_id").loc["third rated"]
    assert row[["cell", "cell_label", "prescription", "distance", "effort"]].isna().all()
    assert row["share_rated"] == pytest.approx(1 / 3)
    assert not row["near_border"]
    glance = board.glance().iloc[0]
    assert (glance["n_unscored"], glance["n_accounts"]) == (1, len(BY_HAND))
    with pytest.raises(kl.NotApplicable, match="third rated"):
        board.explain("third rated")
    unplaced = {"en": "1 account(s) without a cell", "ja": "1社は"}[language]
    assert unplaced in " ".join(str(note) for note in board.notes)
    assert unplaced not in " ".join(str(note) for note in kl.classify(accounts("A")).notes)


def test_the_table_counts_accounts_by_cell_and_the_shares_sum_to_one():
    tidy = kl.classify(accounts()).tidy().set_index("term")
    assert tidy["n_accounts"].to_dict() == {
        "market_exchange": 1, "captive_buyer": 2, "captive_supplier": 2, "strategic_partnership": 2
    }  # fmt: skip
    assert tidy["share"].sum() == pytest.approx(1)
    assert tidy["n_near_border"].to_dict() == {
        "market_exchange": 0, "captive_buyer": 0, "captive_supplier": 1, "strategic_partnership": 1
    }  # fmt: skip


def test_near_is_a_quarter_point_of_a_scale_from_1_to_7(tmp_path):
    frame = pd.DataFrame({"account_id": list("ABCD"), "x": [50.0, 54.1, 54.2, 45.8]})
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}, scale=(0, 100)))
    assert board.within == pytest.approx(100 / 24)
    assert board.near_border.tolist() == [True, True, False, False]


def test_items_that_are_the_same_for_all_are_named(language):
    frame = accounts("A", "B", "C").assign(buyer_ties=4.0, supplier_ties=nan)
    frame["supplier_ties"] = frame["supplier_ties"].astype(float)
    told = " ".join(str(note) for note in kl.classify(frame).notes)
    assert "buyer_ties" in told
    assert "buyer_systems" not in told
    assert "buyer_ties" not in " ".join(str(n) for n in kl.classify(accounts("A", "B")).notes)


def test_a_report_counts_cells_and_names_the_source(language):
    board = kl.classify(accounts())
    report = board.report()
    label = str(board.model.cells[1].label)
    assert {"en": f"{label}: 2", "ja": f"{label}：2社"}[language] in report
    assert str(board.model.citation.value) in report
    for remark in board.model.remarks:
        assert str(remark) in report
    assert str(board.summary())
    assert board._repr_html_()


def test_an_explanation_gives_cell_scores_cut_border_and_prescription(language):
    board = kl.classify(accounts())
    text = "".join(board.explain("B").split())
    row = board.augment().set_index("account_id").loc["B"]
    shares = [f"{row[name]:.0%}" for name in ("flips_weights", "flips_ratings")]
    for part in ("B", row["cell_label"], "5.50", "3.17", "0.83", row["prescription"], *shares):
        assert "".join(part.split()) in text


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


# Cuts.


def test_a_median_cut_makes_half_of_the_accounts_high(company):
    board = kl.classify(company.accounts, cut="median")
    high = board.placement.levels.mean(axis=0)
    assert ((high >= 0.5) & (high < 0.6)).all()
    for cuts, scores in zip(board.placement.cuts, board.placement.scores.T, strict=True):
        assert cuts.tolist() == [np.median(scores)]


@pytest.mark.parametrize("cut", [2.0, 6.5])
def test_a_cut_of_ones_own_moves_accounts_and_is_told_as_ones_own(cut, language):
    board = kl.classify(accounts("D", "A"), cut=cut)
    expected = {
        2.0: ["strategic_partnership", "captive_supplier"],
        6.5: ["captive_buyer", "market_exchange"],
    }
    assert board.augment()["cell"].tolist() == expected[cut]
    note = next(str(n) for n in board.notes if f"{cut:g}" in str(n))
    assert {"en": "your choice", "ja": "利用者の指定"}[language] in note
    shipped = str(kl.classify(accounts("D")).model.axes[0].cut.status.label)
    assert shipped not in note


def test_a_cut_may_be_given_for_one_axis_only(language):
    board = kl.classify(accounts("D", "A", "C"), cut={"buyer_investment": 2.25})
    assert [own.tolist() for own in board.placement.cuts] == [[2.25], [4.0]]
    assert board.augment()["cell"].tolist() == [
        "strategic_partnership", "market_exchange", "strategic_partnership"
    ]  # fmt: skip
    note = next(str(n) for n in board.notes if "2.25" in str(n))
    for part in ("4", str(board.model.axes[1].cut.status.label)):
        assert part in note


def test_cuts_of_several_levels_may_be_given(tmp_path):
    axes = {"a": {"items": ["x"], "levels": ["low", "mid", "high"], "cut": [3, 5]}, "b": ["x"]}
    model = make_model(tmp_path, axes)
    frame = pd.DataFrame({"account_id": list("ABCD"), "x": [1.0, 3, 5, 7]})
    for cuts in ([2, 6], (2.0, 6.0), np.array([2, 6]), pd.Series([2, 6])):
        found = kl.classify(frame, model, cut={"a": cuts}).augment()["cell"]
        assert found.tolist() == ["low_low", "mid_low", "mid_high", "high_high"]


BAD_CUTS = [
    "mean", "", "Midpoint", "4", nan, np.inf, True, [5, 3], [3, 3], [], [nan], ["4"], [True],
    object(), {"buyer_investment": "mean"}, {"buyer_investment": None},
    pytest.param(10**400, id="beyond all floats"),
]  # fmt: skip


@pytest.mark.parametrize("cut", BAD_CUTS)
def test_cuts_that_are_none_are_refused_with_those_that_exist(cut, language):
    with pytest.raises(kl.ArgumentError, match="median"):
        kl.classify(accounts(), cut=cut)


def test_a_cut_of_an_unknown_axis_is_told_the_nearest(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(accounts(), cut={"buyer_invesment": 3, "supplier_investment": 4})
    assert str(caught.value).count("buyer_investment") == 2
    with pytest.raises(kl.ArgumentError):
        kl.classify(accounts(), cut={5: 3})


def test_cuts_too_many_or_too_few_are_refused_with_the_axis(company, language):
    with pytest.raises(kl.ArgumentError, match="2") as caught:
        kl.classify(accounts(), cut=[3, 5])
    assert str(load_model("bensaou").axes[0].label) in str(caught.value)
    with pytest.raises(kl.ArgumentError, match="4"):
        kl.classify(company, "millman_wilson_stages", cut=3)


@pytest.mark.parametrize("cut", [-3, 1, 7.5, 50, {"buyer_investment": 8}])
def test_cuts_off_the_scale_are_refused_as_they_are_in_a_file(cut, language):
    with pytest.raises(kl.ArgumentError, match="7"):
        kl.classify(accounts(), cut=cut)


@pytest.mark.parametrize("cut", ["median", 3, {"stage": 3}])
def test_a_cut_of_a_model_without_scored_axes_is_refused(company, cut, language):
    with pytest.raises(kl.KamlabError):
        kl.classify(company, "webster", cut=cut)


# Weights.


def test_weights_of_ones_own_count():
    weights = {name: 0 for name in BUYER[1:]} | {"supplier_ties": 5}
    row = kl.classify(accounts("B"), weights=weights).augment().iloc[0]
    assert row["score_buyer_investment"] == 7
    assert row["score_supplier_investment"] == pytest.approx((5 * 3 + 5 * 4) / 10)


def test_a_column_of_no_weight_need_not_be_there_nor_fit():
    frame = accounts().drop(columns="buyer_ties").assign(supplier_ties=99.0)
    found = kl.classify(frame, weights={"buyer_ties": 0, "supplier_ties": 0})
    assert "buyer_ties" not in found.model.columns
    assert found.augment()["score_buyer_investment"][0] == 1


def test_a_shipped_model_is_not_changed_by_the_users_weights_and_cuts():
    expected = kl.classify(accounts()).augment()
    kl.classify(accounts(), weights={"buyer_ties": 9}, cut=2)
    pd.testing.assert_frame_equal(kl.classify(accounts()).augment(), expected)
    assert load_model("bensaou").axes[0].weights.tolist() == [1] * 6


BAD_WEIGHTS = [-1, nan, np.inf, "much", None, [1], pytest.param(10**400, id="beyond all floats")]


@pytest.mark.parametrize("weight", BAD_WEIGHTS)
def test_weights_that_are_none_are_refused_with_the_column(weight, language):
    with pytest.raises(kl.ArgumentError, match="buyer_ties"):
        kl.classify(accounts(), weights={"buyer_ties": weight})


@pytest.mark.parametrize("weights", [[1, 2], 3, "equal", ("buyer_ties", 1)])
def test_weights_without_columns_are_refused(weights, language):
    with pytest.raises(kl.ArgumentError):
        kl.classify(accounts(), weights=weights)


def test_a_weight_of_an_unknown_column_is_told_the_nearest(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(accounts(), weights={"buyer_tise": 1})
    assert str(caught.value).count("buyer_ties") == 2
    with pytest.raises(kl.ArgumentError):
        kl.classify(accounts(), weights={3: 1})


def test_an_axis_without_any_weight_is_refused(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(accounts(), weights=dict.fromkeys(SUPPLIER, 0))
    assert str(load_model("bensaou").axes[1].label) in str(caught.value)


# Ratings off the scale.


@pytest.mark.parametrize("value", [0.99, 7.01, 0, 99, -1, np.inf])
def test_ratings_off_the_scale_are_refused_with_column_and_account(value, language):
    frame = accounts("A", "B", "C")
    frame.loc[1:, "buyer_ties"] = value
    frame.loc[2, "supplier_ties"] = value
    with pytest.raises(kl.ArgumentError) as caught:
        kl.classify(frame)
    for part in ("buyer_ties", "B", "2", "supplier_ties", "C", f"{value:g}", "1", "7"):
        assert part in str(caught.value)


def test_ratings_off_the_scale_are_found_behind_a_mean_that_is_on_it(language):
    frame = pd.concat([accounts("A", "B"), accounts("B")], ignore_index=True)
    frame.loc[1:, "buyer_ties"] = [9.0, -3.0]
    with pytest.raises(kl.ArgumentError, match="buyer_ties") as caught:
        kl.classify(frame)
    assert "B" in str(caught.value)


def test_facts_may_lie_beyond_their_range(tmp_path):
    model = make_model(tmp_path, {"a": [{"column": "x", "range": [0, 1]}]})
    frame = pd.DataFrame({"account_id": list("ABC"), "x": [-9.0, 9, np.inf]})
    assert kl.classify(frame, model).augment()["score_a"].tolist() == [1, 7, 7]


# What does not matter.


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


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "Float32", "object"])
def test_ratings_of_any_number_type_are_understood(dtype):
    frame = accounts()
    typed = frame.astype(dict.fromkeys([*BUYER, *SUPPLIER], dtype))
    pd.testing.assert_frame_equal(kl.classify(typed).augment(), kl.classify(frame).augment())


@pytest.mark.parametrize("index", [[7] * 8, list("abcdefgh"), range(8, 0, -1)])
def test_the_index_does_not_matter(index):
    frame = accounts().set_index(pd.Index(index))
    pd.testing.assert_frame_equal(kl.classify(frame).augment(), kl.classify(accounts()).augment())


@pytest.mark.parametrize("ids", [range(8), [f"{n}" for n in range(8)], [1.5 * n for n in range(8)]])
def test_account_ids_come_out_as_they_went_in(ids):
    ids = list(ids)
    board = kl.classify(accounts().assign(account_id=ids))
    assert board.augment()["account_id"].tolist() == ids
    assert board.explain(ids[1])
    with pytest.raises(kl.ArgumentError):
        board.explain("nobody")


def test_the_callers_table_is_not_changed():
    frame = accounts()
    before = frame.copy(deep=True)
    kl.classify(frame).augment()
    pd.testing.assert_frame_equal(frame, before)


def test_one_account_alone_is_classified_under_every_cut(language):
    for cut in (None, "median", 3):
        board = kl.classify(accounts("B"), cut=cut)
        assert len(board.augment()) == 1
        assert board.explain("B")
        assert board.report()


# What is refused or stays empty.


def test_missing_columns_are_all_named(language):
    with pytest.raises(kl.NotApplicable) as caught:
        kl.classify(accounts().drop(columns=["buyer_ties", "supplier_logistics"]))
    assert "buyer_ties" in str(caught.value)
    assert "supplier_logistics" in str(caught.value)
    with pytest.raises(kl.NotApplicable) as caught:
        kl.classify(kl.Company(accounts=accounts().drop(columns=["buyer_ties"])))
    assert "buyer_ties" in str(caught.value)


def test_an_unknown_account_is_told_the_nearest(language):
    with pytest.raises(kl.ArgumentError, match="just under"):
        kl.classify(accounts("just under", "A")).explain("just undr")


@pytest.mark.parametrize("account", ["nobody", None, 3, nan])
def test_an_unknown_account_does_not_apply(account):
    with pytest.raises(kl.ArgumentError, match=str(account)):
        kl.classify(accounts()).explain(account)


@pytest.mark.parametrize("cut", ["midpoint", "median"])
def test_accounts_without_any_rating_are_counted_not_crashed_on(cut, language):
    frame = accounts("A", "B")
    frame[[*BUYER, *SUPPLIER]] = nan
    board = kl.classify(frame, cut=cut)
    assert board.glance()[["n_accounts", "n_unscored"]].iloc[0].tolist() == [0, 2]
    assert board.tidy()["n_accounts"].sum() == 0
    assert board.summary()
    assert board.report()
    assert board.augment()["cell"].isna().all()


@pytest.mark.parametrize("model", ["bensaou", "webster", "shapiro"])
@pytest.mark.parametrize("cut", [None, "median"])
def test_an_empty_account_table_gives_an_empty_board(model, cut, language):
    columns = load_model(model).columns
    frame = pd.DataFrame({"account_id": [], **{name: [] for name in columns}}, dtype=float)
    board = kl.classify(frame, model, cut=None if model == "webster" else cut)
    assert len(board.augment()) == 0
    assert len(board.how_sure()) == 0
    assert board.tidy()["n_accounts"].sum() == 0
    assert board.glance()[["n_accounts", "n_unscored"]].iloc[0].tolist() == [0, 0]
    assert board.summary()
    assert board.report()


# Results cannot be changed.


def test_a_result_is_not_changed_by_what_a_reader_does_to_it(company):
    board = kl.classify(company)
    expected = board.augment()
    for lent in (board.augment(), board.accounts, board.tidy(), board.glance(), board.how_sure()):
        lent.loc[:, lent.columns[0]] = lent.iloc[0, 0]
        lent[lent.columns[-1]] = None
    board.cells().clear()
    pd.testing.assert_frame_equal(board.augment(), expected)
    with pytest.raises(FrozenInstanceError):
        board.model = None


def test_the_numbers_of_a_result_cannot_be_written_to(company):
    board = kl.classify(company)
    for numbers in board.numbers:
        for name in ("points", "scores", "known", "cuts", "levels"):
            array = getattr(numbers, name)
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_later_changes_of_the_callers_table_do_not_reach_the_result():
    frame = accounts()
    board = kl.classify(frame)
    expected = board.augment()
    frame.loc[:, BUYER] = 1.0
    frame["account_id"] = "X"
    pd.testing.assert_frame_equal(board.augment(), expected)


# The models that come with kamlab.


def test_the_sample_fills_every_cell(company):
    assert (kl.classify(company.accounts).tidy()["n_accounts"] > 0).all()


@pytest.mark.parametrize("model", shipped_models())
def test_every_model_classifies_the_sample_company(company, model, language):
    board = kl.classify(company, model)
    table = board.augment()
    assert table["account_id"].tolist() == company.accounts["account_id"].tolist()
    scored = board.placement.scored
    assert scored.mean() > 0.5
    assert table["cell"].notna().tolist() == scored.tolist()
    assert set(table["cell"].dropna()) <= {cell.name for cell in board.model.cells}
    assert (board.tidy()["n_accounts"] > 0).sum() > 1
    assert board.tidy()["n_accounts"].sum() == scored.sum()
    for said in (board.explain(table["account_id"][scored].iloc[0]), board.report(), str(board)):
        assert said.strip()
    known = board.placement.distance
    assert (known[~np.isnan(known)] >= 0).all()


@pytest.fixture(scope="module", params=["en", "ja"])
def read_back(request, company, tmp_path_factory):
    """Return the sample company, written with headings of a language and read again."""
    folder = tmp_path_factory.mktemp("company") / "files"
    kl.use_language(request.param)
    kl.write_company(company, folder, headings="label")
    found = kl.read_company(folder)
    kl.use_language("en")
    return found


@pytest.mark.parametrize("model", shipped_models())
def test_every_model_classifies_a_company_read_from_files(read_back, company, model):
    found, expected = (kl.classify(data, model) for data in (read_back, company))
    pd.testing.assert_frame_equal(found.tidy(), expected.tidy())
    columns = ["account_id", "cell", "distance", "share_rated"]
    pd.testing.assert_frame_equal(found.augment()[columns], expected.augment()[columns])


@pytest.mark.parametrize("model", shipped_models())
def test_every_model_says_what_a_company_lacks(model, language):
    company = kl.Company(accounts=pd.DataFrame({"account_id": ["A"]}))
    with pytest.raises(kl.NotApplicable) as caught:
        kl.classify(company, model)
    for column in load_model(model).columns:
        assert column in str(caught.value)


def test_a_model_of_survey_items_follows_the_wave(company):
    first, last = (kl.classify(company, "four_s", wave=wave) for wave in (1, None))
    assert (first.placement.scores[:, 1] != last.placement.scores[:, 1]).any()
    survey = company.survey
    answers = survey[survey["wave"] == 1].groupby("account_id")
    items = [f"relationship_benefits_{number}" for number in (1, 2, 3)]
    expected = answers[items].mean().mean(axis=1).reindex(company.accounts["account_id"])
    np.testing.assert_allclose(first.placement.scores[:, 1], expected)


def test_a_recalled_scale_or_cut_warns(tmp_path):
    model = make_model(tmp_path, {"a": ["x"]})
    frame = pd.DataFrame({"account_id": ["A"], "x": [3.0]})
    recalled = replace(model.scale, status="recalled")
    with pytest.warns(kl.RecalledClaimWarning):
        kl.classify(frame, replace(model, scale=recalled))
    axis = replace(model.axes[0], cut=replace(model.axes[0].cut, status="recalled"))
    with pytest.warns(kl.RecalledClaimWarning):
        kl.classify(frame, replace(model, axes=(axis,)))


def test_every_statement_of_the_shipped_model_has_a_status_and_a_source():
    model = load_model("bensaou")
    claims = [model.citation, model.scale, model.effort]
    for axis in model.axes:
        claims += [axis.origin, axis.measure, axis.weighting, axis.cut]
    for cell in model.cells:
        claims += [cell.origin, cell.description, cell.prescription]
    assert all(claim.source for claim in claims)
    assert all(axis.cut.status == "design" for axis in model.axes)
    assert model.scale.status == "design"
