from itertools import product

import numpy as np
import pytest

from kamlab.quality.validity import (
    _cluster_moments,
    _correlations,
    bootstrap_htmt,
    distinct_by_variance,
    heterotrait_monotrait,
)

ROUNDING = 1e-12


def factor_correlations(loadings, construct, phi):
    """Correlations of items that one factor each explains."""
    own = np.asarray(loadings, dtype=float)
    r = np.outer(own, own) * np.asarray(phi)[np.ix_(construct, construct)]
    np.fill_diagonal(r, 1.0)
    return r


def answers(rng, n, phi, loading=0.8, k=3):
    """Answers to k items a construct, and the construct of each item."""
    construct = np.repeat(np.arange(len(phi)), k)
    truth = rng.multivariate_normal(np.zeros(len(phi)), phi, n)
    noise = rng.normal(0, np.sqrt(1 - loading**2), (n, len(construct)))
    return loading * truth[:, construct] + noise, construct


def ratio_by_hand(r, construct, a, b):
    """The definition, pair of items by pair of items."""
    mine, yours = (np.flatnonzero(construct == one) for one in (a, b))
    across = np.mean([r[i, j] for i, j in product(mine, yours)])
    within = [np.mean([r[i, j] for i in own for j in own if i < j]) for own in (mine, yours)]
    return across / np.sqrt(within[0] * within[1])


PHI = np.array([[1, 0.5, -0.3], [0.5, 1, 0.2], [-0.3, 0.2, 1]])


def test_the_ratio_is_that_of_its_definition():
    construct = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2])
    r = np.corrcoef(np.random.default_rng(1).normal(size=(30, 9)) + 0.4, rowvar=False) * 0.5 + 0.5
    found = heterotrait_monotrait(r, construct)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        expected = ratio_by_hand(r, construct, a, b)
        assert found[a, b] == pytest.approx(expected, abs=ROUNDING)
        assert found[b, a] == pytest.approx(found[a, b], abs=ROUNDING)
    assert np.isnan(np.diag(found)).all()


@pytest.mark.parametrize("loading", [0.5, 0.7, 0.9])
def test_equal_loadings_give_the_correlation_of_the_constructs_with_its_sign(loading):
    construct = np.repeat([0, 1, 2], [3, 4, 2])
    r = factor_correlations(np.full(9, loading), construct, PHI)
    found = heterotrait_monotrait(r, construct)
    off = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose(found[off], PHI[off], atol=ROUNDING)


def test_many_matrices_at_once_give_what_each_gives():
    rng = np.random.default_rng(2)
    construct = np.array([0, 0, 1, 1])
    many = np.stack([np.corrcoef(rng.normal(size=(20, 4)) + 1, rowvar=False) for _ in range(5)])
    many = (many + 2) / 3
    np.testing.assert_array_equal(
        heterotrait_monotrait(many, construct),
        [heterotrait_monotrait(one, construct) for one in many],
    )


def test_a_construct_of_one_item_or_of_contrary_items_has_no_ratio():
    construct = np.array([0, 0, 1, 1, 2])
    r = np.eye(5) + 0.4 * (1 - np.eye(5))
    assert np.isnan(heterotrait_monotrait(r, construct)[:, 2]).all()
    r[0, 1] = r[1, 0] = -0.4
    found = heterotrait_monotrait(r, construct)
    assert np.isnan(found[0]).all()


def test_constructs_are_distinct_where_both_explain_more_than_they_share():
    distinct = distinct_by_variance([0.5, 0.6, 0.3], [[1, 0.7, 0.6], [0.7, 1, 0.5], [0.6, 0.5, 1]])
    assert distinct[0, 1]  # 0.49 < 0.5
    assert not distinct[0, 2]  # 0.36 > 0.3
    assert distinct[1, 2]
    assert (distinct == distinct.T).all()


def test_moments_of_clusters_add_up_to_those_of_any_draw():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(25, 4))
    clusters = rng.integers(0, 8, 25)
    clusters[:8] = range(8)
    tallies = _cluster_moments(x, clusters)
    counts = np.array([2, 0, 1, 3, 1, 0, 1, 0])
    found = _correlations(np.tensordot(counts.astype(float), tallies, axes=1))
    rows = np.repeat(x, counts[clusters], axis=0)
    np.testing.assert_allclose(found, np.corrcoef(rows, rowvar=False), atol=ROUNDING)


