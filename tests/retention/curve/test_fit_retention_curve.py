import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln

from kamlab.foundation.errors import DataWarning, NotApplicable
from kamlab.retention.curve.families import FAMILIES
from kamlab.retention.curve.fit import fit_retention_curve, solve
from kamlab.retention.curve.histories import renewal_histories
from kamlab.retention.curve.newton import Cells, log_likelihood

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference" / "retention_curve"
PUBLISHED = pd.read_csv(ROOT / "data" / "published" / "fader_hardie_2007.csv")

EXACT = 1e-8  # Newton ends with a gradient of rounding size; the reference has 20 digits
NUMERICAL = 1e-6  # central differences with a step of 1e-5
THREE_DIGITS = 5e-4  # half of the last printed digit
ONE_DIGIT = 0.05
# 95 % plus or minus 2.6 standard errors of a share in 300 replications.
COVERED = (0.917, 0.983)


def survivors(cohort, years):
    rows = PUBLISHED[(PUBLISHED["cohort"] == cohort) & (PUBLISHED["period"] <= years)]
    return rows["survivors"].tolist()


def estimates(curve):
    return curve.tidy().set_index("term")["estimate"]


def reference(name, **where):
    table = pd.read_csv(REFERENCE / f"{name}.csv")
    for column, value in where.items():
        table = table[table[column] == value]
    return table


PRINTED = [("high_end", 0.668, 3.806, -1611.2), ("regular", 0.704, 1.182, -1680.3)]


@pytest.mark.parametrize(("cohort", "alpha", "beta", "loglik"), PRINTED)
def test_fader_and_hardie_2007_print_these_parameters(cohort, alpha, beta, loglik):
    source = tomllib.loads((ROOT / "data/published/fader_hardie_2007.toml").read_text("utf-8"))
    assert source["status"] == "published"
    curve = fit_retention_curve(survivors(cohort, 7))
    found = estimates(curve)
    assert found["alpha"] == pytest.approx(alpha, abs=THREE_DIGITS)
    assert found["beta"] == pytest.approx(beta, abs=THREE_DIGITS)
    assert curve.glance().loc[0, "loglik"] == pytest.approx(loglik, abs=ONE_DIGIT)


def test_an_expected_residual_lifetime_of_7_53_for_the_high_end_after_seven_renewals():
    curve = fit_retention_curve(survivors("high_end", 7))
    life = curve.residual_lifetime(7, 0.10).loc[0, "residual_lifetime"]
    assert life == pytest.approx(7.53, abs=THREE_DIGITS * 10)


@pytest.mark.parametrize("model", ["sbg", "bdw"])
@pytest.mark.parametrize("cohort", ["high_end", "regular"])
@pytest.mark.parametrize("years", [4, 7, 12])
def test_estimates_and_errors_of_cohorts_agree_with_twenty_digits(cohort, years, model):
    curve = fit_retention_curve(survivors(cohort, years), model)
    expected = reference("fits", data=f"{cohort}_{years}", model=model).set_index("term")
    table = curve.tidy().set_index("term")
    own = expected.loc[table.index]
    np.testing.assert_allclose(table["estimate"], own["estimate"].astype(float), rtol=1e-6)
    np.testing.assert_allclose(table["std_error"], own["std_error"].astype(float), rtol=1e-5)
    loglik = float(expected.loc["loglik", "estimate"])
    assert curve.glance().loc[0, "loglik"] == pytest.approx(loglik, rel=EXACT)
    ahead = curve.project(12).iloc[1:]
    expected = reference("projected", data=f"{cohort}_{years}", model=model)
    np.testing.assert_allclose(ahead["survival"], expected["survival"], rtol=1e-6)
    np.testing.assert_allclose(ahead["stay_probability"], expected["retention_rate"], rtol=1e-6)


