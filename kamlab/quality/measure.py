"""Measuring relationship quality: `measure_quality`."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kamlab.accounts.spec import Construct
from kamlab.foundation.errors import ModelError
from kamlab.foundation.language import say
from kamlab.quality.quality import Quality
from kamlab.quality.reliability import cronbach_alpha
from kamlab.quality.scores import (
    RELATIONSHIP_QUALITY,
    account_scores,
    answered_items,
    named,
    respondent_scores,
)


def measure_quality(
    survey: pd.DataFrame,
    constructs: Sequence[str] = RELATIONSHIP_QUALITY,
    *,
    conf_level: float = 0.95,
) -> Quality:
    """Score the constructs of a survey and say how reliably they were measured.

    Trust, commitment and satisfaction stay three scores: they behave differently, and one
    score for all would hide it.

    Parameters
    ----------
    survey : DataFrame
        The survey table of a company: one row a respondent and wave, items from 1 to 7.
    constructs : sequence of str, default trust, commitment, satisfaction
    conf_level : float, default 0.95
        Level of all intervals.

    Returns
    -------
    Quality
        `tidy()` one row per construct, `augment()` one row per account and wave, `latest()`
        the last wave of each account; `items()`, `htmt()`, `aggregation()` and more.

    Raises
    ------
    NotApplicable
        If the survey lacks the items of a construct.
    ModelError
        If a construct has one item only, too few complete rows, or answers that never vary.

    Notes
    -----
    A respondent's score is the mean of the answered items, where at least half were answered;
    an account's score is the mean over its respondents. Alpha uses complete rows of all waves;
    factor analysis, validity and agreement use the last wave of each account. To measure another
    wave, hand in its rows: `survey[survey["wave"] == 2]`.

    Examples
    --------
    >>> quality = kl.measure_quality(kl.sample_company().survey)
    >>> quality.tidy()["alpha"].round(2).tolist()
    [0.89, 0.89, 0.85]
    """
    wanted = named(constructs)
    scores = respondent_scores(survey, [construct.name for construct in wanted])
    rows = [_reliability_row(survey, c, scores[c.name], conf_level) for c in wanted]
    return Quality(
        reliability=pd.DataFrame(rows),
        scores=account_scores(scores, ["account_id", "wave"]),
        survey=survey.copy(deep=False),
        nobs=len(survey),
        n_scored=int(scores[[c.name for c in wanted]].notna().all(axis=1).sum()),
        conf_level=conf_level,
    )


def _reliability_row(
    survey: pd.DataFrame, construct: Construct, scores: pd.Series, conf_level: float
) -> dict[str, object]:
    items = survey[answered_items(survey, construct)]
    try:
        alpha = cronbach_alpha(items, conf_level=conf_level)
    except ModelError as error:
        problem = say("quality.of_construct", construct=construct.label, problem=error.text)
        raise ModelError(problem) from error
    return {
        "term": construct.name,
        "n_items": alpha.n_items,
        "nobs": alpha.nobs,
        "mean": scores.mean(),
        "std_dev": scores.std(),
        "missing_share": items.isna().to_numpy().mean(),
        "alpha": alpha.value,
        "conf_low": alpha.conf_low,
        "conf_high": alpha.conf_high,
    }