def drawn(x, construct, clusters, draws=400, seed=0, level=0.95):
    rng = np.random.default_rng(seed)
    return bootstrap_htmt(x, construct, clusters, draws=draws, rng=rng, conf_level=level)


def test_the_ratio_is_that_of_all_rows_and_draws_surround_it():
    x, construct = answers(np.random.default_rng(4), 150, PHI[:2, :2])
    found = drawn(x, construct, np.arange(150))
    whole = heterotrait_monotrait(np.corrcoef(x, rowvar=False), construct)
    assert found.ratio[0, 1] == pytest.approx(whole[0, 1], abs=ROUNDING)
    assert found.conf_low[0, 1] < whole[0, 1] < found.conf_high[0, 1]
    assert found.n_draws[0, 1] == 400


def test_a_draw_can_be_repeated_and_a_wider_level_is_wider():
    x, construct = answers(np.random.default_rng(5), 80, PHI[:2, :2])
    first, again = (drawn(x, construct, np.arange(80)) for _ in range(2))
    assert first.conf_low[0, 1] == again.conf_low[0, 1]
    assert drawn(x, construct, np.arange(80), seed=1).conf_low[0, 1] != first.conf_low[0, 1]
    narrow = drawn(x, construct, np.arange(80), level=0.8)
    assert narrow.conf_low[0, 1] > first.conf_low[0, 1]
    assert narrow.conf_high[0, 1] < first.conf_high[0, 1]


def test_without_draws_there_is_a_ratio_but_no_interval():
    x, construct = answers(np.random.default_rng(6), 50, PHI[:2, :2])
    found = drawn(x, construct, np.arange(50), draws=0)
    assert np.isfinite(found.ratio[0, 1])
    assert np.isnan([found.conf_low[0, 1], found.conf_high[0, 1]]).all()
    assert found.n_draws[0, 1] == 0


def test_rows_copied_within_their_clusters_bring_no_certainty():
    """Each account's answers four times over: the same interval, where rows would halve it."""
    x, construct = answers(np.random.default_rng(7), 60, PHI[:2, :2])
    once = drawn(x, construct, np.arange(60))
    copied, owner = np.repeat(x, 4, axis=0), np.repeat(np.arange(60), 4)
    whole = drawn(copied, construct, owner)
    assert whole.conf_low[0, 1] == pytest.approx(once.conf_low[0, 1], abs=1e-9)
    assert whole.conf_high[0, 1] == pytest.approx(once.conf_high[0, 1], abs=1e-9)
    rows = drawn(copied, construct, np.arange(240))
    assert np.ptp([rows.conf_low[0, 1], rows.conf_high[0, 1]]) < 0.7 * np.ptp(
        [once.conf_low[0, 1], once.conf_high[0, 1]]
    )


def test_draws_without_a_ratio_are_not_counted():
    """An item that only one cluster answers differently is constant in a third of the draws."""
    x = np.column_stack([np.zeros(12), np.arange(12.0), np.arange(12.0) % 5, np.arange(12.0) % 7])
    x[0, 0] = -1.0
    found = drawn(x, np.array([0, 0, 1, 1]), np.arange(12))
    assert 0 < found.n_draws[0, 1] < 300


def test_the_interval_covers_the_truth_with_respondents_nested_in_accounts():
    """Both account and respondent bring the same correlation, so the truth is phi itself."""
    replications, phi = 250, np.array([[1, 0.6], [0.6, 1]])
    rng = np.random.default_rng(8)
    owner = np.repeat(np.arange(80), rng.integers(1, 5, 80))
    covered = 0
    for number in range(replications):
        account, construct = answers(rng, 80, phi, loading=0.9)
        person, _ = answers(rng, len(owner), phi, loading=0.7)
        found = drawn(account[owner] + person, construct, owner, draws=200, seed=number)
        covered += found.conf_low[0, 1] <= 0.6 <= found.conf_high[0, 1]
    # 3.5 Monte-Carlo standard errors, and 0.02 for the percentile interval in small samples.
    allowed = 3.5 * np.sqrt(0.95 * 0.05 / replications) + 0.02
    assert covered / replications == pytest.approx(0.95, abs=allowed)