@pytest.mark.parametrize("model", ["sbg", "bdw"])
@pytest.mark.parametrize("covariates", [(), ("trust",)])
def test_accounts_first_seen_late_agree_with_twenty_digits(model, covariates):
    accounts = pd.read_csv(REFERENCE / "accounts.csv", dtype={"account_id": str})
    curve = fit_retention_curve(accounts, model, covariates)
    data = "accounts_trust" if covariates else "accounts"
    expected = reference("fits", data=data, model=model).set_index("term")
    found = curve.tidy().set_index("term")
    loglik = float(expected.loc["loglik", "estimate"])
    assert curve.glance().loc[0, "loglik"] == pytest.approx(loglik, rel=EXACT)
    slopes = [term for term in found.index if ":" in term or term == "c"]
    for ours, theirs in (("estimate", "estimate"), ("std_error", "std_error")):
        np.testing.assert_allclose(
            found.loc[slopes, ours], expected.loc[slopes, theirs].astype(float), rtol=1e-5
        )
    # Ours are for mean trust, the reference's for trust of zero.
    for size in ("alpha", "beta"):
        shift = found["estimate"].get(f"{size}:trust", 0.0) * accounts["trust"].mean()
        log_estimate = np.log(found.loc[size, "estimate"]) - shift
        assert log_estimate == pytest.approx(expected.loc[size, "log_estimate"], abs=1e-6)


def test_a_port_of_the_r_package_foretell_finds_the_same_weibull():
    # README of github.com/apwheele/retenmod, whose optimiser stops at four digits.
    curve = fit_retention_curve([1000, 869, 743, 653, 593], "bdw")
    assert estimates(curve).tolist() == pytest.approx([0.25937, 1.72276, 1.58429], rel=1e-3)
    assert curve.glance().loc[0, "loglik"] == pytest.approx(-1222.7493182, abs=1e-5)


def test_the_likelihood_is_that_of_the_lifetimes():
    counts = np.array(survivors("high_end", 7), dtype=float)
    alpha, beta = estimates(fit_retention_curve(counts))
    t = np.arange(1, 8)
    lost = betaln(alpha + 1, beta + t - 1) - betaln(alpha, beta)
    still = betaln(alpha, beta + 7) - betaln(alpha, beta)
    by_hand = -np.diff(counts) @ lost + counts[-1] * still
    assert fit_retention_curve(counts).glance().loc[0, "loglik"] == pytest.approx(by_hand)


@pytest.mark.parametrize("name", FAMILIES)
def test_gradient_and_hessian_are_the_slopes_of_the_likelihood(name):
    family, rng = FAMILIES[name], np.random.default_rng(3)
    design = np.column_stack([np.ones(4), rng.normal(size=4)])
    n = 1 if name == "settled" else 5  # no loss is possible later
    renewal = np.tile(np.arange(1.0, n + 1), 4)
    counts = rng.integers(1, 9, (2, 4 * n)).astype(float)
    cells = Cells(design, np.repeat(np.arange(4), n), renewal, *counts)
    theta = 0.5 * rng.normal(size=2 * len(family.sizes) + family.has_shape)
    _, gradient, hessian = log_likelihood(family, theta, cells)
    step = 1e-5
    for move, slope, bend in zip(step * np.eye(len(theta)), gradient, hessian, strict=True):
        up, down = (log_likelihood(family, theta + s * move, cells) for s in (1, -1))
        assert (up[0] - down[0]) / (2 * step) == pytest.approx(slope, rel=NUMERICAL, abs=NUMERICAL)
        differences = (up[1] - down[1]) / (2 * step)
        np.testing.assert_allclose(differences, bend, rtol=NUMERICAL, atol=NUMERICAL)


def draw(rng, n, alpha, beta):
    return rng.geometric(rng.beta(alpha, beta, n))


def test_intervals_cover_the_truth():
    rng, truth = np.random.default_rng(11), np.array([0.9, 3.0])
    share = np.exp(betaln(truth[0], truth[1] + 12) - betaln(*truth))
    covered, n = np.zeros(3), 300
    for _ in range(n):
        life = draw(rng, 600, *truth)
        counts = np.array([(life > t).sum() for t in range(7)], dtype=float)
        none = np.zeros(6, dtype=np.intp)
        cells = Cells(np.ones((1, 1)), none, np.arange(1.0, 7), counts[1:], -np.diff(counts))
        solution = solve(FAMILIES["sbg"], cells)
        _, low, high = solution.survival(12, np.ones(1), 0.95)
        reach = 1.96 * np.sqrt(np.diag(solution.covariance))
        near = np.abs(solution.theta - np.log(truth)) <= reach
        covered += [low[12] <= share <= high[12], *near]
    assert np.all((covered / n >= COVERED[0]) & (covered / n <= COVERED[1])), covered / n


