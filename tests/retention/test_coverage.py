import numpy as np
import pytest

import kamlab as kl
from kamlab.accounts.simulation.truth import RETENTION

REPLICATIONS = 200
LEVEL = 0.95
# The share of 200 intervals that cover has a standard error of .0154; 3.5 of them on either
# side fail by chance less than once in 2,000 runs (and the seed is fixed).
ALLOWED = 3.5 * np.sqrt(LEVEL * (1 - LEVEL) / REPLICATIONS)
FORMULA = "stayed ~ trust + commitment + satisfaction + tenure"


@pytest.fixture(scope="module")
def drawn():
    """200 fits on TRUE quality, renewals drawn anew from their true probabilities."""
    company = kl.simulate_company(n_accounts=300, seed=11)
    truth = company.truth.periods.merge(
        company.periods[["account_id", "period", "start"]], on=["account_id", "period"]
    ).merge(company.accounts[["account_id", "customer_since"]], on="account_id")
    truth["wave"] = truth["period"] - truth["period"].min() + 1
    rows = truth.merge(company.truth.quality, on=["account_id", "wave"])
    rows["tenure"] = (rows["start"] - rows["customer_since"]).dt.days / 365.25
    rng = np.random.default_rng(0)
    fits = []
    for _ in range(REPLICATIONS):
        stayed = rng.random(len(rows)) < rows["stay_probability"].to_numpy()
        table = rows.assign(stayed=stayed.astype(float), decided=True)
        fits.append(kl.fit_retention(FORMULA, table, conf_level=LEVEL).tidy().set_index("term"))
    return fits


@pytest.mark.parametrize("term", RETENTION)
def test_intervals_cover_the_truth_as_often_as_they_say(drawn, term):
    truth = RETENTION[term]
    covered = [fit.loc[term, "conf_low"] <= truth <= fit.loc[term, "conf_high"] for fit in drawn]
    assert abs(np.mean(covered) - LEVEL) < ALLOWED


@pytest.mark.parametrize("term", RETENTION)
def test_estimates_centre_on_the_truth(drawn, term):
    estimates = np.array([fit.loc[term, "estimate"] for fit in drawn])
    # A logit's bias of order 1/n (k/n of the estimate here) beside 3.5 Monte-Carlo errors.
    allowed = 3.5 * estimates.std() / np.sqrt(REPLICATIONS) + 0.02 * abs(RETENTION[term])
    assert abs(estimates.mean() - RETENTION[term]) < allowed


@pytest.mark.parametrize("term", RETENTION)
def test_standard_errors_are_the_spread_of_the_estimates(drawn, term):
    spread = np.std([fit.loc[term, "estimate"] for fit in drawn])
    claimed = np.sqrt(np.mean([fit.loc[term, "std_error"] ** 2 for fit in drawn]))
    # A standard deviation from 200 draws has a relative error of 1/sqrt(400) = 5 %.
    assert claimed / spread == pytest.approx(1, abs=3.5 * 0.05)
