"""The tables on which hypotheses are tested: made once from a company, or parts of a population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.accounts.tables import constructs
from kamlab.accounts.tallies import AMOUNTS
from kamlab.foundation.errors import ArgumentError, KamlabError, NotApplicable
from kamlab.foundation.language import say
from kamlab.foundation.lent import frozen
from kamlab.panel.analysis_table import analysis_table
from kamlab.quality.score_error import ScoreError, score_error
from kamlab.quality.scores import account_scores, answered_items, last_wave, respondent_scores

T = TypeVar("T")
KEYS = ["account_id", "respondent_id", "wave", "answered_on"]
LAST_DAYS = {
    "periods": "end",
    "survey": "answered_on",
    "transactions": "ordered_on",
    "interactions": "occurred_on",
}
"""The column of each table that says of which day a row tells."""
OUTCOMES = ("stayed", *AMOUNTS)


@dataclass(frozen=True, eq=False)
class Tables:
    """A company as tests see it; what it does not have is kept as the reason.

    Attributes
    ----------
    periods : DataFrame or NotApplicable
        `kl.analysis_table`: one row per account and period.
    accounts : DataFrame
        One row per account: the account table, `account_facts`, `size` (log10 of employees) and,
        of the latest wave, the scores of every construct that the survey has items of. A column
        of the user's own that bears such a name is `account_<name>`.
    survey : DataFrame or NotApplicable
        The survey, and beside its items the respondents' scores of every construct. A column of
        the user's own that bears a construct's name is `survey_<name>`.
    error : ScoreError or NotApplicable
        From `kl.score_error`, of the accounts in these tables.
    last_day : Timestamp or None
        The last day of which the company's records tell; None if of none.
    """

    periods: pd.DataFrame | NotApplicable
    accounts: pd.DataFrame
    survey: pd.DataFrame | NotApplicable
    error: ScoreError | NotApplicable
    last_day: pd.Timestamp | None

    @classmethod
    def of(cls, company: Company) -> Tables:
        """Make the tables of a company.

        Raises
        ------
        ArgumentError
            If it is no company.
        """
        if not isinstance(company, Company):
            raise ArgumentError(say("hypotheses.needs_company", got=type(company).__name__))
        survey = _or_reason(lambda: _survey(company))
        return cls(
            periods=_or_reason(lambda: analysis_table(company)),
            accounts=_accounts(company, survey),
            survey=survey,
            error=_or_reason(lambda: score_error(company)),
            last_day=_last_day(company),
        )

    def only(self, account_ids: pd.Index) -> Tables:
        """Return the same tables with some of the accounts, the error of scores theirs too."""
        error = self.error
        return replace(
            self,
            periods=_part_or_reason(self.periods, account_ids),
            accounts=_part(self.accounts, account_ids),
            survey=_part_or_reason(self.survey, account_ids),
            error=error if isinstance(error, NotApplicable) else _error_of(error, account_ids),
        )


def _part(table: pd.DataFrame, account_ids: pd.Index) -> pd.DataFrame:
    return table[table["account_id"].isin(account_ids)].reset_index(drop=True)


def _part_or_reason(
    table: pd.DataFrame | NotApplicable, account_ids: pd.Index
) -> pd.DataFrame | NotApplicable:
    return table if isinstance(table, NotApplicable) else _part(table, account_ids)


def _or_reason(make: Callable[[], T]) -> T | NotApplicable:
    try:
        return make()
    except KamlabError as error:
        return NotApplicable(error.text)


def _measured(survey: pd.DataFrame) -> list[str]:
    return [one.name for one in constructs() if answered_items(survey, one)]


def _survey(company: Company) -> pd.DataFrame:
    survey = company.need("survey", purpose=say("hypotheses.purpose"))
    names = _measured(survey)
    own = survey.rename(columns={name: f"survey_{name}" for name in names})
    return own.join(respondent_scores(survey, names)[names]) if names else own


def _accounts(company: Company, survey: pd.DataFrame | NotApplicable) -> pd.DataFrame:
    facts = account_facts(company).set_index("account_id")
    if "employees" in company.accounts:
        employees = company.accounts.set_index("account_id")["employees"]
        facts["size"] = np.log10(employees.astype("float64"))
    if isinstance(survey, pd.DataFrame) and (names := _measured(survey)):
        latest = last_wave(survey[[*KEYS, *names]])
        facts = facts.join(account_scores(latest, ["account_id"]).set_index("account_id"))
    own = company.accounts.rename(columns={name: f"account_{name}" for name in facts})
    return own.merge(facts.reset_index(), on="account_id", how="left")


def _last_day(company: Company) -> pd.Timestamp | None:
    days = [
        _known(table)[LAST_DAYS[name]].max()
        for name, table in company.tables.items()
        if LAST_DAYS.get(name) in table
    ]
    known = [day for day in days if pd.notna(day)]
    return max(known) if known else None


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of which the outcome is known: of a period that still runs nothing is."""
    outcomes = [name for name in OUTCOMES if name in rows]
    return rows.dropna(subset=outcomes, how="all") if outcomes else rows


def _error_of(error: ScoreError, account_ids: pd.Index) -> ScoreError | NotApplicable:
    """Return the error seen on some of the accounts."""
    own = error.account_ids.isin(account_ids)
    if not own.any():
        return NotApplicable(say("quality.error_alone"))
    return replace(
        error,
        account_ids=error.account_ids[own],
        crossed=frozen(error.crossed[own]),
        freedom=frozen(error.freedom[own]),
        scores=_part(error.scores, account_ids),
    )
