"""The questions of notebook 12: about published numbers, so that the company does not matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kamlab.accounts.company import Company
from kamlab.reproduction.ledger import ledger
from kamlab.value.retention_gain import retention_gain

BRANCHES = 0.85
"""Reichheld and Sasser's bar for bank branches."""


def published_and_reproduced(company: Company) -> float:
    """Return how many numbers that were read in print are reproduced."""
    table = ledger()
    return float((table["within"] & (table["status"] == "published")).sum())


def lost_at_half_the_tolerance(company: Company) -> float:
    """Return how many numbers would be out if every tolerance were half as large."""
    table = ledger()
    return float((table["difference"].abs() > table["tolerance"] / 2).sum())


def where_branches_are_right(company: Company) -> float:
    """Return the retention rate at which five more points are worth 85 %, without discount."""
    found = retention_gain(0.5, 0.0, claim=BRANCHES, first_margin="now")
    return float(found.locus()["retention_rate"].item())


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "12-published-and-reproduced": published_and_reproduced,
    "12-half-the-tolerance": lost_at_half_the_tolerance,
    "12-where-branches-are-right": where_branches_are_right,
}
