"""What the records say of an account after they say that it left, or fail to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.findings import Finding, Sheet
from kamlab.intake.checking.doubt import Sheets, day_of, days, doubt, look_up


def after_leaving(sheets: Sheets) -> Iterator[Finding]:
    """Yield warnings about periods and orders after an account left, and about lost accounts.

    Parameters
    ----------
    sheets : mapping of str to Sheet
        With `periods`; `transactions` are looked at where they are there.
    """
    periods = sheets["periods"]
    if not periods.has("account_id", "period", "stayed"):
        return
    left = _leaving(periods)
    yield from _later_periods(periods, left)
    yield from _no_later_period(periods)
    orders = sheets.get("transactions")
    if orders is not None and orders.has("account_id", "ordered_on") and periods.has("end"):
        yield from _later_orders(orders, periods, left)


def _leaving(periods: Sheet) -> pd.Series:
    """Return, by account, the position of the period after which it first left."""
    known = periods.typed[["account_id", "period", "stayed"]].dropna()
    left = known[~known["stayed"].astype(bool)].sort_values("period", kind="stable")
    return left.reset_index(names="at").drop_duplicates("account_id").set_index("account_id")["at"]


def _later_periods(periods: Sheet, left: pd.Series) -> Iterator[Finding]:
    table = periods.typed
    at_leaving = look_up(left, table["account_id"])
    when = look_up(table["period"], at_leaving)
    later = table["period"] > when

    def facts(at: int) -> dict[str, object]:
        return {
            "period": f"{table['period'][at]:g}",
            "left": f"{when[at]:g}",
            "row": periods.rows[int(at_leaving[at])],
        }

    sold = table["revenue"].fillna(0) > 0 if "revenue" in table else later & False
    yield from doubt(
        periods, "period", "period_after_leaving", np.flatnonzero(later & ~sold), facts
    )
    yield from doubt(
        periods, "revenue", "revenue_after_leaving", np.flatnonzero(later & sold), facts
    )


def _later_orders(orders: Sheet, periods: Sheet, left: pd.Series) -> Iterator[Finding]:
    at_leaving = look_up(left, orders.typed["account_id"])
    end = days(look_up(periods.typed["end"], at_leaving))
    late = days(orders.typed["ordered_on"]) > end
    if "amount" in orders.typed:  # a return may well come after the last order
        late &= orders.typed["amount"].fillna(0) >= 0
    yield from doubt(
        orders,
        "ordered_on",
        "order_after_leaving",
        np.flatnonzero(late),
        lambda at: {"end": day_of(end[at]), "row": periods.rows[int(at_leaving[at])]},
    )


def _no_later_period(periods: Sheet) -> Iterator[Finding]:
    """Tell of accounts that stayed and then are gone, as when those that left were taken out."""
    known = periods.typed[["account_id", "period", "stayed"]].dropna(
        subset=["account_id", "period"]
    )
    last = known.loc[known.groupby("account_id")["period"].idxmax()]
    final = known["period"].max()
    gone = last["stayed"].fillna(False).astype(bool) & (last["period"] < final)
    yield from doubt(
        periods, "stayed", "no_later_period", last.index[gone], lambda _: {"last": f"{final:g}"}
    )
