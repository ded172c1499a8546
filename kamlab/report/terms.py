"""Which terms a company's tables and its leavers allow a regression to have."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import listed, say

SCORES = ("trust", "commitment", "satisfaction")

RARER_PER_TERM = 5
"""Decided periods of the rarer outcome per term: our design. Ten is the usual advice; with a
single term even fewer are tried, and the result warns of it."""


def staying_terms(rows: pd.DataFrame, first: Iterable[str]) -> tuple[str, ...]:
    """Return what staying is explained with: the names asked for, other scores, tenure.

    Parameters
    ----------
    rows : DataFrame
        An analysis table.
    first : iterable of str
        Scores that have to be among the terms as far as they are known.

    Returns
    -------
    tuple of str
        As many as there are leavers for, at least one. The order is fixed beforehand: nothing
        is chosen by what it explains.

    Raises
    ------
    NotApplicable
        If none of them is known.
    """
    wanted = tuple(dict.fromkeys([*first, *SCORES, "tenure"]))
    known = [name for name in wanted if _differs(rows, name)]
    if not known:
        raise NotApplicable(say("report.no_terms", names=listed(wanted)))
    stayed = rows.loc[rows["decided"], "stayed"].astype(bool)
    rarer = min(int(stayed.sum()), int((~stayed).sum()))
    return tuple(known[: max(1, rarer // RARER_PER_TERM)])


def worth_terms(rows: pd.DataFrame, staying: Iterable[str]) -> tuple[str, ...]:
    """Return what lifetime value is explained with: the scores of staying, and size."""
    scores = [name for name in staying if name != "tenure"]
    return (*scores, *(["size"] if _differs(rows, "size") else []))


def _differs(rows: pd.DataFrame, name: str) -> bool:
    """Return whether a column is there, and differs among the rows in which it is known."""
    return name in rows and len(rows[name].dropna().unique()) > 1
