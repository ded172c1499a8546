"""Lifetime value with each row's own probability of staying, and the doubt that brings."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.errors import DataWarning, RowsLeftOutWarning
from kamlab.panel.resample import Resample, resample
from kamlab.quality.score_error import score_error

STAY = "stayed ~ trust + commitment + tenure"
WORTH = "log(ltv) ~ trust + commitment + size"
ROUNDING = 1e-9
# 500 draws: errors are known to 1 / sqrt(1,000) = 3 %, two such differ by less than 15 %.
TWO_BOOTSTRAPS = 0.15


@pytest.fixture(scope="module")
def stay(_table):
    return kl.fit_retention(STAY, _table)


@pytest.fixture(scope="module")
def total(_table, stay):
    return kl.fit_value(WORTH, _table, retention_rate=stay)


@pytest.fixture(scope="module")
def naive(_table, stay):
    with pytest.warns(DataWarning):
        return kl.fit_value(WORTH, _table, retention_rate=stay, retention_known=True)


def values(table, stay, discount=0.10):
    rate = stay.predict(table)["stay_probability"].to_numpy()
    return table["net_margin"].to_numpy() * rate / (1 + discount - rate)


def test_value_holds_each_rows_own_retention(table, stay, total):
    rows = table[table["decided"]]
    wanted = values(rows, stay)
    np.testing.assert_allclose(total.augment()["ltv"], wanted, rtol=ROUNDING)
    x = np.column_stack([np.ones(len(rows)), rows[["trust", "commitment", "size"]]])
    by = np.linalg.lstsq(x, np.log(wanted), rcond=None)[0]
    np.testing.assert_allclose(total.estimates.coefficients, by, rtol=1e-7)


def test_a_draw_remakes_staying_value_and_regression(table, stay, total):
    """By hand: double the accounts that were drawn twice, fit everything anew."""
    draws = resample(total.design.groups, 100, seed=7)
    draws = Resample(draws.account_ids, draws.times[:3])
    found = total.redrawn(draws).coefficients
    for draw in range(3):
        times = pd.Series(draws.times[draw].astype(int), draws.account_ids)
        rows = table[table["account_id"].isin(draws.account_ids)]
        drawn = rows.loc[rows.index.repeat(rows["account_id"].map(times))]
        copies = drawn.groupby(["account_id", "period"]).cumcount()
        with pytest.warns(kl.DataWarning):
            again = kl.fit_retention(STAY, drawn.assign(period=drawn["period"] + copies / 100))
        decided = drawn[drawn["decided"]]
        x = np.column_stack([np.ones(len(decided)), decided[["trust", "commitment", "size"]]])
        by = np.linalg.lstsq(x, np.log(values(decided, again)), rcond=None)[0]
        np.testing.assert_allclose(found[draw], by, rtol=1e-6, atol=1e-8)


def test_errors_carry_that_retention_is_estimated(total, naive):
    """What is forgotten by taking estimated probabilities for known: most of the error."""
    honest, forgetful = (fit.tidy().set_index("term") for fit in (total, naive))
    np.testing.assert_allclose(honest["estimate"], forgetful["estimate"], rtol=ROUNDING)
    assert honest.loc["trust", "std_error"] > 1.5 * forgetful.loc["trust", "std_error"]
    # Size is not in the regression of staying, so nothing is carried to it.
    ratio = honest.loc["size", "std_error"] / forgetful.loc["size", "std_error"]
    assert ratio == pytest.approx(1, abs=TWO_BOOTSTRAPS)


def simulated(seed, n_accounts=150, periods=3):
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(n_accounts), periods)
    trust = 4.5 + rng.normal(size=n_accounts)[account] * 0.7 + rng.normal(size=len(account)) * 0.7
    return pd.DataFrame(
        {
            "account_id": account.astype(str),
            "period": np.tile(np.arange(periods), n_accounts),
            "start": np.tile(pd.date_range("2023-04-01", periods=periods, freq="YS"), n_accounts),
            "trust": trust,
            "stayed": rng.random(len(account)) < 1 / (1 + np.exp(-(0.8 * (trust - 4.5) + 1.2))),
            "decided": True,
            "net_margin": np.exp(10 + 0.1 * trust + 0.3 * rng.normal(size=len(account))),
        }
    )


def test_errors_are_right_over_repeated_samples():
    """The carried error is the spread of estimates over samples; the naive one is far below."""
    found = []
    for seed in range(24):
        rows = simulated(seed)
        stay = kl.fit_retention("stayed ~ trust", rows)
        fit = kl.fit_value("log(ltv) ~ trust", rows, retention_rate=stay)
        with pytest.warns(DataWarning):
            naive = kl.fit_value(
                "log(ltv) ~ trust", rows, retention_rate=stay, retention_known=True
            )
        mine, theirs = (f.tidy().set_index("term").loc["trust"] for f in (fit, naive))
        found.append((mine["estimate"], mine["std_error"], theirs["std_error"]))
    estimates, carried, forgotten = np.array(found).T
    spread = estimates.std(ddof=1)
    # A standard deviation of 24 estimates is known to 1 / sqrt(46) = 15 %; three of these.
    assert carried.mean() / spread == pytest.approx(1, abs=0.45)
    assert forgotten.mean() / spread < 0.5


@pytest.mark.parametrize(
    ("model", "outcome"),
    [("gamma", "ltv"), ("quantile", "ltv"), ("quantile", "log(ltv)")],
)
def test_other_models_carry_it_too(table, stay, model, outcome):
    fit = kl.fit_value(f"{outcome} ~ trust + size", table, model=model, retention_rate=stay)
    with pytest.warns(DataWarning):
        naive = kl.fit_value(
            f"{outcome} ~ trust + size",
            table,
            model=model,
            retention_rate=stay,
            retention_known=True,
        )
    errors = [f.tidy().set_index("term").loc["trust", "std_error"] for f in (fit, naive)]
    assert errors[0] > 1.3 * errors[1]


def test_correction_goes_through_both_regressions(company, table):
    error = score_error(company)
    stay = kl.fit_retention(STAY, table, error=error)
    fit = kl.fit_value(WORTH, table, retention_rate=stay, error=error)
    plain = kl.fit_value(WORTH, table, retention_rate=kl.fit_retention(STAY, table))
    mine, theirs = (f.tidy().set_index("term").loc["trust"] for f in (fit, plain))
    assert mine["estimate"] > theirs["estimate"]
    assert mine["std_error"] > theirs["std_error"]
    assert "regression calibration" in fit.report()


def test_it_is_told_and_told_apart(total, naive, language):
    words = {"en": ("own probability of staying", "too narrow"), "ja": ("継続確率", "狭すぎ")}
    own, narrow = words[language]
    assert own in total.report()
    assert narrow in naive.report()
    assert narrow not in total.report()
    assert total.own_retention
    assert naive.own_retention


def test_rows_whose_staying_cannot_be_predicted_are_left_out(table, stay):
    table.loc[table.index[table["decided"]][:4], "tenure"] = np.nan
    with pytest.warns(RowsLeftOutWarning, match=r"ltv \(4\)"):
        kl.fit_value("log(ltv) ~ size", table, retention_rate=stay)


def test_a_model_without_a_probability_is_refused(table, language):
    with pytest.raises(kl.ArgumentError, match="logit"):
        kl.fit_value(
            WORTH,
            table,
            retention_rate=kl.fit_retention("stayed ~ trust", table, model="random_intercept"),
        )


def test_errors_from_redrawn_accounts_need_clusters(table, stay, language):
    with pytest.raises(kl.ArgumentError, match="cov"):
        kl.fit_value(WORTH, table, retention_rate=stay, cov="robust")


def test_a_correction_of_one_regression_only_is_refused(company, table, stay, language):
    error = score_error(company)
    corrected = kl.fit_retention(STAY, table, error=error)
    with pytest.raises(kl.ArgumentError, match="error="):
        kl.fit_value(WORTH, table, retention_rate=stay, error=error)
    with pytest.raises(kl.ArgumentError, match="error="):
        kl.fit_value(WORTH, table, retention_rate=corrected)


def test_draws_without_a_solution_are_told():
    """A yes-no term that only three accounts have is missing from many draws."""
    rows = simulated(1).assign(rare=lambda t: t["account_id"].isin(["0", "1", "2"]).astype(float))
    stay = kl.fit_retention("stayed ~ trust", rows)
    with pytest.warns(DataWarning, match="no solution"):
        kl.fit_value("log(ltv) ~ trust + rare", rows, retention_rate=stay)
