"""The model whose paths are all 0.30 in the theory's direction, by covariance algebra."""

import numpy as np
import pandas as pd
import pytest

from kamlab.theory.kmv import HYPOTHESES

EXOGENOUS = (
    "termination_costs", "relationship_benefits", "shared_values", "communication", "opportunism"
)  # fmt: skip
NAMES = (
    *EXOGENOUS, "trust", "commitment", "acquiescence", "propensity_to_leave", "cooperation",
    "functional_conflict", "uncertainty",
)  # fmt: skip


def implied_correlations(path=0.30, among=0.20):
    """One construct at a time, on numbered shocks; opportunism turns the sign."""
    r = np.eye(5)
    for i in range(5):
        for j in range(5):
            if i != j:
                r[i, j] = -among if 4 in (i, j) else among
    order = list(EXOGENOUS)
    for outcome in NAMES[5:]:
        causes = {h.cause: float(f"{h.sign}{path}") for h in HYPOTHESES if h.outcome == outcome}
        weights = np.array([causes.get(name, 0.0) for name in order])
        covariances = r @ weights
        r = np.block([[r, covariances[:, None]], [covariances[None, :], np.ones((1, 1))]])
        order.append(outcome)
    return pd.DataFrame(r, index=order, columns=order)


@pytest.fixture
def implied():
    return implied_correlations
