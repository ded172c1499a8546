"""The questions of notebook C1."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.samples import example_file
from kamlab.foundation.language import say
from kamlab.intake.check import check_company
from kamlab.intake.privacy.small_cells import small_cells

CODE = "取引先コード"
"""How the shipped export heads the customer's code."""

TOGETHER = ["industry", "is_key"]


def mend_first(company: Company) -> str:
    """Return the customer set aside with whom the most rows of other sheets are set aside.

    It is about the shipped export: the company does not matter.
    """
    intake = check_company(
        example_file("messy_export_ja.xlsx"), mapping=example_file("messy_export_ja.toml")
    )
    aside = intake.set_aside()
    customers = set(aside["accounts"][CODE]) - set(intake.company().accounts["account_id"])
    others = pd.concat(table[CODE] for name, table in aside.items() if name != "accounts")
    return str(others[others.isin(customers) & others.ne("")].value_counts().index[0])


def small_cells_of_key_accounts(company: Company) -> float:
    """Return how many combinations of industry and key account are shared by fewer than five."""
    company.need("accounts", *TOGETHER, purpose=say("lab.purpose_small_cells"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are small cells is the question
        return float(len(small_cells(company, by=TOGETHER)))


QUESTIONS: Mapping[str, Callable[[Company], str | float]] = {
    "C1-mend-first": mend_first,
    "C1-small-cells": small_cells_of_key_accounts,
}
