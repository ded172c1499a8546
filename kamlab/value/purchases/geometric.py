"""BG/NBD and MBG/NBD: gamma-Poisson buying, and a chance of leaving after each purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import betaln, expit, log1p
from scipy.stats import nbinom

from kamlab.value.purchases.histories import Floats, Histories, Whole
from kamlab.value.purchases.quadrature import FALLS, nodes, panels
from kamlab.value.purchases.terms import Fates, Terms, in_logs, rising, symmetric

SMALLEST = 1e-200
BENDS = tuple(range(-18, 6, 3))
"""Logarithms of `p b` where panels end, whatever the density does."""


@dataclass(frozen=True)
class GeometricDropout:
    """Buying at a gamma-distributed rate; leaving after a purchase with a beta-distributed chance.

    Attributes
    ----------
    first : int
        Whether an account may leave after its very first purchase: 0 is BG/NBD (Fader, Hardie
        and Lee 2005), 1 is MBG/NBD (Batislam, Denizel and Filiztekin 2007).

    Notes
    -----
    With `m = x + first` chances to leave so far, the likelihood is `K (1 + D)` with

    `K = [Gamma(r+x) / Gamma(r)] alpha^r (alpha+T)^-(r+x) B(a, b+m) / B(a, b)`
    `D = [a / (b+m-1)] [(alpha+T) / (alpha+t_x)]^(r+x)`, and 0 where `m = 0`.

    `D` is the odds of having left.
    """

    first: int
    names: ClassVar = ("r", "alpha", "a", "b")
    dropout_place: ClassVar = 2
    dropout_sign: ClassVar = 1

    def starts(self, rate: float, time: float) -> tuple[Floats, ...]:
        """Return log-parameters to start from."""
        return tuple(np.log([r, r / rate, a, b]) for r, a, b in ((0.5, 0.8, 2.5), (1.0, 0.1, 2.0)))

    def fates(self, logs: Floats, histories: Histories) -> Fates:
        """Return the likelihood of each history, split by what has become of the account."""
        parameters = np.exp(logs)
        return Fates(self._active(parameters, histories), self._odds_gone(parameters, histories))

    def _active(self, parameters: Floats, histories: Histories) -> Terms:
        """Return `log K`."""
        r, alpha, a, b = parameters
        x, T = histories.x, histories.T
        m, n = x + self.first, len(x)
        bought, bought_r, bought_rr = rising(r, x)
        stayed, stayed_b, stayed_bb = rising(b, m)
        chances, chances_ab, chances_ab2 = rising(a + b, m)
        value = bought - r * log1p(T / alpha) - x * np.log(alpha + T) + stayed - chances
        slope = np.array(
            [
                bought_r - log1p(T / alpha),
                (r * T / alpha - x) / (alpha + T),
                np.broadcast_to(-chances_ab, n),
                stayed_b - chances_ab,
            ]
        )
        curvature = {
            (0, 0): bought_rr,
            (0, 1): T / alpha / (alpha + T),
            (1, 1): (r + x) / (alpha + T) ** 2 - r / alpha**2,
            (2, 2): -chances_ab2,
            (2, 3): -chances_ab2,
            (3, 3): stayed_bb - chances_ab2,
        }
        return Terms(value, *in_logs(slope, symmetric(curvature, n), parameters))

    def _odds_gone(self, parameters: Floats, histories: Histories) -> Terms:
        """Return `log D`."""
        r, alpha, a, b = parameters
        x, t_x, T = histories.x, histories.t_x, histories.T
        n, may_leave = len(x), x + self.first > 0
        others = np.where(may_leave, b + x + self.first - 1, 1.0)
        silence = log1p((T - t_x) / (alpha + t_x))
        value = np.where(may_leave, np.log(a / others) + (r + x) * silence, -np.inf)
        since = 1 / (alpha + T) - 1 / (alpha + t_x)
        slope = np.array(
            [silence, (r + x) * since, np.broadcast_to(1 / a, n), -1 / others],
        )
        curvature = {
            (0, 1): since,
            (1, 1): (r + x) * (1 / (alpha + t_x) ** 2 - 1 / (alpha + T) ** 2),
            (2, 2): -1 / a**2,
            (3, 3): 1 / others**2,
        }
        first, second = in_logs(slope * may_leave, symmetric(curvature, n) * may_leave, parameters)
        return Terms(value, first, second)

    def ahead(
        self, logs: Floats, histories: Histories, times: Floats, weights: Floats
    ) -> tuple[Floats, Floats]:
        """Return expected purchases of accounts that are customers still, and their slopes.

        Notes
        -----
        Given the chance of leaving `p`, which is beta-distributed with `a` and `b + m`, it is
        `[1 - (1 + p t / (alpha+T))^-(r+x)] / p`; the mean over `p` is taken by quadrature.
        """
        r, alpha, a, b = np.exp(logs)
        k, time = (r + histories.x)[:, None], (alpha + histories.T)[:, None]
        left = b + histories.x + self.first
        logit, chance, which = _beta_nodes(np.broadcast_to(a, left.shape), left)
        log_p, log_q = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
        log_p = (log_p - (chance * log_p).sum(axis=1, keepdims=True))[which]
        log_q = (log_q - (chance * log_q).sum(axis=1, keepdims=True))[which]
        # What is ahead tends to a limit, which it has long reached at the smallest p.
        p, chance = np.maximum(expit(logit), SMALLEST)[which], chance[which]
        lost, in_k, in_time = np.zeros((3, *p.shape))
        for t, weight in zip(times, weights, strict=True):
            silence = log1p(p * (t / time))
            gone = -np.expm1(-k * silence)
            still = 1 - gone
            lost += weight * gone
            in_k += weight * still * silence
            in_time += (weight * t) * still / (time + t * p)
        expected = chance / p * lost
        in_r, in_alpha = chance / p * in_k, -k / time * chance * in_time
        slopes = (in_r, in_alpha, expected * log_p, expected * log_q)
        return expected.sum(axis=1), np.exp(logs) * np.array([one.sum(axis=1) for one in slopes])

    def shares(self, logs: Floats, T: Floats, most: int) -> Floats:
        """Return the probability of 0, 1, ... `most` repeat purchases by `T`."""
        r, alpha, a, b = np.exp(logs)
        x = np.arange(most + 1)[:, None]
        m, still = x + self.first, alpha / (alpha + T)
        stays = np.exp(betaln(a, b + m) - betaln(a, b))
        leaves = np.exp(betaln(a + 1, b + np.maximum(m - 1, 0)) - betaln(a, b)) * (m > 0)
        return np.asarray(
            stays * nbinom.pmf(x, r, still) + leaves * nbinom.sf(x - 1, r, still), dtype=float
        )


def _beta_nodes(a: Floats, b: Floats) -> tuple[Floats, Floats, Whole]:
    """Return nodes and weights of beta distributions, each distinct one once, and which is whose.

    The nodes are logits of `p`, in which the logarithm of the density is concave. What is averaged
    bends where `p` is about `1 / b`, which is where more panels are put.
    """
    (a, b), which = np.unique(np.stack([a, b]), axis=1, return_inverse=True)
    total = a + b

    def shape(place: Floats, rows: Whole) -> tuple[Floats, Floats]:
        value = a[rows] * place - total[rows] * np.logaddexp(0.0, place)
        return value, a[rows] - total[rows] * expit(place)

    peak = np.log(a / b)
    far = 1.2 * FALLS[-1]
    low = peak - (far + total * log1p(a / b)) / a
    high = peak + (far + total * log1p(b / a)) / b
    bends = np.clip(np.array(BENDS)[:, None] - np.log(b), low, high)
    edges = np.sort(np.vstack([panels(shape, peak, low, high), bends]), axis=0).T
    place, width = nodes(np.array([edges[:, :-1].ravel(), edges[:, 1:].ravel()]))
    place, width = place.reshape(len(a), -1), width.reshape(len(a), -1)
    height, _ = shape(place.T, np.arange(len(a)))
    chance = width * np.exp(height.T - height.max(axis=0)[:, None])
    return place, chance / chance.sum(axis=1, keepdims=True), which
