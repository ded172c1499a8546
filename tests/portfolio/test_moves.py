import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.columns import labelled
from kamlab.portfolio.comparison.moves import moves
from kamlab.portfolio.declaration.library import load_model
from tests.portfolio.making import accounts_in

MARKET, BUYER, SUPPLIER = "market_exchange", "captive_buyer", "captive_supplier"
PARTNER = "strategic_partnership"
BEFORE = [MARKET, MARKET, MARKET, BUYER, BUYER, PARTNER, SUPPLIER, None, PARTNER]
AFTER = [MARKET, MARKET, PARTNER, BUYER, MARKET, PARTNER, None, MARKET, PARTNER]


def board(cells, ids=None):
    frame = accounts_in("bensaou", cells)
    return kl.classify(frame if ids is None else frame.assign(account_id=ids))


@pytest.fixture
def followed():
    """A0 to A7 both times; A8 is gone and B is new."""
    after = [f"A{number}" for number in range(8)]
    return moves(board(BEFORE), board(AFTER, [*after, "B"]))


def test_moves_are_counted_as_by_hand(followed):
    counted = followed.tidy().set_index("term")
    assert counted["n_accounts"].to_dict() == {
        f"{MARKET} -> {MARKET}": 2, f"{MARKET} -> {PARTNER}": 1,
        f"{BUYER} -> {MARKET}": 1, f"{BUYER} -> {BUYER}": 1,
        f"{SUPPLIER} -> none": 1,
        f"{PARTNER} -> {PARTNER}": 1, f"{PARTNER} -> none": 1,
        f"none -> {MARKET}": 1, f"none -> {PARTNER}": 1,
    }  # fmt: skip
    share = counted["share"]
    assert share[f"{MARKET} -> {PARTNER}"] == pytest.approx(1 / 3)
    assert share[f"{PARTNER} -> none"] == 0.5
    assert np.isnan(share[f"none -> {MARKET}"])
    known = counted.dropna(subset=["cell_before"])
    assert known.groupby("cell_before")["share"].sum().tolist() == pytest.approx([1.0] * 4)


def test_the_whole_in_one_row(followed):
    glance = followed.glance().iloc[0]
    counts = ["n_accounts", "n_moved", "n_new", "n_left", "n_unscored"]
    assert glance[counts].tolist() == [6, 2, 1, 1, 2]
    assert glance["share_moved"] == pytest.approx(2 / 6)
    assert glance["model"] == "bensaou"


def test_every_account_of_either_time_has_its_row(followed):
    table = followed.augment().set_index("account_id")
    assert table["move"].to_dict() == {
        "A0": "stayed", "A1": "stayed", "A2": "moved", "A3": "stayed", "A4": "moved",
        "A5": "stayed", "A6": "unscored", "A7": "unscored", "A8": "gone", "B": "new",
    }  # fmt: skip
    assert table["moved"].isna().sum() == 4
    assert table["moved"].sum() == 2
    assert table.loc["A2", ["cell_before", "cell_after"]].tolist() == [MARKET, PARTNER]
    assert table.loc["A8", ["cell_after", "cell_after_label"]].isna().all()
    assert table.loc[["A6", "A8", "B"], "moved_by_noise"].isna().all()


def test_cells_and_moves_are_worded_in_the_language_in_use(followed, language):
    row = labelled(followed.augment()).iloc[2]
    words = {
        "en": ("Market exchange", "Strategic partnership", "moved", "yes"),
        "ja": ("市場取引型", "戦略的パートナーシップ型", "移動", "はい"),
    }
    assert set(words[language]) <= set(row)
    term = followed.term_labels[f"{MARKET} -> {PARTNER}"]
    assert str(term) == " → ".join(words[language][:2])


def test_the_order_of_accounts_does_not_matter(followed):
    frame = accounts_in("bensaou", [*AFTER])
    ids = [*(f"A{number}" for number in range(8)), "B"]
    shuffled = frame.assign(account_id=ids).sample(frac=1, random_state=2)
    found = moves(followed.before, kl.classify(shuffled))
    pd.testing.assert_frame_equal(found.tidy(), followed.tidy())


def test_looking_back_turns_every_move_round(followed):
    there = followed.tidy().set_index(["cell_before", "cell_after"])["n_accounts"]
    back = moves(followed.after, followed.before).tidy()
    again = back.set_index(["cell_after", "cell_before"])["n_accounts"]
    pd.testing.assert_series_equal(there.sort_index(), again.sort_index(), check_names=False)


def rated(standing, draw):
    """Ratings of accounts that stand where they stand, with the noise that doubts assume."""
    model = load_model("bensaou")
    columns = [item.column for axis in model.axes for item in axis.items]
    low, high = model.scale.value
    noise = draw.normal(0, (high - low) / 12, (len(standing), len(columns)))
    ratings = np.clip(np.repeat(standing, 6, axis=1) + noise, low, high)
    frame = pd.DataFrame(ratings, columns=columns)
    return kl.classify(frame.assign(account_id=[f"A{n}" for n in range(len(standing))]))


