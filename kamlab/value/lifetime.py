"""Lifetime value in closed form, over arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, same, say
from kamlab.selection.arguments import listed

FirstMargin = Literal["now", "after_one_period"]
TIMINGS: tuple[FirstMargin, ...] = ("now", "after_one_period")
NAMED_AT_MOST = 3

NO_NUMBERS = "USmMc"
"""Kinds of arrays that numpy would turn into numbers: words, dates, complex numbers."""


def lifetime_value(
    margin: ArrayLike,
    retention_rate: ArrayLike,
    discount_rate: ArrayLike,
    *,
    horizon: int | None = None,
    first_margin: FirstMargin = "after_one_period",
    growth: ArrayLike = 0.0,
    acquisition_cost: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Return the lifetime value of accounts with a constant retention rate.

    Parameters
    ----------
    margin : array_like
        The first net margin, in money; negative for an account that costs more than it brings.
    retention_rate : array_like
        Probability of staying for another period, 0 to 1.
    discount_rate : array_like
        Discount rate a period, 0 or more: 0.10 is 10 %.
    horizon : int, optional
        Whole number of periods in which a margin may come in, 0 for none; endless if left out.
    first_margin : {"after_one_period", "now"}
        Whether the first margin comes in after one period, if the account has stayed till then,
        or at once.
    growth : array_like, default 0
        By how much the margin of an account that stays grows each period, -1 or more: 0.03 is
        3 %. The first margin is `margin` itself, whenever it comes in.
    acquisition_cost : array_like, default 0
        Money spent today, subtracted from the value.

    Returns
    -------
    ndarray
        Money of today; the arguments' shapes broadcast.

    Raises
    ------
    ArgumentError
        If a value is missing, infinite or out of range, shapes do not fit together, or an endless
        value is infinite: all that is wrong at once.

    Notes
    -----
    With margin `m`, retention `r`, discount `d`, growth `g`, acquisition cost `A` and
    `q = r (1 + g) / (1 + d)`, over `H` periods:

    * first margin now: `m (1 - q^H) / (1 - q) - A`, endless `m (1 + d) / (1 + d - r (1 + g)) - A`;
    * after one period: `m r / (1 + d) (1 - q^H) / (1 - q) - A`, endless
      `m r / (1 + d - r (1 + g)) - A`, which without growth and cost is the form of Gupta and
      Lehmann (2003).

    An endless value needs `r (1 + g) < 1 + d`. Near `q = 1` the sum is computed from `1 - q`
    itself, so that nothing is lost to rounding.

    Examples
    --------
    >>> round(float(lifetime_value(100, retention_rate=0.8, discount_rate=0.1)), 2)
    266.67
    >>> lifetime_value(100, [0.8, 0.9], 0.1, growth=0.03, acquisition_cost=50).round(1).tolist()
    [239.9, 470.2]
    """
    given = {
        "margin": margin,
        "retention_rate": retention_rate,
        "discount_rate": discount_rate,
        "growth": growth,
        "acquisition_cost": acquisition_cost,
    }
    arrays, problems = read_arguments(given, horizon, first_margin)
    if problems := problems or _bad_together(arrays, horizon):
        raise ArgumentError(say("value.lifetime_problems", problems=listed(problems)))
    m, r, d, g, cost = arrays.values()
    with np.errstate(over="ignore", invalid="ignore"):
        value = m * margin_multiple(r, d, g, horizon, first_margin) - cost
    if not np.isfinite(value).all():
        raise ArgumentError(say("value.lifetime_too_large"))
    return np.asarray(value)


