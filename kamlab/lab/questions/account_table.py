"""The questions of notebook 01."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.foundation.language import say
from kamlab.selection.inequality import fewest_for
from kamlab.selection.measure import measure_concentration

HALF = 0.5


def mean_growth(company: Company) -> float:
    """Return the mean growth of revenue of the accounts whose growth is known, in per cent."""
    company.need("periods", "revenue", purpose=say("lab.purpose_growth"))
    return float(100 * account_facts(company)["revenue_growth"].mean())


def accounts_for_half(company: Company) -> float:
    """Return how many of the largest accounts it takes to bring half of the revenue."""
    return float(fewest_for(measure_concentration(company).values, HALF))


def smallest_key_account(company: Company) -> str:
    """Return the key account with the least revenue above 0; empty where there is none."""
    company.need("accounts", "is_key", purpose=say("lab.purpose_smallest"))
    accounts: pd.DataFrame = measure_concentration(company).accounts
    is_key = accounts["is_key"].fillna(False).astype(bool)
    bought = accounts[is_key & (accounts["value"] > 0)]
    return "".join(bought.nsmallest(1, "value")["account_id"])


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "01-mean-growth": mean_growth,
    "01-accounts-for-half": accounts_for_half,
    "01-smallest-key-account": smallest_key_account,
}
