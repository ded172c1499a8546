"""What happened between us and an account, on a line of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from kamlab.accounts.tables import table
from kamlab.foundation import style
from kamlab.foundation.language import Text, join, same, say
from kamlab.report import page
from kamlab.report.sheets.knowledge import Knowledge
from kamlab.report.sheets.unknown import not_known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, TOP_AND_BOTTOM, ROW = 7.0, 0.5, 0.17
"""Inches of the picture, and of one kind of event in it."""
MARGIN = 30.0
"""Days before the first and after the last event."""


def events(known: Knowledge, account: str, mark: Text | None) -> Iterator[page.Html]:
    """Draw an account's events by kind and day."""
    if (log := known.events.result) is None:
        yield not_known(known.events.reason)
        return
    own = log[log["account_id"] == account]
    if own.empty:
        yield page.paragraph(say("report.sheet_no_events"))
        return
    days = log["occurred_on"]
    yield page.paragraph(say("report.sheet_events_marks"))
    yield page.figure(timeline(own, account, (days.min(), days.max())), mark=mark)


def timeline(own: pd.DataFrame, account: str, span: Sequence[pd.Timestamp]) -> Axes:
    """Draw events: one row a kind, full marks for those that came from the customer.

    Parameters
    ----------
    own : DataFrame
        The interactions of one account.
    account : str
    span : (Timestamp, Timestamp)
        First and last day of the log, so that all sheets have the same line of time.
    """
    kinds = _by_kind(own)
    with style.canvas(None, width=WIDTH, height=TOP_AND_BOTTOM + ROW * len(kinds)) as ax:
        for row, rows in enumerate(kinds.values()):
            days = rows["occurred_on"].to_numpy()
            inbound = _from_customer(rows)
            height = np.full(len(days), float(row))
            look = style.LOOKS[0]
            ax.plot(days[~inbound], height[~inbound], look.marker, color=look.color, mfc="white")
            ax.plot(days[inbound], height[inbound], look.marker, color=look.color)
        ax.set_yticks(range(len(kinds)), [str(label) for label in kinds])
        ax.set_ylim(len(kinds) - 0.5, -0.5)
        first, last = (float(mdates.date2num(day)) for day in span)  # type: ignore[no-untyped-call]
        ax.set_xlim(first - MARGIN, last + MARGIN)
        ax.xaxis.set_major_locator(mdates.YearLocator())  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))  # type: ignore[no-untyped-call]
        ax.tick_params(labelsize=9)
        style.finish(ax, title=same(""), alt=what_happened(own, account))
    return ax


def what_happened(own: pd.DataFrame, account: str) -> Text:
    """Say how many events of which kind there were, and when the last was."""
    kinds = [
        say("report.sheet_events_kind", kind=label, count=len(rows))
        for label, rows in _by_kind(own).items()
    ]
    return say(
        "report.sheet_events_alt",
        account=account,
        count=len(own),
        inbound=int(_from_customer(own).sum()),
        last=f"{own['occurred_on'].max():%Y-%m-%d}",
        kinds=join(kinds),
    )


def _by_kind(own: pd.DataFrame) -> dict[Text, pd.DataFrame]:
    """Return the events by the words for their kind, the most frequent first."""
    words = table("interactions")["kind"].values
    given = own["kind"] if "kind" in own else pd.Series(np.nan, index=own.index)
    kinds = given.map(words).where(given.notna(), say("report.sheet_unknown"))
    counts = kinds.value_counts()
    return {kind: own[kinds == kind] for kind in counts.index}


def _from_customer(rows: pd.DataFrame) -> np.ndarray:
    if "direction" not in rows:
        return np.zeros(len(rows), dtype=bool)
    return (rows["direction"] == "inbound").to_numpy(dtype=bool)
