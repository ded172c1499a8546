import pickle

import numpy as np
import pandas as pd
import pytest

import kamlab as kl
from kamlab.foundation.claims import Status
from kamlab.foundation.columns import glossary, labelled
from kamlab.foundation.errors import RowsLeftOutWarning
from kamlab.value.gain_result import PUBLISHED, RESTATED
from kamlab.value.retention_gain import retention_gain

PRINTED = 0.05  # the table gives one decimal of a per cent
EXACT = 1e-10  # roots of a quadratic, and of brentq
RATES = np.array([0.60, 0.70, 0.75, 0.80, 0.85, 0.90, 0.94])
# source_claims.md, 4.1 [computed]: five more points, first margin at once, no end.
TABLE = {
    0.00: (14.3, 20.0, 25.0, 33.3, 50.0, 100.0, 500.0),
    0.05: (12.5, 16.7, 20.0, 25.0, 33.3, 50.0, 83.3),
    0.10: (11.1, 14.3, 16.7, 20.0, 25.0, 33.3, 45.5),
    0.15: (10.0, 12.5, 14.3, 16.7, 20.0, 25.0, 31.25),
}


def locus(discount_rate=(0.0, 0.1), **how):
    return retention_gain([0.5, 0.6], discount_rate, **how).locus()


def test_gains_are_those_of_the_table():
    found = retention_gain(RATES, list(TABLE), first_margin="now").tidy()
    wide = found.pivot_table("relative_gain", "discount_rate", "retention_rate")
    np.testing.assert_allclose(100 * wide.to_numpy(), list(TABLE.values()), atol=PRINTED)


@pytest.mark.parametrize(
    ("retention_rate", "discount_rate", "first_margin", "expected"),
    [
        (0.95, 0.10, "now", 50.0),
        (0.85, 0.10, "now", 25.0),
        (0.85, 0.10, "after_one_period", 32.4),
        (0.90, 0.00, "now", 100.0),
        (0.90, 0.00, "after_one_period", 111.1),
    ],
)
def test_the_convention_decides(retention_rate, discount_rate, first_margin, expected):
    found = retention_gain(retention_rate, discount_rate, first_margin=first_margin).tidy()
    assert 100 * found["relative_gain"].item() == pytest.approx(expected, abs=PRINTED)


DISCOUNTS = np.array([0.0, 0.03, 0.1, 0.15, 0.2])


def test_five_points_are_a_quarter_at_three_quarters_plus_the_discount():
    found = locus(DISCOUNTS, first_margin="now")
    np.testing.assert_allclose(found["retention_rate"], 0.75 + DISCOUNTS, rtol=EXACT)


def test_a_relative_five_per_cent_is_a_quarter_at_eight_tenths_of_the_discount_factor():
    found = locus(DISCOUNTS[:4], first_margin="now", relative=True)
    np.testing.assert_allclose(found["retention_rate"], 0.8 * (1 + DISCOUNTS[:4]), rtol=EXACT)


HOW = [
    {"first_margin": "now"},
    {"first_margin": "now", "relative": True},
    {"relative": True},
    {},
    {"growth": 0.04},
    {"growth": -0.3, "first_margin": "now", "claim": 0.06},
    {"step": 0.1, "claim": 0.4},
    {"horizon": 2, "claim": 0.1},
    {"horizon": 5},
    {"horizon": 20, "first_margin": "now"},
    {"horizon": 20, "relative": True, "growth": 0.1, "claim": 0.4},
]


@pytest.mark.parametrize("how", HOW)
def test_where_the_claim_is_said_to_be_true_it_is(how):
    rows = locus(DISCOUNTS, **how).dropna()
    assert len(rows)
    step, relative = how.get("step", 0.05), how.get("relative", False)
    values = {key: how[key] for key in ("horizon", "first_margin", "growth") if key in how}
    for discount, rate in rows.to_numpy():
        after = rate * (1 + step) if relative else rate + step
        before, later = kl.lifetime_value(1.0, [rate, min(after, 1.0)], discount, **values)
        assert later / before - 1 == pytest.approx(how.get("claim", 0.25), rel=1e-9)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("discount", [0.03, 0.15])
