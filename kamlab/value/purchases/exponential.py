"""Pareto/NBD: gamma-Poisson buying, and leaving at a gamma-distributed rate at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import exprel, log1p
from scipy.stats import nbinom

from kamlab.value.purchases.histories import Floats, Histories, Whole
from kamlab.value.purchases.quadrature import nodes, panels
from kamlab.value.purchases.terms import Fates, Terms, in_logs, rising, symmetric


@dataclass(frozen=True)
class ExponentialDropout:
    """Buying and leaving at gamma-distributed rates (Schmittlein, Morrison and Colombo 1987).

    Notes
    -----
    The likelihood is `[Gamma(r+x) / Gamma(r)] alpha^r beta^s` times the sum of

    `(alpha+T)^-(r+x) (beta+T)^-s`, a customer still, and
    `s` times the integral of `(alpha+t)^-(r+x) (beta+t)^-(s+1)` over `t` from `t_x` to `T`,
    left at `t`.

    The integral is taken by quadrature over `log(min(alpha, beta) + t)`, in which the integrand's
    logarithm is concave; the hypergeometric function of the closed form fails for heavy buyers.
    """

    names: ClassVar = ("r", "alpha", "s", "beta")
    dropout_place: ClassVar = 3
    dropout_sign: ClassVar = -1

    def starts(self, rate: float, time: float) -> tuple[Floats, ...]:
        """Return log-parameters to start from."""
        pairs = ((0.5, 0.5, time), (1.0, 2.0, 10 * time))
        return tuple(np.log([r, r / rate, s, beta]) for r, s, beta in pairs)

    def fates(self, logs: Floats, histories: Histories) -> Fates:
        """Return the likelihood of each history, split by what has become of the account."""
        parameters = np.exp(logs)
        return Fates(self._active(parameters, histories), self._odds_gone(parameters, histories))

    def _active(self, parameters: Floats, histories: Histories) -> Terms:
        r, alpha, s, beta = parameters
        x, T = histories.x, histories.T
        bought, bought_r, bought_rr = rising(r, x)
        value = bought - r * log1p(T / alpha) - x * np.log(alpha + T) - s * log1p(T / beta)
        slope = np.array(
            [
                bought_r - log1p(T / alpha),
                (r * T / alpha - x) / (alpha + T),
                -log1p(T / beta),
                s * T / beta / (beta + T),
            ]
        )
        curvature = {
            (0, 0): bought_rr,
            (0, 1): T / alpha / (alpha + T),
            (1, 1): (r + x) / (alpha + T) ** 2 - r / alpha**2,
            (2, 3): T / beta / (beta + T),
            (3, 3): s / (beta + T) ** 2 - s / beta**2,
        }
        return Terms(value, *in_logs(slope, symmetric(curvature, len(x)), parameters))

    def _odds_gone(self, parameters: Floats, histories: Histories) -> Terms:
        """Return the log odds of having left, an integral over the time of leaving.

        Slopes are means over that time: of the integrand's own slopes; curvatures are means and
        covariances of them.
        """
        r, alpha, s, beta = parameters
        x, T = histories.x, histories.T
        log_odds, means, products = _moments(parameters, histories)
        _, extra_a, _, extra_b = means
        scale = np.array(np.broadcast_arrays(1.0, -(r + x), 1.0, -(s + 1)))
        end_a, end_b = 1 / (alpha + T), 1 / (beta + T)
        slope = scale * means
        slope[2:] += np.array(np.broadcast_arrays(1 / s, -end_b))
        own = {
            (0, 1): -extra_a,
            (1, 1): (r + x) * (products[1, 1] + 2 * end_a * extra_a),
            (2, 2): -1 / s**2,
            (2, 3): -extra_b,
            (3, 3): (s + 1) * (products[3, 3] + 2 * end_b * extra_b) + end_b**2,
        }
        spread = products - means[:, None] * means
        curvature = symmetric(own, len(x)) + scale[:, None] * scale * spread
        may_be_gone = np.isfinite(log_odds)
        first, second = in_logs(slope * may_be_gone, curvature * may_be_gone, parameters)
        return Terms(log_odds, first, second)

    def ahead(
        self, logs: Floats, histories: Histories, times: Floats, weights: Floats
    ) -> tuple[Floats, Floats]:
        """Return expected purchases of accounts that are customers still, and their slopes.

        Notes
        -----
        With `B = beta + T` it is `(r+x) / (alpha+T)` times the integral of `(B / (B+u))^s` over
        `u` from 0 to `t`, which also has a value at `s = 1`.
        """
        r, alpha, s, beta = np.exp(logs)
        k, time, B = r + histories.x, alpha + histories.T, beta + histories.T
        rate = k / time
        parts = np.zeros((4, len(histories)))
        for t, weight in zip(times, weights, strict=True):
            span = log1p(t / B)
            active = B * span * exprel((1 - s) * span)
            in_s = -B * span**2 * _slope_of_exprel((1 - s) * span)
            in_B = (active - t * np.exp(-s * span)) / B
            parts += weight * np.array([active, -active / time, in_s * rate, in_B * rate])
        active, in_time, in_s, in_B = parts
        slopes = np.array([active / time, rate * in_time, in_s, in_B])
        return rate * active, np.exp(logs) * slopes

    def shares(self, logs: Floats, T: Floats, most: int) -> Floats:
        """Return the probability of 0, 1, ... `most` repeat purchases by `T`.

        Notes
        -----
        Those still customers at `T`, and those who left at `t`, whose purchases stop there: an
        integral over `log(min(alpha, beta) + t)`.
        """
        r, alpha, s, beta = np.exp(logs)
        x = np.arange(most + 1)[:, None]
        least = np.minimum(alpha, beta)
        bought = nbinom.pmf(x, r, alpha / (alpha + T)) * np.exp(-s * log1p(T / beta))
        place, width = nodes(np.array([np.zeros_like(T), log1p(T / least)]))
        for v, w in zip(place.T, width.T, strict=True):
            t = least * np.expm1(v)
            leaving = s * np.exp(-s * log1p(t / beta)) / (beta + t)
            bought += w * (least + t) * leaving * nbinom.pmf(x, r, alpha / (alpha + t))
        return np.asarray(bought, dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class _Leaving:
    """The odds of having left at `t`, over `v = log((m + t) / (m + t_x))`, `m = min(alpha, beta)`.

    Every array has shape (n,); `k` is `r + x`.
    """

    k: Floats
    alpha: Floats
    s: Floats
    beta: Floats
    t_x: Floats
    T: Floats

    @classmethod
    def of(cls, parameters: Floats, histories: Histories) -> _Leaving:
        r, *others = parameters
        alpha, s, beta = (np.broadcast_to(one, len(histories)) for one in others)
        return cls(r + histories.x, alpha, s, beta, histories.t_x, histories.T)

    @property
    def start(self) -> Floats:
        return np.asarray(np.minimum(self.alpha, self.beta) + self.t_x)

    def bounds(self) -> tuple[Floats, Floats]:
        """Return where the integrand is highest, and the end."""
        low = np.maximum(1 - self.k, 0.0) / (self.s + 1)
        top = np.clip((low * self.beta - self.alpha) / (1 - low), self.t_x, self.T)
        return log1p((top - self.t_x) / self.start), log1p((self.T - self.t_x) / self.start)

    def basis(self, v: Floats, rows: Whole) -> tuple[Floats, Floats, Floats, Floats]:
        """Return what `_moments` takes means of; differences are formed without cancelling."""
        t = self.t_x[rows] + self.start[rows] * np.expm1(v)
        left, a, b = self.T[rows] - t, self.alpha[rows] + t, self.beta[rows] + t
        extra_a, extra_b = left / a / (a + left), left / b / (b + left)
        return log1p(left / a), extra_a, log1p(left / b), extra_b

    def height(self, v: Floats, rows: Whole, basis: tuple[Floats, ...]) -> Floats:
        """Return the logarithm of the integrand."""
        since_a, _, since_b, extra_b = basis
        at_b = extra_b + 1 / (self.beta + self.T)[rows]
        moved = np.log(self.start[rows] * np.exp(v) * at_b)
        return np.asarray(self.k[rows] * since_a + self.s[rows] * since_b + moved)

    def shape(self, v: Floats, rows: Whole) -> tuple[Floats, Floats]:
        """Return the logarithm of the integrand and its slope in `v`."""
        basis = self.basis(v, rows)
        at_a = basis[1] + 1 / (self.alpha + self.T)[rows]
        at_b = basis[3] + 1 / (self.beta + self.T)[rows]
        bends = self.k[rows] * at_a + (self.s[rows] + 1) * at_b
        return self.height(v, rows, basis), 1 - self.start[rows] * np.exp(v) * bends


def _moments(parameters: Floats, histories: Histories) -> tuple[Floats, Floats, Floats]:
    """Return the log odds of having left, and means over the time `t` of leaving.

    Returns
    -------
    log_odds : ndarray, shape (n,)
        Minus infinity where `t_x = T`.
    means : ndarray, shape (4, n)
        Of `log((alpha+T)/(alpha+t))`, `1/(alpha+t) - 1/(alpha+T)`, and the same with `beta`.
    products : ndarray, shape (4, 4, n)
        Means of their products.
    """
    n, leaving = len(histories), _Leaving.of(parameters, histories)
    peak, end = leaving.bounds()
    edges = panels(leaving.shape, peak, np.zeros(n), end)
    panel, row = np.nonzero(edges[1:] > edges[:-1])
    v, width = nodes(np.array([edges[panel, row], edges[panel + 1, row]]))
    basis = leaving.basis(v, row[:, None])
    highest, _ = leaving.shape(peak, np.arange(n))
    weight = width * np.exp(leaving.height(v, row[:, None], basis) - highest[row, None])

    def integral(values: Floats) -> Floats:
        return np.bincount(row, np.einsum("pk,pk->p", weight, values), n).astype(float)

    total = integral(np.ones_like(v))
    log_odds = np.log(leaving.s) + highest + _log_or_minus_infinity(total)
    total[total == 0] = 1.0
    pairs = {(i, j): integral(basis[i] * basis[j]) / total for i in range(4) for j in range(i + 1)}
    return log_odds, np.array([integral(one) / total for one in basis]), symmetric(pairs, n)


def _log_or_minus_infinity(total: Floats) -> Floats:
    return np.asarray(np.log(total, where=total > 0, out=np.full(len(total), -np.inf)))


def _slope_of_exprel(y: Floats) -> Floats:
    """Return the derivative of `(exp(y) - 1) / y`."""
    near = np.abs(y) < 1e-3
    safe = np.where(near, 1.0, y)
    series = 1 / 2 + y / 3 + y**2 / 8 + y**3 / 30
    return np.where(near, series, (np.exp(safe) - exprel(safe)) / safe)
