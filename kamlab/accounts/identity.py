"""Who an account is, in the current language."""

from __future__ import annotations

import pandas as pd

from kamlab.foundation.language import current_language

IDENTITY = ("account_id", "name", "name_en")
"""The columns of the account table that say who an account is."""


def identity(rows: pd.DataFrame) -> pd.DataFrame:
    """Return `account_id` and, where known, `name` in the current language.

    Parameters
    ----------
    rows : DataFrame
        With `account_id`; `name` and `name_en` are used where present. In English an account
        without an English name keeps its own.

    Returns
    -------
    DataFrame
        With the index of `rows`.
    """
    table = rows[["account_id"]].copy()
    if "name" in rows:
        table["name"] = rows["name"]
    if "name_en" in rows and (current_language() == "en" or "name" not in rows):
        table["name"] = rows["name_en"].fillna(table.get("name", ""))
    return table


def captions(rows: pd.DataFrame) -> list[str]:
    """Return id and name of each account in one string, for the axis of a figure."""
    parts = identity(rows).fillna("").to_numpy()
    return [" ".join(str(part) for part in row if part) for row in parts]
