"""Answers of notebook 10, account by account, without the chain."""

from functools import cache

import numpy as np
import pandas as pd

import kamlab as kl
from tests.lab.by_hand.question import Question

STAY = "stayed ~ trust + commitment + satisfaction + tenure"
WORTH = "log(ltv) ~ trust + commitment + satisfaction + size"
NODES, SHARES = np.polynomial.hermite_e.hermegauss(41)


def gains(company, name, discount_rate):
    """Work out every account's gain from one more point, without `value_of_quality`."""
    error, table = kl.score_error(company), kl.analysis_table(company)
    stay = kl.fit_retention(STAY, table, error=error)
    worth = kl.fit_value(WORTH, table, error=error, discount_rate=discount_rate)
    paid = table[table["net_margin"].notna()].groupby("account_id")["net_margin"].last()
    rows = table[table["period"] == table["period"].max()]
    rows = rows[rows["account_id"].map(paid) > 0].dropna(subset=[name]).reset_index(drop=True)
    points = (np.minimum(7, rows[name] + 1) - rows[name]).to_numpy()
    _, eta, open_variance = stay.linear_predictor(rows)
    margin = rows["account_id"].map(paid).to_numpy()

    def value(eta, margin):
        places = eta[:, None] + np.sqrt(open_variance)[:, None] * NODES
        chance = 1 / (1 + np.exp(-places))
        multiple = (chance / (1 + discount_rate - chance)) @ SHARES / SHARES.sum()
        return margin * multiple

    after = margin * np.exp(worth.coefficients[name] * points)
    gain = value(eta + stay.coefficients[name] * points, after) - value(eta, margin)
    return pd.Series(gain, index=rows["account_id"])


@cache
def small():
    """Return a company in which the questions' hundred bootstrap draws take no time."""
    return kl.simulate_company(n_accounts=80, seed=10)


def places(company):
    return gains(company, "commitment", 0.10).sort_values(ascending=False).index


def total(company, discount_rate):
    return gains(company, "trust", discount_rate).sum() / 1e6


QUESTIONS = (
    Question(
        "10-most-from-commitment",
        lambda company: places(company)[0],
        hint='raise_by={"commitment": 1}',
        wrong=(lambda company: places(company)[1],),
        needs="survey",
        company=small,
    ),
    Question(
        "10-value-at-lower-rate",
        lambda company: total(company, 0.05),
        hint="discount_rate=0.05",
        wrong=(lambda company: total(company, 0.10),),
        needs="survey",
        company=small,
    ),
)
