"""Gamma-Gamma: how much an account spends a purchase, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaln, polygamma, psi

from kamlab.value.purchases.climb import Point
from kamlab.value.purchases.histories import Floats
from kamlab.value.purchases.terms import in_logs, symmetric

NAMES = ("p", "q", "gamma")


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """What accounts spent.

    Attributes
    ----------
    n : ndarray, shape (accounts,)
        Values that the mean is of; 0 where nothing is known.
    mean : ndarray, shape (accounts,)
        Above 0; of no effect where `n` is 0.
    """

    n: Floats
    mean: Floats

    def look(self, theta: Floats) -> Point:
        """Return the log-likelihood at log `p`, `q` and `gamma`; every `n` above 0.

        Notes
        -----
        Values of an account are gamma-distributed with shape `p` and rate `nu`, and `nu` with
        shape `q` and rate `gamma` (Fader, Hardie and Lee 2005; Fader and Hardie's note of 2013):

        `Gamma(pn+q) / (Gamma(pn) Gamma(q)) gamma^q m^(pn-1) n^(pn) / (gamma + n m)^(pn+q)`.
        """
        p, q, gamma = np.exp(theta)
        n, m = self.n, self.mean
        # Gamma terms on the distinct numbers of values only: there are few.
        which, distinct = pd.factorize(n)
        terms = p * distinct
        whole, whole_2 = psi(terms + q)[which], polygamma(1, terms + q)[which]
        own, own_2, beta = psi(terms)[which], polygamma(1, terms)[which], betaln(terms, q)[which]
        total, k = gamma + n * m, p * n
        share, rest = np.log(n * m / total), np.log(gamma / total)
        value = -beta + q * rest + k * share - np.log(m)
        slope = np.array(
            [
                n * (whole - own + share),
                whole - psi(q) + rest,
                (q * n * m / gamma - k) / total,
            ]
        )
        curvature = {
            (0, 0): n**2 * (whole_2 - own_2),
            (0, 1): n * whole_2,
            (0, 2): -n / total,
            (1, 1): whole_2 - polygamma(1, q),
            (1, 2): n * m / gamma / total,
            (2, 2): (k + q) / total**2 - q / gamma**2,
        }
        parameters = np.exp(theta)[:, None]
        first, second = in_logs(slope, symmetric(curvature, len(n), 3), parameters)
        return Point(theta, float(value.sum()), first.sum(axis=1), -second.sum(axis=2))

    def expected(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return the logarithm of the expected spend a purchase, and its slopes (3, accounts).

        Notes
        -----
        `p (gamma + n m) / (p n + q - 1)`: between the account's own mean and that of all,
        `p gamma / (q - 1)`. Where the divisor is not above 0 the expectation is infinite.
        """
        p, q, gamma = np.exp(theta)
        total = gamma + self.n * self.mean
        finite = p * self.n + q > 1
        divisor = np.where(finite, p * self.n + q - 1, 1.0)
        log = np.where(finite, np.log(p * total / divisor), np.inf)
        slope = np.array([1 - p * self.n / divisor, -q / divisor, gamma / total])
        return log, slope
