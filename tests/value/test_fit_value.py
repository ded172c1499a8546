import numpy as np
import pandas as pd
import pytest
from scipy import stats

import kamlab as kl
from kamlab.foundation.errors import RowsLeftOutWarning

WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
TERMS = ["trust", "commitment", "satisfaction", "size"]
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def by_hand(_table):
    decided = _table[_table["stayed"].notna()]
    rate = decided["stayed"].astype(float).mean()
    rows = decided.dropna(subset=[*TERMS, "net_margin"]).query("net_margin > 0")
    x = np.column_stack([np.ones(len(rows)), rows[TERMS].to_numpy(dtype=float)])
    y = np.log(rows["net_margin"].to_numpy() * rate / (1.1 - rate))
    b, *_ = np.linalg.lstsq(x, y, rcond=None)
    error = y - x @ b
    bread = np.linalg.inv(x.T @ x)
    meat = np.zeros_like(bread)
    accounts = rows["account_id"].to_numpy()
    for account in np.unique(accounts):
        score = (x * error[:, None])[accounts == account].sum(axis=0)
        meat += np.outer(score, score)
    n, k, g = *x.shape, len(np.unique(accounts))
    covariance = bread @ meat @ bread * g / (g - 1) * (n - 1) / (n - k)
    return rows, rate, x, y, b, error, covariance


def test_estimates_are_least_squares_of_log_lifetime_value(worth, by_hand):
    tidy = worth.tidy()
    assert tidy["term"].tolist() == ["Intercept", *TERMS]
    np.testing.assert_allclose(tidy["estimate"], by_hand[4], rtol=ROUNDING)


def test_errors_are_those_of_the_sandwich_by_account(worth, by_hand):
    np.testing.assert_allclose(worth.estimates.covariance, by_hand[6], rtol=1e-7)
    np.testing.assert_allclose(worth.tidy()["std_error"], np.sqrt(np.diag(by_hand[6])), rtol=1e-7)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_and_changes_follow_from_estimate_and_error(table, level):
    fit = kl.fit_value(WORTH, table, conf_level=level)
    tidy = fit.tidy()
    reach = stats.t.ppf((1 + level) / 2, fit.design.groups.nunique() - 1) * tidy["std_error"]
    np.testing.assert_allclose(tidy["conf_low"], tidy["estimate"] - reach)
    np.testing.assert_allclose(tidy["conf_high"], tidy["estimate"] + reach)
    slopes = tidy.iloc[1:]
    for change, estimate in [
        ("change", "estimate"), ("change_low", "conf_low"), ("change_high", "conf_high")
    ]:  # fmt: skip
        np.testing.assert_allclose(slopes[change], np.exp(slopes[estimate]) - 1)
        assert np.isnan(tidy[change].iloc[0])


def test_the_whole_fit_in_one_row(worth, by_hand):
    rows, rate, x, y, _, error, _ = by_hand
    glance = worth.glance().iloc[0]
    assert (glance["nobs"], glance["n_accounts"]) == (len(rows), rows["account_id"].nunique())
    np.testing.assert_allclose(
        glance[["r_squared", "residual_std_dev", "retention_rate", "discount_rate"]].astype(float),
        [
            1 - error @ error / np.sum((y - y.mean()) ** 2),
            np.sqrt(error @ error / (len(y) - x.shape[1])),
            rate,
            0.10,
        ],
        rtol=ROUNDING,
    )


def test_augment_gives_value_fitted_and_residual_beside_their_account(worth, by_hand):
    rows, rate, x, y, b, error, _ = by_hand
    found = worth.augment()
    assert found["account_id"].tolist() == rows["account_id"].tolist()
    np.testing.assert_allclose(found["ltv"], np.exp(y), rtol=ROUNDING)
    np.testing.assert_allclose(found["fitted"], np.exp(x @ b), rtol=1e-7)
    np.testing.assert_allclose(found["residual"], error, atol=1e-9)
    np.testing.assert_allclose(found["ltv"], found["net_margin"] * rate / (1.1 - rate))


@pytest.mark.parametrize(("discount", "retention"), [(0.0, 0.8), (0.1, 0.6), (0.2, None)])
def test_rates_move_the_intercept_only(table, worth, discount, retention):
    other = kl.fit_value(WORTH, table, discount_rate=discount, retention_rate=retention)
    np.testing.assert_allclose(
        other.tidy()["estimate"].iloc[1:], worth.tidy()["estimate"].iloc[1:], rtol=1e-7
    )
    assert other.glance()["discount_rate"].item() == discount


