import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.panel.links import LINKS
from kamlab.retention.renewal.averaging import refit_averaged
from kamlab.retention.renewal.fit import fit_retention

ACCOUNTS, PERIODS = 1200, 3
TRUE = {"logit": 1.2, "probit": 1.0, "cloglog": -1.0}
AT = {"logit": 1.0, "probit": 0.8, "cloglog": -1.5}
# Three and a half standard errors: by chance less than once in 2,000 runs, and the seed is fixed.
ALLOWED = 3.5


def simulated(model, error=1.0):
    """Accounts whose one to four respondents see true trust with error."""
    rng = np.random.default_rng(8)
    truth, respondents = rng.normal(4, 1, ACCOUNTS), rng.integers(1, 5, ACCOUNTS)
    names = np.array([f"A-{i:04d}" for i in range(ACCOUNTS)])
    whose = np.repeat(np.arange(ACCOUNTS), respondents)
    seen = truth[whose] + rng.normal(0, np.sqrt(error), len(whose))
    survey = pd.DataFrame({"account_id": names[whose], "wave": 1})
    survey["respondent_id"] = [f"R-{i}" for i in range(len(whose))]
    survey["answered_on"] = pd.Timestamp("2019-10-01")
    survey = survey.assign(**{f"trust_{k}": seen for k in range(1, 5)})
    rows = pd.DataFrame(
        {
            "account_id": np.repeat(names, PERIODS),
            "period": np.tile(2020 + np.arange(PERIODS), ACCOUNTS),
            "trust": np.repeat(np.bincount(whose, seen) / respondents, PERIODS),
            "truth": np.repeat(truth, PERIODS),
            "n_respondents": np.repeat(respondents, PERIODS),
            "size": rng.normal(size=ACCOUNTS * PERIODS),
            "decided": True,
        }
    )
    rows["start"] = pd.to_datetime(rows["period"].astype(str) + "-04-01")
    predictor = AT[model] + TRUE[model] * (rows["truth"] - 4) + 0.3 * rows["size"]
    rows["chance"] = LINKS[model].probability(predictor.to_numpy())
    rows["stayed"] = (rng.random(len(rows)) < rows["chance"]).astype(float)
    return rows, kl.score_error(survey)


@pytest.fixture(scope="module", params=list(TRUE))
def fits(request):
    model = request.param
    rows, error = simulated(model)
    formulas = {"naive": "stayed ~ trust + size", "true": "stayed ~ truth + size"}
    found = {name: fit_retention(form, rows, model=model) for name, form in formulas.items()}
    corrected = fit_retention("stayed ~ trust + size", rows, model=model, error=error)
    return model, rows, error, found | {"corrected": corrected}


def test_the_correction_finds_the_truth_that_the_plain_fit_misses(fits):
    model, _, _, found = fits
    tidy = {name: fit.tidy().set_index("term") for name, fit in found.items()}
    naive, row = tidy["naive"].loc["trust"], tidy["corrected"].loc["trust"]
    assert abs(naive["estimate"] - TRUE[model]) > 5 * naive["std_error"]
    assert abs(row["estimate"] - TRUE[model]) < ALLOWED * row["std_error"]
    other = tidy["corrected"].loc["size"]
    assert abs(other["estimate"] - 0.3) < ALLOWED * other["std_error"]
    # What is not known cannot be had for nothing.
    assert row["std_error"] > 1.3 * naive["std_error"]


def test_average_effects_are_those_of_true_quality(fits):
    _, _, _, found = fits
    effects = {name: fit.tidy().set_index("term") for name, fit in found.items()}
    true = effects["true"].loc["truth", "ame"]
    row = effects["corrected"].loc["trust"]
    error = (row["ame_high"] - row["ame_low"]) / (2 * stats.norm.ppf(0.975))
    assert abs(row["ame"] - true) < ALLOWED * error
    assert effects["naive"].loc["trust", "ame"] < true - ALLOWED * error


