"""What runs through trust and commitment, and how sure that is."""

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.theory.effects import effect_table
from kamlab.theory.kmv import ANTECEDENTS, NAMES, OUTCOMES
from tests.theory.populations import answers, drawn, implied_correlations

ROUNDING = 1e-9
DELTA = 1e-6  # a central difference with steps of 1e-5
LIMIT = 0.01  # percentiles of 1,000 draws of effects with errors of about 0.02
INDIRECT = {
    ("shared_values", "cooperation"): 0.207,
    ("shared_values", "acquiescence"): 0.117,
    ("communication", "cooperation"): 0.117,
    ("opportunism", "propensity_to_leave"): 0.027,
    ("termination_costs", "acquiescence"): 0.09,
    ("opportunism", "uncertainty"): 0.09,
}


@pytest.fixture(scope="module")
def exact():
    return kl.assess_theory(cov=implied_correlations(), nobs=204, source="computed")


@pytest.fixture(scope="module")
def survey():
    return answers(drawn(np.random.default_rng(8), 200))


@pytest.fixture(scope="module")
def sampled(survey):
    return kl.assess_theory(survey, bootstrap=1000, seed=1)


def together(found):
    table = found.mediation()
    return table[table["through"] == "all"].set_index(["cause", "outcome"])


@pytest.mark.parametrize(("pair", "expected"), INDIRECT.items())
def test_effects_through_trust_and_commitment_are_those_implied(exact, pair, expected):
    assert together(exact).loc[pair, "estimate"] == pytest.approx(expected, rel=ROUNDING)


def test_the_ways_of_shared_values_to_cooperation(exact):
    own = exact.mediation().query("cause == 'shared_values' and outcome == 'cooperation'")
    found = dict(zip(own["through"], own["estimate"], strict=True))
    expected = {"trust": 0.09, "commitment": 0.09, "trust → commitment": 0.027, "all": 0.207}
    assert found == pytest.approx(expected, rel=ROUNDING)


def test_the_ways_add_up_to_all_of_them(sampled):
    table = sampled.mediation()
    ways = table[table["through"] != "all"].groupby(["cause", "outcome"])["estimate"].sum()
    pd.testing.assert_series_equal(
        ways, together(sampled)["estimate"].reindex(ways.index), rtol=ROUNDING
    )


def test_only_antecedents_and_outcomes_are_listed(exact):
    table = exact.mediation()
    assert set(table["cause"]) <= set(ANTECEDENTS)
    assert set(table["outcome"]) <= set(OUTCOMES)
    # trust alone leads to two of the outcomes, and two antecedents do not lead to trust
    assert len(together(exact)) == 25 - 4


def test_errors_of_products_are_those_of_the_delta_method(exact):
    """By numerical slopes of `a b + c d b` along the paths' estimates."""
    paths = exact.tidy().set_index("term")
    terms = [
        "shared_values → commitment",
        "shared_values → trust",
        "trust → commitment",
        "commitment → acquiescence",
    ]
    at = paths.loc[terms, "estimate"].to_numpy()

    def effect(x):
        return (x[0] + x[1] * x[2]) * x[3]

    step = 1e-5 * np.eye(4)
    slopes = np.array([(effect(at + h) - effect(at - h)) / 2e-5 for h in step])
    vcov = exact.fit.vcov()
    names = [f"{t.split(' → ')[1]} ~ {t.split(' → ')[0]}" for t in terms]
    names = [next(n for n in vcov.index if n.replace(" ", "") == x.replace(" ", "")) for x in names]
    expected = np.sqrt(slopes @ vcov.loc[names, names].to_numpy() @ slopes)
    found = together(exact).loc[("shared_values", "acquiescence")]
    assert found["std_error"] == pytest.approx(expected, rel=DELTA)
    assert found["conf_high"] - found["estimate"] == pytest.approx(1.959964 * expected, rel=DELTA)


