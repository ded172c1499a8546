"""How sure a cell is: closed forms, brute force, and what must not matter."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, norm

import kamlab as kl
from kamlab.portfolio.engine import doubts
from kamlab.portfolio.engine.doubts import drawn_weights, flips_by_weights, within_deviations
from kamlab.portfolio.engine.scoring import axis_score
from tests.portfolio.model_texts import make_model

nan = np.nan
DRAWS = 20_000
FLIPS = ["flips_weights", "flips_ratings", "flips_respondents"]


def within(expected, draws=DRAWS):
    """Return how far a share of draws may lie from its expectation.

    Five standard errors of a share, which chance exceeds once in two million times; and five
    draws more, for the normal form of that error is rough where hardly any draw counts.
    """
    expected = np.asarray(expected)
    return 5 * np.sqrt(expected * (1 - expected) / draws) + 5 / draws


def assert_shares(found, expected, draws=DRAWS):
    assert (np.abs(np.asarray(found) - expected) <= within(expected, draws)).all(), (
        np.asarray(found),
        np.asarray(expected),
    )


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"A{number}" for number in range(n)], **columns})


def noisy(board, **settings):
    return board.how_sure(draws=DRAWS, **settings)


# Rating noise.


@pytest.mark.parametrize("noise", [0.2, 0.5, 1.0])
def test_with_one_rating_the_share_moved_is_the_normal_tail(noise, tmp_path):
    frame = table(x=[1.0, 3.0, 3.6, 3.9, 4.0, 4.1, 4.5, 6.0])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}))
    found = noisy(board, rating_noise=noise)["flips_ratings"]
    assert_shares(found, norm.cdf(-np.abs(frame["x"] - 4) / noise))


def test_the_noise_of_a_score_is_that_of_a_weighted_mean_of_the_rated_items(tmp_path):
    weights = np.array([3.0, 2.0, 1.0])
    items = [{"column": c, "weight": w} for c, w in zip("xyz", weights, strict=True)]
    frame = table(x=[4.2, 4.2, 4.2, nan], y=[4.2, 4.2, nan, 4.2], z=[4.2, nan, nan, 4.2])
    board = kl.classify(frame, make_model(tmp_path, {"a": items}))
    rated = ~np.isnan(frame[["x", "y", "z"]].to_numpy())
    sd = 0.5 * np.sqrt((rated * weights**2).sum(axis=1)) / (rated * weights).sum(axis=1)
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], norm.cdf(-0.2 / sd))


def test_noise_is_a_twelfth_of_the_scale_if_left_out(tmp_path):
    frame = table(x=[48.0, 55.0])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}, scale=(0, 100)))
    expected = norm.cdf(-np.array([2, 5]) * 12 / 100)
    assert_shares(noisy(board)["flips_ratings"], expected)


def test_two_axes_of_different_ratings_move_independently(tmp_path):
    frame = table(x=[4.3, 3.7, 4.3], y=[4.2, 4.2, 1.0])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"], "b": ["y"]}))
    stays = norm.cdf(np.abs(frame[["x", "y"]] - 4) / 0.5).prod(axis=1)
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], 1 - stays)


def test_a_rating_that_counts_on_two_axes_has_one_noise(tmp_path):
    frame = table(x=[4.3, 3.9])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"], "b": ["x"]}))
    expected = norm.cdf(-np.abs(frame["x"] - 4) / 0.5)
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], expected)


def test_a_rating_that_is_reversed_on_another_axis_has_one_noise(tmp_path):
    """Both axes turn at the same value of the rating: it moves the account as one axis would."""
    frame = table(x=[4.3, 3.9])
    axes = {"a": ["x"], "b": [{"column": "x", "reverse": True}]}
    board = kl.classify(frame, make_model(tmp_path, axes))
    expected = norm.cdf(-np.abs(frame["x"] - 4) / 0.5)
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], expected)


def test_levels_and_merged_cells_count_as_they_are(tmp_path):
    axes = {"a": {"items": ["x"], "levels": ["low", "mid", "high"], "cut": [3, 5]}}
    frame = table(x=[2.8, 3.1, 4.0, 4.9, 5.5])
    cuts = norm.cdf((np.array([3, 5]) - frame["x"].to_numpy()[:, None]) / 0.5)
    below, above = cuts[:, 0], 1 - cuts[:, 1]
    apart = kl.classify(frame, make_model(tmp_path, axes))
    stays = np.array([below[0], *(1 - below - above)[1:4], above[4]])
    assert_shares(noisy(apart, rating_noise=0.5)["flips_ratings"], 1 - stays)
    merged = {"ends": {"a": ["low", "high"]}, "middle": {"a": "mid"}}
    board = kl.classify(frame, make_model(tmp_path, axes, cells=merged))
    middle = 1 - below - above
    expected = [middle[0], *(1 - middle[1:4]), middle[4]]
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], np.array(expected))


def test_facts_have_no_noise(tmp_path):
    items = ["x", {"column": "f", "weight": 3, "range": [0, 6]}, {"column": "r", "rank": True}]
    frame = table(x=[4.0, 5.0], f=[3.2, 1.0], r=[1.0, 2.0])
    board = kl.classify(frame, make_model(tmp_path, {"a": items}))
    gaps = np.abs(board.placement.scores[:, 0] - 4)
    found = noisy(board, rating_noise=0.5)["flips_ratings"]
    assert_shares(found, norm.cdf(-gaps / (0.5 / 5)))
    only = make_model(tmp_path, {"a": items[1:]})
    assert noisy(kl.classify(frame, only))["flips_ratings"].isna().all()


def test_without_noise_nothing_moves(tmp_path):
    board = kl.classify(table(x=[4.0, 3.999]), make_model(tmp_path, {"a": ["x"]}))
    assert noisy(board, rating_noise=0)["flips_ratings"].tolist() == [0, 0]


def test_rating_noise_leaves_a_median_cut_where_it_is(tmp_path):
    frame = table(x=[2.0, 3.0, 3.5, 5.0, 6.0])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}, cut="median"))
    expected = norm.cdf(-np.abs(frame["x"] - 3.5) / 0.5)
    assert_shares(noisy(board, rating_noise=0.5)["flips_ratings"], expected)


# Weights.


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [5, 3, 1, 1], [0.2, 0.8], [1, 2, 0, 4]])
@pytest.mark.parametrize("spread", [0.2, 0.5, 0.9])
def test_drawn_weights_have_the_mean_of_the_given_ones_and_the_promised_spread(weights, spread):
    weights = np.array(weights, dtype=float)
    found = drawn_weights(weights, DRAWS, spread, np.random.default_rng(0))
    share = weights / weights.sum()
    n = (weights > 0).sum()
    # A Dirichlet weight has the variance p (1 - p) / (concentration + 1).
    sd = spread * np.sqrt(share * (1 - share) / (n - 1))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()
    assert (found[:, weights == 0] == 0).all()
    assert (np.abs(found.mean(axis=0) - share) <= 5 * sd / np.sqrt(DRAWS)).all()
    # The relative standard error of a standard deviation is sqrt((kurtosis - 1) / 4 draws); the
    # kurtosis of these Beta distributions is 8 at most, so 5 % are five standard errors.
    np.testing.assert_allclose(found.std(axis=0), sd, rtol=0.05)
    if len(set(weights)) == 1:
        np.testing.assert_allclose(found.std(axis=0), spread / n, rtol=0.05)


def test_one_weight_stays_alone():
    drawn = drawn_weights(np.array([0.0, 3.0]), 7, 0.5, np.random.default_rng(0))
    assert drawn.tolist() == [[0, 1]] * 7


@pytest.mark.parametrize("weights", [(1, 1), (3, 1)])
def test_with_two_items_the_share_moved_is_that_of_a_beta_distribution(weights, tmp_path):
    frame = table(x=[6.0, 6.0, 1.0, 4.5, 5.0], y=[3.0, 1.0, 6.0, 3.9, 5.0])
    items = [{"column": c, "weight": w} for c, w in zip("xy", weights, strict=True)]
    board = kl.classify(frame, make_model(tmp_path, {"a": items}))
    x, y = frame["x"].to_numpy(), frame["y"].to_numpy()
    first = weights[0] / sum(weights)
    concentration = 1 / 0.4**2 - 1
    with np.errstate(divide="ignore"):
        turn = (4 - y) / (x - y)
    below = beta.cdf(turn, concentration * first, concentration * (1 - first))
    high_where_x_counts = np.where(x > y, 1 - below, below)
    high = np.where(x == y, (x >= 4).astype(float), high_where_x_counts)
    expected = np.where(board.placement.cell == 1, 1 - high, high)
    assert 0.01 < expected[0] < 0.99
    assert_shares(noisy(board, weight_spread=0.4)["flips_weights"], expected)


def test_an_account_whose_ratings_are_all_alike_is_never_moved_by_weights(tmp_path):
    model = make_model(tmp_path, {"a": list("wxyz")})
    frame = table(**{column: [3.999, 4.0, 4.001] for column in "wxyz"})
    assert noisy(kl.classify(frame, model))["flips_weights"].tolist() == [0, 0, 0]


def test_one_item_an_axis_is_never_moved_by_weights(tmp_path):
    frame = table(x=[3.9, 4.0, 5.0], y=[1.0, 6.0, 4.0], z=[7.0, 1.0, 4.0])
    alone = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}))
    assert noisy(alone)["flips_weights"].isna().all()
    beside = kl.classify(frame, make_model(tmp_path, {"a": ["x"], "b": ["y", "z"]}))
    second = kl.classify(frame, make_model(tmp_path, {"b": ["y", "z"]}))
    shares = [noisy(board)["flips_weights"].to_numpy() for board in (beside, second)]
    assert_shares(shares[0], shares[1], DRAWS / 2)
    without = kl.classify(frame, make_model(tmp_path, {"a": ["x", "y"]}), weights={"y": 0})
    assert noisy(without)["flips_weights"].isna().all()


@pytest.mark.parametrize("cut", ["midpoint", "median"])
def test_weightings_one_by_one_give_the_same_shares(cut, tmp_path):
    rng = np.random.default_rng(3)
    frame = table(**{column: rng.integers(1, 8, 15).astype(float) for column in "uvwxyz"})
    frame = frame.mask(rng.random(frame.shape) < 0.15).assign(account_id=frame["account_id"])
    axes = {"a": list("uvw"), "b": [{"column": "x", "weight": 3}, "y", "z"]}
    board = kl.classify(frame, make_model(tmp_path, axes, cut=cut))
    draws = 200
    found = flips_by_weights(
        board.model,
        board.numbers,
        board.placement.cell,
        draws=draws,
        spread=0.5,
        rng=np.random.default_rng(9),
    )
    rng = np.random.default_rng(9)
    drawn = [drawn_weights(axis.weights, draws, 0.5, rng) for axis in board.model.axes]
    moved, counted = np.zeros(15), np.zeros(15)
    for weights in zip(*drawn, strict=True):
        scores = [
            axis_score(frame[list(names)].to_numpy(), own)[0]
            for names, own in zip(("uvw", "xyz"), weights, strict=True)
        ]
        cuts = [4.0 if cut == "midpoint" else np.nanmedian(own) for own in scores]
        high = [own >= border - 1e-9 for own, border in zip(scores, cuts, strict=True)]
        cell = 2 * high[0] + high[1]
        placed = ~np.isnan(scores).any(axis=0)
        counted += placed
        moved += placed & (cell != board.placement.cell)
    scored = board.placement.scored
    np.testing.assert_allclose(found[scored], moved[scored] / counted[scored])
    assert np.isnan(found[~scored]).all()
    assert (found[scored] > 0).any()


def test_weightings_under_which_nobody_can_be_scored_do_not_count(tmp_path):
    """Rated on one of two items, an account has a score where that item weighs half or more."""
    model = make_model(tmp_path, {"a": ["x", "y"]}, cut="median")
    board = kl.classify(table(x=[5.0], y=[nan]), model)
    assert noisy(board)["flips_weights"].tolist() == [0]


# Respondents.


def raters(rng, sizes, spread=0.6, columns="xy"):
    rows = [
        {"account_id": f"A{number}", **dict(zip(columns, ratings, strict=True))}
        for number, size in enumerate(sizes)
        for ratings in np.clip(
            rng.normal(rng.uniform(3, 5, len(columns)), spread, (size, len(columns))), 1, 7
        )
    ]
    return pd.DataFrame(rows)


def pooled(scores, account):
    """Return the covariance of scores round their account's mean, by hand."""
    total, df = np.zeros((scores.shape[1],) * 2), 0
    for one in set(account.tolist()):
        own = scores[account == one]
        own = own[~np.isnan(own).any(axis=1)]
        if len(own):
            total += sum(np.outer(gap, gap) for gap in own - own.mean(axis=0))
            df += len(own) - 1
    return total / df


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_covariance_is_pooled_over_accounts(axes):
    rng = np.random.default_rng(axes)
    account = rng.integers(0, 12, 60)
    scores = rng.normal(4, 1, (60, axes)) + 0.5 * rng.normal(size=(60, 1)) + account[:, None]
    scores[rng.random((60, axes)) < 0.1] = nan
    root = within_deviations(scores, account)
    np.testing.assert_allclose(root @ root.T, pooled(scores, account))
    order = rng.permutation(60)
    again = within_deviations(scores[order], account[order])
    np.testing.assert_allclose(again @ again.T, root @ root.T)


