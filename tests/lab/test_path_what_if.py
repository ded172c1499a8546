import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.lab.path_model import path_model
from kamlab.lab.path_what_if import compute_paths, slider_values
from tests.lab.path_parts import (
    CAUSES,
    EXOGENOUS,
    MODEL,
    NOBS,
    explained,
    population,
    total_effect,
    with_path,
)

EXACT = 1e-7
"""Fits reach their minimum to about eight digits; all else is algebra."""


@pytest.fixture(scope="module")
def fit():
    return kl.fit_sem(MODEL, cov=population(), nobs=NOBS)


@pytest.fixture(scope="module")
def model(fit):
    return path_model(fit)


@pytest.fixture(scope="module")
def loop():
    """Two variables that affect each other, each with a cause of its own."""
    paths = np.zeros((4, 4))
    paths[0, [1, 2]], paths[1, [0, 3]] = (0.4, 0.5), (0.3, 0.5)
    spread = np.linalg.inv(np.eye(4) - paths)
    names = ["y1", "y2", "x1", "x2"]
    cov = pd.DataFrame(spread @ spread.T, names, names)
    return kl.fit_sem("y1 ~ y2 + x1; y2 ~ y1 + x2; y1 ~~ 0*y2", cov=cov, nobs=NOBS)


@pytest.fixture(scope="module")
def measured():
    sales = kl.load("bagozzi1980")
    text = "Sat =~ JS1 + JS2; TSE =~ SE1 + SE2; PERF ~ TSE; Sat ~ PERF + VI"
    return kl.fit_sem(text, cov=sales.covariances, nobs=sales.nobs)


PATHS = [(cause, effect) for effect, own in CAUSES.items() for cause in own]


@pytest.mark.parametrize(("cause", "effect"), PATHS)
def test_consequences_are_those_of_a_population_with_that_path(model, cause, effect):
    view = compute_paths(model, f"{cause} -> {effect}", -0.15)
    causes = with_path(cause, effect, -0.15)
    names = list(model.names)
    correct = population(causes).loc[names, names]
    assert view.problem is None
    np.testing.assert_allclose(view.correlation[1], correct, atol=EXACT)
    np.testing.assert_allclose(view.correlation[0], population().loc[names, names], atol=EXACT)
    for place, name in enumerate(names):
        if name in causes:
            share = explained(causes, name, correct)
            assert view.r_squared[1, place] == pytest.approx(share, abs=EXACT)
        else:
            assert np.isnan(view.r_squared[1, place])
    effects = [[total_effect(causes, one, other) for one in names] for other in names]
    np.testing.assert_allclose(view.total[1], effects, atol=EXACT)


def test_a_fit_to_what_would_follow_finds_that_path_and_no_other_change(fit, model):
    view = compute_paths(model, "trust -> commitment", 0.55)
    names = list(model.names)
    implied = pd.DataFrame(view.correlation[1], names, names)
    before, after = fit.tidy(), kl.fit_sem(MODEL, cov=implied, nobs=NOBS).tidy()
    paths = before["op"] == "~"
    moved = (before["lhs"] == "commitment") & (before["rhs"] == "trust")
    correct = before["std_all"].mask(moved, 0.55)
    np.testing.assert_allclose(after.loc[paths, "std_all"], correct[paths], atol=EXACT)


def test_a_fit_with_a_loop_to_what_would_follow_finds_that_path_too(loop):
    model = path_model(loop)
    view = compute_paths(model, "y1 -> y2", 0.45)
    names = list(model.names)
    implied = pd.DataFrame(view.correlation[1], names, names)
    again = path_model(kl.fit_sem(loop.model, cov=implied, nobs=NOBS))
    effect, cause = names.index("y2"), names.index("y1")
    correct = model.paths.copy()
    correct[effect, cause] = 0.45
    np.testing.assert_allclose(again.paths, correct, atol=EXACT)
    found = compute_paths(again, "y1 -> y2")
    np.testing.assert_allclose(found.r_squared[0], view.r_squared[1], atol=EXACT)


