"""Where cover is thin, over tables: the reasons, account by account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kamlab.foundation.claims import Claim, Status
from kamlab.selection.workload import Hours

REASONS = ("no_manager", "hunter_only", "single_contact", "silent", "over_load")
"""Why an account's cover is thin."""

NEEDS = {
    "no_manager": ("manager",),
    "hunter_only": ("manager_role",),
    "single_contact": ("n_contacts",),
    "silent": ("days_since_contact",),
    "over_load": ("manager",),
}
"""The columns without which a reason cannot be checked."""

LEVELS = ("account", "key", "national", "global")
"""Levels of account managers, from the lowest up."""

SILENT_DAYS = Claim(180, Status.DESIGN, "kamlab: half a year without a word", "days")
FEWEST_CONTACTS = Claim(
    2, Status.DESIGN, "kamlab: with one contact, all hangs on one person", "people"
)
FULL_LOAD = Claim(1.0, Status.DESIGN, "kamlab: as many hours as one manager has", "share")


def with_load(accounts: pd.DataFrame, hours: Hours) -> pd.DataFrame:
    """Return the accounts with `own_load`, their manager's `accounts_of_manager` and `load`.

    Parameters
    ----------
    accounts : DataFrame
        With the boolean `key`; `manager` is used where present.
    hours : Hours
        What accounts ask for.
    """
    key = accounts["key"].to_numpy(dtype=float)
    table = accounts.assign(own_load=hours.load(key, 1 - key))
    if "manager" not in table:
        return table.assign(accounts_of_manager=np.nan, load=np.nan)
    groups = table.groupby("manager")["own_load"]
    return table.assign(
        accounts_of_manager=groups.transform("size").where(table["manager"].notna()),
        load=groups.transform("sum").where(table["manager"].notna()),
    )


def thin_reasons(
    accounts: pd.DataFrame, *, silent_days: float, fewest_contacts: int, full_load: float
) -> pd.DataFrame:
    """Return one boolean column per reason; what is not known is no reason.

    Parameters
    ----------
    accounts : DataFrame
        From `with_load`, with the facts `n_contacts` and `days_since_contact` where known.
    """
    nothing = pd.Series(np.nan, index=accounts.index)
    there = {name: accounts.get(name, nothing) for needs in NEEDS.values() for name in needs}
    holds = {
        "no_manager": there["manager"].isna(),
        "hunter_only": accounts["key"] & (there["manager_role"] == "hunter"),
        "single_contact": there["n_contacts"] < fewest_contacts,
        "silent": there["days_since_contact"] > silent_days,
        "over_load": accounts["load"] > full_load,
    }
    known = checkable(accounts)
    return pd.DataFrame({reason: holds[reason] & known[reason] for reason in REASONS})


def checkable(accounts: pd.DataFrame) -> dict[str, bool]:
    """Return whether each reason can be checked with the columns that are there."""
    return {reason: {*needs} <= {*accounts.columns} for reason, needs in NEEDS.items()}


def by_manager(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return one row per manager; accounts without one are the last row, whose name is missing.

    The level is the highest at which the manager looks after an account; the role is "both"
    where it differs between accounts. Nobody has neither.
    """
    rows = []
    for _, own in accounts.groupby("manager", dropna=False, sort=True):
        somebody = own["manager"].notna().all()
        rows.append(
            {
                "manager": own["manager"].iloc[0],
                "level": _highest(own) if somebody else None,
                "role": _common(own) if somebody else None,
                "n_accounts": len(own),
                "n_key": int(own["key"].sum()),
                "revenue_held": own["revenue"].sum() if "revenue" in own else np.nan,
                "load": own["own_load"].sum() if somebody else np.nan,
                "n_thin": int(own["thin"].sum()),
            }
        )
    columns = ["manager", "level", "role", "n_accounts", "n_key", "revenue_held", "load", "n_thin"]
    return pd.DataFrame(rows, columns=columns)


def _highest(rows: pd.DataFrame) -> str | None:
    held = set(rows["manager_level"].dropna()) if "manager_level" in rows else set()
    return max(held, key=LEVELS.index, default=None)


def _common(rows: pd.DataFrame) -> str | None:
    held = set(rows["manager_role"].dropna()) if "manager_role" in rows else set()
    return "both" if len(held) > 1 else next(iter(held), None)
