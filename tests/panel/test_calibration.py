import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.panel.calibration import calibrate, moments
from kamlab.panel.correction import Correction
from kamlab.panel.design import build_design
from kamlab.panel.resample import resample

TRUE = {"trust": 0.5, "commitment": -0.3, "size": 0.7}
ONE = np.array([[0.5, 0.2], [0.2, 0.6]])
"""Error covariance of one respondent."""


@pytest.fixture(scope="module")
def made():
    """2,000 accounts with three respondents each; the true scores are known."""
    rng = np.random.default_rng(12)
    n = 2_000
    spread = np.array([[1, 0.4, 0.3], [0.4, 1, 0.2], [0.3, 0.2, 1]])
    true = rng.multivariate_normal([4.5, 4.2, 2.0], spread, n)
    who = np.repeat(np.arange(n), 3)
    seen = true[who, :2] + rng.multivariate_normal([0, 0], ONE, 3 * n)
    ids = np.array([f"A-{i:04d}" for i in range(n)])
    items = {
        f"{name}_{i}": seen[:, k]
        for k, name in enumerate(["trust", "commitment"])
        for i in (1, 2, 3, 4)
    }
    survey = pd.DataFrame({"account_id": ids[who], "wave": 1, **items})
    survey["respondent_id"] = np.arange(3 * n).astype(str)
    survey["answered_on"] = pd.Timestamp("2026-01-01")
    means = pd.DataFrame(seen).groupby(who).mean().to_numpy()
    rows = pd.DataFrame(
        {
            "account_id": ids,
            "trust": means[:, 0],
            "commitment": means[:, 1],
            "size": true[:, 2],
            "n_respondents": 3,
            "y": true @ list(TRUE.values()) + rng.normal(0, 0.5, n),
        }
    )
    return rows, kl.score_error(survey, ["trust", "commitment"]), true


@pytest.fixture(scope="module")
def design(made):
    return build_design("y ~ trust + commitment + size", made[0])


def test_least_squares_on_likely_terms_are_the_moments_without_the_error(made, design):
    """With alike respondents everywhere: slopes = (S_ww - C / n)^-1 S_wy, exactly."""
    rows, error, _ = made
    seen = rows[["trust", "commitment", "size", "y"]].cov(ddof=0).to_numpy(copy=True)
    seen[:2, :2] -= error.covariance / 3
    expected = np.linalg.solve(seen[:3, :3], seen[:3, 3])
    terms = Correction.of(design, error).terms(design)
    found = np.linalg.lstsq(terms.to_numpy(), design.outcome.to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(found[1:], expected, rtol=1e-9)


def test_the_truth_is_recovered_where_the_naive_slopes_are_not(made, design):
    terms = Correction.of(design, made[1]).terms(design)
    outcome = design.outcome.to_numpy()
    corrected, naive = (
        np.linalg.lstsq(t.to_numpy(), outcome, rcond=None)[0][1:] for t in (terms, design.terms)
    )
    np.testing.assert_allclose(corrected, list(TRUE.values()), atol=0.05)
    assert abs(naive[0]) < 0.9 * TRUE["trust"]


def test_what_is_left_open_is_the_scatter_round_the_likely_truth(made, design):
    _, error, true = made
    correction = Correction.of(design, error)
    likely = correction.terms(design)[["trust", "commitment"]].to_numpy()
    off = true[:, :2] - likely
    np.testing.assert_allclose(off.mean(axis=0), 0, atol=0.04)
    remaining = correction.calibration.gain(3)[1]
    np.testing.assert_allclose(np.cov(off.T), remaining, atol=0.02)
    by = np.array([0.0, 1.0, 2.0, 5.0])
    variance = correction.calibration.variance(by, np.full(4, 3.0))
    np.testing.assert_allclose(variance, [1, 2] @ remaining @ [1, 2])


def test_more_respondents_leave_less_open(made, design):
    calibration = calibrate(design, made[1])
    open_ = [np.trace(calibration.gain(count)[1]) for count in (1, 2, 5, 1e9)]
    assert open_ == sorted(open_, reverse=True)
    assert open_[-1] == pytest.approx(0, abs=1e-6)


def test_without_error_nothing_moves(design, made):
    none = moments(design, np.array([1, 2]), np.ones(len(design.outcome)), np.zeros((2, 2)))
    counts = np.full(len(design.outcome), 3.0)
    terms = design.terms.to_numpy()
    np.testing.assert_allclose(none.applied(terms, counts), terms, atol=1e-9)


def test_a_draw_is_the_calibration_of_the_rows_drawn(made, design):
    rows, error, _ = made
    correction = Correction.of(design, error)
    draws = resample(design.groups, 100, 5)
    drawn = correction.redrawn(design, draws)
    times = draws.of(design.groups)[9].astype(int)
    again = build_design(design.formula, rows.loc[np.repeat(rows.index, times)])
    np.testing.assert_allclose(drawn.centre[9], again.terms.to_numpy()[:, 1:].mean(axis=0))
    weights = draws.of(error.account_ids)[9]
    one = np.einsum("a,aij->ij", weights, error.crossed) / (weights @ error.freedom)
    np.testing.assert_allclose(drawn.error[9], one)
    spread = np.cov(again.terms.to_numpy()[:, 1:].T, ddof=0)
    spread[:2, :2] -= one / 3
    np.testing.assert_allclose(drawn.spread[9], spread, atol=1e-9)


@pytest.mark.parametrize(
    "formula", ["y ~ trust * size", "y ~ log(trust)", "y ~ trust + I(trust**2)"]
)
def test_a_score_must_enter_on_its_own(made, formula, language):
    rows, error, _ = made
    with pytest.raises(kl.ModelError, match="trust"):
        calibrate(build_design(formula, rows[rows["trust"] > 0]), error)


def test_a_formula_without_scores_has_nothing_to_correct(made, language):
    with pytest.raises(kl.ModelError, match="error="):
        calibrate(build_design("y ~ size", made[0]), made[1])


def test_a_table_without_respondents_is_refused(made, language):
    rows, error, _ = made
    with pytest.raises(kl.ModelError, match="n_respondents"):
        calibrate(build_design("y ~ trust", rows.drop(columns="n_respondents")), error)


def test_error_as_large_as_all_differences_is_refused(made, language):
    rows, error, _ = made
    lone = build_design("y ~ trust + commitment", rows.assign(n_respondents=0.2))
    with pytest.raises(kl.NotApplicable, match="trust"):
        calibrate(lone, error)


def test_accounts_that_only_tell_of_error_are_drawn_too(company, table):
    fit = kl.fit_retention("stayed ~ trust + tenure", table, error=kl.score_error(company))
    assert set(fit.correction.error.account_ids) - set(fit.design.groups)
    assert set(fit.drawn_from) == {*fit.correction.error.account_ids, *fit.design.groups}
    own = resample(pd.Index(fit.design.groups.unique()), 100, 0)
    with pytest.raises(KeyError):
        fit.redrawn(own)