@pytest.mark.parametrize("name", ["fit", "loop", "measured"])
def test_at_the_estimate_all_is_as_the_fit_says(name, request):
    fit = request.getfixturevalue(name)
    model = path_model(fit)
    view = compute_paths(model)
    place = {name: k for k, name in enumerate(model.names)}
    for row in fit.effects(standardised=True).to_dict("records"):
        at = place[row["outcome"]], place[row["cause"]]
        assert view.total[1][at] == pytest.approx(row["total"], abs=EXACT)
    shares = fit.r_squared().set_index("outcome")["r_squared"]
    for variable, number in place.items():
        if variable in shares and not np.isnan(view.r_squared[1, number]):
            assert view.r_squared[1, number] == pytest.approx(shares[variable], abs=EXACT)
    np.testing.assert_allclose(view.correlation[1], view.correlation[0], atol=EXACT)
    assert not view.moved


def test_indicators_are_left_out_and_latent_variables_stay(measured):
    model = path_model(measured)
    assert set(model.names) == {"Sat", "TSE", "PERF", "VI"}
    view = compute_paths(model, "PERF -> Sat", 0.1)
    np.testing.assert_allclose(np.diagonal(view.correlation[1]), 1.0, atol=EXACT)


def test_more_than_everything_cannot_be_explained(model):
    view = compute_paths(model, "trust -> commitment", 1.0)
    causes = with_path("trust", "commitment", 1.0)
    share = explained(causes, "commitment", population(causes))
    assert share > 1
    assert f"R² of Commitment would be {share:.2f}" in str(view.sentence)
    assert "cannot be 1.00" in str(view.sentence)


def test_the_nearest_possible_value_is_named(model):
    def share(value):
        causes = with_path("trust", "commitment", value)
        return explained(causes, "commitment", population(causes))

    nearest = max(value for value in slider_values(0.3) if share(value) <= 1)
    sentence = str(compute_paths(model, "trust -> commitment", 1.0).sentence)
    assert f"nearest possible value on the slider is {nearest:.2f}" in sentence
    assert compute_paths(model, "trust -> commitment", nearest).problem is None
    assert compute_paths(model, "trust -> commitment", nearest + 0.05).problem is not None


def test_effects_around_a_loop_must_settle(loop):
    model = path_model(loop)
    back = model.paths[model.names.index("y1"), model.names.index("y2")]
    view = compute_paths(model, "y1 -> y2", 1.1 / back)
    assert "grow without end" in str(view.sentence)


def test_what_is_left_unexplained_must_be_able_to_covary():
    names = ["y1", "y2", "x"]
    cov = pd.DataFrame([[1, 0.6, 0.2], [0.6, 1, 0.2], [0.2, 0.2, 1]], names, names)
    model = path_model(kl.fit_sem("y1 ~ x; y2 ~ x; y1 ~~ y2", cov=cov, nobs=NOBS))
    covariance, others = 0.6 - 0.2**2, 1 - 0.2**2
    border = np.sqrt(1 - covariance**2 / others)
    assert compute_paths(model, "x -> y1", border - 0.001).problem is None
    view = compute_paths(model, "x -> y1", border + 0.001)
    assert "unexplained of y1, y2 could no longer vary together" in str(view.sentence)


def test_a_fit_that_is_improper_is_shown_as_it_is():
    names = ["y1", "y2", "x1", "x2"]
    cov = pd.DataFrame(np.eye(4), names, names)
    pairs = {("y1", "y2"): 0.8, ("x1", "x2"): 0.3, ("y1", "x1"): 0.6, ("y2", "x1"): 0.5}
    for (one, other), r in (pairs | {("y1", "x2"): 0.5, ("y2", "x2"): 0.7}).items():
        cov.loc[one, other] = cov.loc[other, one] = r
    text = "Y =~ y1 + y2; X =~ x1 + x2; Y ~ X"
    with pytest.warns(kl.ImproperSolutionWarning):
        fit = kl.fit_sem(text, cov=cov, nobs=NOBS)
    view = compute_paths(path_model(fit))
    assert view.r_squared[0, view.path[1]] > 1
    assert view.problem is None


def test_the_sentence_is_about_the_exogenous_cause_that_the_path_carries_most(model):
    view = compute_paths(model, "trust -> commitment", 0.5, outcome="propensity_to_leave")
    source = model.names[model.source(view.path)]
    assert source in EXOGENOUS
    sentence = str(view.sentence)
    assert "Trust → Commitment were 0.50 instead of 0.30" in sentence
    carried = total_effect(CAUSES, source, "trust")
    assert abs(carried) == pytest.approx(0.3)
    causes = with_path("trust", "commitment", 0.5)
    before, after = (total_effect(own, source, "propensity_to_leave") for own in (CAUSES, causes))
    numbers = f"would be {after:.2f} instead of {before:.2f}".replace("-", "−")
    assert numbers in sentence
    assert "not a forecast" in sentence


