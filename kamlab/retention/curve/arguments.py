"""What may be asked of a curve, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import join, same, say
from kamlab.retention.curve.tallies import Tally

Floats = NDArray[np.float64]

MOST_PERIODS = 100_000
SEEN = ("before_renewal", "after_renewal")


def check_periods(periods: object) -> Floats:
    """Return numbers of renewals as an array.

    Raises
    ------
    ArgumentError
        If one is no whole number from 0 to 100,000.
    """
    try:
        values = np.atleast_1d(np.asarray(periods, dtype=float))
    except (TypeError, ValueError):
        values = np.array([np.nan])
    good = (values >= 0) & (values <= MOST_PERIODS) & (values == np.floor(values))
    if values.ndim != 1 or not len(values) or not good.all():
        raise ArgumentError(say("retention.curve_periods", got=periods, most=f"{MOST_PERIODS:,}"))
    return values


def check_discount(
    discount_rate: float, horizon: int | None = None, seen: str = "before_renewal"
) -> float:
    """Return by what to divide a sum seen just before a renewal, having checked all three.

    Raises
    ------
    ArgumentError
        If the rate is negative or no number, the horizon no whole number of 0 or more, or it is
        not said when the sum is seen; all problems at once.
    """
    problems = []
    if not (isinstance(discount_rate, (int, float, np.number)) and 0 <= discount_rate < math.inf):
        problems.append(say("retention.curve_discount", got=discount_rate))
    if horizon is not None:
        try:
            check_periods([horizon])
        except ArgumentError as error:
            problems.append(error.text)
    if seen not in SEEN:
        allowed = join([same(repr(name)) for name in SEEN])
        problems.append(say("retention.curve_seen", got=seen, allowed=allowed))
    if problems:
        raise ArgumentError(join(problems))
    return 1.0 if seen == "before_renewal" else 1.0 + discount_rate


def design_at(tally: Tally, at: Mapping[str, float] | None) -> Floats:
    """Return one and the covariates in standard deviations, at their means where not told.

    Raises
    ------
    ArgumentError
        If a name is no covariate or a value no finite number.
    """
    at = at or {}
    unknown = [name for name in at if name not in tally.covariates]
    wrong = [
        name
        for name, x in at.items()
        if not (isinstance(x, (int, float, np.number)) and math.isfinite(x))
    ]
    if unknown or wrong:
        names = join([same(name) for name in dict.fromkeys([*unknown, *wrong])])
        known = join([same(name) for name in tally.covariates]) if tally.covariates else same("–")
        raise ArgumentError(say("retention.curve_at", names=names, known=known))
    values = np.array(
        [at.get(name, mean) for name, mean in zip(tally.covariates, tally.means, strict=True)],
        dtype=float,
    )
    return np.concatenate([[1.0], (values - tally.means) / tally.spreads])


def values_at(tally: Tally, pairs: Sequence[tuple[str, float]]) -> list[float]:
    """Return covariates' values so many standard deviations from their means."""
    place = [tally.covariates.index(name) for name, _ in pairs]
    return [
        float(tally.means[j] + sd * tally.spreads[j])
        for j, (_, sd) in zip(place, pairs, strict=True)
    ]
