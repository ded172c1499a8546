"""Robust errors and scaled tests beside closed forms and the formed Gamma."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from kamlab.sem.engine.estimate import Constraints, estimate
from kamlab.sem.engine.structure import COVARIANCE, MEAN, PATH
from kamlab.sem.inference import casewise, fourth_moments
from kamlab.sem.inference.incomplete_fit import complete_data_fit
from kamlab.sem.inference.independence import independence
from kamlab.sem.inference.robust import robust_covariance, scaled_test
from kamlab.sem.inference.saturated import saturated_groups
from tests.sem import robust_cases as cases

EXACT = 1e-9


def regression(n=120, seed=2):
    """Fit a regression on a fixed covariate, with errors that grow with it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = 1 + 0.5 * x + rng.normal(size=n) * np.exp(x / 2)
    samples, blocks, saturated, _ = cases.sampled(np.column_stack([y, x]), exogenous=[1])
    cells = [(PATH, 0, 1), (MEAN, 0, 0), (COVARIANCE, 0, 0)]
    model = cases.structure(cells, 2, 2, samples, exogenous=[1])
    found = estimate(model, samples, blocks, saturated)
    design = np.column_stack([x, np.ones(n)])
    residual = y - design @ found.theta[:2]
    return found, design, residual


@pytest.mark.parametrize("errors", ["robust.sem", "robust.huber.white"])
def test_a_regressions_errors_are_whites(errors):
    found, design, residual = regression()
    bread = np.linalg.inv(design.T @ design)
    white = bread @ (design.T * residual**2) @ design @ bread
    np.testing.assert_allclose(robust_covariance(found, errors)[:2, :2], white, rtol=EXACT)


@pytest.mark.parametrize("errors", ["robust.sem", "robust.huber.white"])
def test_a_regressions_clustered_errors_are_those_of_liang_and_zeger(errors):
    found, design, residual = regression()
    cluster = np.arange(len(residual)) % 17
    sums = np.array(
        [(design * residual[:, None])[cluster == label].sum(axis=0) for label in range(17)]
    )
    bread = np.linalg.inv(design.T @ design)
    expected = bread @ sums.T @ sums @ bread * 17 / 16
    own = robust_covariance(found, errors, cluster)[:2, :2]
    np.testing.assert_allclose(own, expected, rtol=EXACT)


def one_factor(rows, *, means=True, exogenous=()):
    """Fit one factor to the first variables, on fixed covariates if there are any."""
    p, samples_of = rows.shape[1], cases.sampled(rows, exogenous=exogenous)
    samples, blocks, saturated, _ = samples_of
    items = [i for i in range(p) if i not in exogenous]
    cells = [(PATH, i, p) for i in items[1:]] + [(PATH, p, x) for x in exogenous]
    cells += [(COVARIANCE, i, i) for i in [*items, p]]
    cells += [(MEAN, i, 0) for i in items] * means
    model = cases.structure(cells, p, p + 1, samples, exogenous, [(0, p)], means=means)
    found = estimate(model, samples, blocks, saturated)
    moments = (p * (p + 3) // 2 if means else p * (p + 1) // 2) - model.n_free
    x = len(exogenous)
    return found, moments - (x * (x + 3) // 2 if means else x * (x + 1) // 2)


def answers(n=150, *, normal=False, covariates=0, seed=3):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n, 4)) if normal else rng.gamma(0.7, 1.0, (n, 4))
    x = rng.normal(size=(n, covariates)) ** 3
    factor = rng.normal(size=n) + x.sum(axis=1) * 0.4
    return np.column_stack([noise + factor[:, None] * [1, 0.8, 0.9, 1.1], x])


