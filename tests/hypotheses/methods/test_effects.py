"""Each method's effect, beside the function that it stands for or beside arithmetic by hand."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats

import kamlab as kl
from kamlab.hypotheses.methods.correlation import weighted_rank_correlation
from kamlab.hypotheses.methods.registry import METHODS, evidence
from kamlab.hypotheses.tables import Tables

STAY = "stayed ~ trust + commitment + tenure"
WORTH = "log(ltv) ~ trust + size"


@pytest.fixture(scope="module")
def tables(company):
    return Tables.of(company)


def hypothesis(**given):
    return kl.Hypothesis(name="h", statement="So it is.", **({"above": 0} | given))


def test_every_method_of_a_hypothesis_has_its_evidence():
    assert set(METHODS) == {"retention", "value", "linear", "correlation", "forecast", "sem"}


@pytest.mark.parametrize("corrected", [False, True])
def test_staying_is_the_regression_of_staying(tables, corrected):
    error = tables.error if corrected else None
    fit = kl.fit_retention(STAY, tables.periods, error=error, seed=3)
    row = fit.tidy().set_index("term").loc["trust"]
    found = evidence(hypothesis(model=STAY, term="trust", corrected=corrected), tables, seed=3)
    assert found.estimate == row["estimate"]
    assert found.effect_size == row["ame"]
    assert found.interval(0.95) == pytest.approx((row["conf_low"], row["conf_high"]))
    assert found.p_value(0.0) == pytest.approx(row["p_value"])
    assert (found.n_used, found.n_accounts) == (654, 201)
    assert found.known_on.tolist() == fit.design.used["end"].tolist()


@pytest.mark.parametrize("corrected", [False, True])
def test_value_is_the_regression_of_lifetime_value(tables, corrected):
    error = tables.error if corrected else None
    row = kl.fit_value(WORTH, tables.periods, error=error).tidy().set_index("term").loc["trust"]
    asked = hypothesis(method="value", model=WORTH, term="trust", corrected=corrected)
    found = evidence(asked, tables)
    assert found.estimate == row["estimate"]
    assert found.effect_size == row["change"]
    assert found.interval(0.95) == pytest.approx((row["conf_low"], row["conf_high"]))


def test_seeds_move_errors_that_come_from_redrawn_accounts(tables):
    asked = hypothesis(model=STAY, term="trust", corrected=True)
    one, same, other = (evidence(asked, tables, seed=seed).std_error for seed in (1, 1, 2))
    assert one == same != other


def test_least_squares_on_periods_are_clustered_by_account(tables):
    asked = hypothesis(method="linear", model="trust ~ size", term="size")
    found = evidence(asked, tables)
    rows = tables.periods[["account_id", "trust", "size"]].dropna()
    x = np.column_stack([np.ones(len(rows)), rows["size"]])
    bread = np.linalg.inv(x.T @ x)
    by = bread @ x.T @ rows["trust"].to_numpy()
    scores = pd.DataFrame(x * (rows["trust"].to_numpy() - x @ by)[:, None])
    sums = scores.groupby(rows["account_id"].to_numpy()).sum().to_numpy()
    n, groups = len(rows), len(sums)
    factor = groups / (groups - 1) * (n - 1) / (n - 2)
    error = math.sqrt((factor * bread @ sums.T @ sums @ bread)[1, 1])
    assert (found.estimate, found.std_error) == pytest.approx((by[1], error))
    assert found.df == groups - 1
    size = by[1] * rows["size"].std() / rows["trust"].std()
    assert found.effect_size == pytest.approx(size)
    assert (found.n_used, found.n_lost) == (n, len(tables.periods) - n)


def test_least_squares_on_accounts_have_hc3_errors(tables):
    asked = hypothesis(
        method="linear", table="accounts", model="commitment ~ is_key", term="is_key"
    )
    found = evidence(asked, tables)
    rows = tables.accounts[["commitment", "is_key"]].dropna().astype(float)
    x = np.column_stack([np.ones(len(rows)), rows["is_key"]])
    bread = np.linalg.inv(x.T @ x)
    by = bread @ x.T @ rows["commitment"].to_numpy()
    residual = rows["commitment"].to_numpy() - x @ by
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    meat = (x * ((residual / (1 - leverage)) ** 2)[:, None]).T @ x
    error = math.sqrt((bread @ meat @ bread)[1, 1])
    assert (found.estimate, found.std_error) == pytest.approx((by[1], error))
    assert found.df == len(rows) - 2
    assert found.known_on.tolist() == tables.accounts["answered_on"].tolist()


def test_a_mean_is_the_intercept(tables):
    asked = hypothesis(
        method="linear", table="accounts", model="share_of_wallet ~ 1", term="Intercept"
    )
    found = evidence(asked, tables)
    shares = tables.accounts["share_of_wallet"]
    assert found.estimate == pytest.approx(shares.mean())
    assert found.effect_size == pytest.approx(shares.mean() / shares.std())
    assert str(found.effect) == "mean of Share of wallet"
    beside = hypothesis(method="linear", model="trust ~ size", term="Intercept")
    assert "all other terms are 0" in str(evidence(beside, tables).effect)


def test_a_correlation_of_accounts_is_spearmans_with_bonett_and_wrights_interval(tables):
    asked = hypothesis(method="correlation", table="accounts", model="size ~ net_margin")
    found = evidence(asked, tables)
    pairs = tables.accounts[["size", "net_margin"]].dropna()
    r, n = stats.spearmanr(pairs).statistic, len(pairs)
    error = math.sqrt((1 + r**2 / 2) / (n - 3))
    reach = stats.norm.ppf(0.975) * error
    limits = math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)
    assert found.estimate == pytest.approx(r)
    assert found.interval(0.95) == pytest.approx(limits)
    assert found.p_value(0.5) == pytest.approx(
        2 * stats.norm.sf(abs(math.atanh(r) - math.atanh(0.5)) / error)
    )
    assert (found.n_used, found.n_lost) == (n, len(tables.accounts) - n)
    assert "net_margin" in str(found.lost)


def test_a_correlation_of_periods_draws_accounts_not_rows(tables):
    repeated = pd.concat([tables.periods.assign(period=year) for year in range(8)])
    many = Tables(repeated, tables.accounts, tables.survey, tables.error, tables.last_day)
    asked = hypothesis(method="correlation", model="trust ~ size")
    once, often = evidence(asked, tables), evidence(asked, many)
    assert often.estimate == pytest.approx(once.estimate)
    assert often.std_error == pytest.approx(once.std_error, rel=0.01)
    assert len(once.draws) == 1000
    widths = [np.ptp(found.interval(0.95)) for found in (once, often)]
    assert widths[1] == pytest.approx(widths[0], rel=0.01)


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=3, max_size=20
    )
)
@settings(deadline=None)
@example(pairs=[(0, 0, 1), (1, 0, 1), (2, 3, 0)])
def test_counting_a_row_several_times_is_repeating_it(pairs):
    x, y, times = np.array(pairs, dtype=float).T
    assume(times.any())
    repeated = np.repeat(np.column_stack([x, y]), times.astype(int), axis=0)
    found = weighted_rank_correlation(x, y, times[None])[0]
    if len(repeated) < 2 or (np.ptp(repeated, axis=0) == 0).any():
        assert np.isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(repeated).statistic)


def test_a_path_of_one_cause_is_the_correlation_of_scores(tables):
    asked = hypothesis(
        method="sem", table="survey", model="commitment ~ trust", term="commitment~trust"
    )
    found = evidence(asked, tables)
    r = tables.survey["commitment"].corr(tables.survey["trust"])
    assert found.estimate == found.effect_size == pytest.approx(r, abs=1e-6)
    assert found.df == math.inf
    assert found.known_on.tolist() == tables.survey["answered_on"].tolist()


def test_the_error_of_a_path_is_that_of_redrawn_accounts(tables):
    asked = hypothesis(
        method="sem", table="survey", model="commitment ~ trust", term="commitment ~ trust"
    )
    survey = tables.survey[["account_id", "commitment", "trust"]].dropna()
    groups = dict(list(survey.groupby("account_id")))
    rng = np.random.default_rng(2)
    ids = np.array(list(groups))
    drawn = [
        pd.concat([groups[one] for one in rng.choice(ids, len(ids))])[["commitment", "trust"]]
        .corr()
        .iloc[0, 1]
        for _ in range(200)
    ]
    # 200 draws tell a standard deviation up to 5 %, one standard error.
    assert evidence(asked, tables).std_error == pytest.approx(np.std(drawn), rel=0.2)


def test_the_error_of_a_path_counts_that_standard_deviations_are_estimated_too(tables):
    rng = np.random.default_rng(0)
    x = rng.normal(size=4000)
    survey = pd.DataFrame({"trust": x, "commitment": 0.8 * x + 0.6 * rng.normal(size=4000)})
    survey = survey.assign(
        account_id=[f"A-{number}" for number in range(4000)], answered_on=tables.last_day
    )
    asked = hypothesis(
        method="sem", table="survey", model="commitment ~ trust", term="commitment ~ trust"
    )
    found = evidence(asked, dataclasses.replace(tables, survey=survey))
    # Of a correlation r in normal data: (1 - r^2) / sqrt(n).
    assert found.std_error == pytest.approx((1 - found.estimate**2) / np.sqrt(4000), rel=0.03)


def test_a_latent_path_uses_items_even_where_a_score_has_the_same_name(tables):
    text = "trust =~ trust_1 + trust_2 + trust_3\ncommitment =~ commitment_1 + commitment_2 + "
    text += "commitment_3\ncommitment ~ trust"
    asked = hypothesis(method="sem", table="survey", model=text, term="commitment ~ trust")
    found = evidence(asked, tables)
    plain = {"table": "survey", "model": "commitment ~ trust", "term": "commitment ~ trust"}
    assert found.estimate > evidence(hypothesis(method="sem", **plain), tables).estimate
    assert found.n_used == len(tables.survey)


@pytest.mark.parametrize("measure", ["auc", "brier", "lift"])
def test_a_forecast_is_the_comparison_of_two(tables, measure):
    formulas = {"rival": "stayed ~ size", "model": STAY}
    both = kl.compare_forecasts(formulas, tables.periods, capacity=15, seed=4)
    row = both.differences().set_index("term").loc[measure]
    asked = hypothesis(
        method="forecast", model=STAY, rival="stayed ~ size", measure=measure, capacity=15
    )
    found = evidence(asked, tables, seed=4)
    assert found.estimate == pytest.approx(row["estimate"])
    assert found.interval(0.95) == pytest.approx((row["conf_low"], row["conf_high"]))
    assert found.n_used == both.glance()["nobs"].item()


def test_a_forecast_of_any_measure_is_positive_where_the_model_is_better(tables):
    for measure in ("auc", "brier", "lift"):
        asked = {"method": "forecast", "model": STAY, "rival": "stayed ~ size", "measure": measure}
        assert evidence(hypothesis(**asked), tables).estimate > 0
