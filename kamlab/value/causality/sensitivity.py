"""How strong a variable left out would have to be, over plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RARE = 0.15
"""An outcome rarer than this has an odds ratio near its risk ratio."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """An omitted variable as strong as one that was observed.

    Attributes
    ----------
    place : int
        The observed term.
    with_term, with_outcome : float
        Partial R² of the omitted variable with the term probed and with the outcome.
    estimate : float
        The coefficient that would be left.
    widening : float
        By what the standard error is multiplied.
    """

    place: int
    with_term: float
    with_outcome: float
    estimate: float
    widening: float


def partial_r2(statistic: float, freedom: int) -> float:
    """Return the share of what is left of the outcome that a term explains."""
    return statistic**2 / (statistic**2 + freedom)


def robustness_value(statistic: float, freedom: int) -> float:
    """Return the robustness value of Cinelli and Hazlett (2020, JRSS B).

    A variable left out that explains this share both of what is left of the term and of what is
    left of the outcome would bring the coefficient to 0: `(sqrt(f^4 + 4 f^2) - f^2) / 2` with
    `f = |t| / sqrt(df)`.
    """
    square = statistic**2 / freedom
    return float((np.sqrt(square**2 + 4 * square) - square) / 2)


def bias(error: float, freedom: int, with_term: float, with_outcome: float) -> float:
    """Return by how much a variable left out moves a coefficient (the same source)."""
    return float(error * np.sqrt(freedom * with_outcome * with_term / (1 - with_term)))


def least_squares(terms: Array, outcome: Array) -> tuple[Array, Array, int]:
    """Return coefficients, classical standard errors and degrees of freedom."""
    inverse = np.linalg.inv(terms.T @ terms)
    by = inverse @ (terms.T @ outcome)
    freedom = len(outcome) - terms.shape[1]
    residuals = outcome - terms @ by
    return by, np.sqrt(np.diag(inverse) * (residuals @ residuals) / freedom), freedom


def strongest(terms: Array, outcome: Array, place: int, others: list[int]) -> Benchmark | None:
    """Return what is left if a variable as strong as the strongest of `others` was left out.

    Bounds of Cinelli and Hazlett (2020) with `k = 1` for both relations. Observed terms that no
    omitted variable could match beside them (one that explained half or more of the term probed,
    or all that is left of the outcome) are passed over; none may be left.
    """
    by, errors, freedom = least_squares(terms, outcome)
    rest = [column for column in range(terms.shape[1]) if column != place]
    treated, treated_errors, treated_freedom = least_squares(terms[:, rest], terms[:, place])
    found = []
    for other in others:
        row = rest.index(other)
        of_term = partial_r2(treated[row] / treated_errors[row], treated_freedom)
        of_outcome = partial_r2(by[other] / errors[other], freedom)
        if of_term >= 0.5:
            continue
        with_term = of_term / (1 - of_term)
        shared = of_term**2 / (1 - of_term) ** 2
        with_outcome = (1 + np.sqrt(shared)) ** 2 / (1 - shared) * of_outcome / (1 - of_outcome)
        if with_outcome >= 1:
            continue
        moved = bias(errors[place], freedom, with_term, with_outcome)
        left = np.sign(by[place]) * (abs(by[place]) - moved)
        widening = np.sqrt((1 - with_outcome) / (1 - with_term) * freedom / (freedom - 1))
        found.append(Benchmark(other, with_term, with_outcome, float(left), float(widening)))
    return min(found, key=lambda one: one.estimate * np.sign(by[place])) if found else None


def e_value(odds_ratio: float, share: float) -> float:
    """Return the E-value of VanderWeele and Ding (2017, Annals of Internal Medicine).

    A variable left out would need this risk ratio with both the term and the outcome to explain
    an odds ratio away: `RR + sqrt(RR (RR - 1))`; `RR` is the odds ratio of a rare outcome, else
    about its square root.

    Parameters
    ----------
    odds_ratio : float
    share : float
        Of the outcome; of staying or of leaving, whichever is rarer, decides.
    """
    ratio = max(odds_ratio, 1 / odds_ratio)
    if min(share, 1 - share) > RARE:
        ratio = float(np.sqrt(ratio))
    return float(ratio + np.sqrt(ratio * (ratio - 1)))
