"""Accounts cut into groups by what was known before they were first watched."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.foundation.errors import ArgumentError, NotApplicable, warn_left_out
from kamlab.foundation.language import Text, same, say
from kamlab.panel.analysis_table import OF_THE_PERIOD
from kamlab.selection.arguments import is_whole
from kamlab.sem.caller import level_of_caller

ALL = "all"
MOST_GROUPS = 6
"""As many as there are colours that everybody can tell apart."""


@dataclass(frozen=True, eq=False)
class Grouped:
    """Accounts and the group of each.

    Attributes
    ----------
    accounts : DataFrame
        Those whose group is known.
    codes : ndarray of int, shape (accounts,)
        The place of the group in `names`.
    names : tuple of str
        Ranges such as `"1.75–4.50"`, or categories.
    n_left_out : int
    """

    accounts: pd.DataFrame
    codes: NDArray[np.intp]
    names: tuple[str, ...]
    n_left_out: int = 0


def grouped(accounts: pd.DataFrame, by: str | None, n_groups: int) -> Grouped:
    """Cut accounts into groups.

    Parameters
    ----------
    accounts : DataFrame
        One row an account.
    by : str or None
        A column. Numbers of more than `n_groups` different values are cut by their quantiles,
        equal values staying together; of anything else every value is a group.
    n_groups : int
        From 2 to 6.

    Raises
    ------
    ArgumentError
        If the column is not there, tells what the period itself brought, or has more than six
        values; or if the number of groups is out of range.
    NotApplicable
        If the column is known of no account, or there are not two groups.

    Warns
    -----
    RowsLeftOutWarning
        If the column is missing for some accounts.
    """
    if by is None:
        return Grouped(accounts, np.zeros(len(accounts), dtype=int), (ALL,))
    _check(accounts, by, n_groups)
    known = accounts[by].notna()
    if not known.any():
        raise NotApplicable(say("retention.survival_by_nobody", column=by, count=len(known)))
    if not known.all():
        reason = say("retention.survival_by_unknown", column=by)
        warn_left_out(int((~known).sum()), len(known), reason, stacklevel=level_of_caller())
    kept = accounts[known].reset_index(drop=True)
    codes, names = _cut(kept[by], n_groups)
    if len(names) < 2:
        raise NotApplicable(say("retention.survival_one_group", column=by))
    if len(names) > MOST_GROUPS:
        words = {"column": by, "count": len(names), "most": MOST_GROUPS}
        raise ArgumentError(say("retention.survival_many_groups", **words))
    return Grouped(kept, codes, names, int((~known).sum()))


def _check(accounts: pd.DataFrame, by: object, n_groups: object) -> None:
    if not (is_whole(n_groups) and 2 <= n_groups <= MOST_GROUPS):
        raise ArgumentError(
            say("retention.survival_n_groups", got=repr(n_groups), most=MOST_GROUPS)
        )
    if not isinstance(by, str) or by not in accounts.columns:
        near = difflib.get_close_matches(str(by), [str(name) for name in accounts.columns], n=1)
        nearest = say("retention.survival_nearest", name=near[0]) if near else same("")
        raise ArgumentError(say("retention.survival_no_column", got=repr(by), nearest=nearest))
    if by in OF_THE_PERIOD:
        raise ArgumentError(say("retention.survival_leak", column=by))


def _cut(values: pd.Series, n_groups: int) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not is_number or values.nunique() <= n_groups:
        codes, found = pd.factorize(values, sort=True)
        return codes, tuple(f"{value:g}" if is_number else str(value) for value in found)
    numbers = values.astype(float)
    codes = quantile_groups(np.asarray(numbers, dtype=np.float64), n_groups)
    ranges = numbers.groupby(codes).agg(["min", "max"])
    return codes, tuple(_range(low, high) for low, high in ranges.itertuples(index=False))


def quantile_groups(values: NDArray[np.float64], n_groups: int) -> NDArray[np.intp]:
    """Return the group of each value, from 0; equal values stay together."""
    inner = np.unique(np.quantile(values, np.arange(1, n_groups) / n_groups))
    places = np.searchsorted(inner, values, "left")
    return np.asarray(np.unique(places, return_inverse=True)[1])


def _range(low: float, high: float) -> str:
    """Return a range in words that read alike in both languages."""
    digits = 2 if abs(high) < 1000 else 0
    first, last = (f"{value:,.{digits}f}" for value in (low, high))
    return first if first == last else f"{first}–{last}"


def group_labels(names: tuple[str, ...]) -> dict[str, Text]:
    """Return the groups in words: yes and no, and all accounts, in the current language."""
    if names == (ALL,):
        return {ALL: say("retention.survival_all")}
    words = {"True": say("foundation.yes"), "False": say("foundation.no")}
    return {name: words.get(name, same(name)) for name in names}
