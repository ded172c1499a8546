from functools import partial
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import hypergeom

import kamlab as kl
from kamlab.portfolio.comparison.agreement import (
    adjusted_mutual_information,
    cohen_kappa,
    count_table,
    jackknife,
)

LINEAR = partial(cohen_kappa, weights="linear")
TABLE = np.array([[9, 2, 1], [3, 6, 4], [0, 5, 10]])
UNEVEN = np.array([[4, 1, 2, 0], [0, 3, 1, 2], [5, 0, 1, 1]])
STATISTICS = {"kappa": cohen_kappa, "linear": LINEAR, "ami": adjusted_mutual_information}


def accounts_of(table):
    rows, columns = np.indices(table.shape)
    return (np.repeat(part.ravel(), np.ravel(table)) for part in (rows, columns))


def information(first, second):
    counts = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(counts, (first, second), 1)
    share = counts / counts.sum()
    by_chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    there = share > 0
    return (share[there] * np.log(share[there] / by_chance[there])).sum()


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        # 25 of 40 agree; by chance 12*12 + 13*13 + 15*15 = 538 of 1600.
        (None, 1 - (1 - 25 / 40) / (1 - 538 / 1600)),
        # One apart 2+3+4+5 = 14, two apart 1+0; by chance 12*13+13*12+13*15+15*13 = 702 and
        # 2*12*15 = 360 of 1600.
        ("linear", 1 - (14 / 40 + 2 * 1 / 40) / (702 / 1600 + 2 * 360 / 1600)),
        ("quadratic", 1 - (14 / 40 + 4 * 1 / 40) / (702 / 1600 + 4 * 360 / 1600)),
    ],
)
def test_kappa_is_that_worked_by_hand(weights, expected):
    assert cohen_kappa(TABLE, weights) == pytest.approx(expected, rel=1e-12)


def test_weights_do_not_matter_with_two_classes():
    table = [[20, 5], [10, 15]]
    assert {round(cohen_kappa(table, w), 12) for w in (None, "linear", "quadratic")} == {0.4}


@pytest.mark.parametrize(
    ("first", "second"),
    [([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]), ([0, 1, 1, 1, 1], [0, 0, 1, 1, 1])],
)
def test_chance_is_the_mean_over_all_ways_to_deal_the_accounts(first, second):
    first, second = np.array(first), np.array(second)
    dealt = [information(first, np.array(p)) for p in permutations(second)]
    table = count_table(first, second, (first.max() + 1, second.max() + 1))
    own = information(first, second)
    entropies = (information(first, first) + information(second, second)) / 2
    expected = (own - np.mean(dealt)) / (entropies - np.mean(dealt))
    assert adjusted_mutual_information(table) == pytest.approx(expected, abs=1e-12)


