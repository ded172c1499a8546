import pickle

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.foundation.columns import glossary
from kamlab.value.elasticities import BETTER, PUBLISHED, RANGES, mean_wait, value_elasticities

PRINTED = 0.005  # the table of source_claims.md, 4.3, gives two decimals
EXACT = 1e-12
SLOPE = 1e-7
"""A central difference loses the square of its step, 1e-10, times a third derivative of 40^3."""

CASES = [
    {},
    {"acquisition_cost": 60.0},
    {"first_margin": "now", "growth": 0.03},
    {"horizon": 1},
    {"horizon": 7, "growth": -0.1, "acquisition_cost": 20.0},
    {"horizon": 40, "growth": 0.4, "first_margin": "now"},
    {"acquisition_cost": -15.0, "first_margin": "now"},
]
INPUTS = {"margin": 100.0, "retention_rate": 0.85, "discount_rate": 0.12}


def by_term(column, **how):
    found = value_elasticities(**(INPUTS | how)).tidy().set_index("term")
    return found[column]


@pytest.mark.parametrize(
    ("retention_rate", "expected"), [(0.60, 2.15), (0.70, 2.67), (0.80, 3.50), (0.90, 5.09)]
)
def test_retention_at_twelve_per_cent_is_that_of_the_table(retention_rate, expected):
    found = by_term("elasticity", retention_rate=retention_rate)
    assert found["retention_rate"] == pytest.approx(expected, abs=PRINTED)
    assert found["retention_rate"] == pytest.approx(1.12 / (1.12 - retention_rate), rel=EXACT)


@pytest.mark.parametrize("how", CASES)
def test_elasticities_are_slopes_of_the_value(how):
    given = INPUTS | {"acquisition_cost": 0.0} | how
    found = by_term("elasticity", **how)
    for name, way in BETTER.items():
        up, down = (
            float(kl.lifetime_value(**(given | {name: given[name] * (1 + move)})))
            for move in (1e-5, -1e-5)
        )
        slope = way * (up - down) / 2e-5 / float(kl.lifetime_value(**given))
        assert found[name] == pytest.approx(slope, rel=SLOPE, abs=SLOPE), name


@pytest.mark.parametrize("how", CASES)
def test_effects_are_the_change_of_value_in_per_cent(how):
    given = INPUTS | {"acquisition_cost": 0.0} | how
    found = by_term("effect", **how)
    now = float(kl.lifetime_value(**given))
    for name, way in BETTER.items():
        better = given | {name: given[name] * (1 + 0.01 * way)}
        expected = 100 * (float(kl.lifetime_value(**better)) / now - 1)
        assert found[name] == pytest.approx(expected, abs=1e-11), name


def test_better_is_more_retention_and_margin_and_less_discount_and_cost():
    found = value_elasticities(**INPUTS, acquisition_cost=60.0).tidy().set_index("term")
    assert (found["input_better"] / found["input_now"]).round(12).to_dict() == {
        "retention_rate": 1.01,
        "margin": 1.01,
        "discount_rate": 0.99,
        "acquisition_cost": 0.99,
    }
    assert (found[["elasticity", "effect"]] > 0).all(axis=None)


def test_margin_and_cost_share_the_value():
    found = by_term("elasticity", acquisition_cost=60.0)
    assert found["margin"] - found["acquisition_cost"] == pytest.approx(1, rel=EXACT)


def test_the_unit_of_money_does_not_matter():
    one = by_term("effect", acquisition_cost=60.0)
    other = by_term("effect", margin=1e8, acquisition_cost=6e7)
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize("horizon", [1, 2, 5, 50, 1000])
@pytest.mark.parametrize("lost", [1.0, 0.4, 1e-3, 1e-5, 1e-6, 9e-7, 1e-9, 1e-15, 0.0, -1e-7, -0.2])
def test_the_wait_is_that_of_the_margins_one_by_one(lost, horizon):
    times = np.arange(horizon)
    weights = np.exp(times * np.log1p(-lost)) if lost < 1 else (times == 0).astype(float)
    expected = (times * weights).sum() / weights.sum()
    # Just above the point where the series takes over, H log q = 1e-3, 1e-12 is lost.
    assert mean_wait(lost, horizon) == pytest.approx(expected, rel=1e-11, abs=1e-11)


