"""Scores of constructs: from answers to respondents, from respondents to accounts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlab.accounts.need import need_columns
from kamlab.accounts.spec import Construct
from kamlab.accounts.tables import constructs
from kamlab.foundation.errors import ArgumentError, NotApplicable, warn_left_out
from kamlab.foundation.language import join, same, say
from kamlab.quality.reliability import scale_scores
from kamlab.sem.caller import level_of_caller

RELATIONSHIP_QUALITY = ("trust", "commitment", "satisfaction")
WHO_AND_WHEN = ["account_id", "respondent_id", "wave", "answered_on"]


def answered_items(survey: pd.DataFrame, construct: Construct) -> list[str]:
    """Return the construct's item columns that the survey has."""
    return [item for item in construct.columns if item in survey]


def measured(survey: pd.DataFrame | None) -> list[str]:
    """Return trust, commitment and satisfaction as far as a survey has items for them."""
    if survey is None:
        return []
    return [c.name for c in named(RELATIONSHIP_QUALITY) if answered_items(survey, c)]


def named(names: Sequence[str]) -> list[Construct]:
    """Return constructs by name, each once, in the order asked for.

    Raises
    ------
    ArgumentError
        If a name is not a construct of kamlab's, or none is given.
    """
    names = [names] if isinstance(names, str) else names
    known = {construct.name: construct for construct in constructs()}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ArgumentError(
            say(
                "quality.unknown_construct",
                unknown=join([same(name) for name in unknown or ["–"]]),
                known=join([same(name) for name in known]),
            )
        )
    return [known[name] for name in dict.fromkeys(names)]


def respondent_scores(
    survey: pd.DataFrame, names: Sequence[str] = RELATIONSHIP_QUALITY
) -> pd.DataFrame:
    """Return one row a respondent and wave with a score for each construct.

    Parameters
    ----------
    survey : DataFrame
        The survey table of a company.
    names : sequence of str
        Constructs, as in `kl.constructs()`.

    Returns
    -------
    DataFrame
        `account_id`, `respondent_id`, `wave`, `answered_on` and a column for each construct:
        the mean of its answered items, in points from 1 to 7; missing where fewer than half
        of the items were answered.

    Raises
    ------
    NotApplicable
        If the survey lacks all items of a construct; the message names them.
    """
    wanted = named(names)
    need_columns(survey, *WHO_AND_WHEN, of=say("quality.purpose"))
    if missing := [c for c in wanted if not answered_items(survey, c)]:
        items = [same(f"{c.columns[0]} … {c.columns[-1]}") for c in missing]
        raise NotApplicable(
            say(
                "quality.items_missing",
                constructs=join([c.label for c in missing]),
                items=join(items),
            )
        )
    _need_sound_keys(survey)
    scores = {c.name: scale_scores(survey[answered_items(survey, c)]) for c in wanted}
    return survey[WHO_AND_WHEN].assign(**scores)


def _need_sound_keys(survey: pd.DataFrame) -> None:
    """Refuse waves that have no order, and warn of rows that belong to no account or wave."""
    if not pd.api.types.is_numeric_dtype(survey["wave"]):
        raise NotApplicable(say("quality.wave_numbers", type=survey["wave"].dtype))
    lost = int(survey[["account_id", "wave"]].isna().any(axis=1).sum())
    if lost:
        level = level_of_caller()
        warn_left_out(lost, len(survey), say("quality.reason_keys"), stacklevel=level)


def account_scores(scores: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the respondents' mean scores by account, or by account and wave.

    Parameters
    ----------
    scores : DataFrame
        From `respondent_scores`, or a part of its rows.
    by : sequence of str
        `["account_id", "wave"]`, say. Each respondent counts alike.

    Returns
    -------
    DataFrame
        The columns of `by`, `n_respondents`, `answered_on` (the last day on which somebody
        answered) and the constructs' mean scores.
    """
    names = [column for column in scores.columns if column not in {*WHO_AND_WHEN, *by}]
    groups = scores.groupby(list(by), sort=True)
    table = groups.agg(
        n_respondents=("respondent_id", "nunique"), answered_on=("answered_on", "max")
    )
    return table.join(groups[names].mean()).reset_index()


def last_wave(scores: pd.DataFrame, by: Sequence[str] = ("account_id",)) -> pd.DataFrame:
    """Return the rows of the latest wave within each group."""
    return scores[scores["wave"] == scores.groupby(list(by))["wave"].transform("max")]
