"""The people known at an account, and whether all hangs on one of them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kamlab.accounts.tables import table
from kamlab.foundation.columns import with_labels
from kamlab.foundation.language import Text, say
from kamlab.report import page
from kamlab.report.sheets.knowledge import Knowledge
from kamlab.report.sheets.unknown import not_known
from kamlab.report.sheets.who import shown

COLUMNS = ("name", "function", "buying_role", "stance", "influence", "last_contact")
SHOWN = 6
"""People on a sheet, the most influential; the rest are counted."""


def people(known: Knowledge, account: str) -> Iterator[page.Html]:
    """List the people with their part in buying, their stance, and when we last spoke."""
    if (contacts := known.contacts.result) is None:
        yield not_known(known.contacts.reason)
        return
    own = contacts[contacts["account_id"] == account]
    yield page.paragraph(who_is_known(own))
    if own.empty:
        return
    specs = [table("contacts")[name] for name in COLUMNS if own.get(name) is not None]
    if "influence" in own:
        own = own.sort_values("influence", ascending=False, kind="stable")
    if not specs:
        return
    rows = own.head(SHOWN)
    cells = {spec.name: [str(shown(spec, cell)) for cell in rows[spec.name]] for spec in specs}
    caption = say("report.sheet_people", shown=len(rows), count=len(own))
    labels = {spec.name: spec.label for spec in specs}
    yield page.table(with_labels(pd.DataFrame(cells), labels), caption=caption)


def who_is_known(people: pd.DataFrame) -> Text:
    """Say how many people are known, of how many functions, and how they stand to us.

    Parameters
    ----------
    people : DataFrame
        The contacts of one account; `function` and `stance` are used where present.
    """
    if len(people) < 2:
        return say(f"report.sheet_people_{len(people)}")
    known = [name for name in ("function", "stance") if name in people]
    counts = {
        "functions": people["function"].nunique() if "function" in known else "–",
        "supporters": int((people["stance"] == "supporter").sum()) if "stance" in known else "–",
        "sceptics": int((people["stance"] == "sceptic").sum()) if "stance" in known else "–",
    }
    return say("report.sheet_people_many", count=len(people), **counts)
