"""Amounts as whole numbers of small units, so that a sum does not depend on the order of its terms.

Whole numbers are kept as floats: below 2^53 their sums are exact, on every engine and in any order.
"""

from __future__ import annotations

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

USUAL_DECIMALS = 2
"""Tried first; what it cannot hold exactly is noticed in the same pass."""
MOST_DECIMALS = 6
LIMIT = 1 << 44
"""Units that an order, and an account's purchase of a period, has to stay below."""
EXACT = 1 << 53
"""Units below which floats hold every whole number."""
FLOAT_ERROR = 2.0**-51
"""Part of a number by which a decimal that was stored and multiplied as a float may be off."""
NOT_EXACT = float("inf")
"""Stands for an amount that is none; a sum keeps it, so one look at the result is enough."""


def is_within(decimals: int) -> nw.Expr:
    """Return whether an amount is a number below the limit; missing where it is missing."""
    return (nw.col("amount") * 10.0**decimals).abs() < LIMIT


def scaled(decimals: int) -> nw.Expr:
    """Return amounts times `10^decimals`; missing beyond the limit, where Spark's floor fails."""
    return nw.when(is_within(decimals)).then(nw.col("amount") * 10.0**decimals)


def units(decimals: int) -> nw.Expr:
    """Return amounts in units of `10^-decimals`, rounded: halves upward, as engines differ."""
    return (scaled(decimals) + 0.5).floor().cast(nw.Float64)


def is_exact(decimals: int) -> nw.Expr:
    """Return whether an amount has no further decimals, but for what floats cannot hold of them.

    Units are compared, for Polars does not divide to the last digit.
    """
    off = scaled(decimals) - units(decimals)
    return off.abs() <= units(decimals).abs() * FLOAT_ERROR


def counted(decimals: int, *, rounding: bool) -> nw.Expr:
    """Return amounts in units, and `NOT_EXACT` where there is none that will do."""
    good = is_within(decimals) if rounding else is_exact(decimals)
    return nw.when(good).then(units(decimals)).otherwise(nw.lit(NOT_EXACT))


def packed(day: nw.Expr, value: nw.Expr) -> nw.Expr:
    """Return one whole number of a purchase's first day and its amount, which sorts by day.

    The least one of an account is its first purchase, found without a second look at the
    orders. An amount beyond the limit becomes its lower end.
    """
    within = nw.when(value.abs() < LIMIT).then(value).otherwise(nw.lit(-float(LIMIT)))
    return day.cast(nw.Int64) * (2 * LIMIT) + (within + LIMIT).cast(nw.Int64)


def unpacked(purchases: Whole) -> tuple[Whole, Whole]:
    """Return the days and amounts that `packed` made one; `-LIMIT` for an amount beyond it."""
    days = purchases // (2 * LIMIT)
    return days, purchases - days * (2 * LIMIT) - LIMIT
