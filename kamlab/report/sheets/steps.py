"""What to do next with an account: what its cell advises stands elsewhere, this is what is new."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kamlab.foundation.language import Text, money, say
from kamlab.portfolio.pictures.legend import UNSURE
from kamlab.report import page
from kamlab.report.phrases import chance, percent
from kamlab.report.sections.portfolio import FLIPS
from kamlab.report.sheets.knowledge import Knowledge, row_of
from kamlab.selection.cover import REASONS

ONE_IN = 4
"""At most one account in so many is called for, however few accounts there are: our design."""


def steps(known: Knowledge, account: str) -> Iterator[page.Html]:
    """List what the data call for; each rule is our design and names what it rests on."""
    if not known.present[account]:
        yield page.paragraph(say("report.sheet_step_gone"))
        return
    found = [
        *renewal_at_risk(known, account),
        *worth_a_visit(known, account),
        *mend_cover(known, account),
        *ask_people(known, account),
        *rate_again(known, account),
    ]
    yield page.bullets(found or [say("report.sheet_step_none")])


def renewal_at_risk(known: Knowledge, account: str) -> Iterator[Text]:
    """Call for a talk before the renewal, where few are less likely to stay."""
    table = known.stay.result
    if table is None or account not in first(table, known.analyses.top).index:
        return
    row = row_of(table, account)
    if not row["decided"]:
        top = len(first(table, known.analyses.top))
        yield say("report.sheet_step_risk", top=top, period=row["period"])


def worth_a_visit(known: Knowledge, account: str) -> Iterator[Text]:
    """Call for work on the relationship, where it is worth most."""
    table, top = known.gain.result, known.analyses.top
    if table is None or account not in first(table, top).index:
        return
    row = row_of(table, account)
    gain = money(row["gain"], known.company.currency)
    words = {"sure": chance(row["in_top"]), "count": min(top, len(table))}
    yield say("report.sheet_step_gain", top=len(first(table, top)), gain=gain, **words)


def mend_cover(known: Knowledge, account: str) -> Iterator[Text]:
    """Call for what thin cover needs."""
    table = known.thin.result
    if table is None or account not in table.index:
        return
    row = row_of(table, account)
    for reason in REASONS:
        if row.get(f"thin_{reason}", False):
            yield say(f"report.sheet_step_{reason}", days=_whole(row.get("days_since_contact")))


def ask_people(known: Knowledge, account: str) -> Iterator[Text]:
    """Call for a survey, where nobody answered, or one person for all."""
    waves = known.scores.result
    if waves is None:
        return
    own = waves[waves["account_id"] == account]
    if own.empty:
        yield say("report.sheet_step_survey")
    elif own["n_respondents"].iloc[-1] == 1:
        yield say("report.sheet_step_second")


def rate_again(known: Knowledge, account: str) -> Iterator[Text]:
    """Call for another look at the ratings, where the cell hangs on little."""
    table = known.places.result
    if table is None:
        return
    row = row_of(table, account)
    most = max((row[name] for name in FLIPS if pd.notna(row[name])), default=0.0)
    if pd.notna(row["cell"]) and most >= UNSURE:
        yield say("report.sheet_step_doubt", cell=row["cell_label"], share=percent(most))


def first(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Return the first accounts of a ranking: `top` of them, but never more than one in four."""
    return table.head(min(top, max(1, len(table) // ONE_IN)))


def _whole(days: float | None) -> str:
    return "–" if days is None or pd.isna(days) else f"{days:,.0f}"
