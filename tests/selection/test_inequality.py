import numpy as np
import pytest

from kamlab.selection.inequality import fewest_for, gini, herfindahl, top_share

EXACT = 1e-12  # sums of at most some hundred doubles
SHAPES = [(5, 0), (40, 1), (241, 2)]


def drawn(size, seed):
    return np.random.default_rng(seed).lognormal(10, 1.3, size)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7], 0),
        ([3, 3, 3, 3], 0),
        ([0, 0, 0, 1], 3 / 4),
        ([1, 2, 3, 4, 5], 4 / 15),
        ([1, 1, 1, 1, 6], 0.4),
        ([0, 10], 1 / 2),
    ],
)
def test_gini_of_vectors_worked_by_hand(values, expected):
    assert gini(np.array(values, dtype=float)) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize(("size", "seed"), SHAPES)
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(size, seed):
    values = drawn(size, seed)
    pairs = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values) == pytest.approx(pairs / values.mean() / 2, abs=EXACT)


@pytest.mark.parametrize(("size", "seed"), SHAPES)
def test_gini_and_hhi_know_neither_order_nor_unit(size, seed):
    values = drawn(size, seed)
    mixed = np.random.default_rng(seed).permutation(values) / 1000
    assert gini(mixed) == pytest.approx(gini(values), abs=EXACT)
    assert herfindahl(mixed) == pytest.approx(herfindahl(values), abs=EXACT)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([40, 30, 20, 10], 0.30),
        ([5, 5, 5, 5], 1 / 4),
        ([0, 0, 9], 1),
        ([1, 1, 1, 1, 6], 0.4),
    ],
)
def test_hhi_of_vectors_worked_by_hand(values, expected):
    assert herfindahl(np.array(values, dtype=float)) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize(
    ("part", "expected"),
    [(0, 0), (0.1, 10 / 55), (0.2, 19 / 55), (0.25, (19 + 4) / 55), (0.5, 40 / 55), (1, 1)],
)
def test_the_top_part_counts_an_account_on_the_border_in_part(part, expected):
    assert top_share(np.arange(1.0, 11.0), part) == pytest.approx(expected, abs=EXACT)


def test_the_top_part_may_bring_more_than_all_where_others_lose():
    assert top_share(np.array([-5.0, 5.0, 10.0, 0.0]), 0.5) == pytest.approx(1.5, abs=EXACT)


@pytest.mark.parametrize(
    ("values", "part", "expected"),
    [
        ([10, 20, 30, 40], 0.8, 3),
        ([40, 40, 20], 0.8, 2),
        ([1, 1, 1, 1, 1], 0.8, 4),
        ([1, 1, 1, 1, 1], 0.81, 5),
        ([0.1] * 10, 0.8, 8),
        ([100, 0, 0], 0.8, 1),
        ([-50, 100, 50], 0.8, 1),
    ],
)
def test_the_fewest_that_bring_a_part_are_counted(values, part, expected):
    assert fewest_for(np.array(values, dtype=float), part) == expected


@pytest.mark.parametrize(("size", "seed"), SHAPES)
def test_one_fewer_would_not_do(size, seed):
    values = drawn(size, seed)
    few = fewest_for(values, 0.8)
    falling = np.sort(values)[::-1]
    assert falling[:few].sum() >= 0.8 * values.sum() > falling[: few - 1].sum()
