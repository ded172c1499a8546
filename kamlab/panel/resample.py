"""A bootstrap of accounts: all rows of an account come, or stay away, together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.panel.calibration import Calibration

Array = NDArray[np.float64]

FEWEST_DRAWS = 100
CELLS_AT_ONCE = 2_000_000
"""Numbers held at a time; more would leave the processor's caches without being faster."""


@dataclass(frozen=True, eq=False)
class Resample:
    """How often each account was drawn.

    Attributes
    ----------
    account_ids : Index
    times : ndarray, shape (draws, accounts)
    """

    account_ids: pd.Index
    times: Array

    def of(self, account_ids: pd.Series | pd.Index) -> Array:
        """Return how often each row counts, shape (draws, rows).

        Raises
        ------
        KeyError
            If an account was not among those drawn from.
        """
        places = self.account_ids.get_indexer(pd.Index(account_ids))
        if (places < 0).any():
            raise KeyError(list(pd.unique(pd.Index(account_ids)[places < 0])))
        return np.asarray(self.times[:, places])

    def blocks(self, cells_a_draw: int) -> Iterator[Resample]:
        """Return the draws in parts that fit into memory."""
        size = max(1, CELLS_AT_ONCE // max(1, cells_a_draw))
        for first in range(0, len(self.times), size):
            yield replace(self, times=self.times[first : first + size])


@dataclass(frozen=True, eq=False)
class Redrawn:
    """A regression fitted to every draw.

    Attributes
    ----------
    coefficients : ndarray, shape (draws, terms)
        NaN in draws without a solution.
    calibration : Calibration or None
        Of every draw, where scores are corrected for error.
    """

    coefficients: Array
    calibration: Calibration | None

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Which draws have a solution."""
        return np.asarray(np.isfinite(self.coefficients).all(axis=1))

    def only(self, draws: NDArray[np.bool_] | slice) -> Redrawn:
        """Return some of the draws."""
        known = self.calibration
        if known is not None:
            known = replace(
                known,
                centre=known.centre[draws],
                spread=known.spread[draws],
                error=known.error[draws],
            )
        return Redrawn(self.coefficients[draws], known)


def resample(account_ids: pd.Series | pd.Index, n_boot: int, seed: int) -> Resample:
    """Draw accounts with replacement, as many as there are.

    Raises
    ------
    ArgumentError
        If there are fewer than 100 draws, or the seed is not a whole number.
    """
    check_draws(n_boot)
    # In an order of their own, so that the rows' order does not change which are drawn.
    unique = pd.Index(sorted(pd.unique(pd.Index(account_ids)), key=str))
    rng = np.random.default_rng(checked_seed(seed))
    count = len(unique)
    times = rng.multinomial(count, np.full(count, 1 / count), size=n_boot)
    return Resample(unique, times.astype(float))


def checked_seed(seed: object) -> int:
    """Return a seed that numpy takes."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise ArgumentError(say("panel.bad_seed", got=seed))
    return int(seed)


def check_draws(n_boot: int) -> None:
    """Refuse fewer draws than limits of an interval can be read from."""
    if not isinstance(n_boot, int | np.integer) or n_boot < FEWEST_DRAWS:
        raise ArgumentError(say("panel.few_draws", fewest=FEWEST_DRAWS, got=n_boot))


def joined(parts: list[Redrawn]) -> Redrawn:
    """Return draws that were made in parts as one."""
    coefficients = np.concatenate([part.coefficients for part in parts])
    made = [part.calibration for part in parts if part.calibration is not None]
    if not made:
        return Redrawn(coefficients, None)
    whole = replace(
        made[0],
        centre=np.concatenate([c.centre for c in made]),
        spread=np.concatenate([c.spread for c in made]),
        error=np.concatenate([c.error for c in made]),
    )
    return Redrawn(coefficients, whole)
