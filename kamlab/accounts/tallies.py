"""Counts, sums and means of a company's records by account, over arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Facts = dict[str, Array]

DAYS_A_YEAR = 365.25
LOOK_BACK = 365
"""Days of orders that stand for a period, for customers without periods."""
AMOUNTS = ("revenue", "margin", "cost_to_serve")
PROPOSALS = ("proposal", "re_proposal")
ANSWERS = ("accepted", "deferred", "refused")
_EPOCH = pd.Timestamp("1970-01-01")


def day_number(dates: pd.Series) -> Array:
    """Return dates as days since 1970, whatever the hour; missing is NaN."""
    return np.asarray((dates - _EPOCH).dt.days, dtype=float)


@dataclass(frozen=True, eq=False)
class Book:
    """Whose records are counted, and up to which day.

    Parameters
    ----------
    ids : Index
        The accounts, in order.
    today : float
        The last day that counts, as `day_number` has it.
    since : ndarray
        The day on which each became a customer, NaN if not known.
    has_period : ndarray of bool
        Whether a period of the account has begun.
    left : ndarray
        The end of the period after which the account left, NaN if it did not.
    of_period : ndarray of int
        For each row of the periods, the place of its account.
    """

    ids: pd.Index
    today: float
    since: Array
    has_period: Flags
    left: Array
    of_period: Places

    def at(self, frame: pd.DataFrame) -> Places:
        """Return the place of each record's account."""
        return np.asarray(self.ids.get_indexer(pd.Index(frame["account_id"])))

    def count(self, at: Places) -> Array:
        """Return the number of records per account."""
        return np.bincount(at, minlength=len(self.ids)).astype(float)

    def total(self, at: Places, amounts: Array) -> Array:
        """Return the sum per account, NaN where one of its amounts is missing."""
        return np.asarray(np.bincount(at, weights=amounts, minlength=len(self.ids)), dtype=float)

    def put(self, at: Places, values: Array) -> Array:
        """Return one value per account, NaN where there is none."""
        placed = np.full(len(self.ids), np.nan)
        placed[at] = values
        return placed

    def years_present(self, at: Places, days: Array) -> Array:
        """Return for how long each account was in a log, given its records and their days."""
        if not len(days):
            return np.full(len(self.ids), np.nan)
        own_first, own_last = np.full((2, len(self.ids)), [[np.inf], [-np.inf]])
        np.minimum.at(own_first, at, days)
        np.maximum.at(own_last, at, days)
        begin = np.fmax(days.min(), np.where(np.isnan(self.since), days.min(), self.since))
        begin = np.fmin(begin, own_first)
        end = np.where(np.isnan(self.left), self.today, np.fmax(self.left, own_last))
        length = end - begin + 1
        return np.where(length > 0, length / DAYS_A_YEAR, np.nan)


def open_book(accounts: pd.DataFrame, periods: pd.DataFrame | None, today: float) -> Book:
    """Return the book of a company's accounts on a day."""
    ids = pd.Index(accounts["account_id"])
    nowhere = np.full(len(ids), np.nan)
    since = day_number(accounts["customer_since"]) if "customer_since" in accounts else nowhere
    if periods is None:
        nobody = np.zeros(len(ids), dtype=bool)
        return Book(ids, today, since, nobody, nowhere, np.empty(0, dtype=np.intp))
    of_period = np.asarray(ids.get_indexer(pd.Index(periods["account_id"])))
    rows = np.flatnonzero(day_number(periods["start"]) <= today)
    has_period, left = np.zeros(len(ids), dtype=bool), nowhere.copy()
    has_period[of_period[rows]] = True
    if "stayed" in periods:
        last = rows[_last_rows(of_period[rows], periods["period"].to_numpy()[rows])]
        end = day_number(periods["end"])
        went = periods["stayed"].eq(False).fillna(False).to_numpy(dtype=bool)
        gone = last[went[last] & (end[last] <= today)]
        left[of_period[gone]] = end[gone]
    return Book(ids, today, since, has_period, left, of_period)


def from_accounts(book: Book) -> Facts:
    """Return how long each account has been a customer."""
    years = (np.fmin(book.today, book.left) - book.since) / DAYS_A_YEAR
    return {"tenure_years": np.where(years >= 0, years, np.nan)}


def from_periods(periods: pd.DataFrame, book: Book) -> Facts:
    """Return the money of each account's last period that has ended and has an amount."""
    by_now = day_number(periods["end"]) <= book.today
    ended, at = periods[by_now], book.of_period[by_now]
    money = {name: ended[name].to_numpy(dtype=float) for name in AMOUNTS if name in ended}
    if not money:
        return {}
    periods_known, code = np.unique(ended["period"].to_numpy(), return_inverse=True)
    known = np.flatnonzero(~np.all([np.isnan(amount) for amount in money.values()], axis=0))
    last = known[_last_rows(at[known], code[known])]
    now = {name: book.put(at[last], amount[last]) for name, amount in money.items()}
    facts: Facts = {}
    if "revenue" in now:
        key = at * (len(periods_known) + 1) + code + 1
        place = pd.Index(key).get_indexer(key[last] - 1)
        there = place >= 0
        before = book.put(at[last[there]], money["revenue"][place[there]])
        facts["revenue"] = now["revenue"]
        facts["revenue_growth"] = _ratio(now["revenue"], before) - 1
    if {"revenue", "margin"} <= now.keys():
        facts["margin_rate"] = _ratio(now["margin"], now["revenue"])
    if {"revenue", "cost_to_serve"} <= now.keys():
        facts["service_rate"] = _ratio(now["cost_to_serve"], now["revenue"])
    if {"margin", "cost_to_serve"} <= now.keys():
        facts["net_margin"] = now["margin"] - now["cost_to_serve"]
    return facts


