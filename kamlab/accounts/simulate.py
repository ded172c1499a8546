"""Simulated companies: a new one for every seed, with the truth in `company.truth`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.orders.summarise import summarise_transactions
from kamlab.accounts.simulation import business, people, ratings, relationship
from kamlab.accounts.simulation.effects import true_effects
from kamlab.accounts.simulation.truth import PATHS, Truth
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say

FIRST_YEAR = 2022
PURCHASES = ["frequency", "recency", "T", "mean_order_value"]
FEWEST, MOST = 10, 100_000
YEARS = 5
"""The last year is about to begin: it has been surveyed, but nobody has decided yet."""
SURVEY_LEAD = pd.DateOffset(months=2)
"""A wave is answered in the two months before the year that it belongs to."""


def simulate_company(
    n_accounts: int = 240,
    seed: int = 0,
    *,
    retention: Mapping[str, float] | None = None,
    log_margin: Mapping[str, float] | None = None,
) -> Company:
    """Make a company in which relationship quality is hidden and drives everything else.

    Thirteen constructs follow the paths of `company.truth.paths` (all 0.30 or -0.30). In each
    of four fiscal years from April 2022, true quality just before the year drives the survey
    answers, the renewals (logit), the net margins (log-linear), the investments, contacts and
    events. A fifth year is about to begin: surveyed, but with renewals still open (`stayed` is
    missing). Five in six customers have a contract; the others order when they like and have
    transactions instead of periods.

    In spring 2022, before the first year, our own people rated every account: attractiveness,
    strength, context, practice and the rest of what classification models ask. These ratings
    see size, investments and the first wave's hidden relationship through noise; they drive
    nothing, so they may explain later years without a leak.

    Parameters
    ----------
    n_accounts : int, default 240
        Number of customers, from 10 to 100,000.
    seed : int, default 0
        The same seed gives the same company, to the byte.
    retention, log_margin : mapping of str to float, optional
        True effects that replace the usual ones: of a point of any construct, and of a year of
        ``"tenure"``, on the log odds of staying; of a point of any construct, and of tenfold
        employees (``"size"``), on the log of the net margin. `{"trust": 0.0}` makes a company
        in which trust does nothing by itself. From -5 to 5.

    Returns
    -------
    Company
        With all six tables, money in yen, `simulated=True` and the rules in `truth`.

    Raises
    ------
    ArgumentError
        If a number is not a whole one, out of bounds, or `seed` is negative; if an effect is
        unknown or no such number.

    Examples
    --------
    >>> company = simulate_company(n_accounts=50, seed=7)
    >>> len(company.accounts)
    50
    >>> useless = simulate_company(n_accounts=50, seed=7, retention={"trust": 0.0})
    >>> useless.truth.retention["trust"], useless.truth.retention["commitment"]
    (0.0, 0.6)
    """
    whole = all(isinstance(number, int | np.integer) for number in (n_accounts, seed))
    if not whole or not FEWEST <= n_accounts <= MOST or seed < 0:
        raise ArgumentError(say("accounts.simulate_bounds", n_accounts=n_accounts, seed=seed))
    effects = true_effects(retention, log_margin)
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(8)]
    hidden, accounts_, answers, renewals, orders, persons, events, judgements = streams
    width = max(3, len(str(n_accounts)))
    ids = np.array([f"A-{number:0{width}d}" for number in range(1, n_accounts + 1)])
    calendar = _calendar()
    first, last = calendar["start"].iloc[0], calendar["end"].iloc[-2]

    quality = relationship.true_quality(ids, YEARS, hidden)
    at_first = quality[quality["wave"] == 1].reset_index(drop=True)
    accounts = business.accounts(at_first, accounts_)
    periods, true_periods = business.periods(accounts, quality, calendar, effects, renewals)
    present = _present(accounts, periods, calendar)
    surveyed = present[["account_id", "wave"]].merge(quality, on=["account_id", "wave"])
    waves = calendar.assign(first_day=calendar["start"] - SURVEY_LEAD)[["wave", "first_day"]]
    ordered = business.transactions(accounts, first, last, orders)
    summary = summarise_transactions(ordered, end=last)[["account_id", *PURCHASES]]
    judged = ratings.ratings(accounts, at_first, judgements)
    return Company(
        accounts=accounts.merge(summary, on="account_id", how="left").join(judged),
        survey=relationship.survey(surveyed, waves, answers),
        periods=periods,
        transactions=ordered,
        contacts=people.contacts(accounts, at_first, _last_days(present, last), persons),
        interactions=people.interactions(present[present["end"] <= last], quality, events),
        name=f"No. {seed}",
        currency="JPY",
        simulated=True,
        source=_call(n_accounts, seed, retention=retention, log_margin=log_margin),
        truth=Truth(
            paths=PATHS,
            retention=effects["retention"],
            log_margin=effects["log_margin"],
            quality=quality,
            periods=true_periods,
        ),
    )


def _call(n_accounts: int, seed: int, **replaced: Mapping[str, float] | None) -> str:
    others = "".join(f", {name}={dict(of)}" for name, of in replaced.items() if of)
    return f"simulate_company(n_accounts={n_accounts}, seed={seed}{others})"


def _calendar() -> pd.DataFrame:
    years = np.arange(FIRST_YEAR, FIRST_YEAR + YEARS)
    return pd.DataFrame(
        {
            "wave": np.arange(1, YEARS + 1),
            "period": years,
            "start": pd.to_datetime([f"{year}-04-01" for year in years]),
            "end": pd.to_datetime([f"{year + 1}-03-31" for year in years]),
        }
    )


def _last_days(present: pd.DataFrame, last: pd.Timestamp) -> pd.Series:
    """Return, by account, the last day so far on which it was a customer."""
    ends = present.groupby("account_id")["end"].max()
    return pd.Series(ends.where(ends <= last, last))


def _present(accounts: pd.DataFrame, periods: pd.DataFrame, calendar: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts and years in which somebody was there to answer and to act."""
    contract = periods[["account_id", "period"]]
    free = accounts.loc[~accounts["has_contract"], ["account_id"]]
    both = pd.concat([contract, free.merge(calendar[["period"]], how="cross")])
    return both.merge(calendar, on="period").sort_values(["wave", "account_id"], ignore_index=True)
