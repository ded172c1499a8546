import hashlib
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import kamlab as kl
from kamlab.accounts.simulation import relationship
from kamlab.accounts.simulation.truth import (
    CENTRES,
    CONSTRUCTS,
    LOG_MARGIN,
    PATHS,
    RETENTION,
    mixing,
)

EXACT = 1e-12  # sums of products of a dozen doubles
ERRORS = 3.5  # Monte-Carlo standard errors; the seeds are fixed
DIGEST = """
import hashlib, kamlab as kl
company = kl.simulate_company(n_accounts=60, seed={seed})
frames = dict(company.tables) | {{"quality": company.truth.quality, "truth": company.truth.periods}}
text = "".join(name + frames[name].to_csv() for name in sorted(frames))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def digest_elsewhere(seed, hash_seed):
    environment = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    code = DIGEST.format(seed=seed)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def digest(company):
    frames = dict(company.tables)
    frames |= {"quality": company.truth.quality, "truth": company.truth.periods}
    text = "".join(name + frames[name].to_csv() for name in sorted(frames))
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_every_process():
    here = digest(kl.simulate_company(n_accounts=60, seed=3))
    assert digest_elsewhere(3, "1") == digest_elsewhere(3, "2") == here


def test_other_seeds_give_other_companies():
    found = {digest(kl.simulate_company(n_accounts=12, seed=seed)) for seed in range(4)}
    assert len(found) == 4


@pytest.mark.parametrize("n_accounts", [10, 11, 57, 1000])
def test_the_number_of_accounts_is_the_one_asked_for(n_accounts):
    company = kl.simulate_company(n_accounts=n_accounts, seed=1)
    assert company.accounts["account_id"].nunique() == n_accounts
    assert company.accounts["name"].nunique() == n_accounts
    assert company.accounts["name_en"].nunique() == n_accounts


@pytest.mark.parametrize("wrong", [{"n_accounts": 9}, {"n_accounts": 0}, {"seed": -1}])
def test_what_cannot_be_simulated_is_refused(wrong, language):
    with pytest.raises(kl.ArgumentError, match=str(next(iter(wrong.values())))):
        kl.simulate_company(**wrong)


def correlation(one, other):
    r = mixing() @ mixing().T
    return r[CONSTRUCTS.index(one), CONSTRUCTS.index(other)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("shared_values", "communication", 0.20),
        ("shared_values", "opportunism", -0.20),
        ("commitment", "trust", 0.534),
        ("commitment", "termination_costs", 0.474),
        ("commitment", "relationship_benefits", 0.474),
        ("commitment", "shared_values", 0.546),
        ("commitment", "communication", 0.306),
        ("commitment", "opportunism", -0.306),
        ("trust", "termination_costs", 0.18),
        ("trust", "relationship_benefits", 0.18),
        ("trust", "shared_values", 0.42),
        ("trust", "communication", 0.42),
        ("trust", "opportunism", -0.42),
        ("commitment", "cooperation", 0.4602),
        ("trust", "cooperation", 0.4602),
        ("acquiescence", "propensity_to_leave", -0.09),
        ("functional_conflict", "uncertainty", -0.09),
        ("satisfaction", "trust", 0.4602),
    ],
)
def test_hidden_constructs_have_the_correlations_that_the_paths_imply(one, other, expected):
    assert correlation(one, other) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("trust", 0.378), ("commitment", 0.60840), ("cooperation", 0.27612),
        ("acquiescence", 0.09), ("propensity_to_leave", 0.09), ("functional_conflict", 0.09),
        ("uncertainty", 0.09), ("satisfaction", 0.27612),
    ],
)  # fmt: skip
def test_causes_explain_the_share_that_the_paths_imply(outcome, expected):
    explained = sum(path * correlation(cause, outcome) for cause, path in PATHS[outcome].items())
    assert explained == pytest.approx(expected, abs=EXACT)


def test_every_construct_has_a_variance_of_one_and_none_is_a_sum_of_others():
    r = mixing() @ mixing().T
    np.testing.assert_allclose(np.diag(r), 1, atol=EXACT)
    places = [number for number, name in enumerate(CONSTRUCTS) if name != "satisfaction"]
    smallest = np.linalg.eigvalsh(r[np.ix_(places, places)]).min()
    assert smallest == pytest.approx(0.247887, abs=5e-7)


@pytest.fixture(scope="module")
def quality():
    ids = np.array([f"A-{n}" for n in range(8000)])
    return relationship.true_quality(ids, 5, np.random.default_rng(0))


@pytest.mark.parametrize("wave", [1, 3, 5])
def test_means_variances_and_correlations_hold_in_every_wave(quality, wave):
    points = quality[quality["wave"] == wave][list(CONSTRUCTS)]
    n = len(points)
    np.testing.assert_allclose(
        points.mean(), [CENTRES[name] for name in CONSTRUCTS], atol=4 / np.sqrt(n)
    )
    np.testing.assert_allclose(points.var(), 1, atol=4 * np.sqrt(2 / n))
    np.testing.assert_allclose(points.corr(), mixing() @ mixing().T, atol=4.5 / np.sqrt(n))


@pytest.mark.parametrize(("gap", "expected"), [(1, 0.8), (2, 0.64), (4, 0.4096)])
def test_quality_fades_from_wave_to_wave(quality, gap, expected):
    first, later = (quality[quality["wave"] == wave]["trust"].to_numpy() for wave in (1, 1 + gap))
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(expected, abs=4 / np.sqrt(len(first)))


@pytest.fixture(scope="module")
def large():
    return kl.simulate_company(n_accounts=4000, seed=8)


@pytest.fixture(scope="module")
def on_truth(large):
    """Periods with the true quality of the wave before them."""
    periods = large.periods
    rows = periods.merge(large.accounts, on="account_id")
    rows["wave"] = rows["period"] - rows["period"].min() + 1
    rows = rows.merge(large.truth.quality, on=["account_id", "wave"])
    rows["tenure"] = (rows["start"] - rows["customer_since"]).dt.days / 365.25
    rows["size"] = np.log10(rows["employees"])
    return rows[rows["stayed"].notna()].astype({"stayed": float})


def test_renewals_follow_true_quality_as_declared(on_truth):
    x = sm.add_constant(on_truth[list(RETENTION)])
    fit = sm.Logit(on_truth["stayed"], x).fit(disp=0)
    for name, truth in RETENTION.items():
        assert abs(fit.params[name] - truth) < ERRORS * fit.bse[name]
        assert fit.bse[name] < 0.06


def test_margins_follow_true_quality_as_declared(on_truth):
    net = np.log(on_truth["margin"] - on_truth["cost_to_serve"])
    groups = pd.factorize(on_truth["account_id"])[0]
    fit = sm.OLS(net, sm.add_constant(on_truth[list(LOG_MARGIN)])).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    for name, truth in LOG_MARGIN.items():
        assert abs(fit.params[name] - truth) < ERRORS * fit.bse[name]
        assert fit.bse[name] < 0.02


def test_the_true_probabilities_are_calibrated(large, on_truth):
    rows = on_truth.merge(large.truth.periods, on=["account_id", "period"])
    gap = rows["stayed"].mean() - rows["stay_probability"].mean()
    variance = (rows["stay_probability"] * (1 - rows["stay_probability"])).mean()
    assert abs(gap) < ERRORS * np.sqrt(variance / len(rows))


def test_answers_see_true_quality_without_bias_in_the_middle_of_the_scale(large):
    survey = large.survey.merge(large.truth.quality, on=["account_id", "wave"])
    middle = survey[survey["trust"].between(3, 5)]
    items = middle[[f"trust_{n}" for n in range(1, 5)]].mean(axis=1)
    assert (items - middle["trust"]).mean() == pytest.approx(0, abs=0.03)


@pytest.fixture(scope="module", params=[0, 1994])
def made(request):
    return kl.simulate_company(n_accounts=120, seed=request.param)


def test_leavers_have_no_later_rows_of_any_kind(made):
    periods = made.periods
    left = periods[periods["stayed"].fillna(True).eq(False)].set_index("account_id")["end"]
    assert len(left) > 5
    for name, date in [
        ("periods", "start"), ("survey", "answered_on"), ("interactions", "occurred_on")
    ]:  # fmt: skip
        frame = made.tables[name]
        gone = frame["account_id"].map(left)
        assert not (frame[date] > gone).any(), name


def test_a_person_at_a_lost_account_was_not_met_after_the_loss(made):
    periods = made.periods
    left = periods[periods["stayed"].fillna(True).eq(False)].set_index("account_id")["end"]
    contacts = made.contacts
    assert not (contacts["last_contact"] > contacts["account_id"].map(left)).any()


def test_every_contract_customer_has_unbroken_periods_and_others_none(made):
    periods = made.periods
    contract = made.accounts.set_index("account_id")["has_contract"]
    assert set(periods["account_id"]) == set(contract.index[contract])
    for _, own in periods.groupby("account_id"):
        years = own["period"].tolist()
        assert years == list(range(years[0], years[0] + len(years)))
        assert own["stayed"].iloc[:-1].all()


def test_only_the_last_year_is_open_and_has_no_money(made):
    periods = made.periods
    is_open = periods["period"] == periods["period"].max()
    assert (
        periods.loc[is_open, ["stayed", "revenue", "margin", "cost_to_serve"]].isna().all(axis=None)
    )
    assert (
        periods.loc[~is_open, ["stayed", "revenue", "margin", "cost_to_serve"]]
        .notna()
        .all(axis=None)
    )


def test_answers_come_in_the_two_months_before_the_year_they_belong_to(made):
    first_year = made.periods["period"].min()
    begins = pd.to_datetime([f"{first_year + w - 1}-04-01" for w in made.survey["wave"]])
    days = (begins - made.survey["answered_on"]).dt.days
    assert days.between(1, 62).all()


def test_no_event_or_order_lies_outside_the_years_observed(made):
    decided = made.periods[made.periods["stayed"].notna()]
    first, last = decided["start"].min(), decided["end"].max()
    for name, date in [("interactions", "occurred_on"), ("transactions", "ordered_on")]:
        assert made.tables[name][date].between(first, last).all(), name


def test_events_of_contract_customers_fall_into_their_periods(made):
    events = made.interactions.merge(made.periods[["account_id", "start", "end"]], on="account_id")
    inside = events["occurred_on"].between(events["start"], events["end"])
    of_contracts = made.interactions["account_id"].isin(made.periods["account_id"])
    expected = made.interactions.loc[of_contracts, "interaction_id"]
    assert set(events.loc[inside, "interaction_id"]) == set(expected)


def test_only_customers_without_a_contract_have_orders_and_their_summary(made):
    accounts = made.accounts.set_index("account_id")
    free = set(accounts.index[~accounts["has_contract"]])
    assert set(made.transactions["account_id"]) <= free
    summary = accounts[["frequency", "recency", "T", "mean_order_value"]].notna()
    assert set(summary.index[summary.all(axis=1)]) == set(made.transactions["account_id"])
    assert (summary.all(axis=1) == summary.any(axis=1)).all()


def test_money_is_in_whole_thousands_and_costs_are_below_margins(made):
    money = made.periods[["revenue", "margin", "cost_to_serve"]].dropna()
    assert (money % 1000 == 0).all(axis=None)
    assert (money["cost_to_serve"] < money["margin"]).all()
    assert (money["margin"] < money["revenue"]).all()


def test_the_word_simulated_stays_with_the_company(made, language):
    word = {"en": "simulated", "ja": "模擬"}[language]
    assert made.simulated
    assert word in repr(made)
    assert word in made._repr_html_()
    assert "simulate_company" in made.source


def test_what_a_reader_does_to_the_truth_does_not_change_the_company(small_company):
    truth = small_company.truth.quality
    kept = truth.copy(deep=True)
    truth["trust"] = 0.0
    spoilt = not small_company.truth.quality.equals(kept)
    truth["trust"] = kept["trust"]
    assert not spoilt