def test_the_sum_that_is_cut_is_the_whole_sum():
    table = np.random.default_rng(4).multinomial(5000, np.full(12, 1 / 12)).reshape(3, 4)
    n, chance = table.sum(), 0.0
    for row in table.sum(axis=1):
        for column in table.sum(axis=0):
            x = np.arange(1, min(row, column) + 1)
            terms = x / n * np.log(n * x / (row * column))
            chance += (hypergeom.pmf(x, n, row, column) * terms).sum()
    first, second = accounts_of(table)
    entropies = (information(first, first) + information(second, second)) / 2
    expected = (information(first, second) - chance) / (entropies - chance)
    assert adjusted_mutual_information(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", STATISTICS)
def test_the_jackknife_is_that_which_leaves_out_each_account_in_turn(name):
    statistic = STATISTICS[name]
    first, second = accounts_of(TABLE)
    without = []
    for account in range(len(first)):
        kept = np.arange(len(first)) != account
        without.append(statistic(count_table(first[kept], second[kept], TABLE.shape)))
    n = len(first)
    error = np.sqrt((n - 1) / n * np.sum((without - np.mean(without)) ** 2))
    found = jackknife(statistic, TABLE)
    assert found.estimate == pytest.approx(statistic(TABLE))
    assert found.std_error == pytest.approx(error, rel=1e-9)
    middle = (np.arctanh(found.conf_low) + np.arctanh(found.conf_high)) / 2
    assert middle == pytest.approx(np.arctanh(found.estimate))


def test_the_jackknife_costs_no_more_with_more_accounts():
    calls = []

    def counted(table):
        calls.append(1)
        return cohen_kappa(table)

    jackknife(counted, TABLE * 1000)
    assert len(calls) == (TABLE > 0).sum() + 1


def test_more_sureness_makes_wider_intervals_that_stay_within_bounds():
    table = np.diag([12, 8, 9])
    table[0, 1] = 1
    for statistic in (LINEAR, adjusted_mutual_information):
        narrow, wide = (jackknife(statistic, table, level) for level in (0.5, 0.999))
        assert -1 < wide.conf_low < narrow.conf_low < narrow.estimate
        assert narrow.estimate < narrow.conf_high < wide.conf_high < 1


@pytest.mark.parametrize("name", STATISTICS)
def test_which_of_the_two_comes_first_does_not_matter(name):
    one, other = (jackknife(STATISTICS[name], table) for table in (TABLE, TABLE.T))
    assert one.estimate == pytest.approx(other.estimate, abs=1e-12)
    assert one.std_error == pytest.approx(other.std_error, rel=1e-9)


def test_new_names_for_classes_change_nothing():
    rows, columns = [2, 0, 1], [3, 1, 0, 2]
    renamed = UNEVEN[rows][:, columns]
    assert adjusted_mutual_information(renamed) == pytest.approx(
        adjusted_mutual_information(UNEVEN), abs=1e-12
    )
    assert cohen_kappa(TABLE[rows][:, rows]) == pytest.approx(cohen_kappa(TABLE))
    assert LINEAR(TABLE[::-1, ::-1]) == pytest.approx(LINEAR(TABLE))
    assert LINEAR(TABLE[rows][:, rows]) != pytest.approx(LINEAR(TABLE))


def test_classes_that_nobody_is_in_change_nothing():
    wider = np.pad(UNEVEN, ((0, 2), (1, 0)))
    assert adjusted_mutual_information(wider) == pytest.approx(adjusted_mutual_information(UNEVEN))
    assert cohen_kappa(np.pad(TABLE, (0, 1))) == pytest.approx(cohen_kappa(TABLE))


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize(
    "table",
    [
        [[5, 3, 4], [0, 0, 0], [0, 0, 0]],
        [[5, 0, 0], [3, 0, 0], [4, 0, 0]],
        [[0, 0], [0, 7]],
        [[0, 0], [0, 0]],
        [[1, 0], [0, 0]],
    ],
)
def test_a_classification_that_tells_no_accounts_apart_gives_no_number(name, table):
    found = jackknife(STATISTICS[name], table)
    assert np.isnan([found.estimate, found.std_error, found.conf_low, found.conf_high]).all()


def test_accounts_in_classes_of_their_own_share_no_information_beyond_chance():
    assert np.isnan(adjusted_mutual_information(np.eye(4)))


@pytest.mark.parametrize("name", STATISTICS)
def test_where_all_agree_there_is_no_interval_that_claims_to_be_sure(name):
    found = jackknife(STATISTICS[name], np.diag([5, 3, 4]))
    assert found.estimate == pytest.approx(1)
    assert found.std_error == pytest.approx(0, abs=1e-12)
    assert np.isnan([found.conf_low, found.conf_high]).all()


def test_rounding_is_not_taken_for_an_error():
    found = jackknife(adjusted_mutual_information, [[0, 7, 0], [0, 0, 4], [9, 0, 0]])
    assert found.estimate == pytest.approx(1)
    assert np.isnan([found.conf_low, found.conf_high]).all()


@pytest.mark.parametrize("name", STATISTICS)
def test_where_one_account_decides_there_is_no_error(name):
    found = jackknife(STATISTICS[name], [[39, 0], [0, 1]])
    assert found.estimate == pytest.approx(1)
    assert np.isnan([found.std_error, found.conf_low, found.conf_high]).all()


@pytest.mark.parametrize(
    "table", [[1, 2], [[1, -1], [0, 2]], [[0.5, 1], [1, 1]], [[np.nan, 1], [1, 1]], "text", [["a"]]]
)
def test_what_is_no_table_of_counts_is_refused(table, language):
    with pytest.raises(kl.ArgumentError, match="crosstab"):
        adjusted_mutual_information(table)


def test_kappa_needs_the_same_classes(language):
    with pytest.raises(kl.ArgumentError, match=r"3.*4"):
        cohen_kappa(UNEVEN)


@pytest.mark.parametrize("weights", ["cubic", "", 1])
def test_unknown_weights_are_refused_with_those_that_exist(weights, language):
    with pytest.raises(kl.ArgumentError, match="quadratic"):
        cohen_kappa(TABLE, weights)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(kl.ArgumentError):
        jackknife(cohen_kappa, TABLE, level)


def test_accounts_without_a_class_count_nowhere():
    first, second = np.array([0, 1, -1, 1, 0]), np.array([2, 0, 1, -1, 2])
    np.testing.assert_array_equal(count_table(first, second, (2, 3)), [[0, 0, 2], [1, 0, 0]])


THIRDS, QUARTERS = np.array([0.3, 0.4, 0.3]), np.full(4, 0.25)
REPEATS = 400
# With 400 tables, the share of intervals that hold the truth is known to within four standard
# errors of a share of .95: .044.
WITHIN = 0.045


def mixed(sizes, share):
    return (1 - share) * np.outer(sizes, sizes) + share * np.diag(sizes)


@pytest.mark.parametrize(
    ("statistic", "truth", "shares", "least", "most"),
    [
        (LINEAR, 0.4, mixed(THIRDS, 0.4), 0.95 - WITHIN, 0.95 + WITHIN),
        (cohen_kappa, 0.4, mixed(THIRDS, 0.4), 0.95 - WITHIN, 0.95 + WITHIN),
        (adjusted_mutual_information, 0.0, mixed(QUARTERS, 0.0), 0.95, 1.0),
        (adjusted_mutual_information, None, mixed(QUARTERS, 0.4), 0.95 - WITHIN, 0.95 + WITHIN),
    ],
)
def test_intervals_hold_the_truth_as_often_as_they_say(statistic, truth, shares, least, most):
    if truth is None:
        there = shares * np.log(shares * 16)
        truth = there.sum() / np.log(4)
    draw, held = np.random.default_rng(11), []
    for _ in range(REPEATS):
        table = draw.multinomial(100, shares.ravel()).reshape(shares.shape)
        found = jackknife(statistic, table)
        held.append(found.conf_low <= truth <= found.conf_high)
    assert least <= np.mean(held) <= most
