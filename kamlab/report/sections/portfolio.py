"""Where the accounts stand, how sure that is, and how much hangs on how few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.foundation.language import Text, join, money, say
from kamlab.portfolio.pictures.legend import UNSURE
from kamlab.portfolio.portfolio import Portfolio
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import Row, only_row, percent
from kamlab.report.section import Section, made, notes, reason_and_cautions

FLIPS = ["flips_weights", "flips_ratings", "flips_respondents"]


def portfolio_section(analyses: Analyses, mark: Text | None) -> Section:
    """Show the portfolio with its doubts, and the concentration of revenue."""
    board = analyses.portfolio.result
    if board is None:
        return made("portfolio", None, _blocks(analyses, mark))
    of = analyses.population.result
    left = 0 if of is None else of.left
    lead = placed(board.title, _counts(board), int(doubtful(board).sum()), left)
    return made("portfolio", lead, _blocks(analyses, mark))


def placed(model: Text, counts: pd.DataFrame, n_doubtful: int, left: int = 0) -> Text:
    """Say how many accounts are in each cell, how many of them left, and how many are in doubt."""
    cells = [
        say("report.cell_count", cell=row["cell_label"], count=row["n_accounts"])
        for row in counts.to_dict("records")
    ]
    return say(
        "report.placed",
        model=model,
        count=f"{counts['n_accounts'].sum():,}",
        cells=join(cells),
        gone=say("report.with_gone", count=left) if left else "",
        doubtful=n_doubtful,
        share=percent(UNSURE),
    )


def few_bring_most(row: Row, currency: str) -> Text:
    """Say how many accounts bring most of the revenue."""
    return say(
        "report.few_bring_most",
        total=money(row["sum_of_values"], currency),
        count=f"{row['n_accounts']:,}",
        few=f"{row['n_for_most']:,}",
        equal=f"{row['effective_number']:.0f}",
    )


def doubtful(board: Portfolio) -> np.ndarray:
    """Return whether an account changes its cell in many of the redraws of some kind."""
    return np.asarray((board.how_sure_by_default >= UNSURE).any(axis=1))


def most_in_doubt(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the accounts that change cells most often, most doubtful first.

    Parameters
    ----------
    table : DataFrame
        From `Portfolio.augment()`.
    count : int
    """
    known = [name for name in FLIPS if table[name].notna().any()]
    names = ["account_id", *(["name"] if "name" in table else []), "cell_label", *known]
    most = table[known].max(axis=1).sort_values(ascending=False, kind="stable")
    return table.loc[most.index[most >= UNSURE], names].head(count)


def _counts(board: Portfolio) -> pd.DataFrame:
    labels = {name: str(label) for name, label in board.term_labels.items()}
    table = board.tidy()
    table["term"] = table["term"].map(labels)
    return table.rename(columns={"term": "cell_label"})


def _blocks(analyses: Analyses, mark: Text | None) -> Iterator[page.Html]:
    outcome = analyses.portfolio
    yield from reason_and_cautions(outcome)
    if (board := outcome.result) is not None:
        yield page.figure(board.plot(), mark=mark)
        yield page.table(_counts(board), caption=say("report.cells_caption"))
        doubts = most_in_doubt(board.augment(), analyses.top)
        if len(doubts):
            yield page.table(doubts, caption=say("report.doubts_caption"))
            yield page.paragraph(say("report.doubts_kinds"))
        yield page.paragraph(say("report.all_placed"))
        yield notes(outcome)
    yield page.subheading(say("report.concentration"))
    yield from reason_and_cautions(analyses.concentration)
    if (spread := analyses.concentration.result) is not None:
        yield page.paragraph(few_bring_most(only_row(spread.glance()), analyses.company.currency))
        yield page.figure(spread.plot(), mark=mark)
        yield page.note(spread.notes)  # which name the accounts left out
