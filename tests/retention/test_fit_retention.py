import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.errors import RowsLeftOutWarning

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
TERMS = ["trust", "commitment", "satisfaction", "tenure"]
CONVERGED = 1e-7  # two Newton iterations that stop at different steps
NUMERICAL = 1e-6  # central differences with a step of 1e-4: error of the order of step squared


def logit_by_hand(x, y, groups):
    """Newton's method, and the sandwich summed account by account."""
    b = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ b))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (y - p))
        b = b + step
        if np.abs(step).max() < 1e-13:
            break
    bread = np.linalg.inv((x.T * (p * (1 - p))) @ x)
    meat = np.zeros((x.shape[1], x.shape[1]))
    for group in np.unique(groups):
        score = (x * (y - p)[:, None])[groups == group].sum(axis=0)
        meat += np.outer(score, score)
    n, k, g = len(y), x.shape[1], len(np.unique(groups))
    covariance = bread @ meat @ bread * g / (g - 1) * (n - 1) / (n - k)
    loglik = np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
    return b, covariance, loglik


@pytest.fixture(scope="module")
def by_hand(_table):
    decided = _table[_table["stayed"].notna()].dropna(subset=TERMS)
    x = np.column_stack([np.ones(len(decided)), decided[TERMS].to_numpy(dtype=float)])
    y = decided["stayed"].astype(float).to_numpy()
    return x, y, *logit_by_hand(x, y, decided["account_id"].to_numpy())


def test_estimates_are_those_of_newtons_method(stay, by_hand):
    np.testing.assert_allclose(stay.tidy()["estimate"], by_hand[2], rtol=CONVERGED)
    assert stay.tidy()["term"].tolist() == ["Intercept", *TERMS]


def test_errors_are_those_of_the_sandwich_by_account(stay, by_hand):
    covariance = by_hand[3]
    np.testing.assert_allclose(stay.estimates.covariance, covariance, rtol=CONVERGED, atol=1e-12)
    np.testing.assert_allclose(
        stay.tidy()["std_error"], np.sqrt(np.diag(covariance)), rtol=CONVERGED
    )


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_intervals_and_p_values_follow_from_estimate_and_error(table, level):
    fit = kl.fit_retention(STAY, table, conf_level=level)
    tidy = fit.tidy()
    reach = stats.t.ppf((1 + level) / 2, fit.design.groups.nunique() - 1) * tidy["std_error"]
    np.testing.assert_allclose(tidy["conf_low"], tidy["estimate"] - reach)
    np.testing.assert_allclose(tidy["conf_high"], tidy["estimate"] + reach)
    np.testing.assert_allclose(tidy["statistic"], tidy["estimate"] / tidy["std_error"])
    np.testing.assert_allclose(
        tidy["p_value"], 2 * stats.t.sf(abs(tidy["statistic"]), fit.design.groups.nunique() - 1)
    )
    for odds, log_odds in [
        ("odds_ratio", "estimate"), ("odds_ratio_low", "conf_low"), ("odds_ratio_high", "conf_high")
    ]:  # fmt: skip
        np.testing.assert_allclose(tidy[odds], np.exp(tidy[log_odds]))


def test_the_whole_fit_in_one_row(stay, by_hand, table):
    x, y, _, _, loglik = by_hand
    rate = y.mean()
    null = len(y) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    decided = table[table["stayed"].notna()]
    glance = stay.glance().iloc[0]
    assert glance["nobs"] == len(y)
    assert glance["n_left_out"] == len(decided) - len(y)
    assert glance["n_accounts"] == decided["account_id"].nunique()
    np.testing.assert_allclose(
        glance[["retention_rate", "loglik", "pseudo_r_squared", "aic"]].astype(float),
        [rate, loglik, 1 - loglik / null, 2 * x.shape[1] - 2 * loglik],
        rtol=CONVERGED,
    )


