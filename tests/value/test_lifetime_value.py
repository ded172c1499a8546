from decimal import Decimal, localcontext

import numpy as np
import pytest

import kamlab as kl

PRINTED_MULTIPLE = 0.005  # the table gives two decimals
PRINTED_PERCENT = 0.05  # the table gives one decimal of a per cent
EXACT = 1e-12  # a handful of roundings, or 0.84^300 left of an endless sum


def multiple(retention_rate, discount_rate, **how):
    return float(kl.lifetime_value(1.0, retention_rate, discount_rate, **how))


# Gupta and Lehmann's endless form, first margin after one period.
MULTIPLES = [
    (0.60, (1.20, 1.15, 1.11, 1.07)),
    (0.70, (1.75, 1.67, 1.59, 1.52)),
    (0.80, (2.67, 2.50, 2.35, 2.22)),
    (0.90, (4.50, 4.09, 3.75, 3.46)),
]


@pytest.mark.parametrize(
    ("retention_rate", "discount_rate", "expected"),
    [
        (retention_rate, discount_rate, expected)
        for retention_rate, row in MULTIPLES
        for discount_rate, expected in zip((0.10, 0.12, 0.14, 0.16), row, strict=True)
    ],
)
def test_margin_multiples_are_those_of_the_table(retention_rate, discount_rate, expected):
    assert multiple(retention_rate, discount_rate) == pytest.approx(expected, abs=PRINTED_MULTIPLE)


@pytest.mark.parametrize(
    ("retention_rate", "expected"), [(0.60, 2.15), (0.70, 2.67), (0.80, 3.50), (0.90, 5.09)]
)
def test_the_elasticity_in_retention_at_twelve_per_cent_is_that_of_the_table(
    retention_rate, expected
):
    step = 1e-6
    up, down = (np.log(multiple(retention_rate * (1 + move), 0.12)) for move in (step, -step))
    assert (up - down) / (2 * step) == pytest.approx(expected, abs=PRINTED_MULTIPLE)


# What five more points of retention add, in per cent, first margin at once.
GAINS = [
    (0.00, (14.3, 20.0, 25.0, 33.3, 50.0, 100.0, 500.0)),
    (0.05, (12.5, 16.7, 20.0, 25.0, 33.3, 50.0, 83.3)),
    (0.10, (11.1, 14.3, 16.7, 20.0, 25.0, 33.3, 45.5)),
    (0.15, (10.0, 12.5, 14.3, 16.7, 20.0, 25.0, 31.25)),
]


@pytest.mark.parametrize(
    ("discount_rate", "retention_rate", "expected"),
    [
        (discount_rate, retention_rate, expected)
        for discount_rate, row in GAINS
        for retention_rate, expected in zip(
            (0.60, 0.70, 0.75, 0.80, 0.85, 0.90, 0.94), row, strict=True
        )
    ],
)
def test_gains_from_five_points_of_retention_are_those_of_the_table(
    discount_rate, retention_rate, expected
):
    before, after = (
        multiple(rate, discount_rate, first_margin="now")
        for rate in (retention_rate, retention_rate + 0.05)
    )
    assert 100 * (after / before - 1) == pytest.approx(expected, abs=PRINTED_PERCENT)


@pytest.mark.parametrize(
    ("before", "after", "discount_rate", "first_margin", "expected"),
    [
        (0.95, 1.00, 0.10, "now", 50.0),
        (0.85, 0.90, 0.10, "now", 25.0),
        (0.85, 0.90, 0.10, "after_one_period", 32.4),
        (0.90, 0.95, 0.00, "now", 100.0),
        (0.90, 0.95, 0.00, "after_one_period", 111.1),
    ],
)
def test_gains_depend_on_when_the_first_margin_comes_in(
    before, after, discount_rate, first_margin, expected
):
    values = [multiple(rate, discount_rate, first_margin=first_margin) for rate in (before, after)]
    assert 100 * (values[1] / values[0] - 1) == pytest.approx(expected, abs=PRINTED_PERCENT)


@pytest.mark.parametrize("discount_rate", [0.0, 0.03, 0.1, 0.2])
def test_five_points_are_worth_a_quarter_exactly_at_three_quarters_plus_the_discount(discount_rate):
    rates = (0.75 + discount_rate, min(0.80 + discount_rate, 1.0))
    before, after = (multiple(rate, discount_rate, first_margin="now") for rate in rates)
    assert after / before - 1 == pytest.approx(0.25, rel=1e-9)


