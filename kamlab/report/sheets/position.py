"""Where an account stands in the portfolio, and how good the relationship is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.tables import constructs
from kamlab.foundation.columns import with_labels
from kamlab.foundation.errors import NotApplicable
from kamlab.foundation.language import say
from kamlab.portfolio.explanation import explanation
from kamlab.report import page
from kamlab.report.sheets.knowledge import Knowledge
from kamlab.report.sheets.unknown import not_known


def position(known: Knowledge, account: str) -> Iterator[page.Html]:
    """Say in which cell an account is, why, how sure that is, and what the cell advises."""
    try:
        board = known.analyses.portfolio.need()
        row = board.row_of(account)
    except NotApplicable as refusal:
        yield not_known(refusal.text)
        return
    told = explanation(board, account, row, board.how_sure_by_default.iloc[row])
    first, *others = (line for line in str(told).splitlines() if line)
    yield page.paragraph(first, strong=True)
    for line in others:
        yield page.paragraph(line)
    yield page.paragraph(say("report.sheet_model", model=board.title))


def relationship(known: Knowledge, account: str) -> Iterator[page.Html]:
    """Set the scores of the last wave, with their error, beside the median of all accounts."""
    if (all_waves := known.scores.result) is None:
        yield not_known(known.scores.reason)
        return
    own = all_waves[all_waves["account_id"] == account]
    if own.empty:
        yield not_known(say("report.sheet_never_surveyed"))
        return
    last = own.iloc[-1]
    caption = say(
        "report.sheet_scores",
        wave=last["wave"],
        day=f"{last['answered_on']:%Y-%m-%d}",
        count=int(last["n_respondents"]),
    )
    yield page.table(
        with_labels(last_scores(all_waves, account), {"construct": say("report.sheet_construct")}),
        caption=caption,
    )


def last_scores(waves: pd.DataFrame, account: str) -> pd.DataFrame:
    """Return an account's last scores, as people read them.

    Parameters
    ----------
    waves : DataFrame
        One row an account and wave, the latest last, with scores and perhaps `error_<score>`.
    account : str

    Returns
    -------
    DataFrame
        construct, last_score, last_error (one standard error), former_score (of the wave
        before), median_score (of all accounts' last waves).
    """
    own, latest = waves[waves["account_id"] == account], waves.groupby("account_id").tail(1)
    rows = []
    for construct in constructs():
        name = construct.name
        if name not in waves:
            continue
        error = own[f"error_{name}"].iloc[-1] if f"error_{name}" in own else np.nan
        former = own[name].iloc[-2] if len(own) > 1 else np.nan
        rows.append(
            {
                "construct": str(construct.label),
                "last_score": own[name].iloc[-1],
                "last_error": error,
                "former_score": former,
                "median_score": latest[name].median(),
            }
        )
    return pd.DataFrame(rows)