@pytest.mark.parametrize("term", TERMS)
def test_the_average_effect_is_the_mean_slope_of_the_predicted_probability(stay, term):
    step = 1e-4
    used = stay.design.used
    up, down = (
        stay.predict(used.assign(**{term: used[term] + move}))["stay_probability"]
        for move in (step, -step)
    )
    expected = ((up - down) / (2 * step)).mean()
    found = stay.tidy().set_index("term").loc[term, "ame"]
    np.testing.assert_allclose(found, expected, rtol=NUMERICAL)


@pytest.mark.parametrize("term", TERMS)
def test_the_average_effects_interval_is_the_delta_methods(stay, by_hand, term):
    x, _, b, covariance, _ = by_hand
    place = 1 + TERMS.index(term)

    def effect(b):
        p = 1 / (1 + np.exp(-x @ b))
        return np.mean(p * (1 - p) * b[place])

    step = 1e-4
    slopes = np.array(
        [(effect(b + step * e) - effect(b - step * e)) / (2 * step) for e in np.eye(len(b))]
    )
    reach = stats.t.ppf(0.975, stay.design.groups.nunique() - 1) * np.sqrt(
        slopes @ covariance @ slopes
    )
    row = stay.tidy().set_index("term").loc[term]
    np.testing.assert_allclose(
        [row["ame_low"], row["ame_high"]], effect(b) + np.array([-reach, reach]), rtol=1e-5
    )


def test_the_intercept_has_no_average_effect(stay):
    row = stay.tidy().set_index("term").loc["Intercept"]
    assert row[["ame", "ame_low", "ame_high"]].isna().all()


@pytest.mark.parametrize(
    "formula", ["stayed ~ trust * commitment", "stayed ~ trust + I(trust ** 2) + commitment"]
)
def test_a_column_that_enters_twice_has_the_slope_of_all_its_terms_or_none(table, formula):
    fit = kl.fit_retention(formula, table)
    used, step = fit.design.used, 1e-4
    up, down = (
        fit.predict(used.assign(trust=used["trust"] + move))["stay_probability"]
        for move in (step, -step)
    )
    expected = ((up - down) / (2 * step)).mean()
    found = fit.tidy().set_index("term").loc["trust", "ame"]
    assert np.isnan(found) or found == pytest.approx(expected, rel=NUMERICAL)


def test_predictions_and_their_limits_come_from_the_log_odds(stay, by_hand):
    _, _, b, covariance, _ = by_hand
    rows = stay.design.used.head(20)
    found = stay.predict(rows)
    assert found.index.equals(rows.index)
    for number, row in enumerate(rows[TERMS].to_numpy(dtype=float)):
        x = np.array([1.0, *row])
        centre, reach = (
            x @ b,
            stats.t.ppf(0.975, stay.design.groups.nunique() - 1) * np.sqrt(x @ covariance @ x),
        )
        expected = 1 / (1 + np.exp(-np.array([centre, centre - reach, centre + reach])))
        np.testing.assert_allclose(found.iloc[number], expected, rtol=1e-6)


def test_predictions_far_out_stay_probabilities_without_a_warning(stay):
    rows = stay.design.used.head(2).assign(trust=[-1e4, 1e4])
    found = stay.predict(rows)["stay_probability"]
    np.testing.assert_allclose(found, [0.0, 1.0], atol=1e-12)


def test_open_periods_are_predicted_but_not_fitted(table, stay):
    open_rows = table["stayed"].isna()
    assert open_rows.any()
    changed = table.assign(trust=table["trust"].mask(open_rows, 1.0))
    again = kl.fit_retention(STAY, changed)
    pd.testing.assert_frame_equal(again.tidy(), stay.tidy())
    augmented = stay.augment()
    assert not augmented["decided"].any()
    assert not np.allclose(
        again.augment()["stay_probability"].mean(), augmented["stay_probability"].mean()
    )


