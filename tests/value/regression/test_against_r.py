"""Every model beside R (tests/reference/value_r), on the same rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

FOLDER = Path(__file__).parents[2] / "reference" / "value_r"
SCORES = "trust + commitment + satisfaction + size"
# Both sides end within rounding of the same optimum; the reference has 15 digits.
SAME_OPTIMUM = 1e-6
# R's simplex ends on a corner; statsmodels' weighted least squares stop beside it, by less than
# this part of a standard error.
BESIDE_THE_CORNER = 2e-2
# R takes the density from two neighbouring fits and we from a uniform kernel: two rough
# estimates of one number, from 654 rows. Redrawn accounts (test_models.py) are the finer judge.
OTHER_DENSITY = 0.65
ONE_FOR_ONE = {"retention_rate": 0.55, "discount_rate": 0.10}
"""With these, lifetime value is the margin: .55 / (1 + .10 - .55) = 1."""


@pytest.fixture(scope="module")
def reference():
    table = pd.read_csv(FOLDER / "value.csv", dtype={"term": str}).fillna({"term": ""})
    return table.set_index(["analysis", "quantity", "term"])["value"]


def rows_of(name, margin):
    rows = pd.read_csv(FOLDER / name, dtype={"account_id": str})
    return rows.assign(
        net_margin=rows[margin],
        stayed=True,
        decided=True,
        period=rows.groupby("account_id").cumcount(),
        start=pd.Timestamp("2025-04-01"),
    ).drop(columns="ltv", errors="ignore")


@pytest.fixture(scope="module")
def rows():
    return rows_of("rows.csv", "net_margin")


@pytest.fixture(scope="module")
def rate(reference, rows):
    """The retention rate that makes the reference's values of its margins."""
    ltv = pd.read_csv(FOLDER / "rows.csv")["ltv"]
    multiple = (ltv / rows["net_margin"]).iloc[0]
    return 1.1 * multiple / (1 + multiple)


def expected(reference, analysis, quantity, terms):
    return [reference[analysis, quantity, term] for term in terms]


@pytest.mark.parametrize(
    ("cov", "error"), [("cluster", "se_cl"), ("robust", "se_hc1"), ("classical", "se_classical")]
)
def test_log_linear_has_estimates_errors_and_smearing_of_r(reference, rows, rate, cov, error):
    fit = kl.fit_value(f"log(ltv) ~ {SCORES}", rows, cov=cov, retention_rate=rate)
    tidy = fit.tidy()
    for column, quantity in (("estimate", "estimate"), ("std_error", error)):
        np.testing.assert_allclose(
            tidy[column],
            expected(reference, "log_linear", quantity, tidy["term"]),
            rtol=SAME_OPTIMUM,
        )
    assert fit.smearing == pytest.approx(reference["log_linear", "smearing", ""], rel=SAME_OPTIMUM)
    assert fit.glance()["residual_std_dev"].item() == pytest.approx(
        reference["log_linear", "sigma", ""], rel=SAME_OPTIMUM
    )


@pytest.mark.parametrize(
    ("cov", "error"), [("cluster", "se_cl_observed"), ("classical", "se_classical")]
)
def test_gamma_has_estimates_and_errors_of_r(reference, rows, rate, cov, error):
    fit = kl.fit_value(f"ltv ~ {SCORES}", rows, model="gamma", cov=cov, retention_rate=rate)
    tidy = fit.tidy()
    np.testing.assert_allclose(
        tidy["estimate"],
        expected(reference, "gamma", "estimate", tidy["term"]),
        rtol=SAME_OPTIMUM,
    )
    found = tidy["std_error"]
    wanted = expected(reference, "gamma", error, tidy["term"])
    # statsmodels takes the classical errors from the observed information, R from the expected.
    np.testing.assert_allclose(found, wanted, rtol=SAME_OPTIMUM if cov == "cluster" else 0.05)
    assert fit.glance()["dispersion"].item() == pytest.approx(
        reference["gamma", "dispersion_pearson", ""], rel=SAME_OPTIMUM
    )


@pytest.mark.parametrize("quantile", [0.25, 0.5, 0.75])
@pytest.mark.parametrize(("outcome", "label"), [("log(ltv)", "log"), ("ltv", "money")])
def test_quantiles_are_those_of_quantreg(reference, rows, rate, quantile, outcome, label):
    fit = kl.fit_value(
        f"{outcome} ~ {SCORES}", rows, model="quantile", quantile=quantile, retention_rate=rate
    )
    tidy = fit.tidy()
    analysis = f"quantile_{quantile}:{label}"
    error = np.array(expected(reference, analysis, "se_nid_cl", tidy["term"]))
    wanted = np.array(expected(reference, analysis, "estimate", tidy["term"]))
    np.testing.assert_array_less(np.abs(tidy["estimate"] - wanted) / error, BESIDE_THE_CORNER)
    np.testing.assert_allclose(tidy["std_error"], error, rtol=OTHER_DENSITY)


@pytest.fixture(scope="module")
def two_part():
    rows = rows_of("zeros.csv", "margin")
    return kl.fit_value("ltv ~ trust + size", rows, model="two_part", **ONE_FOR_ONE)


@pytest.mark.parametrize(("part", "error"), [("positive", "se_cl"), ("amount", "se_cl_observed")])
def test_both_parts_have_estimates_and_errors_of_r(reference, two_part, part, error):
    tidy = two_part.tidy().query("part == @part")
    for column, quantity in (("estimate", "estimate"), ("std_error", error)):
        np.testing.assert_allclose(
            tidy[column],
            expected(reference, f"two_part:{part}", quantity, tidy["term"]),
            rtol=SAME_OPTIMUM,
        )


def test_both_parts_together_have_the_effects_and_means_of_r(reference, two_part):
    both = two_part.tidy().query("part == 'both'")
    np.testing.assert_allclose(
        both["estimate"],
        expected(reference, "two_part", "mean_ame", both["term"]),
        rtol=SAME_OPTIMUM,
    )
    means = two_part.predict(two_part.design.used.head(5))["predicted_value"]
    numbers = [str(number) for number in range(1, 6)]
    np.testing.assert_allclose(
        means, expected(reference, "two_part", "expected_margin", numbers), rtol=SAME_OPTIMUM
    )