def test_slopes_are_recovered_from_accounts_first_seen_late():
    rng, n = np.random.default_rng(5), 20_000
    x = rng.normal(size=n)
    life = draw(rng, n, np.exp(0.2 - 0.5 * x), np.exp(1.0 + 0.3 * x))
    entry = rng.integers(0, 4, n)
    seen = life > entry
    left = life <= entry + 5
    made = np.where(left, life - 1, entry + 5)
    rows = pd.DataFrame({"entry": entry, "renewals": made, "left": left, "x": x})[seen]
    table = fit_retention_curve(rows, covariates="x").tidy().set_index("term")
    for term, value in (("alpha:x", -0.5), ("beta:x", 0.3)):
        error = abs(table.loc[term, "estimate"] - value)
        assert error < 3 * table.loc[term, "std_error"] < 0.3


def test_order_grouping_and_cohorts_do_not_matter():
    accounts = pd.read_csv(REFERENCE / "accounts.csv")
    first = fit_retention_curve(accounts, "bdw", "trust")
    shuffled = fit_retention_curve(accounts.sample(frac=1, random_state=1), "bdw", "trust")
    grouped = accounts.groupby(["entry", "renewals", "left", "trust"]).size().rename("count")
    counted = fit_retention_curve(grouped.reset_index(), "bdw", "trust")
    for other in (shuffled, counted):
        pd.testing.assert_frame_equal(first.tidy(), other.tidy(), rtol=1e-6)
        pd.testing.assert_frame_equal(first.glance(), other.glance(), rtol=1e-9)


def test_one_cohort_two_halves_and_its_customers_one_by_one_are_the_same():
    whole = fit_retention_curve([100, 80, 60, 52])
    halves = pd.DataFrame({"cohort": 4 * ["a"] + 4 * ["b"], "period": 2 * [3, 1, 0, 2]})
    halves["survivors"] = [32, 50, 60, 40, 20, 30, 40, 20]
    lives = pd.DataFrame({"renewals": [0, 1, 2, 3], "left": [1, 1, 1, 0], "count": [20, 20, 8, 52]})
    one_by_one = lives.loc[np.repeat(lives.index, lives["count"])].drop(columns="count")
    for other in (halves, lives, one_by_one):
        curve = fit_retention_curve(other)
        pd.testing.assert_frame_equal(whole.tidy(), curve.tidy(), rtol=1e-9)
        pd.testing.assert_frame_equal(whole.glance(), curve.glance())
        pd.testing.assert_frame_equal(whole.by_renewal(), curve.by_renewal())


def test_a_covariates_unit_and_origin_move_only_its_slopes():
    accounts = pd.read_csv(REFERENCE / "accounts.csv")
    one = fit_retention_curve(accounts, covariates="trust").tidy().set_index("term")
    tens = accounts.assign(trust=10 * accounts["trust"] + 500)
    other = fit_retention_curve(tens, covariates="trust").tidy().set_index("term")
    slope = one.index.str.contains(":")
    np.testing.assert_allclose(one.loc[slope, "estimate"], 10 * other.loc[slope, "estimate"])
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(one.loc[~slope, columns], other.loc[~slope, columns], rtol=1e-6)


def test_nothing_that_is_given_is_changed():
    accounts = pd.read_csv(REFERENCE / "accounts.csv")
    before = accounts.copy(deep=True)
    fit_retention_curve(accounts, covariates="trust")
    pd.testing.assert_frame_equal(accounts, before)


