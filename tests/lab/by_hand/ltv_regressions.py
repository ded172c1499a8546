"""Answers of notebook 09 from the formulas of least squares."""

import numpy as np
import pandas as pd

import kamlab as kl
from tests.lab.by_hand.question import Question

TERMS = ["trust", "commitment", "satisfaction", "size"]


def past(company):
    """Return past rows with their lifetime value, and the terms as a matrix by name."""
    rows = kl.analysis_table(company)
    rows = rows[rows["stayed"].notna()].dropna(subset=[*TERMS, "net_margin"])
    rate = rows.loc[rows["decided"], "stayed"].astype(float).mean()
    return rows.assign(ltv=rows["net_margin"] * rate / (1.1 - rate))


def least_squares(rows, terms):
    x = np.column_stack([np.ones(len(rows)), rows[terms].to_numpy(dtype=float)])
    y = np.log(rows["ltv"].to_numpy(dtype=float))
    inverse = np.linalg.inv(x.T @ x)
    by = inverse @ x.T @ y
    return x, inverse, x @ by, y - x @ by


def lost(company):
    rows = past(company)
    _, _, fitted, _ = least_squares(rows, ["size"])
    return 100 * (1 - np.exp(fitted).sum() / rows["ltv"].sum())


def ratio(company):
    """Work out the classical error and the sandwich by account from their formulas."""
    rows = past(company)
    x, inverse, _, residuals = least_squares(rows, TERMS)
    n, k = x.shape
    classical = inverse * (residuals @ residuals) / (n - k)
    scores = pd.DataFrame(x * residuals[:, None]).groupby(rows["account_id"].to_numpy()).sum()
    groups = len(scores)
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    clustered = inverse @ (scores.T.to_numpy() @ scores.to_numpy()) @ inverse * factor
    return np.sqrt(clustered[-1, -1] / classical[-1, -1])


QUESTIONS = (
    Question(
        "09-lost-in-logs",
        lost,
        hint="fitted",
        wrong=(6.27, -7.59, 0.0759),  # all terms; sign; no per cent
        digits=1,
    ),
    Question(
        "09-clusters-of-size",
        ratio,
        hint='cov="classical"',
        wrong=(1.53, 1.83),  # trust; cluster to robust
        digits=2,
    ),
)
