from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

import kamlab as kl
from kamlab.value.purchases.fit import PROCESSES
from kamlab.value.purchases.forecast import Estimates, forecast
from kamlab.value.purchases.histories import Histories
from kamlab.value.purchases.likelihood import Layout
from kamlab.value.purchases.residual import discounting
from kamlab.value.purchases.runaway import sentence_of

REFERENCE = Path(__file__).parents[2] / "reference" / "purchases_peers"
# Forty nodes over the time ahead.
QUADRATURE = 1e-6


@pytest.fixture(scope="module")
def spend():
    return kl.fit_spend(kl.load("cdnow_spend"), averaged="repeat")


def reference():
    table = pd.read_csv(REFERENCE / "forecasts.csv")
    return {key: rows for key, rows in table.groupby(["model", *table.columns[2:6]])}


@pytest.mark.parametrize("key", reference(), ids=str)
@pytest.mark.parametrize(("name", "years"), [("discounted_520", 10), ("discounted_endless", None)])
def test_discounted_purchases_have_digits_behind_them(key, name, years):
    rows, (model, *parameters) = reference()[key], key
    none = np.zeros((0, len(rows)))
    some = Histories(
        rows["frequency"].to_numpy(), rows["recency"].to_numpy(float), rows["T"].to_numpy(float),
        none, none,
    )  # fmt: skip
    times, weights = discounting(0.10, years, 52.0, some.T)
    estimates = Estimates(Layout(PROCESSES[model], 0, 0), np.log(parameters), np.eye(4))
    found = forecast(estimates, some, times, weights)
    np.testing.assert_allclose(np.exp(found.log_ahead), rows[name], rtol=QUADRATURE)


def test_the_value_is_purchases_times_spend_times_margin(fits, spend, model):
    value = kl.residual_value(fits(model), spend, discount_rate=0.1, horizon=2, margin_rate=0.3)
    table = value.augment()
    product = 0.3 * table["discounted_purchases"] * table["expected_spend"]
    np.testing.assert_allclose(table["residual_value"], product)
    own = spend.augment().set_index("account_id")["expected_spend"]
    np.testing.assert_allclose(table["expected_spend"], own[table["account_id"]])
    assert value.tidy()["estimate"].iloc[0] == pytest.approx(table["residual_value"].sum())


def test_undiscounted_purchases_are_the_expected_ones(fits, spend, model):
    value = kl.residual_value(fits(model), spend, discount_rate=0, horizon=1, periods_per_year=52)
    expected = fits(model).augment(52).set_index("account_id")["expected_purchases"]
    table = value.augment().set_index("account_id")["discounted_purchases"]
    np.testing.assert_allclose(table, expected[table.index], rtol=1e-9)


def test_discounting_is_the_integral_over_the_time_ahead(fits, spend, model):
    fit = fits(model)
    value = kl.residual_value(fit, spend, discount_rate=0.2, horizon=3, periods_per_year=50)
    delta = np.log(1.2) / 50
    row = fit.augment().iloc[[0]]

    def expected(t):
        return fit.predict(row, t)["expected_purchases"].item()

    integral = quad(lambda t: delta * np.exp(-delta * t) * expected(t), 0, 150, limit=50)[0]
    integral += np.exp(-150 * delta) * expected(150)
    table = value.augment().set_index("account_id")
    found = table.loc[row["account_id"].item(), "discounted_purchases"]
    assert found == pytest.approx(integral, rel=QUADRATURE)


def test_more_years_bring_more_and_tend_to_the_endless_value(fits, spend, model):
    totals = [
        kl.residual_value(fits(model), spend, discount_rate=0.15, horizon=years).tidy()["estimate"][
            0
        ]
        for years in (1, 5, 50, 300, None)
    ]
    assert np.all(np.diff(totals[:4]) > 0)
    assert totals[3] == pytest.approx(totals[4], rel=1e-4)


def test_the_interval_of_the_total_is_the_delta_methods(fits, spend):
    """By differences in all seven parameters at once."""
    import dataclasses

    fit, options = fits("paretonbd"), {"discount_rate": 0.1, "horizon": 3}

    def total(theta):
        buying = dataclasses.replace(fit.estimates, theta=theta[:4])
        one = kl.residual_value(
            dataclasses.replace(fit, estimates=buying),
            dataclasses.replace(spend, theta=theta[4:]),
            **options,
        )
        return np.log(one.tidy()["estimate"][0])

    theta, step = np.r_[fit.estimates.theta, spend.theta], 1e-5
    slopes = np.array(
        [(total(theta + e) - total(theta - e)) / (2 * step) for e in step * np.eye(7)]
    )
    variance = slopes[:4] @ fit.estimates.covariance @ slopes[:4]
    variance += slopes[4:] @ spend.covariance @ slopes[4:]
    found = kl.residual_value(fit, spend, **options).tidy().iloc[0]
    width = np.log(found["conf_high"] / found["conf_low"])
    assert width == pytest.approx(2 * 1.959964 * np.sqrt(variance), rel=1e-5)