def test_every_present_account_is_in_augment_once_least_likely_first(table, stay):
    found = stay.augment()
    present = table.loc[table["stayed"].isna()].dropna(subset=TERMS)
    assert sorted(found["account_id"]) == sorted(present["account_id"])
    assert found["stay_probability"].is_monotonic_increasing
    assert (found["stay_low"] < found["stay_probability"]).all()
    assert (found["stay_probability"] < found["stay_high"]).all()


def test_probabilities_stand_beside_the_account_that_they_belong_to(table, stay):
    found = stay.augment().set_index("account_id")
    for account in found.index[[0, 7, -1]]:
        row = table[(table["account_id"] == account) & table["stayed"].isna()]
        assert found.loc[account, "stay_probability"] == pytest.approx(
            stay.predict(row)["stay_probability"].item()
        )


def test_the_account_with_better_quality_is_likelier_to_stay(stay):
    worse = stay.design.used.head(1)
    better = worse.assign(trust=7.0, commitment=7.0, satisfaction=7.0)
    probability = [stay.predict(rows)["stay_probability"].item() for rows in (worse, better)]
    assert probability[0] < probability[1]


def test_row_order_labels_and_units_do_not_matter(table, stay):
    names = {name: f"Z{i}" for i, name in enumerate(reversed(table["account_id"].unique()))}
    changed = table.sample(frac=1, random_state=3).assign(
        account_id=lambda t: t["account_id"].map(names), tenure=lambda t: 12 * t["tenure"]
    )
    found = kl.fit_retention(STAY, changed).tidy().set_index("term")
    expected = stay.tidy().set_index("term")
    np.testing.assert_allclose(found["statistic"], expected["statistic"], rtol=1e-6)
    assert 12 * found.loc["tenure", "estimate"] == pytest.approx(expected.loc["tenure", "estimate"])


@pytest.mark.parametrize("dtype", ["bool", "int64", "float64", "boolean"])
def test_the_outcome_may_be_of_any_yes_or_no_type(table, dtype):
    decided = table[table["stayed"].notna()]
    expected = kl.fit_retention("stayed ~ trust", decided).tidy()
    typed = decided.assign(stayed=decided["stayed"].astype(dtype))
    pd.testing.assert_frame_equal(kl.fit_retention("stayed ~ trust", typed).tidy(), expected)


def test_a_company_and_its_analysis_table_give_the_same(company, stay):
    pd.testing.assert_frame_equal(kl.fit_retention(STAY, company).tidy(), stay.tidy())


def test_missing_predictors_are_counted(table):
    table.loc[table.index[:5], "trust"] = np.nan
    gone = int(table.loc[table["trust"].isna(), "stayed"].notna().sum())
    with pytest.warns(RowsLeftOutWarning, match=str(gone)):
        fit = kl.fit_retention("stayed ~ trust", table)
    assert fit.glance()["n_left_out"].item() == gone


@pytest.mark.parametrize(
    "formula", ["stayed ~ 1", "stayed ~ trust - 1", "stayed ~ C(industry) - 1"]
)
def test_formulas_without_predictors_or_intercept_work_with_all_verbs(table, formula):
    fit = kl.fit_retention(formula, table)
    if formula == "stayed ~ 1":
        rate = fit.glance()["retention_rate"].item()
        assert fit.tidy()["odds_ratio"].item() == pytest.approx(rate / (1 - rate))
    fit.summary()
    fit.plot()
    fit.report()
    assert len(fit.augment())


@pytest.fixture
def made_up():
    rng = np.random.default_rng(2)
    n = 120
    return pd.DataFrame(
        {
            "account_id": [f"A-{i % 40:02d}" for i in range(n)],
            "period": 2020 + np.arange(n) // 40,
            "start": pd.to_datetime([f"{2020 + i // 40}-04-01" for i in range(n)]),
            "stayed": pd.array(rng.random(n) < 0.7, dtype="boolean"),
            "decided": True,
            "trust": rng.normal(4, 1, n),
            "group": rng.choice(["x", "y", "z"], n),
        }
    )