def test_no_place_where_the_claim_is_true_is_missed(how, discount):
    rates = np.linspace(0.0005, 0.9995, 1999)
    with pytest.warns(RowsLeftOutWarning):
        found = retention_gain(rates, discount, **how)
    above = found.tidy()["relative_gain"].to_numpy() > found.claim
    crossings = np.count_nonzero(above[1:] != above[:-1])
    assert found.locus()["retention_rate"].notna().sum() == crossings


def test_a_long_horizon_has_the_line_of_no_end():
    for first_margin in ("now", "after_one_period"):
        endless, long = (locus(0.1, first_margin=first_margin, horizon=h) for h in (None, 2000))
        np.testing.assert_allclose(endless["retention_rate"], long["retention_rate"], rtol=1e-9)


@pytest.mark.parametrize("horizon", [2, 9, None])
@pytest.mark.parametrize("relative", [False, True])
def test_gains_are_those_of_lifetime_value(horizon, relative):
    how = {"horizon": horizon, "growth": 0.02, "first_margin": "after_one_period"}
    found = retention_gain([0.3, 0.6, 0.9], [0.05, 0.1], step=0.04, relative=relative, **how).tidy()
    assert len(found) == 6
    rates = found["retention_rate"]
    np.testing.assert_allclose(found["retention_after"], rates * 1.04 if relative else rates + 0.04)
    for column, rate in (("multiple", "retention_rate"), ("multiple_after", "retention_after")):
        expected = kl.lifetime_value(1.0, found[rate], found["discount_rate"], **how)
        np.testing.assert_allclose(found[column], expected, rtol=1e-12)
    np.testing.assert_allclose(
        found["relative_gain"], found["multiple_after"] / found["multiple"] - 1
    )


def test_pairs_without_a_gain_are_left_out_counted_and_named(language):
    with pytest.warns(RowsLeftOutWarning, match="97%"):
        found = retention_gain([0.0, 0.5, 0.95, 0.97], [0.0, 0.1])
    assert found.tidy()[["discount_rate", "retention_rate"]].to_numpy().tolist() == [
        [0.0, 0.5],
        [0.1, 0.5],
        [0.1, 0.95],
    ]
    assert not found.tidy().isna().any(axis=None)
    reasons = found.left_out.set_index(["discount_rate", "retention_rate"])["left_out_because"]
    assert reasons.to_dict() == {
        (0.0, 0.0): "worthless",
        (0.0, 0.95): "infinite",
        (0.0, 0.97): "beyond",
        (0.1, 0.0): "worthless",
        (0.1, 0.97): "beyond",
    }
    assert found.glance()["n_left_out"].item() == 5
    assert "97%" in found.report()
    assert labelled(found.left_out).shape == (5, 3)


def test_a_step_to_exactly_one_is_no_step_beyond_it():
    rates = np.array([0.9, 0.95 + 4e-16])
    assert rates[-1] + 0.05 > 1
    found = retention_gain(rates, 0.1, first_margin="now").tidy()
    assert found["retention_after"].iloc[-1] == 1.0
    assert found["relative_gain"].iloc[-1] == pytest.approx(0.5, rel=1e-9)


def test_no_rate_at_all_is_said(language):
    found = locus([0.05, 0.1], relative=True, claim=0.04)
    assert found["retention_rate"].isna().all()
    report = retention_gain(0.5, 0.1, relative=True, claim=0.04).report()
    assert {"en": "At none", "ja": "どの割引率にもありません"}[language] in report


def test_discount_rates_without_a_solution_are_named(language):
    report = retention_gain(0.5, [0.1, 0.3], first_margin="now").report()
    assert {"en": "Nowhere with a discount rate of 30%", "ja": "割引率30%では"}[language] in report


