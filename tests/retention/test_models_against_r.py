"""Every model of `fit_retention` against R; scripts and numbers: tests/reference/retention_r."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kamlab.retention.renewal.fit import fit_retention

FOLDER = Path(__file__).parents[1] / "reference" / "retention_r"
RIGHT = "trust + commitment + satisfaction + tenure + size"
FORMULAS = {"scores": f"stayed ~ {RIGHT}", "industry": "stayed ~ trust + size + industry"}
LINKS = ("logit", "probit", "cloglog")
# statsmodels stops Newton's method (GLM: iterated least squares) at a change of 1e-8.
CONVERGED = 1e-6
# Our own climbs go on to 1e-10 and the numbers of R to twelve digits.
CLIMBED = 1e-7
# lme4 stops its optimiser at 1e-6 or so.
LME4 = 1e-4
# Nine nodes where R took 400: of a logistic averaged over intercepts with standard deviation 1.
NINE_NODES = 1e-4


def numbers(file, analysis):
    table = pd.read_csv(FOLDER / file, dtype={"term": str})
    own = table[table["analysis"] == analysis]
    return {
        name: part.set_index("term")["value"] for name, part in own.groupby("quantity", sort=False)
    }


def rows_of(file):
    rows = pd.read_csv(FOLDER / file, dtype={"account_id": str})
    period = rows.get("period", 2020)
    start = pd.Timestamp("2000-01-01") + pd.to_timedelta(365 * period, unit="D")
    return rows.assign(period=period, start=start, decided=True)


@pytest.fixture(scope="module")
def rows():
    return rows_of("rows.csv")


def by_term(fit, column):
    return fit.tidy().set_index("term")[column]


def agree(found, expected, rtol):
    np.testing.assert_allclose(found[expected.index], expected, rtol=rtol, atol=1e-9)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("model", LINKS)
class TestLinks:
    def test_estimates_and_likelihood(self, rows, model, formula):
        fit = fit_retention(FORMULAS[formula], rows, model=model)
        known = numbers("glm.csv", f"{model}:{formula}")
        agree(by_term(fit, "estimate"), known["estimate"], CONVERGED)
        glance, terms = fit.glance().iloc[0], len(known["estimate"])
        loglik, null = known["loglik"].item(), known["loglik_null"].item()
        expected = [loglik, 1 - loglik / null, 2 * terms - 2 * loglik]
        found = glance[["loglik", "pseudo_r_squared", "aic"]].astype(float)
        np.testing.assert_allclose(found, expected, rtol=CONVERGED)

    @pytest.mark.parametrize(
        ("cov", "name"),
        [("cluster", "cl_observed"), ("robust", "hc1_observed"), ("classical", None)],
    )
    def test_errors_and_average_effects(self, rows, model, formula, cov, name):
        fit = fit_retention(FORMULAS[formula], rows, model=model, cov=cov)
        # A GLM's own errors are those of the expected information, a Probit's of the observed.
        name = name or ("classical_expected" if model == "cloglog" else "classical_observed")
        known = numbers("glm.csv", f"{model}:{formula}")
        agree(by_term(fit, "std_error"), known[f"se_{name}"], CONVERGED)
        agree(by_term(fit, "ame"), known["ame"], CONVERGED)
        reach = stats.t.ppf(0.975, known["n_accounts"].item() - 1) * known[f"ame_se_{name}"]
        agree(by_term(fit, "ame_high") - by_term(fit, "ame"), reach, CONVERGED)
        agree(by_term(fit, "ame") - by_term(fit, "ame_low"), reach, CONVERGED)

    def test_predictions_and_their_limits(self, rows, model, formula):
        fit = fit_retention(FORMULAS[formula], rows, model=model)
        known = numbers("glm.csv", f"{model}:{formula}")
        found = fit.predict(rows.head(5))
        expected = known["stay_probability"].to_numpy()
        np.testing.assert_allclose(found["stay_probability"], expected, rtol=CONVERGED)
        reach = stats.t.ppf(0.975, known["n_accounts"].item() - 1)
        eta, error = (known[name].to_numpy() for name in ("eta", "eta_se_cl_observed"))
        chance = {"logit": stats.logistic.cdf, "probit": stats.norm.cdf}.get(
            model, lambda x: np.exp(-np.exp(x))
        )
        limits = np.sort([chance(eta - reach * error), chance(eta + reach * error)], axis=0)
        np.testing.assert_allclose(
            found[["stay_low", "stay_high"]].to_numpy().T, limits, rtol=CONVERGED
        )


@pytest.mark.parametrize(
    ("name", "formula"), [("rows", FORMULAS["scores"]), ("separated", "stayed ~ trust + changed")]
)
def test_firth_is_brglm2s_with_the_profiles_limits(name, formula):
    fit = fit_retention(formula, rows_of(f"{name}.csv"), model="firth")
    known = numbers("firth.csv", name)
    agree(by_term(fit, "estimate"), known["estimate"], CLIMBED)
    agree(by_term(fit, "std_error"), known["se"], CLIMBED)
    agree(by_term(fit, "conf_low"), known["profile_low"], CLIMBED)
    agree(by_term(fit, "conf_high"), known["profile_high"], CLIMBED)
    expected = pd.Series(stats.chi2.sf(known["lr"], 1), known["lr"].index)
    agree(by_term(fit, "p_value"), expected, 1e-5)  # a tail magnifies the last digits
    agree(np.log(by_term(fit, "odds_ratio_high")), known["profile_high"], CLIMBED)
    glance = fit.glance().iloc[0]
    assert glance["loglik"] == pytest.approx(known["loglik"].item(), rel=CLIMBED)
    assert glance["penalised_loglik"] == pytest.approx(
        known["loglik_penalised"].item(), rel=CLIMBED
    )


@pytest.fixture(scope="module")
def known():
    return numbers("glmer.csv", "random_intercepts")


@pytest.fixture(scope="module")
def fit():
    rows = rows_of("random_intercepts.csv")
    return fit_retention("stayed ~ trust", rows, model="random_intercept")


class TestRandomIntercept:
    def test_estimates_are_those_of_fine_integration(self, fit, known):
        agree(by_term(fit, "estimate"), known["estimate"].drop(["sd", "log_sd"]), CLIMBED)
        agree(by_term(fit, "std_error"), known["se"].drop(["sd", "log_sd"]), 1e-6)
        assert fit.intercept_sd == pytest.approx(known["estimate"]["sd"], rel=CLIMBED)
        error = np.sqrt(fit.joint_covariance[-1, -1])
        assert error == pytest.approx(known["se"]["sd"], rel=1e-6)

    def test_estimates_are_lme4s(self, fit, known):
        agree(by_term(fit, "estimate"), known["estimate_lme4"].drop("sd"), LME4)
        assert fit.intercept_sd == pytest.approx(known["estimate_lme4"]["sd"], rel=LME4)

    def test_the_whole_fit_in_one_row(self, fit, known):
        glance = fit.glance().iloc[0]
        loglik, boundary = known["loglik"].item(), known["boundary"].item()
        sd = known["estimate"]["sd"]
        assert glance["loglik"] == pytest.approx(loglik, rel=CLIMBED)
        assert glance["aic"] == pytest.approx(6 - 2 * loglik, rel=CLIMBED)
        assert glance["latent_icc"] == pytest.approx(sd**2 / (sd**2 + np.pi**2 / 3), rel=1e-6)
        lr = 2 * (loglik - boundary)
        assert glance["intercept_lr"] == pytest.approx(lr, rel=1e-6)
        assert glance["intercept_p"] == pytest.approx(stats.chi2.sf(lr, 1) / 2, rel=1e-4)

    def test_predictions_are_the_populations(self, fit, known):
        rows = rows_of("random_intercepts.csv").head(5)
        expected = known["population_stay_probability"].to_numpy()
        found = fit.predict(rows)["stay_probability"]
        np.testing.assert_allclose(found, expected, rtol=NINE_NODES)

    def test_without_spread_it_is_the_plain_logit(self, rows):
        known = numbers("glmer.csv", "rows")
        fit = fit_retention(FORMULAS["scores"], rows, model="random_intercept")
        assert fit.intercept_sd == 0
        agree(by_term(fit, "estimate"), known["estimate_lme4"].drop("sd"), CONVERGED)
        agree(by_term(fit, "std_error"), known["se_lme4"], LME4)
        assert fit.glance()["intercept_p"].item() == 1
        assert "zero" in fit.report()
