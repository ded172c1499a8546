"""What a model needs to know of each account, gathered from a company or one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.accounts.need import need_columns
from kamlab.foundation.errors import ArgumentError, NotApplicable
from kamlab.foundation.language import Text, join, same, say
from kamlab.foundation.lent import Lent


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """What is known of each account.

    Attributes
    ----------
    accounts : DataFrame
        One row per account: all that its table says of it, and its facts.
    values : DataFrame
        One row per account, one column of numbers per column asked for; yes is 1, no is 0.
    raters : DataFrame or None
        One row per rater: `account`, the row number of the account, and the columns asked for
        that raters gave; None where nobody's own ratings are known.
    currency : str
        Of the amounts; empty where not known.
    """

    accounts: Lent[pd.DataFrame] = Lent()
    values: Lent[pd.DataFrame] = Lent()
    raters: Lent[pd.DataFrame | None] = Lent()
    currency: str = ""


def gather(
    data: Company | pd.DataFrame, columns: Sequence[str], *, of: Text, wave: int | None = None
) -> Evidence:
    """Return what is known of each account.

    Parameters
    ----------
    data : Company or DataFrame
        A company, whose accounts, facts and survey are searched in this order; or an account
        table. Several rows of one account are ratings of several people, and are averaged.
    columns : sequence of str
        What must be known.
    of : Text
        What needs it, as the subject of a sentence.
    wave : int, optional
        The wave of the survey; each account's last one if left out.

    Raises
    ------
    NotApplicable
        If columns are nowhere, all named at once.
    ArgumentError
        If there is no such wave, or `data` is neither a company nor a table.
    """
    if not isinstance(data, Company):
        need_columns(data, "account_id", *columns, of=of)
        return _from_table(data, columns)
    accounts = data.accounts
    facts = _facts(data)
    accounts = accounts.join(facts[facts.columns.difference(accounts.columns)])
    answered = _answers(data, [c for c in columns if c not in accounts], wave)
    if missing := [c for c in columns if c not in accounts and c not in answered]:
        listed = join([same(name) for name in missing])
        raise NotApplicable(say("portfolio.need_of_company", purpose=of, missing=listed))
    row = pd.Series(np.arange(len(accounts)), index=accounts["account_id"])
    raters = answered.assign(account=row.loc[answered["account_id"]].to_numpy())
    raters = raters.drop(columns="account_id")
    means = raters.groupby("account").mean().reindex(range(len(accounts)))
    known = pd.concat([accounts[[c for c in columns if c in accounts]], means], axis=1)
    return Evidence(
        accounts=accounts,
        values=_numbers(known[list(columns)]),
        raters=raters if raters.shape[1] > 1 else None,
        currency=data.currency,
    )


@lru_cache(maxsize=2)
def _facts(company: Company) -> pd.DataFrame:
    """Return the facts of a company, which cannot change; several models ask for them."""
    return account_facts(company)


def _from_table(table: pd.DataFrame, columns: Sequence[str]) -> Evidence:
    accounts = table.drop_duplicates("account_id").reset_index(drop=True)
    numbers = _numbers(table[list(columns)])
    if len(accounts) == len(table):
        return Evidence(accounts=accounts, values=numbers.reset_index(drop=True), raters=None)
    row = pd.Series(np.arange(len(accounts)), index=accounts["account_id"])
    raters = numbers.reset_index(drop=True)
    raters["account"] = row.loc[table["account_id"]].to_numpy()
    means = raters.groupby("account").mean()
    return Evidence(accounts=accounts, values=means[list(columns)], raters=raters)


def _answers(company: Company, columns: list[str], wave: int | None) -> pd.DataFrame:
    """Return the answers of one wave to the survey's items among the columns."""
    survey = company.survey
    if survey is None or not columns:
        return pd.DataFrame({"account_id": pd.Series(dtype=str)})
    if wave is not None and wave not in set(survey["wave"]):
        known = ", ".join(str(number) for number in sorted(survey["wave"].unique()))
        raise ArgumentError(say("portfolio.no_such_wave", wave=wave, known=known))
    last = survey.groupby("account_id")["wave"].transform("max")
    chosen = survey[survey["wave"] == (last if wave is None else wave)]
    return chosen[["account_id", *(c for c in columns if c in survey)]].reset_index(drop=True)


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    wrong = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    wrong = [name for name in wrong if not pd.api.types.is_bool_dtype(frame[name])]
    if wrong:
        listed = join([same(name) for name in wrong])
        raise ArgumentError(say("portfolio.not_numbers", columns=listed))
    return frame.astype(float)
