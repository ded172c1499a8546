import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import betaln

from kamlab.accounts.tables import TABLES, table
from kamlab.foundation.columns import glossary, labelled
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.style import DescribedFigure
from kamlab.retention.curve.families import FAMILIES
from kamlab.retention.curve.fit import fit_retention_curve
from kamlab.retention.curve.lifetime import residual_sum

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
ACCOUNTS = Path(__file__).parents[2] / "reference" / "retention_curve" / "accounts.csv"
RESIDUAL = ACCOUNTS.with_name("residual.csv")

SUMMED = 1e-9  # a hundred terms and an integral whose first neglected term is this small
PRINTED = 1e-6


@pytest.fixture(scope="module")
def curve():
    return fit_retention_curve(HIGH_END)


@pytest.fixture(scope="module")
def by_trust(company):
    return fit_retention_curve(company, covariates="trust")


@pytest.fixture(params=["curve", "by_trust"])
def either(request):
    return request.getfixturevalue(request.param)


def values(*parameters, rows=1):
    return np.log(np.tile(parameters, (rows, 1)))


def test_the_projection_is_the_closed_form_with_limits_between_none_and_all(curve):
    alpha, beta = curve.tidy()["estimate"]
    t = np.arange(41)
    ahead = curve.project(40)
    share = np.exp(betaln(alpha, beta + t) - betaln(alpha, beta))
    np.testing.assert_allclose(ahead["survival"], share, rtol=1e-12)
    np.testing.assert_allclose(
        ahead["stay_probability"].iloc[1:], (beta + t[1:] - 1) / (alpha + beta + t[1:] - 1)
    )
    for name in ("survival", "stay"):
        middle = "survival" if name == "survival" else "stay_probability"
        rows = ahead.iloc[1:]
        assert (rows[f"{name}_low"] > 0).all()
        assert (rows[f"{name}_low"] < rows[middle]).all()
        assert (rows[middle] < rows[f"{name}_high"]).all()
        assert (rows[f"{name}_high"] < 1).all()
    assert ahead["projected"].tolist() == [False] * 8 + [True] * 33


def test_a_horizon_of_nothing_is_the_start(curve):
    row = curve.project(0)
    assert row[["survival", "survival_low", "survival_high"]].to_numpy().tolist() == [[1, 1, 1]]
    assert curve.residual_lifetime(3, horizon=0).iloc[0, 1:].tolist() == [0, 0, 0]


def test_the_width_of_an_interval_is_that_of_the_delta_method(curve):
    solution, t = curve.solution, 9

    def log_log(theta):
        return np.log(-FAMILIES["sbg"].log_survival(np.array([t]), theta[None]))[0]

    step = 1e-6 * np.eye(2)
    slope = [(log_log(solution.theta + s) - log_log(solution.theta - s)) / 2e-6 for s in step]
    error = np.sqrt(slope @ solution.covariance @ slope)
    row = curve.project(t).iloc[t]
    middle = np.log(-np.log(row["survival"]))
    assert np.log(-np.log(row["survival_low"])) == pytest.approx(middle + 1.959964 * error)
    assert np.log(-np.log(row["survival_high"])) == pytest.approx(middle - 1.959964 * error)


@pytest.mark.parametrize("rate", [0.5, 0.1, 0.02, 0.001])
@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (0.05, 0.2), (9.0, 80.0)])
@pytest.mark.parametrize("n", [0, 7, 60])
def test_residual_lifetimes_are_the_endless_sum(alpha, beta, rate, n):
    # scipy's hyp2f1, the closed form, is wrong in the fifth digit at (9, 80, 0.1, 60).
    k = np.arange(1, 60 / np.log1p(rate))
    logs = betaln(alpha, beta + n + k) - betaln(alpha, beta + n) - (k - 1) * np.log1p(rate)
    found = residual_sum(FAMILIES["sbg"], np.array([float(n)]), values(alpha, beta), rate, None)
    assert found[0] == pytest.approx(np.exp(logs).sum(), rel=SUMMED)


