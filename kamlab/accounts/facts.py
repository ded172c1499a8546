"""What a company's records say of each account, up to a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kamlab.accounts.book import Book, day_number, open_book
from kamlab.accounts.cells.convert import Misfit, parse_date
from kamlab.accounts.company import Company
from kamlab.accounts.events import EVENT_FACTS, from_events, open_log
from kamlab.accounts.tallies import (
    AMOUNTS,
    from_accounts,
    from_contacts,
    from_orders,
    from_periods,
)
from kamlab.accounts.timeline import Facts
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say

FACTS = (
    "revenue", "net_margin", "margin_rate", "service_rate", "revenue_growth",
    "orders", "orders_a_year", "order_size", "tenure_years", "ten_years",
    "n_contacts", "n_functions", "days_since_contact", *EVENT_FACTS,
)  # fmt: skip
"""Every fact, in the order of the table."""


def account_facts(company: Company, as_of: date | str | None = None) -> pd.DataFrame:
    """Return what the records say of each account, up to a day.

    Parameters
    ----------
    company : Company
    as_of : date or str, optional
        The last day that counts; a string has the year first. If left out: the last day of the
        last period with an amount of money, else of the last order, else of the last event.

    Returns
    -------
    DataFrame
        `account_id` and the facts, one row per account in the order of `company.accounts`.
        A fact whose table or columns the company does not have is not a column; without any
        of the three days above and without `as_of`, only contacts are counted.

    Raises
    ------
    ArgumentError
        If `company` is no company, or `as_of` is no day.

    Notes
    -----
    Missing (NaN) is what is not known or has no meaning; 0 means that it did not happen.

    From the account's last period that ended by the day and has an amount (a period that still
    runs is left out; an account that left keeps its last one), in money:

    * `revenue`; `net_margin`: margin - cost_to_serve
    * `margin_rate`: margin / revenue; `service_rate`: cost_to_serve / revenue; both missing
      where revenue is not above 0
    * `revenue_growth`: revenue / revenue of the period before - 1; missing if the account was
      not there in that period (between the two lies more than a tenth of the earlier one's
      length), or its revenue was not above 0

    A customer without periods has its orders instead: `revenue` is their amount, less returns,
    in the 365 days up to the day, and `revenue_growth` compares it with the 365 days before,
    if the log reaches back so far. Without a single order, or with one of unknown amount in
    those days, it is missing; the other three are.

    From orders up to the day; a negative amount is a return and no order:

    * `orders`: their number; `orders_a_year`; `order_size`: mean amount, in money. A customer
      with periods and no order is missing here: its purchases are booked elsewhere.

    From accounts and contacts, the latter as on the day of the export:

    * `tenure_years`: from `customer_since` to the day, or to the end of the period after which
      the account left; missing if it became a customer later; `ten_years`: whether ten years
      are then complete (0 or 1)
    * `n_contacts`: persons known; `n_functions`: different functions among them
    * `days_since_contact`: from the latest `last_contact` up to the day

    From interactions up to the day; all missing where the log begins only later:

    * of proposals and re-proposals that were answered (accepted, deferred or refused):
      `acceptance_rate`, the share accepted, and `deferred_share`; of the answered re-proposals
      alone: `reproposal_acceptance`; `reproposals_accepted`: their number
    * `inbound_after_silence`, `requests_for_proposal`, `reproposals`: their number
    * `instruction_share`: instructions / events of known kind; `inbound_share`: inbound / events
      of known direction
    * `introductions_a_year`, `complaints_a_year`, `meetings_a_year`, `proposals_a_year`
      (re-proposals included)
    * `wins_after_losses`: accepted proposals and re-proposals before which the account had two
      or more lost deals, on earlier days
    * `silence_broken`: inbound events 24 months or more after the account's event before (or,
      if there was none, after both the log and the account, whose `customer_since` must be
      known, had begun), and those recorded as `inbound_after_silence`, each once
    * `invited_after_refusal`: requests for a proposal 6 to 18 months after a refused proposal
      or re-proposal, each once
    * `had_complaint` (0 or 1); `years_since_complaint`: since the first, missing if none
    * `days_since_event`: since the last event of any kind

    "A year" divides by the years that an account was present in the log: from the log's first
    day, or from the day it became a customer or first appeared if that is later, to the day;
    if it left, to the end of its last period or its own last record. A year has 365.25 days.
    Two lost deals, 24 months and 6 to 18 months are design choices.

    Examples
    --------
    >>> facts = account_facts(kl.sample_company(), as_of="2024-03-31")
    >>> facts[["margin_rate", "tenure_years", "instruction_share"]].iloc[0].round(2).tolist()
    [0.38, 9.38, 0.1]
    """
    if not isinstance(company, Company):
        raise ArgumentError(say("accounts.facts_need_company", got=type(company).__name__))
    today = _last_day(company) if as_of is None else _day(as_of)
    accounts = company.accounts
    each = np.arange(len(accounts))
    book = open_book(accounts, company.periods, each, np.full(len(accounts), today))
    found = from_contacts(company.contacts, book) if company.contacts is not None else {}
    if not np.isnan(today):
        found |= _dated(company, book)
    facts = {name: found[name] for name in FACTS if name in found}
    return pd.DataFrame({"account_id": accounts["account_id"], **facts})


def _dated(company: Company, book: Book) -> Facts:
    found: Facts = {}
    if "customer_since" in company.accounts:
        found |= from_accounts(book)
    if company.transactions is not None:
        found |= from_orders(company.transactions, book)
    if company.periods is not None:
        for name, values in from_periods(company.periods, book).items():
            found[name] = np.where(book.has_period, values, found.get(name, np.nan))
    if company.interactions is not None:
        found |= from_events(open_log(company.interactions, book), book)
    return found


def _last_day(company: Company) -> float:
    """Return the last day of which the records tell, NaN if they tell of none."""
    periods = company.periods
    if periods is not None:
        amounts = [name for name in AMOUNTS if name in periods]
        known = periods[periods[amounts].notna().any(axis=1)]
        if len(known):
            return float(day_number(known["end"]).max())
    for log, dated in ((company.transactions, "ordered_on"), (company.interactions, "occurred_on")):
        if log is not None and len(log):
            return float(day_number(log[dated]).max())
    return np.nan


def _day(given: Any) -> float:
    try:
        if not isinstance(given, str | date | np.datetime64):
            raise Misfit("date")
        day: Any = pd.Timestamp(parse_date(given) if isinstance(given, str) else given)
    except ValueError:
        day = pd.NaT
    if pd.isna(day) or day.tzinfo is not None:
        raise ArgumentError(say("accounts.facts_day", given=given))
    return float(day_number(pd.Series([day]))[0])
