"""Doubts about who answers, and about one wave after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kamlab.accounts.findings import Finding, Sheet
from kamlab.intake.checking.doubt import day_of, days, doubt, doubt_of_the_table

LEAST_PAIRS = 3
"""People who answered twice from which a whole wave, not each of them, is called repeated."""

PERSON = ["account_id", "respondent_id"]


def doubtful_waves(
    survey: Sheet, told: NDArray[np.object_], counts: NDArray[np.int64]
) -> Iterator[Finding]:
    """Yield warnings about respondents and waves.

    Parameters
    ----------
    survey : Sheet
    told : array of object, shape (rows,)
        Each row's answers as one key; None where nothing can be said of them.
    counts : array of int, shape (rows,)
        Answers in each row.
    """
    if survey.has(*PERSON):
        yield from _several_accounts(survey)
    if survey.has(*PERSON, "wave"):
        pairs = _with_answer_before(survey)
        yield from _repeated(survey, pairs, told, counts)
        if survey.has("answered_on"):
            yield from _dates_of_people(survey, pairs)
    if survey.has("wave", "answered_on"):
        yield from _dates_of_waves(survey)


def _several_accounts(survey: Sheet) -> Iterator[Finding]:
    known = survey.typed[PERSON].dropna()
    first = pd.Series(known.index, known.index).groupby(known["respondent_id"]).transform("first")
    there = known["account_id"].loc[first].to_numpy()
    elsewhere = known.index[known["account_id"].to_numpy() != there]
    yield from doubt(
        survey,
        "respondent_id",
        "respondent_accounts",
        elsewhere,
        lambda at: {
            "respondent": survey.shown("respondent_id", at),
            "other": survey.shown("account_id", first[at]),
            "first": survey.rows[first[at]],
        },
    )


def _with_answer_before(survey: Sheet) -> pd.Series:
    """Return, for the position of a row, that of the same person's answer to the wave before."""
    known = survey.typed[[*PERSON, "wave"]].dropna().sort_values("wave", kind="stable")
    position = pd.Series(known.index, known.index)
    before = position.groupby([known[name] for name in PERSON]).shift().dropna().astype(int)
    waves = survey.typed["wave"]
    later = waves.loc[before.index].to_numpy() > waves.loc[before].to_numpy()
    return before[later]


def _repeated(
    survey: Sheet, pairs: pd.Series, told: NDArray[np.object_], counts: NDArray[np.int64]
) -> Iterator[Finding]:
    waves = survey.typed["wave"]
    twice = pd.DataFrame(
        {
            "earlier": waves.loc[pairs].to_numpy(),
            "wave": waves.loc[pairs.index].to_numpy(),
            "same": [
                one is not None and one == other
                for one, other in zip(told[pairs.index], told[pairs], strict=True)
            ],
        },
        index=pairs.index,
    )
    groups = twice.groupby(["earlier", "wave"])["same"]
    whole = groups.transform("all") & (groups.transform("size") >= LEAST_PAIRS)
    for waves_compared, rows in twice[whole].groupby(["earlier", "wave"]):
        earlier, wave = (f"{number:g}" for number in waves_compared)
        words = {"wave": wave, "earlier": earlier, "count": len(rows)}
        yield doubt_of_the_table(survey, "wave", "wave_repeated", **words)
    yield from doubt(
        survey,
        "",
        "answers_repeated",
        twice.index[twice["same"] & ~whole],
        lambda at: {
            "count": counts[at],
            "earlier": f"{waves[pairs[at]]:g}",
            "row": survey.rows[pairs[at]],
        },
    )


def _dates_of_people(survey: Sheet, pairs: pd.Series) -> Iterator[Finding]:
    day, waves = days(survey.typed["answered_on"]), survey.typed["wave"]
    early = pairs.index[day.loc[pairs.index].to_numpy() <= day.loc[pairs].to_numpy()]
    yield from doubt(
        survey,
        "answered_on",
        "wave_order",
        early,
        lambda at: {
            "wave": f"{waves[at]:g}",
            "earlier": f"{waves[pairs[at]]:g}",
            "day": day_of(day[pairs[at]]),
            "row": survey.rows[pairs[at]],
        },
    )


def _dates_of_waves(survey: Sheet) -> Iterator[Finding]:
    middles = survey.typed.groupby("wave")["answered_on"].median().dropna()
    for (earlier, before), (wave, day) in pairwise(middles.items()):
        if day <= before:
            words = {"wave": f"{wave:g}", "earlier": f"{earlier:g}"}
            words |= {"day": day_of(day), "before": day_of(before)}
            yield doubt_of_the_table(survey, "answered_on", "wave_days", **words)
