"""How sure the cells of a portfolio are."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.portfolio.declaration.model import Axis
from kamlab.portfolio.engine.axes import item_points
from kamlab.portfolio.engine.doubts import (
    RATING_NOISE,
    flips_by_ratings,
    flips_by_respondents,
    flips_by_weights,
    within_deviations,
)
from kamlab.portfolio.engine.scoring import Floats, axis_score

if TYPE_CHECKING:
    from kamlab.portfolio.portfolio import Portfolio

DRAWS = 1000


def how_sure(
    board: Portfolio,
    draws: int,
    seed: int,
    weight_spread: float,
    rating_noise: float | None,
) -> pd.DataFrame:
    """Return the three shares of `Portfolio.how_sure`, one row per account."""
    low, high = board.model.scale.value
    noise = RATING_NOISE * (high - low) if rating_noise is None else rating_noise
    _refuse_bad_settings(draws, seed, weight_spread, noise)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3)]
    model, numbers, cell = board.model, board.numbers, board.placement.cell
    nothing = np.full(len(cell), np.nan)
    shares = {
        "flips_weights": flips_by_weights(
            model, numbers, cell, draws=draws, spread=weight_spread, rng=streams[0]
        )
        if any((axis.weights > 0).sum() > 1 for axis in model.axes)
        else nothing,
        "flips_ratings": flips_by_ratings(
            model, numbers, cell, draws=draws, noise=noise, rng=streams[1]
        )
        if any(item.is_rating and item.weight for axis in model.axes for item in axis.items)
        else nothing,
        "flips_respondents": _by_respondents(board, draws, streams[2]),
    }
    return pd.DataFrame(shares)


def _refuse_bad_settings(draws: Any, seed: Any, spread: Any, noise: Any) -> None:
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in (draws, seed))
    real = all(isinstance(number, Real) for number in (spread, noise))
    if not (whole and real and draws >= 1 and seed >= 0 and 0 < spread < 1 and 0 <= noise < np.inf):
        words = {"draws": draws, "seed": seed, "spread": spread, "noise": noise}
        raise ArgumentError(say("portfolio.bad_sureness", **words))


def _by_respondents(board: Portfolio, draws: int, rng: np.random.Generator) -> Floats:
    raters, cell = board.evidence.raters, board.placement.cell
    nothing = np.full(len(cell), np.nan)
    if raters is None:
        return nothing
    account = raters.index.to_numpy()
    scores = np.column_stack(
        [_rater_scores(axis, board, number, raters) for number, axis in enumerate(board.model.axes)]
    )
    deviations = within_deviations(scores, account)
    if deviations is None or not deviations.any():
        return nothing
    n_raters = np.bincount(account, minlength=len(cell))
    return flips_by_respondents(
        board.model, board.numbers, cell, deviations, n_raters, draws=draws, rng=rng
    )


def _rater_scores(axis: Axis, board: Portfolio, number: int, raters: pd.DataFrame) -> Floats:
    """Return every rater's score; what raters did not rate stands as it is for the account."""
    account = raters.index.to_numpy()
    if axis.is_ladder:
        return np.zeros(len(account))
    points = board.numbers[number].points[account]
    own = item_points(axis, raters, board.model.scale.value)
    rated = np.array([item.is_rating for item in axis.items]) & ~np.isnan(own)
    return axis_score(np.where(rated, own, points), axis.weights)[0]
