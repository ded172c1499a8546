"""The arrays beneath: against 30-digit numbers, differences and simulated shares."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from kamlab.value.purchases.fit import PROCESSES
from kamlab.value.purchases.forecast import Estimates, forecast
from kamlab.value.purchases.gamma_gamma import Spending
from kamlab.value.purchases.histories import Histories, alone, grouped
from kamlab.value.purchases.likelihood import Layout, Likelihood
from tests.value.purchases.simulated import TRUTH, lives

REFERENCE = Path(__file__).parents[2] / "reference" / "purchases_peers"
PARAMETERS = [f"parameter_{i}" for i in range(1, 5)]
# Ten nodes a panel; sums of a thousand logarithms for accounts with 5,000 purchases.
QUADRATURE = 5e-10
# The mean over the chance of leaving bends between panels; the worst case looks 10,000 times the
# mean time between purchases ahead.
MEAN = 5e-7
# Central differences with a step of 1e-5 of functions known to 1e-14.
DIFFERENCES = 2e-6
# 40,000 simulated accounts: a share's standard error is at most 0.0025.
SHARES = 0.01


def histories(x, t_x, T):
    none = np.zeros((0, len(x)))
    x = np.asarray(x, dtype=np.int64)
    return Histories(x, np.asarray(t_x, float), np.asarray(T, float), none, none)


def reference(name):
    table = pd.read_csv(REFERENCE / f"{name}.csv")
    return {key: rows for key, rows in table.groupby(["model", *PARAMETERS])}


@pytest.mark.parametrize("key", reference("points"), ids=str)
def test_likelihood_and_probability_have_thirty_digits_behind_them(key):
    rows = reference("points")[key]
    model, *parameters = key
    found = PROCESSES[model].fates(
        np.log(parameters)[:, None], histories(rows["frequency"], rows["recency"], rows["T"])
    )
    np.testing.assert_allclose(found.loglik().value, rows["loglik"], rtol=QUADRATURE)
    p_alive = expit(-found.log_odds_gone.value)
    np.testing.assert_allclose(p_alive, rows["p_alive"], rtol=0, atol=QUADRATURE)


@pytest.mark.parametrize("key", reference("forecasts"), ids=str)
@pytest.mark.parametrize("periods", [1, 52, 520])
def test_expected_purchases_have_digits_behind_them(key, periods):
    rows = reference("forecasts")[key]
    model, *parameters = key
    estimates = Estimates(Layout(PROCESSES[model], 0, 0), np.log(parameters), np.eye(4))
    some = histories(rows["frequency"], rows["recency"], rows["T"])
    found = forecast(estimates, some, np.array([float(periods)]), np.ones(1))
    np.testing.assert_allclose(np.exp(found.log_ahead), rows[f"expected_{periods}"], rtol=MEAN)


@pytest.mark.parametrize("key", reference("new"), ids=str)
@pytest.mark.parametrize("periods", [1, 52, 520])
def test_purchases_of_a_new_customer_have_digits_behind_them(key, periods):
    rows = reference("new")[key]
    model, *parameters = key
    estimates = Estimates(Layout(PROCESSES[model], 0, 0), np.log(parameters), np.eye(4))
    found = forecast(estimates, histories([0], [0], [0]), np.array([float(periods)]), np.ones(1))
    np.testing.assert_allclose(np.exp(found.log_ahead), rows[f"expected_{periods}"], rtol=MEAN)


HARD = histories(
    [0, 0, 1, 3, 3, 40, 5000, 2, 0],
    [0, 0, 0.01, 9, 30, 38, 39, 5, 0],
    [40, 4000, 40, 40, 30, 39, 40, 300, 0],
)
SETS = [(0.7, 8, 0.9, 3), (0.05, 0.2, 2.5, 60), (30, 400, 12, 30), (2, 1, 0.05, 0.1)]


@pytest.mark.parametrize("parameters", SETS, ids=str)
def test_slopes_and_curvatures_are_those_of_the_likelihood(model, parameters):
    process, step = PROCESSES[model], 1e-5

    def terms(logs):
        return process.fates(logs[:, None], HARD).loglik()

    logs = np.log(parameters)
    slope, curvature = terms(logs).slope, terms(logs).curvature
    for place, way in enumerate(step * np.eye(4)):
        up, down = terms(logs + way), terms(logs - way)
        scale = 1 + np.abs(slope[place])
        difference = (up.value - down.value) / (2 * step)
        assert (np.abs(difference - slope[place]) / scale).max() < 10 * DIFFERENCES
        difference = (up.slope - down.slope) / (2 * step)
        scale = 1 + np.abs(curvature).max(axis=(0, 1))
        assert (np.abs(difference - curvature[place]) / scale).max() < DIFFERENCES


@pytest.mark.parametrize("parameters", SETS, ids=str)
def test_slopes_of_forecasts_are_those_of_the_forecasts(model, parameters):
    layout, step = Layout(PROCESSES[model], 0, 0), 1e-5
    times, weights = np.array([0.5, 30.0, 400.0]), np.array([0.2, 1.0, 0.1])

    def at(logs):
        return forecast(Estimates(layout, logs, np.eye(4)), HARD, times, weights)

    logs = np.log(parameters)
    here = at(logs)
    for place, way in enumerate(step * np.eye(4)):
        up, down = at(logs + way), at(logs - way)
        difference = (up.log_ahead - down.log_ahead) / (2 * step)
        np.testing.assert_allclose(
            difference, here.log_ahead_slope[place], rtol=1e-4, atol=1e-4 + 1e-9 * 5000
        )
        some = np.isfinite(here.log_odds)
        difference = (up.log_odds[some] - down.log_odds[some]) / (2 * step)
        np.testing.assert_allclose(
            difference, here.log_odds_slope[place][some], rtol=1e-5, atol=1e-4
        )


@pytest.mark.parametrize("s", [1 - 1e-9, 1.0, 1 + 1e-9])
def test_pareto_has_a_forecast_where_its_formula_divides_by_zero(s):
    def ahead(s):
        logs = np.log([0.7, 8, s, 30])[:, None]
        return PROCESSES["paretonbd"].ahead(logs, HARD, np.array([50.0]), np.ones(1))

    near, _ = ahead(1 + 1e-3)
    value, slope = ahead(s)
    np.testing.assert_allclose(value, near, rtol=1e-3)
    np.testing.assert_allclose(slope, ahead(1.0)[1], rtol=1e-6)


def test_shares_of_accounts_by_purchases_are_those_of_simulated_accounts(model):
    parameters, rng = TRUTH[model], np.random.default_rng(3)
    times = lives(model, parameters, 40_000, 20.0, rng)
    counted = np.bincount([len(one) for one in times], minlength=9)[:9] / len(times)
    shares = PROCESSES[model].shares(np.log(parameters)[:, None], np.array([20.0]), 8)
    np.testing.assert_allclose(shares[:, 0], counted, atol=SHARES)


def test_shares_add_up(model):
    shares = PROCESSES[model].shares(np.log(TRUTH[model])[:, None], np.array([3.0, 30.0]), 2000)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-6)


def test_grouping_changes_no_sum(model):
    rng = np.random.default_rng(0)
    n = 500
    x = rng.integers(0, 4, n)
    t_x = np.where(x > 0, rng.integers(1, 5, n), 0).astype(float)
    some = histories(x, t_x, t_x + rng.integers(0, 5, n))
    layout = Layout(PROCESSES[model], 0, 0)
    groups = grouped(some, np.ones(n))
    assert len(groups.histories) < n / 4
    assert groups.counts.sum() == n
    for name in ("x", "t_x", "T"):
        np.testing.assert_array_equal(
            getattr(groups.histories, name)[groups.group], getattr(some, name)
        )
    theta = np.log([0.7, 8, 0.9, 3])
    one, all_ = (Likelihood(layout, g).look(theta) for g in (groups, alone(some)))
    assert one.value == pytest.approx(all_.value, rel=1e-12)
    np.testing.assert_allclose(one.information, all_.information, rtol=1e-9)


def spend_rows():
    table = pd.read_csv(REFERENCE / "spend.csv")
    return {key: rows for key, rows in table.groupby(["p", "q", "gamma"])}


@pytest.mark.parametrize("key", spend_rows(), ids=str)
def test_spend_has_thirty_digits_behind_it(key):
    rows, theta = spend_rows()[key], np.log(key)
    n = rows["frequency"].to_numpy(dtype=float)
    mean = rows["mean_order_value"].fillna(1.0).to_numpy()
    found, _ = Spending(n, mean).expected(theta)
    np.testing.assert_allclose(np.exp(found), rows["expected_spend"], rtol=1e-11)
    for count, m, expected in zip(n, mean, rows["loglik"], strict=True):
        if count:
            value = Spending(np.array([count]), np.array([m])).look(theta).value
            assert value == pytest.approx(expected, rel=1e-10)


def test_slopes_of_spend_are_those_of_its_likelihood_and_expectation():
    spending = Spending(np.array([1.0, 3.0, 40.0, 0.0]), np.array([12.0, 30.0, 299.0, 1.0]))
    known = Spending(spending.n[:3], spending.mean[:3])
    theta, step = np.log([6.0, 3.7, 15.0]), 1e-5
    here, (_, slope) = known.look(theta), spending.expected(theta)
    for place, way in enumerate(step * np.eye(3)):
        up, down = known.look(theta + way), known.look(theta - way)
        assert (up.value - down.value) / (2 * step) == pytest.approx(here.gradient[place], rel=1e-6)
        difference = (down.gradient - up.gradient) / (2 * step)
        np.testing.assert_allclose(difference, here.information[place], rtol=1e-6)
        up, down = spending.expected(theta + way)[0], spending.expected(theta - way)[0]
        np.testing.assert_allclose((up - down) / (2 * step), slope[place], rtol=1e-6, atol=1e-9)