def test_noise_alone_moves_about_as_many_as_the_result_says():
    """Doubts are of one time; with two, twice as much noise stands between the two cells."""
    draw, moved, expected = np.random.default_rng(3), [], []
    standing = np.clip(draw.normal(4, 0.8, (1500, 2)), 2.6, 5.4)
    for _ in range(4):
        glance = moves(rated(standing, draw), rated(standing, draw)).glance().iloc[0]
        moved.append(glance["n_moved"])
        expected.append(glance["n_moved_by_noise"])
    # 1,200 moves are known to within three standard errors of a count: 9 %.
    assert np.sum(moved) == pytest.approx(np.sum(expected), rel=0.09)


def test_the_chance_of_a_move_by_noise_is_that_of_both_times():
    near, far = [4.05, 6.0], [2.0, 6.0]
    draw = np.random.default_rng(5)
    found = moves(rated(np.array([near, far]), draw), rated(np.array([near, far]), draw))
    chances = found.augment()["moved_by_noise"]
    flips = [b.augment()["flips_ratings"].to_numpy() for b in (found.before, found.after)]
    assert chances.tolist() == pytest.approx(np.mean([2 * f * (1 - f) for f in flips], axis=0))
    assert chances[0] > 0.1 > chances[1]


def test_where_doubts_are_unknown_noise_is_not_said_to_be_nothing(company, language):
    board = kl.classify(company, "webster")
    found = moves(board, board)
    flips = board.augment()[["flips_ratings", "flips_respondents"]]
    assert flips.isna().all(axis=None)
    assert np.isnan(found.glance()["n_moved_by_noise"].item())
    assert {"en": "not known", "ja": "わかりません"}[language] in str(found.notes[0])
    assert found.report()


def test_new_gone_and_unscored_accounts_are_told(followed, language):
    notes = [str(note) for note in followed.notes[1:4]]
    words = {
        "en": [("New", "1 account"), ("Gone", "1 account"), ("Without a cell", "2 account")],
        "ja": [("新しい", "1社"), ("いなくなった", "1社"), ("分類できず", "2社")],
    }
    for note, parts in zip(notes, words[language], strict=True):
        for part in parts:
            assert part in note


def test_borders_that_moved_are_told(language):
    frame = accounts_in("bensaou", [MARKET, BUYER, PARTNER])
    said = {"en": "not the same both times", "ja": "境界が異なります"}[language]
    one, other, weighted = (
        kl.classify(frame),
        kl.classify(frame, cut=6.5),
        kl.classify(frame, weights={"buyer_ties": 3}),
    )
    assert any(said in str(note) for note in moves(one, other).notes)
    assert any(said in str(note) for note in moves(one, weighted).notes)
    assert not any(said in str(note) for note in moves(one, one).notes)


def test_the_report_says_how_many_moved_and_how_many_noise_would_move(followed, language):
    text = followed.report()
    assert str(followed.term_labels[f"{BUYER} -> {MARKET}"]) in text
    assert str(followed.term_labels[f"{BUYER} -> {BUYER}"]) not in text
    assert {"en": "2 of them moved", "ja": "2社が移動"}[language] in text
    assert {"en": "Noise alone", "ja": "ノイズだけ"}[language] in text


def test_portfolios_of_different_models_are_refused(company, language):
    with pytest.raises(kl.ArgumentError, match="four_s"):
        moves(kl.classify(company), kl.classify(company, "four_s"))


@pytest.mark.parametrize("wrong", [None, "bensaou", pd.DataFrame()])
def test_what_is_no_portfolio_is_refused(wrong, language):
    with pytest.raises(kl.ArgumentError, match="classify"):
        moves(board([MARKET]), wrong)


def test_an_account_that_never_had_a_cell_makes_no_move():
    found = moves(board([MARKET, None]), board([MARKET, None]))
    assert found.tidy()["term"].tolist() == [f"{MARKET} -> {MARKET}"]
    assert found.glance()["n_unscored"].item() == 1


def test_no_account_in_common_gives_no_shares_and_no_crash(language):
    found = moves(board([MARKET, BUYER]), board([MARKET], ["B"]))
    glance = found.glance().iloc[0]
    assert glance[["n_accounts", "n_moved", "n_new", "n_left"]].tolist() == [0, 0, 1, 2]
    assert np.isnan(glance["share_moved"])
    assert found.report()
    assert found.summary()
    assert found.plot().figure.alt


def test_the_picture_is_described_and_shows_every_cell(followed, language):
    ax = followed.plot()
    shown = " ".join(
        text.get_text().replace("\n", " ")
        for text in (*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels())
    )
    for cell in followed.after.model.cells:
        assert "".join(str(cell.label).split()) in "".join(shown.split())
    assert ax.figure.alt
