"""Populations that obey the theory, and surveys from them."""

import numpy as np
import pandas as pd

from kamlab.accounts.tables import constructs
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


def answers(scores, *, noise=0.0, seed=0):
    """A survey of one respondent an account, whose items are the scores and noise."""
    rng = np.random.default_rng(seed)
    n = len(scores)
    ids = [f"A-{number:04d}" for number in range(n)]
    items = {
        item: scores[construct.name] + noise * rng.standard_normal(n)
        for construct in constructs()
        if construct.name in scores
        for item in construct.columns
    }
    day = pd.Timestamp("2026-04-01")
    who = {"account_id": ids, "respondent_id": ids, "wave": 1, "answered_on": day}
    return pd.DataFrame({**who, **items})


def drawn(rng, n, correlations=None):
    """Scores of n accounts from a population with these correlations."""
    r = implied_correlations() if correlations is None else correlations
    values = rng.standard_normal((n, len(r))) @ np.linalg.cholesky(r.to_numpy()).T
    return pd.DataFrame(values, columns=r.columns)