def from_orders(transactions: pd.DataFrame, book: Book) -> Facts:
    """Return number and size of orders, and what customers without periods bought in a year."""
    days = day_number(transactions["ordered_on"])
    log, days = transactions[days <= book.today], days[days <= book.today]
    at = book.at(log)
    amounts = log["amount"].to_numpy(dtype=float) if "amount" in log else None
    bought = np.ones(len(log), dtype=bool) if amounts is None else ~(amounts < 0)
    elsewhere = book.has_period & (book.count(at) == 0)
    orders = np.where(elsewhere, np.nan, book.count(at[bought]))
    facts = {"orders": orders, "orders_a_year": orders / book.years_present(at, days)}
    if amounts is None:
        return facts
    priced = bought & ~np.isnan(amounts)
    sums = book.total(at[priced], amounts[priced])
    facts["order_size"] = _ratio(sums, book.count(at[priced]))
    ages = book.today - days
    now, before = (
        book.total(at[year], amounts[year])
        for year in ((ages < LOOK_BACK), (ages >= LOOK_BACK) & (ages < 2 * LOOK_BACK))
    )
    reaches_back = len(days) > 0 and ages.max() >= 2 * LOOK_BACK - 1
    unknown = book.has_period | (book.count(at) == 0)
    facts["revenue"] = np.where(unknown, np.nan, now)
    growth = _ratio(now, before) - 1 if reaches_back else np.nan
    facts["revenue_growth"] = np.where(unknown, np.nan, growth)
    return facts


def from_contacts(contacts: pd.DataFrame, book: Book) -> Facts:
    """Return how many persons and functions are known, and when one was last met."""
    at = book.at(contacts)
    people = book.count(at)
    facts = {"n_contacts": people}
    if "function" in contacts:
        named = contacts["function"].notna().to_numpy()
        code, functions = pd.factorize(contacts["function"][named])
        pairs = pd.unique(at[named] * max(1, len(functions)) + code)
        distinct = book.count(pairs // max(1, len(functions)))
        facts["n_functions"] = np.where((people > 0) & (distinct == 0), np.nan, distinct)
    if "last_contact" in contacts and not np.isnan(book.today):
        days = day_number(contacts["last_contact"])
        met = days <= book.today
        last = np.flatnonzero(met)[_last_rows(at[met], days[met])]
        facts["days_since_contact"] = book.put(at[last], book.today - days[last])
    return facts


def from_interactions(interactions: pd.DataFrame, book: Book) -> Facts:
    """Return how an account and we have dealt with each other."""
    if "kind" not in interactions:
        return {}
    days = day_number(interactions["occurred_on"])
    log, days = interactions[days <= book.today], days[days <= book.today]
    at = book.at(log)
    years = book.years_present(at, days)
    is_kind = _matcher(log["kind"])

    def happened(*kinds: str) -> Array:
        return book.count(at[is_kind(*kinds)])

    facts = {
        "introductions_a_year": happened("introduction") / years,
        "inbound_after_silence": happened("inbound_after_silence"),
        "requests_for_proposal": happened("request_for_proposal"),
        "instruction_share": _ratio(
            happened("instruction"), book.count(at[log["kind"].notna().to_numpy()])
        ),
        "proposals_a_year": happened(*PROPOSALS) / years,
        "complaints_a_year": happened("complaint") / years,
    }
    if "outcome" in log:
        has_outcome = _matcher(log["outcome"])
        accepted, answered = has_outcome("accepted"), has_outcome(*ANSWERS)
        proposed, again = is_kind(*PROPOSALS), is_kind("re_proposal")
        facts["acceptance_rate"] = _ratio(
            book.count(at[proposed & accepted]), book.count(at[proposed & answered])
        )
        facts["reproposals_accepted"] = book.count(at[again & accepted])
    return facts


def _matcher(codes: pd.Series) -> Callable[..., Flags]:
    """Return a function that says which records have one of some codes."""
    number, known = pd.factorize(codes)

    def matches(*wanted: str) -> Flags:
        # number -1, a missing code, points to the last entry
        return np.append(known.isin(wanted), False)[number]

    return matches


def _last_rows(at: Places, when: NDArray[np.generic]) -> Places:
    """Return the row of each account's last record."""
    order = np.lexsort((when, at))
    return order[np.flatnonzero(np.diff(at[order], append=-1))]


def _ratio(part: Array, whole: Array) -> Array:
    """Divide; missing where the whole is not above 0."""
    return part / np.where(whole > 0, whole, np.nan)
