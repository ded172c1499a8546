"""Finds columns of a table of periods that know what came on or after a period's first day."""

from dataclasses import replace

import numpy as np
import pandas as pd

from kamlab.accounts.tables import table as declared
from kamlab.panel.analysis_table import OF_THE_PERIOD, ROW

DATED = {
    "survey": "answered_on",
    "transactions": "ordered_on",
    "contacts": "last_contact",
    "interactions": "occurred_on",
}
IDENTIFIED_BY = {
    "survey": "respondent_id",
    "transactions": "order_id",
    "contacts": "contact_id",
    "interactions": "interaction_id",
}
MONEY = ["revenue", "margin", "cost_to_serve"]


def leaking_columns(company, build, day, seed=0):
    """Return the columns that change when what came on or after a day had come otherwise.

    Only periods that begin by the day are compared, and not what the period itself brings.
    """
    compared = []
    for version in (company, otherwise(company, day, np.random.default_rng(seed))):
        rows = build(version)
        known = rows[rows["start"] <= day].set_index(ROW)
        compared.append(known.drop(columns=[name for name in OF_THE_PERIOD if name in known]))
    before, after = compared
    assert list(before.index) == list(after.index), "a period that had begun came or went"
    return {name for name in before if name not in after or differs(before[name], after[name])}


def differs(one, other):
    try:
        pd.testing.assert_series_equal(one, other, check_exact=True, check_dtype=False)
    except AssertionError:
        return True
    return False


def otherwise(company, day, rng):
    """Return the company as it would be if all that came on or after a day had come otherwise."""
    changed = {
        name: logged_otherwise(company.tables[name], name, day, rng)
        for name in DATED
        if name in company.tables
    }
    return replace(company, **changed, periods=periods_otherwise(company.periods, day, rng))


def logged_otherwise(frame, name, day, rng):
    """Alter, add and take away records of a log from a day on."""
    late = frame[frame[DATED[name]] >= day]
    made = frame.sample(min(len(frame), 30), random_state=int(rng.integers(2**31)))
    made[IDENTIFIED_BY[name]] = [f"new-{number}" for number in range(len(made))]
    late = pd.concat([late[rng.random(len(late)) < 0.7], made], ignore_index=True)
    later = rng.integers(0, 900, len(late)) * (rng.random(len(late)) < 0.7)
    late[DATED[name]] = day + pd.to_timedelta(later, unit="D")
    for column in (c for c in declared(name).columns if c.name in late):
        if column.type in ("rating", "category", "money"):
            late[column.name] = rng.permutation(late[column.name].to_numpy())
    return pd.concat([frame[frame[DATED[name]] < day], late], ignore_index=True)


def periods_otherwise(periods, day, rng):
    """Alter outcomes of periods that end on or after a day; take away some that begin after it."""
    periods = periods[(periods["start"] <= day) | (rng.random(len(periods)) < 0.5)].copy()
    late = periods["end"] >= day
    periods.loc[late, MONEY] *= rng.uniform(0.1, 9.0, (int(late.sum()), len(MONEY)))
    flipped = late & (rng.random(len(periods)) < 0.5)
    periods.loc[flipped, "stayed"] = ~periods.loc[flipped, "stayed"]
    return periods
