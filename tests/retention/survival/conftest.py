"""Small analysis tables, and the numbers of R's package survival (tests/reference/retention_r)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

R = Path(__file__).parents[2] / "reference" / "retention_r"
DAYS = 365.25


def in_days(years):
    return np.rint(np.asarray(years, dtype=float) * DAYS)


@pytest.fixture(scope="session")
def r_values():
    """Return the numbers of one analysis in R, by quantity and term."""

    def read(file, analysis):
        table = pd.read_csv(R / file, dtype={"term": str}, keep_default_na=True)
        own = table[table["analysis"] == analysis]
        return own.fillna({"term": ""}).set_index(["quantity", "term"])["value"].astype(float)

    return read


@pytest.fixture(scope="session")
def r_table():
    """Return an input or a table of R's as it stands."""
    return lambda file: pd.read_csv(R / file, dtype={"account_id": str, "group": str})


@pytest.fixture(scope="session")
def as_periods():
    """Return rows of a counting process as periods of an analysis table, to the day."""

    def made(rows):
        start = pd.Timestamp("2020-01-01")
        entry, leave = in_days(rows["entry"]), in_days(rows["exit"])
        stayed = rows["stayed"] if "stayed" in rows else 1 - rows["left"]
        return rows.drop(columns=["left"], errors="ignore").assign(
            tenure=entry / DAYS,
            start=start,
            end=start + pd.to_timedelta(leave - entry - 1, unit="D"),
            stayed=stayed.astype(bool),
            decided=True,
            period=2020,
        )

    return made


@pytest.fixture
def histories():
    """Return an analysis table from accounts' yearly outcomes, the first year being 2020.

    An account's value: (years as a customer at the first day, list of stayed, further columns).
    """

    def made(accounts, first_year=2020):
        rows = [
            {
                "account_id": account,
                "period": first_year + number,
                "start": pd.Timestamp(first_year + number, 1, 1),
                "end": pd.Timestamp(first_year + number, 12, 31),
                "stayed": stayed,
                "decided": stayed is not None,
                "tenure": tenure + number,
                **columns,
            }
            for account, (tenure, outcomes, columns) in accounts.items()
            for number, stayed in enumerate(outcomes)
        ]
        return pd.DataFrame(rows).astype({"stayed": "boolean"})

    return made
