"""What the log of events says of each account: how it and we have dealt with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kamlab.accounts.book import DAYS_A_YEAR, Book, day_number, ratio
from kamlab.accounts.timeline import Array, Facts, Flags, Known, Places, Timeline, timeline

EVENT_FACTS = (
    "acceptance_rate", "reproposals_accepted", "introductions_a_year", "inbound_after_silence",
    "requests_for_proposal", "instruction_share", "proposals_a_year", "complaints_a_year",
    "meetings_a_year", "reproposals", "reproposal_acceptance", "wins_after_losses",
    "deferred_share", "inbound_share", "silence_broken", "invited_after_refusal",
    "had_complaint", "years_since_complaint", "days_since_event",
)  # fmt: skip
"""Every fact of the log, in the order of the table."""

PROPOSALS = ("proposal", "re_proposal")
ANSWERS = ("accepted", "deferred", "refused")
LOSSES = 2
"""Lost deals after which a win counts as one in spite of losses."""
SILENCE = 24
"""Months without an event that make a silence."""
NEXT_YEAR = (6, 18)
"""Months after a refusal in which an invitation counts as one of the next year."""


@dataclass(frozen=True, eq=False)
class Codes:
    """A column of codes, asked again and again which records have one of some values."""

    number: Places
    values: pd.Index

    @property
    def known(self) -> Flags:
        """Which records have a code."""
        return np.asarray(self.number >= 0)

    def one_of(self, *wanted: str) -> Flags:
        """Return which records have one of some codes."""
        # number -1, a missing code, points to the last entry
        return np.asarray(np.append(self.values.isin(wanted), False)[self.number])


def codes(column: pd.Series) -> Codes:
    """Return a column of codes, ready to be asked."""
    number, values = pd.factorize(column)
    return Codes(np.asarray(number), pd.Index(values))


@dataclass(frozen=True, eq=False)
class Log:
    """The events of a company, and what was known of them by whom a book asks for.

    Attributes
    ----------
    account, days : ndarray
        Of each event: the place of its account, and its day.
    timeline : Timeline
        The events in order.
    known : Known
        Those that count for each entry of the book.
    columns : dict of str to Codes
        `kind`, `outcome` and `direction`, as far as the log has them.
    """

    account: Places
    days: Array
    timeline: Timeline
    known: Known
    columns: dict[str, Codes]


def open_log(interactions: pd.DataFrame, book: Book) -> Log:
    """Return the log of events as a book asks for it."""
    account, days = book.places(interactions), day_number(interactions["occurred_on"])
    names = [name for name in ("kind", "outcome", "direction") if name in interactions]
    line = timeline(account, days, len(book.ids))
    known = line.known(book.account, book.today)
    return Log(account, days, line, known, {name: codes(interactions[name]) for name in names})


def from_events(log: Log, book: Book) -> Facts:
    """Return how an account and we have dealt with each other, for each entry of the book."""
    facts = {"days_since_event": book.today - log.known.last_day}
    columns = log.columns.keys()
    if "kind" in columns:
        facts |= _from_kinds(log, book)
    if {"kind", "outcome"} <= columns:
        facts |= _from_answers(log)
    if "direction" in columns:
        direction = log.columns["direction"]
        inbound = log.known.count(direction.one_of("inbound"))
        facts["inbound_share"] = ratio(inbound, log.known.count(direction.known))
    if {"kind", "direction"} <= columns:
        facts["silence_broken"] = log.known.count(_breaks_silence(log, book))
    has_begun = book.today >= log.timeline.first_day
    return {name: np.where(has_begun, values, np.nan) for name, values in facts.items()}


def kinds_since(log: Log, book: Book, last_day: Array, kinds: Sequence[str]) -> Facts:
    """Return how many events of each kind came after one day and up to the book's.

    Parameters
    ----------
    log : Log
        With `kind`.
    book : Book
    last_day : ndarray
        Of each entry: the last day that counts no more.
    kinds : sequence of str

    Returns
    -------
    dict of str to ndarray
        Missing where the log had not begun by the day after `last_day`.
    """
    before = log.timeline.known(book.account, last_day)
    is_recorded = last_day + 1 >= log.timeline.first_day
    counts = {}
    for kind in kinds:
        marked = log.columns["kind"].one_of(kind)
        counts[kind] = np.where(is_recorded, log.known.count(marked) - before.count(marked), np.nan)
    return counts


def _from_kinds(log: Log, book: Book) -> Facts:
    kind, known = log.columns["kind"], log.known
    years = book.years_in_log(log.timeline.first_day, known.first_day, known.last_day)

    def happened(*kinds: str) -> Array:
        return known.count(kind.one_of(*kinds))

    complained = kind.one_of("complaint")
    first_complaint = np.full(len(book.ids), np.inf)
    np.minimum.at(first_complaint, log.account[complained], log.days[complained])
    days_since = book.today - first_complaint[book.account]
    return {
        "introductions_a_year": happened("introduction") / years,
        "inbound_after_silence": happened("inbound_after_silence"),
        "requests_for_proposal": happened("request_for_proposal"),
        "instruction_share": ratio(happened("instruction"), known.count(kind.known)),
        "proposals_a_year": happened(*PROPOSALS) / years,
        "complaints_a_year": happened("complaint") / years,
        "meetings_a_year": happened("meeting") / years,
        "reproposals": happened("re_proposal"),
        "had_complaint": (days_since >= 0).astype(float),
        "years_since_complaint": np.where(days_since >= 0, days_since / DAYS_A_YEAR, np.nan),
    }


def _from_answers(log: Log) -> Facts:
    kind, outcome, known = log.columns["kind"], log.columns["outcome"], log.known
    accepted, answered = outcome.one_of("accepted"), outcome.one_of(*ANSWERS)
    proposed, again = kind.one_of(*PROPOSALS), kind.one_of("re_proposal")
    all_answered = known.count(proposed & answered)
    won_again = known.count(again & accepted)
    return {
        "acceptance_rate": ratio(known.count(proposed & accepted), all_answered),
        "deferred_share": ratio(known.count(proposed & outcome.one_of("deferred")), all_answered),
        "reproposals_accepted": won_again,
        "reproposal_acceptance": ratio(won_again, known.count(again & answered)),
        "wins_after_losses": known.count(_after_losses(log, proposed & accepted)),
        "invited_after_refusal": known.count(_invited(log, proposed & outcome.one_of("refused"))),
    }


def _after_losses(log: Log, won: Flags) -> Flags:
    """Return which wins come after so many lost deals, on earlier days."""
    lost = log.columns["kind"].one_of("lost_deal")
    losses = log.timeline.known(log.account[won], log.days[won] - 1).count(lost)
    return _among(won, losses >= LOSSES)


def _invited(log: Log, refused: Flags) -> Flags:
    """Return which requests for a proposal come the year after a proposal was refused."""
    asked = log.columns["kind"].one_of("request_for_proposal")
    soonest, latest = (_months_before(log.days[asked], months) for months in NEXT_YEAR)
    by_then, too_early = (
        log.timeline.known(log.account[asked], day).count(refused) for day in (soonest, latest - 1)
    )
    return _among(asked, by_then > too_early)


def _breaks_silence(log: Log, book: Book) -> Flags:
    """Return which events come from the customer after a silence, as seen or as recorded."""
    inbound = log.columns["direction"].one_of("inbound")
    account, days = log.account[inbound], log.days[inbound]
    before = log.timeline.known(account, days - 1).last_day
    # Of a customer without an earlier event we know silence only since both were there.
    watched = np.maximum(log.timeline.first_day, book.customer_since[account])
    quiet_since = np.where(np.isnan(before), watched, before)
    seen = _among(inbound, quiet_since <= _months_before(days, SILENCE))
    return seen | log.columns["kind"].one_of("inbound_after_silence")


def _among(marked: Flags, chosen: Flags) -> Flags:
    """Return marks of the chosen among the marked."""
    found = np.zeros(len(marked), dtype=bool)
    found[marked] = chosen
    return found


def _months_before(days: Array, months: int) -> Array:
    dates = pd.Series(pd.to_datetime(days, unit="D"))
    return day_number(dates - pd.DateOffset(months=months))