def separated(rows, kind):
    stayed = rows["stayed"].astype(float)
    if kind == "complete":
        return rows.assign(score=stayed * 10 + rows["trust"]), "stayed ~ score"
    if kind == "quasi":
        rows = rows.assign(stayed=rows["stayed"].mask(rows["group"] == "x", True))
        return rows, "stayed ~ group + trust"
    only = pd.Series(0.0, index=rows.index)
    only.loc[rows.index[rows["stayed"]][0]] = 1.0
    return rows.assign(only=only), "stayed ~ only + trust"


@pytest.mark.parametrize("kind", ["complete", "quasi", "one row"])
def test_separation_is_refused_in_words(made_up, kind, language):
    rows, formula = separated(made_up, kind)
    with pytest.raises(kl.ModelError) as caught:
        kl.fit_retention(formula, rows)
    named = {"complete": "score", "quasi": "group", "one row": "only"}[kind]
    assert formula in str(caught.value)
    assert named in str(caught.value).replace(formula, "")
    assert 'model="firth"' in str(caught.value)


@pytest.mark.parametrize("outcome", [True, False])
def test_an_outcome_without_variation_does_not_apply(made_up, outcome, language):
    made_up["stayed"] = pd.array([outcome] * len(made_up), dtype="boolean")
    with pytest.raises(kl.NotApplicable, match="120"):
        kl.fit_retention("stayed ~ trust", made_up)


@pytest.mark.parametrize(
    "formula", ["stayed ~ trust + twice", "stayed ~ trust + same", "stayed ~ same"]
)
def test_terms_that_cannot_be_told_apart_are_refused(made_up, formula, language):
    rows = made_up.assign(twice=2 * made_up["trust"] + 1, same=3.0)
    with pytest.raises(kl.ModelError) as caught:
        kl.fit_retention(formula, rows)
    assert formula in str(caught.value)


def test_an_outcome_that_is_not_yes_or_no_is_refused(made_up, language):
    with pytest.raises(kl.ModelError, match="trust ~ period"):
        kl.fit_retention("trust ~ period", made_up)


def test_errors_by_account_need_more_than_one_account(made_up, language):
    with pytest.raises(kl.KamlabError):
        kl.fit_retention("stayed ~ trust", made_up.assign(account_id="A"))


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -0.5])
def test_a_level_that_is_no_probability_is_refused(made_up, level, language):
    with pytest.raises((kl.ModelError, ValueError)):
        kl.fit_retention("stayed ~ trust", made_up, conf_level=level)


def test_the_index_of_the_table_does_not_matter(made_up):
    expected = kl.fit_retention("stayed ~ trust", made_up)
    doubled = kl.fit_retention("stayed ~ trust", made_up.set_index(pd.Index([0] * len(made_up))))
    pd.testing.assert_frame_equal(doubled.tidy(), expected.tidy())
    pd.testing.assert_frame_equal(doubled.augment(), expected.augment())


def test_periods_without_an_offer_are_not_fitted(table, stay):
    first = table["period"] == table["period"].min()
    some = kl.fit_retention(STAY, table.assign(decided=table["decided"] & ~first))
    expected = kl.fit_retention(STAY, table[~first])
    pd.testing.assert_frame_equal(some.tidy(), expected.tidy())
    assert some.glance()["nobs"].item() < stay.glance()["nobs"].item()


def test_present_accounts_that_cannot_be_predicted_are_told(table):
    is_open = table["stayed"].isna()
    gone = table.index[is_open][:7]
    table.loc[gone, "trust"] = np.nan
    fit = kl.fit_retention(STAY, table)
    assert len(fit.augment()) == is_open.sum() - 7
    assert "for 7 of them" in fit.report()


def test_an_intercept_ten_thousand_years_away_has_limits_without_a_warning(table):
    row = (
        kl.fit_retention("stayed ~ I(period + 9_000)", table)
        .tidy()
        .set_index("term")
        .loc["Intercept"]
    )
    assert row["conf_high"] > 709  # beyond which exp overflows
    assert row["odds_ratio_high"] == float("inf")