def test_customers_alike_are_named_and_have_the_geometric_share():
    with pytest.warns(DataWarning, match="No sign of differences"):
        curve = fit_retention_curve([1000, 900, 800, 690, 580])
    assert curve.glance().loc[0, "curve_family"] == "geometric"
    table = curve.tidy()
    assert table["term"].tolist() == ["leaving"]
    lost, due = 420, 1000 + 900 + 800 + 690
    assert table.loc[0, "estimate"] == pytest.approx(lost / due)
    error = np.sqrt(lost / due * (1 - lost / due) / due)
    assert table.loc[0, "std_error"] == pytest.approx(error)
    assert curve.project(9).loc[9, "survival"] == pytest.approx((1 - lost / due) ** 9)


def test_the_limit_is_approached_by_the_model_itself():
    with pytest.warns(DataWarning):
        curve = fit_retention_curve([1000, 900, 800, 690, 580])
    cells, family = curve.tally.cells, FAMILIES["sbg"]
    p = curve.tidy().loc[0, "estimate"]
    logliks = [
        log_likelihood(family, np.log([p * size, (1 - p) * size]), cells)[0]
        for size in (10, 100, 1e4, 1e7)
    ]
    assert np.all(np.diff(logliks) > 0)
    assert logliks[-1] == pytest.approx(curve.glance().loc[0, "loglik"], abs=1e-3)


def test_a_weibull_takes_retention_that_falls_with_age():
    with pytest.warns(DataWarning, match="discrete Weibull"):
        curve = fit_retention_curve([1000, 980, 850, 500, 120, 5], "bdw")
    table = curve.tidy().set_index("term")
    assert table.loc["c", "conf_low"] > 1
    stay = curve.project(5)["stay_probability"].iloc[1:]
    assert np.all(np.diff(stay) < 0)


def test_no_loss_after_the_first_renewal_is_named():
    with pytest.warns(DataWarning, match="after the first renewal"):
        curve = fit_retention_curve([100, 60, 60, 60])
    ahead = curve.project(50)
    assert ahead["survival"].iloc[1:].tolist() == pytest.approx([0.6] * 50)
    assert curve.glance().loc[0, "median_lifetime"] == np.inf
    # Nobody who is there after one renewal ever leaves: 1 / (1 - 1 / 1.1) renewals.
    assert curve.residual_lifetime(1).loc[0, "residual_lifetime"] == pytest.approx(11)


def test_slopes_of_beta_that_run_off_are_left_out_and_named(company):
    key = company.accounts.set_index("account_id")["is_key"]
    rows = renewal_histories(company).drop(columns="is_key")
    rows["key"] = rows["account_id"].map(key).astype(float)
    with pytest.warns(DataWarning, match="slopes of beta run off"):
        curve = fit_retention_curve(rows, covariates="key")
    assert curve.tidy()["term"].tolist() == ["alpha", "alpha:key", "beta"]
    assert any("slopes of beta" in str(note) for note in curve.notes)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([100, 100, 100], ("at most 1.5%", "1.5%以下")),
        ([100, 0], ("Nobody renewed", "更新した顧客がいません")),
        ([100, 80], ("at least 2", "2回分以上")),
        ([100], ("No renewal was due", "更新時期")),
        ([0, 0, 0], ("No renewal was due", "更新時期")),
    ],
)
def test_what_no_curve_can_tell_is_refused_with_what_is_known(counts, words, language):
    with pytest.raises(NotApplicable, match=words[language == "ja"]):
        fit_retention_curve(counts)


def test_many_periods_and_large_counts_are_no_trouble():
    t = np.arange(1500)
    counts = np.round(1e6 * np.exp(betaln(0.7, 1.2 + t) - betaln(0.7, 1.2)))
    assert estimates(fit_retention_curve(counts)).tolist() == pytest.approx([0.7, 1.2], rel=1e-3)
    weibull = estimates(fit_retention_curve(counts, "bdw"))
    assert weibull.tolist() == pytest.approx([0.7, 1.2, 1.0], rel=5e-3)


@pytest.mark.parametrize("renewals", [1, 3])
def test_a_single_account_that_left_gives_a_wide_interval(renewals):
    one = pd.DataFrame({"renewals": [renewals], "left": [True]})
    with pytest.warns(DataWarning, match="No sign of differences"):
        row = fit_retention_curve(one).tidy().loc[0]
    assert row["estimate"] == pytest.approx(1 / (renewals + 1))
    assert row["conf_high"] - row["conf_low"] > 0.5