def test_a_bootstrap_leaves_the_estimates_and_moves_the_limits(survey, sampled):
    plain = kl.assess_theory(survey)
    for verb in ("tidy", "mediation"):
        one, other = getattr(plain, verb)(), getattr(sampled, verb)()
        pd.testing.assert_series_equal(one["estimate"], other["estimate"])
        assert not np.allclose(one["conf_low"], other["conf_low"])
        np.testing.assert_allclose(one["conf_low"], other["conf_low"], atol=0.1)


def test_a_bootstrap_draws_accounts_and_fits_each_draw(survey, sampled):
    """Limits beside those of a bootstrap written out: rows drawn, regressions, products."""
    scores = survey.drop_duplicates("account_id").set_index("account_id")
    scores = scores[[f"{name}_1" for name in NAMES]].set_axis(list(NAMES), axis=1)
    z = ((scores - scores.mean()) / scores.std()).to_numpy()
    place = {name: number for number, name in enumerate(NAMES)}
    rng, effects = np.random.default_rng(0), []

    def slopes(rows, outcome, *causes):
        x = np.column_stack([np.ones(len(rows)), *(rows[:, place[c]] for c in causes)])
        return np.linalg.lstsq(x, rows[:, place[outcome]], rcond=None)[0][1:]

    for _ in range(1000):
        rows = z[rng.integers(0, len(z), len(z))]
        trust = slopes(rows, "trust", "shared_values", "communication", "opportunism")[1]
        effects.append(trust * slopes(rows, "uncertainty", "trust")[0])
    found = together(sampled).loc[("communication", "uncertainty")]
    expected = np.quantile(effects, [0.025, 0.975])
    np.testing.assert_allclose(found[["conf_low", "conf_high"]].astype(float), expected, atol=LIMIT)
    assert found["std_error"] == pytest.approx(np.std(effects), rel=0.1)


def test_the_same_seed_draws_the_same_accounts(survey, sampled):
    again = kl.assess_theory(survey, bootstrap=1000, seed=1)
    other = kl.assess_theory(survey, bootstrap=1000, seed=2)
    pd.testing.assert_frame_equal(again.mediation(), sampled.mediation())
    assert not again.mediation().equals(other.mediation())


def test_a_matrix_has_no_accounts_to_draw(language):
    with pytest.raises(kl.ArgumentError, match="bootstrap"):
        kl.assess_theory(cov=implied_correlations(), nobs=99, source="computed", bootstrap=100)


SAMPLES, N = 100, 250


@pytest.fixture(scope="module")
def covered():
    """How many of many samples' intervals hold the truth, by kind of interval and pair."""
    rng = np.random.default_rng(20)
    counts = {"normal": 0, "bootstrap": 0}
    for sample in range(SAMPLES):
        table = answers(drawn(rng, N))
        for kind, bootstrap in (("normal", 0), ("bootstrap", 200)):
            own = together(kl.assess_theory(table, bootstrap=bootstrap, seed=sample))
            truth = pd.Series(INDIRECT)
            limits = own.loc[truth.index]
            counts[kind] += (limits["conf_low"] <= truth) & (truth <= limits["conf_high"])
    return counts


@pytest.mark.parametrize("kind", ["normal", "bootstrap"])
def test_intervals_of_indirect_effects_hold_the_truth_as_often_as_they_say(covered, kind):
    """Four binomial errors about 95 %, and 3 % for what an interval of a product misses."""
    error = np.sqrt(0.95 * 0.05 / SAMPLES)
    share = covered[kind] / SAMPLES
    assert (share > 0.95 - 0.03 - 4 * error).all()
    assert share.mean() > 0.92
    assert share.mean() < 0.98


def test_effects_come_out_of_draws_and_of_the_estimate_in_one_order(sampled):
    table = effect_table(sampled.fit, NAMES, standardised=False)
    inside = (table["total_low"] <= table["total"]) & (table["total"] <= table["total_high"])
    assert inside.mean() > 0.95
    outcomes = [NAMES.index(name) for name in table["outcome"]]
    assert outcomes == sorted(outcomes)
