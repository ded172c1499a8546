"""On how few accounts the business rests: `measure_concentration`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.company import Company
from kamlab.accounts.facts import account_facts
from kamlab.accounts.identity import IDENTITY
from kamlab.foundation.errors import ArgumentError, NotApplicable, warn_left_out
from kamlab.foundation.language import join, same, say
from kamlab.portfolio.declaration.card import column_label
from kamlab.selection.concentration import Concentration
from kamlab.selection.customers import has_left
from kamlab.selection.labels import is_money


def measure_concentration(
    values: Company | pd.Series | Sequence[float] | NDArray[np.float64], what: str = "revenue"
) -> Concentration:
    """Say how unequally an amount is spread over accounts.

    Parameters
    ----------
    values : Company, Series or sequence of float
        A company, whose accounts that are still customers are taken; or the amounts
        themselves, one per account. The index of a Series names the accounts.
    what : str, default "revenue"
        For a company: a number in the account table, or else a fact (`account_facts` lists
        them), as in `classify`.
        For amounts: what they are.

    Returns
    -------
    Concentration
        `tidy()` the share of the top 1, 5, 10 and 20 % of the accounts, `glance()` Gini, HHI
        and the number of accounts that bring 80 %, `plot()` the Lorenz curve.

    Raises
    ------
    NotApplicable
        If no amount is known, or they do not sum to more than zero.
    ArgumentError
        If the company has no such number, or the amounts are no numbers.

    Warns
    -----
    RowsLeftOutWarning
        If accounts have no amount.

    Notes
    -----
    With the amounts x in ascending order, n of them, Gini is
    `sum((2 i - n - 1) x_i) / (n sum(x))`, which is half the mean difference of all pairs over
    the mean: 0 where all are equal, (n - 1)/n where one account brings all. HHI is the sum of
    the squared shares, from 1/n to 1, and 1/HHI is the number of equal accounts that would be
    as concentrated. The top 1 % of 240 accounts are 2.4 accounts: the third counts with four
    tenths. Neither Gini nor HHI is defined for amounts below zero, such as the margin of an
    account that loses money; both are then missing, with a note, while the shares of the top
    accounts hold and may exceed 100 %.

    Examples
    --------
    >>> kl.measure_concentration([1, 1, 1, 1, 6]).glance()[["gini", "hhi", "n_for_most"]].round(2)
       gini  hhi  n_for_most
    0   0.4  0.4           3
    """
    if isinstance(values, Company):
        rows, gone = _of_company(values, what), int(has_left(values).sum())
        currency = values.currency if is_money(what) else ""
    else:
        rows, gone, currency = _of_values(values), 0, ""
    words = column_label(what)
    known = rows[rows["value"].notna()].reset_index(drop=True)
    total = known["value"].sum()
    if known.empty or not total > 0:
        raise NotApplicable(
            say("selection.nothing_to_share", what=words, count=len(known), total=f"{total:g}")
        )
    if left_out := len(rows) - len(known):
        reason = say("selection.no_value", what=words)
        warn_left_out(left_out, len(rows), reason, stacklevel=2)
    return Concentration(
        accounts=known, what=words, currency=currency, n_left_out=left_out, n_gone=gone
    )


def _of_company(company: Company, what: str) -> pd.DataFrame:
    accounts, facts = company.accounts, account_facts(company)
    own = accounts.select_dtypes("number")
    known = dict.fromkeys([*facts.columns.drop("account_id"), *own])
    if what not in known:
        listed = join([same(name) for name in known])
        raise ArgumentError(say("selection.no_such_number", what=what, known=listed))
    amount = own[what] if what in own else facts[what]
    names = [name for name in (*IDENTITY, "is_key") if name in accounts]
    rows = accounts[names].assign(value=amount.to_numpy(dtype=float, na_value=np.nan))
    return rows[~has_left(company)]


def _of_values(values: pd.Series | Sequence[float] | NDArray[np.float64]) -> pd.DataFrame:
    try:
        series = pd.Series(values).astype(float)
    except (TypeError, ValueError) as error:
        got = type(values).__name__
        raise ArgumentError(say("selection.not_amounts", got=got, reason=error)) from error
    if np.isinf(series).any():
        raise ArgumentError(say("selection.infinite_amounts", count=int(np.isinf(series).sum())))
    named = isinstance(values, pd.Series) and not isinstance(values.index, pd.RangeIndex)
    ids = series.index if named else range(1, len(series) + 1)
    return pd.DataFrame(
        {"account_id": [str(one) for one in ids], "value": series.to_numpy(dtype=float)}
    )
