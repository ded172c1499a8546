"""Counts, sums and means of a company's money, orders and contacts by account, over arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.book import DAYS_A_YEAR, Book, day_number, periods_in_order, ratio
from kamlab.accounts.timeline import Array, Facts, Places

LOOK_BACK = 365
"""Days of orders that stand for a period, for customers without periods."""
AMOUNTS = ("revenue", "margin", "cost_to_serve")
TEN_YEARS = pd.DateOffset(years=10)
GAP = 0.1
"""Of its length, what may lie between a period and the next one: a design choice."""


def from_accounts(book: Book) -> Facts:
    """Return how long each account has been a customer."""
    end = np.fmin(book.today, book.left)
    years = (end - book.since) / DAYS_A_YEAR
    jubilee = day_number(pd.Series(pd.to_datetime(book.since, unit="D")) + TEN_YEARS)
    ten_years = (end + 1 >= jubilee).astype(float)
    began = years >= 0
    return {
        "tenure_years": np.where(began, years, np.nan),
        "ten_years": np.where(began, ten_years, np.nan),
    }


def from_periods(periods: pd.DataFrame, book: Book) -> Facts:
    """Return the money of each account's last period that has ended and has an amount."""
    names = [name for name in AMOUNTS if name in periods]
    if not names:
        return {}
    money = {name: periods[name].to_numpy(dtype=float) for name in names}
    has_amount = ~np.all([np.isnan(amount) for amount in money.values()], axis=0)
    end = np.where(has_amount, day_number(periods["end"]), np.nan)
    paid = periods_in_order(periods, end, book).known(book.account, book.today)

    def now(values: Array) -> Array:
        found = np.full(len(book.account), np.nan)
        found[paid.any] = values[paid.last_row[paid.any]]
        return found

    facts: Facts = {}
    if "revenue" in money:
        facts["revenue"] = now(money["revenue"])
        before = _of_the_period_before(periods, money["revenue"], book)
        facts["revenue_growth"] = now(ratio(money["revenue"], before) - 1)
    if {"revenue", "margin"} <= money.keys():
        facts["margin_rate"] = now(ratio(money["margin"], money["revenue"]))
    if {"revenue", "cost_to_serve"} <= money.keys():
        facts["service_rate"] = now(ratio(money["cost_to_serve"], money["revenue"]))
    if {"margin", "cost_to_serve"} <= money.keys():
        facts["net_margin"] = now(money["margin"] - money["cost_to_serve"])
    return facts


def _of_the_period_before(periods: pd.DataFrame, amounts: Array, book: Book) -> Array:
    """Return the amount of the account's period before each, NaN if it was not there then."""
    start, end = day_number(periods["start"]), day_number(periods["end"])
    rows = periods_in_order(periods, end, book).rows
    later, earlier = rows[1:], rows[:-1]
    at = book.places(periods)
    gap = np.abs(start[later] - end[earlier] - 1)
    follows = (at[later] == at[earlier]) & (gap <= GAP * (end[earlier] - start[earlier] + 1))
    found = np.full(len(periods), np.nan)
    found[later[follows]] = amounts[earlier[follows]]
    return found


def from_orders(transactions: pd.DataFrame, book: Book) -> Facts:
    """Return number and size of orders, and what customers without periods bought in a year.

    The book must ask for every account once, in order.
    """
    assert np.array_equal(book.account, np.arange(len(book.ids)))
    at, days = book.places(transactions), day_number(transactions["ordered_on"])
    by_now = days <= book.today[at]
    log, at, days = transactions[by_now], at[by_now], days[by_now]
    amounts = log["amount"].to_numpy(dtype=float) if "amount" in log else None
    bought = np.ones(len(log), dtype=bool) if amounts is None else ~(amounts < 0)
    elsewhere = book.has_period & (_count(book, at) == 0)
    orders = np.where(elsewhere, np.nan, _count(book, at[bought]))
    begins = days.min(initial=np.inf)
    years = book.years_in_log(begins, *_first_and_last(book, at, days))
    facts = {"orders": orders, "orders_a_year": orders / years}
    if amounts is None:
        return facts
    priced = bought & ~np.isnan(amounts)
    sums = _total(book, at[priced], amounts[priced])
    facts["order_size"] = ratio(sums, _count(book, at[priced]))
    ages = book.today[at] - days
    now, before = (
        _total(book, at[year], amounts[year])
        for year in ((ages < LOOK_BACK), (ages >= LOOK_BACK) & (ages < 2 * LOOK_BACK))
    )
    reaches_back = len(days) > 0 and ages.max() >= 2 * LOOK_BACK - 1
    unknown = book.has_period | (_count(book, at) == 0)
    facts["revenue"] = np.where(unknown, np.nan, now)
    growth = ratio(now, before) - 1 if reaches_back else np.nan
    facts["revenue_growth"] = np.where(unknown, np.nan, growth)
    return facts


def from_contacts(contacts: pd.DataFrame, book: Book) -> Facts:
    """Return how many persons and functions are known, and when one was last met.

    The book must ask for every account once, in order.
    """
    assert np.array_equal(book.account, np.arange(len(book.ids)))
    at = book.places(contacts)
    people = _count(book, at)
    facts = {"n_contacts": people}
    if "function" in contacts:
        named = contacts["function"].notna().to_numpy()
        code, functions = pd.factorize(contacts["function"][named])
        pairs = pd.unique(at[named] * max(1, len(functions)) + code)
        distinct = _count(book, pairs // max(1, len(functions)))
        facts["n_functions"] = np.where((people > 0) & (distinct == 0), np.nan, distinct)
    if "last_contact" in contacts and not np.isnan(book.today).any():
        days = day_number(contacts["last_contact"])
        met = days <= book.today[at]
        _, last = _first_and_last(book, at[met], days[met])
        facts["days_since_contact"] = book.today - last
    return facts


def _count(book: Book, at: Places) -> Array:
    return np.bincount(at, minlength=len(book.ids)).astype(float)


def _total(book: Book, at: Places, amounts: Array) -> Array:
    """Return the sum per account, NaN where one of its amounts is missing."""
    return np.asarray(np.bincount(at, weights=amounts, minlength=len(book.ids)), dtype=float)


def _first_and_last(book: Book, at: Places, days: Array) -> NDArray[np.float64]:
    """Return the first and the last day of each account's records, NaN where it has none."""
    both = np.full((2, len(book.ids)), [[np.inf], [-np.inf]])
    np.minimum.at(both[0], at, days)
    np.maximum.at(both[1], at, days)
    return np.where(np.isinf(both), np.nan, both)