def formed(found, *, means):
    """Return the scaling's trace and the meat with Gamma formed in full (complete cases)."""
    structure, rows = found.structure, found.samples[0].rows
    p, fixed = structure.n_observed, structure.exogenous
    i, j = np.tril_indices(p)

    def second_order(values):
        centred = values - values.mean(axis=0)
        products = centred[:, i] * centred[:, j]
        return np.column_stack([values, products]) if means else products

    w = second_order(rows)
    if len(fixed):
        design = np.column_stack([np.ones(len(rows)), rows[:, fixed]])
        w = w - second_order(design @ np.linalg.lstsq(design, rows, rcond=None)[0])
    gamma = np.cov(w.T, bias=True)
    inverse = np.linalg.inv(found.point.implied[0].sigma)
    halves = np.where(i == j, 0.5, 1.0)
    among = inverse[np.ix_(i, i)] * inverse[np.ix_(j, j)]
    among += inverse[np.ix_(i, j)] * inverse[np.ix_(j, i)]
    weight = among * np.outer(halves, halves)
    if means:
        weight = np.block([[inverse, np.zeros((p, len(i)))], [np.zeros((len(i), p)), weight]])
    slopes = model_slopes(found, i, j, means=means)
    information = slopes.T @ weight @ slopes
    inner = weight - weight @ slopes @ np.linalg.solve(information, slopes.T @ weight)
    return np.trace(inner @ gamma), slopes.T @ weight @ gamma @ weight @ slopes, information


def model_slopes(found, i, j, *, means):
    """Return central differences of the implied moments."""
    point, columns = found.point, []
    for step in 1e-5 * np.eye(len(found.theta)):
        ends = []
        for sign in (1, -1):
            at = type(point)(point.structure, point.blocks, found.theta + sign * step).implied[0]
            moments = at.sigma[i, j]
            ends.append(np.concatenate([at.mu, moments]) if means else moments)
        columns.append((ends[0] - ends[1]) / 2e-5)
    return np.array(columns).T


@pytest.mark.parametrize("means", [True, False])
@pytest.mark.parametrize("covariates", [0, 2])
def test_quadratic_forms_of_cases_give_what_the_formed_gamma_gives(means, covariates):
    differenced = 1e-7
    rows = answers(covariates=covariates)
    found, df = one_factor(rows, means=means, exogenous=tuple(range(4, 4 + covariates)))
    trace, meat, information = formed(found, means=means)
    test = scaled_test(found, df, "satorra.bentler")
    assert test.scaling * df == pytest.approx(trace, rel=differenced)
    bread = np.linalg.inv(information)
    own = robust_covariance(found, "robust.sem") * len(rows)
    np.testing.assert_allclose(own, bread @ meat @ bread, rtol=1e-5, atol=differenced)


def test_robust_errors_and_tests_are_the_usual_ones_for_normal_cases():
    found, df = one_factor(answers(40_000, normal=True))
    usual = found.covariance(found.point.information).diagonal()
    sampling = 0.05
    for errors, name in cases.KINDS.values():
        np.testing.assert_allclose(
            robust_covariance(found, errors).diagonal(), usual, rtol=sampling
        )
        assert scaled_test(found, df, name).scaling == pytest.approx(1, abs=sampling)


def test_heavy_tails_raise_the_scaling():
    rng = np.random.default_rng(1)
    rows = answers(4_000, normal=True) * rng.exponential(1, (4_000, 1))
    found, df = one_factor(rows)
    for _, name in cases.KINDS.values():
        assert scaled_test(found, df, name).scaling > 1.5


def test_scaling_divides_chi_square():
    found, df = one_factor(answers())
    test = scaled_test(found, df, "satorra.bentler")
    assert test.chisq * test.scaling == pytest.approx(found.chisq, rel=EXACT)
    assert (test.df, test.name) == (df, "satorra.bentler")


def test_a_saturated_model_has_no_scaling():
    found, _, _ = regression()
    test = scaled_test(found, 0, "yuan.bentler.mplus")
    assert np.isnan(test.scaling)
    assert np.isnan(test.p_value)


