"""What had happened with an account before a day: events of the log, and money of ended periods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.accounts.book import Book, day_number, open_book
from kamlab.accounts.company import Company
from kamlab.accounts.events import EVENT_FACTS, from_events, kinds_since, open_log
from kamlab.accounts.tables import table
from kamlab.accounts.tallies import from_accounts, from_periods
from kamlab.accounts.timeline import Array, Facts

BEHAVIOURS = ("ten_years", *EVENT_FACTS)
"""Facts of an account that tell how it and we have dealt with each other."""
KINDS = tuple(table("interactions")["kind"].values)
LAST_YEAR = tuple(f"{kind}_last_year" for kind in KINDS)
LAST_MONEY = {
    "revenue": "last_revenue",
    "net_margin": "last_net_margin",
    "revenue_growth": "last_revenue_growth",
}
"""Facts of the last period that had ended, and what they are called beside the period's own."""
YEAR = pd.DateOffset(years=1)


def known_before(company: Company, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what was known of each row's account on the day before its `start`.

    Parameters
    ----------
    company : Company
    rows : DataFrame
        With `account_id` and `start`.

    Returns
    -------
    DataFrame
        `LAST_YEAR`, `BEHAVIOURS` and the money of `LAST_MONEY`, as far as the company has the
        columns for them, with the index of `rows`.
    """
    accounts = company.accounts
    account = pd.Index(accounts["account_id"]).get_indexer(pd.Index(rows["account_id"]))
    day_before = day_number(rows["start"]) - 1
    book = open_book(accounts, company.periods, np.asarray(account), day_before)
    found = _of_events(company, book, day_number(rows["start"] - YEAR) - 1)
    if "customer_since" in accounts:
        found["ten_years"] = from_accounts(book)["ten_years"]
    if company.periods is not None:
        money = from_periods(company.periods, book)
        found |= {ours: money[name] for name, ours in LAST_MONEY.items() if name in money}
    names = [n for n in (*LAST_YEAR, *BEHAVIOURS, *LAST_MONEY.values()) if n in found]
    return pd.DataFrame({name: found[name] for name in names}, index=rows.index)


def _of_events(company: Company, book: Book, year_ago: Array) -> Facts:
    events = company.interactions
    if events is None:
        return {}
    log = open_log(events, book)
    found = from_events(log, book)
    if "kind" in events:
        recent = kinds_since(log, book, year_ago, KINDS)
        found |= dict(zip(LAST_YEAR, recent.values(), strict=True))
    return found