def test_the_sentence_says_whether_the_data_contradict_the_value(fit, model):
    effects = fit.effects(standardised=True)
    own = effects[(effects["cause"] == "trust") & (effects["outcome"] == "commitment")].iloc[0]
    near, far = own["direct_high"] - 0.001, own["direct_high"] + 0.001
    limits = f"95% interval is {own['direct_low']:.2f} to {own['direct_high']:.2f}"
    within = str(compute_paths(model, "trust -> commitment", near).sentence)
    beyond = str(compute_paths(model, "trust -> commitment", far).sentence)
    assert limits in within
    assert limits in beyond
    assert "do not contradict" in within
    assert "data contradict" in beyond


def test_without_standard_errors_nothing_is_said_of_intervals():
    fit = kl.fit_sem(MODEL, cov=population(), nobs=NOBS, se="none")
    sentence = str(compute_paths(path_model(fit), "trust -> commitment", 0.5).sentence)
    assert "interval" not in sentence


def test_the_sentence_is_said_in_japanese(model):
    kl.use_language("ja")
    view = compute_paths(model, "trust -> commitment", 0.5, outcome="propensity_to_leave")
    sentence = str(view.sentence)
    assert "「信頼 → コミットメント」が0.30ではなく0.50なら" in sentence
    assert "離脱性向" in sentence
    assert "予測ではありません" in sentence
    impossible = str(compute_paths(model, "trust -> commitment", 1.0).sentence)
    assert "なりえません" in impossible


def test_every_group_has_its_own_paths():
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    frame = pd.DataFrame({"x": x, "g": np.repeat(["a", "b"], 100)})
    frame["y"] = np.where(frame["g"] == "a", 0.2, 0.9) * x + 0.5 * rng.normal(size=200)
    fit = kl.fit_sem("y ~ x", frame, group="g")
    tidy = fit.tidy()
    for group in (1, 2):
        own = tidy[(tidy["op"] == "~") & (tidy["group"] == group)]["std_all"].item()
        view = compute_paths(path_model(fit, group=group))
        assert view.estimate == pytest.approx(own, abs=EXACT)
    with pytest.raises(ArgumentError, match="numbered from 1 to 2"):
        path_model(fit, group=3)


def test_a_path_can_be_written_with_either_arrow_and_must_exist(model):
    assert model.find_path("trust→commitment") == model.find_path("trust -> commitment")
    with pytest.raises(ArgumentError, match="did you mean 'trust -> commitment'"):
        model.find_path("trust -> comitment")
    with pytest.raises(ArgumentError, match=r"does not lead to 'trust'.*acquiescence"):
        compute_paths(model, "trust -> commitment", outcome="trust")


def test_what_has_no_paths_is_refused(measured):
    sales = kl.load("bagozzi1980")
    only = kl.fit_sem("Sat =~ JS1 + JS2; TSE =~ SE1 + SE2", cov=sales.covariances, nobs=sales.nobs)
    with pytest.raises(NotApplicable, match="at least one regression"):
        path_model(only)
    with pytest.raises(ArgumentError, match="this is DataFrame"):
        path_model(measured.tidy())


def test_a_path_fixed_at_zero_cannot_be_moved():
    fit = kl.fit_sem("y ~ x + 0*z", cov=_three(), nobs=NOBS)
    assert [path_model(fit).names[cause] for cause, _ in path_model(fit).choices] == ["x"]


def _three():
    names = ["y", "x", "z"]
    return pd.DataFrame([[1, 0.5, 0.1], [0.5, 1, 0.2], [0.1, 0.2, 1]], names, names)


def test_the_slider_reaches_the_estimate():
    assert slider_values(0.31)[[0, -1]].tolist() == [-1, 1]
    assert slider_values(1.23)[[0, -1]].tolist() == [-1, 1.25]
    assert slider_values(-1.01)[[0, -1]].tolist() == [-1.05, 1]
    np.testing.assert_allclose(np.diff(slider_values(0.0)), 0.05)
