import numpy as np
import pytest
from scipy import stats

from kamlab.portfolio.engine.doubts import drawn_weights
from kamlab.selection.ranking import (
    Block,
    changes_without,
    correlation,
    inclusion,
    on_list,
    ranks,
    total_score,
)

EXACT = 1e-12
DRAWS = 20_000
MONTE_CARLO = 4 * 0.5 / np.sqrt(DRAWS)  # four standard errors of a share at its widest
HALF = np.array([0.5, 0.5])


def block(points, weights=None):
    points = np.array(points, dtype=float)
    return Block(points, np.ones(points.shape[1]) if weights is None else np.array(weights, float))


def included(blocks, shares, n, draws=DRAWS, spread=0.5, seed=0):
    rng = np.random.default_rng(seed)
    return inclusion(blocks, np.array(shares, float), n, draws=draws, spread=spread, rng=rng)


def test_the_total_is_worked_by_hand():
    blocks = [block([[2, 4], [6, 10]], [3, 1]), block([[1], [5]])]
    assert total_score(blocks, np.array([0.25, 0.75])).tolist() == pytest.approx(
        [0.25 * 2.5 + 0.75 * 1, 0.25 * 7 + 0.75 * 5]
    )


def test_an_account_is_scored_where_half_of_the_weight_is_rated():
    first = block([[8, np.nan, np.nan], [np.nan, 4, np.nan], [1, 2, 3]], [2, 1, 1])
    second = block([[5], [5], [np.nan]])
    assert total_score([first, second], HALF).tolist() == pytest.approx(
        [6.5, np.nan, np.nan], nan_ok=True
    )


def test_a_block_without_a_share_need_not_be_rated():
    blocks = [block([[3], [7]]), block([[np.nan], [np.nan]])]
    assert total_score(blocks, np.array([1.0, 0.0])).tolist() == [3, 7]


def test_equal_totals_share_the_best_place_and_missing_ones_have_none():
    totals = np.array([5.0, 7.0, np.nan, 5.0 + 1e-13, 1.0])
    assert ranks(totals).tolist() == pytest.approx([2, 1, np.nan, 2, 4], nan_ok=True)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, [False, True, False, False, False]),
        (2, [True, True, False, True, False]),
        (3, [True, True, False, True, False]),
        (4, [True, True, False, True, True]),
        (9, [True, True, False, True, True]),
    ],
)
def test_all_who_equal_the_last_are_on_the_list(n, expected):
    assert on_list(np.array([5.0, 7.0, np.nan, 5.0, 1.0]), n).tolist() == expected


