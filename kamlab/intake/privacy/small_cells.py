"""Combinations of values that so few accounts share that they tell who an account is."""

from __future__ import annotations

import warnings
from collections.abc import Collection

import pandas as pd

from kamlab.accounts.company import Company
from kamlab.foundation.errors import ArgumentError, DataWarning
from kamlab.foundation.language import join, same, say
from kamlab.foundation.nearest import nearest_hint

AT_LEAST = 5
"""Accounts that a cell should have. A design choice: offices of statistics use 3 to 10."""


def small_cells(
    data: Company | pd.DataFrame, by: Collection[str], at_least: int = AT_LEAST
) -> pd.DataFrame:
    """Return the combinations of values that fewer than so many accounts share.

    Parameters
    ----------
    data : Company or DataFrame
        Of a company, its accounts. In a table with `account_id`, different accounts are
        counted, in another one rows.
    by : collection of str
        The columns that are to be shown together, such as `["industry", "region"]`. A missing
        value is a value like others.
    at_least : int, default 5

    Returns
    -------
    DataFrame
        The columns of `by` and `n_accounts`, one row a combination, the smallest first; empty
        if every combination has enough.

    Raises
    ------
    ArgumentError
        If `by` names what the table does not have, or `at_least` is no whole number from 2.

    Warns
    -----
    DataWarning
        If there are such combinations.

    Notes
    -----
    Leaving out one small cell is not enough where a total is shown beside: it can be had by
    subtraction. Merge classes instead.

    Examples
    --------
    >>> kl.small_cells(company, by=["industry", "region"])  # doctest: +SKIP
    """
    table = data.accounts if isinstance(data, Company) else data
    if not isinstance(table, pd.DataFrame):
        raise ArgumentError(say("intake.cells_of_what", got=type(data).__name__))
    columns = [by] if isinstance(by, str) else list(dict.fromkeys(by))
    _refuse_unknown(columns, table)
    if isinstance(at_least, bool) or not isinstance(at_least, int) or at_least < 2:
        raise ArgumentError(say("intake.cells_at_least", at_least=at_least))
    found = table.drop_duplicates([*columns, "account_id"]) if "account_id" in table else table
    counts = found.groupby(columns, dropna=False, observed=True, sort=True).size()
    small = counts[counts < at_least].sort_values(kind="stable")
    if len(small):
        message = say(
            "intake.cells_small",
            combinations=len(small),
            at_least=at_least,
            columns=join([same(column) for column in columns]),
        )
        warnings.warn(str(message), DataWarning, stacklevel=2)
    return small.rename("n_accounts").reset_index()


def _refuse_unknown(columns: list[str], table: pd.DataFrame) -> None:
    known = [str(column) for column in table.columns]
    if not columns:
        raise ArgumentError(say("intake.cells_by_nothing"))
    if strange := [column for column in columns if column not in known]:
        named = join([same(column) + nearest_hint(column, known) for column in strange])
        raise ArgumentError(say("intake.cells_unknown", names=named))