@pytest.mark.parametrize("horizon", [1, 100, 101, 150, 3000])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_sum_to_a_horizon_is_the_sum(name, horizon):
    family = FAMILIES[name]
    row = values(*[0.7, 3.0, 1.3][: family.n_values])
    if family.sizes == ("leaving",):
        row[0, 0] = -3.0
        row[0, 1:] = np.log(0.8)
    k = np.arange(1, horizon + 1.0)
    rows = np.tile(row, (len(k), 1))
    start = family.log_survival(np.array([4.0]), row)
    terms = np.exp(family.log_survival(4 + k, rows) - start) / 1.03 ** (k - 1)
    found = residual_sum(family, np.array([4.0]), row, 0.03, horizon)
    assert found[0] == pytest.approx(terms.sum(), rel=SUMMED)


def test_undiscounted_lifetimes_are_plain_means_or_infinite():
    plain = residual_sum(FAMILIES["sbg"], np.array([3.0]), values(2.5, 4.0), 0.0, None)
    assert plain[0] == pytest.approx((4 + 3) / 1.5)
    nearly = residual_sum(FAMILIES["sbg"], np.array([3.0]), values(2.5, 4.0), 1e-9, None)
    assert nearly[0] == pytest.approx(plain[0], rel=1e-4)
    weibull = residual_sum(FAMILIES["bdw"], np.array([3.0]), values(4.5, 4.0, 1.0), 0.0, None)
    assert weibull[0] == pytest.approx((4 + 3) / 3.5, rel=1e-7)
    for name, row in (("sbg", (0.9, 2.0)), ("bdw", (0.9, 2.0, 1.0))):
        with pytest.raises(ArgumentError, match="infinite"):
            residual_sum(FAMILIES[name], np.zeros(1), values(*row), 0.0, None)


@pytest.mark.parametrize("cohort", ["high_end", "regular"])
def test_residual_lifetimes_agree_with_twenty_digits_seen_before_and_after(cohort):
    rows = pd.read_csv(RESIDUAL, dtype={"discount_rate": float})
    rows = rows[(rows["data"] == f"{cohort}_7") & (rows["model"] == "bdw")]
    counts = HIGH_END if cohort == "high_end" else [1000, 631, 468, 382, 326, 289, 262, 241]
    fitted = fit_retention_curve(counts, "bdw")
    for rate, own in rows.groupby("discount_rate"):
        before = fitted.residual_lifetime((own["n"] - 1).tolist(), rate)
        after = fitted.residual_lifetime(own["n"].tolist(), rate, seen="after_renewal")
        for found, name in ((before, "before_renewal_n"), (after, "after_renewal_n")):
            np.testing.assert_allclose(found["residual_lifetime"], own[name], rtol=PRINTED)


def test_a_longer_history_promises_more(curve):
    table = curve.residual_lifetime(range(20))
    assert np.all(np.diff(table["residual_lifetime"]) > 0)
    assert (table["residual_low"] < table["residual_lifetime"]).all()
    assert (table["residual_high"] > table["residual_lifetime"]).all()


def test_by_renewal_sets_observed_beside_fitted(curve):
    rows = curve.by_renewal()
    assert rows["n_due"].tolist() == HIGH_END[:-1]
    assert rows["n_lost"].tolist() == (-np.diff(HIGH_END)).tolist()
    np.testing.assert_allclose(rows["observed_survival"], np.array(HIGH_END[1:]) / 1000)
    ahead = curve.project(7).iloc[1:]
    for name in ("survival", "survival_low", "survival_high", "stay_low", "stay_high"):
        np.testing.assert_allclose(rows[name], ahead[name], rtol=1e-9)
    pd.testing.assert_frame_equal(rows, curve.augment())


def test_by_renewal_says_nothing_beyond_a_gap():
    rows = pd.DataFrame({"entry": [0, 0, 9, 9], "renewals": [2, 0, 11, 10], "left": [0, 1, 0, 1]})
    rows["count"] = [30, 10, 30, 3]
    table = fit_retention_curve(rows).by_renewal()
    assert table["renewals"].tolist() == [1, 2, 10, 11]
    assert table["observed_survival"].isna().tolist() == [False, False, True, True]


