import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl

REFERENCE = Path(__file__).parents[2] / "reference" / "purchases_peers"
PUBLISHED = {"p": 6.25, "q": 3.74, "gamma": 15.44}


@pytest.fixture(scope="module")
def _cdnow_spend():
    return kl.load("cdnow_spend")


@pytest.fixture
def cdnow_spend(_cdnow_spend):
    return _cdnow_spend.copy(deep=True)


@pytest.fixture(scope="module")
def spend(_cdnow_spend):
    return kl.fit_spend(_cdnow_spend, averaged="repeat")


def drawn(n, rng, p=4.0, q=5.0, gamma=60.0, most=8):
    """Accounts with the mean of `frequency + 1` amounts."""
    frequency = rng.integers(0, most, n)
    rate = rng.gamma(q, 1 / gamma, n)
    mean = rng.gamma(p * (frequency + 1)) / rate / (frequency + 1)
    return pd.DataFrame(
        {"account_id": np.arange(n), "frequency": frequency, "mean_order_value": mean}
    )


def test_cdnow_gives_what_was_published(spend):
    found = spend.tidy().set_index("term")["estimate"]
    for term, value in PUBLISHED.items():
        assert found[term] == pytest.approx(value, abs=0.01)
    assert spend.glance()["n_accounts"].item() == 946


def test_cdnow_gives_what_high_precision_gives(spend):
    table = pd.read_csv(REFERENCE / "fits.csv").query("model == 'gammagamma'").set_index("term")
    tidy = spend.tidy().set_index("term")
    own = table.loc[tidy.index]
    np.testing.assert_allclose(tidy["estimate"], own["estimate"], rtol=1e-7)
    np.testing.assert_allclose(tidy["std_error"], own["std_error"], rtol=1e-6)
    assert spend.loglik == pytest.approx(table.loc["loglik", "estimate"], rel=1e-11)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng, truth, held = np.random.default_rng(3), np.array([4.0, 5.0, 60.0]), []
    for _ in range(200):
        low, high = (
            kl.fit_spend(drawn(600, rng, most=15)).tidy()[["conf_low", "conf_high"]].to_numpy().T
        )
        held.append((low <= truth) & (truth <= high))
    assert np.all(np.mean(held, axis=0) >= 0.90)


def test_all_purchases_averaged_means_one_value_more(cdnow_spend):
    later = cdnow_spend[cdnow_spend["frequency"] > 0]
    shifted = later.assign(frequency=later["frequency"] - 1)
    one = kl.fit_spend(later, averaged="repeat").tidy()
    pd.testing.assert_frame_equal(kl.fit_spend(shifted, averaged="all").tidy(), one)


def test_the_default_fits_what_summarise_transactions_makes(orders):
    summary = kl.summarise_transactions(orders)
    fit = kl.fit_spend(summary)
    assert (fit.augment()["n_averaged"] == summary["frequency"] + 1).all()


def test_the_currency_unit_changes_only_the_scale(cdnow_spend, spend):
    yen = cdnow_spend.assign(mean_order_value=150 * cdnow_spend["mean_order_value"])
    fit = kl.fit_spend(yen, averaged="repeat")
    ratio = fit.tidy()["estimate"] / spend.tidy()["estimate"]
    np.testing.assert_allclose(ratio, [1, 1, 150], rtol=1e-7)
    ratio = fit.augment()["expected_spend"] / spend.augment()["expected_spend"]
    np.testing.assert_allclose(ratio, 150, rtol=1e-7)


def test_an_account_counts_with_a_mean_between_its_own_and_all(spend):
    table = spend.augment()
    known = table[table["n_averaged"] > 0]
    p, q, gamma = spend.tidy()["estimate"]
    mean = p * gamma / (q - 1)
    assert spend.glance()["mean_spend"].item() == pytest.approx(mean)
    inside = (known["expected_spend"] - mean) * (
        known["expected_spend"] - known["mean_order_value"]
    )
    assert (inside <= 1e-9).all()
    assert (table.loc[table["n_averaged"] == 0, "expected_spend"] - mean).abs().max() < 1e-9
    assert (table["expected_spend_low"] < table["expected_spend"]).all()
    assert (table["expected_spend_low"] > 0).all()


