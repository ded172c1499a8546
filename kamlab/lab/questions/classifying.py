"""The questions of notebook 02."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.portfolio.classify import classify

INTEGRATED_FROM_21 = [10.5, 16.5, 20.5]


def integrated_from_21(company: Company) -> float:
    """Return how many accounts are Integrated if that band begins at 21 points."""
    bands = classify(company, "millman_wilson_bands", cut=INTEGRATED_FROM_21)
    return float(sum(cell is not None and cell.name == "integrated" for cell in bands.cells()))


def least_sure_of_growth(company: Company) -> str:
    """Return the account that most other weightings take out of Invest for growth.

    The first of the list where several are alike; empty where none is in the cell.
    """
    table = classify(company, "millman_wilson").augment()
    here = table[table["cell"] == "invest_for_growth"]
    return "".join(here.nlargest(1, "flips_weights")["account_id"])


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "02-integrated-from-21": integrated_from_21,
    "02-least-sure-of-growth": least_sure_of_growth,
}
