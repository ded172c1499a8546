"""How likely an account is to stay, what it is worth, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kamlab.foundation.language import Text, money, say
from kamlab.report import page
from kamlab.report.phrases import Row, chance, money_range, raised_words, with_range
from kamlab.report.sheets.knowledge import Knowledge, row_of
from kamlab.report.sheets.unknown import not_known


def outlook(known: Knowledge, account: str) -> Iterator[page.Html]:
    """Say how likely an account is to stay and what it is worth; why not, if neither is known."""
    chances = known.stay.result
    if chances is None:
        yield not_known(known.stay.reason)
    elif account not in chances.index:
        yield not_known(why_no_forecast(known, account))
    else:
        everybody = chances["stay_probability"]
        yield page.paragraph(may_stay(row_of(chances, account), everybody))
        yield worth(known, account)


def worth(known: Knowledge, account: str) -> page.Html:
    """Say what an account is worth, and what more relationship quality would add."""
    table = known.gain.result
    if table is None:
        return not_known(known.gain.reason)
    if account not in table.index:
        return not_known(say("report.sheet_margin_unknown"))
    raised = raised_words(known.analyses.raise_by)
    row = row_of(table, account)
    return page.paragraph(is_worth(row, raised, len(table), known.company.currency))


def may_stay(row: Row, everybody: pd.Series) -> Text:
    """Say a probability of staying with its interval, and how many are less likely to stay.

    Parameters
    ----------
    row : Series
        Of `RenewalRegression.augment()`.
    everybody : Series
        The probabilities of all present accounts.
    """
    estimate, low, high = (row[name] for name in ("stay_probability", "stay_low", "stay_high"))
    return say(
        "report.sheet_staying",
        period=row["period"],
        chance=with_range(chance(estimate), chance(low), chance(high)),
        median=chance(everybody.median()),
        lower=int((everybody < estimate).sum()),
        count=len(everybody),
    )


def is_worth(row: Row, raised: Text, count: int, currency: str) -> Text:
    """Say lifetime value, and the gain with its interval and its rank."""
    return say(
        "report.sheet_worth",
        value=money(row["value_now"], currency),
        raised=raised,
        gain=money_range(row, "gain", "gain_low", "gain_high", currency),
        rank=int(row["rank"]),
        low=int(row["rank_low"]),
        high=int(row["rank_high"]),
        count=count,
    )


def why_no_forecast(known: Knowledge, account: str) -> Text:
    """Say why an account has no forecast although others have."""
    if not known.present[account]:
        return say("report.sheet_gone")
    current = known.current.result
    if current is None or account not in current.index:
        return say("report.sheet_no_periods")
    return say("report.sheet_terms_unknown")
