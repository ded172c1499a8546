"""Simulated truth comes back, with and without error in the scores."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.quality.score_error import ScoreError

FOLDER = Path(__file__).parents[2] / "reference" / "value_r"
# An estimate beyond four of its own standard errors happens once in 16,000.
FAR = 4.0
RATE = {"retention_rate": 0.55, "discount_rate": 0.10}
"""With these, lifetime value is the margin."""


def panel(n_accounts, seed, make, periods=3):
    """Rows of accounts with a lasting and a passing part of x, and margins made of it."""
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(n_accounts), periods)
    x = rng.normal(size=n_accounts)[account] * 0.8 + rng.normal(size=len(account)) * 0.6
    return pd.DataFrame(
        {
            "account_id": account.astype(str),
            "period": np.tile(np.arange(periods), n_accounts),
            "start": np.tile(pd.date_range("2023-04-01", periods=periods, freq="YS"), n_accounts),
            "x": x,
            "net_margin": make(x, account, rng),
            "stayed": True,
            "decided": True,
        }
    )


def close(tidy, truth):
    table = tidy.set_index("term")
    for term, value in truth.items():
        assert abs(table.loc[term, "estimate"] - value) < FAR * table.loc[term, "std_error"]


def test_log_linear_recovers_slope_and_expected_money():
    spread = 0.7

    def make(x, account, rng):
        shared = rng.normal(size=account.max() + 1)[account]
        noise = np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=len(x))
        return np.exp(8 + 0.3 * x + spread * noise)

    fit = kl.fit_value("log(ltv) ~ x", panel(1_000, 1, make), **RATE)
    close(fit.tidy(), {"Intercept": 8, "x": 0.3})
    rows = pd.DataFrame({"x": [-1.0, 0.0, 1.0]})
    table = fit.predict(rows)
    truth = np.exp(8 + 0.3 * rows["x"] + spread**2 / 2)
    half = np.log(table["predicted_high"] / table["predicted_low"]) / 2
    assert (np.abs(np.log(table["predicted_value"] / truth)) < 2 * half).all()
    # Without smearing the mean of a log-normal would be a fifth too small.
    assert table["predicted_value"].iloc[1] > 1.15 * np.exp(fit.coefficients["Intercept"])


def test_gamma_recovers_the_log_of_the_expectation_where_least_squares_do_not():
    """The spread of logs depends on x: log-linear slopes are then not those of the mean."""

    def make(x, account, rng):
        shape = np.exp(0.5 - 0.5 * x)
        return rng.gamma(shape, np.exp(8 + 0.3 * x) / shape)

    rows = panel(1_500, 2, make)
    close(kl.fit_value("ltv ~ x", rows, model="gamma", **RATE).tidy(), {"Intercept": 8, "x": 0.3})
    logs = kl.fit_value("log(ltv) ~ x", rows, **RATE).tidy().set_index("term").loc["x"]
    assert logs["estimate"] < 0.3 - FAR * logs["std_error"]


def test_two_parts_recover_both_and_the_whole():
    def make(x, account, rng):
        earns = rng.random(len(x)) < 1 / (1 + np.exp(-(0.5 + 0.6 * x)))
        amount = rng.gamma(2.0, np.exp(6 + 0.4 * x) / 2)
        return np.where(earns, amount, -50.0)

    rows = panel(1_500, 3, make)
    tidy = kl.fit_value("ltv ~ x", rows, model="two_part", **RATE).tidy()
    close(tidy.query("part == 'positive'"), {"Intercept": 0.5, "x": 0.6})
    close(tidy.query("part == 'amount'"), {"Intercept": 6, "x": 0.4})
    chance = 1 / (1 + np.exp(-(0.5 + 0.6 * rows["x"])))
    effect = (chance * np.exp(6 + 0.4 * rows["x"]) * (0.4 + (1 - chance) * 0.6)).mean()
    close(tidy.query("part == 'both'"), {"x": effect})


@pytest.mark.parametrize("quantile", [0.25, 0.75])
def test_quantiles_recover_a_spread_that_grows(quantile):
    from scipy.stats import norm

    def make(x, account, rng):
        return np.exp(8 + 0.3 * x + (0.5 + 0.1 * np.tanh(x)) * rng.normal(size=len(x)))

    rows = panel(2_000, 4, make).assign(spread=lambda t: np.tanh(t["x"]))
    fit = kl.fit_value("log(ltv) ~ x + spread", rows, model="quantile", quantile=quantile, **RATE)
    at = norm.ppf(quantile)
    close(fit.tidy(), {"Intercept": 8 + 0.5 * at, "x": 0.3, "spread": 0.1 * at})


def known(covariance, constructs, ids):
    """Score error that is known: every account shows the same covariance."""
    count = len(ids)
    return ScoreError(
        constructs=tuple(constructs),
        account_ids=pd.Index(ids),
        crossed=np.broadcast_to(covariance, (count, *np.shape(covariance))).copy(),
        freedom=np.ones(count),
        scores=pd.DataFrame({"account_id": ids}),
    )


@pytest.fixture(scope="module")
def reference():
    table = pd.read_csv(FOLDER / "checks.csv").query("analysis == 'known_error'")
    return table.pivot_table(index="term", columns="quantity", values="value")


@pytest.fixture(scope="module")
def with_error():
    rows = pd.read_csv(FOLDER / "error.csv", dtype={"account_id": str})
    rows["net_margin"] = np.exp(rows["y"])
    rows["start"] = pd.Timestamp("2025-04-01")
    return rows.assign(
        stayed=True, decided=True, n_respondents=1.0, period=rows.groupby("account_id").cumcount()
    )


COVARIANCE = np.array([[0.30, 0.10], [0.10, 0.20]])


def test_corrected_least_squares_are_those_of_corrected_moments(with_error, reference):
    """With the same error in every row, calibration and corrected moments are one."""
    error = known(COVARIANCE, ["trust", "commitment"], with_error["account_id"].unique())
    formula = "log(ltv) ~ trust + commitment + size"
    fit = kl.fit_value(formula, with_error, error=error, **RATE)
    tidy = fit.tidy().set_index("term")
    np.testing.assert_allclose(tidy["estimate"], reference.loc[tidy.index, "estimate"], rtol=1e-8)
    naive = kl.fit_value(formula, with_error, **RATE).tidy().set_index("term")
    np.testing.assert_allclose(naive["estimate"], reference.loc[tidy.index, "naive"], rtol=1e-8)
    # A bootstrap of 500 draws beside a sandwich.
    np.testing.assert_allclose(tidy["std_error"], reference.loc[tidy.index, "se_cl"], rtol=0.15)


def test_gamma_recovers_slopes_from_scores_with_error():
    """With normal truth and error and a log link, calibration has the true slopes."""
    variance = 0.5

    def make(x, account, rng):
        return rng.gamma(4.0, np.exp(8 + 0.4 * x) / 4)

    rows = panel(2_000, 5, make)
    rng = np.random.default_rng(9)
    rows["trust"] = rows.pop("x") + np.sqrt(variance / 2) * rng.normal(size=len(rows))
    rows["n_respondents"] = 2.0
    error = known([[variance]], ["trust"], rows["account_id"].unique())
    naive = kl.fit_value("ltv ~ trust", rows, model="gamma", **RATE).tidy().set_index("term")
    fit = kl.fit_value("ltv ~ trust", rows, model="gamma", error=error, **RATE)
    close(fit.tidy(), {"trust": 0.4})
    assert naive.loc["trust", "estimate"] < 0.4 - FAR * naive.loc["trust", "std_error"]
    # The expectation holds over rows, whatever is open of each.
    mean = fit.predict(fit.design.used)["predicted_value"].mean()
    assert mean == pytest.approx(rows["net_margin"].mean(), rel=0.02)


def test_expected_money_of_a_corrected_log_regression_adds_up():
    def make(x, account, rng):
        return np.exp(8 + 0.4 * x + 0.5 * rng.normal(size=len(x)))

    rows = panel(2_000, 6, make)
    rng = np.random.default_rng(9)
    rows["trust"] = rows.pop("x") + 0.5 * rng.normal(size=len(rows))
    rows["n_respondents"] = 1.0
    error = known([[0.25]], ["trust"], rows["account_id"].unique())
    fit = kl.fit_value("log(ltv) ~ trust", rows, error=error, **RATE)
    close(fit.tidy(), {"trust": 0.4})
    mean = fit.predict(fit.design.used)["predicted_value"].mean()
    assert mean == pytest.approx(rows["net_margin"].mean(), rel=0.03)
