import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

import kamlab as kl
from kamlab.value.purchases.fit import PROCESSES
from kamlab.value.purchases.forecast import Estimates, forecast
from kamlab.value.purchases.histories import Histories
from kamlab.value.purchases.likelihood import Layout
from kamlab.value.purchases.pictures import counts_observed_and_expected
from tests.value.purchases.simulated import TRUTH, lives, summary_of

# 30,000 accounts that buy about 20,000 times more: four standard errors of their sum.
CALIBRATED = 0.05


def known(model, summary, periods):
    none = np.zeros((0, len(summary)))
    rows = Histories(
        summary["frequency"].to_numpy(), summary["recency"].to_numpy(), summary["T"].to_numpy(),
        none, none,
    )  # fmt: skip
    estimates = Estimates(Layout(PROCESSES[model], 0, 0), np.log(TRUTH[model]), np.eye(4))
    return forecast(estimates, rows, np.array([periods]), np.ones(1))


def test_with_the_truth_known_forecasts_come_true(model):
    """Simulated lives are seen for 30 periods and forecast for another 30."""
    times = lives(model, TRUTH[model], 30_000, 60.0, np.random.default_rng(2))
    summary = summary_of(times, 30.0)
    later = np.array([(one > 30).sum() for one in times])
    expected = np.exp(known(model, summary, 30.0).log_ahead)
    assert expected.sum() == pytest.approx(later.sum(), rel=CALIBRATED)
    for few, many in ((0, 0), (1, 2), (3, 6), (7, 1000)):
        some = summary["frequency"].between(few, many).to_numpy()
        assert expected[some].sum() == pytest.approx(later[some].sum(), rel=3 * CALIBRATED)


def test_probabilities_of_being_a_customer_still_come_true():
    """An account that has left never buys again; one that has not, nearly always does."""
    model = "bgnbd"
    times = lives(model, TRUTH[model], 20_000, 3000.0, np.random.default_rng(3))
    summary = summary_of(times, 30.0)
    again = np.array([one[-1] > 30 if len(one) else False for one in times])
    p = expit(known(model, summary, 1.0).log_odds)
    some = (summary["frequency"] > 0).to_numpy()
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 0.95)):
        bin_ = some & (p >= low) & (p < high)
        assert again[bin_].mean() == pytest.approx(p[bin_].mean(), abs=0.04)


def test_intervals_stay_where_they_can_be(fits, model):
    table = fits(model).augment()
    assert (table["expected_purchases_low"] > 0).all()
    assert (table["expected_purchases_low"] <= table["expected_purchases"]).all()
    assert (table["expected_purchases"] <= table["expected_purchases_high"]).all()
    for name in ("p_alive", "p_alive_low", "p_alive_high"):
        assert table[name].between(0, 1).all()
    assert (table["p_alive_low"] <= table["p_alive"]).all()


def test_intervals_are_the_delta_methods(fits, model):
    fit = fits(model)
    row = fit.augment(20).iloc[[0]]
    theta, covariance, step = fit.estimates.theta, fit.estimates.covariance, 1e-5
    none = np.zeros((0, 1))
    own = Histories(
        row["frequency"].to_numpy(), row["recency"].to_numpy(), row["T"].to_numpy(), none, none
    )

    def at(logs):
        estimates = Estimates(fit.estimates.layout, logs, covariance)
        found = forecast(estimates, own, np.array([20.0]), np.ones(1))
        return np.array([found.log_odds[0], found.log_ahead[0]])

    slopes = np.array([(at(theta + e) - at(theta - e)) / (2 * step) for e in step * np.eye(4)])
    errors = np.sqrt(np.einsum("ij,ik,kj->j", slopes, covariance, slopes))
    width = logit(row["p_alive_high"]) - logit(row["p_alive_low"])
    assert width.item() == pytest.approx(2 * 1.959964 * errors[0], rel=1e-5)
    width = np.log(row["expected_purchases_high"] / row["expected_purchases_low"])
    assert width.item() == pytest.approx(2 * 1.959964 * errors[1], rel=1e-5)


def test_predicting_the_same_table_is_augmenting(cdnow, fits, model):
    pd.testing.assert_frame_equal(fits(model).predict(cdnow, 10), fits(model).augment(10))


