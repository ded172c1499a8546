"""The structural equation models that are timed, and their data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

ELEVEN = """
f1 =~ x1 + x2 + x3 + x4
f2 =~ x5 + x6 + x7 + x8
f3 =~ x9 + x10 + x11
f3 ~ f1 + f2
"""

FACTORS, ITEMS = 5, 10

FIFTY = "\n".join(
    f"f{factor} =~ " + " + ".join(f"x{ITEMS * factor + item}" for item in range(ITEMS))
    for factor in range(FACTORS)
)


@dataclass(frozen=True)
class Case:
    """A model, its data, and how much faster than its peers kamlab is to be.

    Attributes
    ----------
    name, title : str
    model : callable
        Returns text that all three read.
    data : callable
        Returns the rows.
    estimator : {"ML", "MLR"}
    draws : int
        Of the bootstrap; 0 for an ordinary fit.
    runs : int
        Of kamlab; peers have fewer.
    targets : dict of str to float
        Ratio to a peer that is asked for; a peer that is not named is not timed.
    """

    name: str
    title: str
    model: Callable[[], str]
    data: Callable[[], pd.DataFrame]
    estimator: str = "ML"
    draws: int = 0
    runs: int = 15
    targets: dict[str, float] = field(default_factory=lambda: {"lavaan": 1.0, "semopy": 1.0})


@cache
def eleven(rows: int) -> pd.DataFrame:
    """Return rows of eleven variables that three correlated factors explain."""
    loadings = np.zeros((11, 3))
    loadings[:4, 0] = loadings[4:8, 1] = 1.0, 0.8, 0.7, 0.9
    loadings[8:, 2] = 1.0, 0.9, 0.6
    return _measured(loadings, np.array([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]]), rows, 1)


@cache
def fifty() -> pd.DataFrame:
    """Return 500 rows of fifty variables that five factors explain."""
    loadings = np.kron(np.eye(FACTORS), np.linspace(1.0, 0.6, ITEMS)[:, None])
    return _measured(loadings, 0.3 + 0.7 * np.eye(FACTORS), 500, 0)


def _measured(loadings: np.ndarray, covariances: np.ndarray, rows: int, first: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    factors = rng.multivariate_normal(np.zeros(len(covariances)), covariances, rows)
    values = factors @ loadings.T + 0.7 * rng.normal(size=(rows, len(loadings)))
    return pd.DataFrame(values, columns=[f"x{first + k}" for k in range(len(loadings))])


@cache
def account_means() -> pd.DataFrame:
    """Return the simulated accounts' mean answers, one column a construct."""
    import kamlab as kl

    survey = kl.sample_company().survey.groupby("account_id").mean(numeric_only=True)
    named = kl.theory.KMV_PATHS
    scores = {c.name: survey[list(c.columns)].mean(axis=1) for c in kl.constructs()}
    return pd.DataFrame({name: own for name, own in scores.items() if name in named}).dropna()


def _theory() -> str:
    import kamlab as kl

    return kl.theory.KMV_PATHS


CASES = (
    Case(
        "eleven",
        "11 variables, three factors, 300 rows",
        lambda: ELEVEN,
        lambda: eleven(300),
        runs=51,
        targets={"lavaan": 30.0, "semopy": 15.0},
    ),
    Case(
        "bootstrap",
        "the same, 1,000 bootstrap draws",
        lambda: ELEVEN,
        lambda: eleven(300),
        draws=1000,
        runs=5,
        targets={"lavaan": 150.0},
    ),
    Case("fifty", "50 variables, five factors, 500 rows", lambda: FIFTY, fifty),
    Case(
        "robust",
        "the same, robust errors and scaled tests (MLR)",
        lambda: FIFTY,
        fifty,
        estimator="MLR",
        targets={"lavaan": 1.0},
    ),
    Case(
        "many",
        "11 variables, three factors, 100,000 rows",
        lambda: ELEVEN,
        lambda: eleven(100_000),
        runs=7,
    ),
    Case("theory", "commitment-trust theory, twelve scores", _theory, account_means, runs=51),
)
