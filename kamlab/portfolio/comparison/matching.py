"""The same accounts in several portfolios."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.identity import IDENTITY, identity
from kamlab.foundation.lent import Lent
from kamlab.portfolio.declaration.model import Cell
from kamlab.portfolio.engine.scoring import Ints
from kamlab.portfolio.portfolio import Portfolio


@dataclass(frozen=True, eq=False, kw_only=True)
class Matched:
    """Accounts of several portfolios, matched by `account_id`.

    Attributes
    ----------
    accounts : DataFrame
        Who they are, in the order of the first portfolio, then of those that it lacks.
    rows : ndarray of int, shape (accounts, portfolios)
        The row in each portfolio; -1 where it has no such account.
    cells : ndarray of int, shape (accounts, portfolios)
        The number of the cell in each; -1 without one.
    """

    accounts: Lent[pd.DataFrame] = Lent()
    rows: Ints
    cells: Ints

    @property
    def present(self) -> NDArray[np.bool_]:
        """Whether each portfolio has each account."""
        return np.asarray(self.rows >= 0)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Whether each account has a cell in each portfolio."""
        return np.asarray(self.cells >= 0)

    @property
    def identity(self) -> pd.DataFrame:
        """Id and name of each account, in the current language."""
        return identity(self.accounts)

    def values(self, portfolio: int, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers that a portfolio has per account; NaN where it has no such account."""
        rows = self.rows[:, portfolio]
        return np.append(own, np.nan)[rows]


def match_accounts(portfolios: Sequence[Portfolio]) -> Matched:
    """Return the accounts of all portfolios, each once."""
    tables = [board.accounts for board in portfolios]
    known = [table[[name for name in IDENTITY if name in table]] for table in tables]
    accounts = pd.concat(known).drop_duplicates("account_id").reset_index(drop=True)
    rows = [pd.Index(table["account_id"]).get_indexer(accounts["account_id"]) for table in tables]
    cells = [
        np.append(board.placement.cell, -1)[own]
        for board, own in zip(portfolios, rows, strict=True)
    ]
    return Matched(accounts=accounts, rows=np.column_stack(rows), cells=np.column_stack(cells))


def efforts(portfolio: Portfolio) -> Ints:
    """Return the effort that each cell of a portfolio's model asks for."""
    return np.array([cell.effort for cell in portfolio.model.cells])


def of_cells(portfolio: Portfolio, cells: Ints, get: Callable[[Cell], str]) -> pd.Series:
    """Return something of each account's cell; missing where it has none."""
    known = np.array([*(get(cell) for cell in portfolio.model.cells), None], dtype=object)
    return pd.Series(known[cells], dtype="str")
