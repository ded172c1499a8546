"""Answers of notebook 08 on a grid, and by simulating the year ahead."""

import numpy as np

import kamlab as kl
from tests.lab.by_hand.question import Question

WEEKS = 52
DRAWS = 10_000


def where(_):
    """With the first margin now the value is in proportion to 1 / (1 + d - r)."""
    rates = np.linspace(0.8, 0.9, 100_001)
    gain = (1.08 - rates) / (1.08 - 1.05 * rates) - 1
    return rates[np.abs(gain - 0.25).argmin()]


def next_year(company, model="mbgnbd"):
    """Simulate the year from the fitted parameters, customer by customer."""
    orders = kl.summarise_transactions(company.transactions)
    r, alpha, a, b = kl.fit_purchases(orders, model).tidy()["estimate"][:4]
    rng = np.random.default_rng(8)
    total = 0.0
    for x, recency, length in orders[["frequency", "recency", "T"]].to_numpy(dtype=float):
        # The MBG/NBD's odds of having left after the last purchase; then both dice anew.
        left = a / (b + x) * ((alpha + length) / (alpha + recency)) ** (r + x)
        rate = rng.gamma(r + x, 1 / (alpha + length), DRAWS)
        chance = rng.beta(a, b + x + 1, DRAWS)
        bought, alive = np.zeros(DRAWS), np.ones(DRAWS, dtype=bool)
        clock = rng.exponential(1 / rate)
        while (alive := alive & (clock < WEEKS)).any():
            bought += alive
            alive &= rng.uniform(size=len(rate)) > chance
            clock += rng.exponential(1 / rate)
        total += bought.mean() / (1 + left)
    return total


def next_year_by_another_model(company):
    orders = kl.summarise_transactions(company.transactions)
    return kl.fit_purchases(orders, "bgnbd").augment(WEEKS)["expected_purchases"].sum()


QUESTIONS = (
    Question(
        "08-where-it-is-true",
        where,
        hint="relative=True",
        wrong=(0.83, 0.8228571),  # five points, now; relative, a period later
        digits=3,
        of_company=False,
    ),
    Question(
        "08-next-year",
        next_year,
        hint='"mbgnbd"',
        wrong=(next_year_by_another_model,),
        needs="transactions",
    ),
)