def test_expected_life_is_one_over_the_rate_of_leaving():
    assert multiple(0.90, 0.0, first_margin="now") == pytest.approx(10)
    assert multiple(0.95, 0.0, first_margin="now") == pytest.approx(20)


def test_the_default_is_the_form_with_the_first_margin_after_one_period():
    assert multiple(0.8, 0.1) == multiple(0.8, 0.1, first_margin="after_one_period")


NEAR_ONE = 5e-14
"""Each of 400 periods multiplies the rounding of the rates, 1e-16, once."""


def summed_exactly(retention_rate, discount_rate, horizon, first_margin, growth):
    """Sum margin by margin with 60 digits."""
    with localcontext(prec=60):
        r, d, g = (Decimal(rate) for rate in (retention_rate, discount_rate, growth))
        value = Decimal(1) if first_margin == "now" else r / (1 + d)
        total = Decimal(0)
        for _ in range(horizon):
            total += value
            value *= r * (1 + g) / (1 + d)
        return float(total)


@pytest.mark.parametrize("first_margin", ["now", "after_one_period"])
@pytest.mark.parametrize("horizon", [0, 1, 3, 60, 400])
@pytest.mark.parametrize(
    ("retention_rate", "discount_rate", "growth"),
    [
        *((1 - gap, 0.0, 0.0) for gap in (0.7, 0.1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15)),
        (0.3, 0.5, 0.0),
        *((1.0, gap, 0.0) for gap in (1e-3, 1e-9, 1e-12, 0.0)),
        *((1.0, 0.05, 0.05 + gap) for gap in (-1e-9, -1e-12, 0.0, 1e-12, 1e-9)),
        (0.9, 0.1, 0.3),
        (0.9, 0.1, -0.2),
        (0.9, 0.1, -1.0),
        (0.0, 0.1, 0.1),
        (1e-12, 0.0, 0.0),
        (0.95, 0.0, 0.0526315789),
    ],
)
def test_a_sum_is_exact_however_near_to_one_the_factor_is(
    retention_rate, discount_rate, growth, horizon, first_margin
):
    how = {"growth": growth, "horizon": horizon, "first_margin": first_margin}
    found = multiple(retention_rate, discount_rate, **how)
    expected = summed_exactly(retention_rate, discount_rate, horizon, first_margin, growth)
    assert found == pytest.approx(expected, rel=NEAR_ONE, abs=0)


def test_growth_leaves_the_first_margin_alone():
    for timing, expected in (("now", 1.0), ("after_one_period", 0.8 / 1.1)):
        found = multiple(0.8, 0.1, growth=0.5, horizon=1, first_margin=timing)
        assert found == pytest.approx(expected, rel=EXACT)


def test_a_discount_near_zero_is_not_lost_beside_one():
    assert multiple(1.0, 1e-13) == pytest.approx(1e13, rel=1e-15)


def test_the_acquisition_cost_is_subtracted_today():
    plain = kl.lifetime_value([100, -5, 0], 0.8, 0.1)
    costly = kl.lifetime_value([100, -5, 0], 0.8, 0.1, acquisition_cost=[0.0, 30.0, -7.0])
    np.testing.assert_allclose(costly, plain - [0, 30, -7], rtol=EXACT)


def test_a_horizon_of_no_periods_leaves_the_cost():
    found = kl.lifetime_value([100.0, 50.0], [0.8, 1.0], 0.0, horizon=0, acquisition_cost=30)
    assert found.tolist() == [-30.0, -30.0]


def test_growth_and_cost_broadcast_with_the_others():
    found = kl.lifetime_value(
        [[100.0], [200.0]], 0.8, 0.1, growth=[0.0, 0.02, -0.1], acquisition_cost=[[5.0], [6.0]]
    )
    assert found.shape == (2, 3)
    alone = kl.lifetime_value(200.0, 0.8, 0.1, growth=-0.1, acquisition_cost=6.0)
    assert found[1, 2] == pytest.approx(float(alone), rel=EXACT)


@pytest.mark.parametrize("growth", [0.0, 0.05, -0.3])
@pytest.mark.parametrize("first_margin", ["now", "after_one_period"])
def test_an_endless_value_is_the_limit_of_a_long_horizon(first_margin, growth):
    how = {"first_margin": first_margin, "growth": growth}
    expected = summed_exactly(0.8, 0.1, 300, **how)
    assert multiple(0.8, 0.1, **how) == pytest.approx(expected, rel=EXACT)


def test_a_certain_customer_is_worth_a_perpetuity():
    assert multiple(1.0, 0.1) == pytest.approx(1 / 0.1)


