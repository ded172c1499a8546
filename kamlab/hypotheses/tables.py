"""The tables on which hypotheses are tested: made once from a company, or parts of a population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.foundation.errors import ArgumentError, KamlabError, NotApplicable
from kamlab.foundation.language import say
from kamlab.panel.analysis_table import analysis_table
from kamlab.quality.score_error import ScoreError, score_error
from kamlab.quality.scores import account_scores, last_wave, measured, respondent_scores


@dataclass(frozen=True, eq=False)
class Tables:
    """A company as tests see it; what it does not have is kept as the reason.

    Attributes
    ----------
    periods : DataFrame or NotApplicable
        `kl.analysis_table`: one row per account and period.
    accounts : DataFrame
        One row per account: the account table, `account_facts`, `size` (log10 of employees) and
        the scores of the latest wave.
    survey : DataFrame or NotApplicable
    error : ScoreError or NotApplicable
        From `kl.score_error`, of the whole company.
    last_day : Timestamp
        The last day of which the company's records tell; missing if of none.
    """

    periods: pd.DataFrame | NotApplicable
    accounts: pd.DataFrame
    survey: pd.DataFrame | NotApplicable
    error: ScoreError | NotApplicable
    last_day: pd.Timestamp

    def only(self, account_ids: pd.Index) -> Tables:
        """Return the same tables with some of the accounts."""
        parts = {
            name: table[table["account_id"].isin(account_ids)]
            for name in ("periods", "accounts", "survey")
            if isinstance(table := getattr(self, name), pd.DataFrame)
        }
        return replace(self, **parts)
