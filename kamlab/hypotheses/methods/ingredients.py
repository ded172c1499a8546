"""What several methods need: the rows, one row of a model's table, the days of outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import ModelError, NotApplicable
from kamlab.foundation.language import Text, listed, say
from kamlab.foundation.nearest import nearest_name
from kamlab.hypotheses.hypothesis import Hypothesis
from kamlab.hypotheses.tables import Tables
from kamlab.panel.analysis_table import OF_THE_PERIOD
from kamlab.panel.labels import INTERCEPT, term_labels
from kamlab.quality.score_error import ScoreError


def rows_for(hypothesis: Hypothesis, tables: Tables) -> pd.DataFrame:
    """Return the table that a hypothesis is tested on.

    Raises
    ------
    NotApplicable
        If the company does not have it.
    """
    rows: pd.DataFrame | NotApplicable = getattr(tables, hypothesis.table)
    if isinstance(rows, NotApplicable):
        raise rows
    return rows


def error_for(hypothesis: Hypothesis, tables: Tables) -> ScoreError | None:
    """Return the error of scores where they are to be corrected for it.

    Raises
    ------
    NotApplicable
        If it is not known.
    """
    if not hypothesis.corrected:
        return None
    if isinstance(tables.error, NotApplicable):
        raise tables.error
    return tables.error


def row_of(table: pd.DataFrame, term: str) -> pd.Series:
    """Return the row of a model's table that a hypothesis is about.

    Raises
    ------
    ModelError
        If there is none; the message names those that there are, the nearest first.
    """
    found = table[table["term"] == term]
    if len(found) != 1:
        raise unknown_term(term, [str(name) for name in table["term"]])
    return found.iloc[0]


def unknown_term(term: str, known: Sequence[str]) -> ModelError:
    """Return what to raise where a model has no such term; it names those it has."""
    nearest = nearest_name(term, known)
    ordered = sorted(known, key=lambda name: name != nearest)
    return ModelError(say("hypotheses.unknown_term", term=term, known=listed(ordered)))


def known_on(rows: pd.DataFrame, tables: Tables, outcomes: Sequence[str]) -> pd.Series:
    """Return the day on which what a test explains was known, row by row.

    Parameters
    ----------
    rows : DataFrame
        Of `tables.periods` or `tables.accounts`.
    tables : Tables
    outcomes : sequence of str
        The columns that are explained.

    Returns
    -------
    Series
        Scores: the day of the last answer. What a period brings: its end (its first day where no
        end is given). Anything else was known before the period's first day, or, of accounts, by
        the last day of which the company's records tell.
    """
    rows = rows.reset_index(drop=True)
    are_scores = set(outcomes) <= {one.name for one in constructs()}
    if "period" not in rows:
        if are_scores and "answered_on" in rows:
            return rows["answered_on"]
        return pd.Series([tables.last_day] * len(rows), dtype="datetime64[us]")
    if set(outcomes) & set(OF_THE_PERIOD):
        return rows["end"] if "end" in rows else rows["start"]
    if are_scores:
        return rows["start"] - pd.to_timedelta(rows["quality_age"], unit="D")
    return rows["start"] - pd.Timedelta(days=1)


def words_for(term: str) -> Text:
    """Return a term in words."""
    return say("hypotheses.mean") if term == INTERCEPT else term_labels([term])[term]
