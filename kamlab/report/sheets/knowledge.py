"""What is known of every account, gathered once for all sheets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.accounts.identity import identity
from kamlab.foundation.language import say
from kamlab.panel.analysis_table import current_rows
from kamlab.report.analyses import Analyses
from kamlab.report.outcome import Outcome, attempt
from kamlab.report.phrases import Row
from kamlab.selection.coverage import account_coverage
from kamlab.selection.customers import has_left


def row_of(table: pd.DataFrame, account: str) -> Row:
    """Return the row of an account from a table by `account_id`."""
    return table.loc[[account]].to_dict("records")[0]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What the analyses of a company say, account by account; every table by `account_id`.

    Parameters
    ----------
    analyses : Analyses
    """

    analyses: Analyses

    @property
    def company(self) -> Company:
        """The company."""
        return self.analyses.company

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The table of customers, with the name in the current language."""
        rows = self.company.accounts
        return rows.assign(**identity(rows)).set_index("account_id")

    @cached_property
    def present(self) -> pd.Series:
        """Whether an account is still a customer."""
        return pd.Series(~has_left(self.company), index=self.accounts.index)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """What the records say."""
        return account_facts(self.company).set_index("account_id")

    @cached_property
    def places(self) -> Outcome[pd.DataFrame]:
        """Cells and their doubts."""
        return attempt(lambda: self.analyses.portfolio.need().augment().set_index("account_id"))

    @cached_property
    def scores(self) -> Outcome[pd.DataFrame]:
        """All waves of scores with their errors, the latest last."""
        return attempt(self._scores)

    @cached_property
    def contacts(self) -> Outcome[pd.DataFrame]:
        """The people known."""
        return self._table("contacts", "people")

    @cached_property
    def events(self) -> Outcome[pd.DataFrame]:
        """What happened between us and the accounts."""
        return self._table("interactions", "events")

    @cached_property
    def thin(self) -> Outcome[pd.DataFrame]:
        """Where cover is thin, and why; present accounts only."""
        return attempt(lambda: account_coverage(self.company).augment().set_index("account_id"))

    @cached_property
    def current(self) -> Outcome[pd.DataFrame]:
        """The period that runs or is about to begin; present accounts only."""
        return attempt(lambda: current_rows(self.analyses.rows.need()).set_index("account_id"))

    @cached_property
    def stay(self) -> Outcome[pd.DataFrame]:
        """Probabilities of staying, least likely first."""
        return attempt(lambda: self.analyses.stay.need().augment().set_index("account_id"))

    @cached_property
    def gain(self) -> Outcome[pd.DataFrame]:
        """What more relationship quality is worth, most first."""
        return attempt(lambda: self.analyses.gain.need().augment().set_index("account_id"))

    def _table(self, name: str, purpose: str) -> Outcome[pd.DataFrame]:
        words = say(f"report.sheet_purpose_{purpose}")
        return attempt(lambda: self.company.need(name, purpose=words))

    def _scores(self) -> pd.DataFrame:
        """Return scores with errors; without errors where too few answered to know them."""
        error = self.analyses.error.result
        table = self.analyses.quality.need().augment() if error is None else error.augment()
        return table.sort_values("answered_on", kind="stable")
