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

NUMERIC = ("integer", "floating", "mixed-integer-float", "boolean", "empty")
"""What pandas calls columns of numbers, or of yes and no, whatever their type."""


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
        One row per rater with the columns asked for that raters gave, indexed by the row of the
        account; None where nobody's own ratings are known.
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
        _refuse_unused(wave, pd.DataFrame())
        return _from_table(data, columns)
    accounts, survey = _profile(data), _survey(data)
    asked = [c for c in columns if c not in accounts and c in survey]
    if missing := [c for c in columns if c not in accounts and c not in survey]:
        listed = join([same(name) for name in missing])
        raise NotApplicable(say("portfolio.need_of_company", purpose=of, missing=listed))
    values = accounts[[c for c in columns if c in accounts]]
    raters = None
    if asked:
        raters = _of_wave(survey, wave)[asked].dropna(how="all")
        means = raters.groupby(level=0).mean().reindex(range(len(accounts)))
        values = pd.concat([values, means], axis=1)
    else:
        _refuse_unused(wave, survey)
    return Evidence(
        accounts=accounts,
        values=_numbers(values[list(columns)]),
        raters=raters,
        currency=data.currency,
    )


@lru_cache(maxsize=2)
def _profile(company: Company) -> pd.DataFrame:
    """Return accounts with their facts; a company cannot change, and several models ask."""
    accounts, facts = company.accounts, account_facts(company)
    return accounts.join(facts[facts.columns.difference(accounts.columns)])


@lru_cache(maxsize=2)
def _survey(company: Company) -> pd.DataFrame:
    """Return the survey, indexed by the row of each answer's account, with `is_last`."""
    survey = company.survey
    if survey is None:
        return pd.DataFrame()
    account = pd.Index(company.accounts["account_id"]).get_indexer(survey["account_id"])
    last = np.zeros(len(company.accounts))
    np.maximum.at(last, account, survey["wave"])
    return survey.assign(is_last=survey["wave"] == last[account]).set_index(account)


def _of_wave(survey: pd.DataFrame, wave: int | None) -> pd.DataFrame:
    if wave is None:
        return survey[survey["is_last"]]
    _refuse_unknown(wave, survey)
    return survey[survey["wave"] == wave]


def _refuse_unknown(wave: int, survey: pd.DataFrame) -> None:
    if wave not in set(survey["wave"]):
        known = ", ".join(str(number) for number in sorted(survey["wave"].unique()))
        raise ArgumentError(say("portfolio.no_such_wave", wave=wave, known=known))


def _refuse_unused(wave: int | None, survey: pd.DataFrame) -> None:
    if wave is None:
        return
    if len(survey):
        _refuse_unknown(wave, survey)
    raise ArgumentError(say("portfolio.wave_without_survey", wave=wave))


def _from_table(table: pd.DataFrame, columns: Sequence[str]) -> Evidence:
    table = table.reset_index(drop=True)
    _refuse_nameless(table)
    numbers = _numbers(table[list(columns)])
    accounts = table.drop_duplicates("account_id").reset_index(drop=True)
    if len(accounts) == len(table):
        return Evidence(accounts=accounts, values=numbers, raters=None)
    row = pd.Index(accounts["account_id"]).get_indexer(table["account_id"])
    rows = numbers.set_index(row)
    raters = rows.dropna(how="all")
    return Evidence(accounts=accounts, values=rows.groupby(level=0).mean(), raters=raters)


def _refuse_nameless(table: pd.DataFrame) -> None:
    ids = table["account_id"]
    blank = ids.isna() | (ids.astype(str).str.strip() == "")
    if blank.any():
        first = int(blank.to_numpy().argmax()) + 1
        raise ArgumentError(say("portfolio.nameless", count=int(blank.sum()), row=first))


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    twice = list(dict.fromkeys(frame.columns[frame.columns.duplicated()]))
    if twice:
        listed = join([same(name) for name in twice])
        raise ArgumentError(say("portfolio.column_twice", columns=listed))
    wrong = [name for name in frame if not _holds_numbers(frame[name])]
    if wrong:
        listed = join([same(name) for name in wrong])
        raise ArgumentError(say("portfolio.not_numbers", columns=listed))
    numbers = {name: frame[name].to_numpy(dtype=float, na_value=np.nan) for name in frame}
    return pd.DataFrame(numbers, index=frame.index)


def _holds_numbers(column: pd.Series) -> bool:
    return pd.api.types.infer_dtype(column, skipna=True) in NUMERIC