def test_the_expected_losses_of_a_fit_add_up_to_the_observed_ones(by_trust):
    # The score of a common factor of alpha is zero at the maximum of a beta-geometric curve.
    rows = by_trust.by_renewal()
    expected = rows["n_due"] * (1 - rows["stay_probability"])
    assert expected.sum() == pytest.approx(rows["n_lost"].sum(), rel=1e-6)


def test_the_test_of_fit_finds_a_wrong_family_and_leaves_a_right_one_alone():
    t = np.arange(8)
    right = np.round(5000 * np.exp(betaln(2.0, 8.0 + t) - betaln(2.0, 8.0))).astype(int)
    whole = fit_retention_curve(right).glance().loc[0]
    assert whole["df"] == 7 - 2
    assert whole["p_value"] > 0.9
    wrong = right.copy()
    wrong[6:] -= 300  # a year in which many left
    assert fit_retention_curve(wrong).glance().loc[0, "p_value"] < 1e-6


def test_the_test_of_customers_alike_is_half_a_chi_square(curve):
    p = np.array([509 / 4926])
    alike = 509 * np.log(p) + (4926 - 509) * np.log(1 - p)
    gain = 2 * (curve.solution.loglik - alike[0])
    assert curve.glance().loc[0, "p_alike"] == pytest.approx(stats.chi2.sf(gain, 1) / 2)


def test_accounts_that_are_there_are_told_the_likely_leavers_first(by_trust, company):
    rows = by_trust.augment()
    periods = company.periods
    open_now = periods.loc[periods["stayed"].isna(), "account_id"]
    assert set(rows["account_id"]) == set(open_now)
    assert rows["stay_probability"].is_monotonic_increasing
    first = rows.loc[0]
    alone = by_trust.residual_lifetime(int(first["renewals"]), at={"trust": first["trust"]})
    assert first["residual_lifetime"] == pytest.approx(alone.loc[0, "residual_lifetime"])
    ahead = by_trust.project(int(first["renewals"]) + 1, at={"trust": first["trust"]}).iloc[-1]
    assert first["stay_low"] == pytest.approx(ahead["stay_low"])


def test_accounts_without_ids_keep_the_index_of_the_table():
    rows = pd.read_csv(ACCOUNTS).drop(columns="account_id").set_index(pd.Index(range(1000, 1400)))
    table = fit_retention_curve(rows, covariates="trust").augment()
    assert set(table.index) == set(rows.index[rows["left"] == 0])
    assert (table["trust"] == rows.loc[table.index, "trust"]).all()


def test_trust_shifts_the_curve_of_the_sample_company(by_trust):
    below, above = by_trust.shifts().to_dict("records")
    assert above["at"] - below["at"] == pytest.approx(2 * by_trust.tally.spreads[0])
    for name in ("first_retention", "median_lifetime", "residual_lifetime"):
        assert above[name] > below[name]
    assert below["p_value"] == above["p_value"] < 0.01
    curve = by_trust.project(10, at={"trust": below["at"]})
    assert curve.loc[1, "survival"] == pytest.approx(below["first_retention"])
    median = below["median_lifetime"]
    assert curve.loc[median, "survival"] <= 0.5 < curve.loc[median - 1, "survival"]


def test_a_covariate_is_tested_by_both_slopes_at_once():
    rows = pd.read_csv(ACCOUNTS)
    one = fit_retention_curve(rows, covariates="trust")
    theta, covariance = one.solution.theta[[1, 3]], one.solution.covariance[np.ix_([1, 3], [1, 3])]
    both = stats.chi2.sf(theta @ np.linalg.inv(covariance) @ theta, 2)
    assert one.shifts().loc[0, "p_value"] == pytest.approx(both)


