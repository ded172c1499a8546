"""Factor scores beside lavaan's (tests/reference/lavaan_inference) and by their definition."""

import numpy as np
import pytest

from kamlab.sem.inference.factor_scores import factor_scores
from tests.sem import inference_cases as cases

LAVAAN = 1e-8


@pytest.mark.parametrize("name", ["plain", "gaps"])
@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_scores_are_lavaans(name, method):
    case, theirs = cases.scenario(name), cases.lavaan(name, method)
    case_scores = factor_scores(case.estimate, method)[0].scores
    frame = cases.data(complete=name != "gaps")
    frame = frame[["y1", "y2", "y3", "y4", "y5", "y6", "x1", "x2"]]
    used = frame.dropna(subset=["x1", "x2"]).dropna(how="all").to_numpy()
    rows = case.estimate.samples[0].rows
    columns = [case.place(one) for one in ("y1", "y2", "y3", "y4", "y5", "y6", "x1", "x2")]
    for number in range(1, 5):
        same = (rows[:, columns] == used[number - 1]) | np.isnan(used[number - 1])
        (place,) = np.flatnonzero(
            same.all(axis=1)
            & (np.isnan(rows[:, columns]) == np.isnan(used[number - 1])).all(axis=1)
        )
        for factor, label in enumerate(("f1", "f2")):
            expected = theirs[f"{number} {label}"]
            assert case_scores[place, factor] == pytest.approx(expected, rel=LAVAAN)


def test_regression_scores_predict_without_error_correlated_with_the_items():
    case = cases.scenario("plain")
    at, sample = case.estimate.point.implied[0], case.estimate.samples[0]
    weights = np.linalg.solve(at.sigma, at.total[:8, 8:])
    expected = (sample.rows - sample.mean) @ weights
    found = factor_scores(case.estimate)[0].scores
    np.testing.assert_allclose(found - found.mean(axis=0), expected, atol=1e-10)


def test_bartlett_scores_recover_the_factor_of_items_without_error():
    case = cases.fit("f =~ y1 + y2 + y3; y1 ~~ 0*y1", cases.data())
    found = factor_scores(case.estimate, "bartlett")[0]
    rows = case.estimate.samples[0].rows
    np.testing.assert_allclose(found.scores[:, 0], rows[:, 0] - rows[:, 0].mean(), atol=1e-9)
    assert found.determinacy[0] == pytest.approx(1, abs=1e-9)


def test_determinacy_is_the_multiple_correlation_with_the_items():
    case = cases.scenario("plain")
    at = case.estimate.point.implied[0]
    shared = at.total[8:, :8]
    explained = np.diag(shared @ np.linalg.solve(at.sigma, shared.T)) / np.diag(at.total)[8:]
    regression = factor_scores(case.estimate)[0].determinacy
    np.testing.assert_allclose(regression**2, explained, rtol=1e-10)
    assert (factor_scores(case.estimate, "bartlett")[0].determinacy < regression).all()


def test_a_factor_of_factors_has_no_bartlett_score():
    text = "a =~ y1 + y2 + y3; b =~ y4 + y5 + y6; g =~ a + 1*b"
    found = factor_scores(cases.fit(text, cases.data()).estimate, "bartlett")[0].scores
    assert np.isnan(found[:, 2]).all()
    assert np.isfinite(found[:, :2]).all()


def test_a_case_is_scored_from_what_it_has():
    case = cases.scenario("gaps")
    rows = case.estimate.samples[0].rows
    found = factor_scores(case.estimate)[0].scores
    incomplete = np.isnan(rows).any(axis=1)
    assert incomplete.any()
    assert np.isfinite(found[incomplete]).all()
    at = case.estimate.point.implied[0]
    place = int(np.flatnonzero(incomplete)[0])
    has = np.flatnonzero(~np.isnan(rows[place]))
    weights = np.linalg.solve(at.sigma[np.ix_(has, has)], at.total[has, 8:])
    expected = at.level[8:] + (rows[place, has] - at.mu[has]) @ weights
    np.testing.assert_allclose(found[place], expected, rtol=1e-10)