def margin_multiple(
    retention_rate: NDArray[np.float64],
    discount_rate: NDArray[np.float64],
    growth: NDArray[np.float64],
    horizon: int | None,
    first_margin: FirstMargin,
) -> NDArray[np.float64]:
    """Return what a first margin of 1 is worth; the arguments are taken as they are.

    The formula stands in `lifetime_value`.
    """
    # 1 - q; rounding must not make q negative.
    lost = np.minimum(shortfall(retention_rate, discount_rate, growth) / (1 + discount_rate), 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if horizon is None:
            count = 1 / lost
        elif horizon == 0:
            count = np.zeros_like(lost)
        else:
            # At q = 1 every one of the horizon's margins counts in full.
            summed = np.expm1(float(horizon) * np.log1p(-lost)) / -lost
            count = np.where(lost == 0, float(horizon), summed)
    if first_margin == "after_one_period":
        count = count * retention_rate / (1 + discount_rate)
    return np.asarray(count)


def shortfall(
    retention_rate: NDArray[np.float64],
    discount_rate: NDArray[np.float64],
    growth: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return `1 + d - r (1 + g)`: an endless value is finite where it is above 0."""
    # Summed so that nothing is lost where retention is near 1 and the rest near 0.
    return np.asarray((1 - retention_rate) + (discount_rate - retention_rate * growth))


def read_arguments(
    given: Mapping[str, ArrayLike], horizon: int | None, first_margin: str
) -> tuple[dict[str, NDArray[np.float64]], list[Text]]:
    """Return the arguments of `lifetime_value` as arrays, and all that is wrong with each.

    Parameters
    ----------
    given : mapping of str to array_like
        By the argument's name.
    horizon : int or None
    first_margin : str
    """
    arrays, problems = {}, []
    for name, value in given.items():
        array = _as_numbers(value)
        if array is None:
            problems.append(say("value.lifetime_no_number", name=name, got=repr(value)))
        else:
            arrays[name] = array
    problems += [text for name, array in arrays.items() for text in _out_of_range(name, array)]
    if horizon is not None and not _is_count(horizon):
        problems.append(say("value.bad_horizon", horizon=repr(horizon)))
    if first_margin not in TIMINGS:
        problems.append(say("value.bad_timing", timing=first_margin))
    return arrays, problems


def assumptions(horizon: int | None, first_margin: FirstMargin, growth: float) -> Text:
    """Return the conventions of a lifetime value in words."""
    span = (
        say("value.lifetime_endless")
        if horizon is None
        else say("value.lifetime_span", horizon=horizon)
    )
    timing = say(f"value.lifetime_{first_margin}")
    return say("value.lifetime_assumptions", timing=timing, span=span, growth=f"{growth:.1%}")


def _as_numbers(value: ArrayLike) -> NDArray[np.float64] | None:
    """Return an array of numbers, or None if it is none: numpy would read words and dates too."""
    try:
        array = np.asarray(value)
        return None if array.dtype.kind in NO_NUMBERS else array.astype(float)
    except (TypeError, ValueError):
        return None


def _out_of_range(name: str, array: NDArray[np.float64]) -> list[Text]:
    """Return what is wrong with one argument, with up to three of the wrong values."""
    finite = np.isfinite(array)
    allowed, words = {
        "retention_rate": ((array >= 0) & (array <= 1), "value.bad_retention"),
        "discount_rate": (finite & (array >= 0), "value.lifetime_bad_discount"),
        "growth": (finite & (array >= -1), "value.lifetime_bad_growth"),
    }.get(name, (finite, "value.lifetime_not_finite"))
    wrong = array[~allowed]
    if not wrong.size:
        return []
    got = [same(f"{value:g}") for value in wrong[:NAMED_AT_MOST]]
    more = [same("…")] if wrong.size > NAMED_AT_MOST else []
    return [say(words, name=name, got=join(got + more))]


def _is_count(horizon: float) -> bool:
    number = isinstance(horizon, int | float | np.integer | np.floating)
    return number and not isinstance(horizon, bool) and horizon >= 0 and horizon % 1 == 0


def _bad_together(arrays: Mapping[str, NDArray[np.float64]], horizon: int | None) -> list[Text]:
    """Return whether shapes do not fit together, or for which rates a value is infinite."""
    try:
        np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = [same(f"{name} {array.shape}") for name, array in arrays.items() if array.ndim]
        return [say("value.lifetime_shapes", shapes=join(shapes))]
    rates = [arrays[name] for name in ("retention_rate", "discount_rate", "growth")]
    infinite = shortfall(*rates) <= 0
    if horizon is not None or not infinite.any():
        return []
    retention, discount, growth = (
        f"{np.broadcast_to(rate, infinite.shape)[infinite][0]:g}" for rate in rates
    )
    words = {"retention": retention, "discount": discount, "growth": growth}
    return [say("value.infinite", count=int(infinite.sum()), of=infinite.size, **words)]
