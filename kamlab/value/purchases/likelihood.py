"""The log-likelihood of all accounts in the parameters that are estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from kamlab.value.purchases.climb import Point
from kamlab.value.purchases.histories import Floats, Groups, Histories
from kamlab.value.purchases.process import Process

ALPHA = 1
"""The place of the parameter that covariates of buying multiply by `exp(-g'z)`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How estimated parameters make the four log-parameters of an account.

    The first four are the log-parameters where covariates are zero, then come the coefficients of
    buying, then those of leaving.

    Attributes
    ----------
    process : Process
    n_purchase, n_dropout : int
        Numbers of covariates.
    """

    process: Process
    n_purchase: int
    n_dropout: int

    @property
    def places(self) -> NDArray[np.int64]:
        """Which log-parameter each estimated one belongs to."""
        own = self.n_purchase * [ALPHA] + self.n_dropout * [self.process.dropout_place]
        return np.array([0, 1, 2, 3, *own])

    def factors(self, histories: Histories) -> Floats:
        """Return the slopes of the log-parameters in those estimated, shape (q, n) or (q, 1)."""
        if not self.n_purchase + self.n_dropout:
            return np.ones((4, 1))
        sign = self.process.dropout_sign
        own = [-histories.purchase, sign * histories.dropout]
        return np.concatenate([np.ones((4, len(histories))), *own])

    def logs(self, theta: Floats, histories: Histories) -> Floats:
        """Return the log-parameters of each account, shape (4, n), or (4, 1) for all alike."""
        parts = theta[:, None] * self.factors(histories)
        logs = parts[:4].copy()
        np.add.at(logs, self.places[4:], parts[4:])
        return logs

    def spread(self, slope: Floats, histories: Histories) -> Floats:
        """Turn slopes in the log-parameters (4, n) into slopes in those estimated (q, n)."""
        return slope[self.places] * self.factors(histories)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """The log-likelihood of grouped histories under a model."""

    layout: Layout
    groups: Groups

    def look(self, theta: Floats) -> Point:
        """Return value, gradient and information at `theta` (q,)."""
        places, q = self.layout.places, len(theta)
        value, gradient, information = 0.0, np.zeros(q), np.zeros((q, q))
        for rows, part in self.groups.histories.chunks():
            counts = self.groups.counts[rows]
            terms = self.layout.process.fates(self.layout.logs(theta, part), part).loglik()
            factors = np.broadcast_to(self.layout.factors(part), (q, len(part)))
            value += float(counts @ terms.value)
            gradient += (self.layout.spread(terms.slope, part)) @ counts
            bends = terms.curvature[np.ix_(places, places)] if q > 4 else terms.curvature
            information -= np.einsum("jkn,jn,kn->jk", bends, factors * counts, factors)
        return Point(theta, value, gradient, information)

    def expected_gone(self, theta: Floats) -> float:
        """Return how many accounts are expected to have left."""
        gone = 0.0
        for rows, part in self.groups.histories.chunks():
            fates = self.layout.process.fates(self.layout.logs(theta, part), part)
            gone += float(self.groups.counts[rows] @ expit(fates.log_odds_gone.value))
        return gone

    def scores(self, theta: Floats) -> Floats:
        """Return the slope of each history's log-likelihood, shape (q, n)."""
        process = self.layout.process
        return np.concatenate(
            [
                self.layout.spread(
                    process.fates(self.layout.logs(theta, part), part).loglik().slope, part
                )
                for _, part in self.groups.histories.chunks()
            ],
            axis=1,
        )