def test_retention_stops_at_one_and_says_so(language):
    found = value_elasticities(100, 0.995, 0.1)
    rows = found.tidy().set_index("term")
    assert rows.loc["retention_rate", "input_better"] == 1.0
    expected = 100 * (0.1 + 1 - 0.995) / 0.1 / 0.995 - 100
    assert rows.loc["retention_rate", "effect"] == pytest.approx(expected, rel=1e-9)
    assert any("99.50%" in str(note) for note in found.notes)
    assert not any("85.00%" in str(note) for note in value_elasticities(**INPUTS).notes)


def test_one_per_cent_of_nothing_is_named(language):
    notes = [str(note) for note in value_elasticities(100, 0.9, 0.0).notes]
    words = {"en": "Discount rate -1 %, Acquisition cost -1 %", "ja": "割引率 -1%、獲得費用 -1%"}
    assert any(words[language] in note for note in notes)


@pytest.mark.parametrize(
    ("margin", "retention_rate", "cost", "horizon"),
    [(-1, 0.8, 0, None), (0, 0.8, 0, None), (100, 0.0, 0, None), (100, 0.8, 1e4, 5), (1, 1, 5, 0)],
)
def test_a_value_that_is_not_above_zero_has_no_percentages(
    margin, retention_rate, cost, horizon, language
):
    with pytest.raises(kl.NotApplicable, match="lifetime_value"):
        value_elasticities(margin, retention_rate, 0.1, acquisition_cost=cost, horizon=horizon)


def test_a_better_input_that_makes_the_value_infinite_is_refused(language):
    with pytest.raises(kl.ArgumentError, match={"en": "1 % better", "ja": "1%改善"}[language]):
        value_elasticities(100, 0.995, 0.0)
    assert value_elasticities(100, 0.995, 0.0, horizon=20).value > 0


def test_arrays_are_refused_with_all_else_that_is_wrong(language):
    with pytest.raises(kl.ArgumentError) as caught:
        value_elasticities([1, 2], 1.2, 0.1, first_margin="later")
    for part in ("value_elasticities", "margin", "1.2", "later"):
        assert part in str(caught.value)


def test_published_numbers_stand_beside_ours_with_their_standing(language):
    found = value_elasticities(**INPUTS)
    status = {"en": "published", "ja": "原典で確認"}[language]
    for part in ("+5%", "+1%", "+0.1%", "Gupta, Lehmann & Stuart 2004", status):
        assert part in found.report()
    assert {claim.status for claim in (*PUBLISHED.values(), *RANGES.values())} == {Status.PUBLISHED}


def test_the_verbs(language):
    found = value_elasticities(**INPUTS, acquisition_cost=60.0, horizon=9)
    glance = found.glance().iloc[0]
    expected = float(kl.lifetime_value(**INPUTS, acquisition_cost=60.0, horizon=9))
    assert glance["lifetime_value"] == pytest.approx(expected, rel=EXACT)
    assert (glance["horizon"], glance["first_margin"]) == (9, "after_one_period")
    assert {*found.tidy(), *found.glance()} <= set(glossary())
    with pytest.raises(kl.NotApplicable, match="augment"):
        found.augment()
    assert str(found.summary()).count("\n") > 10
    again = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(again.tidy(), found.tidy())


def test_the_picture_has_our_effects_and_the_published_ones(language):
    found = value_elasticities(**INPUTS, acquisition_cost=60.0)
    ax = found.plot()
    ours, published = (line.get_xdata() for line in ax.lines[:2])
    np.testing.assert_allclose(ours, found.tidy()["effect"])
    np.testing.assert_allclose(published, [5.0, 1.0, 0.1])
    assert "+5%" in ax.figure.alt
