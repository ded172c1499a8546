import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.value.purchases.climb import Point, Summit, climb
from tests.value.purchases.simulated import TRUTH, lives, summary_of

REFERENCE = Path(__file__).parents[2] / "reference" / "purchases_peers"
PUBLISHED = {
    "bgnbd": (-9582.4, {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, 0.0005),
    "paretonbd": (-9595.0, {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, 0.0015),
}
# Both sides found the maximum to a gradient of about zero; beta is known to 1e-8 standard errors.
SAME_MAXIMUM = 1e-7
SAME_ERROR = 1e-6
# Two roads to one maximum.
ROUNDING = 1e-8


def estimates(fit):
    return fit.tidy().set_index("term")["estimate"]


def quietly(summary, model, **options):
    """Fit where a parameter may run off, and return the fit with what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit = kl.fit_purchases(summary, model, **options)
    return fit, [one for one in caught if issubclass(one.category, kl.ImproperSolutionWarning)]


@pytest.mark.parametrize("name", PUBLISHED)
def test_cdnow_gives_what_was_published(fits, name):
    loglik, expected, digits = PUBLISHED[name]
    fit = fits(name)
    for term, value in expected.items():
        assert estimates(fit)[term] == pytest.approx(value, abs=digits)
    assert fit.glance()["loglik"].item() == pytest.approx(loglik, abs=0.05)


def test_cdnow_gives_what_high_precision_gives(fits, model):
    table = pd.read_csv(REFERENCE / "fits.csv").query("model == @model").set_index("term")
    tidy = fits(model).tidy().set_index("term")
    own = table.loc[tidy.index]
    np.testing.assert_allclose(tidy["estimate"], own["estimate"], rtol=SAME_MAXIMUM)
    np.testing.assert_allclose(tidy["std_error"], own["std_error"], rtol=SAME_ERROR)
    loglik = table.loc["loglik", "estimate"]
    assert fits(model).glance()["loglik"].item() == pytest.approx(loglik, rel=1e-12)


def test_covariances_are_those_of_high_precision(fits, model):
    table = pd.read_csv(REFERENCE / "covariances.csv").query("model == @model")
    fit = fits(model)
    for row, column, value in zip(
        *(table[c] for c in ("row", "column", "covariance_log")), strict=True
    ):
        found = fit.estimates.covariance[fit.terms.index(row), fit.terms.index(column)]
        assert found == pytest.approx(value, rel=SAME_ERROR)


@pytest.mark.parametrize("unit", [7.0, 1 / 52.18, 604_800.0])
def test_the_unit_of_time_changes_nothing_but_the_unit(cdnow, fits, model, unit):
    other = cdnow.assign(recency=cdnow["recency"] * unit, T=cdnow["T"] * unit)
    fit, weeks = kl.fit_purchases(other, model), fits(model)
    per_unit = {"alpha": unit, "beta": unit}
    for term, value in estimates(weeks).items():
        assert estimates(fit)[term] == pytest.approx(value * per_unit.get(term, 1), rel=ROUNDING)
    shift = cdnow["frequency"].sum() * np.log(unit)
    assert fit.loglik == pytest.approx(weeks.loglik - shift, rel=1e-10)
    names = ["p_alive", "expected_purchases", "expected_purchases_low"]
    found, expected = fit.augment(10 * unit)[names], weeks.augment(10)[names]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_row_order_changes_nothing(cdnow, fits, model):
    shuffled = cdnow.sample(frac=1, random_state=3)
    fit = kl.fit_purchases(shuffled, model)
    np.testing.assert_allclose(estimates(fit), estimates(fits(model)), rtol=ROUNDING)
    found = fit.augment().set_index("account_id")["p_alive"]
    expected = fits(model).augment().set_index("account_id")["p_alive"]
    np.testing.assert_allclose(found[expected.index], expected, rtol=1e-6)


def test_a_table_of_counts_gives_the_same(cdnow, fits, model):
    columns = ["frequency", "recency", "T"]
    counted = cdnow.groupby(columns).size().rename("count").reset_index()
    fit = kl.fit_purchases(counted, model)
    pd.testing.assert_frame_equal(fit.tidy(), fits(model).tidy(), rtol=ROUNDING)
    pd.testing.assert_frame_equal(fit.glance(), fits(model).glance(), rtol=1e-6)
    assert fit.augment()["count"].sum() == len(cdnow)
    assert fit.report()


def test_the_users_table_stays_as_it_was(cdnow, model):
    before = cdnow.copy(deep=True)
    kl.fit_purchases(cdnow, model)
    pd.testing.assert_frame_equal(cdnow, before)


def test_a_fit_survives_pickling(fits, model):
    again = pickle.loads(pickle.dumps(fits(model)))
    pd.testing.assert_frame_equal(again.augment(), fits(model).augment())


def test_a_covariate_may_be_in_any_unit(usual, model):
    fit = kl.fit_purchases(usual, model, ["trust"])
    other = usual.assign(trust=1000 * usual["trust"] + 1e6)
    moved = kl.fit_purchases(other, model, ["trust"])
    assert moved.loglik == pytest.approx(fit.loglik, rel=1e-10)
    for side in ("purchase", "dropout"):
        one, two = (
            f.tidy().set_index("term").loc[f"{side}:trust", ["estimate", "std_error"]]
            for f in (fit, moved)
        )
        np.testing.assert_allclose(1000 * two, one, rtol=1e-5)
    np.testing.assert_allclose(
        moved.augment()["p_alive_low"], fit.augment()["p_alive_low"], rtol=1e-4
    )


def test_covariates_may_be_of_one_side_only(usual, model):
    fit = kl.fit_purchases(usual, model, {"purchase": ["trust", "size"], "dropout": []})
    assert fit.terms[4:] == ("purchase:trust", "purchase:size")
    assert fit.loglik >= kl.fit_purchases(usual, model).loglik


def test_two_groups_by_a_covariate_of_buying_have_each_its_rate(model):
    """With everything else equal, exp(g) is the ratio of the two mean rates."""
    rng = np.random.default_rng(5)
    group = np.repeat([0, 1], 1500)
    times = lives(model, TRUTH[model], 3000, 40.0, rng, rate=np.exp(0.5 * group))
    fit = kl.fit_purchases(summary_of(times, 40.0, group=group), model, {"purchase": ["group"]})
    row = fit.tidy().set_index("term").loc["purchase:group"]
    assert abs(row["estimate"] - 0.5) < 3 * row["std_error"]
    assert row["std_error"] < 0.15


def test_a_covariate_of_leaving_is_positive_where_it_makes_accounts_leave(model):
    rng = np.random.default_rng(6)
    group = np.repeat([0, 1], 1500)
    times = lives(model, TRUTH[model], 3000, 60.0, rng, leaving=np.exp(0.8 * group))
    fit = kl.fit_purchases(summary_of(times, 60.0, group=group), model, {"dropout": ["group"]})
    row = fit.tidy().set_index("term").loc["dropout:group"]
    assert abs(row["estimate"] - 0.8) < 3 * row["std_error"]
    assert row["estimate"] > 2 * row["std_error"]


def test_rows_without_a_covariate_are_counted_and_left_out(usual, model):
    usual.loc[[3, 5], "trust"] = np.nan
    with pytest.warns(kl.RowsLeftOutWarning, match=r"2 of 300.*trust") as caught:
        fit = kl.fit_purchases(usual, model, ["trust"])
    assert caught[0].filename == __file__
    assert fit.glance()["n_left_out"].item() == 2
    assert any("2" in str(note) for note in fit.notes)
    assert len(fit.augment()) == 298


def test_standard_errors_are_those_of_simulated_samples(model):
    """Of 95 % intervals about 95 % hold the truth: 90 % of 200 is three standard errors less."""
    rng, truth = np.random.default_rng(11), np.array(TRUTH[model])
    held = []
    for _ in range(200):
        times = lives(model, TRUTH[model], 400, 40.0, rng)
        fit, _ = quietly(summary_of(times, 40.0), model)
        low, high = fit.tidy()[["conf_low", "conf_high"]].to_numpy().T
        held.append((low <= truth) & (truth <= high))
    assert np.all(np.mean(held, axis=0) >= 0.90)
    assert np.mean(held) <= 0.99


def improper(kind, n=300):
    rng = np.random.default_rng(1)
    T = rng.integers(20, 50, n).astype(float)
    if kind == "nobody leaves":
        x = rng.poisson(rng.gamma(1, 2, n))
        t_x = np.where(x > 0, T - 0.01, 0.0)
    elif kind == "all alike":
        x, t_x, T = np.full(n, 3), np.full(n, 10.0), np.full(n, 20.0)
    elif kind == "same frequency":
        x, t_x = np.full(n, 3), rng.random(n) * T
    elif kind == "leave at once":
        x = np.repeat([0, 1], n // 2)
        t_x = 0.01 * x
    return pd.DataFrame(
        {"account_id": np.arange(n), "frequency": x, "recency": t_x.astype(float), "T": T}
    )


@pytest.mark.parametrize("kind", ["nobody leaves", "all alike", "same frequency", "leave at once"])
def test_what_runs_off_is_said_and_nothing_is_missing(kind, model, language):
    fit, caught = quietly(improper(kind), model)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    words = str(caught[0].message)
    assert words in [str(note) for note in fit.notes]
    table = fit.tidy().set_index("term")
    off = [term for one in fit.runaways for term in one.terms]
    assert off
    for term in off:
        assert term in words
        assert np.isinf(table.loc[term, "std_error"])
        assert (table.loc[term, "conf_low"], table.loc[term, "conf_high"]) == (0, np.inf)
    assert not table.isna().any(axis=None)
    rows = fit.augment()
    assert np.isfinite(rows.select_dtypes("number")).all(axis=None)
    assert fit.report()
    assert fit.plot().figure.alt
    kl.use_language("en")
    everybody = "everybody counts as a customer still"
    assert (everybody in str(fit.notes)) == (kind == "nobody leaves")


def test_an_ordinary_fit_warns_of_nothing(cdnow, model):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kl.fit_purchases(cdnow, model)


def test_nobody_leaving_leaves_the_negative_binomial(model):
    """The limit has a likelihood of its own: of purchases at gamma-distributed rates."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    table = improper("nobody leaves")
    x, T = table["frequency"], table["T"]

    def nbd(logs):
        r, alpha = np.exp(logs)
        return -(
            gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)
        ).sum()

    limit = minimize(nbd, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
    fit, _ = quietly(table, model)
    assert fit.loglik == pytest.approx(-limit.fun, abs=1e-3)
    np.testing.assert_allclose(estimates(fit)[["r", "alpha"]], np.exp(limit.x), rtol=1e-3)
    np.testing.assert_allclose(fit.augment()["p_alive"], 1, atol=1e-5)


def test_heavy_buyers_that_move_the_estimates_are_named(usual, model):
    usual.loc[0, ["frequency", "recency"]] = [5000, 2.0]
    fit, _ = quietly(usual, model)
    assert any("A-00000" in str(note) for note in fit.notes)
    rows = fit.augment()
    assert np.isfinite(rows.select_dtypes("number")).all(axis=None)
    assert rows["p_alive"].between(0, 1).all()


def test_influence_is_about_what_leaving_an_account_out_does(usual):
    usual.loc[0, ["frequency", "recency"]] = [60, 25.0]
    fit = kl.fit_purchases(usual, "bgnbd")
    without = kl.fit_purchases(usual.drop(0), "bgnbd")
    errors = np.sqrt(np.diag(fit.estimates.covariance))
    moved = np.abs((fit.estimates.theta - without.estimates.theta) / errors).max()
    assert fit.influence[0] == fit.influence.max()
    assert fit.influence[0] == pytest.approx(moved, rel=0.5)


def test_accounts_first_seen_at_the_end_tell_nothing(usual, model):
    fresh = pd.DataFrame({"account_id": ["n1", "n2"], "frequency": 0, "recency": 0.0, "T": 0.0})
    fit = kl.fit_purchases(usual, model)
    more = kl.fit_purchases(pd.concat([usual[list(fresh)], fresh]), model)
    np.testing.assert_allclose(estimates(more), estimates(fit), rtol=ROUNDING)
    found = more.augment(52).set_index("account_id").loc["n1", "expected_purchases"]
    expected = fit.expected_purchases(52)["expected_purchases"].item()
    assert found == pytest.approx(expected, rel=1e-6)


def test_without_repeat_purchases_or_accounts_there_is_nothing_to_fit(usual, model, language):
    with pytest.raises(kl.NotApplicable, match="300"):
        kl.fit_purchases(usual.assign(frequency=0, recency=0.0), model)
    with pytest.raises(kl.NotApplicable, match="8"):
        kl.fit_purchases(usual.head(1), model)


def test_every_mistake_is_told_at_once_with_row_and_account(usual, language):
    usual = usual.astype({"frequency": float})
    usual.loc[0, "frequency"] = -1
    usual.loc[1, "recency"] = 1000.0
    usual.loc[2, "T"] = np.nan
    usual.loc[3, "frequency"] = 1.5
    usual.loc[4, ["frequency", "recency"]] = [0, 3.0]
    usual.loc[5, ["frequency", "recency"]] = [2, 0.0]
    usual.loc[6, "T"] = np.inf
    usual.loc[7, "account_id"] = usual.loc[8, "account_id"]
    usual.loc[9, ["frequency"]] = 2e6
    with pytest.raises(kl.DataError) as caught:
        kl.fit_purchases(usual)
    table = caught.value.table()
    assert len(table) == 8
    assert set(table["column"]) == {"account_id", "frequency", "recency", "T"}
    for i in (0, 1, 2, 3, 4, 5, 6, 8, 9):
        assert f"A-{i:05d}" in str(caught.value)
    assert set(table["row"]) == {2, 3, 4, 5, 6, 7, 10, 11}


@pytest.mark.parametrize("column", ["frequency", "recency", "T", "trust"])
def test_columns_without_numbers_are_refused(usual, column, language):
    with pytest.raises(kl.DataError, match=column):
        kl.fit_purchases(usual.assign(**{column: "many"}), covariates=["trust"])


@pytest.mark.parametrize("count", [0, -1, 1.5, np.nan])
def test_counts_are_whole_accounts(usual, count, language):
    with pytest.raises(kl.DataError, match="count"):
        kl.fit_purchases(usual.assign(count=count))


def test_missing_columns_are_named(usual, language):
    with pytest.raises(kl.NotApplicable, match=r"recency, T, age|recency、T、age"):
        kl.fit_purchases(usual.drop(columns=["recency", "T"]), covariates=["age"])
    with pytest.raises(kl.ArgumentError):
        kl.fit_purchases([1, 2, 3])


@pytest.mark.parametrize("wrong", ["trust", {"buying": ["trust"]}, {"purchase": "trust"}, [1]])
def test_covariates_in_another_form_are_refused(usual, wrong, language):
    with pytest.raises(kl.ArgumentError, match="purchase"):
        kl.fit_purchases(usual, covariates=wrong)


def test_covariates_that_cannot_be_told_apart_are_refused(usual, language):
    with pytest.raises(kl.ModelError, match="same"):
        kl.fit_purchases(usual.assign(same=3.0), covariates=["same"])
    with pytest.raises(kl.ModelError, match="twice"):
        kl.fit_purchases(usual.assign(twice=2 * usual["trust"]), covariates=["trust", "twice"])


def test_unknown_models_and_levels_are_refused(usual, language):
    with pytest.raises(kl.ArgumentError, match="paretonbd"):
        kl.fit_purchases(usual, "pareto")
    with pytest.raises(kl.ArgumentError):
        kl.fit_purchases(usual, conf_level=95)


def test_whole_numbers_that_may_be_missing_are_read_as_any_others(usual):
    fit = kl.fit_purchases(usual)
    nullable = usual.astype({"frequency": "Int64", "recency": "Float64"})
    pd.testing.assert_frame_equal(kl.fit_purchases(nullable).tidy(), fit.tidy())
    nullable.loc[4, "frequency"] = pd.NA
    with pytest.raises(kl.DataError, match="A-00004"):
        kl.fit_purchases(nullable)


def test_an_infinite_covariate_is_left_out_too(usual):
    usual.loc[3, "trust"] = np.inf
    with pytest.warns(kl.RowsLeftOutWarning, match="1 of 300"):
        kl.fit_purchases(usual, covariates=["trust"])


def test_an_empty_table_has_too_few_accounts(usual, language):
    with pytest.raises(kl.NotApplicable, match="0"):
        kl.fit_purchases(usual.head(0), covariates=["trust"])


def test_rows_may_have_any_index(usual, model):
    fit = kl.fit_purchases(usual, model, ["trust"])
    usual.index = usual.index % 7
    again = kl.fit_purchases(usual, model, ["trust"])
    pd.testing.assert_frame_equal(again.augment(), fit.augment())


@pytest.mark.parametrize("own", ["frequency", "recency", "T", "mean_order_value"])
def test_outcomes_are_no_covariates(usual, own, language):
    with pytest.raises(kl.ArgumentError, match=own):
        kl.fit_purchases(usual, covariates={"purchase": ["trust"], "dropout": [own]})


def test_a_climb_whose_numbers_overflow_ends_without_a_maximum():
    def endless(theta):
        x = np.full(1, np.exp(theta[0]) ** 3)
        return Point(theta, float(x[0]), 3 * x, -9 * x[None])

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert not climb(endless, np.zeros(1)).converged


def test_without_a_maximum_covariates_are_suspected(usual, monkeypatch, language):
    lost = Summit(None, np.zeros((6, 0)), np.eye(6), False)
    monkeypatch.setattr("kamlab.value.purchases.fit.climb", lambda *_: lost)
    with pytest.raises(kl.ModelError, match="trust"):
        kl.fit_purchases(usual, covariates=["trust"])


def test_covariates_that_nearly_follow_from_each_other_are_refused(usual):
    noise = np.random.default_rng(0).normal(0, 1e-7, len(usual))
    with pytest.raises(kl.ModelError, match="trust, again"):
        kl.fit_purchases(usual.assign(again=usual["trust"] + noise), covariates=["trust", "again"])
