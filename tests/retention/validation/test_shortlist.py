from itertools import pairwise, permutations

import numpy as np
import pytest

from kamlab.retention.validation.shortlist import Shortlist

EXACT = 1e-12  # the same sums in another order


def one_by_one(probability, stayed, period, capacity):
    """Fill each period's list in every order that ties allow; return the means over orders."""
    on_list, by_lot = 0.0, 0.0
    for own in (np.flatnonzero(period == one) for one in np.unique(period)):
        hits = []
        for order in permutations(own):
            if all(probability[a] <= probability[b] for a, b in pairwise(order)):
                hits.append(sum(1 - stayed[row] for row in order[:capacity]))
        on_list += np.mean(hits)
        by_lot += min(capacity, len(own)) * (1 - stayed[own]).mean()
    return on_list / by_lot, on_list / (1 - stayed).sum()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("capacity", [1, 2, 4, 9])
def test_measures_are_the_mean_over_all_orders_of_ties(seed, capacity):
    rng = np.random.default_rng(seed)
    period = np.array([0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0])
    probability = rng.integers(1, 5, 11) / 5
    stayed = np.r_[0, 1, (rng.random(9) < 0.6)].astype(float)
    found = Shortlist(probability, stayed, period, capacity).measures(np.ones((1, 11)))
    expected = one_by_one(probability, stayed, period, capacity)
    assert (found["lift"][0], found["found"][0]) == pytest.approx(expected, rel=EXACT)


def test_weights_are_rows_that_are_there_so_many_times():
    rng = np.random.default_rng(3)
    probability, stayed = rng.integers(1, 9, 60) / 9, (rng.random(60) < 0.7).astype(float)
    period, times = rng.integers(0, 3, 60), rng.integers(0, 4, (6, 60))
    found = Shortlist(probability, stayed, period, 7).measures(times.astype(float))
    for number, draw in enumerate(times):
        rows = np.repeat(np.arange(60), draw)
        again = Shortlist(probability[rows], stayed[rows], period[rows], 7)
        expected = again.measures(np.ones((1, len(rows))))
        for name in ("lift", "found"):
            assert found[name][number] == pytest.approx(expected[name][0], rel=EXACT)


def test_a_list_by_hand():
    # Of four places two hold leavers, and the list by lot would hold 4 * 2 / 8 = 1.
    probability = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    stayed = np.array([0.0, 1, 0, 1, 1, 1, 1, 1])
    found = Shortlist(probability, stayed, np.zeros(8, int), 4).measures(np.ones((1, 8)))
    assert (found["lift"][0], found["found"][0]) == (2, 1)


def test_equal_forecasts_are_a_list_by_lot_and_so_is_a_list_of_everybody():
    stayed, period = np.array([0.0, 1, 1, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1, 1, 1])
    alike = Shortlist(np.full(7, 0.5), stayed, period, 2).measures(np.ones((1, 7)))
    assert alike["lift"][0] == pytest.approx(1, rel=EXACT)
    assert alike["found"][0] == pytest.approx((2 / 3 + 2 / 4) / 2, rel=EXACT)
    everybody = Shortlist(np.linspace(0, 1, 7), stayed, period, 4).measures(np.ones((1, 7)))
    assert (everybody["lift"][0], everybody["found"][0]) == pytest.approx((1, 1), rel=EXACT)


def test_no_list_is_better_than_the_perfect_one():
    rng = np.random.default_rng(4)
    stayed, period = (rng.random(40) < 0.7).astype(float), rng.integers(0, 2, 40)
    for _ in range(50):
        list_ = Shortlist(rng.random(40), stayed, period, 5)
        found = list_.measures(np.ones((1, 40)))
        assert found["found"][0] <= list_.perfect()["found"] + EXACT
        assert found["lift"][0] <= list_.perfect()["lift"] + EXACT
    left = np.array([((period == one) & (stayed == 0)).sum() for one in (0, 1)])
    assert list_.perfect()["found"] == pytest.approx(np.minimum(left, 5).sum() / left.sum())


def test_where_nobody_left_there_is_no_measure():
    list_ = Shortlist(np.array([0.2, 0.4]), np.array([0.0, 1]), np.zeros(2, int), 1)
    found = list_.measures(np.array([[0.0, 2], [1, 1], [0, 0]]))
    for name in ("lift", "found"):
        np.testing.assert_array_equal(np.isfinite(found[name]), [False, True, False])
