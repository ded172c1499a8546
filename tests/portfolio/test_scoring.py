"""The scoring engine against brute force: means, cuts, levels, cells, distances."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.portfolio.engine.scoring import (
    axis_score,
    border_distance,
    cell_of,
    cut_values,
    level_of,
    on_scale,
    place,
    ranks_on_scale,
)
from tests.portfolio.model_texts import make_model

nan = np.nan
SEEDS = range(5)


def mean_by_hand(values, weights):
    rated = [
        (value, weight) for value, weight in zip(values, weights, strict=True) if value == value
    ]
    weight = sum(weight for _, weight in rated)
    known = weight / sum(weights)
    if weight == 0 or known < 0.5 - 1e-12:
        return nan, known
    return sum(value * weight for value, weight in rated) / weight, known


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_are_weighted_means_of_the_known_values(seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(1, 7, (60, 5))
    values[rng.random((60, 5)) < 0.4] = nan
    weights = rng.integers(0, 4, (5, 8)).astype(float)
    weights[0, weights.sum(axis=0) == 0] = 1
    scores, known = axis_score(values, weights)
    expected = np.array(
        [[mean_by_hand(row, weights[:, draw]) for draw in range(8)] for row in values]
    )
    assert 0 < np.isnan(scores).mean() < 1
    np.testing.assert_allclose(scores, expected[:, :, 0])
    np.testing.assert_allclose(known, expected[:, :, 1])
    for draw in range(8):
        alone, _ = axis_score(values, weights[:, draw])
        np.testing.assert_allclose(alone, scores[:, draw])


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
    found, _ = axis_score(np.array([ratings], dtype=float), np.array(weights, dtype=float))
    np.testing.assert_allclose(found, [expected])


@pytest.mark.parametrize(
    "weights", [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.15, 0.15, 0.3], [1, 1, 2]]
)
def test_exactly_half_of_the_weight_is_enough_and_a_little_less_is_not(weights):
    weights = np.array(weights, dtype=float)
    largest = int(np.argmax(weights))
    ratings = np.full((1, 3), nan)
    ratings[0, largest] = 6.0
    score, known = axis_score(ratings, weights)
    assert score.item() == 6.0
    assert known.item() == pytest.approx(0.5)
    weights[largest] *= 0.999
    assert np.isnan(axis_score(ratings, weights)[0]).item()


def test_only_the_proportions_of_the_weights_count():
    rng = np.random.default_rng(0)
    values = np.where(rng.random((30, 4)) < 0.3, nan, rng.uniform(1, 7, (30, 4)))
    weights = np.array([1, 2, 3, 4.0])
    for factor in (1e-6, 0.1, 1e6):
        for found, expected in zip(
            axis_score(values, factor * weights), axis_score(values, weights), strict=True
        ):
            np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("bounds", "points"),
    [
        ((0, 10), [1, 1, 2.5, 4, 5.5, 7, 7, 1, 7, nan]),
        ((10, 0), [7, 7, 5.5, 4, 2.5, 1, 1, 7, 1, nan]),
        ((-5, 5), [1, 4, 5.5, 7, 7, 7, 7, 1, 7, nan]),
    ],
)
def test_facts_become_points_linearly_between_the_bounds(bounds, points):
    facts = np.array([-5, 0, 2.5, 5, 7.5, 10, 99, -np.inf, np.inf, nan])
    np.testing.assert_allclose(on_scale(facts, bounds, (1, 7)), points)


@pytest.mark.parametrize("seed", SEEDS)
def test_ranks_are_the_share_of_accounts_below_with_half_of_the_equals(seed):
    rng = np.random.default_rng(seed)
    facts = rng.integers(0, 6, 40).astype(float)
    facts[rng.random(40) < 0.2] = nan
    there = facts[~np.isnan(facts)]
    expected = [
        1 + 6 * ((there < fact).sum() + 0.5 * (there == fact).sum()) / len(there)
        if fact == fact
        else nan
        for fact in facts
    ]
    found = ranks_on_scale(facts, (1, 7))
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(ranks_on_scale(np.exp(3 * facts), (1, 7)), found)
    np.testing.assert_allclose(ranks_on_scale(-facts, (1, 7)), 8 - found)
    assert np.nanmean(found) == pytest.approx(4)


@pytest.mark.parametrize("facts", [[5.0], [5.0] * 7, [nan, 5.0, 5.0]])
def test_a_fact_that_is_the_same_for_all_stands_in_the_middle(facts):
    known = ~np.isnan(facts)
    np.testing.assert_array_equal(ranks_on_scale(np.array(facts), (0, 10))[known], 5.0)


def test_ranks_of_nothing_are_nothing():
    assert np.isnan(ranks_on_scale(np.full(3, nan), (1, 7))).all()
    assert ranks_on_scale(np.empty(0), (1, 7)).shape == (0,)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("midpoint", [4.0]),
        ("median", [2.5]),
        ((5.0,), [5.0]),
        ((2.25,), [2.25]),
        ((2.0, 3.5, 6.0), [2.0, 3.5, 6.0]),
    ],
)
def test_cut_rules(rule, expected):
    scores = np.array([1.0, 2.0, 3.0, 7.0, nan])
    found = cut_values(rule, scores[:, None], (1.0, 7.0))
    np.testing.assert_array_equal(found[:, 0], expected)


def test_medians_are_taken_draw_by_draw():
    rng = np.random.default_rng(1)
    scores = rng.uniform(1, 7, (21, 6))
    scores[rng.random((21, 6)) < 0.3] = nan
    scores[4] = nan
    expected = [[np.median(column[~np.isnan(column)]) for column in scores.T]]
    np.testing.assert_allclose(cut_values("median", scores, (1, 7)), expected)


def test_the_median_of_nobody_is_missing():
    assert np.isnan(cut_values("median", np.full((3, 1), nan), (1, 7))).all()
    assert np.isnan(cut_values("median", np.empty((0, 1)), (1, 7))).all()


def test_the_median_of_a_draw_without_any_score_is_missing():
    scores = np.array([[3.0, nan], [nan, nan]])
    found = cut_values("median", scores, (1, 7))
    np.testing.assert_array_equal(found, [[3.0, nan]])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_level_is_the_number_of_cuts_that_a_score_has_reached(seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 16, (50, 7)) / 2
    scores[rng.random((50, 7)) < 0.2] = nan
    cuts = np.sort(rng.choice(np.arange(1, 14), 3, replace=False)) / 2
    expected = [[-1 if s != s else sum(s >= cut for cut in cuts) for s in row] for row in scores]
    np.testing.assert_array_equal(level_of(scores, cuts[:, None]), expected)
    assert np.isin(cuts, scores).any()
    own = np.sort(rng.uniform(1, 7, (2, 7)), axis=0)
    found = level_of(scores, own)
    for draw in range(7):
        np.testing.assert_array_equal(found[:, draw], level_of(scores[:, draw], own[:, draw]))


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
    scores, known = axis_score(np.full((1, 6), score), np.array(weights))
    cuts = (np.array([score]),)
    placed = place(
        scores[:, None], level_of(scores, cuts[0])[:, None], cuts, np.array([0, 1]), known
    )
    assert placed.cell.item() == 1
    assert placed.distance.item() == pytest.approx(0, abs=1e-9)


def test_a_score_clearly_under_the_cut_is_low():
    assert level_of(np.array([4 - 1e-6]), np.array([4.0])).item() == 0


STEP = 0.01


def scanned_distance(point, cuts, table):
    """Return how far the nearest score of another cell is, one axis moved at a time."""
    best = np.inf
    for axis, _ in enumerate(cuts):
        line = np.tile(point, (801, 1))
        line[:, axis] = np.round(np.arange(801) * STEP, 2)
        other = cells(line, cuts, table) != cells(point[None], cuts, table)
        best = min([best, *np.abs(line[other, axis] - point[axis])])
    return best


def cells(points, cuts, table):
    reached = [
        (column[:, None] >= own).sum(axis=1) for column, own in zip(points.T, cuts, strict=True)
    ]
    return table[tuple(reached)]


@pytest.mark.parametrize(
    ("seed", "shape"), [*((s, (3, 4)) for s in range(6)), (6, (2,)), (7, (5,)), (8, (2, 3, 2))]
)
def test_the_distance_is_that_of_the_nearest_score_of_another_cell(seed, shape):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 3, shape)
    cuts = tuple(
        np.sort(rng.choice(np.arange(150, 650, 25), levels - 1, replace=False)) * STEP
        for levels in shape
    )
    scores = np.round(rng.uniform(1, 7, (25, len(shape))), 2)
    scores[0] = [own[0] for own in cuts]
    levels = np.column_stack(
        [level_of(column, own) for column, own in zip(scores.T, cuts, strict=True)]
    )
    found = border_distance(scores, levels, cuts, table)
    for point, distance in zip(scores, found, strict=True):
        expected = scanned_distance(point, cuts, table)
        if np.isinf(expected):
            assert np.isnan(distance)
        else:
            # Below a cut the nearest score of the scan lies a step beyond it.
            assert distance == pytest.approx(expected, abs=STEP + 1e-9)


def test_distance_is_to_the_nearest_border_of_all_axes():
    scores = np.array([[4.5, 2.0], [1.0, 3.9], [nan, 4.0]])
    cuts = (np.array([4.0]), np.array([4.0]))
    levels = np.column_stack([level_of(column, np.array([4.0])) for column in scores.T])
    placed = place(scores, levels, cuts, np.arange(4).reshape(2, 2), np.ones(3))
    np.testing.assert_allclose(placed.distance, [0.5, 0.1, nan])
    np.testing.assert_array_equal(placed.scored, [True, True, False])
    np.testing.assert_array_equal(placed.cell, [2, 0, -1])


def test_a_border_inside_a_merged_cell_is_none():
    table = np.array([[0, 0, 1], [2, 2, 2]])
    cuts = (np.array([4.0]), np.array([3.0, 5.0]))
    scores = np.array([[2.0, 2.9], [2.0, 3.1], [6.0, 2.9], [3.9, 4.9]])
    levels = np.array([[0, 0], [0, 1], [1, 0], [0, 1]])
    np.testing.assert_allclose(border_distance(scores, levels, cuts, table), [2.0, 1.9, 2.0, 0.1])


def test_with_one_cell_for_all_there_is_no_border():
    cuts = (np.array([4.0]), np.array([4.0]))
    found = border_distance(np.array([[2.0, 5.0]]), np.array([[0, 1]]), cuts, np.zeros((2, 2), int))
    assert np.isnan(found).all()


def test_a_ladder_has_no_borders_of_its_own():
    cuts = (np.array([nan]), np.array([4.0]))
    table = np.arange(4).reshape(2, 2)
    scores = np.array([[0.0, 5.5], [1.0, 3.0]])
    found = border_distance(scores, np.array([[0, 1], [1, 0]]), cuts, table)
    np.testing.assert_allclose(found, [1.5, 1.0])
    alone = border_distance(scores[:, :1], np.array([[0], [1]]), cuts[:1], np.arange(2))
    assert np.isnan(alone).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_are_looked_up_by_the_levels_of_all_axes(seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 5, (2, 3, 4))
    levels = [rng.integers(-1, size, (20, 6)) for size in table.shape]
    expected = [
        [-1 if min(own) < 0 else table[own] for own in zip(*rows, strict=True)]
        for rows in zip(*(axis.tolist() for axis in levels), strict=True)
    ]
    np.testing.assert_array_equal(cell_of(levels, table), expected)


def test_a_placement_cannot_be_written_to():
    placed = kl.classify(kl.sample_company()).placement
    for array in (placed.scores, placed.levels, placed.cell, placed.distance, placed.share_rated):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        placed.cuts[0][0] = 0


# What an item does to a column of facts, on a scale from 1 to 7; worked by hand.
FACTS = [0.0, 10.0, 20.0, 20.0, 50.0]
ITEMS = {
    "range": ({"range": [0, 40]}, [1, 2.5, 4, 4, 7]),
    "range from above": ({"range": [40, 0]}, [7, 5.5, 4, 4, 1]),
    "range reversed": ({"range": [0, 40], "reverse": True}, [7, 5.5, 4, 4, 1]),
    "rank": ({"rank": True}, [1.6, 2.8, 4.6, 4.6, 6.4]),
    "rank reversed": ({"rank": True, "reverse": True}, [6.4, 5.2, 3.4, 3.4, 1.6]),
}


@pytest.mark.parametrize("item", ITEMS)
def test_items_turn_facts_into_points(item, tmp_path):
    entries, points = ITEMS[item]
    model = make_model(tmp_path, {"a": [{"column": "x", **entries}]})
    frame = pd.DataFrame({"account_id": list("ABCDE"), "x": FACTS})
    board = kl.classify(frame, model)
    np.testing.assert_allclose(board.augment()["score_a"], points)
    np.testing.assert_allclose(board.placement.distance, np.abs(np.array(points) - 4))


def test_reversed_ratings_count_from_the_other_end(tmp_path):
    model = make_model(
        tmp_path, {"a": ["x", {"column": "y", "weight": 3, "reverse": True}]}, scale=(0, 10)
    )
    frame = pd.DataFrame({"account_id": ["A", "B", "C"], "x": [0.0, 10, 4], "y": [0.0, 10, nan]})
    found = kl.classify(frame, model).augment()["score_a"]
    np.testing.assert_allclose(found, [7.5, 2.5, nan])


def test_the_share_rated_is_that_of_the_axis_of_which_least_is_known(tmp_path):
    model = make_model(tmp_path, {"a": ["x", {"column": "y", "weight": 3}], "b": ["x", "z"]})
    frame = pd.DataFrame(
        {"account_id": list("ABCD"), "x": [1.0, 1, nan, nan], "y": [1.0, 1, 1, nan]}
    )
    frame["z"] = [1.0, nan, 1, nan]
    board = kl.classify(frame, model)
    np.testing.assert_allclose(board.augment()["share_rated"], [1, 0.5, 0.5, 0])
    assert board.placement.scored.tolist() == [True, True, True, False]


def test_three_levels_and_merged_cells_from_the_file_to_the_cell(tmp_path):
    axes = {
        "a": {"items": ["x"], "levels": ["low", "mid", "high"], "cut": [3, 5.5]},
        "b": ["y"],
    }
    cells = {
        "top": {"a": "high"},
        "rest": {"a": ["low", "mid"], "b": "low"},
        "low_high": {"a": "low", "b": "high"},
        "mid_high": {"a": "mid", "b": "high"},
    }
    model = make_model(tmp_path, axes, cells=cells)
    grid = list(product([1.0, 2.99, 3, 5.49, 5.5, 7], [1.0, 3.99, 4, 7]))
    frame = pd.DataFrame(grid, columns=["x", "y"]).assign(account_id=range(len(grid)))
    found = kl.classify(frame, model).augment()["cell"].tolist()

    def by_hand(x, y):
        if x >= 5.5:
            return "top"
        return "rest" if y < 4 else "mid_high" if x >= 3 else "low_high"

    assert found == [by_hand(*point) for point in grid]
