"""What accounts gain, and the doubt of it: by redrawn accounts, or by the delta method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.foundation.level import tails
from kamlab.panel.delta_method import jacobian, standard_errors
from kamlab.panel.regression import Regression
from kamlab.panel.resample import CELLS_AT_ONCE, check_draws, checked_seed
from kamlab.value.prospects import Prospects, redrawn

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gains:
    """Values in money, with limits and draws of the gain.

    Attributes
    ----------
    now, then : ndarray, shape (accounts,)
    low, high : ndarray, shape (accounts,)
        Limits of `then - now`.
    total_low, total_high : float
    draws : ndarray of float32, shape (draws, accounts)
        Of the gain.
    n_failed : int
        Draws in which a regression had no solution.
    """

    now: Array
    then: Array
    low: Array
    high: Array
    total_low: float
    total_high: float
    draws: NDArray[np.float32]
    method: str
    n_failed: int = 0

    @property
    def gain(self) -> Array:
        """What each account gains, shape (accounts,)."""
        return self.then - self.now


def by_bootstrap(prospects: Prospects, n_boot: int, seed: int, conf_level: float) -> Gains:
    """Draw accounts with replacement, fit both regressions anew, value every account anew."""
    # Two streams, so that the same accounts are drawn whether scores are corrected or not.
    accounts_seed, places_seed = np.random.SeedSequence(checked_seed(seed)).generate_state(2)
    drawn = redrawn(prospects.stay, prospects.worth, n_boot, int(accounts_seed))
    rng = np.random.default_rng(int(places_seed))
    n_draws, n_accounts = len(drawn.stay.coefficients), len(prospects.margin)
    draws = np.empty((n_draws, n_accounts), dtype=np.float32)
    limits, total = np.empty((2, n_accounts)), np.zeros(n_draws)
    size = max(1, CELLS_AT_ONCE // n_draws)
    for first in range(0, n_accounts, size):
        here = slice(first, min(first + size, n_accounts))
        noise = rng.standard_normal((n_draws, here.stop - first))
        now, then = prospects.part(here).drawn_values(drawn, noise)
        gains = then - now
        draws[:, here] = gains
        limits[:, here] = np.quantile(gains, tails(conf_level), axis=0)
        total += gains.sum(axis=1)
    if not np.isfinite(total).all():
        raise NotApplicable(say("value.endless"))
    now, then = prospects.values()
    low, high = np.quantile(total, tails(conf_level))
    draws.flags.writeable = False
    return Gains(
        now=frozen(now),
        then=frozen(then),
        low=frozen(limits[0]),
        high=frozen(limits[1]),
        total_low=float(low),
        total_high=float(high),
        draws=draws,
        method="bootstrap",
        n_failed=drawn.n_failed,
    )


def by_delta(prospects: Prospects, n_boot: int, seed: int, conf_level: float) -> Gains:
    """Take gains as linear in the coefficients of both regressions, which accounts share."""
    covariance = joint_covariance(prospects.stay, prospects.worth)
    check_draws(n_boot)
    slopes = _slopes(prospects, covariance)
    now, then = prospects.values()
    gain = then - now
    reach = prospects.stay.design.reach(conf_level)
    half = reach * standard_errors(slopes, covariance)
    total_half = reach * standard_errors(slopes.sum(axis=0, keepdims=True), covariance).item()
    rng = np.random.default_rng(checked_seed(seed))
    moves = rng.multivariate_normal(np.zeros(len(covariance)), covariance, n_boot)
    draws = (gain + moves @ slopes.T).astype(np.float32)
    draws.flags.writeable = False
    return Gains(
        now=frozen(now),
        then=frozen(then),
        low=frozen(gain - half),
        high=frozen(gain + half),
        total_low=float(gain.sum() - total_half),
        total_high=float(gain.sum() + total_half),
        draws=draws,
        method="delta",
    )


def joint_covariance(stay: Regression, worth: Regression) -> Array:
    """Return the covariance of both regressions' coefficients, which share accounts.

    It is the sum, over accounts, of the products of what each account moves (the sandwich of two
    estimating equations, stacked), with each regression's own factor for small samples.
    """
    moved = pd.concat([_by_account(stay), _by_account(worth)], axis=1).fillna(0.0).to_numpy()
    return np.asarray(moved.T @ moved)


def _by_account(fit: Regression) -> pd.DataFrame:
    """Return what each account moves; the squares add up to the clustered covariance."""
    influence = fit.estimates.influence
    assert influence is not None
    moved: pd.DataFrame = pd.DataFrame(influence).groupby(fit.design.groups.to_numpy()).sum()
    scaled: pd.DataFrame = moved * np.sqrt(fit.estimates.covariance[0, 0] / (moved[0] ** 2).sum())
    return scaled


def _slopes(prospects: Prospects, covariance: Array) -> Array:
    """Return the derivatives of every account's gain, shape (accounts, coefficients)."""
    split = len(prospects.stay.estimates.coefficients)
    both = [fit.estimates.coefficients for fit in (prospects.stay, prospects.worth)]
    centre = np.concatenate(both)

    def gain(by: Array) -> Array:
        now, then = prospects.values(by[:split], by[split:])
        return then - now

    return jacobian(gain, centre, covariance)
