"""Records that contradict one another, though each is allowed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.findings import Finding, Sheet
from kamlab.intake.checking.doubt import Sheets, day_of, days, doubt, look_up
from kamlab.intake.checking.leaving import after_leaving
from kamlab.intake.checking.namesakes import namesakes
from kamlab.intake.checking.purchases import disagreeing_purchases

HAPPENED = {
    "accounts": ("customer_since",),
    "survey": ("answered_on",),
    "transactions": ("ordered_on",),
    "contacts": ("last_contact",),
    "interactions": ("occurred_on",),
}
"""Days on which something has happened; a period may well end after the export."""

FIRST_OF = {"periods": "end", "transactions": "ordered_on", "survey": "answered_on"}
"""Days before which nobody can have become a customer. A meeting may come before: it may win
one; and a period may begin before, if the customer came within it."""


def contradictions(sheets: Sheets, as_of: pd.Timestamp | None = None) -> Iterator[Finding]:
    """Yield warnings about records that contradict one another.

    Parameters
    ----------
    sheets : mapping of str to Sheet
    as_of : Timestamp, optional
        The day of the export; without it nothing is said of days in the future.
    """
    if "accounts" in sheets:
        yield from namesakes(sheets["accounts"])
        yield from _since_after(sheets)
    if "periods" in sheets:
        yield from _overlaps(sheets["periods"])
        yield from _numbers_against_dates(sheets["periods"])
        yield from _margin(sheets["periods"])
        yield from _renewal_without_contract(sheets)
        yield from after_leaving(sheets)
    yield from disagreeing_purchases(sheets)
    if as_of is not None:
        for name, columns in HAPPENED.items():
            if name in sheets:
                yield from _future(sheets[name], columns, as_of)


def _since_after(sheets: Sheets) -> Iterator[Finding]:
    accounts = sheets["accounts"]
    if not accounts.has("account_id", "customer_since"):
        return
    for name, column in FIRST_OF.items():
        if name in sheets and sheets[name].has("account_id", column):
            yield from _since_after_first(accounts, sheets[name], column)


def _since_after_first(accounts: Sheet, there: Sheet, column: str) -> Iterator[Finding]:
    dated = there.typed[["account_id", column]].dropna().sort_values(column, kind="stable")
    first = dated.drop_duplicates("account_id").reset_index(names="at").set_index("account_id")
    ids, since = accounts.typed["account_id"], days(accounts.typed["customer_since"])
    began, at = days(look_up(first[column], ids)), look_up(first["at"], ids)
    yield from doubt(
        accounts,
        "customer_since",
        f"since_after_{there.spec.name}",
        np.flatnonzero(since > began),
        lambda here: {
            "since": day_of(since[here]),
            "day": day_of(began[here]),
            "row": there.rows[int(at[here])],
        },
    )


def _overlaps(periods: Sheet) -> Iterator[Finding]:
    if not periods.has("account_id", "start", "end"):
        return
    dated = periods.typed[["account_id", "start", "end"]].dropna()
    dated = dated.sort_values(["account_id", "start", "end"], kind="stable")
    by_account = dated["account_id"]
    # The end that reaches furthest among all earlier periods, not only that of the last one.
    reach = dated["end"].groupby(by_account).cummax().groupby(by_account).shift()
    over = dated.index[dated["start"] <= reach]
    yield from doubt(
        periods,
        "start",
        "overlap",
        over,
        lambda at: {"start": day_of(dated["start"][at]), "end": day_of(reach[at])},
    )


def _numbers_against_dates(periods: Sheet) -> Iterator[Finding]:
    if not periods.has("account_id", "period", "start"):
        return
    dated = periods.typed[["account_id", "period", "start"]].dropna()
    dated = dated.sort_values(["account_id", "start"], kind="stable")
    before = dated.groupby("account_id")["period"].shift()
    yield from doubt(
        periods,
        "period",
        "period_order",
        dated.index[dated["period"] < before],
        lambda at: {"period": f"{dated['period'][at]:g}", "before": f"{before[at]:g}"},
    )


def _margin(periods: Sheet) -> Iterator[Finding]:
    if not periods.has("revenue", "margin"):
        return
    revenue, margin = periods.typed["revenue"], periods.typed["margin"]
    # Where returns make revenue negative, the margin lost on them is the smaller of the two.
    above = (margin > revenue) & (revenue >= 0)
    yield from doubt(
        periods,
        "margin",
        "margin",
        np.flatnonzero(above),
        lambda at: {"margin": f"{margin[at]:,.15g}", "revenue": f"{revenue[at]:,.15g}"},
    )


def _renewal_without_contract(sheets: Sheets) -> Iterator[Finding]:
    periods, accounts = sheets["periods"], sheets.get("accounts")
    if accounts is None or not accounts.has("account_id", "has_contract"):
        return
    if not periods.has("account_id", "offered_renewal"):
        return
    contract = accounts.typed["has_contract"]
    without = accounts.typed["account_id"][(~contract).fillna(False)]
    offered = periods.typed["offered_renewal"].fillna(False)
    both = offered & periods.typed["account_id"].isin(without)
    yield from doubt(periods, "offered_renewal", "no_contract", np.flatnonzero(both))


def _future(sheet: Sheet, columns: tuple[str, ...], as_of: pd.Timestamp) -> Iterator[Finding]:
    for column in columns:
        if sheet.has(column):
            late = np.flatnonzero(days(sheet.typed[column]) > as_of.normalize())
            yield from doubt(sheet, column, "future", late, lambda _: {"day": day_of(as_of)})