def test_equalities_as_constraints_and_as_shared_parameters_agree():
    @dataclass(frozen=True)
    class Equal:
        """Two parameters are equal."""

        one: int
        other: int
        size: int

        def value(self, theta):
            return theta[self.one] - theta[self.other]

        def gradient(self, theta):
            slopes = np.zeros(len(theta))
            slopes[[self.one, self.other]] = 1, -1
            return slopes

    table = cases.cases(complete=True)
    shared, _ = cases.two_factors(table, by_group=True)
    size = 22
    ties = Constraints(tuple(Equal(i, i + size, 2 * size) for i in range(4)))
    tied, _ = cases.two_factors(table, by_group=True, shared_loadings=False, constraints=ties)
    for errors, name in cases.KINDS.values():
        np.testing.assert_allclose(
            robust_covariance(tied, errors).diagonal()[:size],
            robust_covariance(shared, errors).diagonal()[:size],
            rtol=1e-6,
        )
        assert scaled_test(tied, 38, name).scaling == pytest.approx(
            scaled_test(shared, 38, name).scaling, rel=1e-6
        )


@pytest.mark.parametrize("scenario", ["mlm", "mlr_cluster", "fiml_cluster"])
def test_rows_handled_in_portions_give_the_same(scenario, monkeypatch):
    found, cluster, errors, name = cases.fitted(scenario)
    whole = robust_covariance(found, errors, cluster), scaled_test(found, 17, name, cluster)
    monkeypatch.setattr(casewise, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(fourth_moments, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr("kamlab.sem.inference.saturated_information.NUMBERS_AT_ONCE", 200)
    np.testing.assert_allclose(robust_covariance(found, errors, cluster), whole[0], rtol=EXACT)
    again = scaled_test(found, 17, name, cluster)
    assert again.scaling == pytest.approx(whole[1].scaling, rel=EXACT)


def test_clusters_of_one_case_change_nothing_but_the_small_sample_factor():
    found, _ = one_factor(answers())
    n = len(found.samples[0].rows)
    for errors, _ in cases.KINDS.values():
        np.testing.assert_allclose(
            robust_covariance(found, errors, np.arange(n)),
            robust_covariance(found, errors) * n / (n - 1),
            rtol=EXACT,
        )


def test_complete_cases_handled_as_incomplete_ones_give_the_same_test():
    found, cluster, _, name = cases.fitted("mlr_cluster")
    direct = scaled_test(found, 17, name, cluster)
    other = scaled_test(found, 17, name, cluster, saturated=saturated_groups(found, cluster))
    assert other.scaling == pytest.approx(direct.scaling, rel=EXACT)


def test_complete_cases_need_no_correction_for_incomplete_ones():
    found, df = one_factor(answers())
    fit = complete_data_fit(found, df, normal=True)
    assert fit.chisq == pytest.approx(found.chisq, rel=EXACT)
    assert fit.scaling == pytest.approx(1, rel=EXACT)


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("covariates", [None, [0, 1], [1, 6, 7]])
def test_the_baseline_model_is_at_its_minimum(complete, covariates):
    found, _ = cases.two_factors(cases.cases(complete=complete), by_group=True)
    base = independence(found, covariates)
    np.testing.assert_allclose(base.point.gradient, 0, atol=EXACT)
    given = {6, 7} | set(covariates or ())
    sigma = base.point.implied[1].sigma
    apart = [i for i in range(8) if i not in given]
    assert not np.tril(sigma[apart], -1)[:, apart].any()


def test_the_baseline_models_chi_square_is_the_log_determinant_of_correlations():
    found, _ = one_factor(answers())
    correlations = np.corrcoef(found.samples[0].rows.T)
    expected = -len(found.samples[0].rows) * np.linalg.slogdet(correlations)[1]
    assert independence(found).chisq == pytest.approx(expected, rel=EXACT)


def test_moments_without_cases_are_refused():
    found, _ = one_factor(answers())
    bare = replace(found.blocks[0], rows=None)
    point = type(found.point)(found.structure, [bare], found.theta)
    with pytest.raises(ValueError, match="cases"):
        robust_covariance(replace(found, point=point), "robust.huber.white")


def test_fourth_order_moments_of_incomplete_cases_are_refused():
    found, _ = cases.two_factors(cases.cases(complete=False))
    with pytest.raises(ValueError, match="complete"):
        robust_covariance(found, "robust.sem")