def test_accounts_with_one_rater_tell_nothing_of_disagreement():
    assert within_deviations(np.array([[1.0], [5.0]]), np.array([0, 3])) is None
    assert within_deviations(np.array([[1.0], [nan]]), np.array([0, 0])) is None
    both = within_deviations(np.array([[1.0], [5.0], [7.0]]), np.array([0, 3, 3]))
    np.testing.assert_allclose(both @ both.T, [[2.0]])


def test_an_account_is_moved_by_respondents_as_the_mean_of_so_many(tmp_path):
    frame = raters(np.random.default_rng(1), [1, 2, 3, 5, 9, 30], columns="x")
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"]}))
    groups = frame.groupby("account_id", sort=False)["x"]
    variance = groups.var().mul(groups.size() - 1).sum() / (len(frame) - 6)
    expected = norm.cdf(-np.abs(groups.mean() - 4) / np.sqrt(variance / groups.size()))
    assert_shares(noisy(board)["flips_respondents"], expected)


def test_more_raters_make_an_account_more_sure(tmp_path):
    sizes = [1, 2, 4, 8, 16]
    rows = [
        {"account_id": f"A{size}", "x": 4.2 + shift, "y": 6.0}
        for size in sizes
        for shift in (np.zeros(1) if size == 1 else np.tile([-0.5, 0.5], size // 2))
    ]
    model = make_model(tmp_path, {"a": ["x"], "b": ["y"]})
    found = noisy(kl.classify(pd.DataFrame(rows), model))["flips_respondents"]
    assert all(more < fewer for fewer, more in pairwise(found))


def test_raters_who_err_alike_on_both_axes_move_both_at_once(tmp_path):
    rows = [("A", 4.0, 4.0), ("A", 4.6, 4.6), ("B", 3.6, 3.6), ("B", 4.8, 4.8)]
    frame = pd.DataFrame(rows, columns=["account_id", "x", "y"])
    board = kl.classify(frame, make_model(tmp_path, {"a": ["x"], "b": ["y"]}))
    sd = np.sqrt((0.3**2 * 2 + 0.6**2 * 2) / 2)
    expected = norm.cdf(-np.array([0.3, 0.2]) / (sd / np.sqrt(2)))
    assert_shares(noisy(board)["flips_respondents"], expected)


def test_facts_that_differ_between_the_rows_of_an_account_are_no_disagreement(tmp_path):
    frame = pd.DataFrame({"account_id": list("AABB"), "x": [4.2, 4.6, 3.0, 3.2]})
    frame["f"] = [10.0, 30.0, 20.0, 60.0]
    items = ["x", {"column": "f", "range": [0, 60]}]
    board = kl.classify(frame, make_model(tmp_path, {"a": items}))
    # Only x differs between raters, and it is half of the score.
    sd = 0.5 * np.sqrt((0.2**2 * 2 + 0.1**2 * 2) / 2)
    gaps = np.abs(board.placement.scores[:, 0] - 4)
    assert_shares(noisy(board)["flips_respondents"], norm.cdf(-gaps / (sd / np.sqrt(2))))
    alike = kl.classify(frame.assign(x=4.0), make_model(tmp_path, {"a": items}))
    assert noisy(alike)["flips_respondents"].isna().all()


def test_a_rater_who_rated_nothing_does_not_make_an_account_more_sure(tmp_path):
    frame = raters(np.random.default_rng(5), [3, 3, 3])
    blank = pd.DataFrame({"account_id": ["A0"] * 5, "x": nan, "y": nan})
    model = make_model(tmp_path, {"a": ["x"], "b": ["y"]})
    found, expected = (
        noisy(kl.classify(rows, model))["flips_respondents"]
        for rows in (pd.concat([frame, blank]), frame)
    )
    np.testing.assert_allclose(found, expected)


def test_one_rater_each_or_full_agreement_leaves_the_question_unasked(tmp_path):
    model = make_model(tmp_path, {"a": ["x"], "b": ["y"]})
    alone = kl.classify(raters(np.random.default_rng(1), [1, 1, 1]), model)
    agreed = pd.DataFrame({"account_id": list("AABB"), "x": [3.0, 3, 5, 5], "y": 2.0})
    for board in (alone, kl.classify(agreed, model)):
        assert noisy(board)["flips_respondents"].isna().all()


# What must not matter, and what is refused.


def everything(tmp_path):
    rng = np.random.default_rng(2)
    frame = raters(rng, rng.integers(1, 5, 30), columns="uvwxyz")
    frame.loc[rng.random(len(frame)) < 0.1, "u"] = nan
    frame["fact"] = frame.groupby("account_id")["u"].transform("mean") > 4
    axes = {
        "a": ["u", {"column": "v", "reverse": True}, "w"],
        "b": ["x", "y", {"column": "z", "weight": 3}],
        "c": {
            "rules": [
                {"level": "no", "needs": [{"column": "fact", "is": False}]},
                {"level": "yes", "needs": [{"column": "fact", "is": True}]},
            ]
        },
    }
    return frame, make_model(tmp_path, axes)


@pytest.mark.parametrize("cut", [None, "median"])
def test_the_order_of_the_rows_does_not_matter(cut, tmp_path):
    frame, model = everything(tmp_path)
    cuts = None if cut is None else {"a": cut, "b": cut}
    expected, found = (
        kl.classify(rows, model, cut=cuts).augment().sort_values("account_id", ignore_index=True)
        for rows in (frame, frame.sample(frac=1, random_state=1))
    )
    pd.testing.assert_frame_equal(found, expected)
    assert expected[FLIPS].gt(0).any().all()


def test_the_same_seed_gives_the_same_shares_and_another_nearly_the_same(tmp_path):
    board = kl.classify(*everything(tmp_path))
    first = board.how_sure(draws=2000, seed=1)
    pd.testing.assert_frame_equal(first, board.how_sure(draws=2000, seed=1))
    other = board.how_sure(draws=2000, seed=2)
    assert (first != other).any(axis=None)
    assert_shares(other, first.to_numpy(), 1000)


@pytest.mark.parametrize("at_once", [1, 31, 1000])
def test_the_size_of_the_portions_does_not_matter(at_once, tmp_path, monkeypatch):
    frame, model = everything(tmp_path)
    for cut in (None, {"a": "median", "b": "median"}):
        board = kl.classify(frame, model, cut=cut)
        monkeypatch.setattr(doubts, "NUMBERS_AT_ONCE", 10**9)
        expected = board.how_sure(draws=101)
        monkeypatch.setattr(doubts, "NUMBERS_AT_ONCE", at_once)
        pd.testing.assert_frame_equal(board.how_sure(draws=101), expected)


def test_a_table_knows_its_doubts_by_the_thousand_draws_of_seed_0(tmp_path):
    board = kl.classify(*everything(tmp_path))
    known = board.augment()[FLIPS]
    pd.testing.assert_frame_equal(known, board.how_sure(), check_names=False)
    pd.testing.assert_frame_equal(known, board.how_sure(draws=1000, seed=0), check_names=False)
    whole = board.glance().iloc[0]
    for name in FLIPS:
        assert whole[name] == pytest.approx(known[name].mean())


def test_accounts_without_a_cell_have_no_doubts(tmp_path):
    model = make_model(tmp_path, {"a": ["x", "y"]})
    frame = pd.concat([table(x=[3.0, nan], y=[6.0, nan])] * 2)
    frame["x"] += [0, 0, 0.5, 0]
    found = kl.classify(frame, model).how_sure()
    assert found.iloc[0].notna().all()
    assert found.iloc[1].isna().all()


@pytest.mark.parametrize("model", kl.models()["model"])
def test_shares_lie_between_0_and_1_for_every_model(company, model):
    board = kl.classify(company, model)
    found = board.how_sure(draws=50)
    assert found.columns.tolist() == FLIPS
    assert len(found) == len(company.accounts)
    known = found.to_numpy()[~np.isnan(found.to_numpy())]
    assert ((known >= 0) & (known <= 1)).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"draws": 0},
        {"draws": -1},
        {"draws": 1.5},
        {"draws": "many"},
        {"weight_spread": 0},
        {"weight_spread": 1},
        {"weight_spread": nan},
        {"weight_spread": "wide"},
        {"rating_noise": -0.1},
        {"rating_noise": np.inf},
        {"rating_noise": nan},
        {"seed": -1},
        {"seed": "x"},
    ],
)
def test_settings_out_of_bounds_are_refused(settings, tmp_path, language):
    board = kl.classify(table(x=[3.0], y=[6.0]), make_model(tmp_path, {"a": ["x", "y"]}))
    with pytest.raises(kl.ArgumentError, match=next(iter(settings))):
        board.how_sure(**settings)
