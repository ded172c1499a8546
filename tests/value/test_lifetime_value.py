import numpy as np
import pytest

import kamlab as kl

PRINTED_MULTIPLE = 0.005  # the table gives two decimals
PRINTED_PERCENT = 0.05  # the table gives one decimal of a per cent
EXACT = 1e-12  # sums of at most 400 doubles


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


def summed(retention_rate, discount_rate, horizon, first_margin):
    first = 0 if first_margin == "now" else 1
    return sum((retention_rate / (1 + discount_rate)) ** t for t in range(first, first + horizon))


@pytest.mark.parametrize("first_margin", ["now", "after_one_period"])
@pytest.mark.parametrize("horizon", [0, 1, 2, 7, 40])
@pytest.mark.parametrize("discount_rate", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("retention_rate", [0.0, 0.3, 0.9, 0.999999, 1.0])
def test_a_finite_horizon_is_the_sum_of_its_margins(
    retention_rate, discount_rate, horizon, first_margin
):
    found = multiple(retention_rate, discount_rate, horizon=horizon, first_margin=first_margin)
    expected = summed(retention_rate, discount_rate, horizon, first_margin)
    # Near q = 1 the closed form divides two small differences: 1e-16 / 1e-6 is left.
    assert found == pytest.approx(expected, rel=1e-9, abs=EXACT)


@pytest.mark.parametrize("gap", [1e-9, 1e-12, 1e-15])
def test_a_rate_a_hair_below_one_does_not_lose_the_sum(gap):
    found = multiple(1 - gap, 0.0, horizon=10, first_margin="now")
    assert found == pytest.approx(10, rel=1e-6)


@pytest.mark.parametrize("first_margin", ["now", "after_one_period"])
def test_an_endless_value_is_the_limit_of_a_long_horizon(first_margin):
    assert multiple(0.8, 0.1, first_margin=first_margin) == pytest.approx(
        summed(0.8, 0.1, 400, first_margin), rel=EXACT
    )


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


def test_an_infinite_value_is_refused_and_a_horizon_mends_it(language):
    with pytest.raises(kl.ArgumentError, match="horizon"):
        kl.lifetime_value(1.0, [0.5, 1.0], 0.0)
    assert multiple(1.0, 0.0, horizon=5) == 5.0


def test_all_that_is_wrong_is_said_at_once(language):
    with pytest.raises(kl.ArgumentError) as caught:
        kl.lifetime_value(1.0, 1.2, -0.1, horizon=-3, first_margin="later")
    message = str(caught.value)
    parts = {"en": ["retention_rate", "discount_rate"], "ja": ["継続率", "割引率"]}[language]
    for part in (*parts, "-3", "later"):
        assert part in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"retention_rate": 1.01},
        {"retention_rate": -0.01},
        {"retention_rate": np.nan},
        {"retention_rate": [0.5, np.nan]},
        {"retention_rate": 85},
        {"discount_rate": -0.01},
        {"discount_rate": np.nan},
        {"horizon": -1},
        {"horizon": 2.5},
        {"first_margin": "NOW"},
    ],
)
def test_each_bad_input_is_refused(wrong, language):
    with pytest.raises(kl.ArgumentError):
        kl.lifetime_value(1.0, **({"retention_rate": 0.8, "discount_rate": 0.1} | wrong))