def test_a_curve_without_covariates_has_nothing_to_shift(curve, language):
    with pytest.raises(NotApplicable, match="covariates"):
        curve.shifts()


BAD = [
    (lambda c: c.project(-1), "0 to 100,000", "0から100,000"),
    (lambda c: c.project(2.5), "whole numbers", "整数"),
    (lambda c: c.project("x"), "whole numbers", "整数"),
    (lambda c: c.project(np.nan), "whole numbers", "整数"),
    (lambda c: c.project(5, at={"nope": 1}), "nope", "nope"),
    (lambda c: c.residual_lifetime(-1), "whole numbers", "整数"),
    (lambda c: c.residual_lifetime(0, -0.1), "discount_rate", "discount_rate"),
    (lambda c: c.residual_lifetime(0, np.nan), "discount_rate", "discount_rate"),
    (lambda c: c.residual_lifetime(0, horizon=1.5), "whole numbers", "整数"),
    (lambda c: c.residual_lifetime(0, seen="x"), "before_renewal", "before_renewal"),
    (lambda c: c.residual_lifetime(0, 0.0), "infinite", "無限大"),
    (lambda c: c.plot(periods=-3), "whole numbers", "整数"),
]


@pytest.mark.parametrize(("ask", "en", "ja"), BAD)
def test_what_cannot_be_asked_is_refused(curve, ask, en, ja, language):
    with pytest.raises(ArgumentError, match=ja if language == "ja" else en):
        ask(curve)


def test_all_that_is_wrong_with_a_question_is_told_at_once(curve):
    with pytest.raises(ArgumentError, match=r"discount_rate[\s\S]*whole numbers[\s\S]*seen"):
        curve.residual_lifetime(0, -1, horizon=-1, seen="never")


def test_values_of_covariates_are_checked(by_trust):
    for at in ({"trust": np.nan}, {"trust": "high"}, {"commitment": 4}):
        with pytest.raises(ArgumentError, match="finite numbers"):
            by_trust.project(3, at=at)


def test_every_column_is_declared_or_was_given(either):
    given = {c.name for name in TABLES for c in table(name).columns} | {"trust"}
    tables = [either.tidy(), either.glance(), either.augment(), either.by_renewal()]
    tables += [either.project(3), either.residual_lifetime(2)]
    if either.tally.covariates:
        tables.append(either.shifts())
    for frame in tables:
        assert set(frame.columns) <= set(glossary()) | given
        labelled(frame)


def test_summary_and_report_speak_both_languages(either, language):
    text = str(either) + either.report()
    assert ("継続曲線" in text) == (language == "ja")
    assert ("Discounted at 10%" in text) == (language == "en")
    assert "nan" not in text


def test_the_report_tells_the_numbers(curve):
    assert "7.53 (7.02 to 8.08) of one that has made 7" in curve.report()
    assert "85.1% (83.1% to 86.8%)" in curve.report()


def test_the_picture_has_title_alt_and_every_curve(either, language):
    ax = either.plot()
    assert ax.get_title(loc="left") == str(either.title)
    assert isinstance(ax.figure, DescribedFigure)
    assert f"{either.last}" in ax.figure.alt
    labels = ax.get_legend_handles_labels()[1]
    assert len(labels) == (3 if either.tally.covariates else 2)


def test_a_picture_may_stop_before_the_data_or_show_the_start_alone(curve):
    for periods in (0, 3, 7, 30):
        assert curve.plot(periods=periods).get_xlim()[1] >= periods


def test_a_curve_survives_pickling(either):
    other = pickle.loads(pickle.dumps(either))
    pd.testing.assert_frame_equal(other.tidy(), either.tidy())
    assert other.report() == either.report()


def test_what_a_reader_does_to_a_curve_does_not_change_it(by_trust):
    before = by_trust.augment()
    lent = by_trust.tally.customers
    lent["renewals"] = 0
    with pytest.raises(ValueError, match="read-only"):
        by_trust.solution.theta[0] = 0.0
    pd.testing.assert_frame_equal(by_trust.augment(), before)
