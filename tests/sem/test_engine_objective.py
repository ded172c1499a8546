"""Discrepancies by their textbook formulas; slopes of all orders by differences of values."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from kamlab.sem.engine.implied import implied, matrices, slopes
from kamlab.sem.engine.objective import Point, inverse_root
from kamlab.sem.engine.sample import Block
from tests.sem import engine_cases as cases

EXACT = 1e-10
SETTINGS = [(means, gaps) for means in (True, False) for gaps in (True, False)]
settings = pytest.mark.parametrize(("means", "gaps"), SETTINGS)
estimators = pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS"])


def close(found, expected, room=cases.DIFFERENCES):
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, atol=room * np.abs(expected).max())


def moments(point, number, theta=None):
    """What the model implies for one block, from the matrices themselves."""
    one = point.blocks[number]
    paths, residual, level = matrices(
        point.structure.groups[one.group], point.theta if theta is None else theta
    )
    spread = np.linalg.inv(np.eye(len(paths)) - paths)
    sigma, mu = spread @ residual @ spread.T, spread @ level
    return sigma[np.ix_(one.places, one.places)], mu[one.places]


def discrepancy(point, number):
    one, (sigma, mu) = point.blocks[number], moments(point, number)
    apart = one.mean - mu if point.structure.has_means else np.zeros(len(mu))
    if point.estimator == "ULS":
        return ((one.cov - sigma)[np.tril_indices(len(mu))] ** 2).sum() + apart @ apart
    inverse = np.linalg.inv(sigma if point.estimator == "ML" else one.cov)
    if point.estimator == "GLS":
        ratio = (one.cov - sigma) @ inverse
        return 0.5 * np.trace(ratio @ ratio) + apart @ inverse @ apart
    return np.linalg.slogdet(sigma)[1] + np.trace(one.cov @ inverse) + apart @ inverse @ apart


@estimators
@settings
def test_the_objective_is_half_the_textbook_discrepancy_weighted_by_cases(means, gaps, estimator):
    point = cases.point_of(means=means, gaps=gaps, estimator=estimator)
    weights = np.array([one.weight for one in point.blocks])
    values = [discrepancy(point, number) for number in range(len(weights))]
    assert point.value == pytest.approx(0.5 * weights @ values / weights.sum(), rel=EXACT)


@estimators
@settings
def test_the_gradient_is_the_slope_of_the_objective(means, gaps, estimator):
    point = cases.point_of(means=means, gaps=gaps, estimator=estimator)
    close(point.gradient, cases.differences(lambda t: cases.at(point, t).value, point.theta))


@estimators
@settings
def test_the_hessian_is_the_slope_of_the_gradient(means, gaps, estimator):
    point = cases.point_of(means=means, gaps=gaps, estimator=estimator)
    close(point.hessian, cases.differences(lambda t: cases.at(point, t).gradient, point.theta))
    np.testing.assert_allclose(point.hessian, point.hessian.T, atol=EXACT)


@estimators
@settings
def test_the_information_weighs_slopes_of_the_moments(means, gaps, estimator):
    point = cases.point_of(means=means, gaps=gaps, estimator=estimator)
    expected = sum(
        one.weight / point.n_total * information_of(point, number)
        for number, one in enumerate(point.blocks)
    )
    close(point.information, expected)


def information_of(point, number):
    by_cov = cases.differences(lambda t: moments(point, number, t)[0], point.theta)
    by_mean = cases.differences(lambda t: moments(point, number, t)[1], point.theta)
    one, sigma = point.blocks[number], moments(point, number)[0]
    if point.estimator == "ULS":
        lower = np.tril_indices(len(sigma))
        flat = by_cov[:, *lower]
        return flat @ flat.T + point.structure.has_means * by_mean @ by_mean.T
    inverse = np.linalg.inv(sigma if point.estimator == "ML" else one.cov)
    ratios = inverse @ by_cov
    found = 0.5 * np.einsum("aij,bji->ab", ratios, ratios)
    return found + point.structure.has_means * by_mean @ inverse @ by_mean.T


def test_where_the_model_fits_perfectly_hessian_and_information_agree():
    point = cases.point_of()
    perfect = [
        Block(one.group, one.places, *moments(point, number), one.weight, None)
        for number, one in enumerate(point.blocks)
    ]
    exact = Point(point.structure, perfect, point.theta)
    np.testing.assert_allclose(exact.gradient, 0, atol=EXACT)
    np.testing.assert_allclose(exact.hessian, exact.information, atol=EXACT)


@settings
def test_scores_are_slopes_of_each_cases_loglikelihood(means, gaps):
    point = cases.point_of(means=means, gaps=gaps)

    def logliks(theta):
        found = []
        for number, one in enumerate(point.blocks):
            sigma, mu = moments(point, number, theta)
            centre = mu if means else one.mean
            found.append(multivariate_normal(centre, sigma).logpdf(one.rows))
        return np.concatenate(found)

    close(point.scores, cases.differences(logliks, point.theta).T)
    np.testing.assert_allclose(point.scores.sum(axis=0), -point.n_total * point.gradient, atol=1e-8)


@pytest.mark.parametrize("n_groups", [1, 2])
@pytest.mark.parametrize("shift", [0, 5])
def test_parameters_may_be_numbered_in_any_order(n_groups, shift):
    cells = [*cases.PATHS, *cases.VARIANCES]
    numbers = np.roll(np.arange(n_groups * len(cells)), shift)
    groups = [cases.group_of(cells, own) for own in np.split(numbers, n_groups)]
    one = cases.structure_of(cells, range(len(cells)))
    structure = replace(one, groups=tuple(groups), n_free=len(numbers))
    point = Point(structure, cases.blocks_of(structure), cases.theta_of(structure))
    close(point.hessian, cases.differences(lambda t: cases.at(point, t).gradient, point.theta))
    expected = sum(
        block.weight / point.n_total * information_of(point, number)
        for number, block in enumerate(point.blocks)
    )
    close(point.information, expected)


def test_scores_need_the_cases():
    point = cases.point_of()
    bare = [Block(b.group, b.places, b.cov, b.mean, b.weight, None) for b in point.blocks]
    with pytest.raises(ValueError, match="cases"):
        _ = Point(point.structure, bare, point.theta).scores


def test_what_implies_no_covariance_matrix_is_infinitely_far_away():
    point = cases.point_of()
    group = point.structure.groups[1]
    place = group.parameter[(group.kind == 1) & (group.row == 2) & (group.column == 2)]
    theta = point.theta.copy()
    theta[place] = -5.0
    wrong = cases.at(point, theta)
    assert wrong.value == np.inf
    assert wrong.whitened is None
    with pytest.raises(ValueError, match="positive definite"):
        _ = wrong.gradient


def test_the_weight_of_a_block_is_what_counts_not_its_rows():
    point = cases.point_of()
    doubled = [Block(b.group, b.places, b.cov, b.mean, 2 * b.weight, b.rows) for b in point.blocks]
    twice = Point(point.structure, doubled, point.theta)
    assert twice.n_total == 2 * point.n_total
    assert twice.value == pytest.approx(point.value, rel=EXACT)
    np.testing.assert_allclose(twice.information, point.information, atol=EXACT)


@pytest.mark.parametrize("group", [0, 1])
def test_implied_moments_add_up_all_ways_through_the_model(group):
    structure = cases.two_groups()
    theta = cases.theta_of(structure)
    found = implied(structure, group, theta)
    paths, residual, level = matrices(structure.groups[group], theta)
    ways = sum(np.linalg.matrix_power(paths, length) for length in range(8))
    np.testing.assert_allclose(found.spread, ways, atol=EXACT)
    np.testing.assert_allclose(found.sigma, (ways @ residual @ ways.T)[:6, :6], atol=EXACT)
    np.testing.assert_allclose(found.mu, (ways @ level)[:6], atol=EXACT)


def test_a_parameter_fills_all_its_cells_and_both_halves_of_a_covariance():
    structure = cases.two_groups()
    theta = cases.theta_of(structure)
    first, second = (matrices(group, theta) for group in structure.groups)
    assert first[0][1, 6] == first[0][2, 6] == second[0][1, 6] == theta[0]
    assert first[1][2, 1] == first[1][1, 2] != second[1][1, 2] == second[1][2, 1]
    assert first[0][0, 6] == 1.0
    assert not np.shares_memory(first[0], matrices(structure.groups[0], theta)[0])


@pytest.mark.parametrize("group", [0, 1])
def test_slopes_of_rank_one_are_the_slopes_of_the_moments(group):
    structure = cases.two_groups()
    theta = cases.theta_of(structure)
    own = structure.groups[group]
    found = slopes(own, implied(structure, group, theta))
    by_cell = np.einsum("ik,jk->kij", found.left, found.right)
    by_cov = np.zeros((structure.n_free, 6, 6))
    by_mean = np.zeros((structure.n_free, 6))
    np.add.at(by_cov, own.parameter, by_cell + by_cell.transpose(0, 2, 1))
    np.add.at(by_mean, own.parameter, found.mean.T)
    close(by_cov, cases.differences(lambda t: implied(structure, group, t).sigma, theta))
    close(by_mean, cases.differences(lambda t: implied(structure, group, t).mu, theta))


def test_the_inverse_root_whitens_and_refuses_what_is_not_positive_definite():
    cov = np.cov(cases.rows_of(3), rowvar=False)
    root = inverse_root(cov)
    np.testing.assert_allclose(root @ cov @ root.T, np.eye(6), atol=1e-12)
    np.testing.assert_allclose(root, np.tril(root))
    assert inverse_root(cov - 10 * np.eye(6)) is None