def test_lists_of_several_draws_are_those_of_each():
    n = 7
    totals = np.random.default_rng(4).integers(0, 12, (40, 30)).astype(float)
    totals[::9, ::2] = np.nan
    each = np.column_stack([on_list(column, n) for column in totals.T])
    assert (on_list(totals, n) == each).all()
    strictly_above = (totals[None] > totals[:, None]).sum(axis=1)
    assert (each == ((strictly_above < n) & ~np.isnan(totals))).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_inclusion_is_what_counting_draw_by_draw_gives(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.uniform(0, 10, (6, 3)), rng.uniform(0, 10, (6, 2))
    first[1, 0] = second[4, 0] = np.nan
    blocks = [block(first, [2, 1, 1]), block(second, [1, 3])]
    shares, n, draws = np.array([0.6, 0.4]), 2, 50
    quick = included(blocks, shares, n, draws, seed=seed)

    rng = np.random.default_rng(seed)
    weights = [drawn_weights(own.weights, draws, 0.5, rng) for own in blocks]
    balance = drawn_weights(shares, draws, 0.5, rng)
    times = np.zeros(6)
    for draw in range(draws):
        totals = np.zeros(6)
        for account in range(6):
            for own, drawn, share in zip(blocks, weights, balance[draw], strict=True):
                rated = ~np.isnan(own.points[account])
                weight = drawn[draw][rated]
                totals[account] += share * (own.points[account][rated] @ weight) / weight.sum()
        times[np.argsort(-totals)[:n]] += 1
    assert quick.tolist() == pytest.approx((times / draws).tolist(), abs=EXACT)
    assert 0 < quick.max() < 1 or len(set(quick)) > 2


@pytest.mark.parametrize(("weights", "spread"), [((1, 1), 0.5), ((3, 1), 0.5), ((3, 1), 0.2)])
def test_inclusion_of_two_opposites_is_a_beta_probability(weights, spread):
    blocks = [block([[10, 0], [0, 10]], weights), block([[5], [5]])]
    concentration = 1 / spread**2 - 1
    first, second = concentration * np.array(weights) / sum(weights)
    expected = stats.beta.sf(0.5, first, second)
    share = included(blocks, HALF, 1, spread=spread)
    assert share.tolist() == pytest.approx([expected, 1 - expected], abs=MONTE_CARLO)


def test_the_balance_of_the_blocks_is_drawn_too():
    blocks = [block([[10], [0]]), block([[0], [10]])]
    expected = stats.beta.sf(0.5, 3 * 0.7, 3 * 0.3)
    share = included(blocks, (0.7, 0.3), 1)
    assert share.tolist() == pytest.approx([expected, 1 - expected], abs=MONTE_CARLO)


def test_a_block_without_a_share_stays_without_one():
    blocks = [block([[10], [0]]), block([[0], [10]])]
    assert included(blocks, (1, 0), 1, 200).tolist() == [1, 0]
    assert included(blocks, (0, 1), 1, 200).tolist() == [0, 1]


def test_who_is_best_at_everything_is_always_on_the_list():
    blocks = [block([[9, 9], [8, 1], [1, 8]]), block([[7], [6], [5]])]
    share = included(blocks, HALF, 1, 500)
    assert share.tolist() == [1, 0, 0]


def test_a_zero_weight_stays_zero():
    blocks = [block([[0, 10], [1, 0]], [1, 0]), block([[5], [5]])]
    assert included(blocks, HALF, 1, 300).tolist() == [0, 1]


def test_a_criterion_that_is_the_same_for_all_decides_nothing():
    points = np.random.default_rng(2).uniform(0, 10, (8, 2))
    with_constant = block(np.column_stack([points, np.full(8, 4.0)]))
    only_first, other = np.array([1.0, 0.0]), block(points[:, :1])
    totals = total_score([with_constant, other], only_first)
    assert ranks(totals).tolist() == ranks(total_score([block(points), other], only_first)).tolist()
    assert changes_without([with_constant, other], only_first, 3)[0][2] == 0
    assert np.isnan(correlation(np.full(8, 4.0), totals))


def test_equals_are_on_the_list_together_in_every_draw():
    blocks = [block([[4, 4], [4, 4], [1, 1]]), block([[6], [6], [1]])]
    assert included(blocks, HALF, 1, 100).tolist() == [1, 1, 0]


def test_who_has_no_score_is_in_no_draw_and_keeps_nobody_out():
    blocks = [block([[np.nan, np.nan], [5, 5], [4, 4]]), block([[9], [5], [4]])]
    share = included(blocks, HALF, 1, 100)
    assert share.tolist() == pytest.approx([np.nan, 1, 0], nan_ok=True)


def test_nobody_scored_gives_nobody():
    blocks = [block([[np.nan], [np.nan]]), block([[1], [2]])]
    assert np.isnan(included(blocks, HALF, 1, 10)).all()


def test_all_are_on_a_list_that_is_long_enough():
    blocks = [block([[1], [2], [3]]), block([[3], [2], [1]])]
    assert included(blocks, HALF, 3, 20).tolist() == [1, 1, 1]


def test_many_draws_in_parts_are_those_in_one(monkeypatch):
    rng = np.random.default_rng(0)
    blocks = [block(rng.uniform(0, 10, (30, 4))), block(rng.uniform(0, 10, (30, 3)))]
    whole = included(blocks, HALF, 5, 300)
    monkeypatch.setattr("kamlab.portfolio.engine.doubts.NUMBERS_AT_ONCE", 900)
    assert included(blocks, HALF, 5, 300).tolist() == whole.tolist()


def test_what_changes_without_a_criterion_is_what_ranking_without_it_shows():
    rng = np.random.default_rng(3)
    points = [rng.uniform(0, 10, (25, 4)), rng.uniform(0, 10, (25, 3))]
    points[0][3, 1] = points[1][7, 2] = np.nan
    weights = [np.array([1.0, 2.0, 0.5, 1.0]), np.array([1.0, 1.0, 2.0])]
    blocks = [Block(*pair) for pair in zip(points, weights, strict=True)]
    before = on_list(total_score(blocks, HALF), 6)
    for number, row in enumerate(changes_without(blocks, HALF, 6)):
        for place, changed in enumerate(row):
            keep = np.arange(len(row)) != place
            cut = list(blocks)
            cut[number] = Block(points[number][:, keep], weights[number][keep])
            after = on_list(total_score(cut, HALF), 6)
            assert changed == (before & ~after).sum()
    assert max(map(np.max, changes_without(blocks, HALF, 6))) > 0


def test_the_only_criterion_of_a_block_cannot_be_left_out():
    blocks = [block([[1, 2], [3, 1]], [1, 0]), block([[1, 2], [3, 1]])]
    first, second = changes_without(blocks, HALF, 1)
    assert np.isnan(first[0])
    assert first[1] == 0
    assert not np.isnan(second).any()


def test_correlation_is_over_those_who_have_both():
    values = np.array([1.0, 2.0, 3.0, np.nan, 9.0])
    totals = np.array([2.0, 4.1, 5.9, 8.0, np.nan])
    assert correlation(values, totals) == pytest.approx(np.corrcoef([1, 2, 3], [2, 4.1, 5.9])[0, 1])
    assert np.isnan(correlation(values[3:], totals[3:]))