def test_order_and_repetition_of_the_rates_do_not_matter():
    one = retention_gain([0.5, 0.7, 0.6], [0.1, 0.0])
    other = retention_gain([0.7, 0.6, 0.5, 0.5], [0.0, 0.1, 0.1])
    pd.testing.assert_frame_equal(one.tidy(), other.tidy())
    pd.testing.assert_frame_equal(one.locus(), other.locus())


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"retention_rate": 1.2}, "1.2"),
        ({"retention_rate": []}, "retention_rate"),
        ({"retention_rate": [[0.5, 0.6]]}, "(1, 2)"),
        ({"discount_rate": np.nan}, "nan"),
        ({"discount_rate": [-0.1]}, "-0.1"),
        ({"step": 0}, "step"),
        ({"step": -0.05}, "-0.05"),
        ({"step": np.inf}, "inf"),
        ({"step": "5"}, "'5'"),
        ({"claim": 0.0}, "claim"),
        ({"claim": np.nan}, "nan"),
        ({"growth": -1.0}, "-1"),
        ({"growth": [0.1, 0.2]}, "growth"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": 1}, "horizon"),
        ({"horizon": 2.5}, "2.5"),
        ({"first_margin": "later"}, "later"),
        ({"retention_rate": 0.99}, "99%"),
        ({"step": 1.5}, "80%"),
    ],
)
def test_bad_input_is_refused_by_name(wrong, part, language):
    with pytest.raises(kl.ArgumentError) as caught:
        retention_gain(**({"retention_rate": 0.8, "discount_rate": 0.1} | wrong))
    assert part in str(caught.value)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(kl.ArgumentError) as caught:
        retention_gain([], 0.1, step=0, claim=-1, horizon=1, first_margin="later")
    assert str(caught.value).count("\n- ") == 5


def test_published_numbers_come_with_their_standing(language):
    report = retention_gain(0.8, 0.1).report()
    for part in ("+85%", "+50%", "+30%", "+125%", "Reichheld & Sasser 1990"):
        assert part in report
    assert {claim.status for claim in PUBLISHED.values()} == {Status.PUBLISHED}
    assert RESTATED.status is Status.SECONDARY


def test_the_verbs(language):
    found = retention_gain(RATES, list(TABLE), first_margin="now", growth=-0.02, horizon=30)
    glance = found.glance().iloc[0]
    assert (glance["claim"], glance["horizon"], glance["growth"]) == (0.25, 30, -0.02)
    gain = found.tidy()["relative_gain"]
    assert (glance["gain_min"], glance["gain_max"]) == (gain.min(), gain.max())
    assert {*found.tidy(), *found.glance(), *found.locus(), *found.left_out} <= set(glossary())
    with pytest.raises(kl.NotApplicable, match="augment"):
        found.augment()
    assert len(found.summary().terms) == len(found.locus())
    again = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(again.tidy(), found.tidy())
    spoilt = found.locus()
    spoilt["retention_rate"] = 0.0
    assert (found.locus()["retention_rate"] > 0).all()


def line_of(ax):
    thick = [c for c in ax.collections if np.max(c.get_linewidths(), initial=0) == 3]
    return np.vstack([path.vertices for c in thick for path in c.get_paths()])


def test_the_map_has_the_line_where_the_claim_is_true(language):
    ax = retention_gain([0.5, 0.9], [0.0, 0.2], first_margin="now").plot()
    retention, discount = line_of(ax).T
    # Contours are straight between 241 x 241 points.
    np.testing.assert_allclose(retention, 0.75 + discount, atol=1e-4)
    assert ax.get_xlim() == (0.5, 0.9)
    assert ax.get_ylim() == (0.0, 0.2)
    assert "75%" in ax.figure.alt


def test_the_map_marks_what_cannot_be_and_draws_on_the_users_axes():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    with pytest.warns(RowsLeftOutWarning):
        found = retention_gain([0.5, 0.98], [0.0, 0.2])
    assert found.plot(ax) is ax
    assert len(ax.get_legend().get_texts()) == 2
    other = retention_gain([0.5, 0.8], [0.05, 0.2], claim=30.0).plot()
    assert len(other.get_legend().get_texts()) == 1  # neither impossible, nor anywhere +3,000 %


@pytest.mark.parametrize(("rates", "discounts"), [([0.5], [0.0, 0.1]), ([0.5, 0.6], [0.1])])
def test_a_map_needs_two_rates_each_way(rates, discounts, language):
    with pytest.raises(kl.NotApplicable, match="tidy"):
        retention_gain(rates, discounts).plot()


@pytest.mark.parametrize(
    ("first_margin", "said"),
    [
        ("now", {"en": "too short for retention", "ja": "継続率の効果が出ません"}),
        ("after_one_period", {"en": "a single margin", "ja": "継続率の増加率と同じ"}),
    ],
)
def test_one_period_is_refused_for_the_reason_that_is_true(first_margin, said, language):
    with pytest.raises(kl.ArgumentError, match=said[language]):
        kl.retention_gain(0.8, 0.1, horizon=1, first_margin=first_margin)
