"""Each period foretold by a model fitted to earlier periods only."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kamlab.foundation.errors import ArgumentError, ModelError, NotApplicable
from kamlab.foundation.language import join, same, say
from kamlab.panel.design import Design
from kamlab.retention.renewal.fit import fit_retention
from kamlab.retention.renewal.result import RenewalRegression

FEWEST_A_TERM = 2
"""So many accounts per term have to have left, and to have stayed, before a model is fitted."""
OF_EVERY_FIT = ("account_id", "period", "start", "end", "stayed", "decided")
"""Columns that a regression needs, whatever its formula; an analysis table has a hundred more."""
DIGITS = 12
"""Of a probability: rows that are alike would else differ in the last bit, and be ranked by it."""


def foretold(
    design: Design, *, model: str, from_period: object | None, conf_level: float, seed: int
) -> pd.DataFrame:
    """Return the rows of each period with a probability from a model that had not seen it.

    Parameters
    ----------
    design : Design
        Of all decided periods.
    model : str
        One that `fit_retention` knows.
    from_period : object or None
        The first period that is foretold; the first for which earlier periods suffice if None.
    conf_level : float
    seed : int

    Returns
    -------
    DataFrame
        The design's rows of these periods, with `outcome`, `stay_probability`, `base_rate`
        (the share that stayed in the periods the model was fitted to) and `n_earlier` (their
        rows). A model is fitted to the rows whose period had ended before the first day of the
        period that it foretells.

    Raises
    ------
    ArgumentError
        If there is no such period.
    NotApplicable
        If earlier periods do not suffice.
    ModelError
        If a model has no solution, or a category was not seen before.
    """
    rows = design.used.assign(outcome=design.outcome.to_numpy())
    first_days = rows.groupby("period")["start"].min().sort_values()
    n_terms = design.terms.shape[1]
    earlier = {period: rows[rows["end"] < day] for period, day in first_days.items()}
    begin = _begin(earlier, from_period, n_terms)
    options = {"model": model, "conf_level": conf_level, "seed": seed}
    parts: list[pd.DataFrame] = []
    for period in first_days.index[begin:]:
        own = rows[rows["period"] == period]
        try:
            parts.append(_one_period(design, earlier[period], own, options))
        except (ModelError, NotApplicable) as error:
            last = period == first_days.index[-1]
            if isinstance(error, NotApplicable) and from_period is None and not (parts or last):
                continue  # a model may need more than this room can know: more periods
            reason = say("retention.check_period", period=period, reason=error.text)
            raise type(error)(reason) from error
    return pd.concat(parts, ignore_index=True)


def _one_period(
    design: Design, seen: pd.DataFrame, own: pd.DataFrame, options: dict[str, Any]
) -> pd.DataFrame:
    """Return the rows of one period with probabilities from a model of earlier rows."""
    named = list(dict.fromkeys([*OF_EVERY_FIT, *design.predictors]))
    fit = fit_retention(design.formula, seen[named], **options)
    return own.assign(
        stay_probability=chances(fit, own[named]),
        base_rate=seen["outcome"].mean(),
        n_earlier=len(seen),
    )


def chances(fit: RenewalRegression, rows: pd.DataFrame) -> pd.Series:
    """Return probabilities of staying that are equal where rows are."""
    return fit.predict(rows)["stay_probability"].round(DIGITS)


def _suffice(seen: pd.DataFrame, n_terms: int) -> bool:
    counts = seen["outcome"].value_counts()
    fewest = min(counts.get(0.0, 0), counts.get(1.0, 0))
    return bool(fewest >= FEWEST_A_TERM * n_terms and seen["account_id"].nunique() > n_terms)


def _begin(earlier: dict[Any, pd.DataFrame], from_period: object | None, n_terms: int) -> int:
    """Return the place of the first period that earlier ones suffice to foretell."""
    periods = list(earlier)
    if from_period is not None and from_period not in periods:
        allowed = join([same(period) for period in periods[1:]])
        raise ArgumentError(
            say("retention.check_no_period", got=repr(from_period), allowed=allowed)
        )
    wanted = periods if from_period is None else [from_period]
    for period in wanted:
        if _suffice(earlier[period], n_terms):
            return periods.index(period)
    seen = earlier[wanted[-1]]["outcome"]
    words = {
        "period": wanted[-1],
        "fewest": FEWEST_A_TERM * n_terms,
        "terms": n_terms,
        "left": int((seen == 0).sum()),
        "stayed": int((seen == 1).sum()),
    }
    raise NotApplicable(say("retention.check_too_early", **words))
