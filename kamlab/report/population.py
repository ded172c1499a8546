"""Of how many accounts a report tells, and which of them a number leaves out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.language import Text, same, say
from kamlab.panel.analysis_table import current_rows


@dataclass(frozen=True, slots=True)
class Population:
    """How a company's accounts divide by what is known of their renewals.

    Attributes
    ----------
    total, left, ahead, unrecorded : int
        All accounts; those that left; those whose next renewal is open; those without any
        renewal on record. The last three add up to the first.
    first, last : object
        Labels of the first and the last period.
    """

    total: int
    left: int
    ahead: int
    unrecorded: int
    first: object
    last: object


def population_of(accounts: pd.DataFrame, rows: pd.DataFrame) -> Population:
    """Count the accounts.

    Parameters
    ----------
    accounts : DataFrame
        Of the company.
    rows : DataFrame
        Its analysis table.
    """
    recorded = rows["account_id"].nunique()
    ahead = len(current_rows(rows))
    periods = rows.sort_values("start")["period"]
    return Population(
        total=len(accounts),
        left=recorded - ahead,
        ahead=ahead,
        unrecorded=len(accounts) - recorded,
        first=periods.iloc[0],
        last=periods.iloc[-1],
    )


def called(company: Company) -> Text:
    """Return a company's name; the seed of a simulated one is said to be no name."""
    if company.simulated and company.name.startswith("No. "):
        return say("report.simulated_company", name=company.name)
    return same(company.name)


def standing(name: Text, of: Population) -> Text:
    """Say whose accounts these are, how they divide, and over which periods."""
    counts = {"total": of.total, "left": of.left, "ahead": of.ahead, "unrecorded": of.unrecorded}
    words = {key: f"{count:,}" for key, count in counts.items()}
    whose = say("report.whose", name=name) if name.en else Text("", "")
    return say("report.standing", whose=whose, first=of.first, last=of.last, **words)