@pytest.mark.parametrize("margin", [0.0, -1e6])
def test_values_that_are_not_positive_are_left_out_counted_and_named(table, margin, language):
    decided = table.index[table["stayed"].notna()]
    table.loc[decided[:7], "net_margin"] = margin
    reason = {"en": "not positive", "ja": "正でない"}[language]
    with pytest.warns(RowsLeftOutWarning, match=reason) as caught:
        fit = kl.fit_value(WORTH, table)
    assert "7" in str(caught[0].message)
    assert fit.glance()[["nobs", "n_left_out"]].iloc[0].tolist() == [len(decided) - 7, 7]
    assert reason in fit.report()


def test_a_predictor_without_a_logarithm_is_not_called_a_value_that_is_not_positive(table):
    count = "complaint_last_year"
    assert (table[count] == 0).any()
    with pytest.warns(RowsLeftOutWarning) as caught:
        kl.fit_value(f"log(ltv) ~ log({count})", table)
    assert "lifetime value is not positive" not in str(caught[0].message)


@pytest.mark.parametrize(
    "formula", ["ltv ~ trust", "log(net_margin) ~ trust", "trust", "log10(ltv) ~ trust", ""]
)
def test_another_outcome_is_refused(table, formula, language):
    with pytest.raises(kl.ModelError, match=r"log\(ltv\)"):
        kl.fit_value(formula, table)


@pytest.mark.parametrize("formula", ["log(ltv)~trust", " log(ltv)  ~ trust", "log( ltv ) ~ trust"])
def test_blanks_in_the_formula_do_not_matter(table, formula):
    expected = kl.fit_value("log(ltv) ~ trust", table).tidy()
    pd.testing.assert_frame_equal(kl.fit_value(formula, table).tidy(), expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention_rate": 1.2},
        {"retention_rate": -0.1},
        {"discount_rate": -0.1},
        {"retention_rate": 1, "discount_rate": 0},
    ],
)
def test_rates_out_of_range_are_refused(table, wrong, language):
    with pytest.raises(kl.ArgumentError):
        kl.fit_value(WORTH, table, **wrong)


def test_a_table_without_money_does_not_apply(table, language):
    with pytest.raises(kl.NotApplicable, match="margin"):
        kl.fit_value(WORTH, table.drop(columns="net_margin"))


def test_terms_that_cannot_be_told_apart_are_refused(table, language):
    with pytest.raises(kl.ModelError):
        kl.fit_value("log(ltv) ~ trust + I(2 * trust)", table)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_that_is_no_probability_is_refused(table, level):
    with pytest.raises((kl.ModelError, ValueError)):
        kl.fit_value("log(ltv) ~ trust", table, conf_level=level)


def test_errors_by_account_need_more_than_one_account(table):
    with pytest.raises(kl.KamlabError):
        kl.fit_value("log(ltv) ~ trust", table.assign(account_id="A"))


def test_the_currency_is_the_companys_own_or_the_one_given(company, table):
    assert "JPY" in kl.fit_value("log(ltv) ~ trust", company).report()
    assert "EUR" in kl.fit_value("log(ltv) ~ trust", table, currency="EUR").report()


def test_without_a_currency_nothing_stands_in_its_place(table, language):
    report = kl.fit_value("log(ltv) ~ trust", table).report()
    assert "()" not in report
    assert "( )" not in report


def test_row_order_labels_and_money_unit_do_not_matter(table, worth):
    names = {name: f"Z{i}" for i, name in enumerate(reversed(table["account_id"].unique()))}
    changed = table.sample(frac=1, random_state=3).assign(
        account_id=lambda t: t["account_id"].map(names),
        net_margin=lambda t: t["net_margin"] / 1e6,
    )
    found, expected = kl.fit_value(WORTH, changed).tidy(), worth.tidy()
    columns = ["estimate", "std_error", "change"]
    np.testing.assert_allclose(found[columns].iloc[1:], expected[columns].iloc[1:], rtol=1e-6)


def test_truth_is_within_three_errors_when_quality_is_measured_without_error():
    company = kl.simulate_company(n_accounts=400, seed=3)
    rows = kl.analysis_table(company).drop(columns=["trust", "commitment", "satisfaction", "wave"])
    rows = rows.merge(
        company.truth.quality.assign(period=lambda q: q["wave"] + rows["period"].min() - 1),
        on=["account_id", "period"],
    )
    tidy = kl.fit_value(WORTH, rows).tidy().set_index("term")
    for term, truth in company.truth.log_margin.items():
        assert abs(tidy.loc[term, "estimate"] - truth) < 3 * tidy.loc[term, "std_error"]