def test_a_customer_who_leaves_at_once_is_worth_the_first_margin_or_nothing():
    assert multiple(0.0, 0.1, first_margin="now") == 1.0
    assert multiple(0.0, 0.1) == 0.0


def test_value_is_proportional_to_margin_whatever_its_sign():
    np.testing.assert_allclose(
        kl.lifetime_value([-50.0, 0.0, 100.0], 0.8, 0.1), np.array([-50, 0, 100]) * 0.8 / 0.3
    )


@pytest.mark.parametrize("horizon", [None, 5])
def test_shapes_broadcast(horizon):
    margin, retention_rate = np.array([[100.0], [200.0]]), np.array([0.5, 0.7, 0.9])
    found = kl.lifetime_value(margin, retention_rate, 0.1, horizon=horizon)
    assert found.shape == (2, 3)
    for i in range(2):
        for j in range(3):
            alone = kl.lifetime_value(margin[i, 0], retention_rate[j], 0.1, horizon=horizon)
            assert found[i, j] == pytest.approx(float(alone))


def test_a_horizon_tells_certain_from_uncertain_customers_in_one_array():
    found = kl.lifetime_value(1.0, [0.5, 1.0], 0.0, horizon=3, first_margin="now")
    np.testing.assert_allclose(found, [1.75, 3.0])


def test_an_infinite_value_is_refused_by_name_and_a_horizon_mends_it(language):
    with pytest.raises(kl.ArgumentError, match="horizon") as caught:
        kl.lifetime_value(1.0, [0.5, 1.0, 1.0], [0.0, 0.0, 0.02], growth=0.03)
    count = {"en": "2 of 3", "ja": "3件中2件"}[language]
    assert count in str(caught.value)
    assert "0.03" in str(caught.value)
    assert multiple(1.0, 0.0, horizon=5) == 5.0


@pytest.mark.parametrize(("retention_rate", "growth"), [(0.99, 0.1), (1.0, 0.08), (0.8, 0.35)])
def test_margins_that_outgrow_the_discount_are_refused(retention_rate, growth):
    with pytest.raises(kl.ArgumentError, match="infinite"):
        multiple(retention_rate, 0.08, growth=growth)
    assert multiple(retention_rate, 0.08, growth=growth, horizon=10) > 0


def test_a_value_beyond_all_numbers_is_refused(language):
    with pytest.raises(kl.ArgumentError, match="horizon"):
        multiple(1.0, 0.0, growth=1.0, horizon=5000)


def test_shapes_that_do_not_fit_are_named(language):
    with pytest.raises(kl.ArgumentError, match=r"margin \(2,\).*growth \(3,\)"):
        kl.lifetime_value([1, 2], 0.5, 0.1, growth=[0.1, 0.2, 0.3])


def test_all_that_is_wrong_is_said_at_once(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.lifetime_value(
            np.nan, 1.2, -0.1, horizon=-3, first_margin="later", growth=-2, acquisition_cost=np.inf
        )
    message = str(caught.value)
    parts = {"en": ["retention_rate", "discount_rate"], "ja": ["継続率", "割引率"]}[language]
    for part in (*parts, "margin", "nan", "1.2", "-0.1", "-3", "later", "-2", "inf"):
        assert part in message
    assert message.count("\n- ") == 7


def test_only_the_first_wrong_values_are_shown():
    with pytest.raises(kl.ArgumentError, match=r"got 2, 3, 4, …") as caught:
        multiple([0.5, 2, 3, 4, 5], 0.1)
    assert "5" not in str(caught.value).split("got")[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": np.nan},
        {"margin": [1.0, np.inf]},
        {"margin": "100"},
        {"margin": None},
        {"retention_rate": 1.01},
        {"retention_rate": -0.01},
        {"retention_rate": np.nan},
        {"retention_rate": [0.5, np.nan]},
        {"retention_rate": 85},
        {"retention_rate": "high"},
        {"discount_rate": -0.01},
        {"discount_rate": np.nan},
        {"discount_rate": np.inf},
        {"growth": -1.01},
        {"growth": np.nan},
        {"growth": np.inf},
        {"acquisition_cost": np.nan},
        {"acquisition_cost": -np.inf},
        {"horizon": -1},
        {"horizon": 2.5},
        {"horizon": np.nan},
        {"horizon": np.inf},
        {"horizon": True},
        {"horizon": "5"},
        {"first_margin": "NOW"},
    ],
)
def test_each_bad_input_is_refused(wrong, language):
    right = {"margin": 1.0, "retention_rate": 0.8, "discount_rate": 0.1}
    with pytest.raises(kl.ArgumentError):
        kl.lifetime_value(**(right | wrong))
