"""Firth's penalised likelihood of a logit: estimates and profile intervals, over arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from kamlab.panel.refit import sizes

Array = NDArray[np.float64]

STEPS = 200
LARGEST_STEP = 5.0
CONVERGED = 1e-10
"""The largest last step, beside a coefficient of size 1, of terms of size 1."""
HALVINGS = 30
WIDENINGS = 60


class NotConverged(ArithmeticError):
    """The penalised likelihood was not climbed to its top."""


@dataclass(frozen=True, eq=False)
class Climbed:
    """A maximum of the penalised likelihood.

    Attributes
    ----------
    coefficients : ndarray, shape (terms,)
    covariance : ndarray, shape (terms, terms)
        The inverse of the expected information.
    hat : ndarray, shape (rows,)
        Diagonal of the weighted hat matrix.
    loglik, penalised : float
        Log-likelihood without and with the penalty.
    """

    coefficients: Array
    covariance: Array
    hat: Array
    loglik: float
    penalised: float


@dataclass(frozen=True, eq=False)
class Penalised:
    """A logit with Jeffreys' prior as its penalty.

    Maximises `l(b) + log|I(b)| / 2`; the score is `X'(y - p + h (1/2 - p))` with `h` the
    diagonal of the weighted hat matrix (Firth 1993, Biometrika; Heinze & Schemper 2002,
    Statistics in Medicine).

    Attributes
    ----------
    terms : ndarray, shape (rows, terms)
    outcome, weights : ndarray, shape (rows,)
        1 for those who stayed; how often each row counts.
    """

    terms: Array
    outcome: Array
    weights: Array

    def at(self, by: Array) -> Climbed:
        """Return everything at some coefficients."""
        predictor = self.terms @ by
        signed = (2 * self.outcome - 1) * predictor
        chance = expit(predictor)
        weight = self.weights * chance * expit(-predictor)
        information = (self.terms.T * weight) @ self.terms
        _, determinant = np.linalg.slogdet(information)
        covariance = np.linalg.inv(information)
        hat = weight * np.einsum("ij,jk,ik->i", self.terms, covariance, self.terms)
        loglik = -float(self.weights @ np.logaddexp(0, -signed))
        return Climbed(by, covariance, hat, loglik, loglik + float(determinant) / 2)

    def climb(self, start: Array, held: int | None = None) -> Climbed:
        """Return the maximum, one coefficient held where it starts if told so.

        Raises
        ------
        NotConverged
        """
        free = np.arange(len(start)) != (-1 if held is None else held)
        here, size = self.at(np.asarray(start, dtype=float)), sizes(self.terms)
        for _ in range(STEPS):
            change = np.zeros(len(start))
            information = np.linalg.inv(here.covariance)[np.ix_(free, free)]
            change[free] = np.linalg.solve(information, self._score(here)[free])
            change *= min(1.0, LARGEST_STEP / max(np.abs(change * size).max(), CONVERGED))
            if np.abs(change * size).max() <= CONVERGED * (
                1 + np.abs(here.coefficients * size).max()
            ):
                return here
            here = self._uphill(here, change)
        raise NotConverged

    def _score(self, here: Climbed) -> Array:
        chance = expit(self.terms @ here.coefficients)
        residual = self.weights * (self.outcome - chance) + here.hat * (0.5 - chance)
        return np.asarray(self.terms.T @ residual)

    def _uphill(self, here: Climbed, change: Array) -> Climbed:
        for _ in range(HALVINGS):
            there = self.at(here.coefficients + change)
            # Beside the top the gain is smaller than the last digits of the likelihood.
            if there.penalised >= here.penalised - 1e-12 * abs(here.penalised):
                return there
            change = change / 2
        raise NotConverged

    def limits(self, top: Climbed, place: int, drop: float) -> tuple[float, float]:
        """Return where the profile of one coefficient lies some way below the top.

        Parameters
        ----------
        top : Climbed
        place : int
        drop : float
            In units of the log-likelihood: half a chi-square quantile.
        """
        error = float(np.sqrt(top.covariance[place, place]))
        ends = [self._end(top, place, drop, side * error) for side in (-1, 1)]
        return ends[0], ends[1]

    def _end(self, top: Climbed, place: int, drop: float, step: float) -> float:
        latest = top.coefficients

        def below(value: float) -> float:
            nonlocal latest
            start = latest.copy()
            start[place] = value
            found = self.climb(start, held=place)
            latest = found.coefficients
            return top.penalised - found.penalised - drop

        near = float(top.coefficients[place])
        for _ in range(WIDENINGS):
            far = near + step
            if below(far) > 0:
                return float(brentq(below, near, far, xtol=CONVERGED * abs(step)))
            near, step = far, 1.5 * step
        raise NotConverged

    def influence(self, top: Climbed) -> Array:
        """Return by how much each row moves the coefficients, to first order."""
        chance = expit(self.terms @ top.coefficients)
        residual = self.weights * (self.outcome - chance) + top.hat * (0.5 - chance)
        return np.asarray(self.terms * residual[:, None] @ top.covariance)
