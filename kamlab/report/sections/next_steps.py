"""What to do next: the cell's prescription, staying, and what the next point is worth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kamlab.accounts.identity import identity
from kamlab.foundation.columns import with_labels
from kamlab.foundation.language import Text, listed, say
from kamlab.panel.analysis_table import current_rows
from kamlab.panel.labels import term_labels
from kamlab.report import page
from kamlab.report.analyses import Analyses
from kamlab.report.phrases import (
    STAY,
    Row,
    account_names,
    chances_of,
    raised_words,
    scales_of_table,
)
from kamlab.report.section import Section, made, unanswered
from kamlab.report.sections.portfolio import doubtful
from kamlab.report.sections.value import rests_on

NAMED = 3
"""Accounts that the first sentence names."""

GAIN = ["gain", "gain_low", "gain_high"]


def next_steps_section(analyses: Analyses) -> Section:
    """List the accounts to look at first, with what is known of each and what to do."""
    table = known_of_accounts(analyses)
    order = order_of(table)
    lead = None if order is None else first_accounts(in_order(table, order), order)
    return made("next_steps", lead, _blocks(analyses, table, order))


def first_accounts(table: pd.DataFrame, order: str) -> Text:
    """Say at which accounts to look first, and why at these."""
    names = account_names(table.head(NAMED))
    return say(f"report.first_{order}", accounts=listed(names))


def known_of_accounts(analyses: Analyses) -> pd.DataFrame:
    """Return one row per present account with its cell, staying and gain, as far as known.

    Where no periods say who is still a customer, all accounts are taken.
    """
    company, rows = analyses.company, analyses.rows.result
    accounts = identity(company.accounts)
    if "manager" in company.accounts:
        accounts = accounts.assign(manager=company.accounts["manager"])
    if rows is not None:
        accounts = accounts[accounts["account_id"].isin(current_rows(rows)["account_id"])]
    parts = []
    if (gain := analyses.gain.result) is not None:
        parts.append(gain.augment()[["account_id", "value_now", *GAIN]])
    if (stay := analyses.stay.result) is not None:
        parts.append(stay.augment()[["account_id", *STAY]])
    if (board := analyses.portfolio.result) is not None:
        placed = board.augment()[["account_id", "cell_label", "effort", "prescription"]]
        effort = placed["effort"]
        little = effort.eq(effort.min()) & (effort.max() > effort.min())
        parts.append(placed.assign(in_doubt=doubtful(board), little_effort=little))
    for part in parts:
        accounts = accounts.merge(part, on="account_id", how="left")
    return accounts


def order_of(table: pd.DataFrame) -> str | None:
    """Return by what the accounts are ordered: gain, staying, effort, or nothing."""
    for name, order in {"gain": "gain", "stay_probability": "staying", "effort": "effort"}.items():
        if name in table and table[name].notna().any():
            return order
    return None


def in_order(table: pd.DataFrame, order: str) -> pd.DataFrame:
    """Return the accounts with the most to gain, the least likely to stay, or the most effort."""
    column = {"gain": "gain", "staying": "stay_probability", "effort": "effort"}[order]
    return table.sort_values(column, ascending=order == "staying", kind="stable", ignore_index=True)


def as_shown(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the accounts as a report shows them: numbers with their intervals, in words."""
    shown = pd.DataFrame({"who": account_names(table)})
    rows = table.to_dict("records")
    labels = term_labels(["manager"])
    if "manager" in table:
        shown["manager"] = table["manager"]
    if "cell_label" in table:
        shown["cell_label"] = [
            str(say("report.cell_in_doubt", cell=row["cell_label"]))
            if row["in_doubt"] is True
            else row["cell_label"]
            for row in rows
        ]
    if "stay_probability" in table:
        shown["stay_range"] = chances_of(table)
    if "gain" in table:
        scales = scales_of_table(table["gain"], currency)
        shown["gain_range"] = [
            str(scales.range(row, *GAIN)) if pd.notna(row["gain"]) else np.nan for row in rows
        ]
        labels = {**labels, "gain_range": say("report.gain_in", unit=scales.unit)}
    if "prescription" in table:
        shown["prescription"] = [prescribed(row) for row in rows]
    return with_labels(shown, labels)


def prescribed(row: Row) -> str | float:
    """Return a cell's prescription; where it asks for little but much is to gain, whom to ask."""
    if row.get("little_effort") is True and pd.notna(row.get("gain")):
        return str(say("report.ask_manager", prescription=row["prescription"]))
    words: str | float = row["prescription"]
    return words


def _blocks(analyses: Analyses, table: pd.DataFrame, order: str | None) -> Iterator[page.Html]:
    if order is None:
        yield unanswered(say("report.nobody_left" if table.empty else "report.nothing_next"))
        return
    currency = analyses.company.currency
    first = in_order(table, order).head(analyses.top)
    if order == "gain":
        for sentence in rests_on(analyses.heavy_row):
            yield page.caution(sentence)
    if (of := analyses.population.result) is not None and of.unrecorded and order != "effort":
        yield page.paragraph(say("report.no_renewals", count=f"{of.unrecorded:,}"))
    yield page.paragraph(say("report.next_reading"))
    yield page.table(as_shown(first, currency), caption=say("report.next_caption"))
    if "gain" in table:
        yield page.paragraph(say("report.next_gain", raised=raised_words(analyses.raise_by)))
    absent = [
        (say(f"report.next_no_{name}"))
        for name, outcome in (
            ("portfolio", analyses.portfolio),
            ("staying", analyses.stay),
            ("gain", analyses.gain),
        )
        if outcome.result is None
    ]
    yield page.note(absent)