def test_unusable_amounts_are_counted_and_told(cdnow_spend, language):
    later = cdnow_spend.index[cdnow_spend["frequency"] > 0]
    cdnow_spend.loc[later[:3], "mean_order_value"] = [-5.0, np.nan, 0.0]
    with pytest.warns(kl.RowsLeftOutWarning, match="3") as caught:
        fit = kl.fit_spend(cdnow_spend, averaged="repeat")
    assert caught[0].filename == __file__
    assert fit.glance()["n_accounts"].item() == 943
    assert len(fit.augment()) == len(cdnow_spend)
    assert np.isfinite(fit.augment()["expected_spend"]).all()


def test_a_correlation_with_frequency_is_told_and_a_slight_one_is_only_noted(cdnow_spend, language):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = kl.fit_spend(cdnow_spend, averaged="repeat")
    assert any("0.11" in str(note) for note in fit.notes)
    table = drawn(500, np.random.default_rng(0))
    table["mean_order_value"] *= 1 + table["frequency"]
    with pytest.warns(kl.DataWarning) as caught:
        fit = kl.fit_spend(table)
    assert str(caught[0].message) in [str(note) for note in fit.notes]
    assert caught[0].filename == __file__


def test_accounts_that_do_not_differ_make_parameters_run_off(language):
    rng = np.random.default_rng(1)
    n = rng.integers(1, 9, 400)
    table = pd.DataFrame({"account_id": np.arange(400), "frequency": n})
    table["mean_order_value"] = rng.gamma(3.0 * n, 10.0 / n)
    with pytest.warns(kl.ImproperSolutionWarning, match="q, gamma|q、gamma"):
        fit = kl.fit_spend(table, averaged="repeat")
    tidy = fit.tidy().set_index("term")
    assert np.isinf(tidy.loc[["q", "gamma"], "std_error"]).all()
    assert fit.glance()["mean_spend"].item() == pytest.approx(30, rel=0.1)
    assert np.isfinite(fit.augment()["expected_spend"]).all()


def test_an_infinite_mean_is_told(language):
    table = drawn(800, np.random.default_rng(2), q=0.7, gamma=5.0)
    with pytest.warns(kl.ImproperSolutionWarning, match="q"):
        kl.fit_spend(table)


def test_what_cannot_be_fitted_is_refused(cdnow_spend, language):
    with pytest.raises(kl.NotApplicable, match="money"):
        kl.fit_spend(cdnow_spend, spend="money")
    with pytest.raises(kl.ArgumentError, match="repeat"):
        kl.fit_spend(cdnow_spend, averaged="both")
    with pytest.raises(kl.NotApplicable, match="0"):
        kl.fit_spend(cdnow_spend.assign(frequency=0), averaged="repeat")
    with pytest.raises(kl.ModelError, match="frequency"):
        kl.fit_spend(cdnow_spend.assign(frequency=-1))


def test_report_and_picture_are_in_the_language_in_use(spend, language):
    assert "946" in spend.report()
    figure = spend.plot().figure
    assert figure.png().startswith(b"\x89PNG")
    assert "35.2" in figure.alt
    assert str(spend.summary())


def test_accounts_that_all_spend_the_same_are_told_so(language):
    table = drawn(50, np.random.default_rng(1)).assign(mean_order_value=5.0)
    with pytest.raises(kl.NotApplicable, match=r"mean_order_value.*5"):
        kl.fit_spend(table)


def test_missing_and_repeated_accounts_are_refused(language):
    table = drawn(50, np.random.default_rng(1)).astype({"account_id": object})
    table.loc[3, "account_id"] = None
    table.loc[5, "account_id"] = 4
    with pytest.raises(kl.DataError, match="account_id") as caught:
        kl.fit_spend(table)
    assert caught.value.table()["row"].tolist() == [5]
