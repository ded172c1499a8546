"""Lifetime value in closed form."""

from __future__ import annotations

from scipy.optimize import brentq

from kamlab.reproduction.computations.lookup import number_at
from kamlab.value.elasticities import value_elasticities
from kamlab.value.lifetime import FirstMargin, lifetime_value
from kamlab.value.retention_gain import retention_gain


def margin_multiple(retention_rate: float, discount_rate: float) -> float:
    """Return lifetime value over the margin of a period, the first margin after a period."""
    return float(lifetime_value(1.0, retention_rate, discount_rate))


def gain_of_five_points(
    retention_rate: float, discount_rate: float, first_margin: FirstMargin
) -> float:
    """Return by how many per cent five more points of retention raise lifetime value."""
    gains = retention_gain(retention_rate, discount_rate, first_margin=first_margin).tidy()
    return 100 * number_at(gains, "relative_gain")


def retention_where_a_quarter(discount_rate: float, relative: bool) -> float:
    """Return the retention rate at which a step of 5 is worth 25 %, the first margin at once."""
    found = retention_gain(0.5, discount_rate, first_margin="now", relative=relative)
    return number_at(found.locus(), "retention_rate")


def retention_elasticity(retention_rate: float, discount_rate: float) -> float:
    """Return the elasticity of lifetime value in retention."""
    rows = value_elasticities(1.0, retention_rate, discount_rate).tidy()
    return number_at(rows, "elasticity", term="retention_rate")


def expected_life(retention_rate: float) -> float:
    """Return the expected number of periods: what margins of 1 add up to without discount."""
    return float(lifetime_value(1.0, retention_rate, 0.0, first_margin="now"))


def chance_after_renewals(retention_rate: float, renewals: int) -> float:
    """Return the chance to be there after some renewals: what one margin more is worth."""
    longer, shorter = (
        float(lifetime_value(1.0, retention_rate, 0.0, first_margin="now", horizon=periods))
        for periods in (renewals + 1, renewals)
    )
    return longer - shorter


def retention_for_half(renewals: int) -> float:
    """Return the retention rate at which half are there after some renewals."""
    return float(brentq(lambda rate: chance_after_renewals(rate, renewals) - 0.5, 0.01, 0.999))


COMPUTATIONS = {
    function.__name__: function
    for function in (
        margin_multiple,
        gain_of_five_points,
        retention_where_a_quarter,
        retention_elasticity,
        expected_life,
        chance_after_renewals,
        retention_for_half,
    )
}
