"""The likelihood of a logit with a normal intercept an account, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

Array = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(25)
SHARES = WEIGHTS / WEIGHTS.sum()
LOG_WEIGHTS = np.log(WEIGHTS) + NODES**2 / 2 - np.log(2 * np.pi) / 2
MODE_STEPS = 50
LARGEST_STEP = 2.0
CONVERGED = 1e-10
STEPS = 100
HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Point:
    """The likelihood somewhere: its value, gradient and observed information."""

    loglik: float
    gradient: Array
    information: Array


@dataclass(frozen=True, eq=False)
class Intercepts:
    """A logit in which account `a` adds `sd z_a` to the linear predictor, `z_a` standard normal.

    Each account's integral over `z` is taken by adaptive Gauss-Hermite quadrature with 25 nodes
    round its own mode (Liu & Pierce 1994, Biometrika). Gradient and information are the nodes'
    posterior means (Louis 1982, Journal of the Royal Statistical Society B).

    Attributes
    ----------
    terms : ndarray, shape (rows, terms)
        Rows of an account stand together.
    signs : ndarray, shape (rows,)
        1 for those who stayed, -1 for those who left.
    firsts : ndarray, shape (accounts,)
        The place of each account's first row.
    """

    terms: Array
    signs: Array
    firsts: NDArray[np.intp]

    @classmethod
    def of(cls, terms: Array, outcome: Array, groups: NDArray[np.intp]) -> Intercepts:
        """Sort rows by account."""
        order = np.argsort(groups, kind="stable")
        _, firsts = np.unique(groups[order], return_index=True)
        return cls(terms[order], 2 * outcome[order] - 1, firsts)

    def _sums(self, values: Array) -> Array:
        return np.asarray(np.add.reduceat(values, self.firsts, axis=0))

    def _spread(self, values: Array) -> Array:
        sizes = np.diff(np.append(self.firsts, len(self.terms)))
        return np.repeat(values, sizes, axis=0)

    def _modes(self, predictor: Array, sd: float) -> tuple[Array, Array]:
        """Return each account's likeliest `z`, and the spread of a normal fitted there."""
        mode = np.zeros(len(self.firsts))
        for _ in range(MODE_STEPS):
            signed = self.signs * (predictor + sd * self._spread(mode))
            chance = expit(-signed)
            slope = sd * self._sums(self.signs * chance) - mode
            curvature = 1 + sd**2 * self._sums(chance * (1 - chance))
            step = np.clip(slope / curvature, -LARGEST_STEP, LARGEST_STEP)
            mode = mode + step
            if np.abs(step).max() < CONVERGED:
                break
        return mode, 1 / np.sqrt(curvature)

    def at(self, parameters: Array) -> Point:
        """Return the likelihood at coefficients and, last, the intercepts' standard deviation."""
        by, sd = parameters[:-1], float(parameters[-1])
        predictor = self.terms @ by
        mode, spread = self._modes(predictor, sd)
        z = mode[:, None] + spread[:, None] * NODES
        z_rows = self._spread(z)
        signed = self.signs[:, None] * (predictor[:, None] + sd * z_rows)
        logs = self._sums(-np.logaddexp(0, -signed)) - z**2 / 2
        logs += np.log(spread)[:, None] + LOG_WEIGHTS
        each = logsumexp(logs, axis=1, keepdims=True)
        share = np.exp(logs - each)
        residual = self.signs[:, None] * expit(-signed)
        moved = self._sums(self.terms[:, None, :] * residual[:, :, None])
        scores = np.concatenate([moved, (z * self._sums(residual))[:, :, None]], axis=2)
        mean = np.einsum("ak,akp->ap", share, scores)
        square = np.einsum("ak,akp,akq->pq", share, scores, scores)
        weight = self._spread(share) * expit(signed) * expit(-signed)
        information = self._curvature(weight, z_rows) - square + mean.T @ mean
        return Point(float(each.sum()), mean.sum(axis=0), information)

    def _curvature(self, weight: Array, z_rows: Array) -> Array:
        """Return the mean information about parameters if every `z` were known."""
        plain = (self.terms.T * weight.sum(axis=1)) @ self.terms
        cross = self.terms.T @ (weight * z_rows).sum(axis=1)
        return np.block([[plain, cross[:, None]], [cross, (weight * z_rows**2).sum()]])

    def climb(self, start: Array) -> tuple[Array, Point] | None:
        """Return the maximum, or None if it is not reached.

        Newton's method; directions in which the likelihood is not concave are climbed as if it
        were (the information's eigenvalues are taken as positive).
        """
        here, point = np.asarray(start, dtype=float), self.at(start)
        for _ in range(STEPS):
            values, vectors = np.linalg.eigh(point.information)
            safe = np.maximum(np.abs(values), CONVERGED * np.abs(values).max())
            change = vectors @ ((vectors.T @ point.gradient) / safe)
            change *= min(1.0, LARGEST_STEP / max(np.abs(change).max(), CONVERGED))
            if np.abs(change).max() <= 1e-8 * (1 + np.abs(here).max()):
                return here, point
            for _ in range(HALVINGS):
                there = self.at(here + change)
                if there.loglik >= point.loglik - 1e-11 * abs(point.loglik):
                    break
                change = change / 2
            else:
                return None
            here, point = here + change, there
        return None
