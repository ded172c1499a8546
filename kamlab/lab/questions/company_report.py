"""The questions of notebook C2."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.foundation.language import say
from kamlab.portfolio.classify import classify
from kamlab.selection.coverage import account_coverage

MODEL = "bensaou"
PARTNERS = "strategic_partnership"
UNSURE = 0.2
"""From which share of redraws on the report says that a cell is in doubt."""


def doubtful_partners(company: Company) -> float:
    """Return how many accounts in the most costly cell are there in doubt."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is recalled of the model is not the question
        board = classify(company, MODEL).augment()
    flips = board[["flips_weights", "flips_ratings", "flips_respondents"]]
    return float(((board["cell"] == PARTNERS) & (flips >= UNSURE).any(axis=1)).sum())


def single_threads(company: Company) -> float:
    """Return at how many present accounts a single person is known."""
    company.need("contacts", purpose=say("lab.purpose_single_threads"))
    return float((account_coverage(company).augment()["n_contacts"] == 1).sum())


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "C2-doubtful-partners": doubtful_partners,
    "C2-single-threads": single_threads,
}
