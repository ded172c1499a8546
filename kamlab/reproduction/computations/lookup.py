"""One number out of a result's table."""

from __future__ import annotations

import numpy as np
import pandas as pd


def number_at(table: pd.DataFrame, column: str, **where: str) -> float:
    """Return the number of a column in the one row that has these values in other columns.

    Raises
    ------
    ValueError
        If no row has them, or several have.
    """
    rows = np.ones(len(table), dtype=bool)
    for name, value in where.items():
        rows &= (table[name] == value).to_numpy(dtype=bool)
    return float(table.loc[rows, column].to_numpy(dtype=float).item())
