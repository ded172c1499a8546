"""Commitment-trust theory: what follows from its structure, with paths that are plainly made up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from kamlab.reproduction.computations.lookup import number_at
from kamlab.theory.assess import assess_theory
from kamlab.theory.assessment import TheoryAssessment
from kamlab.theory.kmv import ANTECEDENTS, HYPOTHESES, NAMES

PATH, AMONG = 0.30, 0.20
"""The size of every path, and of every correlation of antecedents."""
TURNED = "opportunism"
"""The antecedent whose correlations with the others are negative."""
NOBS = 204
"""Cases; nothing that is reported here depends on how many."""


@cache
def _implied() -> pd.DataFrame:
    """Correlations that follow from the paths, outcome by outcome; all variances are 1."""
    sign = np.where(np.array(ANTECEDENTS) == TURNED, -1.0, 1.0)
    r = AMONG * np.outer(sign, sign)
    np.fill_diagonal(r, 1.0)
    order = list(ANTECEDENTS)
    for outcome in NAMES[len(ANTECEDENTS) :]:
        paths = {h.cause: float(f"{h.sign}{PATH}") for h in HYPOTHESES if h.outcome == outcome}
        with_all = r @ np.array([paths.get(name, 0.0) for name in order])
        r = np.block([[r, with_all[:, None]], [with_all[None, :], np.ones((1, 1))]])
        order.append(outcome)
    return pd.DataFrame(r, index=order, columns=order)


@cache
def _assessment() -> TheoryAssessment:
    return assess_theory(cov=_implied(), nobs=NOBS, source="made up: every path 0.30")


def signed_paths() -> float:
    """Return the number of paths that the theory signs."""
    return float(len(HYPOTHESES))


def degrees_of_freedom(model: str) -> float:
    """Return the degrees of freedom of the theory's model or of its rival, on twelve scores."""
    return number_at(_assessment().rival(), "df", model=model)


def degrees_of_freedom_between() -> float:
    """Return the degrees of freedom of the difference between theory and rival."""
    return degrees_of_freedom("kmv") - degrees_of_freedom("rival")


def implied_r_squared(outcome: str) -> float:
    """Return the share of an outcome's variance that is explained."""
    return number_at(_assessment().r_squared(), "r_squared", outcome=outcome)


def implied_total_effect(cause: str, outcome: str) -> float:
    """Return the sum of the direct and all indirect effects."""
    return number_at(_assessment().effects(), "total", cause=cause, outcome=outcome)


def implied_correlation(one: str, other: str) -> float:
    """Return the correlation that the fitted model implies."""
    implied = _assessment().fit.implied_moments()
    covariance, *variances = (implied[a][b] for a, b in ((one, other), (one, one), (other, other)))
    return float(covariance / np.sqrt(np.prod(variances)))


def implied_smallest_eigenvalue() -> float:
    """Return the smallest eigenvalue of the correlations that the paths imply."""
    return float(np.linalg.eigvalsh(_implied().to_numpy()).min())


COMPUTATIONS = {
    function.__name__: function
    for function in (
        signed_paths,
        degrees_of_freedom,
        degrees_of_freedom_between,
        implied_r_squared,
        implied_total_effect,
        implied_correlation,
        implied_smallest_eigenvalue,
    )
}
