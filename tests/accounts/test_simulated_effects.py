"""Companies with other true effects than the usual ones."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import kamlab as kl
from kamlab.accounts.simulation.truth import LOG_MARGIN, RETENTION

ERRORS = 3.5  # standard errors; the seed is fixed
OTHER = {
    "retention": {"trust": 0.0, "communication": -0.4, "tenure": 0.0},
    "log_margin": {"commitment": -0.2, "size": 0.3, "opportunism": 0.15},
}
TABLES_BEFORE_RENEWAL = ("accounts", "transactions")


@pytest.fixture(scope="module")
def changed():
    return kl.simulate_company(n_accounts=3000, seed=5, **OTHER)


@pytest.fixture(scope="module")
def rows(changed):
    """Decided periods with the true quality of the wave before them."""
    table = changed.periods.merge(changed.accounts, on="account_id")
    table["wave"] = table["period"] - table["period"].min() + 1
    table = table.merge(changed.truth.quality, on=["account_id", "wave"])
    table["tenure"] = (table["start"] - table["customer_since"]).dt.days / 365.25
    table["size"] = np.log10(table["employees"])
    return table[table["stayed"].notna()].astype({"stayed": float})


def test_the_truth_holds_what_was_used_and_the_usual_for_the_rest(changed):
    truth = changed.truth
    assert dict(truth.retention) == {**RETENTION, **OTHER["retention"]}
    assert dict(truth.log_margin) == {**LOG_MARGIN, **OTHER["log_margin"]}


def test_nobody_can_change_the_truth_afterwards(changed):
    with pytest.raises(TypeError):
        changed.truth.retention["trust"] = 1.0


def test_renewals_follow_the_effects_asked_for(changed, rows):
    truth = changed.truth.retention
    fit = sm.Logit(rows["stayed"], sm.add_constant(rows[list(truth)])).fit(disp=0)
    for name, effect in truth.items():
        assert abs(fit.params[name] - effect) < ERRORS * fit.bse[name], name
        assert fit.bse[name] < 0.07


def test_margins_follow_the_effects_asked_for(changed, rows):
    truth = changed.truth.log_margin
    net = np.log(rows["margin"] - rows["cost_to_serve"])
    groups = pd.factorize(rows["account_id"])[0]
    fit = sm.OLS(net, sm.add_constant(rows[list(truth)])).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    for name, effect in truth.items():
        assert abs(fit.params[name] - effect) < ERRORS * fit.bse[name], name
        assert fit.bse[name] < 0.025


@pytest.mark.parametrize("effects", [{}, {"retention": {}}, {"log_margin": dict(LOG_MARGIN)}])
def test_the_usual_effects_give_the_usual_company(effects):
    usual = kl.simulate_company(n_accounts=30, seed=2)
    again = kl.simulate_company(n_accounts=30, seed=2, **effects)
    for name, frame in usual.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], frame, check_exact=True)


def test_only_what_follows_from_renewals_and_margins_changes():
    usual = kl.simulate_company(n_accounts=30, seed=2)
    other = kl.simulate_company(n_accounts=30, seed=2, log_margin={"trust": -1})
    same = [
        name
        for name, frame in usual.tables.items()
        if frame.equals(other.tables[name])
    ]  # fmt: skip
    assert set(usual.tables) - set(same) == {"periods"}
    left = kl.simulate_company(n_accounts=30, seed=2, retention={"trust": -1})
    for name in TABLES_BEFORE_RENEWAL:
        pd.testing.assert_frame_equal(left.tables[name], usual.tables[name])
    assert not left.periods.equals(usual.periods)


def test_the_source_says_how_to_make_it_again():
    company = kl.simulate_company(n_accounts=12, seed=2, retention={"trust": 0.0})
    assert company.source == "simulate_company(n_accounts=12, seed=2, retention={'trust': 0.0})"
    again = eval(company.source, {"simulate_company": kl.simulate_company})
    assert again.periods.equals(company.periods)
    assert kl.simulate_company(n_accounts=12).source == "simulate_company(n_accounts=12, seed=0)"


def test_everything_wrong_is_said_at_once(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.simulate_company(
            n_accounts=12,
            retention={"trsut": 0.1, "size": 0.1, "commitment": "strong", "tenure": 5.1},
            log_margin={"trust": float("nan"), "satisfaction": True, 3: 0.0},
        )
    message = str(caught.value)
    for piece in ("'trsut'", "'trust'", "'size'", "'strong'", "5.1", "nan", "True", "3", "tenure"):
        assert piece in message
    for outcome in ("retention", "log_margin"):
        assert outcome in message


@pytest.mark.parametrize("wrong", [0.3, ["trust"], "trust"])
def test_effects_without_names_are_refused(wrong, language):
    with pytest.raises(kl.ArgumentError, match="log_margin"):
        kl.simulate_company(n_accounts=12, log_margin=wrong)
