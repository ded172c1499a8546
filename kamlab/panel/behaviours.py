"""How each account behaved before each decision: what the log of events said by then."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.foundation.errors import ArgumentError
from kamlab.foundation.language import say
from kamlab.panel.analysis_table import ROW
from kamlab.panel.history import BEHAVIOURS, known_before


def behaviours(company: Company, as_of: date | str | None = None) -> pd.DataFrame:
    """Return how each account behaved, as the events up to a day say.

    Parameters
    ----------
    company : Company
        With the table `interactions`; and with `periods`, unless a day is given.
    as_of : date or str, optional
        The last day that counts, for every account; a string has the year first. If left out:
        for each period the day before its first one.

    Returns
    -------
    DataFrame
        One row per account and period, sorted, with `account_id`, `period`, `start`; with
        `as_of`, one row per account in the order of `company.accounts`, with `account_id`.
        The rest is what `account_facts` words, as of that day:

        * `ten_years`: whether ten years as a customer were complete (0 or 1);
        * the facts of the log of events, from `acceptance_rate` to `days_since_event`.

        A column whose input columns the company does not have is left out.

    Raises
    ------
    ArgumentError
        If it is no company, or `as_of` is no day.
    NotApplicable
        If the company has no log of events; or no periods, and no day is given.

    Notes
    -----
    Nothing dated on or after a period's first day is used. Where the log had not begun before,
    what happened is not known: missing, never 0. A 0 says that nothing was recorded since the log
    began: numbers of events grow with the years in the log, and a silence of two years cannot be
    seen in the log's first two years. Rates "a year" of an account that was present for a few
    weeks only are wild: compare the periods after the first year. An event's outcome counts from
    the day of the event, for the log has no other: where your answers came in later, date the
    event then. Contacts are not counted here: they are known as of the day of the export, and
    would tell a past period what was learned only later.

    Examples
    --------
    >>> rows = kl.behaviours(kl.sample_company()).set_index("account_id")
    >>> rows.loc["A-001", "meetings_a_year"].round(2).tolist()
    [nan, 6.0, 3.5, 3.0, 2.25]
    """
    if not isinstance(company, Company):
        raise ArgumentError(say("panel.needs_company", got=type(company).__name__))
    company.need("interactions", purpose=say("panel.behaviours_purpose"))
    if as_of is not None:
        facts = account_facts(company, as_of)
        told = [name for name in BEHAVIOURS if name in facts]
        return facts[["account_id", *told]]
    periods = company.need("periods", purpose=say("panel.behaviours_purpose"))
    rows = periods[[*ROW, "start"]].sort_values(ROW, ignore_index=True)
    found = known_before(company, rows)
    return rows.join(found[[name for name in BEHAVIOURS if name in found]])
