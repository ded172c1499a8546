"""Which account gains most from the next point of quality, and how sure that order is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.level import tails
from kamlab.value.gains import Gains


def ranked(accounts: pd.DataFrame, gains: Gains, top: int, conf_level: float) -> pd.DataFrame:
    """Return accounts in the order of their gain, with how sure each place is.

    Parameters
    ----------
    accounts : DataFrame
        The accounts of `gains`, in its order.
    gains : Gains
    top : int
        How many places count as the top.

    Returns
    -------
    DataFrame
        `rank`, with `rank_low` and `rank_high`, its limits over the draws; `in_top`, the share
        of draws in which the account is among the first `top`; `above_next`, the share in which
        it gains more than the one ranked next (missing for the last).
    """
    order = np.argsort(-gains.gain, kind="stable")
    draws = gains.draws[:, order]
    places = _places(draws)
    low, high = np.quantile(places, tails(conf_level), axis=0, method="nearest")
    above = np.append((draws[:, :-1] > draws[:, 1:]).mean(axis=0), np.nan)
    table = accounts.iloc[order].reset_index(drop=True)
    return table.assign(
        value_now=gains.now[order],
        value_after=gains.then[order],
        gain=gains.gain[order],
        gain_low=gains.low[order],
        gain_high=gains.high[order],
        rank=np.arange(1, len(order) + 1),
        rank_low=low.astype(int),
        rank_high=high.astype(int),
        in_top=(places <= top).mean(axis=0),
        above_next=above,
    )


def _places(draws: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return every account's place in every draw, 1 for the largest gain."""
    order = np.argsort(-draws, axis=1, kind="stable").astype(np.int32)
    places = np.empty_like(order)
    counting = np.arange(1, draws.shape[1] + 1, dtype=np.int32)
    np.put_along_axis(places, order, np.broadcast_to(counting, order.shape), axis=1)
    return places