def test_accounts_unknown_to_the_spend_count_with_the_mean(fits, spend, language):
    few = kl.fit_spend(kl.load("cdnow_spend").iloc[::2], averaged="repeat")
    value = kl.residual_value(fits("bgnbd"), few, discount_rate=0.1)
    table = value.augment().set_index("account_id")
    mean = few.glance()["mean_spend"].item()
    assert table.loc["0002", "expected_spend"] == pytest.approx(mean)
    assert str(value.n_unmatched) in str(value.notes[-1])


def test_the_best_come_first_and_nothing_is_missing(fits, spend, model):
    table = kl.residual_value(fits(model), spend, discount_rate=0.1).augment()
    assert table["residual_value"].is_monotonic_decreasing
    assert np.isfinite(table.select_dtypes("number")).all(axis=None)
    assert (table["residual_value_low"] > 0).all()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"discount_rate": -0.1}, "discount_rate"),
        ({"discount_rate": 0.0}, "horizon"),
        ({"discount_rate": 0.1, "horizon": 0}, "horizon"),
        ({"discount_rate": 0.1, "margin_rate": 0}, "margin_rate"),
        ({"discount_rate": 0.1, "periods_per_year": -1}, "periods_per_year"),
        ({"discount_rate": np.nan}, "discount_rate"),
    ],
)
def test_arguments_out_of_range_are_refused(fits, spend, wrong, named, language):
    with pytest.raises(kl.ArgumentError, match=named):
        kl.residual_value(fits("bgnbd"), spend, **wrong)


def test_a_table_of_counts_has_no_accounts_to_value(cdnow, spend, language):
    counted = cdnow.groupby(["frequency", "recency", "T"]).size().rename("count").reset_index()
    fit = kl.fit_purchases(counted)
    with pytest.raises(kl.NotApplicable, match="account_id"):
        kl.residual_value(fit, spend, discount_rate=0.1)


def test_an_infinite_mean_spend_is_refused(cdnow, language):
    rng = np.random.default_rng(2)
    amounts = rng.gamma(4.0, 1, 2357) / rng.gamma(0.7, 0.2, 2357)
    with pytest.warns(kl.ImproperSolutionWarning):
        wild = kl.fit_spend(cdnow.assign(mean_order_value=amounts), averaged="repeat")
    with pytest.raises(kl.NotApplicable, match="q"):
        kl.residual_value(kl.fit_purchases(cdnow), wild, discount_rate=0.1)


@pytest.mark.parametrize("currency", ["", "JPY", "USD"])
def test_report_and_picture_are_in_the_language_in_use(fits, spend, currency, language):
    value = kl.residual_value(fits("bgnbd"), spend, discount_rate=0.1, currency=currency)
    assert "2,357" in value.report()
    figure = value.plot().figure
    assert figure.png().startswith(b"\x89PNG")
    assert value.augment()["account_id"].iloc[0] in figure.alt
    assert str(value.summary())


def test_all_that_is_wrong_is_said_at_once(fits, spend, language):
    wrong = {"discount_rate": "x", "horizon": "y", "margin_rate": True}
    with pytest.raises(kl.ArgumentError, match=r"(?s)fit_purchases.*fit_spend.*'x'.*'y'.*True"):
        kl.residual_value(spend, fits("bgnbd"), **wrong)


def test_an_account_in_several_rows_is_refused(cdnow, spend, language):
    table = cdnow.assign(count=1)
    table.loc[1, "account_id"] = table.loc[0, "account_id"]
    with pytest.raises(kl.DataError, match="account_id"):
        kl.residual_value(kl.fit_purchases(table), spend, discount_rate=0.1)


def test_what_the_data_do_not_determine_is_said_and_not_claimed_to_be_in_intervals(
    cdnow, fits, spend, language
):
    late = cdnow.assign(recency=(cdnow["T"] - 0.01).where(cdnow["frequency"] > 0, 0.0))
    late["recency"] = late["recency"].clip(lower=0.0)
    late = late[(late["recency"] > 0) == (late["frequency"] > 0)]
    with pytest.warns(kl.ImproperSolutionWarning):
        purchases = kl.fit_purchases(late)
    value = kl.residual_value(purchases, spend, discount_rate=0.1, horizon=2)
    assert purchases.runaways[0].terms == ("a", "b")
    told = str(sentence_of(purchases.runaways))
    assert told in value.report()
    part = {"en": "only a part of the doubt", "ja": "不確かさの一部だけ"}[language]
    assert part in str(value.notes[-1])
    assert part not in kl.residual_value(fits("bgnbd"), spend, discount_rate=0.1).report()
