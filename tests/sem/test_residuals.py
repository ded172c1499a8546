"""Residuals beside lavaan's (tests/reference/lavaan_inference) and by hand."""

import numpy as np
import pytest

from kamlab.sem.inference.residuals import r_squared, residual_scores, residuals
from tests.sem import inference_cases as cases

LAVAAN = 1e-8


def matrix(name, kind, observed):
    theirs = cases.lavaan(name, kind)
    return np.array([[theirs[f"{i} {j}"] for j in observed] for i in observed])


def test_residual_correlations_are_lavaans():
    case = cases.scenario("plain")
    theirs = matrix("plain", "cor.bollen", case.estimate.structure.observed)
    np.testing.assert_allclose(residuals(case.estimate)[0].cor, theirs, atol=LAVAAN)


def test_residuals_over_their_errors_are_lavaans():
    case = cases.scenario("plain")
    theirs = matrix("plain", "standardized", case.estimate.structure.observed)
    np.testing.assert_allclose(residual_scores(case.estimate)[0].cov, theirs, atol=LAVAAN)


def test_residuals_are_what_the_model_leaves_of_the_sample():
    case = cases.scenario("groups")
    for group, found in enumerate(residuals(case.estimate)):
        sample, at = case.estimate.samples[group], case.estimate.point.implied[group]
        np.testing.assert_allclose(found.cov + at.sigma, sample.cov)
        np.testing.assert_allclose(found.mean + at.mu, sample.mean)
        np.testing.assert_allclose(np.diag(found.cor), 0, atol=1e-12)


def test_residuals_of_a_saturated_model_are_zero():
    case = cases.fit("y1 ~ x1 + x2", cases.data())
    assert not residual_scores(case.estimate)[0].cov.any()
    np.testing.assert_allclose(residuals(case.estimate)[0].cov, 0, atol=1e-12)


def test_the_error_of_a_covariance_fixed_at_zero_is_its_own():
    # Only a covariance is left over, of variance (s11 s22 + s12^2) / n.
    frame = cases.data()
    case = cases.fit("y1 ~~ 0*y4; y1 ~~ y1; y4 ~~ y4", frame)
    cov = case.estimate.samples[0].cov
    expected = cov[0, 1] / np.sqrt((cov[0, 0] * cov[1, 1] + cov[0, 1] ** 2) / len(frame))
    assert residual_scores(case.estimate)[0].cov[0, 1] == pytest.approx(expected, rel=1e-9)


def test_residuals_of_incomplete_data_have_no_scores():
    assert np.isnan(residual_scores(cases.scenario("gaps").estimate)[0].cov).all()


def test_explained_shares_are_lavaans():
    case, theirs = cases.scenario("plain"), cases.lavaan("plain", "r2")
    own = r_squared(case.estimate.point)[0]
    for name, value in theirs.items():
        assert own[case.place(name)] == pytest.approx(value, rel=LAVAAN), name
    assert np.isfinite(own).sum() == len(theirs)


def test_the_explained_share_of_a_regression_is_its_squared_multiple_correlation():
    frame = cases.data()
    case = cases.fit("y1 ~ x1 + x2", frame)
    design = np.column_stack([np.ones(len(frame)), frame[["x1", "x2"]]])
    fitted = design @ np.linalg.lstsq(design, frame["y1"])[0]
    expected = np.corrcoef(fitted, frame["y1"])[0, 1] ** 2
    assert r_squared(case.estimate.point)[0][0] == pytest.approx(expected, rel=1e-9)
