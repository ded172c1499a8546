"""A portfolio in sentences: why one account is in its cell, and what must be said of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kamlab.foundation.claims import Status
from kamlab.foundation.language import Text, join, paragraph, same, say
from kamlab.portfolio.declaration.adjusting import YOUR_CUT
from kamlab.portfolio.declaration.model import Axis
from kamlab.portfolio.engine.scoring import Floats

if TYPE_CHECKING:
    from kamlab.portfolio.portfolio import Portfolio


def explanation(board: Portfolio, account_id: str, row: int, doubts: pd.Series) -> Text:
    """Say why an account is in its cell, how far from a border, and how sure that is."""
    cell = board.model.cells[board.placement.cell[row]]
    places = [
        _level(axis, numbers.scores[row], int(numbers.levels[row]), numbers.cuts)
        for axis, numbers in zip(board.model.axes, board.numbers, strict=True)
    ]
    return say(
        "portfolio.explanation",
        account=account_id,
        cell=cell.label,
        axes=join(places),
        doubt=paragraph([*_border(board, row, cell.label), *_sure(doubts)]),
        prescription=cell.prescription.value,
        status=cell.prescription.status.label,
    )


def _level(axis: Axis, score: float, level: int, cuts: Floats) -> Text:
    if axis.is_ladder:
        return say("portfolio.axis_rung", axis=axis.label, level=level + 1, levels=len(axis.levels))
    words = {"axis": axis.label, "score": f"{score:.2f}"}
    if len(cuts) == 1:
        key = "portfolio.axis_high" if level else "portfolio.axis_low"
        return say(key, cut=f"{cuts[0]:.3g}", **words)
    low = f"{cuts[level - 1]:.3g}" if level else "–"
    high = f"{cuts[level]:.3g}" if level < len(cuts) else "–"
    return say("portfolio.axis_between", low=low, high=high, **words)


def _border(board: Portfolio, row: int, cell: Text) -> list[Text]:
    distance = board.placement.distance[row]
    if np.isnan(distance):
        return [say("portfolio.border_none")]
    near = "on" if np.isclose(distance, 0) else "near" if board.near_border[row] else "clear"
    return [say(f"portfolio.border_{near}", distance=f"{distance:.2f}", cell=cell)]


def _sure(doubts: pd.Series) -> list[Text]:
    known = doubts.dropna()
    shares = [say(f"portfolio.{name}", share=f"{share:.0%}") for name, share in known.items()]
    return [say("portfolio.sure", shares=join(shares))] if shares else []


def portfolio_notes(board: Portfolio) -> tuple[Text, ...]:
    """Say where the model comes from, where its cuts are, and what could not be used."""
    return (
        say("portfolio.source", work=board.model.citation.value),
        *_cut_note(board),
        *board.model.remarks,
        *_knowledge_notes(board),
        *_data_notes(board),
    )


def _cut_note(board: Portfolio) -> list[Text]:
    scored = [
        (axis, cuts)
        for axis, cuts in zip(board.model.axes, board.placement.cuts, strict=True)
        if not axis.is_ladder
    ]
    listed = [
        say("portfolio.cut_of_axis", axis=axis.label, cut=join([same(f"{c:.3g}") for c in cuts]))
        for axis, cuts in scored
    ]
    origins = dict.fromkeys(
        say("portfolio.your_cut") if axis.cut.source == YOUR_CUT else axis.cut.status.label
        for axis, _ in scored
    )
    words = {"cuts": join(listed), "status": join(list(origins))}
    return [say("portfolio.cut_note", **words)] if scored else []


def _knowledge_notes(board: Portfolio) -> list[Text]:
    notes = []
    status = board.model.claims()["status"]
    if recalled := int((status == Status.RECALLED).sum()):
        notes.append(say("portfolio.recalled_note", count=recalled, total=len(status)))
    if board.model.missing:
        notes.append(say("portfolio.missing_note", missing=join(list(board.model.missing))))
    return notes


def _data_notes(board: Portfolio) -> list[Text]:
    notes = []
    if unscored := int((~board.placement.scored).sum()):
        notes.append(say("portfolio.unscored_note", count=unscored))
    values = board.evidence.values
    if len(values) > 1 and (constant := [c for c in values if values[c].min() == values[c].max()]):
        listed = join([same(name) for name in constant])
        notes.append(say("portfolio.constant_note", columns=listed))
    return notes
