"""Lifetime value in closed form, over arrays."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import Text, join, say


def lifetime_value(
    margin: ArrayLike,
    retention_rate: ArrayLike,
    discount_rate: ArrayLike,
    *,
    horizon: int | None = None,
    first_margin: Literal["now", "after_one_period"] = "after_one_period",
) -> NDArray[np.float64]:
    """Return the lifetime value of accounts with a constant margin and retention rate.

    Parameters
    ----------
    margin : array_like
        Net margin a period, in money; negative for an account that costs more than it brings.
    retention_rate : array_like
        Probability of staying for another period, 0 to 1.
    discount_rate : array_like
        Discount rate a period, 0 or more: 0.10 is 10 %.
    horizon : int, optional
        Whole number of periods in which a margin may come in; endless if left out.
    first_margin : {"after_one_period", "now"}
        Whether the first margin comes in after one period, if the account has stayed till then,
        or at once.

    Returns
    -------
    ndarray
        Money of today; the arguments' shapes broadcast.

    Raises
    ------
    ArgumentError
        If a rate is out of range, or an endless value is infinite (retention 1, discount 0).

    Notes
    -----
    With `q = r / (1 + d)`: first margin now, `m (1 - q^H) / (1 - q)`; after one period, `q`
    times that. Endless: `m (1 + d) / (1 + d - r)` and `m r / (1 + d - r)`, the latter being the
    form of Gupta and Lehmann (2003).

    Examples
    --------
    >>> round(float(lifetime_value(100, retention_rate=0.8, discount_rate=0.1)), 2)
    266.67
    """
    m, r, d = (np.asarray(value, dtype=float) for value in (margin, retention_rate, discount_rate))
    if problems := _problems(r, d, horizon, first_margin):
        raise ArgumentError(say("value.bad_input", problems=join(problems)))
    q = r / (1 + d)
    if horizon is None:
        multiple = 1 / (1 - q)
    else:
        # At q = 1 every one of the horizon's margins counts in full.
        ratio = np.where(q == 1, np.nan, q)
        multiple = np.where(q == 1, horizon, (1 - ratio**horizon) / (1 - ratio))
    return np.asarray(m * (multiple if first_margin == "now" else q * multiple))


def _problems(
    retention_rate: NDArray[np.float64],
    discount_rate: NDArray[np.float64],
    horizon: int | None,
    first_margin: str,
) -> list[Text]:
    problems = []
    if not ((retention_rate >= 0) & (retention_rate <= 1)).all():
        problems.append(say("value.bad_retention"))
    if not (discount_rate >= 0).all():
        problems.append(say("value.bad_discount"))
    if horizon is None and ((retention_rate == 1) & (discount_rate == 0)).any():
        problems.append(say("value.infinite"))
    if horizon is not None and (horizon < 0 or horizon != int(horizon)):
        problems.append(say("value.bad_horizon", horizon=horizon))
    if first_margin not in ("now", "after_one_period"):
        problems.append(say("value.bad_timing", timing=first_margin))
    return problems