def test_a_heavy_buyer_has_a_forecast(fits, model):
    rows = pd.DataFrame(
        {"account_id": ["a", "b"], "frequency": 5000, "recency": [38.0, 2.0], "T": 39.0}
    )
    found = fits(model).predict(rows, 39)
    assert np.isfinite(found.select_dtypes("number")).all(axis=None)
    assert found["p_alive"].iloc[1] < 1e-10
    assert found["expected_purchases"].iloc[0] > found["expected_purchases"].iloc[1]


def test_more_time_brings_more_purchases(fits, model):
    table = fits(model).expected_purchases([1, 10, 100, 1000])
    assert table["periods"].tolist() == [1, 10, 100, 1000]
    assert (table["expected_purchases"].diff().dropna() > 0).all()
    r, alpha = fits(model).tidy()["estimate"].head(2)
    assert table["expected_purchases"].iloc[0] < r / alpha


def test_a_new_customers_covariates_matter(usual, model):
    fit = kl.fit_purchases(usual, model, {"purchase": ["trust"]})
    low, mean, high = (
        fit.expected_purchases(30, given)["expected_purchases"].item()
        for given in ({"trust": 3}, None, {"trust": 7})
    )
    effect = fit.tidy().set_index("term").loc["purchase:trust", "estimate"]
    assert np.sign(high - low) == np.sign(effect)
    assert min(low, high) < mean < max(low, high)
    with pytest.raises(kl.ArgumentError, match="love"):
        fit.expected_purchases(30, {"love": 1})


@pytest.mark.parametrize("periods", [0, -1, np.inf, np.nan])
def test_a_time_ahead_that_is_none_is_refused(fits, periods, language):
    with pytest.raises(kl.ArgumentError, match="periods"):
        fits("bgnbd").augment(periods)


def test_wider_levels_give_wider_intervals(cdnow):
    widths = []
    for level in (0.5, 0.95):
        table = kl.fit_purchases(cdnow, conf_level=level).augment()
        widths.append((table["expected_purchases_high"] - table["expected_purchases_low"]).sum())
    assert widths[0] < widths[1]


def test_expected_accounts_by_purchases_add_up_to_all(fits, model):
    fit = fits(model)
    observed, expected = counts_observed_and_expected(fit.estimates, fit.groups)
    assert observed.sum() == pytest.approx(2357)
    assert expected.sum() == pytest.approx(2357)
    assert observed[0] == 1411
    assert expected[0] == pytest.approx(1411, rel=0.03)


@pytest.mark.parametrize("kind", ["counts", "alive"])
def test_pictures_are_described_in_both_languages(fits, model, kind):
    texts = []
    for language in ("en", "ja"):
        kl.use_language(language)
        figure = fits(model).plot(kind=kind).figure
        assert figure.png().startswith(b"\x89PNG")
        texts.append(figure.alt)
    assert texts[0] != texts[1]
    assert all("%" in text or "1,411" in text for text in texts)


def test_an_unknown_picture_is_refused(fits, language):
    with pytest.raises(kl.ArgumentError, match="alive"):
        fits("bgnbd").plot(kind="pie")


def test_the_report_has_the_numbers(fits, model, language):
    report = fits(model).report()
    assert "2,357" in report
    assert f"{fits(model).glance()['n_active'].item():,.0f}" in report
    total = fits(model).augment()["expected_purchases"].sum()
    assert f"{total:,.0f}" in report
    assert str(fits(model).summary())


@pytest.mark.parametrize("periods", ["x", True, [1], -1])
def test_a_look_ahead_that_is_no_number_is_refused(fits, periods, language):
    with pytest.raises(kl.ArgumentError, match="periods"):
        fits("bgnbd").augment(periods=periods)


@pytest.mark.parametrize("periods", ["x", None, [1, "x"]])
def test_a_new_customers_time_that_is_no_number_is_refused(fits, periods, language):
    with pytest.raises(kl.ArgumentError, match="periods"):
        fits("bgnbd").expected_purchases(periods)


def test_a_table_without_accounts_has_no_forecasts(fits, cdnow, language):
    with pytest.raises(kl.NotApplicable, match="0"):
        fits("bgnbd").predict(cdnow.head(0))
