"""Five per cent more retention, taken apart: `retention_gain`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation.errors import ArgumentError, warn_left_out
from kamlab.foundation.language import Text, say
from kamlab.selection.arguments import is_number, listed
from kamlab.value.gain_formula import GainFormula
from kamlab.value.gain_result import RetentionGain, left_out_words
from kamlab.value.lifetime import FirstMargin, read_arguments

FEWEST_PERIODS = 2


def retention_gain(
    retention_rate: ArrayLike,
    discount_rate: ArrayLike,
    *,
    step: float = 0.05,
    relative: bool = False,
    claim: float = 0.25,
    horizon: int | None = None,
    first_margin: FirstMargin = "after_one_period",
    growth: float = 0.0,
) -> RetentionGain:
    """Return what a step in retention adds to lifetime value, and where a claim about it is true.

    "Five per cent more retention, twenty-five per cent more profit" is no constant: the gain
    depends on how many stay already and on the discount rate.

    Parameters
    ----------
    retention_rate, discount_rate : array_like, shape (n,) and (k,)
        Every retention rate is looked at with every discount rate.
    step : float, default 0.05
        By how much retention rises.
    relative : bool, default False
        Whether the step is relative to the retention rate (80 to 84 %) and not in points (80 to
        85 %).
    claim : float, default 0.25
        The gain that is claimed: 0.25 is 25 % more value.
    horizon, first_margin, growth
        As in `lifetime_value`; at least 2 periods.

    Returns
    -------
    RetentionGain
        `tidy()` one row per pair of rates, `locus()` where the claim is true, `plot()` the map.

    Raises
    ------
    ArgumentError
        If an argument is out of range, or no pair of rates has a gain.

    Warns
    -----
    RowsLeftOutWarning
        If pairs have no gain: retention would exceed 1, an endless value is infinite, or the
        value is 0 before the step. `left_out` has them, with the reason.

    Notes
    -----
    With `D = (1 + d) / (1 + g)`, first margin now and no end, the gain from `r` to `r'` is
    `(D - r) / (D - r') - 1`; with the first margin after one period `r' / r` times the fraction,
    less 1. So "+5 points, +25 %" is true exactly at `r = 0.75 + d` with the first margin now, and
    "+5 % relative, +25 %" at `r = 0.8 (1 + d)`. With the first margin after one period there are
    two rates or none for a step in points: those few who would stay gain much as well. With a
    horizon, solutions are searched for between 2,001 rates. The gain is of the lifetime value of
    one customer and not of a firm's profit in a year.

    Examples
    --------
    >>> found = retention_gain([0.75, 0.85], [0.0, 0.10], first_margin="now")
    >>> found.tidy()["relative_gain"].round(3).tolist()
    [0.25, 0.5, 0.167, 0.25]
    >>> found.locus()["retention_rate"].round(6).tolist()
    [0.75, 0.85]
    """
    given = {"retention_rate": retention_rate, "discount_rate": discount_rate, "growth": growth}
    arrays, problems = read_arguments(given, horizon, first_margin)
    problems += _problems(arrays, step, claim)
    if horizon is not None and horizon in range(FEWEST_PERIODS):
        kind = "one_margin" if horizon and first_margin == "after_one_period" else "short"
        problems.append(say(f"value.gain_{kind}", fewest=FEWEST_PERIODS, horizon=horizon))
    if problems:
        raise ArgumentError(say("value.lifetime_problems", problems=listed(problems)))
    formula = GainFormula(
        float(step), relative, horizon, first_margin, growth=float(arrays["growth"])
    )
    discounts, rates = (np.unique(arrays[name]) for name in ("discount_rate", "retention_rate"))
    discount, rate = (axis.ravel() for axis in np.meshgrid(discounts, rates, indexing="ij"))
    cells, left_out = _cells(formula, rate, discount)
    if cells.empty:
        raise ArgumentError(say("value.gain_none", reasons=left_out_words(left_out)))
    if len(left_out):
        warn_left_out(len(left_out), len(rate), left_out_words(left_out), stacklevel=2)
    lines = [
        (own, solution)
        for own in discounts
        for solution in formula.rates_for(claim, float(own)) or [np.nan]
    ]
    line = pd.DataFrame(lines, columns=["discount_rate", "retention_rate"])
    return RetentionGain(cells=cells, left_out=left_out, line=line, formula=formula, claim=claim)


def _problems(arrays: Mapping[str, NDArray[np.float64]], step: float, claim: float) -> list[Text]:
    problems = []
    for name, array in arrays.items():
        if name == "growth":
            if array.ndim or (array <= -1).any():
                problems.append(say("value.gain_bad_growth", got=str(array)))
        elif array.ndim > 1 or not array.size:
            problems.append(say("value.gain_bad_axis", name=name, shape=str(array.shape)))
    for name, number in (("step", step), ("claim", claim)):
        if not (is_number(number) and 0 < number < np.inf):
            problems.append(say("value.gain_not_positive", name=name, got=repr(number)))
    return problems


def _cells(
    formula: GainFormula, rate: NDArray[np.float64], discount: NDArray[np.float64]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pairs of rates that have a gain, and those that have none."""
    reasons = formula.left_out(rate, discount)
    kept = reasons == ""
    before, after = formula.multiples(rate[kept], discount[kept])
    cells = pd.DataFrame(
        {
            "discount_rate": discount[kept],
            "retention_rate": rate[kept],
            "retention_after": formula.raised(rate[kept]),
            "multiple": before,
            "multiple_after": after,
            "relative_gain": after / before - 1,
        }
    )
    left_out = pd.DataFrame(
        {
            "discount_rate": discount[~kept],
            "retention_rate": rate[~kept],
            "left_out_because": reasons[~kept],
        }
    )
    return cells, left_out