def test_predictions_are_right_on_average_for_every_score(fits):
    _, rows, _, found = fits
    chance = found["corrected"].predict(rows)["stay_probability"]
    groups = pd.qcut(rows["trust"], 8)
    gap = (rows["stayed"] - chance).groupby(groups, observed=True).mean()
    count = rows.groupby(groups, observed=True).size()
    # Binomial, times the square root of three periods that share an account's truth.
    spread = np.sqrt(PERIODS * 0.25 / count)
    assert (gap.abs() < ALLOWED * spread).all()
    # Exactly 0 in a logit without error alone; a calibration that takes the
    # likely truth for the truth is wrong by 9e-3 (logit) to 1.3e-2 (cloglog) here.
    assert (rows["stayed"] - chance).mean() == pytest.approx(0, abs=2e-3)


def test_the_estimate_is_the_top_of_the_averaged_likelihood(fits):
    model, rows, _, found = fits
    fit = found["corrected"]
    known, counts = fit.correction.calibration, rows["n_respondents"].to_numpy(dtype=float)
    terms = fit.correction.terms(fit.design).to_numpy()

    def loglik(by):
        chance = LINKS[model].averaged(terms @ by, known.variance(by, counts))
        return np.log(np.where(rows["stayed"] == 1, chance, 1 - chance)).sum()

    by, step = fit.estimates.coefficients, 1e-4
    assert fit.glance()["loglik"].item() == pytest.approx(loglik(by), rel=1e-12)
    gradient = [(loglik(by + step * e) - loglik(by - step * e)) / (2 * step) for e in np.eye(3)]
    curvature = [
        (loglik(by + 0.01 * e) - 2 * loglik(by) + loglik(by - 0.01 * e)) / 0.01**2
        for e in np.eye(3)
    ]
    assert np.abs(np.array(gradient) / curvature).max() < 1e-5


def test_without_error_the_correction_changes_nothing():
    rows, error = simulated("logit", error=1e-8)
    rows = rows[rows["account_id"] < "A-0400"]
    plain = fit_retention("stayed ~ trust + size", rows)
    corrected = fit_retention("stayed ~ trust + size", rows, error=error)
    np.testing.assert_allclose(
        corrected.estimates.coefficients, plain.estimates.coefficients, rtol=1e-5
    )
    # Five hundred redraws know a standard error to 3 %; the formula has no such noise.
    ratio = corrected.tidy()["std_error"] / plain.tidy()["std_error"]
    assert ratio.between(0.85, 1.15).all()


def test_a_draw_without_a_start_stays_without_a_solution(fits):
    model, rows, _, found = fits
    fit = found["corrected"]
    terms = np.stack(2 * [fit.correction.terms(fit.design).to_numpy()])
    start = np.stack([np.full(3, np.nan), fit.estimates.coefficients])
    counts = rows["n_respondents"].to_numpy(dtype=float)
    outcome = rows["stayed"].to_numpy()
    once = np.ones((2, len(rows)))
    by = refit_averaged(
        LINKS[model], terms, outcome, once, start, fit.correction.calibration, counts
    )
    assert np.isnan(by[0]).all()
    np.testing.assert_allclose(by[1], fit.estimates.coefficients, rtol=1e-6)


def test_the_seed_alone_decides_the_errors():
    rows, error = simulated("logit")
    some = rows[rows["account_id"] < "A-0300"]
    first, again, other = (
        fit_retention("stayed ~ trust", some, error=error, seed=seed).tidy() for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert first["std_error"][1] != other["std_error"][1]
    assert first["std_error"][1] == pytest.approx(other["std_error"][1], rel=0.15)


def test_the_note_says_that_scores_are_corrected_and_nothing_else(fits, language):
    *_, found = fits
    report = found["corrected"].report()
    said = {"en": "corrected for measurement error", "ja": "測定誤差を補正"}[language]
    assert said in report
    assert "not corrected" not in report
    assert "補正していません" not in report
