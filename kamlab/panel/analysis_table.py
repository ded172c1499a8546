"""The only place that joins a company's tables, and the only guard against leaks.

A row's predictors may use nothing dated on or after the first day of its period.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.panel.history import BEHAVIOURS, LAST_MONEY, LAST_YEAR, known_before
from kamlab.quality.scores import account_scores, last_wave, measured, respondent_scores

DAYS_A_YEAR = 365.25
ROW = ["account_id", "period"]
OF_THE_PERIOD = ("stayed", "decided", "end", "revenue", "margin", "cost_to_serve", "net_margin")
"""What a period brought: known only after its first day, so it can explain nothing in it."""

OURS = {
    "tenure", "size", "net_margin", "wave", "n_respondents", "quality_age",
    *LAST_YEAR, *BEHAVIOURS, *LAST_MONEY.values(),
}  # fmt: skip


def analysis_table(company: Company, constructs: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one row per account and period, with what was known before the period began.

    Parameters
    ----------
    company : Company
        With the tables `accounts` and `periods`; `survey` and `interactions` are used where
        present.
    constructs : sequence of str, optional
        Trust, commitment and satisfaction, as far as the survey has them, if left out.

    Returns
    -------
    DataFrame
        Sorted by account and period:

        * `account_id, period, start, end, stayed` and `net_margin` (margin less cost to serve):
          what the period brought; `decided` tells whether renewal was offered and `stayed` is
          known, for a customer to whom nothing was offered had nothing to decide;
        * the columns of the account table, as they are on the day of the export (a column of
          your own that bears the name of one here becomes `account_<name>`, or `period_<name>`
          from the periods); `tenure` (years at the first day) and `size` (log10 of
          employees);
        * the constructs' scores of the last wave answered before the first day, with `wave`,
          `n_respondents` and `quality_age` (days since the last answer);
        * `<kind>_last_year`: events of each kind in the year before the first day;
        * what `kl.behaviours` tells of the account by the day before the first day;
        * `last_revenue`, `last_net_margin` and `last_revenue_growth`: what `account_facts` says
          of the account's last period that ended before the first day.

        `attrs["currency"]` is the company's.

        What was not known is missing, never filled: events too, where that year, or for
        behaviours the period, began before the company's first recorded event.

    Raises
    ------
    ArgumentError
        If it is not a company.
    NotApplicable
        If the company has no periods, or its survey lacks a construct's items.

    Examples
    --------
    >>> kl.analysis_table(kl.sample_company()).shape[0]
    769
    """
    if not isinstance(company, Company):
        raise ArgumentError(say("panel.needs_company", got=type(company).__name__))
    if constructs is None:
        constructs = measured(company.survey)
    periods = company.need("periods", "stayed", purpose=say("panel.purpose"))
    rows = _without_clashes(periods, set(constructs) | {"decided"}, "period")
    rows = rows.sort_values(ROW, ignore_index=True)
    offered = rows["offered_renewal"].fillna(True) if "offered_renewal" in rows else True
    rows["decided"] = (rows["stayed"].notna() & offered).astype(bool)
    if {"margin", "cost_to_serve"} <= set(rows.columns):
        rows["net_margin"] = rows["margin"] - rows["cost_to_serve"]
    accounts = _without_clashes(company.accounts, {*rows.columns, *constructs}, "account")
    rows = rows.merge(accounts, on="account_id", how="left", validate="many_to_one")
    if "customer_since" in rows:
        rows["tenure"] = (rows["start"] - rows["customer_since"]).dt.days / DAYS_A_YEAR
    if "employees" in rows:
        rows["size"] = np.log10(rows["employees"].astype("float64"))
    if company.survey is not None and constructs:
        scores = respondent_scores(company.survey, constructs)
        rows = rows.merge(_quality_before(rows, scores), on=ROW, how="left")
    # A copy puts columns of one type together: pandas warns of a frame of a hundred single ones.
    rows = rows.join(known_before(company, rows)).copy()
    rows.attrs["currency"] = company.currency
    return rows


def current_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the latest row of every account that is still a customer.

    Parameters
    ----------
    rows : DataFrame
        An analysis table.

    Returns
    -------
    DataFrame
        One row an account: its open period where there is one, else its last period if it
        stayed. Accounts that left are not in it.
    """
    rows = rows.reset_index(drop=True)
    latest = rows.loc[rows.groupby("account_id")["start"].idxmax()]
    return latest[latest["stayed"].fillna(True).astype(bool)].reset_index(drop=True)


def _without_clashes(frame: pd.DataFrame, taken: set[str], prefix: str) -> pd.DataFrame:
    """Rename a user's own columns that would displace a column of the analysis table."""
    clashes = (set(frame.columns) & (taken | OURS)) - {"account_id"}
    return frame.rename(columns={name: f"{prefix}_{name}" for name in clashes})


def _before(rows: pd.DataFrame, events: pd.DataFrame, dated: str) -> pd.DataFrame:
    """Pair every row with the account's events that came before the row's first day."""
    pairs = rows[[*ROW, "start"]].merge(events, on="account_id")
    return pairs[pairs[dated] < pairs["start"]]


def _quality_before(rows: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    known = last_wave(_before(rows, scores, "answered_on"), by=ROW)
    wave = known.groupby(ROW)["wave"].first()
    quality = account_scores(known.drop(columns="start"), ROW).set_index(ROW)
    start = known.groupby(ROW)["start"].first()
    quality["quality_age"] = (start - quality.pop("answered_on")).dt.days
    return quality.join(wave).reset_index()
